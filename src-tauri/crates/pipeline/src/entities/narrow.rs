//! The text in the form in which numbers are read: digits and letters of other widths and scripts as ASCII, one kind of space and of
//! hyphen, invisible marks left out; with the way back, so that an entity is the slice that the buyer wrote.
//!
//! Capitals and accents stay: `fold` is for comparing words, this is for numbers.

use std::{borrow::Cow, ops::Range};

/// The zeros of the scripts whose digits people write: Arabic, Persian, Devanagari, Bengali, Thai, full-width.
const ZEROS: &[u32] = &[0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];

/// A narrowed text.
#[derive(Debug)]
pub(crate) struct Narrow<'a> {
    /// The narrowed text.
    pub(crate) text: Cow<'a, str>,
    /// Per byte of `text` the first byte of its character in the original and one past its last; empty when nothing was changed.
    source: Vec<(usize, usize)>,
}

impl<'a> Narrow<'a> {
    /// Narrows a text; most are as they should be and are only borrowed.
    pub(crate) fn new(original: &'a str) -> Self {
        if original.is_ascii() || original.chars().all(|c| matches!(narrowed(c), Narrowed::Same)) {
            return Self { text: Cow::Borrowed(original), source: Vec::new() };
        }
        let mut text = String::with_capacity(original.len());
        let mut source = Vec::with_capacity(original.len());
        let mut chars = original.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            let out = match narrowed(c) {
                Narrowed::Same => c,
                Narrowed::As(other) => other,
                Narrowed::Gone => continue,
                // A full-width comma is a thousands mark between digits and punctuation elsewhere.
                Narrowed::Between(mark) => {
                    let before = text.ends_with(|b: char| b.is_ascii_digit());
                    if before && chars.peek().is_some_and(|(_, next)| digit(*next).is_some()) { mark } else { c }
                }
            };
            text.push(out);
            source.extend(std::iter::repeat_n((start, start + c.len_utf8()), out.len_utf8()));
        }
        Self { text: Cow::Owned(text), source }
    }

    /// Where a range of the narrowed text stands in the original.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        if self.source.is_empty() {
            return range;
        }
        let start = self.source.get(range.start).map_or(0, |s| s.0);
        let end = range.end.checked_sub(1).and_then(|last| self.source.get(last)).map_or(start, |s| s.1);
        start..end.max(start)
    }
}

/// What becomes of a character.
enum Narrowed {
    Same,
    As(char),
    Between(char),
    Gone,
}

fn narrowed(c: char) -> Narrowed {
    if c.is_ascii() {
        return Narrowed::Same;
    }
    match c {
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Narrowed::As(' '),
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => Narrowed::As('-'),
        // Soft hyphen, zero width, direction marks, variation selectors.
        '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe0f}' => {
            Narrowed::Gone
        }
        '\u{066b}' => Narrowed::As('.'),
        '\u{066c}' => Narrowed::As(','),
        '，' => Narrowed::Between(','),
        '．' => Narrowed::Between('.'),
        // Letters and the signs that stand at numbers; full-width punctuation stays, for it ends links and sentences.
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＃' | '＋' | '＠' | '＄' => {
            char::from_u32(u32::from(c) - 0xfee0).map_or(Narrowed::Same, Narrowed::As)
        }
        _ => digit(c).map_or(Narrowed::Same, Narrowed::As),
    }
}

/// A decimal digit of any of the scripts as ASCII.
fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_every_script_are_read_alike() {
        let check = |input: &str, expect: &str| assert_eq!(Narrow::new(input).text, expect, "{input}");
        check("٣٫٥٠ / ۱۲۳ / १२३ / ๑๒๓", "3.50 / 123 / 123 / 123");
        check("ＲＢ１２３　４５６", "RB123 456");
        check("３，０００円，好", "3,000円，好");
        check("12\u{a0}345\u{200b}67–8", "12 34567-8");
        check("Ünï ordinary", "Ünï ordinary");
    }

    proptest! {
        #[test]
        fn every_range_leads_back_to_a_slice(text in "([٠-٩０-９a-z ，]|\u{200b}|\\PC){0,30}") {
            let narrow = Narrow::new(&text);
            for (start, c) in narrow.text.char_indices() {
                prop_assert!(text.get(narrow.original(start..start + c.len_utf8())).is_some());
            }
        }
    }
}
