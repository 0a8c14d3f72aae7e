//! The project as Cargo sees it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::Command,
};

use serde::Deserialize;

/// The top folder of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ has a parent").to_owned()
}

/// The parts of `cargo metadata` that the rules need.
#[derive(Deserialize)]
pub struct Metadata {
    /// All packages, ours and others'.
    pub packages: Vec<Package>,
    /// Identities of ours.
    pub workspace_members: Vec<String>,
}

/// One package.
#[derive(Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Cargo's identity.
    pub id: String,
    /// SPDX expression.
    pub license: Option<String>,
    /// Direct dependencies.
    pub dependencies: Vec<Dependency>,
}

/// One direct dependency.
#[derive(Deserialize)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// `None` for an ordinary one, else `dev` or `build`.
    pub kind: Option<String>,
}

/// Our own packages and what their manifests name.
pub fn ours() -> Metadata {
    ask(&["--no-deps"])
}

/// Every package of every system; set-up has fetched them all (`cargo fetch`).
pub fn everything() -> Metadata {
    ask(&[])
}

fn ask(more: &[&str]) -> Metadata {
    let output =
        Command::new(env!("CARGO")).args(["metadata", "--format-version=1", "--offline"]).args(more).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

impl Metadata {
    /// Our packages with the names of their ordinary dependencies (and the names of their dev-dependencies when `dev`).
    pub fn ours(&self, dev: bool) -> BTreeMap<&str, BTreeSet<&str>> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
            .map(|package| {
                let names = package.dependencies.iter().filter(|d| d.kind.is_none() || (dev && d.kind.as_deref() == Some("dev")));
                (package.name.as_str(), names.map(|d| d.name.as_str()).collect())
            })
            .collect()
    }
}
