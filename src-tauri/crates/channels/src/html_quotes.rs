//! Quotes in an HTML mail made into `blockquote`, before it is laid out: what a mail program marks by a class or an identifier is then
//! marked in the text by `>`, in whatever language its headings are. And the other way round: a `blockquote` that only indents is none.
//!
//! Works on the tags as they stand, in one pass; the layout's parser repairs what does not match. It decides nothing about what is
//! shown; the pipeline's cleaning does.

use std::borrow::Cow;

/// Elements that hold nothing but the earlier mail or the line that introduces it, by parts of their class or identifier.
/// Gmail's `gmail_quote` is not among them: answers between quotes stand in it.
const HOLDS_QUOTE: &[&str] = &[
    "moz-cite-prefix",
    "gmail_attr",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "outlookmessageheader",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
];

/// Elements from which on, to the end of what they stand in, the earlier mail follows.
const BEGINS_QUOTE: &[&str] = &["divrplyfwdmsg", "stopspelling"];

/// Deepest nesting of changed elements; real mails have two or three, and each costs time at every further tag.
const MOST_OPEN: usize = 50;

/// What shows that a page may hold any of it, so that most pages are not copied.
const WORTH: &[&str] =
    &["blockquote", "cite-prefix", "gmail_attr", "_quote", "zmail", "utlook", "olk_src", "RplyFwd", "stopSpelling", "reference-message"];

/// The page with its quotes as `blockquote`.
pub fn mark(html: &str) -> Cow<'_, str> {
    if !WORTH.iter().any(|word| html.contains(word)) {
        return Cow::Borrowed(html);
    }
    let mut marking = Marking { out: String::with_capacity(html.len() + 64), open: Vec::new(), begun: false };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, from) = rest.split_at(at);
        marking.out.push_str(text);
        let length = if from.starts_with("<!--") { from.find("-->").map_or(from.len(), |end| end + 3) } else { tag_length(from) };
        let (tag, after) = from.split_at(length);
        marking.tag(tag);
        rest = after;
    }
    marking.out.push_str(rest);
    Cow::Owned(marking.out)
}

/// An element that was changed at its start and must be at its end.
struct Changed {
    name: String,
    /// Elements of the same name that are open inside.
    inside: usize,
    /// What is written in the place of its end tag.
    end: String,
}

struct Marking {
    out: String,
    open: Vec<Changed>,
    /// A quote that runs on has begun; a second one in it says nothing new.
    begun: bool,
}

impl Marking {
    fn tag(&mut self, tag: &str) {
        let name = name_of(tag);
        if tag.starts_with("</") {
            self.end(tag, &name);
        } else if matches!(name.as_str(), "div" | "blockquote" | "span" | "section" | "table" | "hr" | "p") {
            self.start(tag, name);
        } else {
            self.out.push_str(tag);
        }
    }

    fn start(&mut self, tag: &str, name: String) {
        for changed in self.open.iter_mut().filter(|c| c.name == name) {
            changed.inside += 1;
        }
        let marks = marks_of(tag);
        let has = |words: &[&str]| words.iter().any(|word| marks.contains(word));
        if name == "blockquote" {
            if is_indent(tag, &marks) && self.open.len() < MOST_OPEN {
                self.open.push(Changed { name, inside: 0, end: "</div>".to_owned() });
                self.out.push_str("<div>");
                return;
            }
        } else if has(BEGINS_QUOTE) {
            if !self.begun {
                self.out.push_str("<blockquote>");
            }
            self.begun = true;
        } else if name != "hr" && has(HOLDS_QUOTE) && self.open.len() < MOST_OPEN {
            self.out.push_str("<blockquote>");
            let end = format!("</{name}></blockquote>");
            self.open.push(Changed { name, inside: 0, end });
        }
        self.out.push_str(tag);
    }

    fn end(&mut self, tag: &str, name: &str) {
        let ends = self.open.last().is_some_and(|c| c.name == name && c.inside == 0);
        if ends && let Some(changed) = self.open.pop() {
            self.out.push_str(&changed.end);
        } else {
            self.out.push_str(tag);
        }
        for changed in self.open.iter_mut().filter(|c| c.name == name) {
            changed.inside = changed.inside.saturating_sub(1);
        }
    }
}

/// The bytes of a tag up to its `>`, which may also stand inside quotation marks.
fn tag_length(from: &str) -> usize {
    let mut quote = None;
    // Longer ones are no tags but an opened quotation mark; they end at the first `>`.
    for (at, byte) in from.bytes().enumerate().take(4_000) {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if at > 1 => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    from.find('>').map_or(from.len(), |at| at + 1)
}

/// The name of a tag, in small letters.
fn name_of(tag: &str) -> String {
    let inner = tag.trim_start_matches(['<', '/']);
    inner.chars().take_while(char::is_ascii_alphanumeric).take(12).collect::<String>().to_ascii_lowercase()
}

/// Class and identifier of a tag, in small letters.
fn marks_of(tag: &str) -> String {
    ["class", "id"].iter().filter_map(|name| attribute(tag, name)).collect::<Vec<_>>().join(" ")
}

/// The value of an attribute, in small letters.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let small = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = small.get(from..)?.find(name) {
        let (start, end) = (from + at, from + at + name.len());
        from = end;
        let alone = small.get(..start)?.ends_with(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        let Some(value) = small.get(end..)?.trim_start().strip_prefix('=').filter(|_| alone) else { continue };
        let value = value.trim_start();
        return Some(match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.get(1..)?.split(quote).next().unwrap_or_default().to_owned(),
            _ => value.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default().to_owned(),
        });
    }
    None
}

/// The indent of an editor: no border, no mark of a quotation.
fn is_indent(tag: &str, marks: &str) -> bool {
    let plain = attribute(tag, "type").is_none() && attribute(tag, "cite").is_none() && !marks.contains("quote");
    plain
        && attribute(tag, "style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.contains("border:none") || style.contains("border:0")
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::html::html_to_text;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(html_to_text(html), expect, "for {html}");
    }

    #[test]
    fn what_programs_mark_is_marked_in_the_text() {
        check(
            "<div>Yes</div><div class=\"moz-cite-prefix\">Nieznany język, Sklep:</div><blockquote type=cite>Old</blockquote>",
            "Yes\n\n> Nieznany język, Sklep:\n\n> Old",
        );
        check(
            "<div>Yes</div><div class='ydp12yahoo_quoted' id=x><div>Old <div>and</div></div>older</div><div>Ann</div>",
            "Yes\n\n> Old\n> and\n> older\n\nAnn",
        );
        check("<div>Yes<hr id=\"stopSpelling\">From: Shop<br>Old</div>Ann", "Yes\n\n> From: Shop\n> Old\n\nAnn");
        check(
            "<div>Yes</div><div id=appendonsend></div><hr><div id=\"divRplyFwdMsg\" dir=ltr>From: Shop</div><div>Old</div>",
            "Yes\n\n> From: Shop\n> Old",
        );
        check(
            "<div class=gmail_quote><div class=gmail_attr>On Monday wrote</div><blockquote class=gmail_quote>Which?</blockquote>Blue</div>",
            "> On Monday wrote\n\n> Which?\n\nBlue",
        );
    }

    #[test]
    fn an_indent_is_no_quote() {
        check("<blockquote style=\"margin: 0 0 0 40px; border: none; padding: 0px;\">My <b>list</b></blockquote>", "My list");
        check("<blockquote style=\"border:none\" type=\"cite\">Old</blockquote>", "> Old");
        check("<blockquote style='border:none'>a<blockquote>b</blockquote>c</blockquote>d", "a\n\n> b\n\nc\nd");
    }

    #[test]
    fn pages_without_marks_are_not_copied() {
        assert!(matches!(mark("<div class=x>Hello</div>"), Cow::Borrowed(_)));
        assert_eq!(mark("<!-- <div class=gmail_attr> --><p title='>'>a</p>"), "<!-- <div class=gmail_attr> --><p title='>'>a</p>");
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        let started = std::time::Instant::now();
        for page in [
            "<div class=gmail_attr>".repeat(40_000),
            "<div class=\"gmail_attr".repeat(40_000),
            "<blockquote style=border:none>".repeat(30_000),
        ] {
            assert!(!mark(&page).is_empty());
        }
        assert!(started.elapsed() < std::time::Duration::from_secs(10), "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn words_are_neither_lost_nor_made(html in "(<(div|blockquote|hr)( class=gmail_attr| id=stopSpelling| style='border:none'|)>|</(div|blockquote)>|[a-z]{1,5}|<|\"){0,40}") {
            let only_words = |page: &str| page.replace("<blockquote>", "").replace("</blockquote>", "").len();
            let marked = mark(&html);
            prop_assert!(only_words(&marked) <= html.len() + 64 * html.matches('<').count());
            for word in html.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty() && !matches!(*w, "style" | "border" | "none" | "blockquote")) {
                prop_assert!(marked.contains(word), "{} in {}", word, marked);
            }
        }
    }
}
