//! Tests of the mail parser on mails written for this project; the folder named by `MERCATOR_DEV_DATA` is measured when set.

use std::path::{Path, PathBuf};

use mercator_domain::{message::Automatic, moment::Moment};
use proptest::prelude::*;

use super::{super::body::MAX_ATTACHMENTS, *};

fn fixture(name: &str) -> ParsedMail {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail").join(name);
    parse_mail(&std::fs::read(path).unwrap())
}

#[test]
fn fixtures_read_as_their_golden_files_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail");
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let mail = fixture(&name);
        let bounce = mail.bounce.clone();
        insta::assert_debug_snapshot!(format!("mail_{}", name.trim_end_matches(".eml")), (mail.json().to_string(), bounce));
    }
}

#[test]
fn a_plain_mail() {
    let mail = parse_mail(
        b"From: =?UTF-8?B?546L6Iqz?= <fang@example.net>\r\nTo: Shop <shop@example.org>, b@example.org\r\nCc: c@example.org\r\nSubject: =?UTF-8?Q?Bestellung_=C3=BC?=\r\n\
        Date: Tue, 3 Mar 2026 10:00:00 +0800\r\nMessage-ID: <q1@example.net>\r\nIn-Reply-To: <a1@example.org>\r\nReferences: <a0@example.org>\r\n <a1@example.org>\r\n\r\nHello\r\n",
    );
    assert_eq!((mail.from.name.as_str(), mail.from.address.as_str()), ("王芳", "fang@example.net"));
    assert_eq!((mail.to.len(), mail.cc.len()), (2, 1));
    assert_eq!(mail.subject, "Bestellung ü");
    assert_eq!(mail.date, Some(Moment(1_772_503_200_000)));
    assert_eq!(mail.in_reply_to.as_deref(), Some("a1@example.org"));
    assert_eq!(mail.references, ["a0@example.org", "a1@example.org"]);
    assert_eq!(mail.text, "Hello");
    assert_eq!(mail.automatic(), Automatic::None);
    assert_eq!(mail.warnings, Vec::<String>::new());
}

#[test]
fn malformed_mails_are_shown_with_warnings() {
    for raw in [
        &b""[..],
        b"\r\n\r\n",
        b"no header at all",
        b"From\r\n\r\nx",
        b"\xff\xfe\x00binary\x00",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n--",
    ] {
        let mail = parse_mail(raw);
        assert!(!mail.warnings.is_empty(), "{raw:?}");
        assert!(mail.external_id().starts_with("sha256:"));
    }
    assert!(parse_mail(b"no header at all").text.contains("no header at all"));
}

#[test]
fn what_exports_put_before_the_header_is_passed_over() {
    for start in ["", "From ana@b.c Mon Jan  1 00:00:00 2024\n", "\u{feff}", "\r\n\r\n"] {
        let mail = parse_mail(format!("{start}From: ana@b.c\nMessage-ID: <1@b>\nDate: Tue, 3 Mar 2026 10:00:00 +0800\n\nHello").as_bytes());
        assert_eq!(
            (mail.from.address.as_str(), mail.text.as_str(), mail.warnings.len()),
            ("ana@b.c", "Hello", usize::from(!start.is_empty()))
        );
    }
}

#[test]
fn an_undeclared_character_set_is_found() {
    let (gbk, _, _) = encoding_rs::GB18030.encode("你好，我的包裹还没有收到，请问什么时候可以送到？");
    let mut raw = b"From: a@b.c\r\nMessage-ID: <1@b>\r\nSubject: x\r\nDate: Tue, 3 Mar 2026 10:00:00 +0800\r\n\r\n".to_vec();
    raw.extend_from_slice(&gbk);
    let mail = parse_mail(&raw);
    assert_eq!(mail.text, "你好，我的包裹还没有收到，请问什么时候可以送到？");
    assert!(mail.warnings.iter().any(|w| w.contains("gb18030")), "{:?}", mail.warnings);
}

#[test]
fn a_header_in_raw_bytes_is_read() {
    let raw = b"From: J\xfcrgen Sch\xf6n <j@b.test>\r\nTo: S\xf8ren <s@b.test>\r\nMessage-ID: <1@b>\r\nSubject: Gr\xfc\xdfe\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png; name=\"Fr\xf6sche.png\"\r\n\r\nx\r\n--b--\r\n";
    let mail = parse_mail(raw);
    assert_eq!(
        (mail.from.name.as_str(), mail.to[0].name.as_str(), mail.subject.as_str()),
        ("J\u{fc}rgen Sch\u{f6}n", "S\u{f8}ren", "Gr\u{fc}\u{df}e")
    );
    assert_eq!(mail.attachments[0].name, "Fr\u{f6}sche.png");
    let japanese = b"From: a@b.test\r\nSubject: \x1b$B2YJ*\x1b(B\r\n\r\nx";
    assert_eq!(parse_mail(japanese).subject, "\u{8377}\u{7269}");
}

#[test]
fn a_mail_forwarded_as_a_file_shows_its_text() {
    let raw = b"From: ann@b.test\r\nSubject: Fwd: lamp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
        From: courier@c.test\r\nSubject: lamp\r\n\r\nYour parcel waits.\r\n--b--\r\n";
    let mail = parse_mail(raw);
    assert_eq!((mail.text.as_str(), mail.subject.as_str(), mail.attachments.len()), ("Your parcel waits.", "Fwd: lamp", 1));
    let own = String::from_utf8_lossy(raw).replace("--b\r\nContent-Type: message", "--b\r\n\r\nSee this.\r\n--b\r\nContent-Type: message");
    assert_eq!(parse_mail(own.as_bytes()).text, "See this.");
}

#[test]
fn files_in_the_text_are_files() {
    let raw = "From: ann@b.test\r\nSubject: photo\r\n\r\nHere it is:\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n\r\nAnn\r\n";
    let mail = parse_mail(raw.as_bytes());
    assert_eq!(mail.text, "Here it is:\n\n\nAnn");
    assert_eq!((mail.attachments[0].name.as_str(), mail.attachments[0].content.as_deref()), ("cat.txt", Some(&b"Cat"[..])));
    let part = "From: ann@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png; name=c.png\r\n\
        Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n--b--\r\n";
    let mail = parse_mail(part.as_bytes());
    assert_eq!((mail.attachments[0].name.as_str(), mail.attachments[0].content.as_deref()), ("c.png", Some(&b"Cat"[..])));
}

#[test]
fn a_forwarded_report_is_a_persons_mail() {
    let raw = b"From: Ana <ana@example.net>\r\nMessage-ID: <1@x>\r\nSubject: Fwd: Undelivered Mail Returned to Sender\r\nDate: Tue, 3 Mar 2026 10:00:00 +0800\r\n\r\n\
        Why do I get this?\r\n> 550 5.1.1 user unknown, could not be delivered\r\n";
    assert_eq!(parse_mail(raw).automatic(), Automatic::None);
    let raw = b"From: Ana <ana@example.net>\r\nMessage-ID: <1@x>\r\nSubject: Delivery failed\r\nDate: Tue, 3 Mar 2026 10:00:00 +0800\r\n\r\nThe courier says the parcel could not be delivered.\r\n";
    assert_eq!(parse_mail(raw).automatic(), Automatic::None);
}

#[test]
fn huge_and_deep_mails_are_bounded() {
    let mut deep = b"From: a@b.c\r\n".to_vec();
    for level in 0..5_000 {
        deep.extend_from_slice(format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n").as_bytes());
    }
    let _ = parse_mail(&deep);
    let mut wide = b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=bound\r\n\r\n".to_vec();
    for _ in 0..600 {
        wide.extend_from_slice(b"--bound\r\nContent-Type: image/png\r\n\r\nx\r\n");
    }
    let mail = parse_mail(&wide);
    assert_eq!(mail.attachments.len(), MAX_ATTACHMENTS, "{:?} {:?}", mail.warnings, mail.attachments.first().map(|a| a.bytes));
    let large = format!(
        "From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--b--",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA\r\n".repeat(200_000)
    );
    let started = std::time::Instant::now();
    let mail = parse_mail(large.as_bytes());
    assert_eq!(mail.attachments.first().map(|a| a.bytes), Some(200_000 * 54));
    let line = format!("From: a@b.c\r\nSubject: {}\r\n\r\n{}", "s".repeat(1_000_000), "word ".repeat(200_000));
    assert!(parse_mail(line.as_bytes()).text.len() <= MAX_TEXT_BYTES);
    let _ = parse_mail(&[&b"From: a@b.c\r\n\r\n"[..], &[0xff; 1_000_000]].concat());
    // Unoptimised, on a busy machine; what is not bounded would take minutes.
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
    let long = format!("From: a@b.c\r\nReferences: {}\r\n\r\n{}", "<x@y> ".repeat(9_000), "y".repeat(MAX_TEXT_BYTES * 2));
    assert!(parse_mail(long.as_bytes()).text.len() <= MAX_TEXT_BYTES);
}

proptest! {
    #[test]
    fn never_panics(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse_mail(&raw);
    }

    #[test]
    fn never_panics_on_mutated_mails(which in 0usize..12, cuts in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..20)) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail");
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        let mut raw = std::fs::read(&files[which % files.len()]).unwrap();
        for (at, byte) in cuts {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        let _ = parse_mail(&raw);
    }
}

/// All files under a folder, sorted.
fn files_under(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files_under(&path, out) } else { out.push(path) }
    }
}

/// Measures on real mails that are not part of the project: a folder with `bounces/` and `ordinary/`, unpacked.
#[test]
fn measured_on_a_folder_of_real_mails_when_there_is_one() {
    let Some(data) = std::env::var_os("MERCATOR_DEV_DATA") else { return };
    let mut missed = Vec::new();
    let mut bounces = Vec::new();
    files_under(&Path::new(&data).join("bounces"), &mut bounces);
    for path in &bounces {
        let mail = parse_mail(&std::fs::read(path).unwrap());
        if mail.automatic() != Automatic::Bounce {
            missed.push(format!("{} {} {:?}", path.display(), mail.automatic(), mail.subject));
        }
    }
    let mut taken = Vec::new();
    let mut ordinary = Vec::new();
    files_under(&Path::new(&data).join("ordinary"), &mut ordinary);
    let mut slowest = (std::time::Duration::ZERO, PathBuf::new());
    for path in &ordinary {
        let raw = std::fs::read(path).unwrap();
        let started = std::time::Instant::now();
        let mail = parse_mail(&raw);
        slowest = slowest.max((started.elapsed(), path.clone()));
        if mail.automatic() == Automatic::Bounce {
            taken.push(format!("{} {:?}", path.display(), mail.subject));
        }
    }
    println!("bounces {} missed {}: {missed:#?}", bounces.len(), missed.len());
    println!("ordinary {} taken for bounces {}: {taken:#?}; slowest {slowest:?}", ordinary.len(), taken.len());
    assert!(missed.len() * 50 <= bounces.len(), "more than 2 % of the bounces missed");
    assert!(slowest.0 < std::time::Duration::from_secs(1));
}
