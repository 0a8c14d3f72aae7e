//! Text in the form in which words are compared: lower case, without Latin accents, full-width forms narrowed, apostrophes alike.
//!
//! Keeps for every byte where it came from, so that a match can be shown as it stands in the message. No word splitting: `tokens`.

use std::ops::Range;

use unicode_normalization::char::decompose_canonical;

/// A folded text with the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Per byte of `text`: first byte of the character it came from, and one past its last.
    source: Vec<(u32, u32)>,
}

impl Folded {
    /// Folds a text.
    pub fn new(original: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(original.len()), source: Vec::with_capacity(original.len()) };
        for (start, c) in original.char_indices() {
            let span = (u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(start + c.len_utf8()).unwrap_or(u32::MAX));
            fold_char(c, |out| {
                folded.text.push(out);
                folded.source.extend(std::iter::repeat_n(span, out.len_utf8()));
            });
        }
        folded
    }

    /// Where a range of the folded text stands in the original.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.source.get(range.start).map_or(0, |s| s.0);
        let end = range.end.checked_sub(1).and_then(|last| self.source.get(last)).map_or(start, |s| s.1);
        start as usize..end.max(start) as usize
    }
}

/// Folds a text without the way back.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, |f| out.push(f));
    }
    out
}

/// One character into none, one or several.
fn fold_char(c: char, mut push: impl FnMut(char)) {
    if c.is_ascii() {
        return push(c.to_ascii_lowercase());
    }
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{02bc}' | '\u{00b4}' => push('\''),
        '\u{3000}' | '\u{00a0}' | '\u{202f}' | '\u{2009}' => push(' '),
        // Full-width ASCII, as Chinese and Japanese keyboards write it.
        '\u{ff01}'..='\u{ff5e}' => push(char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_ascii_lowercase()),
        // Invisible: soft hyphen, zero width, direction marks, variation selectors, Arabic vowel signs and tatweel.
        '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fe0f}' => {}
        '\u{064b}'..='\u{0652}' | '\u{0640}' | '\u{0300}'..='\u{036f}' => {}
        'أ' | 'إ' | 'آ' => push('ا'),
        'ى' => push('ي'),
        'ß' | 'ẞ' => {
            push('s');
            push('s');
        }
        'ł' | 'Ł' => push('l'),
        'ı' | 'İ' => push('i'),
        'ø' | 'Ø' => push('o'),
        'ё' | 'Ё' => push('е'),
        'œ' | 'Œ' => {
            push('o');
            push('e');
        }
        '\u{00c0}'..='\u{024f}' | '\u{1e00}'..='\u{1eff}' => decompose_canonical(c, |part| {
            if !('\u{0300}'..='\u{036f}').contains(&part) {
                part.to_lowercase().for_each(&mut push);
            }
        }),
        _ => c.to_lowercase().for_each(push),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_what_people_write_differently() {
        let check = |input: &str, expect: &str| assert_eq!(fold(input), expect, "{input}");
        check("Où EST mon Colis ?", "ou est mon colis ?");
        check("Straße", "strasse");
        check("İADE", "iade");
        check("Ｗ１２３", "w123");
        check("don’t", "don't");
        check("Заказ ещё", "заказ еще");
        check("شُكْرًا", "شكرا");
        check("が", "が");
    }

    proptest! {
        #[test]
        fn every_range_leads_back_to_a_slice(text in "\\PC{0,40}") {
            let folded = Folded::new(&text);
            for (start, c) in folded.text.char_indices() {
                let range = folded.original(start..start + c.len_utf8());
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
