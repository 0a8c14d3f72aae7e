//! The writer's own name at the end of a message: a signature without a mark, and no content. Many names are words (Sauer, Angst,
//! Guerra, Lieb), and none of them may count as a feeling, an intent or a word of the question.
//!
//! Called between `clean` and the stages that read. The visible text that is stored keeps the name; only what is analysed loses it.

use crate::{
    fold::fold,
    tokens::{is_hangul, is_unspaced},
};

/// What stands before or behind a name and says nothing either; folded, without points.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "sir",
    "dr",
    "prof",
    "jr",
    "sr",
    "herr",
    "frau",
    "dipl",
    "ing",
    "mag",
    "m",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "sig",
    "sigra",
    "signor",
    "signora",
    "dott",
    "dottssa",
    "avv",
    "don",
    "dona",
    "senor",
    "senora",
    "sra",
    "srta",
    "senhor",
    "senhora",
    "dhr",
    "mevr",
    "mw",
    "heer",
    "mevrouw",
    "pan",
    "pani",
    "inz",
    "bay",
    "bayan",
    "г-н",
    "г-жа",
    "السيد",
    "السيدة",
    "คุณ",
    "นาย",
    "นาง",
    "นางสาว",
    "先生",
    "女士",
    "小姐",
    "太太",
    "老师",
    "老師",
    "同学",
    "同學",
    "敬上",
    "拜上",
    "上",
    "より",
    "拝",
    "드림",
    "올림",
    "배상",
];
/// A line with more words than this is a sentence.
const WORDS: usize = 6;

/// The visible text without the writer's name at its end, and the name as it stood there. A text of nothing else stays whole.
pub fn without<'a>(visible: &'a str, name: &str) -> (&'a str, Option<&'a str>) {
    let name = Name::new(name);
    let text = visible.trim_end();
    let mut kept = text;
    while !name.is_empty() {
        let start = kept.rfind('\n').map_or(0, |at| at + 1);
        let (Some(before), Some(line)) = (kept.get(..start), kept.get(start..)) else { break };
        if !line.trim().is_empty() && !name.is_line(line) {
            break;
        }
        kept = before.trim_end();
        if start == 0 {
            break;
        }
    }
    kept = name.cut_behind_greeting(kept);
    // "Ana" from Ana, or a name that was asked for, is all that there is to read.
    if !kept.chars().any(char::is_alphanumeric) {
        return (visible, None);
    }
    let dropped = text.get(kept.len()..).map(str::trim).filter(|d| !d.is_empty());
    if dropped.is_some() { (kept, dropped) } else { (visible, None) }
}

/// A name in the form in which lines are compared with it.
struct Name {
    /// Its words, folded.
    words: Vec<String>,
    /// All of it without spaces, for scripts that write names so.
    joined: String,
}

impl Name {
    fn new(name: &str) -> Self {
        // A shown name may be an address; what stands behind the sign is no name.
        let folded = fold(name.split('@').next().unwrap_or(name));
        let words: Vec<String> = split(&folded).filter(|w| !is_title(w)).map(str::to_owned).collect();
        Self { joined: words.concat(), words }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// True when every word of a line is of the name, an initial of it or a title, and one is of the name.
    fn is_line(&self, line: &str) -> bool {
        let folded = fold(line);
        let words: Vec<&str> = split(&folded).collect();
        let named = words.iter().any(|w| !is_title(w) && self.has(w)) || self.is_initials(line);
        named && words.len() <= WORDS && words.iter().all(|w| is_title(w) || self.has(w) || self.is_initials(w.to_uppercase().as_str()))
    }

    /// A word of the name, or one letter that begins one.
    fn has(&self, word: &str) -> bool {
        if word.chars().any(|c| is_unspaced(c) || is_hangul(c)) {
            let bare = TITLES.iter().find_map(|t| word.strip_suffix(*t).filter(|b| !b.is_empty())).unwrap_or(word);
            return bare.chars().count() >= 2 && self.joined.contains(bare);
        }
        let mut letters = word.chars();
        match (letters.next(), letters.next()) {
            (Some(only), None) => self.words.iter().any(|w| w.starts_with(only)),
            _ => self.words.iter().any(|w| w == word || spelled_out(w) == spelled_out(word)),
        }
    }

    /// "HS" under a mail of Heike Sauer: as many capitals as the name has words.
    fn is_initials(&self, line: &str) -> bool {
        let letters: String = line.chars().filter(|c| c.is_alphanumeric()).collect();
        let upper = letters.chars().all(char::is_uppercase);
        let first: String = self.words.iter().filter_map(|w| w.chars().next()).collect();
        upper && first.chars().count() >= 2 && fold(&letters) == first
    }

    /// "Kind regards, Heike Sauer" in one line: the last words, when the whole name or two words of it stand there.
    fn cut_behind_greeting<'a>(&self, text: &'a str) -> &'a str {
        if self.words.len() < 2 {
            return text;
        }
        let line = text.rfind('\n').map_or(0, |at| at + 1);
        let (mut end, mut found) = (text.len(), 0usize);
        while let Some(rest) = text.get(line..end) {
            let word = rest.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
            let folded = fold(word);
            let mut parts = split(&folded).peekable();
            if parts.peek().is_none() || !parts.all(|p| self.has(p)) {
                break;
            }
            found += 1;
            end = line + rest.trim_end().len() - word.len();
        }
        if found >= 2 { text.get(..end).unwrap_or(text).trim_end() } else { text }
    }
}

fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}

/// The words of a folded line; points, dashes and commas part them, apostrophes do not.
fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric() && c != '\'' && !is_mark(c)).filter(|w| !w.is_empty())
}

/// Signs that belong to a Thai or Arabic word without being letters.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{0e31}' | '\u{0e34}'..='\u{0e3a}' | '\u{0e47}'..='\u{0e4e}')
}

/// Müller signs as Mueller: both in the shorter form.
fn spelled_out(word: &str) -> String {
    word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_at_the_end_is_no_content() {
        let check = |text: &str, name: &str, expect: &str| assert_eq!(without(text, name).0, expect, "{text} / {name}");
        check("Wo ist mein Paket?\n\nHeike Sauer", "Heike Sauer", "Wo ist mein Paket?");
        check("Wo ist mein Paket?\n\nSauer, Heike", "Heike Sauer", "Wo ist mein Paket?");
        check("Wo ist mein Paket?\nHeike", "Heike Sauer", "Wo ist mein Paket?");
        check("Wo ist mein Paket?\n– H. Sauer –", "Heike Sauer", "Wo ist mein Paket?");
        check("Wo ist mein Paket?\n\nHS", "Heike Sauer", "Wo ist mein Paket?");
        check("Wo ist mein Paket?\n\nFrau Dr. Heike Sauer", "Heike Sauer", "Wo ist mein Paket?");
        check("Wo ist es?\n\nMfG\nHeike\nSauer", "Heike Sauer", "Wo ist es?\n\nMfG");
        check("Wo ist es?\n\nViele Grüße, Heike Sauer", "Heike Sauer", "Wo ist es?\n\nViele Grüße,");
        check("Wo?\n\nJörg Mueller", "Joerg Müller", "Wo?");
        check("Une question.\n\nBenoît RIVIÈRE", "Benoit Riviere", "Une question.");
        check("在哪里？\n\n陈佳", "陈佳", "在哪里？");
        check("在哪里？\n王先生敬上\n小明", "王小明", "在哪里？\n王先生敬上");
        check("どこですか\n山田太郎より", "山田 太郎", "どこですか");
        check("어디예요?\n\n김민수 드림", "김민수", "어디예요?");
        check("Где?\n\nИрина", "Ирина Злая", "Где?");
        check("อยู่ไหน\n\nคุณ สมชาย", "สมชาย ใจดี", "อยู่ไหน");
    }

    #[test]
    fn what_is_content_stays() {
        let check = |text: &str, name: &str| assert_eq!(without(text, name), (text, None), "{text} / {name}");
        check("Ich bin sauer", "Heike Sauer");
        check("Sauer", "Heike Sauer");
        check("Is it for Ana or for me?", "Ana");
        check("Where is my order?\n\nOK", "Ana Kern");
        check("Where is my order?\n\nThanks", "");
        check("Heike Sauer hat bestellt.\nWo ist es?", "Heike Sauer");
        check("", "Ana");
    }

    #[test]
    fn what_was_dropped_is_named() {
        assert_eq!(without("Wo?\n\nHeike Sauer", "Heike Sauer").1, Some("Heike Sauer"));
    }
}
