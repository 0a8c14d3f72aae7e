//! What kind of folder a database would lie in: local, on a network drive, or in the hands of a sync service.
//!
//! Judged by names, markers and the mount table only; nothing is written here. What follows from it is decided in `open.rs`.

use std::path::{Path, PathBuf};

/// Folder names that a sync service gives its root. Compared with the start of the name, since OneDrive and Google append accounts.
const SYNC_ROOTS: &[(&str, &str)] = &[
    ("Dropbox", "Dropbox"),
    ("OneDrive", "OneDrive"),
    ("iCloud Drive", "iCloud"),
    ("iCloudDrive", "iCloud"),
    ("com~apple~CloudDocs", "iCloud"),
    ("Google Drive", "Google Drive"),
    ("GoogleDrive", "Google Drive"),
    ("Nextcloud", "Nextcloud"),
    ("pCloudDrive", "pCloud"),
];

/// Files or folders that a sync service leaves in its root.
const SYNC_MARKERS: &[(&str, &str)] = &[
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".stfolder", "Syncthing"),
    (".stversions", "Syncthing"),
    (".tmp.drivedownload", "Google Drive"),
    (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    (".owncloudsync.log", "ownCloud"),
    (".nextcloudsync.log", "Nextcloud"),
];

/// File systems behind which another host may write the same file.
const NETWORK_TYPES: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "glusterfs",
    "fuse.glusterfs",
    "fuse.sshfs",
    "fuse.rclone",
    "davfs",
    "fuse.davfs2",
    "9p",
    "ncpfs",
    "fuse.smbnetfs",
    "lustre",
    "gfs2",
    "ocfs2",
];

/// The sync service in whose folder this is, if any.
pub(crate) fn sync_service(folder: &Path) -> Option<String> {
    for ancestor in folder.ancestors() {
        let name = ancestor.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let by_name = SYNC_ROOTS
            .iter()
            .find(|(start, _)| name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-', '('])));
        let by_marker = || SYNC_MARKERS.iter().find(|(marker, _)| ancestor.join(marker).exists());
        if let Some((_, service)) = by_name.or_else(by_marker) {
            return Some((*service).to_owned());
        }
    }
    None
}

/// The type of the network file system that this folder is on, if it is one.
///
/// Linux tells by its mount table, Windows by a `\\server\share` path. A drive letter for a share, and macOS, are not seen here:
/// there the lock test at the start is what protects.
pub(crate) fn network_file_system(folder: &Path) -> Option<String> {
    if folder.to_string_lossy().starts_with("\\\\") {
        return Some("smb".into());
    }
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let kind = mounted_type(&table, &real)?;
    NETWORK_TYPES.contains(&kind.as_str()).then_some(kind)
}

/// The type of the file system at a path: that of the longest mount point above it.
fn mounted_type(table: &str, path: &Path) -> Option<String> {
    let mounts = table.lines().filter_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let point = unescape(left.split(' ').nth(4)?);
        path.starts_with(&point).then(|| (point.as_os_str().len(), right.split(' ').next().unwrap_or_default().to_owned()))
    });
    // Of two mounts on one point the later one lies on top; `max_by_key` gives the last of equals.
    mounts.max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

/// The kernel writes blanks in mount points as octal escapes.
fn unescape(text: &str) -> PathBuf {
    PathBuf::from(text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sync_folders_are_known_by_name() {
        let check = |path: &str, expect: Option<&str>| assert_eq!(sync_service(Path::new(path)).as_deref(), expect, "{path}");
        check("/home/ann/Dropbox/shop", Some("Dropbox"));
        check("/home/ann/Dropbox (Personal)/shop", Some("Dropbox"));
        check("/home/ann/OneDrive - Contoso/shop", Some("OneDrive"));
        check("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/shop", Some("iCloud"));
        check("/home/ann/Dropboxes/shop", None);
        check("/home/ann/shop", None);
    }

    #[test]
    fn the_longest_mount_point_decides() {
        let table = "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                     22 21 0:40 / /mnt/team rw - cifs //server/team rw\n\
                     23 22 8:2 / /mnt/team/local rw - xfs /dev/sdb1 rw\n\
                     24 21 0:41 / /mnt/two\\040words rw - nfs4 host:/x rw\n";
        let check = |path: &str, expect: &str| assert_eq!(mounted_type(table, Path::new(path)).as_deref(), Some(expect), "{path}");
        check("/home/ann", "ext4");
        check("/mnt/team/shop", "cifs");
        check("/mnt/teams", "ext4");
        check("/mnt/team/local/shop", "xfs");
        check("/mnt/two words/shop", "nfs4");
    }

    #[test]
    fn a_share_of_windows_is_a_network() {
        assert_eq!(network_file_system(Path::new("\\\\server\\share\\shop")).as_deref(), Some("smb"));
    }
}
