//! What articles mean: the sentence vectors of their titles and passages, packed, what their titles ask for, and how near a question is.
//!
//! A vector of unit length is kept as 512 whole numbers of one byte and a scale: a hundredth of the cosine is lost at most, three quarters
//! of the memory saved, and a question is compared with ten thousand of them in about a millisecond. Vectors are made by whoever holds
//! the encoder (`app`), and kept by the text's own words, so that an article that changes costs one new vector.

use std::collections::HashMap;

use crate::{encoder::DIMENSIONS, intents::Models, ports::IndexedArticle};

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
        let scale = most / 127.0;
        #[allow(clippy::cast_possible_truncation, reason = "Between -127 and 127 by the choice of the scale.")]
        let values = vector.iter().map(|value| (value / scale).round() as i8).collect();
        Some(Self { scale, values })
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
        let sum: i32 = self.values.iter().zip(&other.values).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        #[allow(clippy::cast_precision_loss, reason = "At most 512 times 127 squared.")]
        let sum = sum as f32;
        sum * self.scale * other.scale
    }
}

/// The texts of an article whose vectors are kept: its title, then each passage under its title, without which "Yes, with any dimmer"
/// says nothing.
pub fn texts(article: &IndexedArticle) -> impl Iterator<Item = String> + '_ {
    let passages = article.passages.iter().map(|passage| format!("{}\n{passage}", article.title));
    std::iter::once(article.title.clone()).chain(passages)
}

/// What one article means.
#[derive(Clone, Debug, PartialEq)]
struct Meant {
    title: Packed,
    passages: Vec<Packed>,
    /// Of what its title asks for: the root of each intent's probability, in the order of `Intent::ALL`.
    intents: Vec<f32>,
}

/// What a question means.
pub(super) struct Asking {
    vector: Packed,
    intents: Vec<f32>,
}

impl Asking {
    /// `None` where the vector is none; the intents are the probabilities in the order of `Intent::ALL`, or nothing.
    pub fn of(vector: &[f32], intents: &[f32]) -> Option<Self> {
        Some(Self { vector: Packed::of(vector)?, intents: roots(intents) })
    }
}

/// The sum of the products of roots is how far two such lists agree, 0 to 1 (the Bhattacharyya coefficient).
fn roots(probabilities: &[f32]) -> Vec<f32> {
    probabilities.iter().map(|p| p.max(0.0).sqrt()).collect()
}

/// The vectors of the articles of an index, where all their texts have one.
#[derive(Debug, Default)]
pub(super) struct Meanings(Vec<Option<Meant>>);

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
}

impl Meanings {
    /// Looks the articles' texts up among the vectors, and reads their titles as requests.
    pub fn find(articles: &[IndexedArticle], vectors: &HashMap<String, Packed>, models: &Models) -> Self {
        let of = |article: &IndexedArticle| {
            let mut found = texts(article).map(|text| vectors.get(&text).cloned());
            let title = found.next()??;
            let scores = models.scores(&article.title, &article.language, Some(&title.unpacked()));
            let intents = scores.map(|(_, scores)| roots(&scores.probabilities)).unwrap_or_default();
            Some(Meant { title, passages: found.collect::<Option<_>>()?, intents })
        };
        Self(articles.iter().map(of).collect())
    }

    /// How near the question is to an article's title, and how far it asks for the same; `None` where its vectors are not there.
    pub fn title(&self, article: u32, asking: &Asking) -> Option<Near> {
        let meant = self.0.get(article as usize)?.as_ref()?;
        let intent = meant.intents.iter().zip(&asking.intents).map(|(a, b)| a * b).sum();
        Some(Near { title: meant.title.near(&asking.vector), intent, ..Near::default() })
    }

    /// The passage of an article that is nearest, and how near.
    pub fn passage(&self, article: u32, asking: &Asking) -> Option<(u16, f32)> {
        let meant = self.0.get(article as usize)?.as_ref()?;
        let passages = (0u16..).zip(&meant.passages).map(|(number, passage)| (number, passage.near(&asking.vector)));
        passages.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
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
