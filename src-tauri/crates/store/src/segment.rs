//! Cuts text into the words that the full-text index holds, and a person's query into the same words.
//!
//! Chinese, Japanese, Thai and their like have no spaces: an index over "words" finds nothing in them, and one over triples misses
//! two-character words such as 订单. So runs of these scripts become overlapping pairs plus the last character alone, and a
//! query's run becomes the phrase of its pairs. Everything is folded first (NFKC, lower case, no accents on Latin, Greek and
//! Cyrillic), so that both engines agree. Which index it goes into is `dialect.rs`.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick};

use crate::engine::Engine;

/// Longer words (hashes, encoded rubbish) are cut: nobody types them, and PostgreSQL refuses over 2 KB.
const LONGEST_WORD: usize = 64;
/// Characters of a text that are indexed. PostgreSQL's limit is 1 MB a document; a mail over this is a log file.
const LONGEST_TEXT: usize = 100_000;
/// Terms of a query that count.
const MOST_TERMS: usize = 16;

/// Words of a run: either plain, or pairs of a script without spaces.
#[derive(Debug, PartialEq, Eq)]
enum Run {
    Word(String),
    Dense(Vec<char>),
}

/// True for scripts that write without spaces; Hangul too, since its endings hide the word that one looks for.
fn is_dense(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF // Thai, Lao
        | 0x1000..=0x109F | 0x1780..=0x17FF // Myanmar, Khmer
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF // Kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF // Han
        | 0xAC00..=0xD7AF) // Hangul
}

/// Vowel and tone marks that engines treat as gaps; dropped on both sides.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0E31 | 0x0E34..=0x0E3A | 0x0E47..=0x0E4E | 0x0EB1 | 0x0EB4..=0x0EBC | 0x0EC8..=0x0ECD | 0x0640 | 0x064B..=0x065F | 0x0670)
        || (canonical_combining_class(c) != 0 && !is_dense(c))
}

/// Scripts whose accents are dropped; elsewhere (Kana's voiced marks, Devanagari) they make another letter.
fn loses_accents(c: char) -> bool {
    matches!(u32::from(c), 0x00C0..=0x058F | 0x1E00..=0x1FFF)
}

/// Calls `each` with the folded characters of a text.
///
/// Most characters of most mails are ASCII, which folding only lowers; normalising them all took more time than the rest of the
/// import. What is beyond ASCII is folded together with the character before it, since an accent may follow as a character of its own.
fn fold(text: &str, mut each: impl FnMut(char)) {
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.bytes().position(|b| !b.is_ascii()).map_or(rest.len(), |first| first.saturating_sub(1));
        let (ascii, beyond) = rest.split_at_checked(plain).unwrap_or((rest, ""));
        ascii.bytes().for_each(|b| each(char::from(b.to_ascii_lowercase())));
        // The first byte may be the ASCII character before; the next one begins a plain part again.
        let end = beyond.bytes().skip(1).position(|b| b.is_ascii()).map_or(beyond.len(), |n| n + 1);
        let (odd, behind) = beyond.split_at_checked(end).unwrap_or((beyond, ""));
        fold_any(odd, &mut each);
        rest = behind;
    }
}

fn fold_any(text: &str, each: &mut impl FnMut(char)) {
    let lowered = |c: char| {
        let base = if loses_accents(c) { std::iter::once(c).nfd().next().unwrap_or(c) } else { c };
        (!is_mark(base)).then_some(base)
    };
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().flat_map(char::to_lowercase).filter_map(lowered).for_each(each);
    } else {
        text.nfkc().flat_map(char::to_lowercase).filter_map(lowered).for_each(each);
    }
}

/// The runs of a query, in order.
fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut word = String::new();
    let mut dense = Vec::new();
    let mut add = |c: char| {
        let letter = c.is_alphanumeric();
        let is_dense = letter && is_dense(c);
        if (!letter || is_dense) && !word.is_empty() {
            runs.push(Run::Word(std::mem::take(&mut word)));
        }
        if !is_dense && !dense.is_empty() {
            runs.push(Run::Dense(std::mem::take(&mut dense)));
        }
        if is_dense {
            dense.push(c);
        } else if letter && word.len() < LONGEST_WORD {
            word.push(c);
        }
    };
    let mut taken = 0;
    fold(text, |c| {
        taken += 1;
        if taken <= LONGEST_TEXT {
            add(c);
        }
    });
    add(' ');
    runs
}

fn pairs(run: &[char]) -> impl Iterator<Item = String> + '_ {
    run.windows(2).map(|pair| pair.iter().collect())
}

/// The words of an index text while it grows: the same as of [`runs`], without a piece of memory for each.
#[derive(Default)]
struct Words {
    text: String,
    /// Bytes of the word that is being written.
    word: usize,
    /// The last character of the run of a script without spaces.
    dense: Option<char>,
    /// Characters taken.
    taken: usize,
}

impl Words {
    fn add(&mut self, c: char) {
        self.taken += 1;
        if self.taken > LONGEST_TEXT {
            return;
        }
        if !c.is_alphanumeric() {
            self.word = 0;
            self.end_dense();
        } else if is_dense(c) {
            self.word = 0;
            if let Some(before) = self.dense.replace(c) {
                self.blank();
                self.text.push(before);
                self.text.push(c);
            }
        } else {
            self.end_dense();
            if self.word == 0 {
                self.blank();
            }
            if self.word < LONGEST_WORD {
                self.text.push(c);
                self.word += c.len_utf8();
            }
        }
    }

    /// The last character alone, so that it is found as the beginning of what might follow.
    fn end_dense(&mut self) {
        if let Some(last) = self.dense.take() {
            self.blank();
            self.text.push(last);
        }
    }

    fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
    }
}

/// The words of some texts, separated by blanks, as the index gets them.
pub(crate) fn index_text(texts: &[&str]) -> String {
    let mut words = Words { text: String::with_capacity(texts.iter().map(|t| t.len() + 1).sum()), ..Words::default() };
    for text in texts {
        fold(text, |c| words.add(c));
        words.add(' ');
    }
    words.end_dense();
    words.text
}

/// Words that must follow each other; the last one may be only begun.
#[derive(Debug, PartialEq, Eq)]
struct Term {
    words: Vec<String>,
    prefix: bool,
}

/// The pieces of a query: what stands between blanks, or between quotes.
fn pieces(query: &str) -> Vec<&str> {
    query
        .split('"')
        .enumerate()
        .flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
        .collect()
}

/// The terms of a query, all of which must be there. A piece is one phrase (`302-1234567`, `ana@example.com`, `"not yet sent"`).
fn terms(query: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for piece in pieces(query) {
        let mut phrase: Vec<String> = Vec::new();
        for run in runs(piece) {
            match run {
                Run::Word(word) => phrase.push(word),
                Run::Dense(run) => {
                    // The index has a single character between a dense run and what follows, so no phrase crosses it.
                    push_phrase(&mut terms, &mut phrase);
                    let single = run.len() == 1;
                    let words = if single { run.iter().map(char::to_string).collect() } else { pairs(&run).collect() };
                    terms.push(Term { words, prefix: single });
                }
            }
        }
        push_phrase(&mut terms, &mut phrase);
    }
    terms.truncate(MOST_TERMS);
    // As-you-type: the last word is still being written, unless a blank or a quote ended it.
    if !query.ends_with(|c: char| c.is_whitespace() || c == '"')
        && let Some(last) = terms.last_mut()
    {
        last.prefix = true;
    }
    terms
}

fn push_phrase(terms: &mut Vec<Term>, phrase: &mut Vec<String>) {
    if !phrase.is_empty() {
        terms.push(Term { words: std::mem::take(phrase), prefix: false });
    }
}

/// The query in the engine's own language; `None` when there is nothing to look for. Every word is quoted: nothing typed is an operator.
pub(crate) fn query(engine: Engine, text: &str) -> Option<String> {
    let terms = terms(text);
    if terms.is_empty() {
        return None;
    }
    let written: Vec<String> = terms.iter().map(|term| write(engine, term)).collect();
    Some(written.join(match engine {
        Engine::Sqlite => " AND ",
        Engine::Postgres => " & ",
    }))
}

fn write(engine: Engine, term: &Term) -> String {
    match engine {
        Engine::Sqlite => format!("\"{}\"{}", term.words.join(" "), if term.prefix { " *" } else { "" }),
        Engine::Postgres => {
            let quoted: Vec<String> = term.words.iter().map(|word| format!("'{word}'")).collect();
            format!("{}{}", quoted.join(" <-> "), if term.prefix { ":*" } else { "" })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scripts_without_spaces_become_pairs() {
        let check = |text: &str, expect: &str| assert_eq!(index_text(&[text]), expect, "{text}");
        check("订单号", "订单 单号 号");
        check("我的 iPhone手机坏了!", "我的 的 iphone 手机 机坏 坏了 了");
        check("Wo ist MEINE Bestellung?", "wo ist meine bestellung");
        check("Café à la crème, naïve", "cafe a la creme naive");
        check("Ёлка и мой заказ", "елка и мои заказ");
        check("ガギグ", "ガギ ギグ グ");
        check("ｶﾞｷﾞ１２", "ガギ ギ 12");
        check("302-1234567-1234567", "302 1234567 1234567");
        check("", "");
    }

    #[test]
    fn a_query_becomes_phrases_that_the_engine_cannot_misread() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(query(Engine::Sqlite, text).as_deref(), expect, "{text}");
        check("refund", Some("\"refund\" *"));
        check("refund ", Some("\"refund\""));
        check("late refund", Some("\"late\" AND \"refund\" *"));
        check("退款", Some("\"退款\" *"));
        check("我要退款 ", Some("\"我要 要退 退款\""));
        check("单 ", Some("\"单\" *"));
        check("302-1234567", Some("\"302 1234567\" *"));
        check("a\" OR b NEAR(", Some("\"a\" AND \"or b near\" *"));
        check("late \"not yet sent\" x", Some("\"late\" AND \"not yet sent\" AND \"x\" *"));
        check("\"not yet sent\"", Some("\"not yet sent\""));
        check("!?  …", None);
        assert_eq!(query(Engine::Postgres, "it's 302-12").as_deref(), Some("'it' <-> 's' & '302' <-> '12':*"));
    }

    #[test]
    fn accents_of_their_own_and_long_texts_are_folded_as_one_by_one() {
        assert_eq!(index_text(&["Cafe\u{301} A\u{30a}sa, e\u{301}"]), "cafe asa e");
        assert_eq!(index_text(&["ab", "订单", "cd"]), "ab 订单 单 cd");
        assert_eq!(index_text(&[&"x ".repeat(LONGEST_TEXT)]).len(), LONGEST_TEXT - 1);
        assert_eq!(index_text(&[&"y".repeat(500)]).len(), LONGEST_WORD);
    }

    proptest! {
        #[test]
        fn the_quick_ways_fold_as_normalising_everything_does(text in "[a-cÀÉéß\u{301}\u{30a}ﬁ１カガｶﾞ订กั่ 가\u{1100}\u{1161}Ё]{0,24}") {
            let mut quick = String::new();
            fold(&text, |c| quick.push(c));
            let whole: String = text.nfkc().flat_map(char::to_lowercase).filter_map(|c| {
                let base = if loses_accents(c) { std::iter::once(c).nfd().next().unwrap_or(c) } else { c };
                (!is_mark(base)).then_some(base)
            }).collect();
            prop_assert_eq!(quick, whole);
        }

        #[test]
        fn an_index_text_has_the_words_of_its_runs(text in "[a-c订单号カ １,!]{0,24}") {
            let words: Vec<String> = runs(&text).into_iter().flat_map(|run| match run {
                Run::Word(word) => vec![word],
                Run::Dense(run) => pairs(&run).chain(run.last().map(char::to_string)).collect(),
            }).collect();
            prop_assert_eq!(index_text(&[&text]), words.join(" "));
        }

        #[test]
        fn no_text_breaks_it_and_every_query_is_made_of_words(text in "\\PC{0,80}") {
            let indexed = index_text(&[&text]);
            prop_assert!(indexed.chars().all(|c| c.is_alphanumeric() || c == ' '), "{indexed}");
            if let Some(query) = query(Engine::Postgres, &text) {
                prop_assert!(query.split('\'').enumerate().all(|(i, part)| i % 2 == 0 || part.chars().all(char::is_alphanumeric)));
            }
        }
    }
}
