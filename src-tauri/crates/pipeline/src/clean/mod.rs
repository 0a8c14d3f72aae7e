//! Stage 1: what was really written now, apart from quotes, signature and disclaimer, in plain text of any mail program.
//!
//! Works line by line and keeps byte offsets into the original, so that entities found in the visible part can be shown there.
//! HTML is turned into text by the channel before; this stage is the only place that parts a mail. `line` looks at lines by
//! themselves, `reference` finds where an earlier mail begins, `footer` what stands under a mail, `arrange` decides over the whole;
//! the words of the languages are data (`words`).
//!
//! White space: inside the visible text it stays as it was, but for blanks at the ends of lines; empty lines at the start and the end
//! are left out.

mod arrange;
mod footer;
mod line;
mod reference;
mod words;

use arrange::Part;
use line::{Line, lines_of};
use mercator_domain::turn::Cleaned;

/// More than this is never analysed: a customer's question stands at the top, and a megabyte of log would only cost time.
pub const ANALYSED_BYTES: usize = 20_000;

/// The parts, with the way back from the visible text to the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parted {
    /// The three parts.
    pub cleaned: Cleaned,
    /// The visible text, byte for byte, with blanks in the place of the quotes that are shown between answers.
    own: String,
    /// For each line of the visible part: its first byte there, its first byte in the original, its length.
    lines: Vec<(usize, usize, usize)>,
}

impl Parted {
    /// Where a range of the visible text stands in the original; `None` when it spans lines.
    pub fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let (visible, original, length) = self.lines.iter().rev().find(|(visible, ..)| *visible <= start)?;
        (end <= visible + length).then(|| (original + start - visible, original + end - visible))
    }

    /// What the writer says himself: the visible text with the quotes in it blanked out, so that every byte keeps its place.
    pub fn own_words(&self) -> &str {
        &self.own
    }

    /// The same to be read by people: the visible text without those quotes.
    pub fn own_text(&self) -> String {
        if self.own == self.cleaned.visible {
            return self.own.clone();
        }
        let lines: Vec<&str> = self.own.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }
}

/// The first `ANALYSED_BYTES` of a text, cut between characters.
pub fn analysed(text: &str) -> &str {
    let mut end = ANALYSED_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Parts the start of a text that is analysed.
pub fn part(text: &str) -> Parted {
    let lines = lines_of(analysed(text));
    let parts = arrange::arrange(&lines);
    let joined = |wanted: Part| {
        let texts: Vec<&str> = lines.iter().zip(&parts).filter(|(_, part)| **part == wanted).map(|(line, _)| line.text).collect();
        texts.join("\n").trim().to_owned()
    };
    let mut parted = Parted {
        cleaned: Cleaned { quoted: joined(Part::Quoted), signature: joined(Part::Signature), ..Cleaned::default() },
        ..Parted::default()
    };
    lay_out(&lines, &parts, &mut parted);
    parted
}

/// Parts a whole text: what is too long to be analysed is kept behind the part that was quoted.
pub fn part_whole(text: &str) -> Cleaned {
    let mut cleaned = part(text).cleaned;
    let rest = text.get(analysed(text).len()..).unwrap_or_default();
    if !rest.is_empty() {
        cleaned.quoted = format!("{}\n{rest}", cleaned.quoted);
    }
    cleaned
}

/// Joins the visible lines, without empty ones at the start and the end.
fn lay_out(lines: &[Line<'_>], parts: &[Part], parted: &mut Parted) {
    let mut empty = 0;
    for (line, part) in lines.iter().zip(parts).filter(|(_, part)| matches!(part, Part::Visible | Part::Context)) {
        let kept = line.text.trim_end();
        if kept.is_empty() {
            empty += 1;
            continue;
        }
        let out = &mut parted.cleaned.visible;
        if !out.is_empty() {
            out.extend(std::iter::repeat_n('\n', empty + 1));
        }
        empty = 0;
        parted.own.extend(std::iter::repeat_n('\n', out.len() - parted.own.len()));
        parted.lines.push((out.len(), line.at, kept.len()));
        out.push_str(kept);
        match part {
            Part::Context => parted.own.extend(std::iter::repeat_n(' ', kept.len())),
            _ => parted.own.push_str(kept),
        }
    }
}

#[cfg(test)]
mod language_tests;
#[cfg(test)]
#[path = "clean_tests.rs"]
mod tests;
