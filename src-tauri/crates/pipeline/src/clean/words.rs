//! The words by which mail programs of many languages mark quotes, headings, devices and notices: `data/clean`, read once.
//!
//! The language of a mail is not known yet when it is parted, and one mail often holds several, so the words of all languages are
//! looked for together. What a found word means is for `reference` and `footer` to say.

use std::{collections::BTreeMap, sync::LazyLock};

use aho_corasick::AhoCorasick;

use crate::{data, tokens::is_unspaced};

/// What a line of a block of mail headings names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heading {
    Sender,
    Sent,
    Receiver,
    Subject,
    Other,
}

/// All words, by what they mark.
pub(super) struct Words {
    /// How an introduction begins: `on`, `am`, `le`.
    pub(super) on: Phrases,
    /// Its verb.
    pub(super) wrote: Phrases,
    /// Words of a person who tells it himself: `you`, `my`.
    pub(super) person: Phrases,
    /// What stands before the colon of a heading.
    pub(super) headings: BTreeMap<String, Heading>,
    /// Between the dashes above an answered mail.
    pub(super) original: Phrases,
    /// Above a forwarded mail.
    pub(super) forwarded: Phrases,
    /// "Reply above this line".
    pub(super) reply_above: Phrases,
    /// How the line of a telephone or mail program begins.
    pub(super) device: Phrases,
    /// The same, but said by people as well: only with the name of a device.
    pub(super) device_weak: Phrases,
    /// How such a line ends.
    pub(super) device_end: Phrases,
    /// Names of devices and mail programs.
    pub(super) device_word: Phrases,
    /// How a legal notice begins.
    pub(super) notice: Phrases,
    /// What a legal notice speaks of.
    pub(super) confidential: Phrases,
    /// How other lines begin that nobody typed.
    pub(super) footer: Phrases,
}

/// The words, read at the first use.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(Words::load);

impl Words {
    fn load() -> Self {
        // A file that cannot be read counts as empty; a test reads them all.
        let tables: Vec<toml::Table> = data::languages("clean").filter_map(|language| data::table("clean", language).ok()).collect();
        let list = |key: &str| -> Vec<String> {
            let entries = tables.iter().filter_map(|table| table.get(key)?.as_array()).flatten().filter_map(toml::Value::as_str);
            entries.map(simple).collect()
        };
        let mut headings = BTreeMap::new();
        // A label that two languages use differently (`do`, `da`) keeps the meaning that weighs more in a block: the later one here.
        for (key, heading) in [
            ("other", Heading::Other),
            ("receiver", Heading::Receiver),
            ("sent", Heading::Sent),
            ("subject", Heading::Subject),
            ("sender", Heading::Sender),
        ] {
            headings.extend(list(key).into_iter().map(|label| (label, heading)));
        }
        Self {
            on: Phrases::new(list("on")),
            wrote: Phrases::new(list("wrote")),
            person: Phrases::new(list("person")),
            headings,
            original: Phrases::new(list("original")),
            forwarded: Phrases::new(list("forwarded")),
            reply_above: Phrases::new(list("reply_above")),
            device: Phrases::new(list("device")),
            device_weak: Phrases::new(list("device_weak")),
            device_end: Phrases::new(list("device_end")),
            device_word: Phrases::new(list("device_word")),
            notice: Phrases::new(list("notice")),
            confidential: Phrases::new(list("confidential")),
            footer: Phrases::new(list("footer")),
        }
    }
}

/// Phrases found on word borders, where their script has any.
pub(super) struct Phrases {
    automaton: Option<AhoCorasick>,
    /// By their first character: every line is asked how it begins.
    by_start: BTreeMap<char, Vec<String>>,
    phrases: Vec<String>,
}

impl Phrases {
    fn new(mut phrases: Vec<String>) -> Self {
        phrases.sort();
        phrases.dedup();
        let mut by_start: BTreeMap<char, Vec<String>> = BTreeMap::new();
        for phrase in &phrases {
            by_start.entry(phrase.chars().next().unwrap_or_default()).or_default().push(phrase.clone());
        }
        Self { automaton: AhoCorasick::new(&phrases).ok(), by_start, phrases }
    }

    /// Every occurrence, overlapping ones too, whose borders the given test accepts.
    fn occurrences<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.automaton.iter().flat_map(move |a| a.find_overlapping_iter(text)).map(|found| (found.start(), found.end()))
    }

    /// True when a phrase stands somewhere as whole words.
    pub(super) fn stands_in(&self, text: &str) -> bool {
        self.occurrences(text).any(|(start, end)| borders_before(text, start) && borders_after(text, end))
    }

    /// True when a word begins with a phrase: for languages and names that take endings.
    pub(super) fn begins_a_word_of(&self, text: &str) -> bool {
        // Up to three letters (`pc`, `lg`, `qq`) would begin half the dictionary.
        self.occurrences(text).any(|(start, end)| borders_before(text, start) && (end - start > 3 || borders_after(text, end)))
    }

    /// The end of the last phrase that stands as whole words.
    pub(super) fn last_end(&self, text: &str) -> Option<usize> {
        self.occurrences(text).filter(|(start, end)| borders_before(text, *start) && borders_after(text, *end)).map(|(_, end)| end).max()
    }

    /// The length of the longest phrase that the text begins with, as whole words.
    pub(super) fn beginning(&self, text: &str) -> Option<usize> {
        let candidates = self.by_start.get(&text.chars().next()?)?;
        candidates.iter().filter(|p| text.starts_with(p.as_str()) && borders_after(text, p.len())).map(String::len).max()
    }

    /// True when the text ends with a phrase, whatever stands before it.
    pub(super) fn ends(&self, text: &str) -> bool {
        self.phrases.iter().any(|p| text.ends_with(p.as_str()))
    }
}

/// No letter of a script with spaces runs into the phrase from before.
fn borders_before(text: &str, start: usize) -> bool {
    let inner = text.get(start..).and_then(|t| t.chars().next());
    let outer = text.get(..start).and_then(|t| t.chars().next_back());
    border(outer, inner)
}

/// No letter of a script with spaces runs on after the phrase.
fn borders_after(text: &str, end: usize) -> bool {
    let inner = text.get(..end).and_then(|t| t.chars().next_back());
    let outer = text.get(end..).and_then(|t| t.chars().next());
    border(outer, inner)
}

fn border(outer: Option<char>, inner: Option<char>) -> bool {
    // Korean particles and the prefixes of Hebrew are written onto the word.
    let joins = |c: char| c.is_alphanumeric() && !is_unspaced(c) && !matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{0590}'..='\u{05ff}');
    !(outer.is_some_and(joins) && inner.is_some_and(joins))
}

/// A line as it is compared: lower case, plain spaces and apostrophes, without direction marks, entities of HTML resolved.
pub(super) fn simple(text: &str) -> String {
    let text = text.trim();
    let resolved = if text.contains('&') {
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", " ").replace("&amp;", "&")
    } else {
        text.to_owned()
    };
    resolved
        .to_lowercase()
        .chars()
        // A Turkish capital dotted I becomes an i with a dot of its own.
        .filter(|c| !matches!(c, '\u{0307}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .map(|c| match c {
            '’' | '‘' | 'ʼ' => '\'',
            '：' => ':',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_every_list_and_every_list_is_plain_lower_case() {
        let lists = [
            "on",
            "wrote",
            "person",
            "sender",
            "sent",
            "receiver",
            "subject",
            "other",
            "original",
            "forwarded",
            "reply_above",
            "device",
            "device_weak",
            "device_end",
            "notice",
            "confidential",
            "footer",
        ];
        for language in data::languages("clean").filter(|l| *l != "und") {
            let table = data::table("clean", language).unwrap();
            assert_eq!(table.len(), lists.len(), "{language}");
            for list in lists {
                for entry in table[list].as_array().unwrap() {
                    let entry = entry.as_str().unwrap();
                    // The joiner that Persian words hold is written in the file and not compared.
                    assert_eq!(simple(entry), entry.replace('\u{200c}', ""), "{language} {list}");
                    assert!(!entry.is_empty(), "{language} {list}");
                }
            }
        }
    }

    #[test]
    fn phrases_end_where_words_end() {
        let phrases = Phrases::new(vec!["wrote".into(), "写道".into()]);
        let check = |text: &str, expect: bool| assert_eq!(phrases.stands_in(text), expect, "{text}");
        check("he wrote:", true);
        check("<a@b.test>wrote:", true);
        check("he wroted", false);
        check("小店写道：", true);
    }

    #[test]
    fn lines_are_compared_in_one_form() {
        assert_eq!(simple(" \u{200f}İLETİ’s\u{a0}&lt;a@b&gt;："), "ileti's <a@b>:");
    }
}
