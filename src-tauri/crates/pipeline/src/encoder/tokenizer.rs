//! A text into the numbers of its pieces, exactly as the library SentencePiece does it for this model: its normaliser (NFKC and
//! more, as rules in the model), spaces as `▁`, and the likeliest way to part the text into pieces (unigram, Viterbi).
//!
//! Sources: T. Kudo, J. Richardson, "SentencePiece" (2018), and the behaviour of the library, version 0.2: the numbers were
//! compared over tens of thousands of messages in many languages. Reads its tables from the file; holds nothing of its own.

use super::trie::Trie;

/// The number of everything that no piece covers.
const UNKNOWN: u32 = 0;
/// Begins every text.
const BEGIN: u32 = 1;
/// Ends every text.
const END: u32 = 2;

/// A space inside pieces, `▁`.
const SPACE: &[u8] = "\u{2581}".as_bytes();

/// At most this many pieces of a text are read, both marks included. The cost grows with the pieces (about 30 µs each), and 256
/// of them, some 150 words, keep the longest message well inside the fifteen milliseconds that a message may take. Net and
/// training were made for sentences and short paragraphs: what a buyer wants stands in the first of them, and the mean over a
/// longer text says less, not more.
pub(super) const MOST_PIECES: usize = 256;

/// No piece is longer than this, in bytes; so more normalised text than this can change nothing in the pieces that are read.
const LONGEST_PIECE: usize = 48;

/// The tables of the model.
#[derive(Clone, Copy)]
pub(super) struct Tokenizer<'a> {
    /// Normaliser: what is replaced, with the place of the replacement.
    pub rules: Trie<'a>,
    /// Normaliser: the replacements, each ended by a zero byte.
    pub replacements: &'a [u8],
    /// The pieces with their numbers.
    pub pieces: Trie<'a>,
    /// The logarithm of each piece's likelihood.
    pub scores: &'a [f32],
    /// The score of one letter that no piece covers.
    pub unknown_score: f32,
}

/// The best way to the end of a letter.
#[derive(Clone, Copy)]
struct Step {
    score: f32,
    start: usize,
    piece: u32,
}

impl Tokenizer<'_> {
    /// The numbers of the pieces, with the marks of begin and end; just the marks for a text without content.
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        self.first_pieces(text, MOST_PIECES)
    }

    /// The same, but at most so many.
    pub fn first_pieces(&self, text: &str, most: usize) -> Vec<u32> {
        let mut ids = vec![BEGIN];
        ids.extend(self.segment(&self.normalize(text)));
        ids.truncate(most.saturating_sub(1));
        ids.push(END);
        ids
    }

    /// The text as the pieces are written: rules applied, spaces single and as `▁`, one in front, none at the end.
    fn normalize(&self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len().min(MOST_PIECES * LONGEST_PIECE) + 3);
        let mut rest = text;
        let mut after_space = true;
        while !rest.is_empty() && out.len() < MOST_PIECES * LONGEST_PIECE {
            let (mut now, length) = self.replace(rest);
            rest = rest.get(length..).unwrap_or_default();
            while after_space && let Some(shorter) = now.strip_prefix(b" ") {
                now = shorter;
            }
            if out.is_empty() && !now.is_empty() {
                out.extend(SPACE);
            }
            for byte in now {
                if *byte == b' ' { out.extend(SPACE) } else { out.push(*byte) }
            }
            if let Some(last) = now.last() {
                after_space = *last == b' ';
            }
        }
        while out.ends_with(SPACE) {
            out.truncate(out.len() - SPACE.len());
        }
        out
    }

    /// What the start of the text becomes, and how many bytes of it that takes: the longest rule, else one letter as it is.
    fn replace<'t>(&'t self, text: &'t str) -> (&'t [u8], usize) {
        if let Some((length, place)) = self.rules.longest(text.as_bytes())
            && text.is_char_boundary(length)
            && let Some(replacement) = self.replacements.get(place as usize..)
        {
            return (replacement.split(|byte| *byte == 0).next().unwrap_or_default(), length);
        }
        let length = text.chars().next().map_or(1, char::len_utf8);
        (text.as_bytes().get(..length).unwrap_or_default(), length)
    }

    /// The likeliest pieces of a normalised text. Letters without a piece that follow one another are one unknown piece.
    fn segment(&self, text: &[u8]) -> Vec<u32> {
        let mut best: Vec<Option<Step>> = vec![None; text.len() + 1];
        let mut start = 0;
        while let Some(first) = text.get(start) {
            let letter = letter_length(*first).min(text.len() - start);
            let before = if start == 0 { 0.0 } else { best.get(start).copied().flatten().map_or(0.0, |step| step.score) };
            let mut node = self.pieces.root();
            let mut covered = false;
            for (end, byte) in text.iter().enumerate().skip(start) {
                let Some((below, piece)) = self.pieces.step(node, *byte) else { break };
                node = below;
                if let Some(piece) = piece {
                    let own = self.scores.get(piece as usize).copied().unwrap_or(self.unknown_score);
                    offer(&mut best, end + 1, Step { score: 0.0, start, piece }, own + before);
                    covered |= end + 1 - start == letter;
                }
            }
            if !covered {
                offer(&mut best, start + letter, Step { score: 0.0, start, piece: UNKNOWN }, self.unknown_score + before);
            }
            start += letter;
        }
        trace(&best)
    }
}

/// Takes a way when it is the first or better than the one before.
fn offer(best: &mut [Option<Step>], end: usize, step: Step, score: f32) {
    if let Some(slot) = best.get_mut(end)
        && slot.is_none_or(|known| score > known.score)
    {
        *slot = Some(Step { score, ..step });
    }
}

/// The pieces of the best way, from the end to the start and turned round.
fn trace(best: &[Option<Step>]) -> Vec<u32> {
    let mut ids: Vec<u32> = vec![];
    let mut end = best.len().saturating_sub(1);
    while let Some(Some(step)) = best.get(end) {
        if step.piece != UNKNOWN || ids.last() != Some(&UNKNOWN) {
            ids.push(step.piece);
        }
        end = step.start;
    }
    ids.reverse();
    ids
}

/// How many bytes the letter has that begins with this one.
const fn letter_length(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}
