//! Parcel numbers: which carriers may have given a number, and what its check digit says.
//!
//! Public so that the command line's `track` reads numbers in the same way as the bot. `scan` finds what could be a number,
//! `carriers` knows the shapes and `checks` the check digits; here it is judged from the words around it whether it is one.

mod carriers;
mod checks;
mod scan;

use std::ops::{Range, RangeInclusive};

use mercator_domain::entity::EntityKind;

use super::{
    Found,
    context::{Word, Words},
    narrow::Narrow,
};
use crate::fold::Folded;
use carriers::{Fit, Telling};
use scan::{Piece, Scan};

pub(crate) use carriers::words as carrier_words;

/// What the check digit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigit {
    /// It fits.
    Valid,
    /// It does not fit: mistyped, or not of this carrier.
    Wrong,
    /// Numbers of this kind have none.
    None,
    /// The carrier has not published its rule, or is not known.
    NotKnown,
}

/// A carrier that may have given a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Its key: `fedex`, `s10`.
    pub code: &'static str,
    /// Its name; the post of the country for an S10 number.
    pub name: &'static str,
    /// Which of its kinds of number.
    pub kind: &'static str,
    /// What the check digit says.
    pub check_digit: CheckDigit,
}

/// A parcel number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingNumber {
    /// In capitals, without spaces and hyphens.
    pub number: String,
    /// Whose it may be, the likeliest first. Empty when only the text calls it a parcel's number.
    pub carriers: Vec<Carrier>,
    /// Where it stands.
    pub range: Range<usize>,
}

impl TrackingNumber {
    /// What the check digit says for the likeliest carrier.
    pub fn check_digit(&self) -> CheckDigit {
        self.carriers.first().map_or(CheckDigit::NotKnown, |carrier| carrier.check_digit)
    }
}

/// How sure it is that a number is a parcel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// By its shape, or because the text says so.
    Certain,
    /// By its check digit and the words around it.
    Likely,
    /// It would be one if its check digit were right.
    Mistyped,
}

/// The parcel numbers of a text, in its order.
pub fn find(text: &str) -> Vec<TrackingNumber> {
    let narrow = Narrow::new(text);
    let folded = Folded::new(&narrow.text);
    let words = Words::new(&narrow.text, &folded);
    let found = judged(&narrow.text, &folded, &words);
    found.into_iter().map(|(number, _)| TrackingNumber { range: narrow.original(number.range), ..number }).collect()
}

/// A text that is nothing but one number, whatever its check digit says; `None` when no carrier has numbers of this shape.
pub fn identify(written: &str) -> Option<TrackingNumber> {
    let narrow = Narrow::new(written);
    let piece = Scan::new(&narrow.text).whole()?;
    // Small words and a number may be a sentence: then only a check digit or a telling shape makes it one number.
    let small = piece.groups > 1 && narrow.text.bytes().any(|b| b.is_ascii_lowercase());
    let sure = |fit: &Fit| !small || fit.telling == Telling::Always || fit.carrier.check_digit == CheckDigit::Valid;
    let carriers: Vec<Carrier> = carriers::fits(&piece.number, &[]).into_iter().filter(sure).map(|fit| fit.carrier).collect();
    (!carriers.is_empty()).then(|| TrackingNumber { range: narrow.original(piece.range), number: piece.number, carriers })
}

/// The parcel numbers of a narrowed text, with how sure each is.
pub(crate) fn judged(text: &str, folded: &Folded, words: &Words) -> Vec<(TrackingNumber, Certainty)> {
    let scan = Scan::new(text);
    let mut judge = Judge { text, folded, words, named: None, wordless: !scan.has_words() };
    let mut found = Vec::new();
    scan.pieces(|piece| {
        let judged = judge.judge(&piece);
        let taken = judged.is_some();
        found.extend(judged);
        taken
    });
    found
}

/// A judged number as an entity; the value is as it is written.
pub(crate) fn entity(text: &str, number: &TrackingNumber) -> Found {
    let value = text.get(number.range.clone()).unwrap_or_default().to_owned();
    Found { kind: EntityKind::TrackingNumber, range: number.range.clone(), value }
}

const ABOUT_PARCELS: &[Word] = &[Word::Tracking, Word::Carrier, Word::Parcel];
/// What is more than talk about a parcel.
const ABOUT_TRACKING: &[Word] = &[Word::Tracking, Word::Carrier];
/// Numbers of so many digits with a fitting check digit are nothing else: order, telephone and card numbers are shorter.
const LONG: usize = 20;
/// Numbers of so many digits stand for themselves in a sentence when the check digit fits; shorter ones may be telephones.
const MIDDLE: usize = 12;
/// Payment cards have so many: such a number is a parcel's only beside words about parcels.
const CARDS: RangeInclusive<usize> = 15..=16;
/// A wrong check digit is worth a word only where a word for tracking stands so near, in bytes before and behind.
const BESIDE: (usize, usize) = (80, 40);

struct Judge<'a> {
    text: &'a str,
    folded: &'a Folded,
    words: &'a Words<'a>,
    /// The carriers that the text names, looked for at the first need.
    named: Option<Vec<&'static str>>,
    /// The message is nothing but numbers: it answers a question that is not known here.
    wordless: bool,
}

impl Judge<'_> {
    fn judge(&mut self, piece: &Piece) -> Option<(TrackingNumber, Certainty)> {
        let label = self.words.label(&piece.range);
        if label != Some(Word::Tracking) && !carriers::has_shape(&piece.number) || self.touched(&piece.range) {
            return None;
        }
        let named = self.named.get_or_insert_with(|| carriers::named(&self.folded.text));
        let fits = carriers::fits(&piece.number, named);
        let bare = piece.number.bytes().all(|b| b.is_ascii_digit());
        let certainty = match fits.first() {
            None => Self::unknown(piece, label)?,
            Some(best) if bare => self.bare(piece, best, label)?,
            Some(best) => self.lettered(piece, best, label)?,
        };
        let carriers = fits.into_iter().map(|fit| fit.carrier).collect();
        Some((TrackingNumber { number: piece.number.clone(), carriers, range: piece.range.clone() }, certainty))
    }

    /// A number of no known shape: the text must call it a parcel's, right before it.
    fn unknown(piece: &Piece, label: Option<Word>) -> Option<Certainty> {
        let digits = piece.number.bytes().filter(u8::is_ascii_digit).count();
        (label == Some(Word::Tracking) && digits >= scan::SHORTEST && piece.groups == 1).then_some(Certainty::Certain)
    }

    /// A number with letters in it.
    fn lettered(&self, piece: &Piece, best: &Fit, label: Option<Word>) -> Option<Certainty> {
        let check = best.carrier.check_digit;
        let about = matches!(label, Some(Word::Tracking | Word::Carrier | Word::Parcel | Word::Either));
        let near = about || self.words.near(&piece.range, ABOUT_PARCELS);
        let written = self.text.get(piece.range.clone()).unwrap_or_default();
        let small = written.bytes().any(|b| b.is_ascii_lowercase());
        let mixed = small && written.bytes().any(|b| b.is_ascii_uppercase());
        let grouped = piece.groups > 1;
        let other = matches!(label, Some(Word::Sku | Word::Other | Word::Phone | Word::Order));
        match (best.telling, check) {
            // Small words and a number: "my policy is 123456785 my".
            (_, CheckDigit::Valid) if small && grouped => (near && !other).then_some(Certainty::Likely),
            _ if small && grouped && label != Some(Word::Tracking) && !(near && best.telling == Telling::Always) => None,
            (Telling::Always, CheckDigit::Valid) => Some(Certainty::Certain),
            (Telling::Always, CheckDigit::Wrong) => Some(Certainty::Mistyped),
            // An item may be named as it likes; everything else with such a shape is a parcel's.
            (Telling::Always, _) => ((!mixed || about) && label != Some(Word::Sku)).then_some(Certainty::Certain),
            _ if other => None,
            (_, CheckDigit::Wrong) => self.words.near_within(&piece.range, ABOUT_TRACKING, BESIDE).then_some(Certainty::Mistyped),
            _ if about => Some(Certainty::Certain),
            (Telling::InSentence, CheckDigit::Valid) => (near || !self.wordless).then_some(Certainty::Likely),
            (Telling::InSentence, _) => (near || !(self.wordless || grouped || small)).then_some(Certainty::Likely),
            (Telling::WithWords, _) => near.then_some(Certainty::Likely),
        }
    }

    /// A number of digits only.
    fn bare(&self, piece: &Piece, best: &Fit, label: Option<Word>) -> Option<Certainty> {
        let check = best.carrier.check_digit;
        let valid = check == CheckDigit::Valid;
        match label {
            Some(Word::Tracking | Word::Carrier) => (!piece.trimmed || valid).then_some(Certainty::Certain),
            Some(Word::Order | Word::Phone | Word::Sku | Word::Other) => {
                (valid && piece.number.len() >= LONG).then_some(Certainty::Certain)
            }
            Some(Word::Either) => (check != CheckDigit::Wrong && !piece.trimmed).then_some(Certainty::Certain),
            Some(Word::Parcel | Word::Filler | Word::Behind) | None => self.unlabelled(piece, best, label == Some(Word::Parcel)),
        }
    }

    /// Digits that the text does not call anything, or only what is in the parcel.
    fn unlabelled(&self, piece: &Piece, best: &Fit, parcel: bool) -> Option<Certainty> {
        let near = parcel || self.words.near(&piece.range, ABOUT_PARCELS);
        let (length, grouped) = (piece.number.len(), piece.groups > 1);
        match best.carrier.check_digit {
            CheckDigit::Valid if length >= LONG => (!(self.wordless && grouped)).then_some(Certainty::Certain),
            CheckDigit::Valid if length >= MIDDLE => {
                let telling = best.telling >= Telling::InSentence && !CARDS.contains(&length) && (!grouped || length > *CARDS.end());
                (near || (telling && !self.wordless && !piece.trimmed)).then_some(Certainty::Likely)
            }
            CheckDigit::Valid => (near && !piece.trimmed && !is_telephone(piece)).then_some(Certainty::Likely),
            CheckDigit::None | CheckDigit::NotKnown => (near && !piece.trimmed).then_some(Certainty::Likely),
            CheckDigit::Wrong => {
                let beside = self.words.near_within(&piece.range, ABOUT_TRACKING, BESIDE);
                (beside && !piece.trimmed).then_some(Certainty::Mistyped)
            }
        }
    }

    /// A part of something longer: an address of mail, a path, a decimal number, a telephone number with its country.
    fn touched(&self, range: &Range<usize>) -> bool {
        let mut before = self.text.get(..range.start).unwrap_or_default().chars().rev();
        let mut behind = self.text.get(range.end..).unwrap_or_default().chars();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let touches = |mark: Option<char>, next: Option<char>| match mark {
            Some('+' | '@' | '_' | '$' | '€' | '£' | '¥' | '%') => true,
            Some('.' | ',' | '/') => digit(next),
            // Scripts with spaces between words hang nothing on a number.
            Some(c) => c.is_alphabetic() && !crate::tokens::is_unspaced(c) && !crate::tokens::is_hangul(c) && !is_arabic(c),
            None => false,
        };
        touches(before.next(), before.next()) || touches(behind.next(), behind.next())
    }
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06ff}')
}

/// Ten or eleven digits in a few groups with a leading zero.
fn is_telephone(piece: &Piece) -> bool {
    (2..=5).contains(&piece.groups) && piece.number.starts_with('0')
}

#[cfg(test)]
#[path = "tracking_tests.rs"]
mod tests;
