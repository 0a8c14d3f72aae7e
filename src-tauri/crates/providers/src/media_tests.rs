//! The settings file is read or refused, and programs are run, bounded and believed only as far as they deserve.

use super::*;

fn folder(text: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), text).unwrap();
    let folders = vec![folder.path().join("none"), folder.path().to_owned()];
    (folder, folders)
}

fn readers(text: &str) -> Result<Readers, MediaError> {
    let (_kept, folders) = folder(text);
    Readers::find(&folders)
}

#[test]
fn without_a_file_nothing_can_be_read() {
    let none = Readers::find(&[PathBuf::from("/nowhere")]).unwrap();
    assert_eq!((none.name(MediaKind::Picture), none.name(MediaKind::Voice)), (None, None));
}

#[test]
fn the_file_names_a_program_a_kind_and_what_is_wrong_is_said() {
    let found = readers("[picture]\ncommand = [\"/opt/ocr/tesseract.exe\", \"{file}\", \"stdout\"]\n").unwrap();
    assert_eq!((found.name(MediaKind::Picture), found.name(MediaKind::Voice)), (Some("tesseract"), None));
    let check = |text: &str, expect: &str| {
        let said = readers(text).unwrap_err().to_string();
        assert!(said.contains(FILE) && said.contains(expect), "{said}");
    };
    check("[picture]\ncommand = []", "no program");
    check("[picture]\ncommand = [\"tesseract\"]", "{file}");
    check("[film]\ncommand = [\"x\", \"{file}\"]", "film");
    check("picture = 3", "");
}

#[cfg(unix)]
mod programs {
    use super::*;

    async fn words(command: &str, name: &str, bytes: &[u8]) -> Result<String, MediaError> {
        let readers = readers(&format!("[voice]\ncommand = {command}")).unwrap();
        readers.words(MediaKind::Voice, name, bytes).await.unwrap()
    }

    #[tokio::test]
    async fn what_the_program_says_are_the_words() {
        let said = words(r#"["cat", "{file}"]"#, "v.ogg", b" Where is\n\n\x07my order?\xff \n").await.unwrap();
        assert_eq!(said, "Where is\nmy order?\u{fffd}");
        let named = words(r#"["sh", "-c", "echo $1", "-", "{file}"]"#, "../../x; rm -r .o-g;g", b"").await.unwrap();
        assert!(named.ends_with("/file.ogg"), "{named}");
    }

    #[tokio::test]
    async fn a_program_that_fails_or_is_not_there_is_named() {
        let check = |error: MediaError, expect: &str| assert!(error.to_string().contains(expect), "{error}");
        check(words(r#"["false", "{file}"]"#, "v", b"").await.unwrap_err(), "false could not read");
        check(words(r#"["no-such-program", "{file}"]"#, "v", b"").await.unwrap_err(), "no-such-program cannot be started");
        check(words(r#"["cat", "{file}"]"#, "v", &vec![0; MOST_BYTES + 1]).await.unwrap_err(), "larger than 25 MB");
    }

    #[tokio::test]
    async fn a_program_that_prints_without_end_is_cut() {
        let said = words(r#"["sh", "-c", "yes word | head -c 5000000", "{file}"]"#, "v", b"").await.unwrap();
        assert!(said.len() <= 32 * 1024 && said.starts_with("word\nword"), "{}", said.len());
    }

    #[tokio::test]
    async fn nothing_reads_the_other_kind() {
        let readers = readers("[voice]\ncommand = [\"cat\", \"{file}\"]").unwrap();
        assert!(readers.words(MediaKind::Picture, "a.png", b"x").await.is_none());
    }
}
