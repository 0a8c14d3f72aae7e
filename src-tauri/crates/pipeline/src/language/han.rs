//! On which side a Chinese character is written so: mainland, Taiwan and Hong Kong, or Japan.
//!
//! No list of our own: a character that the old national set of one side has (GB 2312, Big5, JIS X 0208) and the others have not is
//! that side's form. The three sets are read once from the decoders of `encoding_rs`, 20,000 characters in about a millisecond.

use std::sync::OnceLock;

use encoding_rs::{BIG5, EUC_JP, Encoding, GBK};

use super::{letters::Word, model::Reading};

/// First and last of the unified characters.
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

/// Without any telling form the model may move the odds of the two sides by so much (a logarithm).
const UNTOLD: f32 = 0.4;

/// More people write from the mainland.
const MAINLAND: f32 = 0.7;

/// A form that not all sides have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Mainland China only.
    Simplified,
    /// Mainland China and Japan.
    Shared,
    /// Taiwan and Hong Kong, perhaps Japan.
    Traditional,
    /// Japan only.
    Japanese,
}

impl Form {
    /// A character that stands for the form among the pieces of a word.
    pub const fn mark(self) -> char {
        match self {
            Self::Simplified => 's',
            Self::Shared => 'h',
            Self::Traditional => 't',
            Self::Japanese => 'j',
        }
    }
}

/// Bits for each character: in GB 2312, in Big5, in JIS X 0208.
struct Sets(Vec<u8>);

/// The form of a character; `None` where mainland and Taiwan write it alike, and for all that is no common character.
pub fn form(c: char) -> Option<Form> {
    static SETS: OnceLock<Sets> = OnceLock::new();
    let at = u32::from(c).checked_sub(FIRST)?;
    let bits = *SETS.get_or_init(Sets::read).0.get(usize::try_from(at).ok()?)?;
    match bits {
        0b001 => Some(Form::Simplified),
        0b101 => Some(Form::Shared),
        0b010 | 0b110 => Some(Form::Traditional),
        0b100 => Some(Form::Japanese),
        _ => None,
    }
}

/// Words alone say little of the side: where no character has a form of its own, the model's opinion on it is held down, so that
/// what is known of the writer decides, and the mainland where nothing is.
pub fn steady(reading: &mut Reading, words: &[&Word]) {
    let telling = |word: &&Word| word.text.chars().any(|c| matches!(form(c), Some(Form::Simplified | Form::Shared | Form::Traditional)));
    let place = |code: &str| reading.table.languages.iter().position(|known| *known == code);
    let (Some(mainland), Some(island)) = (place("zh"), place("zh-tw")) else { return };
    if let (false, Some(zh), Some(tw)) =
        (words.iter().any(telling), reading.scores.get(mainland).copied(), reading.scores.get(island).copied())
    {
        let apart = (zh - tw).clamp(-UNTOLD, UNTOLD) + MAINLAND;
        let best = zh.max(tw);
        for (at, score) in [(mainland, best), (island, best - apart)] {
            if let Some(slot) = reading.scores.get_mut(at) {
                *slot = score;
            }
        }
    }
}

impl Sets {
    fn read() -> Self {
        let mut sets = Self(vec![0; usize::try_from(LAST - FIRST + 1).unwrap_or(0)]);
        sets.add(GBK, 0xb0..=0xf7, &[0xa1..=0xfe], 0b001);
        // Between them lie kana and Cyrillic, and characters of Hong Kong that came later.
        sets.add(BIG5, 0xa4..=0xc5, &[0x40..=0x7e, 0xa1..=0xfe], 0b010);
        sets.add(BIG5, 0xc9..=0xf8, &[0x40..=0x7e, 0xa1..=0xfe], 0b010);
        sets.add(EUC_JP, 0xb0..=0xf4, &[0xa1..=0xfe], 0b100);
        sets
    }

    /// Marks every character of two bytes that an encoding has in these ranges.
    fn add(&mut self, encoding: &'static Encoding, leads: std::ops::RangeInclusive<u8>, trails: &[std::ops::RangeInclusive<u8>], bit: u8) {
        let mut bytes = vec![];
        for lead in leads {
            for trail in trails.iter().cloned().flatten() {
                bytes.extend([lead, trail]);
            }
        }
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        for c in text.chars() {
            let at = u32::from(c).checked_sub(FIRST).and_then(|at| usize::try_from(at).ok());
            if let Some(slot) = at.and_then(|at| self.0.get_mut(at)) {
                *slot |= bit;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_common_characters() {
        let check = |c: char, expect: Option<Form>| assert_eq!(form(c), expect, "{c}");
        check('单', Some(Form::Simplified));
        check('订', Some(Form::Simplified));
        check('国', Some(Form::Shared));
        check('單', Some(Form::Traditional));
        check('國', Some(Form::Traditional));
        check('円', Some(Form::Japanese));
        check('働', Some(Form::Japanese));
        check('我', None);
        check('的', None);
        check('a', None);
        check('あ', None);
        check('\u{20000}', None);
    }
}
