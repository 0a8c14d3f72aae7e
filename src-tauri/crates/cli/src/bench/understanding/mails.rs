//! Mails: what breaks on malformed ones, how many delivery reports are recognised, and what ordinary mail is taken for one.
//!
//! Ordinary are the mails of the corpus that have no mark of a report: its own delivery reports are told apart by their form and
//! their sender, so that finding them is not counted as a mistake.

use std::{
    collections::BTreeMap,
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use mercator_channels::mail::{ParsedMail, parse_mail};
use mercator_domain::message::Automatic;
use serde_json::{Value, json};

use super::rows;
use crate::bench::measure::ratio;
use crate::packed::open;

/// Measures the mail parser on the mails of this folder.
pub fn measure(data: &Path) -> Result<Value> {
    let mut run = Run::default();
    let corpus = run.corpus(data)?;
    let reports = run.reports(data)?;
    Ok(
        json!({ "panics": run.panics, "slowest_ms": run.slowest.0.as_secs_f64() * 1_000.0, "slowest": run.slowest.1, "corpus": corpus, "reports": reports }),
    )
}

/// What is counted over all mails.
#[derive(Default)]
struct Run {
    panics: usize,
    slowest: (Duration, String),
}

impl Run {
    /// A mail as the product reads it, and its time.
    fn read(&mut self, name: &str, bytes: &[u8]) -> Option<ParsedMail> {
        let started = Instant::now();
        let mail = catch_unwind(AssertUnwindSafe(|| parse_mail(bytes)));
        if started.elapsed() > self.slowest.0 {
            self.slowest = (started.elapsed(), name.to_owned());
        }
        self.panics += usize::from(mail.is_err());
        mail.ok()
    }

    fn corpus(&mut self, data: &Path) -> Result<Value> {
        let kinds: BTreeMap<String, String> =
            rows(&data.join("mime_corpus/manifest.csv.zst"), ["path", "kind"])?.into_iter().map(|[path, kind]| (path, kind)).collect();
        let (mut messages, mut ordinary, mut warned, mut taken) = (0, 0, 0, Vec::new());
        for (name, bytes) in unpacked(&data.join("mime_corpus/corpus.tar.zst"))? {
            if kinds.get(&name).is_none_or(|kind| kind != "message") {
                continue;
            }
            messages += 1;
            let Some(mail) = self.read(&name, &bytes) else { continue };
            warned += usize::from(!mail.warnings.is_empty());
            if is_report(&bytes) {
                continue;
            }
            ordinary += 1;
            if mail.automatic() == Automatic::Bounce {
                taken.push(name);
            }
        }
        Ok(json!({ "messages": messages, "with_warnings": warned, "ordinary": ordinary, "taken_for_reports": taken }))
    }

    fn reports(&mut self, data: &Path) -> Result<Value> {
        let labels: BTreeMap<String, String> =
            rows(&data.join("bounce_mails/labels.csv.zst"), ["path", "label"])?.into_iter().map(|[path, label]| (path, label)).collect();
        let (mut n, mut recognised, mut missed, mut taken) = (0u32, 0u32, Vec::new(), Vec::new());
        for (name, bytes) in unpacked(&data.join("bounce_mails/mails.tar.zst"))? {
            let (Some(label), Some(mail)) = (labels.get(&name), self.read(&name, &bytes)) else { continue };
            let found = mail.automatic() == Automatic::Bounce;
            if label == "bounce" {
                n += 1;
                recognised += u32::from(found);
                if !found {
                    missed.push(json!({ "mail": name, "read_as": mail.automatic().as_str() }));
                }
            } else if found {
                taken.push(name);
            }
        }
        Ok(json!({ "n": n, "recognised": ratio(f64::from(recognised), f64::from(n)), "missed": missed, "others_taken_for_reports": taken }))
    }
}

/// The marks of a report that do not ask the product: the form of RFC 3462, or the sender of a mail system.
fn is_report(bytes: &[u8]) -> bool {
    let header: String =
        String::from_utf8_lossy(bytes).lines().skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
    let header = header.to_lowercase();
    header.contains("report-type=")
        || header.contains("multipart/report")
        || header.lines().any(|l| l.starts_with("from:") && l.contains("mailer-daemon"))
}

/// The files of a packed archive.
fn unpacked(path: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let content = open(path)?;
    let mut archive = tar::Archive::new(content.as_slice());
    let mut files = Vec::new();
    for entry in archive.entries().with_context(|| format!("Cannot read {}", path.display()))? {
        let mut entry = entry.with_context(|| format!("Cannot read {}", path.display()))?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path()?.to_string_lossy().trim_start_matches("./").to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.push((name, bytes));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(path: &Path, bytes: &[u8]) {
        std::fs::write(path, ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)).unwrap();
    }

    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_cksum();
            archive.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap()
    }

    #[test]
    fn the_figures_of_small_sets() {
        let folder = tempfile::tempdir().unwrap();
        for set in ["mime_corpus", "bounce_mails"] {
            std::fs::create_dir(folder.path().join(set)).unwrap();
        }
        let report = "From: MAILER-DAEMON@b.test\nSubject: failure notice\n\nann@b.test";
        let ordinary = "From: ann@b.test\nSubject: Lamp\n\nHello";
        pack(&folder.path().join("mime_corpus/manifest.csv.zst"), b"path,kind\na/1.eml,message\na/2.eml,message\na/1.json,expected\n");
        pack(
            &folder.path().join("mime_corpus/corpus.tar.zst"),
            &archive(&[("a/1.eml", ordinary), ("a/2.eml", report), ("a/1.json", "{}")]),
        );
        pack(&folder.path().join("bounce_mails/labels.csv.zst"), b"path,label\nb/1.eml,bounce\nb/2.eml,bounce\nb/3.eml,not_bounce\n");
        pack(
            &folder.path().join("bounce_mails/mails.tar.zst"),
            &archive(&[("b/1.eml", report), ("b/2.eml", ordinary), ("b/3.eml", report)]),
        );
        let figures = measure(folder.path()).unwrap();
        assert_eq!(figures["panics"], 0);
        let corpus = &figures["corpus"];
        assert_eq!(
            (corpus["messages"].as_u64(), corpus["ordinary"].as_u64(), &corpus["taken_for_reports"]),
            (Some(2), Some(1), &json!([]))
        );
        let reports = &figures["reports"];
        assert_eq!((reports["n"].as_u64(), reports["recognised"].as_f64()), (Some(2), Some(0.5)));
        assert_eq!((&reports["missed"][0]["mail"], &reports["others_taken_for_reports"]), (&json!("b/2.eml"), &json!(["b/3.eml"])));
    }
}
