//! How a database is found, judged, set up and proved to be writable before anything else uses it.
//!
//! Local disk: WAL and `synchronous=FULL` (with NORMAL a power cut loses acknowledged messages). Network share: rollback journal,
//! because WAL needs the shared memory of one host. Folder of a sync service: refused. The schema itself is `migrate.rs`.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    AnyConnection, AnyPool, Connection,
    any::AnyPoolOptions,
    postgres::{PgConnectOptions, PgSslMode},
};

use crate::{
    engine::{Engine, Inner, Store},
    error::StoreError,
    migrate, place,
};

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of SQLite; made when it is missing.
    File(PathBuf),
    /// The address of a PostgreSQL server, `postgres://…`.
    Postgres(String),
}

/// What a commit waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The disk: what is acknowledged survives a power cut.
    #[default]
    Full,
    /// Nothing. Only for what can be made anew (the demo), for tests, and for the control run that shows what `Full` is for.
    Off,
}

/// How to open.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The name under which this instance's changes appear in the feed; unique per process.
    pub instance: String,
    /// What a commit waits for.
    pub durability: Durability,
    /// Connections for reading at the same time.
    pub readers: u32,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { instance: "local".into(), durability: Durability::Full, readers: 4 }
    }
}

/// The first SQLite without the WAL-reset bug.
const FIRST_SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);
/// How long one waits for a connection: longer than the longest single write (an import's batch) takes.
const ACQUIRE: Duration = Duration::from_secs(30);
/// Writers on a server, where two need not wait for each other.
const SERVER_WRITERS: u32 = 4;

impl Store {
    /// Opens the database, brings its schema up to date and proves that it can be written.
    pub async fn open(target: &Target, options: OpenOptions) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        match target {
            Target::File(path) => open_file(path, options, None).await,
            Target::Postgres(address) => open_server(address, options).await,
        }
    }

    /// True when there is a database of ours already: opening it would make nothing new.
    ///
    /// # Errors
    /// When a server cannot be asked.
    pub async fn exists(target: &Target) -> Result<bool, StoreError> {
        match target {
            Target::File(path) => Ok(path.exists()),
            Target::Postgres(address) => {
                sqlx::any::install_default_drivers();
                let mut conn = AnyConnection::connect(&encrypted(address)?).await.map_err(server_error)?;
                let found = migrate::is_there(&mut conn).await?;
                conn.close().await?;
                Ok(found)
            }
        }
    }

    /// A database of its own that vanishes with the last handle; for tests.
    ///
    /// A file in a temporary folder, not `:memory:`: several connections must see it, and it takes the paths of a real one.
    pub async fn memory() -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let folder = tempfile::tempdir().map_err(|e| StoreError::CannotOpen { path: std::env::temp_dir(), why: e.to_string() })?;
        let path = folder.path().join("mercator.db");
        let options = OpenOptions { durability: Durability::Off, ..OpenOptions::default() };
        open_file(&path, options, Some(folder)).await
    }
}

async fn open_file(path: &Path, options: OpenOptions, folder: Option<tempfile::TempDir>) -> Result<Store, StoreError> {
    let cannot = |why: String| StoreError::CannotOpen { path: path.to_owned(), why };
    let path = std::path::absolute(path).map_err(|e| cannot(e.to_string()))?;
    let parent = path.parent().ok_or_else(|| cannot("it names no file".into()))?;
    if let Some(which) = place::sync_service(parent) {
        return Err(StoreError::SyncFolder { which, path });
    }
    if let Err(e) = std::fs::create_dir_all(parent) {
        return Err(read_only_or(&e, cannot(e.to_string())));
    }
    let network = place::network_file_system(parent);
    let url = file_url(&path);
    let pragmas = file_pragmas(network.is_some(), options.durability);
    prepare_file(&url, pragmas).await.map_err(|e| name_the_file(e, &path))?;
    let writer = file_pool(&url, 1, pragmas)?;
    let readers = file_pool(&url, options.readers, READER_PRAGMAS)?;
    let warnings = network.as_deref().map(network_warning).into_iter().collect();
    Ok(Store(Arc::new(Inner { engine: Engine::Sqlite, writer, readers, instance: options.instance, warnings, folder })))
}

fn network_warning(kind: &str) -> String {
    format!("The database is on a network drive ({kind}): it works in a slower, safer mode, and every program on it must be Mercator")
}

/// The address with encryption required when the server is on another machine and the address says nothing stricter: the
/// protocol's own default would fall back to plain text without a word.
fn encrypted(address: &str) -> Result<String, StoreError> {
    let options: PgConnectOptions = address.parse().map_err(server_error)?;
    let host = options.get_host();
    let local = options.get_socket().is_some() || host.starts_with('/') || matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]");
    if local || !matches!(options.get_ssl_mode(), PgSslMode::Prefer | PgSslMode::Allow) {
        return Ok(address.to_owned());
    }
    // Of two settings the driver takes the later one.
    Ok(format!("{address}{}sslmode=require", if address.contains('?') { '&' } else { '?' }))
}

async fn open_server(address: &str, options: OpenOptions) -> Result<Store, StoreError> {
    let address = encrypted(address)?;
    let address = address.as_str();
    let mut conn = AnyConnection::connect(address).await.map_err(server_error)?;
    migrate::run(Engine::Postgres, &mut conn).await?;
    probe(&mut conn).await?;
    conn.close().await?;
    let pool = |size: u32| AnyPoolOptions::new().max_connections(size).acquire_timeout(ACQUIRE).connect_lazy(address);
    let (writer, readers) = (pool(SERVER_WRITERS).map_err(server_error)?, pool(options.readers).map_err(server_error)?);
    let (instance, warnings, folder) = (options.instance, Vec::new(), None);
    Ok(Store(Arc::new(Inner { engine: Engine::Postgres, writer, readers, instance, warnings, folder })))
}

fn server_error(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Configuration(why) => StoreError::Unreachable(why.to_string()),
        sqlx::Error::Tls(why) => StoreError::Unreachable(why.to_string()),
        sqlx::Error::PoolTimedOut => StoreError::Unreachable("no answer in time".into()),
        other => other.into(),
    }
}

/// SQLite's address of a file. Percent-encoded, since the driver reads it as a URL: `#`, `?`, spaces and every script are legal in a path.
pub(crate) fn file_url(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut url = String::from("sqlite:");
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => url.push(char::from(byte)),
            other => url.push_str(&format!("%{other:02X}")),
        }
    }
    url.push_str("?mode=rwc");
    url
}

/// 16 MB of pages for the writer; the log file shrinks back to 64 MB after an import.
const LOCAL_FULL: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory;
    pragma cache_size = -16000; pragma journal_size_limit = 67108864; pragma busy_timeout = 5000;";
const LOCAL_OFF: &str = "pragma journal_mode = wal; pragma synchronous = off; pragma foreign_keys = on; pragma temp_store = memory;
    pragma cache_size = -16000; pragma busy_timeout = 5000;";
const NETWORK: &str = "pragma journal_mode = delete; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory;
    pragma cache_size = -16000; pragma busy_timeout = 5000;";
/// Readers cannot write even by mistake.
const READER_PRAGMAS: &str =
    "pragma query_only = on; pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -8000; pragma busy_timeout = 5000;";

const fn file_pragmas(network: bool, durability: Durability) -> &'static str {
    match (network, durability) {
        (true, _) => NETWORK,
        (false, Durability::Full) => LOCAL_FULL,
        (false, Durability::Off) => LOCAL_OFF,
    }
}

/// Everything that can be refused happens on one plain connection: a pool would try a bad file again and again until its time is up.
async fn prepare_file(url: &str, pragmas: &'static str) -> Result<(), StoreError> {
    let mut conn = AnyConnection::connect(url).await?;
    check_version(&mut conn).await?;
    migrate::check_before(Engine::Sqlite, &mut conn).await?;
    sqlx::raw_sql(pragmas).execute(&mut conn).await?;
    migrate::run(Engine::Sqlite, &mut conn).await?;
    probe(&mut conn).await?;
    Ok(conn.close().await?)
}

fn file_pool(url: &str, size: u32, pragmas: &'static str) -> Result<AnyPool, StoreError> {
    let pool = AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE)
        // A file does not hang up: a ping before each use would only cost a switch of threads.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |conn: &mut AnyConnection, _| Box::pin(async move { sqlx::raw_sql(pragmas).execute(conn).await.map(|_| ()) }));
    Ok(pool.connect_lazy(url)?)
}

/// Says which file, and tells a folder that cannot be written from one that cannot be opened.
pub(crate) fn name_the_file(error: StoreError, path: &Path) -> StoreError {
    let StoreError::CannotOpen { why, .. } = error else { return error };
    let probe = path.with_extension("probe");
    match std::fs::write(&probe, b"") {
        Ok(()) => {
            let _ = std::fs::remove_file(&probe);
            StoreError::CannotOpen { path: path.to_owned(), why }
        }
        Err(e) => read_only_or(&e, StoreError::CannotOpen { path: path.to_owned(), why }),
    }
}

pub(crate) fn read_only_or(error: &std::io::Error, otherwise: StoreError) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => StoreError::ReadOnly,
        std::io::ErrorKind::StorageFull => StoreError::DiskFull,
        _ => otherwise,
    }
}

async fn check_version(conn: &mut AnyConnection) -> Result<(), StoreError> {
    let (found,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(conn).await?;
    if version_of(&found) < FIRST_SAFE_SQLITE {
        return Err(StoreError::OldEngine { found });
    }
    Ok(())
}

fn version_of(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|p| p.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

/// A real write through the whole path: nothing else tells a read-only or full disk for certain.
async fn probe(conn: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("insert into settings (key, value) values ('store.probe', '1') on conflict (key) do update set value = excluded.value")
        .execute(conn)
        .await?;
    Ok(())
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
