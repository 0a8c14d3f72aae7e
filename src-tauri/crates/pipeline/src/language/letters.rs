//! What of a text can tell a language: its words in lower case, without links, addresses, numbers, codes, handles and emoji.
//!
//! Runs before everything else of the stage, and before training, so that both see the same. Accents stay, since they tell much;
//! the model has learned from texts without them as well.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::script::Script;

/// So much of a message is looked at: two thousand letters tell as much as a million, and the time stays bounded.
const LETTERS: usize = 2_000;

/// So many bytes are searched for them.
const BYTES: usize = 16_384;

/// Longer words are cut: they are no words. Scripts without spaces give whole sentences.
const LONGEST: usize = 200;

/// A word of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its script.
    pub script: Script,
    /// In lower case, composed; a letter that stands three times or more in a row stands once.
    pub text: String,
    /// True where it may be part of a name or title: with a capital inside a sentence, or between two such words.
    pub named: bool,
}

/// The words of a text that may tell its language, in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut end = text.len().min(BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    let composed: String;
    let head = if is_nfc_quick(head.chars()) == IsNormalized::Yes {
        head
    } else {
        composed = head.nfc().collect();
        &composed
    };
    let shouted = is_shouted(head);
    let mut found = Vec::new();
    let mut letters = 0;
    let mut opens = true;
    for token in head.split_whitespace() {
        if !is_name(token) {
            letters += split(token, shouted, opens, &mut found);
            if letters > LETTERS {
                break;
            }
        }
        opens = token.ends_with(['.', '!', '?', ':', ';', '…', ')', '-', ',']) && !token.ends_with("..");
    }
    join_titles(&mut found);
    found
}

/// One or two small words between two words of a title belong to it: `House of the Rising Sun`.
fn join_titles(words: &mut [Word]) {
    let mut last: Option<usize> = None;
    for at in 0..words.len() {
        if words.get(at).is_none_or(|word| !word.named) {
            continue;
        }
        if let Some(from) = last.filter(|from| at - from <= 3) {
            words.iter_mut().take(at).skip(from).for_each(|word| word.named = true);
        }
        last = Some(at);
    }
}

/// Links, addresses, handles, tags and masks such as `#ID#`.
fn is_name(token: &str) -> bool {
    token.contains("://") || token.contains('@') || token.starts_with("www.") || token.starts_with('#')
}

/// True when most letters are capitals: then capitals mark no abbreviation.
fn is_shouted(text: &str) -> bool {
    let (mut upper, mut lower) = (0usize, 0usize);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    upper > lower
}

/// Splits a token into runs of one script; gives the number of letters.
fn split(token: &str, shouted: bool, opens: bool, found: &mut Vec<Word>) -> usize {
    let mut letters = 0;
    let mut rest = token;
    while let Some(start) = rest.find(|c| Script::of(c).is_some()) {
        let before = rest.get(..start).and_then(|b| b.chars().next_back());
        let tail = rest.get(start..).unwrap_or_default();
        let script = tail.chars().next().and_then(Script::of);
        let Some(script) = script else { break };
        let belongs = |c: char| Script::of(c) == Some(script) || (is_apostrophe(c) && script == Script::Latin) || is_mark(c);
        let end = tail.find(|c| !belongs(c)).unwrap_or(tail.len());
        let (run, after) = tail.split_at(end);
        let code = script == Script::Latin
            && (before.is_some_and(is_code)
                || opens_code(after)
                || (!shouted && is_abbreviation(run))
                || (run.len() == 1 && before.is_some_and(is_eyes))
                || is_laughter(run));
        if !code {
            let text = lower(run);
            letters += text.chars().count();
            let named = !shouted && !opens && run.starts_with(char::is_uppercase);
            found.push(Word { script, text, named });
        }
        rest = after;
    }
    letters
}

/// A letter beside one of these is part of a number or code.
fn is_code(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '_' | '/' | '\\' | '=')
}

/// `A-123`, `K/9`, `MP3`: what stands after the letters makes them part of a number or code.
fn opens_code(after: &str) -> bool {
    let mut chars = after.chars();
    let first = chars.next();
    first.is_some_and(is_code) || (matches!(first, Some('-' | '.')) && chars.next().is_some_and(|c| c.is_ascii_digit()))
}

/// `DHL`, `USB`, `SKU`.
fn is_abbreviation(run: &str) -> bool {
    let mut letters = 0;
    run.chars().all(|c| {
        letters += 1;
        c.is_uppercase()
    }) && (2..=5).contains(&letters)
}

/// A letter after one of these is the mouth of a face: `:D`, `=P`, `*w*`.
fn is_eyes(c: char) -> bool {
    matches!(c, ':' | ';' | '=' | '*' | '^' | '<' | '>' | '-')
}

/// `hahaha`, `jajaja`, `kkkkk`: one or two letters over and over, in any language.
fn is_laughter(run: &str) -> bool {
    let mut letters = run.chars().map(|c| c.to_ascii_lowercase());
    let first = letters.next();
    let mut second = None;
    run.chars().count() >= 5 && letters.all(|c| Some(c) == first || *second.get_or_insert(c) == c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{00b4}')
}

/// Marks that stand on the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{640}')
}

/// Lower case, one apostrophe, no Arabic vowel signs, no letter three times.
fn lower(run: &str) -> String {
    let mut out = String::with_capacity(run.len());
    let (mut last, mut times) = ('\0', 0);
    let mut push = |c: char| {
        times = if c == last { times + 1 } else { 1 };
        last = c;
        if times < 3 {
            out.push(c);
        } else if times == 3 {
            // Takes back the second one: `merciii` is `merci`.
            out.pop();
        }
    };
    for c in run.chars().take(LONGEST) {
        match c {
            c if is_apostrophe(c) => push('\''),
            c if is_mark(c) => {}
            'İ' => push('i'),
            'أ' | 'إ' | 'آ' => push('ا'),
            c if c.is_ascii() => push(c.to_ascii_lowercase()),
            c => c.to_lowercase().for_each(&mut push),
        }
    }
    while out.ends_with('\'') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_tell_a_language_is_left() {
        let check = |text: &str, expect: &[&str]| {
            let found: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("Where is order #48213?", &["where", "is", "order"]);
        check("see https://shop.example/a or mail me@shop.example now", &["see", "or", "mail", "now"]);
        check("mein iPhone15 und die DHL", &["mein", "und", "die"]);
        check("WO IST MEIN PAKET", &["wo", "ist", "mein", "paket"]);
        check("merciiii ☺️ :D hahahaha", &["merci"]);
        check("l’ordre n'est pas là", &["l'ordre", "n'est", "pas", "là"]);
        check("cafe\u{301}", &["café"]);
        check("İADE", &["iade"]);
        check("شُكْرًا", &["شكرا"]);
        check("订单A-123没到", &["订单", "没到"]);
        check("", &[]);
    }

    #[test]
    fn titles_are_marked_and_beginnings_are_not() {
        let named = |text: &str| words(text).into_iter().filter(|word| word.named).map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(named("Ich suche The House of the Rising Sun als Buch"), ["the", "house", "of", "the", "rising", "sun", "als", "buch"]);
        assert_eq!(named("Hello there. Where is it? Thanks"), Vec::<String>::new());
        assert_eq!(named("WHERE IS MY ORDER"), Vec::<String>::new());
    }
}
