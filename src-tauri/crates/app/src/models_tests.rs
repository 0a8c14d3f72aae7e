//! The states of a model, in folders made here; with the real file where set-up has put it.

use super::*;

/// A folder with this file in it, or with none.
fn folder(file: Option<&[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    if let Some(bytes) = file {
        std::fs::write(folder.path().join(ENCODER_FILE), bytes).unwrap();
    }
    folder
}

/// The real model; `None`, with a word, where set-up has not run. Where `CI` is set it must have.
fn real() -> Option<PathBuf> {
    let path = folders().into_iter().map(|folder| folder.join(ENCODER_FILE)).find(|path| path.is_file());
    if path.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci.is_empty()), "there is no sentence encoder");
        println!("SKIPPED: there is no sentence encoder; run ./mercator setup");
    }
    path
}

#[test]
fn no_model_is_a_warning_that_says_where_to_put_one() {
    let empty = folder(None);
    let found = Models::find(&[PathBuf::from("/nowhere"), empty.path().to_owned()]);
    assert!(found.encoder.is_none());
    assert_eq!((found.state.result(), &found.state), ("warning", &ModelState::Missing { folder: empty.path().to_owned() }));
    let words = found.state.to_string();
    assert!(words.contains(ENCODER_FILE) && words.contains("./mercator models"), "{words}");
    assert!(Bot::load(Learned { encoder: found.encoder, ..Learned::default() }).unwrap().encoder().is_none(), "the bot works without");
}

#[test]
fn a_file_that_is_no_model_is_told_with_the_reason_and_the_next_folder_is_looked_in() {
    let (junk, cut) = (folder(Some(b"PK\x03\x04 a zip archive")), folder(Some(b"MERCENCO\x01\0\0\0")));
    let found = Models::find(&[junk.path().to_owned(), cut.path().to_owned()]);
    assert_eq!(found.state.result(), "failed");
    let words = found.state.to_string();
    assert!(words.contains("it is no model file") && words.contains(&junk.path().display().to_string()), "{words}");
    assert!(Models::find(&[cut.path().to_owned()]).state.to_string().contains("it is cut off"));
    assert!(Models::find(&[folder(Some(b"")).path().to_owned()]).state.to_string().contains("it is no model file"), "an empty file");
    if let Some(real) = real() {
        let found = Models::find(&[junk.path().to_owned(), real.parent().unwrap().to_owned()]);
        assert_eq!((found.state.result(), found.encoder.is_some()), ("ok", true));
    }
}

#[test]
fn the_model_is_found_whole_and_one_changed_byte_is_seen_by_the_check_up() {
    let Some(path) = real() else { return };
    let found = Models::find(&[path.parent().unwrap().to_owned()]).whole();
    assert_eq!(found.state.result(), "ok");
    assert!(found.state.to_string().contains("universal-sentence-encoder-multilingual-3"));
    assert_eq!(found.encoder.unwrap().vector("Where is my order?").len(), 512);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = folder(Some(&bytes));
    let found = Models::find(&[changed.path().to_owned()]).whole();
    assert_eq!((found.state.result(), found.encoder.is_none()), ("failed", true));
    assert!(found.state.to_string().contains("not those that were written"));
}

#[test]
fn models_are_looked_for_where_each_system_keeps_a_programs_resources_then_with_the_user_then_in_the_source_tree() {
    let tree = tempfile::tempdir().unwrap();
    let models = tree.path().join("src-tauri/models");
    std::fs::create_dir_all(&models).unwrap();
    let own = PathBuf::from("/home/ann/.local/share/mercator/models");
    let check = |program: PathBuf, expect: &[PathBuf]| {
        let folders = folders_of(&program, Some(own.clone()), None);
        assert!(expect.iter().all(|folder| folders.contains(folder)), "{folders:?}");
        assert_eq!(folders.last() == Some(&models), expect.contains(&models), "{folders:?}");
    };
    check("/usr/bin/mercator".into(), &["/usr/bin/../lib/Mercator/models".into(), own.clone()]);
    check("/Applications/M.app/Contents/MacOS/mercator".into(), &["/Applications/M.app/Contents/MacOS/../Resources/models".into()]);
    check(tree.path().join("target/debug/deps/test-1"), std::slice::from_ref(&models));
    let under_cargo = folders_of(Path::new("/elsewhere/x"), None, Some(&tree.path().join("src-tauri/crates/app")));
    assert_eq!(under_cargo.last(), Some(&models));
}
