//! A PDF file as the text of one article: its first line as the title, its paragraphs.
//!
//! A PDF knows letters and places, no paragraphs: lines that follow each other closely are one, words that were parted at the end of a line
//! are joined. Pictures are not read. Reading happens in a thread of its own, since a damaged file can end it.

use std::{sync::mpsc, thread, time::Duration};

use unicode_normalization::UnicodeNormalization;

/// Larger files hold pictures, not answers.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// A file of that size takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// A longer first line is no title.
const LONGEST_TITLE: usize = 120;
/// A passage of up to so many characters stays one; what a page's sections do.
const PASSAGE: usize = 900;
/// More text than this is a book.
const MOST_CHARACTERS: usize = 400_000;

/// The text of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PdfText {
    /// Its first line; empty where that is none.
    pub title: String,
    /// Its paragraphs without it.
    pub passages: Vec<String>,
}

/// Why there is no article in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPdf {
    /// It is damaged, or of a kind that is not read.
    #[error("this PDF file cannot be read: print it into a new PDF file, or save its text")]
    Damaged,
    /// It is protected.
    #[error("this PDF file is protected by a password")]
    Protected,
    /// Pictures only.
    #[error("this PDF file holds no text, only pictures (a scan)")]
    NoText,
    /// Over the limits.
    #[error("this PDF file is too large for an article")]
    TooLarge,
}

/// True when the content is a PDF file, however it is called.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024).unwrap_or(bytes).windows(5).any(|part| part == b"%PDF-")
}

/// Reads a file.
pub fn read_pdf(bytes: &[u8]) -> Result<PdfText, NoPdf> {
    if bytes.len() > MOST_BYTES {
        return Err(NoPdf::TooLarge);
    }
    let (send, receive) = mpsc::channel();
    let bytes = bytes.to_vec();
    // It may panic or never end on a damaged file: then only this thread is lost.
    thread::spawn(move || drop(send.send(pdf_extract::extract_text_from_mem(&bytes))));
    let text = match receive.recv_timeout(PATIENCE) {
        Ok(Ok(text)) => text,
        Ok(Err(error)) if error.to_string().to_lowercase().contains("crypt") => return Err(NoPdf::Protected),
        Ok(Err(_)) | Err(_) => return Err(NoPdf::Damaged),
    };
    if text.chars().count() > MOST_CHARACTERS {
        return Err(NoPdf::TooLarge);
    }
    let paragraphs = paragraphs(&spelled(&text));
    if paragraphs.iter().all(|paragraph| paragraph.chars().filter(|c| c.is_alphanumeric()).count() < 2) {
        return Err(NoPdf::NoText);
    }
    Ok(titled(paragraphs))
}

/// Letters as people write them: fonts join "fi" into one sign, and use radicals in the place of Chinese characters.
fn spelled(text: &str) -> String {
    let joined = |c: char| matches!(c, '\u{fb00}'..='\u{fb06}' | '\u{2e80}'..='\u{2fdf}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if joined(c) { out.extend(std::iter::once(c).nfkc()) } else { out.push(c) }
    }
    out
}

fn titled(mut paragraphs: Vec<String>) -> PdfText {
    let short = paragraphs.len() > 1 && paragraphs.first().is_some_and(|first| first.chars().count() <= LONGEST_TITLE);
    let title = if short { paragraphs.remove(0) } else { String::new() };
    PdfText { title, passages: joined(paragraphs) }
}

/// Lines up to an empty one are a paragraph.
fn paragraphs(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        // A number alone is that of the page.
        if line.is_empty() || line.chars().all(|c| c.is_ascii_digit()) {
            open = false;
            continue;
        }
        match out.last_mut().filter(|_| open) {
            Some(last) => append(last, &line),
            None => out.push(line),
        }
        open = true;
    }
    out
}

/// A line behind another: a word that was parted is joined, scripts without spaces get none.
fn append(text: &mut String, line: &str) {
    let next_is_lower = line.chars().next().is_some_and(char::is_lowercase);
    let parted = text.ends_with('-') && text.chars().rev().nth(1).is_some_and(char::is_alphabetic) && next_is_lower;
    if parted {
        text.pop();
        text.push_str(line);
        return;
    }
    let unspaced = |c: Option<char>| c.is_some_and(|c| matches!(u32::from(c), 0x3000..=0x30ff | 0x3400..=0x9fff | 0xff00..=0xffef));
    if !(unspaced(text.chars().next_back()) && unspaced(line.chars().next())) {
        text.push(' ');
    }
    text.push_str(line);
}

/// Short paragraphs (headings, items of a list) go with what follows, so that a passage says something by itself.
fn joined(paragraphs: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        let room = |last: &String| last.chars().count() + paragraph.chars().count() < PASSAGE;
        let heading = |last: &String| !last.ends_with(['.', '!', '?', '。', '！', '？', ':']) && last.chars().count() <= LONGEST_TITLE;
        match out.last_mut().filter(|last| heading(last) && room(last)) {
            Some(last) => {
                last.push('\n');
                last.push_str(&paragraph);
            }
            None => out.push(paragraph),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed by a browser: Latin, Cyrillic and Chinese letters in embedded fonts.
    const PRINTED: &[u8] = include_bytes!("../../../../tests/fixtures/files/returns.pdf");
    /// Made by a program that writes PDF files: Latin letters in a standard font.
    const WRITTEN: &[u8] = include_bytes!("../../../../tests/fixtures/files/warranty.pdf");

    #[test]
    fn d1_a_printed_page_is_one_article() {
        let read = read_pdf(PRINTED).unwrap();
        assert_eq!(read.title, "Returns and refunds");
        let whole = read.passages.join("\n");
        for expect in ["Write to us first", "within 30 days of delivery", "Возврат возможен в течение 30 дней", "三十天内可以退货"]
        {
            assert!(whole.contains(expect), "{expect}: {read:?}");
        }
        assert!(read.passages.len() >= 2, "{read:?}");
    }

    #[test]
    fn d1_lines_are_joined_to_paragraphs() {
        let read = read_pdf(WRITTEN).unwrap();
        assert_eq!(read.title, "Warranty");
        assert!(read.passages.join(" ").contains("two years from the day of delivery, whatever the reason"), "{read:?}");
    }

    #[test]
    fn parted_words_and_unspaced_scripts_are_joined() {
        let check = |text: &str, expect: &[&str]| assert_eq!(paragraphs(text), expect, "{text}");
        check("You get infor-\nmation here.\n\n12\n\nNext page.", &["You get information here.", "Next page."]);
        check("三十天内\n可以退货。", &["三十天内可以退货。"]);
        check("A well-\nKnown brand", &["A well- Known brand"]);
    }

    #[test]
    fn what_is_no_pdf_says_so() {
        assert!(is_pdf(PRINTED) && !is_pdf(b"sku,title"));
        assert_eq!(read_pdf(b"%PDF-1.7\nnothing"), Err(NoPdf::Damaged));
        assert_eq!(read_pdf(PRINTED.get(..PRINTED.len() / 2).unwrap()), Err(NoPdf::Damaged));
    }

    /// The same damages each time: which of all possible ones a reader survives is nothing that a test should find out by chance.
    #[test]
    fn a_damaged_file_ends_nothing() {
        for at in (0..WRITTEN.len()).step_by(61) {
            for with in [0, b'9', b'<', 0xff] {
                let mut bytes = WRITTEN.to_vec();
                bytes[at] = with;
                drop(read_pdf(&bytes));
            }
        }
    }
}
