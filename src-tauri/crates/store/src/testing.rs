//! One test, two engines: a body runs on a fresh SQLite file and on a fresh schema of a private PostgreSQL.
//!
//! Public so that the tests of other crates use the same server. The server is Debian's PostgreSQL 15, started once per test
//! process on a socket of its own, without any port; it ends with the process, because a shell that waits for our end of a pipe
//! stops it. Where the binaries are missing the PostgreSQL half prints SKIPPED, and fails when `MERCATOR_REQUIRE_PEERS=1`.

use std::{
    future::Future,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{OpenOptions, Store, StoreError, Target};

/// Where Debian puts the server's programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// From now on the database refuses every new row of this table, as a full disk or a lost right would.
pub async fn refuse_writes_to(store: &Store, table: &'static str) {
    let text = format!("create trigger refused before insert on {table} begin select raise(abort, 'refused by a test'); end");
    assert_eq!(store.engine(), crate::Engine::Sqlite, "written in SQLite's words");
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&store.0.writer).await;
    assert!(done.is_ok(), "{done:?}");
}

/// Initialises, starts, says `ready`, waits until the test process is gone, stops and removes everything.
const SCRIPT: &str = r#"
set -e
"$1/initdb" -D "$2/data" -A trust -E UTF8 --locale=C -U mercator --no-sync >"$2/initdb.log" 2>&1
"$1/pg_ctl" -D "$2/data" -l "$2/server.log" -w -t 60 \
  -o "-F -c listen_addresses='' -c unix_socket_directories='$2' -c max_connections=300 -c full_page_writes=off -c synchronous_commit=off" \
  start >"$2/start.log" 2>&1 </dev/null
echo ready
read -r _ || true
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1 || true
cd / && rm -rf "$2"
"#;

/// The private server; its child lives until the pipe to it closes with this process.
#[derive(Debug)]
struct Server {
    folder: PathBuf,
    _shell: Child,
}

static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
static SCHEMAS: AtomicU32 = AtomicU32::new(0);

fn start() -> Result<Server, String> {
    if !Path::new(PROGRAMS).join("postgres").exists() {
        return Err(format!("no PostgreSQL 15 in {PROGRAMS}"));
    }
    // A short path: a socket's may have about 100 characters.
    let folder = tempfile::Builder::new().prefix("mercator-pg-").tempdir().map_err(|e| e.to_string())?.keep();
    let root = std::fs::metadata("/proc/self").is_ok_and(|m| is_root(&m));
    let mut command = if root {
        // The server refuses to run as root.
        let owned = Command::new("chown").arg("postgres").arg(&folder).status();
        if !owned.is_ok_and(|s| s.success()) {
            return Err("there is no user postgres".into());
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", SCRIPT, "sh", PROGRAMS]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh", PROGRAMS]);
        command
    };
    let mut shell = command
        .arg(&folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start PostgreSQL: {e}"))?;
    let mut line = String::new();
    if let Some(out) = shell.stdout.take() {
        let _ = BufReader::new(out).read_line(&mut line);
    }
    if line.trim() != "ready" {
        return Err(format!("PostgreSQL did not start; see {}", folder.display()));
    }
    Ok(Server { folder, _shell: shell })
}

#[cfg(unix)]
fn is_root(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == 0
}

#[cfg(not(unix))]
fn is_root(_: &std::fs::Metadata) -> bool {
    false
}

/// The address of a fresh, empty schema of the private PostgreSQL; `None` (after printing SKIPPED) where there is none.
///
/// # Errors
/// Whatever the server says while the schema is made; and that it is missing, when `MERCATOR_REQUIRE_PEERS=1`.
pub async fn postgres_address() -> Result<Option<String>, StoreError> {
    let server = match SERVER.get_or_init(start) {
        Ok(server) => server,
        Err(why) if std::env::var("MERCATOR_REQUIRE_PEERS").is_ok_and(|v| v == "1") => return Err(StoreError::Unreachable(why.clone())),
        Err(why) => {
            tracing::warn!(why, "PostgreSQL is not tested");
            skipped(why);
            return Ok(None);
        }
    };
    let schema = format!("t{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let base = format!("postgres://mercator@localhost/postgres?host={}", server.folder.display());
    sqlx::any::install_default_drivers();
    let mut conn = <sqlx::AnyConnection as sqlx::Connection>::connect(&base).await?;
    // The name is a counter of ours.
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create schema {schema}"))).execute(&mut conn).await?;
    sqlx::Connection::close(conn).await?;
    Ok(Some(format!("{base}&options[search_path]={schema}")))
}

#[expect(clippy::print_stderr, reason = "The runner's reader must see that half of the suite did not run.")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// Runs a test's body on a fresh SQLite file.
///
/// # Panics
/// When the body does: it is a test.
#[expect(clippy::expect_used, reason = "A test fails by panicking.")]
pub fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Store) -> F) {
    runtime().block_on(async {
        let store = Store::memory().await.expect("a temporary database");
        body(store.clone()).await;
        store.close().await;
    });
}

/// Runs a test's body on a fresh schema of PostgreSQL.
///
/// # Panics
/// When the body does: it is a test.
#[expect(clippy::expect_used, reason = "A test fails by panicking.")]
pub fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Store) -> F) {
    runtime().block_on(async {
        let Some(address) = postgres_address().await.expect("PostgreSQL for the tests") else { return };
        let store = Store::open(&Target::Postgres(address), OpenOptions::default()).await.expect("a schema of PostgreSQL");
        body(store.clone()).await;
        store.close().await;
    });
}

#[expect(clippy::expect_used, reason = "A test fails by panicking.")]
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// A test on both engines: `both_engines!(name, |store| async move { … });` gives `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! both_engines {
    ($name:ident, |$store:ident| async move $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($store: $crate::Store) $body

            #[test]
            fn sqlite() {
                $crate::testing::on_sqlite(body);
            }

            #[test]
            fn postgres() {
                $crate::testing::on_postgres(body);
            }
        }
    };
}
