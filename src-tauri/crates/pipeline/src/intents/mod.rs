//! Intents of one sentence or message: the trained model, or models by words alone where there is no sentence encoder.
//!
//! With an encoder one model over all languages is trained ahead (`trainer`, at set-up or by the merchant) and given to
//! [`Models::load`]. Without it a smaller model by words is trained when the first message in its language comes. A phrase that is
//! in the examples word by word needs no model at all. Who reads a message sentence by sentence is `understand`.

pub mod classifier;
pub mod evaluate;
pub mod example;
pub mod scope;
pub mod scope_fit;
pub mod space;
mod svm;
pub mod trainer;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use mercator_domain::{intent::Intent, language::Language};

use crate::{data, encoder::Encoder, error::PipelineError, fold::fold, tokens};
use classifier::{Classifier, Prediction};
use trainer::{Labelled, OF_PHRASES, Stop, Training};

/// What is said of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentScores {
    /// Probability of each intent, in the order of [`Intent::ALL`].
    pub probabilities: Vec<f32>,
    /// Probability that it is about any of them.
    pub in_scope: f32,
    /// The text is an example word by word.
    pub exact: bool,
}

impl IntentScores {
    /// The best intent and its probability.
    pub fn best(&self) -> (Intent, f32) {
        let best = Intent::ALL.iter().zip(&self.probabilities).max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or((Intent::Other, 0.0), |(intent, p)| (*intent, *p))
    }

    /// The probability of one intent.
    pub fn of(&self, intent: Intent) -> f32 {
        Intent::ALL.iter().zip(&self.probabilities).find(|(i, _)| **i == intent).map_or(0.0, |(_, p)| *p)
    }
}

/// A phrase as it is looked up: folded words with one space between, numbers alike. A message of signs only stays as it is.
pub fn plain(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<&str> =
        tokens::runs(&folded).iter().map(|r| if r.text.bytes().all(|b| b.is_ascii_digit()) { "0" } else { r.text }).collect();
    if words.is_empty() { folded.split_whitespace().collect::<String>() } else { words.join(" ") }
}

/// Whole messages with the languages in which they are examples.
type Book = HashMap<String, Vec<(&'static str, Intent)>>;

/// A classifier whose labels are known as intents.
struct Known {
    classifier: Arc<Classifier>,
    /// By label: its place in [`Intent::ALL`]; labels of the merchant's own have none.
    places: Vec<Option<usize>>,
}

impl Known {
    fn new(classifier: Arc<Classifier>) -> Self {
        let place = |label: &String| label.parse().ok().and_then(|intent: Intent| Intent::ALL.iter().position(|i| *i == intent));
        Self { places: classifier.labels().iter().map(place).collect(), classifier }
    }

    fn scores(&self, text: &str, vector: Option<&[f32]>) -> IntentScores {
        let Prediction { probabilities: by_label, in_scope, .. } = self.classifier.predict(text, vector);
        let mut probabilities = vec![0.0; Intent::ALL.len()];
        for (p, place) in by_label.iter().zip(&self.places) {
            if let Some(cell) = place.and_then(|at| probabilities.get_mut(at)) {
                *cell += p;
            }
        }
        IntentScores { probabilities, in_scope, exact: false }
    }
}

/// What tells intents.
pub struct Models {
    trained: Option<Known>,
    /// What people said of whole messages, by the text as it is looked up: goes before the phrases that ship.
    taught: HashMap<String, Intent>,
    by_words: Vec<(&'static str, OnceLock<Option<Known>>)>,
    book: OnceLock<Book>,
}

impl Models {
    /// Takes the trained model, if there is one, with what people taught, and checks that there are examples; trains nothing yet.
    pub fn load(trained: Option<Arc<Classifier>>, taught: &[(Intent, String)]) -> Result<Self, PipelineError> {
        let by_words: Vec<_> = data::languages("intents").map(|code| (code, OnceLock::new())).collect();
        if by_words.iter().any(|(code, _)| *code == "en") {
            let taught = taught.iter().map(|(intent, text)| (plain(text), *intent)).collect();
            return Ok(Self { trained: trained.map(Known::new), taught, by_words, book: OnceLock::new() });
        }
        Err(PipelineError::Data { file: "intents/en".to_owned(), reason: "it is missing".to_owned() })
    }

    /// The trained model.
    pub fn trained(&self) -> Option<&Arc<Classifier>> {
        self.trained.as_ref().map(|known| &known.classifier)
    }

    /// The intents of one sentence or message, and the name of what told them. `vector` is its sentence vector.
    pub fn scores(&self, text: &str, language: &Language, vector: Option<&[f32]>) -> Option<(&'static str, IntentScores)> {
        let (name, mut scores) = match &self.trained {
            Some(known) if vector.is_some() || !known.classifier.wants_vectors() => ("all languages", known.scores(text, vector)),
            _ => {
                let (code, known) = self.of_words(language)?;
                (code, known.scores(text, None))
            }
        };
        if let Some(intent) = self.example(text, language) {
            lean(&mut scores, intent);
        }
        Some((name, scores))
    }

    /// The model by words of a language, or of the nearest one that there is.
    fn of_words(&self, language: &Language) -> Option<(&'static str, &Known)> {
        let chain = language.fallbacks();
        let (code, slot) = chain.iter().find_map(|l| self.by_words.iter().find(|(code, _)| *code == l.code()))?;
        let known = slot.get_or_init(|| {
            let examples: Vec<Labelled> = examples(code).map(|(i, text)| Labelled { text, label: i.as_str(), vector: None }).collect();
            let training = Training { hold_out: false, ..Training::default() };
            trainer::train(&examples, &training, &|_| ()).ok().map(|model| Known::new(Arc::new(model)))
        });
        Some((code, known.as_ref()?))
    }

    fn book(&self) -> &Book {
        self.book.get_or_init(|| {
            let mut book = Book::new();
            for (code, _) in &self.by_words {
                for (intent, phrase) in examples(code) {
                    book.entry(plain(phrase)).or_default().push((code, intent));
                }
            }
            book
        })
    }

    /// The intent of a text that is an example of this language word by word, or of which a person said it.
    fn example(&self, text: &str, language: &Language) -> Option<Intent> {
        let text = plain(text);
        if let Some(taught) = self.taught.get(&text) {
            return Some(*taught);
        }
        let found = self.book().get(&text)?;
        let codes = language.fallbacks();
        codes.iter().find_map(|l| found.iter().find(|(code, _)| *code == l.code())).map(|(_, intent)| *intent)
    }

    /// What a whole message means in any language: as a person said, or where all languages that have it agree.
    pub fn anywhere(&self, text: &str) -> Option<Intent> {
        let text = plain(text);
        if let Some(taught) = self.taught.get(&text) {
            return Some(*taught);
        }
        let found = self.book().get(&text)?;
        let (_, first) = found.first()?;
        found.iter().all(|(_, intent)| intent == first).then_some(*first)
    }
}

/// An example word by word: at least half of the probability is its intent's.
fn lean(scores: &mut IntentScores, intent: Intent) {
    for (at, p) in scores.probabilities.iter_mut().enumerate() {
        *p = if Intent::ALL.get(at) == Some(&intent) { 0.5 + *p * 0.5 } else { *p * 0.5 };
    }
    let sum: f32 = scores.probabilities.iter().sum();
    scores.probabilities.iter_mut().for_each(|p| *p /= sum.max(f32::EPSILON));
    scores.exact = true;
    scores.in_scope = if intent == Intent::Other { 0.0 } else { 1.0 };
}

/// The example phrases of a language.
pub fn examples(language: &str) -> impl Iterator<Item = (Intent, &'static str)> {
    data::rows("intents", language).filter_map(|(label, phrase)| Some((label.parse().ok()?, phrase)))
}

/// The example phrases of all languages, with their language.
pub fn all_examples() -> impl Iterator<Item = (&'static str, Intent, &'static str)> {
    data::languages("intents").flat_map(|code| examples(code).map(move |(intent, phrase)| (code, intent, phrase)))
}

/// A phrase that ships, or one of a test's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Its language.
    pub language: &'static str,
    /// Its intent.
    pub intent: Intent,
    /// The words.
    pub text: &'static str,
}

/// The phrases that ship, of all languages.
pub fn shipped_phrases() -> Vec<Phrase> {
    all_examples().map(|(language, intent, text)| Phrase { language, intent, text }).collect()
}

/// Which of the phrases have been labelled anew: a person's word replaces the phrase, so that a text never has two labels.
pub fn relabelled(phrases: &[Phrase], taught: &[(Intent, String)]) -> Vec<usize> {
    let texts: std::collections::HashSet<String> = taught.iter().map(|(_, text)| plain(text)).collect();
    if texts.is_empty() {
        return vec![];
    }
    phrases.iter().enumerate().filter(|(_, phrase)| texts.contains(&plain(phrase.text))).map(|(at, _)| at).collect()
}

/// Trains on `(label, text)` rows. With an encoder each text is given by its sentence vector too. `outside` is the label of rows
/// that mean "none of the others". `progress` is told the share that is done, 0 to 1.
pub fn train(
    rows: &[(&str, &str)],
    encoder: Option<&Encoder>,
    outside: Option<&str>,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Classifier, PipelineError> {
    let training = Training { whole_up_to: MANY, ..Training::default() };
    train_with(rows, encoder, outside, training, progress)
}

/// As [`train`], with more said about how.
fn train_with(
    rows: &[(&str, &str)],
    encoder: Option<&Encoder>,
    outside: Option<&str>,
    training: Training,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Classifier, PipelineError> {
    let mut examples = Vec::with_capacity(rows.len());
    for some in rows.chunks(BATCH) {
        training.stop.check()?;
        let texts: Vec<&str> = some.iter().map(|(_, text)| *text).collect();
        let mut vectors = encoder.map(|encoder| encoder.vectors(&texts)).unwrap_or_default().into_iter();
        examples.extend(some.iter().map(|(label, text)| Labelled { text, label, vector: vectors.next() }));
        #[allow(clippy::cast_precision_loss, reason = "A share for people.")]
        progress(0.5 * examples.len() as f32 / rows.len() as f32);
    }
    let training = Training {
        encoder: encoder.map(Encoder::fingerprint).unwrap_or_default(),
        out_of_scope: outside.map(str::to_owned).into_iter().collect(),
        ..training
    };
    trainer::train(&examples, &training, &|share| progress(0.5 + 0.5 * share))
}

/// Trains the model that ships: on the phrases of all languages alone.
pub fn train_shipped(encoder: Option<&Encoder>, progress: &(dyn Fn(f32) + Sync)) -> Result<Classifier, PipelineError> {
    train_taught(&shipped_phrases(), &[], encoder, &Stop::default(), progress)
}

/// Trains on phrases and on what people taught. The rows, and so the held-out answers: the phrases without those that
/// [`relabelled`] names, then the taught texts, each in its order.
pub fn train_taught(
    phrases: &[Phrase],
    taught: &[(Intent, String)],
    encoder: Option<&Encoder>,
    stop: &Stop,
    progress: &(dyn Fn(f32) + Sync),
) -> Result<Classifier, PipelineError> {
    let replaced = relabelled(phrases, taught);
    let kept = phrases.iter().enumerate().filter(|(at, _)| replaced.binary_search(at).is_err());
    let kept = kept.map(|(_, phrase)| (phrase.intent.as_str(), phrase.text));
    let rows: Vec<(&str, &str)> = kept.chain(taught.iter().map(|(intent, text)| (intent.as_str(), text.as_str()))).collect();
    let training = Training { dense_weight: OF_PHRASES, stop: stop.clone(), ..Training::default() };
    train_with(&rows, encoder, Some(Intent::Other.as_str()), training, progress)
}

/// From this many rows on a third of them is enough to calibrate on.
const MANY: usize = 5_000;

/// Phrases that are encoded between two words of progress.
const BATCH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_an_intent_and_every_intent_has_examples() {
        for code in data::languages("intents") {
            for (label, phrase) in data::rows("intents", code) {
                assert!(label.parse::<Intent>().is_ok(), "{code}: {label}: {phrase}");
            }
            for intent in Intent::ALL {
                assert!(examples(code).filter(|(i, _)| i == intent).count() >= 8, "{code}: {intent}");
            }
        }
    }

    #[test]
    fn an_example_word_by_word_is_its_intent() {
        let models = Models::load(None, &[]).unwrap();
        let german = Language::parse("de").unwrap();
        let (code, scores) = models.scores("wo bleibt meine bestellung?", &german, None).unwrap();
        assert_eq!((code, scores.best().0), ("de", Intent::OrderStatus));
    }

    #[test]
    fn d5_a_persons_word_goes_before_the_phrases_that_ship() {
        let german = Language::parse("de").unwrap();
        let taught = [(Intent::Complaint, "Wo bleibt meine Bestellung 4711?".to_owned())];
        let models = Models::load(None, &taught).unwrap();
        let (_, scores) = models.scores("wo bleibt meine bestellung 23", &german, None).unwrap();
        assert_eq!((scores.best().0, scores.exact), (Intent::Complaint, true));
        assert_eq!(models.anywhere("Wo bleibt meine Bestellung 5"), Some(Intent::Complaint));
        let phrase = |intent, text| Phrase { language: "de", intent, text };
        let phrases = [phrase(Intent::Thanks, "danke"), phrase(Intent::OrderStatus, "wo bleibt meine Bestellung 1?")];
        assert_eq!(relabelled(&phrases, &taught), [1], "the phrase is not learned from beside it");
        assert_eq!(relabelled(&phrases, &[]), Vec::<usize>::new());
    }
}
