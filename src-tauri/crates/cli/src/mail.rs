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
        } else {
            failed |= !archive(path)?;
        }
    }
    Ok(Done::unless(failed))
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
    let parted = clean::part(&mail.text).cleaned;
    Line { file, mail: mail.json(), visible_text: parted.visible, quoted_text: parted.quoted, signature: parted.signature, relay: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_there_even_of_nothing() {
        for raw in [&b""[..], b"\0\xff\xfe", b"From: a@b.test\r\n\r\nHello"] {
            let object = serde_json::to_value(object("x.eml", raw)).unwrap();
            for field in [
                "file",
                "message_id",
                "in_reply_to",
                "references",
                "from",
                "to",
                "cc",
                "subject",
                "date",
                "text",
                "visible_text",
                "quoted_text",
                "signature",
                "attachments",
                "automatic",
                "relay",
                "warnings",
            ] {
                assert!(object.get(field).is_some(), "{field} of {raw:?}");
            }
        }
    }
}
