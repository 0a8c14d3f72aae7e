//! Where a workspace is: a folder with one database file, or a PostgreSQL database.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use mercator_providers::secrets::{self, SecretStore};
use mercator_store::{Durability, OpenOptions, Store, Target};

/// A place of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    target: Target,
    /// Sealed secrets and exports are beside the database; for PostgreSQL in the user's own folder.
    folder: PathBuf,
}

/// The name of the database file in a workspace's folder.
const FILE_NAME: &str = "mercator.db";

impl Workspace {
    /// Reads what the user gave: nothing, a folder, a `.db` file, or a `postgres://` address.
    pub fn find(given: Option<&str>) -> Result<Self> {
        match given {
            Some(address) if address.starts_with("postgres://") || address.starts_with("postgresql://") => {
                Ok(Self { target: Target::Postgres(address.to_owned()), folder: own_folder()? })
            }
            Some(path) => Ok(Self::at(PathBuf::from(path))),
            None => Ok(Self::at(own_folder()?)),
        }
    }

    fn at(path: PathBuf) -> Self {
        if path.extension().is_some_and(|extension| extension == "db") {
            let folder = path.parent().map_or_else(PathBuf::new, PathBuf::from);
            Self { target: Target::File(path), folder }
        } else {
            Self { target: Target::File(path.join(FILE_NAME)), folder: path }
        }
    }

    /// As people are told: never with a password in it.
    pub fn shown(&self) -> String {
        match &self.target {
            Target::File(path) => path.display().to_string(),
            Target::Postgres(address) => {
                let after = address
                    .rsplit_once('@')
                    .map_or_else(|| address.trim_start_matches("postgresql://").trim_start_matches("postgres://"), |(_, place)| place);
                format!("postgres://{after}")
            }
        }
    }

    /// As it was given: opening it again opens the same workspace.
    pub fn given(&self) -> String {
        match &self.target {
            Target::File(path) => path.to_string_lossy().into_owned(),
            Target::Postgres(address) => address.clone(),
        }
    }

    /// The database file, when it is one.
    pub fn file(&self) -> Option<&PathBuf> {
        match &self.target {
            Target::File(path) => Some(path),
            Target::Postgres(_) => None,
        }
    }

    /// True when there is a workspace already; asking makes nothing.
    pub async fn exists(&self) -> Result<bool> {
        Store::exists(&self.target).await.with_context(|| format!("Cannot look at the workspace {}", self.shown()))
    }

    /// The folder for what belongs to the workspace beside the database.
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Opens the database; makes its folder when there is none.
    pub async fn open_store(&self, durability: Durability, instance: &str) -> Result<Store> {
        if matches!(self.target, Target::File(_)) {
            std::fs::create_dir_all(&self.folder).with_context(|| format!("Cannot make the folder {}", self.folder.display()))?;
        }
        Ok(Store::open(&self.target, OpenOptions { durability, instance: instance.to_owned(), ..OpenOptions::default() }).await?)
    }

    /// Secrets of different workspaces on one computer must not meet.
    pub fn secret_prefix(&self) -> String {
        use sha2::Digest;
        let hash = sha2::Sha256::digest(self.shown().as_bytes());
        hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The keychain; with `MERCATOR_PASSPHRASE` the sealed file beside the database.
    pub fn secrets(&self) -> Result<Arc<dyn SecretStore>> {
        let passphrase = secrets::passphrase_from_environment();
        Ok(secrets::open(&self.folder.join("secrets.sealed"), passphrase.as_ref())?.into())
    }
}

fn own_folder() -> Result<PathBuf> {
    let folders = directories::ProjectDirs::from("app", "Mercator", "mercator").context("This user has no home folder")?;
    Ok(folders.data_dir().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_a_file_and_an_address_are_told_apart() {
        let check = |given: &str, shown: &str| assert_eq!(Workspace::find(Some(given)).unwrap().shown(), shown);
        check("/data/shop", "/data/shop/mercator.db");
        check("/data/shop.db", "/data/shop.db");
        check("postgres://ann:secret@db.test/shop", "postgres://db.test/shop");
        check("postgresql://db.test/shop", "postgres://db.test/shop");
    }
}
