//! The rules of the layout, held by the machine: who may name whom, and which library is known to which crate only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests: a panic is the report")]

use std::{collections::BTreeSet, fs, path::Path};

use mercator_tests::metadata::{ours, root};

/// domain <- {store, channels, providers, pipeline, analytics} <- app <- {mercator, cli}
const ALLOWED: &[(&str, &[&str])] = &[
    ("mercator-domain", &[]),
    ("mercator-store", &["mercator-domain"]),
    ("mercator-channels", &["mercator-domain"]),
    ("mercator-providers", &["mercator-domain"]),
    ("mercator-pipeline", &["mercator-domain"]),
    ("mercator-analytics", &["mercator-domain"]),
    (
        "mercator-app",
        &["mercator-domain", "mercator-store", "mercator-channels", "mercator-providers", "mercator-pipeline", "mercator-analytics"],
    ),
    // The two front doors call app; what app gives back is made of the types of domain, pipeline, channels and analytics.
    ("mercator", &["mercator-app", "mercator-domain", "mercator-analytics"]),
    ("mercator-cli", &["mercator-app", "mercator-domain", "mercator-pipeline", "mercator-channels"]),
    ("xtask", &[]),
];

/// A library and the only crates that may name it.
const RESERVED: &[(&str, &[&str])] = &[
    ("sqlx", &["mercator-store"]),
    ("libsqlite3-sys", &["mercator-store"]),
    ("plotters", &["mercator-analytics"]),
    ("resvg", &["mercator-analytics"]),
    ("tauri", &["mercator"]),
    ("async-imap", &["mercator-channels"]),
    ("lettre", &["mercator-channels"]),
    ("mail-parser", &["mercator-channels"]),
    ("tokio-rustls", &["mercator-channels"]),
    ("keyring", &["mercator-providers"]),
];

#[test]
fn crates_name_only_whom_they_may() {
    let metadata = ours();
    for (name, names) in metadata.ours(false) {
        if name == "mercator-tests" {
            continue;
        }
        let allowed = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name).unwrap_or_else(|| panic!("{name} is not in the layout")).1;
        let ours: BTreeSet<&str> = names.into_iter().filter(|d| d.starts_with("mercator")).collect();
        let surplus: Vec<&&str> = ours.iter().filter(|d| !allowed.contains(d)).collect();
        assert!(surplus.is_empty(), "{name} names {surplus:?}");
    }
}

#[test]
fn libraries_stay_in_their_crate() {
    let metadata = ours();
    for (name, names) in metadata.ours(false) {
        for (library, crates) in RESERVED {
            assert!(!names.contains(library) || crates.contains(&name) || name == "mercator-tests", "{name} names {library}");
        }
    }
}

#[test]
fn only_app_spawns_tasks() {
    for name in ["domain", "store", "channels", "providers", "pipeline", "analytics"] {
        for_each_source(&root().join("src-tauri/crates").join(name).join("src"), &mut |path, text| {
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let test_file = path.to_string_lossy().contains("test");
            assert!(test_file || !product.contains("tokio::spawn"), "{} spawns a task", path.display());
        });
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src-tauri/src", "src-tauri/crates", "tests"] {
        for_each_source(&root().join(folder), &mut |path, text| {
            let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            assert!(first.starts_with("//!"), "{} has no header", path.display());
        });
    }
}

fn for_each_source(folder: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != "gen") {
            for_each_source(&path, visit);
        } else if path.extension().is_some_and(|e| e == "rs") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
