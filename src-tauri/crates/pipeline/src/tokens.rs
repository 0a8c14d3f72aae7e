//! Words of a folded text. Scripts without spaces (Han, Kana, Thai) are given as single characters and pairs.
//!
//! Used by the intent model, the knowledge index and the language stage; the store has its own segmentation for its full text.

/// True for scripts that write without spaces between words.
pub const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{0e00}'..='\u{0e7f}' | '\u{20000}'..='\u{2ffff}' | '々' | '〆')
}

/// True for Korean syllables: spaced, but with endings glued to the word.
pub const fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}')
}

/// A run of letters and digits of one kind of script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    /// The characters.
    pub text: &'a str,
    /// First byte in the text.
    pub start: usize,
    /// True when it is of a script without spaces.
    pub unspaced: bool,
}

/// The runs of a folded text, in order. Thai vowel signs and apostrophes inside a word belong to it.
pub fn runs(text: &str) -> Vec<Run<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, bool)> = None;
    let mut close = |open: &mut Option<(usize, bool)>, end: usize| {
        if let Some((start, unspaced)) = open.take()
            && let Some(run) = text.get(start..end)
        {
            found.push(Run { text: run, start, unspaced });
        }
    };
    for (at, c) in text.char_indices() {
        let unspaced = is_unspaced(c);
        let belongs = unspaced || c.is_alphanumeric() || (c == '\'' && open.is_some());
        match open {
            Some((_, kind)) if belongs && kind == unspaced => {}
            _ => {
                close(&mut open, at);
                if belongs {
                    open = Some((at, unspaced));
                }
            }
        }
    }
    close(&mut open, text.len());
    found
}

/// Calls `each` with every pair of neighbouring characters; a single character is given alone.
pub fn pairs<'a>(run: &'a str, mut each: impl FnMut(&'a str)) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    if starts.len() == 2 {
        return each(run);
    }
    for window in starts.windows(3) {
        if let [from, _, to] = window
            && let Some(pair) = run.get(*from..*to)
        {
            each(pair);
        }
    }
}

/// The words of a folded text as the index and the language stage count them.
pub fn words(folded: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for run in runs(folded) {
        if run.unspaced { pairs(run.text, |p| out.push(p)) } else { out.push(run.text.trim_end_matches('\'')) }
    }
    out
}

/// Splits a text into sentences with their byte offsets: at line ends and after closing marks of every script.
pub fn sentences(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut push = |from: usize, to: usize| {
        if let Some(piece) = text.get(from..to) {
            let trimmed = piece.trim();
            if trimmed.chars().any(char::is_alphanumeric) {
                out.push((from + (piece.len() - piece.trim_start().len()), trimmed));
            }
        }
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, n)| *n);
        let ends = match c {
            '\n' | '。' | '！' | '？' | '؟' | '｡' | '।' => true,
            // A point inside a number or an address ends nothing.
            '.' | '!' | '?' | '…' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends {
            push(start, at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    push(start, text.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_script() {
        let check = |input: &str, expect: &[&str]| assert_eq!(words(input), expect, "{input}");
        check("where's my order?", &["where's", "my", "order"]);
        check("我的订单", &["我的", "的订", "订单"]);
        check("退", &["退"]);
        check("iphone的壳", &["iphone", "的壳"]);
        check("배송 언제", &["배송", "언제"]);
        check("", &[]);
    }

    #[test]
    fn sentences_keep_numbers_whole() {
        let found: Vec<_> = sentences("It cost 19.90 EUR. Where is it?\n\nThanks 你好。再见").into_iter().map(|(_, s)| s).collect();
        assert_eq!(found, ["It cost 19.90 EUR.", "Where is it?", "Thanks 你好。", "再见"]);
    }
}
