//! Tests of the sealed file, with a weak derivation so that they are quick without optimisation.

use mercator_domain::ids::InboxId;

use super::*;

const QUICK: Strength = Strength { memory_kib: 64, passes: 1 };
const CANARY: &str = "canary-password-8472";

fn account(field: &str) -> Account {
    Account::of_inbox("w1", InboxId(3), field)
}

fn sealed(path: &Path, passphrase: &str) -> Result<Sealed, SecretError> {
    Sealed::open(path, &Secret::new(passphrase), QUICK)
}

#[test]
fn k3_the_sealed_file_never_holds_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/secrets.sealed");
    let store = sealed(&path, "my passphrase").unwrap();
    store.set(&account("imap_password"), &Secret::new(CANARY)).unwrap();
    let parts = [CANARY.to_owned(), BASE64.encode(CANARY), "my passphrase".to_owned()];
    for file in fs::read_dir(path.parent().unwrap()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(parts.iter().all(|part| !text.contains(part.as_str())), "{text}");
    }
    let again = sealed(&path, "my passphrase").unwrap();
    assert_eq!(again.get(&account("imap_password")).unwrap().unwrap().expose(), CANARY);
}

#[test]
fn a_wrong_passphrase_is_told_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    sealed(&path, "right").unwrap().set(&account("a"), &Secret::new(CANARY)).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(sealed(&path, "wrong").err().unwrap(), SecretError::WrongPassphrase));
    assert!(matches!(sealed(&path, "").err().unwrap(), SecretError::PassphraseNeeded(_)));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn replaces_deletes_and_sees_what_another_process_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let (one, two) = (sealed(&path, "p").unwrap(), sealed(&path, "p").unwrap());
    one.set(&account("a"), &Secret::new("1")).unwrap();
    two.set(&account("b"), &Secret::new("2")).unwrap();
    one.set(&account("a"), &Secret::new("3")).unwrap();
    assert_eq!(two.get(&account("a")).unwrap().unwrap().expose(), "3");
    assert_eq!(one.get(&account("b")).unwrap().unwrap().expose(), "2");
    one.delete(&account("b")).unwrap();
    one.delete(&account("b")).unwrap();
    assert_eq!(two.get(&account("b")).unwrap(), None);
}

#[test]
fn writers_in_parallel_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    sealed(&path, "p").unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let store = sealed(path, "p").unwrap();
                for entry in 0..5 {
                    store.set(&account(&format!("{writer}-{entry}")), &Secret::new("x")).unwrap();
                }
            });
        }
    });
    assert_eq!(read(&path).unwrap().unwrap().entries.len(), 20);
}

#[test]
fn an_entry_cannot_be_moved_under_another_name_or_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let store = sealed(&path, "p").unwrap();
    store.set(&account("a"), &Secret::new(CANARY)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("w1/3/a", "w1/3/b")).unwrap();
    assert!(matches!(store.get(&account("b")), Err(SecretError::Damaged(_))));
    for damage in ["", "{}", "[1]", "not json"] {
        fs::write(&path, damage).unwrap();
        assert!(matches!(store.get(&account("a")), Err(SecretError::Damaged(_))), "{damage}");
    }
    fs::write(&path, text.replace("\"form\": 1", "\"form\": 2")).unwrap();
    assert!(store.get(&account("a")).unwrap_err().to_string().contains("newer"));
    fs::write(&path, text.replace("\"memory_kib\": 64", "\"memory_kib\": 4000000000")).unwrap();
    assert!(matches!(sealed(&path, "p").err().unwrap(), SecretError::Damaged(_)));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    sealed(&path, "p").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
