//! Finds what could be a parcel's number: words of letters and digits, and groups of them as numbers are printed and copied
//! ("RB 473 124 829 GB", "9400 1000-0000").
//!
//! Whether a piece is one is for the caller to judge. A piece that is accepted takes its words out of the search. Every word is
//! looked at a bounded number of times, so the time grows with the text and no faster.

use std::ops::Range;

/// The longest number of any carrier.
pub(super) const LONGEST: usize = 42;
/// Shorter ones are never looked at.
pub(super) const SHORTEST: usize = 8;
/// So many groups may make one number: people space the digits out one by one.
const GROUPS: usize = LONGEST;
/// And so many groups when they are longer than one character: nine of four are printed on labels.
const LONGER_GROUPS: usize = 12;
/// Words of letters inside a number are short: the country of a letter, the service of a courier.
const LETTERS: usize = 4;
/// A word with fewer digits is no number.
const FEWEST: usize = 3;
/// Without so many digits a group of words is a sentence.
const DIGITS: usize = 5;
/// A number in a list of numbers has at least so many digits.
const ALONE: usize = 10;

/// A word or a group of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// In capitals, without spaces and hyphens.
    pub(super) number: String,
    /// In how many groups it is written.
    pub(super) groups: usize,
    /// A group that stood beside it was left out.
    pub(super) trimmed: bool,
}

/// A run of ASCII letters and digits.
#[derive(Clone, Debug)]
struct Token {
    range: Range<usize>,
    digits: usize,
    capitals: usize,
    small: usize,
    /// Only spaces, or one hyphen, stand between it and the one before.
    joined: bool,
    /// It is a hyphen alone.
    hyphened: bool,
}

impl Token {
    fn len(&self) -> usize {
        self.range.len()
    }
    fn is_number(&self) -> bool {
        self.digits == self.len()
    }
}

/// The words of a text with the search over them.
pub(super) struct Scan<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        let mut open: Option<Token> = None;
        let mut end = 0;
        for (at, byte) in text.bytes().enumerate() {
            if !byte.is_ascii_alphanumeric() {
                tokens.extend(open.take());
                continue;
            }
            let token = open.get_or_insert_with(|| {
                let gap = text.get(end..at).unwrap_or_default();
                let between = (1..=3).contains(&gap.len()) && gap.bytes().all(|b| matches!(b, b' ' | b'-'));
                let joined = end > 0 && between && gap.matches('-').count() <= 1;
                Token { range: at..at, digits: 0, capitals: 0, small: 0, joined, hyphened: gap == "-" }
            });
            token.digits += usize::from(byte.is_ascii_digit());
            token.capitals += usize::from(byte.is_ascii_uppercase());
            token.small += usize::from(byte.is_ascii_lowercase());
            token.range.end = at + 1;
            end = at + 1;
        }
        tokens.extend(open);
        Self { text, tokens }
    }

    /// True when a letter stands in a word that is no number.
    pub(super) fn has_words(&self) -> bool {
        let ascii = self.tokens.iter().any(|t| t.digits == 0 && t.len() > 1);
        ascii || self.text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
    }

    /// The whole text as one piece, when it is nothing but one.
    pub(super) fn whole(&self) -> Option<Piece> {
        let (first, rest) = self.tokens.split_first()?;
        let ends = self.lookahead(0);
        let all = rest.iter().all(|t| t.joined) && (rest.is_empty() || ends == self.tokens.len());
        // The two ends of a letter's number are words of letters; more of them are a sentence.
        let words = self.tokens.iter().filter(|t| t.digits == 0 && t.len() > 1).count();
        let outside = |from: usize, to: usize| self.text.get(from..to).is_none_or(|t| t.chars().any(char::is_alphanumeric));
        let last = rest.last().unwrap_or(first);
        if !all || words > 2 || outside(0, first.range.start) || outside(last.range.end, self.text.len()) {
            return None;
        }
        self.piece(0..self.tokens.len(), false).filter(|p| (SHORTEST..=LONGEST).contains(&p.number.len()))
    }

    /// Offers every piece to `accept`, the fuller ones first.
    pub(super) fn pieces(&self, mut accept: impl FnMut(Piece) -> bool) {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            // Numbers that begin with a digit and are spaced out: 1 Z 9 9 9 …
            let letter = token.len() <= 2 && self.tokens.get(at + 1).is_some_and(|t| t.joined && !t.is_number() && t.len() <= 2);
            let done = if !token.is_number() || letter { self.letters(at, token, &mut accept) } else { None };
            at += match done {
                Some(done) => done,
                None if token.is_number() => self.digits(at, &mut accept),
                None => 1,
            };
        }
    }

    /// A word with letters, alone or as the first of a group; says how many words are done with when one was accepted.
    fn letters(&self, at: usize, token: &Token, accept: &mut impl FnMut(Piece) -> bool) -> Option<usize> {
        if token.digits >= FEWEST && self.shaped(at..at + 1, accept) {
            return Some(1);
        }
        let next = self.tokens.get(at + 1).filter(|t| t.joined);
        // The second letter of a number that is spaced out does not begin another one.
        let inner = token.len() == 1 && token.joined && at.checked_sub(1).and_then(|i| self.tokens.get(i)).is_some_and(|t| t.len() == 1);
        if !inner && next.is_some_and(|next| token.digits + next.digits > 0 || token.len() + next.len() == 2) {
            let end = self.lookahead(at);
            let digits: usize = self.tokens.get(at..end).unwrap_or_default().iter().map(|t| t.digits).sum();
            let ends = if digits < DIGITS { at..at } else { at + 2..end + 1 };
            if let Some(end) = ends.rev().find(|end| self.shaped(at..*end, accept)) {
                return Some(end - at);
            }
        }
        (token.digits >= SHORTEST && self.offer(at..at + 1, false, accept)).then_some(1)
    }

    /// How far a group that begins here may reach: joined words of one case, no long word without a digit.
    fn lookahead(&self, at: usize) -> usize {
        let (mut length, mut capitals, mut small, mut end) = (0, 0, 0, at);
        for (i, token) in self.tokens.iter().enumerate().skip(at).take(GROUPS) {
            length += token.len();
            capitals += token.capitals;
            small += token.small;
            let word = token.digits == 0 && token.len() > LETTERS;
            let many = i - at >= LONGER_GROUPS && length > i - at + 1;
            if (i > at && !token.joined) || length > LONGEST || word || many || (capitals > 0 && small > 0) {
                break;
            }
            end = i + 1;
        }
        end
    }

    /// A run of words of digits: as a whole, with the letter behind it, one by one, or without what stands at its ends.
    fn digits(&self, at: usize, accept: &mut impl FnMut(Piece) -> bool) -> usize {
        let run = self.tokens.iter().enumerate().skip(at + 1).take_while(|(_, t)| t.joined && t.is_number());
        let end = run.last().map_or(at + 1, |(last, _)| last + 1);
        let tokens = self.tokens.get(at..end).unwrap_or_default();
        let done = end - at;
        if self.is_attached(at, end) {
            return done;
        }
        let each = |accept: &mut dyn FnMut(Piece) -> bool| {
            let long = (at..end).filter(|i| self.tokens.get(*i).is_some_and(|t| t.len() >= ALONE));
            long.filter(|i| self.piece(*i..i + 1, false).is_some_and(&mut *accept)).count()
        };
        let list = tokens.iter().map(Token::len).sum::<usize>() > LONGEST || (done > 1 && tokens.iter().all(|t| t.len() >= ALONE));
        if list && (each(accept) > 0 || done > GROUPS) {
            return done;
        }
        let lettered = self.tokens.get(end).is_some_and(|t| t.joined && t.capitals == 1 && t.small == 0 && t.len() <= LETTERS);
        if lettered && self.shaped(at..end + 1, accept) {
            return done + 1;
        }
        if self.offer(at..end, false, accept) || done == 1 || each(accept) > 0 || done == 2 {
            return done;
        }
        // "2 9400 1000 …" and "… 0000 00 2 weeks": a short number beside the long one.
        let short = |i: usize| self.tokens.get(i).is_some_and(|t| t.len() <= 2);
        let _taken = (short(end - 1) && self.offer(at..end - 1, true, accept)) || (short(at) && self.offer(at + 1..end, true, accept));
        done
    }

    /// A run of digits that hangs on a word with letters and digits is a part of something else: 550e8400-e29b-41d4, DE89 3704 0044.
    fn is_attached(&self, at: usize, end: usize) -> bool {
        let mixed = |t: &Token| t.digits > 0 && !t.is_number();
        let account = |t: &Token| t.capitals == 2 && t.digits == 2 && t.len() == LETTERS;
        let before = at.checked_sub(1).and_then(|i| self.tokens.get(i)).zip(self.tokens.get(at));
        let behind = self.tokens.get(end);
        before.is_some_and(|(b, first)| (first.hyphened && mixed(b)) || (first.joined && account(b)))
            || behind.is_some_and(|t| t.hyphened && mixed(t) && t.len() > LETTERS)
    }

    fn shaped(&self, tokens: Range<usize>, accept: &mut impl FnMut(Piece) -> bool) -> bool {
        self.piece(tokens, false).filter(|p| super::carriers::has_shape(&p.number)).is_some_and(accept)
    }

    fn offer(&self, tokens: Range<usize>, trimmed: bool, accept: &mut impl FnMut(Piece) -> bool) -> bool {
        self.piece(tokens, trimmed).is_some_and(accept)
    }

    fn piece(&self, tokens: Range<usize>, trimmed: bool) -> Option<Piece> {
        let tokens = self.tokens.get(tokens)?;
        let length: usize = tokens.iter().map(Token::len).sum();
        if !(SHORTEST..=LONGEST).contains(&length) {
            return None;
        }
        let mut number = String::with_capacity(length);
        for token in tokens {
            number.push_str(self.text.get(token.range.clone())?);
        }
        number.make_ascii_uppercase();
        let range = tokens.first()?.range.start..tokens.last()?.range.end;
        Some(Piece { range, number, groups: tokens.len(), trimmed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first piece that has one of the shapes, as a caller without a text around it would take them.
    fn found(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        Scan::new(text).pieces(|piece| {
            let fits = super::super::carriers::has_shape(&piece.number);
            if fits {
                out.push(piece.number);
            }
            fits
        });
        out
    }

    #[test]
    fn numbers_in_groups_are_put_together() {
        let check = |text: &str, expect: &[&str]| assert_eq!(found(text), expect, "{text}");
        check("it is RB 473 124 829 GB and late", &["RB473124829GB"]);
        check("it is rb473124829gb", &["RB473124829GB"]);
        check("1Z 999 AA1 01 2345 6784 PLEASE", &["1Z999AA10123456784"]);
        check("J J D 0 0 0 2 2 5 7 6 3 9 0 3 2 0 2 0", &["JJD0002257639032020"]);
        check("1LS7119013618127-1", &["1LS71190136181271"]);
        check("1 L S 7 1 1 9 0 1 3 6 1 8 1 2 7 - 1", &["1LS71190136181271"]);
        check("see 1 Z 9 9 9 A A 1 0 1 2 3 4 5 6 7 8 4", &["1Z999AA10123456784"]);
        check("Y T 2 2 2  9 5 2 1 2 7 2 1 6 4 4 4 7 came", &["YT2229521272164447"]);
        check("0998 0000 0200 34D", &["09980000020034D"]);
        check("YT2229521272164446 2 weeks", &["YT2229521272164446"]);
        check("790535312317 477179081230", &["790535312317", "477179081230"]);
    }

    #[test]
    fn parts_of_other_things_are_not_looked_at() {
        let check = |text: &str| assert_eq!(found(text), Vec::<String>::new(), "{text}");
        check("550e8400-e29b-41d4-a716-446655440000");
        check("DE89 3704 0044 0532 0130 00");
        check("we are 3 people and 2 dogs");
        check("1 2 3 4 5 6 7");
    }

    #[test]
    fn a_whole_text_is_one_number_or_none() {
        let check = |text: &str, expect: Option<&str>| assert_eq!(Scan::new(text).whole().map(|p| p.number).as_deref(), expect, "{text}");
        check(" rr 473 124 829 cn ", Some("RR473124829CN"));
        check("986578788855", Some("986578788855"));
        check("#986578788855.", Some("986578788855"));
        check("986578788855 please", None);
        check("订单986578788855", None);
        check("my card no is 1028647100329104", None);
        check("12", None);
    }

    #[test]
    fn time_grows_with_the_text_only() {
        // Each of these would take minutes if a word were looked at again for every word before it.
        for unit in ["1 ", "A 1 2 3 ", "12345678 ", "9-", "AB12 "] {
            let text = unit.repeat(20_000);
            let mut offered = 0usize;
            Scan::new(&text).pieces(|_| {
                offered += 1;
                false
            });
            assert!(offered <= 30 * 20_000, "{unit}: {offered}");
        }
    }
}
