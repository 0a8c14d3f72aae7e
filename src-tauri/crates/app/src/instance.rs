//! This process as others see it: a name of its own, and a lock that says whether it lives.
//!
//! Several processes may share a workspace file. Claims, leases and presence carry the instance's name and end by their time; so that
//! nobody waits for that after a crash on this computer, each instance holds a locked file beside the database. A lock that can be
//! taken belongs to a process that is no more: what it held is free at once. On PostgreSQL, where instances sit on several computers,
//! the times alone decide.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The folder of the locks, beside the database.
const FOLDER: &str = "instances";

/// A name and the proof of life.
pub(crate) struct Instance {
    name: String,
    folder: Option<PathBuf>,
    /// Locked as long as the process lives; the system lets go of it in any kind of end.
    _lock: Option<File>,
}

impl Instance {
    /// Takes a name; with a folder also the lock under it.
    pub(crate) fn begin(workspace: Option<&Path>) -> Result<Self> {
        let name = format!("{:016x}", rand::random::<u64>());
        let Some(workspace) = workspace else { return Ok(Self { name, folder: None, _lock: None }) };
        let folder = workspace.join(FOLDER);
        fs::create_dir_all(&folder).with_context(|| format!("Cannot make the folder {}", folder.display()))?;
        // Locked before it has the name that others look for: nobody can find it without its lock.
        let (fresh, path) = (folder.join(format!("{name}.new")), folder.join(format!("{name}.lock")));
        let lock = File::create(&fresh).with_context(|| format!("Cannot write {}", fresh.display()))?;
        lock.lock().with_context(|| format!("Cannot lock {}", fresh.display()))?;
        fs::rename(&fresh, &path).with_context(|| format!("Cannot write {}", path.display()))?;
        Ok(Self { name, folder: Some(folder), _lock: Some(lock) })
    }

    /// The name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The names of instances on this computer that ended without taking leave. Each is told to one asker only.
    pub(crate) fn gone(&self) -> Vec<String> {
        let Some(files) = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else { return vec![] };
        files.flatten().filter_map(|file| self.is_gone(&file.path())).collect()
    }

    fn is_gone(&self, path: &Path) -> Option<String> {
        let name = path.file_stem()?.to_str()?;
        if name == self.name || path.extension()? != "lock" {
            return None;
        }
        let lock = File::open(path).ok()?;
        lock.try_lock().ok()?;
        // Only who removes the file speaks of it.
        fs::remove_file(path).ok()?;
        Some(name.to_owned())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // A file that stays behind is found as gone by the next instance.
            let _stays = fs::remove_file(folder.join(format!("{}.lock", self.name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dead_are_told_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let one = Instance::begin(Some(folder.path())).unwrap();
        let two = Instance::begin(Some(folder.path())).unwrap();
        assert!(one.gone().is_empty());
        // A process that was killed leaves its file without its lock.
        fs::write(folder.path().join(FOLDER).join("dead.lock"), "").unwrap();
        assert_eq!(one.gone(), ["dead"]);
        assert!(two.gone().is_empty());
        drop(two);
        assert!(one.gone().is_empty());
    }

    #[test]
    fn without_a_folder_there_is_only_a_name() {
        let instance = Instance::begin(None).unwrap();
        assert_eq!(instance.name().len(), 16);
        assert!(instance.gone().is_empty());
    }
}
