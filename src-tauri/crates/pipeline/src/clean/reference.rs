//! Where an earlier mail begins: "On … wrote:", a block of mail headings, "-----Original Message-----", a forwarded mail.
//!
//! No list of whole sentences: an introduction is told by what it holds in any language (a date, an address, a verb of writing, a
//! colon at its end), a block of headings by its labels. What becomes of the lines is for `arrange` to say.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;

use super::{
    line::{Line, is_drawn, is_rule},
    words::{Heading, WORDS},
};

/// Longest introduction, in bytes, over all its lines. Names and addresses of companies reach about 250.
const LONGEST_INTRODUCTION: usize = 400;

/// An introduction is wrapped into at most so many lines.
const MOST_INTRODUCTION_LINES: usize = 5;

/// A block of headings takes at most so many lines; a list of receivers can be long.
const MOST_HEADING_LINES: usize = 30;

/// The lines that say that an earlier mail follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// How many lines it takes.
    pub(super) lines: usize,
    /// What it is.
    pub(super) kind: Kind,
}

/// The kinds of references.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// "On … wrote:"; not sure when a person may have typed it: then it counts above quoted lines only.
    Introduction { sure: bool },
    /// From, Sent, To, Subject; or a drawn line with words; or both.
    Headings,
    /// The same, for a mail that is passed on.
    Forwarded,
}

#[allow(clippy::expect_used, reason = "The patterns are constants, and the tests compile each of them.")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// A time of day, or a date with its year or in figures.
static EXACT_DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\d{1,2}[:.h]\d{2}\b|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]|",
        // A year, in Thailand too.
        r"\b(?:19|20|25)\d{2}\b"
    ))
});

/// A line that begins with a date: in figures, or with the name of a day or month before or after the figure.
static DATED_START: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:\d{4}[-/.年년]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}:\d{2}\b|\d{1,2}\.?\s\p{L}{3,}|",
        r"\p{L}{2,12}\.?,?\s\d{1,2}\.?[\s,]|\p{L}{2,12}\.?,\s(?:den\s)?(?:\d{1,2}|\p{L}{3,10})\b)"
    ))
});

/// A mail address.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s<>\[\]()@:;,]+@[^\s<>\[\]()@:;,]+"));

/// A mail address in brackets, as programs write it beside a name.
static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[<\[(]\s?(?:mailto:)?[^\s<>\[\]()@]+@[^\s<>\[\]()@]+(?:<mailto:[^<>]*>)?\s?[>\])]"));

/// The reference that begins at this line, if one does.
pub(super) fn reference_at(lines: &[Line<'_>], at: usize) -> Option<Reference> {
    let line = lines.get(at).filter(|line| !line.code && !line.is_blank())?;
    let text = line.simple.as_str();
    separator_at(lines, at, text).or_else(|| headings_at(lines, at, text)).or_else(|| introduction_at(lines, at))
}

/// `>>> Ann <a@b.test> 3.11.2026 10:02 >>>` of GroupWise: marked as a quote, but the text below it is not.
pub(super) fn is_framed_introduction(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at).filter(|line| line.text.trim_start().starts_with(">>>")) else { return false };
    let quoted = |n: Option<usize>| n.and_then(|n| lines.get(n)).is_some_and(|l| l.quoted);
    if quoted(at.checked_sub(1)) || quoted(next_text(lines, at + 1)) {
        return false;
    }
    let framed = introductory(line.simple.trim_end_matches('>').trim_end());
    introduces(framed) == Some(true) || (ADDRESS.is_match(framed) && EXACT_DATE.is_match(framed))
}

/// True for a quoted line that introduces a quote in a quote: proof that the quoted text is an earlier mail.
pub(super) fn is_quoted_introduction(line: &Line<'_>) -> bool {
    introduces(introductory(&line.simple)).is_some()
}

// ---- "-----Original Message-----" ----

fn separator_at(lines: &[Line<'_>], at: usize, text: &str) -> Option<Reference> {
    if text.len() <= 200 && WORDS.reply_above.stands_in(text) {
        return Some(Reference { lines: 1, kind: Kind::Headings });
    }
    let core = text.trim_matches(|c: char| is_drawn(c) || c == '>' || c == '<' || c == '|');
    let drawn = text.len() >= core.len() + 3 && text.starts_with(is_drawn);
    let plain = core.trim_end_matches(':').trim_end();
    let announced = core.ends_with(':');
    if (drawn || announced) && WORDS.forwarded.beginning(plain).is_some_and(|length| plain.len() <= length + 40) {
        return Some(with_headings(lines, at, Kind::Forwarded));
    }
    if drawn && WORDS.original.beginning(plain).is_some_and(|length| plain.len() <= length + 40) {
        return Some(with_headings(lines, at, Kind::Headings));
    }
    // Words between dashes in a language that is not known here, right above headings.
    let between = drawn && text.ends_with(is_drawn) && (4..=60).contains(&core.len()) && core.contains(char::is_alphabetic);
    (between && next_text(lines, at + 1).is_some_and(|next| headings(lines, next).is_some_and(|block| block.kinds >= 2)))
        .then(|| with_headings(lines, at, Kind::Headings))
}

/// The reference from a separator to the end of the headings below it, where there are any.
fn with_headings(lines: &[Line<'_>], at: usize, kind: Kind) -> Reference {
    let below = next_text(lines, at + 1).and_then(|next| headings(lines, next).map(|block| next + block.lines));
    Reference { lines: below.unwrap_or(at + 1) - at, kind }
}

/// The next line with text.
fn next_text(lines: &[Line<'_>], from: usize) -> Option<usize> {
    (from..lines.len()).find(|n| lines.get(*n).is_some_and(|l| !l.is_blank()))
}

// ---- From, Sent, To, Subject ----

/// A run of headings.
struct Block {
    lines: usize,
    kinds: usize,
    sender: bool,
    mail: bool,
}

fn headings_at(lines: &[Line<'_>], at: usize, text: &str) -> Option<Reference> {
    heading(text).filter(|h| !matches!(h, Heading::Other | Heading::Receiver))?;
    let block = headings(lines, at)?;
    let ruled =
        (0..at).rev().find(|n| lines.get(*n).is_some_and(|l| !l.is_blank())).is_some_and(|n| lines.get(n).is_some_and(|l| is_rule(l.text)));
    // "From: Berlin, To: Paris, Date: 3 May" is a customer's own list; a mail has a subject or an address.
    let enough = block.sender && ((block.kinds >= 3 && block.mail) || (block.kinds >= 2 && ruled));
    enough.then_some(Reference { lines: block.lines, kind: Kind::Headings })
}

/// The headings from this line on: labels of mail, their wrapped values, single empty lines between them.
fn headings(lines: &[Line<'_>], at: usize) -> Option<Block> {
    let (mut kinds, mut mail, mut end) = (BTreeSet::new(), false, at);
    let mut n = at;
    while let Some(line) = lines.get(n).filter(|_| n < at + MOST_HEADING_LINES) {
        match heading(&line.simple) {
            Some(heading) => {
                mail |= heading == Heading::Subject || ADDRESS.is_match(&line.simple);
                kinds.insert(heading);
                n += 1;
                end = n;
            }
            // Something else: it belongs to the block when a further heading comes within two lines.
            None if !kinds.is_empty() => match (n + 1..n + 3).find(|next| lines.get(*next).is_some_and(|l| heading(&l.simple).is_some())) {
                Some(next) => n = next,
                None => break,
            },
            None => return None,
        }
    }
    Some(Block { lines: end - at, kinds: kinds.len(), sender: kinds.contains(&Heading::Sender), mail })
}

/// What a line `label: value` names, when its label is one of mail.
fn heading(text: &str) -> Option<Heading> {
    let text = text.trim_start_matches(['>', '|', '*', '_', ' ', '\t']);
    let (label, _) = text.split_once(':')?;
    if label.len() > 60 {
        return None;
    }
    WORDS.headings.get(label.trim_end_matches(['*', '_', ' '])).copied()
}

// ---- "On … wrote:" ----

/// The introduction that begins at this line; mail programs wrap it.
fn introduction_at(lines: &[Line<'_>], at: usize) -> Option<Reference> {
    let first = lines.get(at)?;
    let start = introductory(&first.simple);
    let (opens, exact) = (opens(start), is_dated(start));
    let may_run_on = opens || exact || start.contains(['<', '@']) || start.contains(|c: char| c.is_numeric());
    let mut joined = String::new();
    for length in 1..=MOST_INTRODUCTION_LINES {
        let line = lines.get(at + length - 1)?;
        if line.is_blank() || (line.quoted && !first.quoted) || joined.len() + line.text.len() > LONGEST_INTRODUCTION {
            return None;
        }
        let text = introductory(&line.simple);
        if length > 1 && !may_run_on {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(text);
        let Some(sure) = introduces(&joined) else { continue };
        if !sure && length > 1 && !opens {
            return None;
        }
        // A line of the writer's own right above an introduction is not part of it.
        if length > 1 && begins_later(lines, at, length, opens, exact) {
            return None;
        }
        return Some(Reference { lines: length, kind: Kind::Introduction { sure } });
    }
    None
}

/// True when the introduction of these lines in truth begins below the first of them.
fn begins_later(lines: &[Line<'_>], at: usize, length: usize, opens_here: bool, exact_here: bool) -> bool {
    (at + 1..at + length).any(|start| {
        let rest: Vec<&str> = lines.iter().take(at + length).skip(start).map(|l| introductory(&l.simple)).collect();
        let Some(first) = rest.first() else { return false };
        if introduces(&rest.join(" ")).is_none() {
            return false;
        }
        let before = lines.get(start - 1).map(|l| l.text.trim_end()).unwrap_or_default();
        let runs_on = before.ends_with([',', '<', '(', '"'])
            || first.starts_with(['<', '('])
            || lines.get(start).is_some_and(|l| starts_small(l.text));
        !opens_here || (!runs_on && (opens(first) || !exact_here))
    })
}

fn starts_small(text: &str) -> bool {
    text.trim_start().starts_with(char::is_lowercase)
}

/// A line as it is compared with introductions: without marks of quotation and what is drawn around it.
fn introductory(simple: &str) -> &str {
    simple.trim_start_matches(|c: char| is_drawn(c) || c == '>' || c == '|').trim_end_matches(is_drawn)
}

/// True for the beginning of an introduction: a date, or "on" and a figure.
fn opens(text: &str) -> bool {
    // "a-long-address@…" does not begin with the Portuguese "a".
    let on = |length: usize| !text.get(length..).unwrap_or_default().starts_with(['-', '@', '.', '_']);
    starts_with_date(text) || (text.contains(|c: char| c.is_numeric()) && WORDS.on.beginning(text).is_some_and(on))
}

/// True for a line that begins with a date. Every line of every mail is asked, and the pattern is slow for letters beyond ASCII, so what
/// cannot fit it is told by its first characters.
fn starts_with_date(text: &str) -> bool {
    (text.starts_with(|c: char| c.is_numeric()) || names_may_be_followed_by_a_date(text)) && DATED_START.is_match(text)
}

/// A name of two to twelve letters, then a figure or a comma.
fn names_may_be_followed_by_a_date(text: &str) -> bool {
    let rest = text.trim_start_matches(char::is_alphabetic);
    let dotted = rest.strip_prefix('.').unwrap_or(rest);
    let after = dotted.strip_prefix(',').unwrap_or(dotted);
    let begins = after.len() < dotted.len() || after.trim_start().starts_with(|c: char| c.is_numeric());
    begins && after.starts_with(char::is_whitespace)
}

/// A time of day or a whole date.
fn is_dated(text: &str) -> bool {
    text.contains(|c: char| c.is_numeric()) && EXACT_DATE.is_match(text)
}

/// Whether a whole text introduces a quote; `Some(true)` when no person would have typed it.
fn introduces(text: &str) -> Option<bool> {
    let colon = text.ends_with(':');
    let spoken = WORDS.wrote.last_end(text);
    let ends_spoken = spoken.is_some_and(|end| !text.get(end..).unwrap_or_default().contains(char::is_alphanumeric));
    let addressed = text.contains('@') && ADDRESS.is_match(text);
    if spoken.is_some() && (colon || ends_spoken) {
        // "On 3 May at 10:02 your colleague wrote:" may be told by the customer.
        let told = WORDS.person.stands_in(text);
        if addressed {
            return Some(!told || opens(text));
        }
        let sure = !told && opens(text) && is_dated(text);
        return (sure || (colon && text.chars().count() <= 120)).then_some(sure);
    }
    if !addressed {
        return None;
    }
    if !colon {
        // `2013/7/20 Ann <a@b.test>` of old web mail.
        let bare =
            text.ends_with(['>', ']']) && text.split_whitespace().count() <= 12 && BRACKETED.is_match(text) && starts_with_date(text);
        return bare.then_some(true);
    }
    // Without a verb that is known here: date, name and address, and a colon; without a date ("Quoting Ann <a@b.test>:") it is unsure.
    let exact = is_dated(text);
    let brief = text.split_whitespace().count() <= if exact { 24 } else { 12 };
    brief.then(|| exact && (BRACKETED.is_match(text) || starts_with_date(text)))
}
