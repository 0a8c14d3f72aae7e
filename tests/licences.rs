//! Every library that we ship with has a licence of the list in deny.toml.

use std::fs;

use mercator_tests::metadata::{everything, root};

/// Packages whose manifest names no licence, each with what its files say.
const READ_BY_HAND: &[(&str, &str)] = &[];

#[test]
fn every_library_has_an_allowed_licence() {
    let rules: toml::Value = toml::from_str(&fs::read_to_string(root().join("deny.toml")).unwrap()).unwrap();
    let allowed: Vec<spdx::Licensee> =
        rules["licenses"]["allow"].as_array().unwrap().iter().map(|l| spdx::Licensee::parse(l.as_str().unwrap()).unwrap()).collect();
    let metadata = everything();
    let mut refused = vec![];
    for package in metadata.packages.iter().filter(|p| !metadata.workspace_members.contains(&p.id)) {
        let by_hand = READ_BY_HAND.iter().find(|(name, _)| *name == package.name).map(|(_, licence)| (*licence).to_owned());
        let text = package.license.clone().or(by_hand).unwrap_or_default();
        let expression = spdx::Expression::parse_mode(&text, spdx::ParseMode::LAX);
        let fine = expression.is_ok_and(|e| e.evaluate(|requirement| allowed.iter().any(|licensee| licensee.satisfies(requirement))));
        if !fine {
            refused.push(format!("{} {}: '{text}'", package.name, package.version));
        }
    }
    assert!(refused.is_empty(), "not in the list of deny.toml:\n{}", refused.join("\n"));
}
