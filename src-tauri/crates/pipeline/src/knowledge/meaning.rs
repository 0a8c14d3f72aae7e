//! What articles mean: the sentence vectors of their titles, passages and words, packed, what their titles ask for, and how near a
//! question is.
//!
//! Sentences tell which article a question is about, in any language. They do not tell whether it is answered: "how tall is the lamp?"
//! is near to all that is said of the lamp. So each word of the question is looked for among the words of the article, by meaning too.
//!
//! A vector of unit length is kept as 512 whole numbers of one byte and a scale: a hundredth of the cosine is lost at most, three quarters
//! of the memory saved. Vectors are made by whoever holds the encoder (`app`), and kept by the text's own words, so that an article that
//! changes costs few new ones.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use pulp::{Arch, Simd, WithSimd};

use super::terms::terms;
use crate::{
    encoder::{DIMENSIONS, Encoder},
    intents::{Models, classifier::quantised},
    ports::IndexedArticle,
    tokens,
};

/// A sentence vector as it is kept: 512 numbers and their scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    scale: f32,
    values: Vec<i8>,
}

impl Packed {
    /// Packs a vector; `None` where it is no sentence vector.
    pub fn of(vector: &[f32]) -> Option<Self> {
        let most = vector.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        if vector.len() != DIMENSIONS || !most.is_finite() || most <= 0.0 {
            return None;
        }
        let (values, scale) = quantised(vector);
        Some(Self { scale, values: values.collect() })
    }

    /// The bytes to keep: the scale, little endian, then the numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.scale.to_le_bytes().into_iter().chain(self.values.iter().map(|value| value.cast_unsigned())).collect()
    }

    /// What was kept; `None` where it is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (scale, values) = bytes.split_first_chunk::<4>()?;
        let scale = f32::from_le_bytes(*scale);
        let whole = values.len() == DIMENSIONS && scale.is_finite() && scale > 0.0;
        whole.then(|| Self { scale, values: values.iter().map(|byte| byte.cast_signed()).collect() })
    }

    /// The vector, as near as packing leaves it.
    pub fn unpacked(&self) -> Vec<f32> {
        self.values.iter().map(|value| f32::from(*value) * self.scale).collect()
    }

    /// The cosine of two.
    pub fn near(&self, other: &Self) -> f32 {
        let sum = Arch::new().dispatch(Products(&self.values, &other.values));
        #[allow(clippy::cast_precision_loss, reason = "At most 512 times 127 squared.")]
        let sum = sum as f32;
        sum * self.scale * other.scale
    }
}

/// The sum of the products of two lists, with whatever the processor has for it.
struct Products<'a>(&'a [i8], &'a [i8]);

impl WithSimd for Products<'_> {
    type Output = i32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> i32 {
        self.0.iter().zip(self.1).map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b))).sum()
    }
}

/// Words of a longer text are not looked for: it tells more than it asks, and its asking sentences are looked up beside it.
const MOST_WORDS: usize = 16;
/// So many words are remembered from one message to the next, some ten megabytes.
const REMEMBERED: usize = 20_000;

/// The texts of an article whose vectors are kept: its title, each passage under its title, without which "Yes, with any dimmer" says
/// nothing, and its words.
pub fn texts(article: &IndexedArticle) -> impl Iterator<Item = String> + '_ {
    sentences(article).chain(words_of(article))
}

fn sentences(article: &IndexedArticle) -> impl Iterator<Item = String> + '_ {
    let passages = article.passages.iter().map(|passage| format!("{}\n{passage}", article.title));
    std::iter::once(article.title.clone()).chain(passages)
}

fn words_of(article: &IndexedArticle) -> impl Iterator<Item = String> + '_ {
    std::iter::once(&article.title).chain(&article.passages).flat_map(|text| content(text))
}

/// The words of a question that say what it is about; `None` where there are too many.
fn words(question: &str) -> Option<Vec<String>> {
    let words: Vec<String> = content(question).take(MOST_WORDS + 1).collect();
    (words.len() <= MOST_WORDS).then_some(words)
}

fn content(text: &str) -> impl Iterator<Item = String> + '_ {
    tokens::words(text).into_iter().filter(|word| !terms(word).is_empty()).map(str::to_owned)
}

/// Makes the vectors of the words of questions, and remembers them: buyers use the same words again and again.
pub struct WordVectors {
    encoder: Encoder,
    known: Mutex<HashMap<String, Packed>>,
}

impl WordVectors {
    /// Knows none yet.
    pub fn new(encoder: Encoder) -> Self {
        Self { encoder, known: Mutex::default() }
    }

    fn of(&self, words: &[&str]) -> Vec<Option<Packed>> {
        let missing: Vec<&str> = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            words.iter().copied().filter(|word| !known.contains_key(*word)).collect()
        };
        // Not while the lock is held: turns run side by side.
        let made = self.encoder.vectors(&missing);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + missing.len() > REMEMBERED {
            known.clear();
        }
        known.extend(missing.into_iter().zip(made).filter_map(|(word, vector)| Some((word.to_owned(), Packed::of(&vector)?))));
        words.iter().map(|word| known.get(*word).cloned()).collect()
    }
}

/// What one article means.
#[derive(Clone, Debug, PartialEq)]
struct Meant {
    title: Packed,
    passages: Vec<Packed>,
    /// The numbers of its words in [`Meanings::words`].
    words: Vec<u32>,
    /// Of what its title asks for: the root of each intent's probability, in the order of `Intent::ALL`.
    intents: Vec<f32>,
}

/// What a question means.
pub(super) struct Asking {
    vector: Packed,
    /// Of its words; `None` where it is too long, or nobody makes them.
    words: Option<Vec<Packed>>,
    intents: Vec<f32>,
}

/// The sum of the products of roots is how far two such lists agree, 0 to 1 (the Bhattacharyya coefficient).
fn roots(probabilities: &[f32]) -> Vec<f32> {
    probabilities.iter().map(|p| p.max(0.0).sqrt()).collect()
}

/// The vectors of the articles of an index, where all their texts have one.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    articles: Vec<Option<Meant>>,
    /// The vector of each word, once.
    words: Vec<Packed>,
    /// Where it is.
    numbers: HashMap<String, u32>,
}

/// How near a question is to an article.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Near {
    /// To its title, -1 to 1.
    pub title: f32,
    /// To the nearest of its passages.
    pub passage: f32,
    /// Which that is.
    pub nearest: u16,
    /// How far question and title ask for the same, 0 to 1.
    pub intent: f32,
    /// Of the question's words, each with the article's word that is nearest to it: the mean, and the least.
    pub words: f32,
    pub least: f32,
    /// Both are in one language.
    pub same_language: bool,
}

impl Meanings {
    /// Looks the articles' texts up among the vectors, and reads their titles as requests.
    pub fn find(articles: &[IndexedArticle], vectors: &HashMap<String, Packed>, models: &Models) -> Self {
        let mut all = Self::default();
        for article in articles {
            let meant = all.meant(article, vectors, models);
            all.articles.push(meant);
        }
        all
    }

    fn meant(&mut self, article: &IndexedArticle, vectors: &HashMap<String, Packed>, models: &Models) -> Option<Meant> {
        let mut found = sentences(article).map(|text| vectors.get(&text).cloned());
        let title = found.next()??;
        let passages = found.collect::<Option<_>>()?;
        let mut words = vec![];
        for word in words_of(article) {
            let number = match self.numbers.get(&word) {
                Some(number) => *number,
                None => {
                    self.words.push(vectors.get(&word)?.clone());
                    let number = u32::try_from(self.words.len() - 1).ok()?;
                    self.numbers.insert(word, number);
                    number
                }
            };
            words.push(number);
        }
        words.sort_unstable();
        words.dedup();
        let scores = models.scores(&article.title, &article.language, Some(&title.unpacked()));
        let intents = scores.map(|(_, scores)| roots(&scores.probabilities)).unwrap_or_default();
        Some(Meant { title, passages, words, intents })
    }

    /// What a question means: its vector, its words', and the probabilities of what it asks for in the order of `Intent::ALL`, or none.
    /// `None` where the vector is none. Words of the articles are not made anew.
    pub fn asking(&self, text: &str, vector: &[f32], intents: &[f32], maker: Option<&WordVectors>) -> Option<Asking> {
        let words = maker.zip(words(text)).map(|(maker, words)| {
            let number = |word: &String| self.numbers.get(word).and_then(|number| self.words.get(*number as usize));
            let strange: Vec<&str> = words.iter().filter(|word| number(word).is_none()).map(String::as_str).collect();
            let own = words.iter().filter_map(number).cloned();
            own.chain(maker.of(&strange).into_iter().flatten()).collect()
        });
        Some(Asking { vector: Packed::of(vector)?, words, intents: roots(intents) })
    }

    /// How near the question is to an article's title, and how far it asks for the same; `None` where its vectors are not there.
    pub fn title(&self, article: u32, asking: &Asking) -> Option<Near> {
        let meant = self.articles.get(article as usize)?.as_ref()?;
        let intent = meant.intents.iter().zip(&asking.intents).map(|(a, b)| a * b).sum();
        Some(Near { title: meant.title.near(&asking.vector), intent, ..Near::default() })
    }

    /// The passage of an article that is nearest, and how near.
    pub fn passage(&self, article: u32, asking: &Asking) -> Option<(u16, f32)> {
        let meant = self.articles.get(article as usize)?.as_ref()?;
        let passages = (0u16..).zip(&meant.passages).map(|(number, passage)| (number, passage.near(&asking.vector)));
        passages.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    /// How well the question's words are met by the article's: the mean, and the least. `None` where they are not known.
    pub fn words(&self, article: u32, asking: &Asking) -> Option<(f32, f32)> {
        let meant = self.articles.get(article as usize)?.as_ref()?;
        let words = asking.words.as_ref()?;
        let own: Vec<&Packed> = meant.words.iter().filter_map(|number| self.words.get(*number as usize)).collect();
        let nearest = |word: &Packed| own.iter().map(|other| other.near(word)).fold(-1.0f32, f32::max);
        let met: Vec<f32> = words.iter().map(nearest).collect();
        #[allow(clippy::cast_precision_loss, reason = "At most so many words as are looked for.")]
        let mean = if met.is_empty() { 0.0 } else { met.iter().sum::<f32>() / met.len() as f32 };
        Some((mean, met.iter().copied().fold(1.0, f32::min)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(values: &[f32]) -> Vec<f32> {
        let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        values.iter().map(|v| v / length).collect()
    }

    proptest! {
        #[test]
        fn packing_keeps_the_cosine(a in prop::collection::vec(-1.0f32..1.0, DIMENSIONS), b in prop::collection::vec(-1.0f32..1.0, DIMENSIONS)) {
            let (a, b) = (unit(&a), unit(&b));
            let exact: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
            let (a, b) = (Packed::of(&a).unwrap(), Packed::of(&b).unwrap());
            prop_assert!((a.near(&b) - exact).abs() < 0.01);
            prop_assert_eq!(Packed::from_bytes(&a.to_bytes()), Some(a));
        }

        #[test]
        fn any_bytes_are_a_vector_or_none(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Some(packed) = Packed::from_bytes(&bytes) {
                prop_assert_eq!(packed.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn what_is_no_vector_is_not_packed() {
        assert_eq!(Packed::of(&[1.0]), None);
        assert_eq!(Packed::of(&[0.0; DIMENSIONS]), None);
        assert_eq!(Packed::of(&[f32::NAN; DIMENSIONS]), None);
    }
}
