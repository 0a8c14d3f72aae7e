//! Reads the shipped head and weighs a text with it: how angry, negative or worried the whole wording is, with probabilities.
//!
//! One linear model with seven outputs over the sentence vector and hashed words, pieces and signs (`features`), made by
//! `examples/train_emotion`. Without the encoder the words alone are weighed, with a calibration of their own, and the reading says
//! so. A file that is not whole is refused as a whole; what the outputs mean for a level is for `join` to say.
//!
//! The file: lines of plain text up to a line `end`, the rarities, the weights of the places, those of the vector, and a check sum of
//! eight bytes. All of it is read in place, so that it costs no memory beyond the program itself.

use std::sync::OnceLock;

use mercator_domain::emotion::Sentiment;

use super::features;
use crate::{encoder::DIMENSIONS, language::model::check_sum};

/// First line of a file; the number is that of the format.
pub const MAGIC: &str = "mercator emotion model 1";

/// What the head tells, in the order of its columns: anger as posts show it, the three sentiments, and whether a buyer's feeling is at
/// least concerned, at least upset, or angry.
pub const OUTPUTS: [&str; 7] = ["anger", "negative", "neutral", "positive", "concerned", "upset", "angry"];

/// Bytes of a row, so that rows begin at even places.
pub const STRIDE: usize = 8;

/// The shipped file.
static SHIPPED: &[u8] = include_bytes!("../../data/models/emotion.bin");

/// The shipped head; `None` when the file is damaged.
pub fn shipped() -> Option<&'static Head<'static>> {
    static HEAD: OnceLock<Option<Head<'static>>> = OnceLock::new();
    HEAD.get_or_init(|| Head::read(SHIPPED)).as_ref()
}

/// One output.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Column {
    /// What one step of a place's weight is worth.
    pub scale: f32,
    /// The same for the vector's weights.
    pub dense_scale: f32,
    /// The constant.
    pub bias: f32,
    /// Score into the logarithm of the odds: factor and addend, with the vector.
    pub calibration: (f32, f32),
    /// The same by words alone.
    pub by_words: (f32, f32),
}

/// What a language adds to anger: people show it differently, and the posts were judged by different people.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Own<'a> {
    /// The language's code.
    pub language: &'a str,
    /// Added to the logarithm of the odds, so that one half is where it counts as anger.
    pub shift: f32,
    /// What one step of its weights is worth; 0 where there are none.
    pub scale: f32,
    /// Weights of the vector, beside those of all languages.
    weights: &'a [u8],
}

impl<'a> Own<'a> {
    /// A language without its weights yet: what stands in a line of the header.
    pub const fn new(language: &'a str, shift: f32, scale: f32) -> Self {
        Self { language, shift, scale, weights: &[] }
    }

    /// What its weights say of a vector.
    fn score(&self, vector: &[f32]) -> f32 {
        self.scale * self.weights.iter().zip(vector).map(|(weight, value)| f32::from(i8::from_ne_bytes([*weight])) * value).sum::<f32>()
    }
}

/// The head.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// Which encoder made the vectors that it was trained on.
    pub encoder: &'a str,
    /// Binary logarithm of the number of places.
    pub bits: u8,
    /// What one step of a rarity is worth.
    pub rarity: f32,
    /// How much the vector counts beside the words.
    pub dense: f32,
    /// The outputs, in the order of [`OUTPUTS`].
    pub columns: [Column; OUTPUTS.len()],
    /// What anger is in each language; the first one stands for all others.
    pub own: Vec<Own<'a>>,
    rarities: &'a [u8],
    weights: &'a [u8],
    vector: &'a [u8],
}

/// What the head says of a text, each a probability.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Anger as posts show it.
    pub anger: f32,
    /// The sentiments, 1 together.
    pub negative: f32,
    /// Neither.
    pub neutral: f32,
    /// Satisfied.
    pub positive: f32,
    /// A buyer who is at least worried.
    pub concerned: f32,
    /// A buyer who is at least annoyed or disappointed.
    pub upset: f32,
    /// A furious buyer.
    pub angry: f32,
    /// False when there was no vector: then it rests on words alone.
    pub whole: bool,
    /// Share of the text's words that the training texts have.
    pub known: f32,
}

impl Reading {
    /// The likeliest sentiment.
    pub fn sentiment(&self) -> Sentiment {
        if self.negative >= self.neutral && self.negative >= self.positive {
            Sentiment::Negative
        } else if self.positive > self.neutral {
            Sentiment::Positive
        } else {
            Sentiment::Neutral
        }
    }
}

impl<'a> Head<'a> {
    /// Reads a file; `None` unless it is whole.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        if check_sum(content).to_le_bytes() != sum {
            return None;
        }
        let end = content.windows(5).take(65_536).position(|window| window == b"\nend\n")?;
        let (header, body) = content.split_at_checked(end + 5)?;
        let mut lines = std::str::from_utf8(header).ok()?.lines();
        if lines.next()? != MAGIC {
            return None;
        }
        let mut head = Self::new("", (0, 0.0, 0.0), [Column::default(); OUTPUTS.len()], vec![]);
        let mut columns = 0;
        for line in lines {
            let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
            match key {
                "encoder" => head.encoder = rest,
                "table" => (head.bits, head.rarity, head.dense) = table(rest)?,
                "column" => {
                    *head.columns.get_mut(columns)? = Column::parse(rest, OUTPUTS.get(columns)?)?;
                    columns += 1;
                }
                "own" => {
                    let mut parts = rest.split(' ');
                    let language = parts.next()?;
                    head.own.push(Own::new(language, value(parts.next()?, "shift")?, value(parts.next()?, "scale")?));
                }
                _ => {}
            }
        }
        let places = 1usize << head.bits;
        let (rarities, body) = body.split_at_checked(places)?;
        let (weights, body) = body.split_at_checked(places * STRIDE)?;
        let (vector, mut body) = body.split_at_checked(DIMENSIONS * STRIDE)?;
        for own in head.own.iter_mut().filter(|own| own.scale != 0.0) {
            (own.weights, body) = body.split_at_checked(DIMENSIONS)?;
        }
        (head.rarities, head.weights, head.vector) = (rarities, weights, vector);
        (columns == OUTPUTS.len() && head.bits > 0 && !head.own.is_empty() && body.is_empty()).then_some(head)
    }

    /// A head without weights yet: what stands in the lines of a file. `table` is the binary logarithm of the places, a step of
    /// rarity, and how much the vector counts.
    pub const fn new(encoder: &'a str, table: (u8, f32, f32), columns: [Column; OUTPUTS.len()], own: Vec<Own<'a>>) -> Self {
        let (bits, rarity, dense) = table;
        Self { encoder, bits, rarity, dense, columns, own, rarities: &[], weights: &[], vector: &[] }
    }

    /// The lines of the header that [`Head::read`] needs.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("encoder {}", self.encoder)];
        lines.push(format!("table bits={} rarity={} dense={}", self.bits, self.rarity, self.dense));
        lines.extend(self.columns.iter().zip(OUTPUTS).map(|(column, name)| format!("column {}", column.line(name))));
        lines.extend(self.own.iter().map(|own| format!("own {} shift={} scale={}", own.language, own.shift, own.scale)));
        lines
    }

    /// What the text says. `vector` is that of [`Head::encoder`]; `language` chooses from where on anger counts.
    pub fn reading(&self, text: &str, vector: Option<&[f32]>, language: &str) -> Reading {
        let found = features::of(text);
        let rarity = |place: usize| f32::from(self.rarities.get(place).copied().unwrap_or(0)) * self.rarity;
        let values = features::weighed(&found, self.bits, rarity);
        let mut sums = [0.0f32; STRIDE];
        for (place, value) in &values {
            add(&mut sums, self.weights, *place as usize, *value);
        }
        let mut dense = [0.0f32; STRIDE];
        for (at, value) in vector.unwrap_or_default().iter().enumerate() {
            add(&mut dense, self.vector, at, value * self.dense);
        }
        let own = self.own.iter().find(|own| own.language == language).or(self.own.first()).copied().unwrap_or_default();
        // Anger is the first column.
        let mut own_score = own.score(vector.unwrap_or_default()) * self.dense;
        let mut odds = [0.0f32; OUTPUTS.len()];
        for (((out, column), words), whole) in odds.iter_mut().zip(&self.columns).zip(sums).zip(dense) {
            let score = column.bias + words * column.scale + whole * column.dense_scale + std::mem::take(&mut own_score);
            let (factor, addend) = if vector.is_some() { column.calibration } else { column.by_words };
            *out = score * factor + addend;
        }
        let known = share_known(&found, self.bits, rarity);
        let [anger, negative, neutral, positive, concerned, upset, angry] = odds;
        let likely = [negative, neutral, positive].map(probability);
        let all = likely.iter().sum::<f32>().max(1e-6);
        let [negative, neutral, positive] = likely.map(|p| p / all);
        let anger = probability(anger + own.shift);
        let [concerned, upset, angry] = [concerned, upset, angry].map(probability);
        Reading { anger, negative, neutral, positive, concerned, upset, angry, whole: vector.is_some(), known }
    }
}

/// Adds a row, so many times.
fn add(sums: &mut [f32; STRIDE], table: &[u8], row: usize, times: f32) {
    if let Some(row) = table.get(row * STRIDE..(row + 1) * STRIDE) {
        sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += times * f32::from(i8::from_ne_bytes([*weight])));
    }
}

/// The share of the words that training texts have.
fn share_known(found: &[features::Feature], bits: u8, rarity: impl Fn(usize) -> f32) -> f32 {
    let (mut known, mut all) = (0.0f32, 0.0f32);
    for feature in found.iter().filter(|f| f.1 == features::Group::Words) {
        all += 1.0;
        known += f32::from(u8::from(rarity(features::place(feature, bits)) > 0.0));
    }
    if all > 0.0 { known / all } else { 0.0 }
}

fn probability(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

fn table(line: &str) -> Option<(u8, f32, f32)> {
    let mut parts = line.split(' ');
    let bits: u8 = parts.next()?.strip_prefix("bits=")?.parse().ok()?;
    let (rarity, dense) = (value(parts.next()?, "rarity")?, value(parts.next()?, "dense")?);
    (4..=20).contains(&bits).then_some((bits, rarity, dense))
}

/// The number of a part such as `scale=0.5`.
fn value(part: &str, name: &str) -> Option<f32> {
    let number: f32 = part.strip_prefix(name)?.strip_prefix('=')?.parse().ok()?;
    number.is_finite().then_some(number)
}

impl Column {
    fn parse(line: &str, name: &str) -> Option<Self> {
        let mut parts = line.split(' ');
        if parts.next()? != name {
            return None;
        }
        let mut value = |name: &str| value(parts.next()?, name);
        let (scale, dense_scale, bias) = (value("scale")?, value("dense_scale")?, value("bias")?);
        let calibration = (value("factor")?, value("addend")?);
        Some(Self { scale, dense_scale, bias, calibration, by_words: (value("words_factor")?, value("words_addend")?) })
    }

    fn line(&self, name: &str) -> String {
        let ((factor, addend), (words_factor, words_addend)) = (self.calibration, self.by_words);
        format!(
            "{name} scale={} dense_scale={} bias={} factor={factor} addend={addend} words_factor={words_factor} words_addend={words_addend}",
            self.scale, self.dense_scale, self.bias
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_head_is_whole_and_a_damaged_one_is_refused() {
        let head = shipped().unwrap();
        assert!(head.own.len() > 1 && !head.encoder.is_empty());
        let mut broken = SHIPPED.to_vec();
        broken[SHIPPED.len() / 2] ^= 1;
        assert!(Head::read(&broken).is_none());
        assert!(Head::read(&SHIPPED[..SHIPPED.len() - 1]).is_none());
        assert!(Head::read(b"").is_none());
    }

    #[test]
    fn a_reading_adds_up_and_says_what_it_had() {
        let head = shipped().unwrap();
        for text in ["", "😡", "You are thieves!", "谢谢", &"long ".repeat(10_000)] {
            let reading = head.reading(text, None, "en");
            assert!(!reading.whole && (reading.negative + reading.neutral + reading.positive - 1.0).abs() < 1e-4, "{text} {reading:?}");
            assert!(
                [reading.anger, reading.concerned, reading.upset, reading.angry, reading.known].iter().all(|p| (0.0..=1.0).contains(p))
            );
        }
        assert!(head.reading("You are thieves!", Some(&[0.0; DIMENSIONS]), "en").whole);
    }

    #[test]
    fn a_language_without_posts_takes_the_mean_of_the_others() {
        let head = shipped().unwrap();
        let anger = |language| head.reading("You are thieves!", None, language).anger;
        assert!((anger("ko") - anger("other")).abs() < 1e-6);
        assert!((anger("ko") - anger("en")).abs() > 1e-6);
    }
}
