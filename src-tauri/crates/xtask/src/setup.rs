//! Set-up: system packages, versions of Rust and Node, npm packages, models. Everything that is there already is left alone.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{
    command::{exists, npm, output, root, run},
    models,
};

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
    packages.extend(models::system_package());
    system_packages(&packages)?;
    npm_packages()?;
    models::for_setup(true)
}

/// What `test` needs.
pub fn everything() -> Result<()> {
    versions()?;
    let mut packages = [BUILD, DISPLAY, PEERS].concat();
    packages.extend(models::system_package());
    system_packages(&packages)?;
    // All systems' crates, so that the licence check sees them too and works without the network.
    run(".", "cargo", &["fetch", "--locked", "--quiet"])?;
    npm_packages()?;
    models::for_setup(false)
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
    let root = output("id", &["-u"]).is_some_and(|id| id == "0");
    let sudo = !root && exists("sudo") && output("sudo", &["-n", "true"]).is_some();
    if !root && !sudo {
        bail!("System packages are missing. Run: sudo apt-get install --no-install-recommends {}", missing.join(" "));
    }
    println!("System packages are missing and are installed: {}", missing.join(" "));
    let words = [&["-c", INSTALL, "sh", POLICY], missing.as_slice()].concat();
    let installed = if sudo { run_quietly("sudo", &[&["sh"], words.as_slice()].concat()) } else { run_quietly("sh", &words) };
    installed.context("The system packages could not be installed; what apt-get said stands above")
}

/// Where Debian asks whether a service may be started (invoke-rc.d(8)).
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs packages without letting a service of theirs start, now or at the next boot.
///
/// The tests need the programs of mail and database servers and start their own, on sockets of their own. Installed the usual way, the
/// packages would open a mail server and a database on the computer of whoever only wanted to run the tests. So a policy denies every
/// start while this shell lives (it looks for the shell, so that a killed set-up leaves nothing that denies), and what is new is
/// taken out of the boot. A policy that is there already is somebody else's and stays as it is. `--no-remove`, since a mail server
/// that is in use must not give way to ours.
const INSTALL: &str = r#"
set -e
export DEBIAN_FRONTEND=noninteractive
policy=$1
shift
units="dovecot.service opensmtpd.service postgresql.service"
is_there() { [ -e "/lib/systemd/system/$1" ] || [ -e "/usr/lib/systemd/system/$1" ]; }
fresh=
for unit in $units; do is_there "$unit" || fresh="$fresh $unit"; done
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\n# Made by the set-up of Mercator, which removes it at its end: no service starts meanwhile.\n[ -e /proc/%s ] && exit 101\nexit 0\n' "$$" > "$policy"
  chmod 755 "$policy"
fi
apt-get update -qq
apt-get install -y --no-install-recommends --no-remove "$@"
if [ -d /run/systemd/system ]; then
  for unit in $fresh; do
    if is_there "$unit"; then systemctl disable --quiet "$unit" || true; fi
  done
fi
"#;

/// Runs a program whose line is too long to be printed.
fn run_quietly(program: &str, args: &[&str]) -> Result<()> {
    let status = Command::new(program).args(args).status().with_context(|| format!("Cannot start {program}"))?;
    if status.success() { Ok(()) } else { bail!("apt-get failed") }
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
    use super::*;

    #[test]
    fn versions_are_read_from_the_lines_that_the_tools_print() {
        assert_eq!(version_of("rustc 1.95.0 (f2d3ce0bd 2026-03-21)", 1), Some((1, 95)));
        assert_eq!(version_of("v20.20.2", 0), Some((20, 20)));
        assert_eq!(version_of("", 0), None);
        assert_eq!(version_of("rustc nightly", 1), None);
    }

    /// Runs the installing shell with an apt-get of our own that asks the policy as a package would, and gives its answers.
    #[cfg(target_os = "linux")]
    fn install(name: &str, policy_before: Option<&str>) -> (String, Option<String>) {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("mercator-set-up-{name}-{}", std::process::id()));
        let _left_over = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let (apt, policy) = (folder.join("apt-get"), folder.join("policy-rc.d"));
        std::fs::write(
            &apt,
            "#!/bin/sh\n\"$POLICY\" dovecot start; echo \"$1: $?\" >> \"$POLICY.log\"\n[ \"$1\" != install ] || [ -z \"$FAILS\" ]\n",
        )
        .unwrap();
        std::fs::set_permissions(&apt, std::fs::Permissions::from_mode(0o755)).unwrap();
        if let Some(text) = policy_before {
            std::fs::write(&policy, text).unwrap();
            std::fs::set_permissions(&policy, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", INSTALL, "sh"]).arg(&policy).arg("dovecot-imapd").env("PATH", path).env("POLICY", &policy);
        if name == "fails" {
            shell.env("FAILS", "1");
        }
        assert_eq!(shell.status().unwrap().success(), name != "fails");
        let answers = std::fs::read_to_string(folder.join("policy-rc.d.log")).unwrap();
        let after = std::fs::read_to_string(&policy).ok();
        std::fs::remove_dir_all(&folder).unwrap();
        (answers, after)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_service_may_start_while_packages_are_installed_and_the_policy_goes_afterwards() {
        let denied = "update: 101\ninstall: 101\n".to_owned();
        assert_eq!(install("new", None), (denied.clone(), None));
        assert_eq!(install("fails", None), (denied, None), "also when apt-get fails");
        let own = "#!/bin/sh\nexit 0\n";
        assert_eq!(install("own", Some(own)), ("update: 0\ninstall: 0\n".to_owned(), Some(own.to_owned())), "another's policy stays");
    }
}
