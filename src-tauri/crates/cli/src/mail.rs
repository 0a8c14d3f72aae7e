//! `mail parse`: one JSON object a mail. Reading is the mail channel's, parting what is new from quotes the pipeline's.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use mercator_app::bulk::source::{Mails, Next};
use mercator_channels::mail::parse_mail;
use mercator_pipeline::clean;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Done,
    output::{complain, json_line},
};

/// Prints the mails of files and folders; what cannot be opened is said, and the rest goes on.
pub fn parse(files: &[PathBuf]) -> Result<Done> {
    let mut failed = false;
    for path in files {
        if path == Path::new("-") {
            let mut raw = Vec::new();
            io::stdin().lock().read_to_end(&mut raw).context("Cannot read standard input")?;
            json_line(&object("-", &raw))?;
        } else if path.metadata().is_ok_and(|about| about.is_file() && about.len() == 0) {
            // The archive passes empty files by; here one was named, so it gets its line.
            json_line(&object(&path.to_string_lossy(), b""))?;
        } else if path.is_file() && is_single(path) {
            match std::fs::read(path) {
                Ok(raw) => json_line(&object(&path.to_string_lossy(), &raw))?,
                Err(error) => {
                    complain(&format!("The file {} cannot be read: {}. Check the path.", path.display(), error.kind()));
                    failed = true;
                }
            }
        } else {
            failed |= !archive(path)?;
        }
    }
    Ok(Done::unless(failed))
}

/// A file that holds one mail by its name. Its first line may be that of an mbox all the same (delivery programs write it), and a
/// returned mail in it brings another one; neither makes two mails of it.
fn is_single(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"))
}

/// Every mail of one path; false when a part could not be read.
fn archive(path: &Path) -> Result<bool> {
    let mut well = true;
    for next in Mails::of(&[path.to_owned()]) {
        match next {
            Next::Mail(mail) => json_line(&object(&mail.place.path.to_string_lossy(), &mail.bytes))?,
            Next::Unreadable(why) => {
                complain(&format!("{why}. Check the path."));
                well = false;
            }
            Next::NoMail => {}
        }
    }
    Ok(well)
}

/// A mail as it is printed: the channel's fields, and what is known of it beyond.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    mail: Value,
    visible_text: String,
    quoted_text: String,
    signature: String,
    /// Mails of marketplaces are recognised by the channels of a later version.
    relay: Option<()>,
}

fn object<'a>(file: &'a str, raw: &[u8]) -> Line<'a> {
    let mail = parse_mail(raw);
    let parted = clean::part_whole(&mail.text);
    Line { file, mail: mail.json(), visible_text: parted.visible, quoted_text: parted.quoted, signature: parted.signature, relay: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that the documentation of the command names, and no others.
    const KEYS: [&str; 17] = [
        "attachments",
        "automatic",
        "cc",
        "date",
        "file",
        "from",
        "in_reply_to",
        "message_id",
        "quoted_text",
        "references",
        "relay",
        "signature",
        "subject",
        "text",
        "to",
        "visible_text",
        "warnings",
    ];

    fn keys(object: &Value) -> Vec<&str> {
        let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn exactly_the_documented_fields_are_there_even_of_nothing() {
        for raw in [&b""[..], b"\0\xff\xfe", b"From: a@b.test\r\n\r\nHello"] {
            let object = serde_json::to_value(object("x.eml", raw)).unwrap();
            assert_eq!(keys(&object), KEYS, "{raw:?}");
            assert_eq!(keys(&object["from"]), ["address", "name"]);
            assert!(object["relay"].is_null());
        }
    }

    #[test]
    fn a_reply_is_parted_and_its_files_are_listed() {
        let raw = b"From: Ann <ann@b.test>\r\nSubject: Re: lamp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\
            Blue, please.\r\n-- \r\nAnn\r\n\r\nOn 3 Nov 2026, Shop <s@b.test> wrote:\r\n> Which?\r\n--b\r\n\
            Content-Type: image/png; name=a.png\r\n\r\nx\r\n--b--\r\n";
        let object = serde_json::to_value(object("x.eml", raw)).unwrap();
        assert_eq!((&object["visible_text"], &object["signature"]), (&"Blue, please.".into(), &"-- \nAnn".into()));
        assert!(object["quoted_text"].as_str().unwrap().ends_with("> Which?"), "{object}");
        assert_eq!(keys(&object["attachments"][0]), ["bytes", "media_type", "name", "sha256"]);
    }

    #[test]
    fn only_a_name_of_one_mail_makes_one() {
        assert!(is_single(Path::new("a/b.eml")) && is_single(Path::new("B.EML")));
        assert!(!is_single(Path::new("a.mbox")) && !is_single(Path::new("eml")));
    }
}
