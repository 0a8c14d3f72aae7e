//! Cleaning: how often exactly the visible reply comes out of mails of many programs and languages.
//!
//! Compared line by line without blanks at the ends of lines and without empty lines at the start and the end; nothing else of the
//! white space is forgiven. A row may be plain text, a page of HTML or a whole mail; each takes the way that the product takes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use mercator_channels::{html::html_to_text, mail::parse_mail};
use mercator_pipeline::clean;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bench::measure::ratio;
use crate::packed::open;

/// A row of the set.
#[derive(Deserialize)]
struct Row {
    id: String,
    email: String,
    /// The visible reply; none where the set has no answer.
    trimmed: Option<String>,
}

/// Measures cleaning on the mails of this folder.
pub fn measure(data: &Path) -> Result<Value> {
    let path = data.join("quoted_replies/emails.jsonl.zst");
    let content = String::from_utf8(open(&path)?).context("The set of replies is not UTF-8")?;
    // The words of all languages are read at the first use, which is no mail's fault.
    let _ = clean::part("first use on 3 Nov 2026, <a@b.test> wrote:");
    let (mut rows, mut gold, mut exact, mut panics) = (0, 0u32, 0u32, 0);
    let mut slowest = Duration::ZERO;
    let mut missed = Vec::new();
    for line in content.lines().filter(|line| !line.trim().is_empty()) {
        let row: Row = serde_json::from_str(line).with_context(|| format!("Cannot read a row of {}", path.display()))?;
        rows += 1;
        let started = Instant::now();
        let visible = catch_unwind(AssertUnwindSafe(|| visible(&row.email)));
        slowest = slowest.max(started.elapsed());
        panics += usize::from(visible.is_err());
        let Some(expected) = &row.trimmed else { continue };
        gold += 1;
        if visible.is_ok_and(|visible| comparable(&visible) == comparable(expected)) {
            exact += 1;
        } else {
            missed.push(row.id);
        }
    }
    Ok(json!({ "rows": rows, "n": gold, "exact": ratio(f64::from(exact), f64::from(gold)), "missed": missed, "panics": panics,
        "slowest_ms": slowest.as_secs_f64() * 1_000.0 }))
}

/// The visible reply of a row, by the way that its form asks for.
fn visible(email: &str) -> String {
    let start = email.trim_start();
    let text = if start.starts_with('<') && ["<html", "<body", "<div", "<p>", "<?xml"].iter().any(|tag| email.to_lowercase().contains(tag))
    {
        html_to_text(email)
    } else if is_mail(start) {
        parse_mail(email.as_bytes()).text
    } else {
        email.to_owned()
    };
    clean::part(&text).cleaned.visible
}

/// A whole mail begins with its header, whose fields say that it is MIME.
fn is_mail(email: &str) -> bool {
    let header = email.split("\n\n").next().unwrap_or_default().to_lowercase();
    header.contains("mime-version:") && header.lines().next().is_some_and(|line| line.contains(": ") && !line.starts_with(' '))
}

/// Lines without blanks at their ends, without empty ones around them.
fn comparable(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut lines = lines.as_slice();
    while let [first, rest @ ..] = lines
        && first.is_empty()
    {
        lines = rest;
    }
    lines.join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_counts_inside_lines_only() {
        assert_eq!(comparable("\n \n  a \r\n\n\nb\t\n\n"), "  a\n\n\nb");
        assert_ne!(comparable("a\n\nb"), comparable("a\nb"));
    }

    #[test]
    fn a_row_takes_the_way_of_its_form() {
        assert_eq!(visible("Yes.\n\nOn 3 Nov 2026, Ann <a@b.test> wrote:\n> Old"), "Yes.");
        assert_eq!(visible("<div>Yes.</div><blockquote>Old</blockquote>"), "Yes.");
        assert_eq!(visible("Subject: a\nMIME-Version: 1.0\n\nYes.\n> Old"), "Yes.");
    }

    #[test]
    fn the_figures_of_a_small_set() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("quoted_replies")).unwrap();
        let rows = "{\"id\":\"a\",\"email\":\"Yes.\\n> Old\",\"trimmed\":\"Yes.\"}\n{\"id\":\"b\",\"email\":\"Yes.\",\"trimmed\":\"No.\"}\n{\"id\":\"c\",\"email\":\"x\",\"trimmed\":null}\n";
        let packed = ruzstd::encoding::compress_to_vec(rows.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
        std::fs::write(folder.path().join("quoted_replies/emails.jsonl.zst"), packed).unwrap();
        let figures = measure(folder.path()).unwrap();
        assert_eq!((figures["rows"].as_u64(), figures["n"].as_u64(), figures["exact"].as_f64()), (Some(3), Some(2), Some(0.5)));
        assert_eq!((figures["missed"].clone(), figures["panics"].as_u64()), (json!(["b"]), Some(0)));
    }
}
