//! Finds many phrases at once in a folded text, on word borders where the script has them.
//!
//! One automaton a lexicon, one pass over the text. What a hit means is for `emotion`, `risk` and `entities` to say; whether words
//! around it turn it around, for `emotion::negation`.

use std::{collections::BTreeMap, ops::Range};

use aho_corasick::AhoCorasick;

use crate::{
    data,
    error::PipelineError,
    fold::{Folded, fold},
    tokens::{is_hangul, is_unspaced},
};

/// How strictly the borders of a phrase are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// A phrase begins and ends with a word. Scripts without spaces have no borders; Korean endings may follow.
    Whole,
    /// Endings may follow the phrase, and in Arabic a particle may stand before it: for languages that inflect by endings.
    Inflected,
}

impl Script {
    /// What fits a language.
    pub fn of(language: &str) -> Self {
        if matches!(language, "ru" | "pl" | "tr" | "ar") { Self::Inflected } else { Self::Whole }
    }
}

/// Between the two parts of a phrase with a gap: `report … police` finds "report this whole affair to the police".
const GAP: char = '…';

/// How far apart the two parts may be, in letters; a Chinese, Japanese or Thai letter counts for three of another script.
const GAP_WIDTH: usize = 36;

/// What a pattern of the automaton stands for.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// A phrase of this category.
    Whole(u8),
    /// What stands before the gap of this phrase.
    Before(usize),
    /// What stands behind it.
    Behind(usize),
}

/// Phrases with their categories.
#[derive(Debug)]
pub struct Lexicon {
    automaton: Option<AhoCorasick>,
    parts: Vec<Part>,
    /// The categories of the phrases with a gap.
    gapped: Vec<u8>,
    script: Script,
}

/// A phrase found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The category it was given.
    pub category: u8,
    /// In the folded text.
    pub folded: Range<usize>,
    /// In the original text.
    pub original: Range<usize>,
}

impl Lexicon {
    /// A lexicon of these phrases.
    pub fn new<S: AsRef<str>>(phrases: impl IntoIterator<Item = (u8, S)>, script: Script) -> Self {
        let (mut parts, mut gapped, mut folded) = (Vec::new(), Vec::new(), Vec::new());
        for (category, phrase) in phrases {
            match phrase.as_ref().split_once(GAP) {
                Some((before, behind)) if !before.trim().is_empty() && !behind.trim().is_empty() => {
                    parts.extend([Part::Before(gapped.len()), Part::Behind(gapped.len())]);
                    folded.extend([fold(before.trim()), fold(behind.trim())]);
                    gapped.push(category);
                }
                _ if !phrase.as_ref().trim().is_empty() => {
                    parts.push(Part::Whole(category));
                    folded.push(fold(phrase.as_ref().trim()));
                }
                _ => {}
            }
        }
        // Building can only fail on gigabytes of patterns; then the lexicon finds nothing.
        Self { automaton: AhoCorasick::new(&folded).ok(), parts, gapped, script }
    }

    /// A lexicon from a data file: the arrays named become the categories 0, 1, 2 …
    pub fn load(kind: &str, language: &str, arrays: &[&str]) -> Result<Self, PipelineError> {
        let table = data::table(kind, language)?;
        let mut phrases = Vec::new();
        for (category, name) in (0u8..).zip(arrays) {
            for value in table.get(*name).and_then(toml::Value::as_array).into_iter().flatten() {
                phrases.extend(value.as_str().map(|phrase| (category, phrase.to_owned())));
            }
        }
        Ok(Self::new(phrases, Script::of(language)))
    }

    /// The phrases in a text: longest first where they overlap, in the order of the text.
    pub fn find(&self, text: &Folded) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let (mut found, mut before, mut behind) = (Vec::new(), Vec::new(), Vec::new());
        for m in automaton.find_overlapping_iter(&text.text).filter(|m| self.bordered(&text.text, &m.range())) {
            match self.parts.get(m.pattern().as_usize()) {
                Some(Part::Whole(category)) => found.push((m.range(), *category)),
                Some(Part::Before(phrase)) => before.push((*phrase, m.range())),
                Some(Part::Behind(phrase)) => behind.push((*phrase, m.range())),
                None => {}
            }
        }
        self.join(&text.text, &before, behind, &mut found);
        found.sort_by_key(|(range, category)| (std::cmp::Reverse(range.len()), range.start, *category));
        // What is kept never overlaps, so only the neighbours of a new one need be looked at: a megabyte of hits stays linear.
        let mut kept: BTreeMap<usize, (usize, u8)> = BTreeMap::new();
        for (range, category) in found {
            let before = kept.range(..=range.start).next_back().is_some_and(|(_, (end, _))| *end > range.start);
            let behind = kept.range(range.start..).next().is_some_and(|(start, _)| *start < range.end);
            if !before && !behind {
                kept.insert(range.start, (range.end, category));
            }
        }
        kept.into_iter().map(|(start, (end, category))| Hit { category, original: text.original(start..end), folded: start..end }).collect()
    }

    /// The phrases with a gap: each first part with the next second part of the same phrase, if that is near.
    fn join(
        &self,
        text: &str,
        before: &[(usize, Range<usize>)],
        mut behind: Vec<(usize, Range<usize>)>,
        found: &mut Vec<(Range<usize>, u8)>,
    ) {
        behind.sort_unstable_by_key(|(phrase, range)| (*phrase, range.start));
        for (phrase, first) in before {
            let next = behind.partition_point(|(other, range)| (*other, range.start) < (*phrase, first.end));
            let Some((other, second)) = behind.get(next) else { continue };
            let (Some(category), true) = (self.gapped.get(*phrase), other == phrase) else { continue };
            if text.get(first.end..second.start).is_some_and(is_near) {
                found.push((first.start..second.end, *category));
            }
        }
    }

    fn bordered(&self, text: &str, range: &Range<usize>) -> bool {
        let phrase = text.get(range.clone()).unwrap_or_default();
        let before = text.get(..range.start).and_then(|s| s.chars().next_back());
        let after = text.get(range.end..).and_then(|s| s.chars().next());
        let (Some(first), Some(last)) = (phrase.chars().next(), phrase.chars().next_back()) else { return false };
        self.starts_word(text, range.start, first, before, phrase) && self.ends_word(last, after, phrase)
    }

    fn starts_word(&self, text: &str, start: usize, first: char, before: Option<char>, phrase: &str) -> bool {
        let free = |c: char| is_unspaced(c) || !c.is_alphanumeric();
        if free(first) || before.is_none_or(free) {
            return true;
        }
        // Arabic writes and, the, for, with as one or two letters glued to the word.
        let particle = text.get(..start).map_or(0, |s| s.chars().rev().take(4).take_while(|c| c.is_alphanumeric()).count());
        self.script == Script::Inflected && matches!(first, '\u{0600}'..='\u{06ff}') && particle <= 3 && phrase.chars().count() >= 3
    }

    fn ends_word(&self, last: char, after: Option<char>, phrase: &str) -> bool {
        let free = |c: char| is_unspaced(c) || !c.is_alphanumeric();
        if free(last) || is_hangul(last) || after.is_none_or(free) {
            return true;
        }
        // Long enough that an ending does not make another word of it.
        self.script == Script::Inflected && phrase.rsplit(' ').next().unwrap_or(phrase).chars().count() >= 5
    }
}

/// True for what may stand in a gap: a few words of one sentence. Looks at no more than that, since the gap may be a megabyte.
fn is_near(between: &str) -> bool {
    let mut width = 0;
    between.chars().all(|c| {
        width += if is_unspaced(c) { 3 } else { 1 };
        width <= GAP_WIDTH && !matches!(c, '.' | '!' | '?' | '\n' | '。' | '؟')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(script: Script, phrases: &[&str], text: &str) -> Vec<String> {
        let lexicon = Lexicon::new(phrases.iter().map(|p| (0, *p)), script);
        lexicon.find(&Folded::new(text)).into_iter().map(|h| text[h.original].to_owned()).collect()
    }

    #[test]
    fn borders_follow_the_script() {
        let check = |script, phrases: &[&str], text: &str, expect: &[&str]| assert_eq!(hits(script, phrases, text), expect, "{text}");
        check(Script::Whole, &["art"], "start art", &["art"]);
        check(Script::Whole, &["退款"], "我要退款了", &["退款"]);
        check(Script::Whole, &["변호사"], "변호사를 부를게요", &["변호사"]);
        check(Script::Inflected, &["адвокат"], "моему адвокату", &["адвокат"]);
        check(Script::Inflected, &["محامي"], "سأتصل بالمحامي", &["محامي"]);
        check(Script::Whole, &["sick of", "sick"], "SICK OF it", &["SICK OF"]);
    }

    #[test]
    fn a_gap_spans_a_few_words_of_one_sentence() {
        let check = |phrases: &[&str], text: &str, expect: &[&str]| assert_eq!(hits(Script::Whole, phrases, text), expect, "{text}");
        check(&["report … police"], "I will REPORT this shop to the police now", &["REPORT this shop to the police"]);
        check(&["report … police"], "I got your report. The police car is a nice toy", &[]);
        check(&["report … police"], "the report of the driver says that it was handed over to a neighbour, a police officer", &[]);
        check(&["report … police"], "police report", &[]);
        check(&["让银行…追回"], "我会让银行把这笔钱追回来", &["让银行把这笔钱追回"]);
        check(&["sue … you", "report … police"], "reports to police, sue all of you", &["sue all of you"]);
        check(&["a … b"], "a a b b", &["a a b"]);
    }
}
