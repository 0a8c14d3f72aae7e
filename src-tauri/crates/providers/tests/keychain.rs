//! The real keychain of Linux: a Secret Service of our own on a bus of our own.
//!
//! The test starts itself again under `dbus-run-session` with `gnome-keyring-daemon`, so the user's own keychain is never touched.
//! Without these programs it says so and passes; `MERCATOR_REQUIRE_PEERS=1` turns that into a failure.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, clippy::unwrap_used, reason = "a test; a skipped one must say so")]

use std::process::{Command, Output};

use mercator_domain::ids::InboxId;
use mercator_providers::secrets::{Account, Keychain, Secret, SecretError, SecretStore};

/// Set in the inner run; its value says what the inner run is to find.
const INNER: &str = "MERCATOR_KEYCHAIN_INNER";

/// Runs one test of this file again inside a fresh bus; `before` is what the shell starts on it first.
fn inside(test: &str, expectation: &str, before: &str) -> Option<Output> {
    let home = tempfile::tempdir().unwrap();
    let script = format!("{before} exec \"$0\" --exact {test} --nocapture");
    let ran = Command::new("dbus-run-session")
        .args(["--", "bash", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env(INNER, expectation)
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output();
    let missing = ran.is_err() || !available("gnome-keyring-daemon");
    if missing {
        assert!(std::env::var_os("MERCATOR_REQUIRE_PEERS").is_none(), "dbus-run-session or gnome-keyring-daemon is missing");
        eprintln!("SKIPPED: no dbus-run-session or gnome-keyring-daemon, so the real keychain was not tried");
        return None;
    }
    ran.ok()
}

fn available(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success())
}

fn assert_passed(output: &Output) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

const KEEPER: &str =
    "gnome-keyring-daemon --daemonize --login <<<test >/dev/null; gnome-keyring-daemon --start --components=secrets >/dev/null;";

#[test]
fn k3_the_real_keychain_keeps_replaces_and_forgets() {
    if std::env::var_os(INNER).is_none() {
        if let Some(output) = inside("k3_the_real_keychain_keeps_replaces_and_forgets", "keeper", KEEPER) {
            assert_passed(&output);
        }
        return;
    }
    let keychain = Keychain::open().unwrap();
    let account = Account::of_inbox("w1", InboxId(1), "imap_password");
    assert_eq!(keychain.get(&account).unwrap(), None);
    keychain.set(&account, &Secret::new("first")).unwrap();
    keychain.set(&account, &Secret::new("秘密 second")).unwrap();
    assert_eq!(keychain.get(&account).unwrap().unwrap().expose(), "秘密 second");
    assert_eq!(keychain.get(&Account::of_inbox("w1", InboxId(2), "imap_password")).unwrap(), None);
    keychain.delete(&account).unwrap();
    keychain.delete(&account).unwrap();
    assert_eq!(keychain.get(&account).unwrap(), None);
}

#[test]
fn without_a_bus_the_passphrase_is_asked_for() {
    if std::env::var_os(INNER).is_none() {
        let bus = "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus;";
        if let Some(output) = inside("without_a_bus_the_passphrase_is_asked_for", "no bus", bus) {
            assert_passed(&output);
        }
        return;
    }
    let error = Keychain::open().unwrap_err();
    assert!(matches!(error, SecretError::NoKeychain(_)), "{error:?}");
    let folder = tempfile::tempdir().unwrap();
    let opened = mercator_providers::secrets::open(&folder.path().join("s"), None);
    assert!(matches!(opened.err().unwrap(), SecretError::PassphraseNeeded(_)));
}
