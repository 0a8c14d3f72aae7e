//! Set-up: system packages, versions of Rust and Node, npm packages. Everything that is there already is left alone.

use anyhow::{Result, bail};

use crate::command::{exists, npm, output, root, run, run_with};

/// Debian packages to build and run the window.
const BUILD: &[&str] =
    &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "libayatana-appindicator3-dev", "librsvg2-dev", "libxdo-dev"];

/// Debian packages for a machine without a display, and for keychain and fonts.
const DISPLAY: &[&str] = &[
    "xvfb",
    "xauth",
    "dbus",
    "dbus-x11",
    "imagemagick",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
    "fonts-noto-core",
    "gnome-keyring",
    "libsecret-1-0",
];

/// Debian packages of the real servers that the tests talk to, and of the browser drivers.
const PEERS: &[&str] = &[
    "webkit2gtk-driver",
    "dovecot-imapd",
    "dovecot-lmtpd",
    "dovecot-submissiond",
    "opensmtpd",
    "postgresql",
    "openssl",
    "chromium",
    "procps",
];

/// What `run` needs.
pub fn for_running() -> Result<()> {
    versions()?;
    let mut packages = BUILD.to_vec();
    if !has_display() {
        packages.extend(DISPLAY);
    }
    system_packages(&packages)?;
    npm_packages()
}

/// What `test` needs.
pub fn everything() -> Result<()> {
    versions()?;
    system_packages(&[BUILD, DISPLAY, PEERS].concat())?;
    // All systems' crates, so that the licence check sees them too and works without the network.
    run(".", "cargo", &["fetch", "--locked", "--quiet"])?;
    npm_packages()
}

/// True when windows can be shown here.
pub fn has_display() -> bool {
    cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn versions() -> Result<()> {
    let rust = output("rustc", &["--version"]).unwrap_or_default();
    if version_of(&rust, 1).is_none_or(|found| found < (1, 94)) {
        bail!("Rust 1.94 or newer is needed, found '{rust}'. Run: rustup update stable");
    }
    let node = output("node", &["--version"]).unwrap_or_default();
    if version_of(&node, 0).is_none_or(|found| found < (20, 0)) {
        bail!("Node.js 20 or newer is needed, found '{node}'. Install it from https://nodejs.org or your system's packages");
    }
    if !exists("npm") && !exists("npm.cmd") {
        bail!("npm is missing. It comes with Node.js (https://nodejs.org)");
    }
    Ok(())
}

/// Major and minor number of the word at `index` of a version line.
fn version_of(line: &str, index: usize) -> Option<(u32, u32)> {
    let word = line.split_whitespace().nth(index)?.trim_start_matches('v');
    let mut numbers = word.split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn system_packages(packages: &[&str]) -> Result<()> {
    if !exists("apt-get") {
        if cfg!(target_os = "linux") {
            println!("This is no Debian or Ubuntu; please see to these packages or their like: {}", packages.join(" "));
        }
        return Ok(());
    }
    let installed = output("dpkg-query", &["-W", "-f", "${Package} ${db:Status-Status}\n"]).unwrap_or_default();
    let is_there = |name: &str| installed.lines().any(|line| line == format!("{name} installed"));
    let missing: Vec<&str> = packages.iter().copied().filter(|name| !is_there(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    let root = output("id", &["-u"]).is_some_and(|id| id == "0");
    let sudo = !root && exists("sudo") && output("sudo", &["-n", "true"]).is_some();
    if !root && !sudo {
        bail!("System packages are missing. Run: sudo {line}");
    }
    let mut words: Vec<&str> = line.split(' ').collect();
    if sudo {
        words.insert(0, "sudo");
    }
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    let update: &[&str] = if sudo { &["sudo", "apt-get", "update", "-qq"] } else { &["apt-get", "update", "-qq"] };
    run_words(update, &quiet)?;
    run_words(&words, &quiet)
}

fn run_words(words: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    match words.split_first() {
        Some((program, args)) => run_with(".", program, args, environment),
        None => Ok(()),
    }
}

/// Installs the npm packages exactly as locked, when the lock is newer than what is installed.
fn npm_packages() -> Result<()> {
    let modified = |path: &str| std::fs::metadata(root().join(path)).and_then(|m| m.modified()).ok();
    let fresh = match (modified("ui/node_modules/.package-lock.json"), modified("ui/package-lock.json")) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    };
    if fresh { Ok(()) } else { run("ui", npm(), &["ci", "--no-audit", "--no-fund"]) }
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn versions_are_read_from_the_lines_that_the_tools_print() {
        assert_eq!(version_of("rustc 1.95.0 (f2d3ce0bd 2026-03-21)", 1), Some((1, 95)));
        assert_eq!(version_of("v20.20.2", 0), Some((20, 20)));
        assert_eq!(version_of("", 0), None);
        assert_eq!(version_of("rustc nightly", 1), None);
    }
}
