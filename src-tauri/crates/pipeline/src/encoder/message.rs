//! The vectors of one message: of the whole and of each of its sentences, every sentence run through the net once.
//!
//! A piece's numbers depend on its four neighbours to each side only, and a text's vector on their sum. So the whole is the sum of its
//! sentences (but for the pieces beside a sentence's edge, which see nothing beyond it), and a sentence that comes again, as when a
//! message is read a second time with its subject, is not run again. Read apart, a message took four times as long.

use std::{cell::RefCell, collections::HashMap};

use super::{Encoder, net::Summed, tokenizer::MOST_PIECES};

/// A message is read for as many pieces as one text, whatever the number of its sentences; but of each sentence at least these, so that
/// one far down still says what it begins with.
const FEWEST_PIECES: usize = 12;

/// Reads the texts of one message, and remembers them.
pub struct MessageReader<'a> {
    encoder: &'a Encoder,
    known: RefCell<HashMap<String, (Summed, Vec<f32>)>>,
}

impl<'a> MessageReader<'a> {
    /// A reader of a message that has not been read yet.
    pub fn new(encoder: &'a Encoder) -> Self {
        Self { encoder, known: RefCell::default() }
    }

    /// The vectors of a text and of its sentences, which follow it; of a text alone when there are none.
    pub fn vectors(&self, texts: &[&str]) -> Vec<Vec<f32>> {
        let sentences = if texts.len() > 1 { texts.get(1..).unwrap_or_default() } else { texts };
        let mut known = self.known.borrow_mut();
        self.read(sentences, &mut known);
        let read: Vec<&(Summed, Vec<f32>)> = sentences.iter().filter_map(|text| known.get(*text)).collect();
        let mut all = Vec::with_capacity(texts.len());
        if texts.len() > 1 {
            let whole = Summed::joined(read.iter().map(|(sum, _)| sum));
            all.extend(self.encoder.net().finished(&[whole]));
        }
        all.extend(read.into_iter().map(|(_, vector)| vector.clone()));
        all
    }

    fn read(&self, sentences: &[&str], known: &mut HashMap<String, (Summed, Vec<f32>)>) {
        let tokenizer = self.encoder.0.tokenizer();
        let mut left = MOST_PIECES;
        let (mut texts, mut pieces) = (vec![], vec![]);
        for text in sentences {
            let read = match known.get(*text) {
                Some((sum, _)) => sum.pieces(),
                None if texts.contains(text) => 0,
                None => {
                    let next = tokenizer.first_pieces(text, left.max(FEWEST_PIECES));
                    let count = next.len();
                    texts.push(*text);
                    pieces.push(next);
                    count
                }
            };
            left = left.saturating_sub(read);
        }
        let net = self.encoder.net();
        let sums: Vec<Summed> = self.encoder.batches(pieces).into_iter().flatten().collect();
        let vectors = net.finished(&sums);
        known.extend(texts.into_iter().zip(sums.into_iter().zip(vectors)).map(|(text, read)| (text.to_owned(), read)));
    }
}
