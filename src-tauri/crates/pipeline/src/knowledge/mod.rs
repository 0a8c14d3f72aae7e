//! The knowledge index: which passages answer a question, with a score from 0 to 1 that the rules compare with a threshold.
//!
//! By words the score is the share of the question's weight that an article covers (rare words weigh more, unknown words count against
//! it), so that a question about something else stays low whatever the size of the knowledge base. Words of the trade are read as
//! concepts over all languages ([`concepts`]). Where there is a sentence encoder, the nearness of meaning is joined to it ([`meaning`]).
//! Articles of one key are variants: one is given, in the buyer's language if there is one. Here it is built;
//! `search` asks it. Not here: full-text search for people (`store`).

pub mod concepts;
pub mod meaning;
mod search;
pub mod terms;

use std::collections::HashMap;

use mercator_domain::{
    ids::{ArticleId, InboxId},
    language::Language,
    moment::Moment,
};

use crate::{intents::Models, ports::IndexedArticle};
use meaning::{Meanings, Packed};
pub use search::Query;
use terms::{Term, terms};

/// One article that has a term.
#[derive(Clone, Copy, Debug)]
struct Posting {
    article: u32,
    /// Its title has the term.
    title: bool,
}

/// One passage that has a term.
#[derive(Clone, Copy, Debug)]
struct Place {
    article: u32,
    passage: u16,
}

/// Where a term stands, in the order of the articles.
///
/// Two lists, since a question looks at every article of each of its terms, but at the passages of the few that are given.
#[derive(Debug, Default)]
struct Posted {
    articles: Vec<Posting>,
    passages: Vec<Place>,
}

/// The index; immutable, built anew when articles change.
#[derive(Debug, Default)]
pub struct KnowledgeIndex {
    articles: Vec<IndexedArticle>,
    /// Number of the key, equal for variants.
    keys: Vec<u32>,
    /// The articles of each key.
    variants: Vec<Vec<u32>>,
    /// The languages that there are, and the number of each article's: compared once a question, not once an article.
    languages: Vec<Language>,
    language_of: Vec<u16>,
    /// Weight of each title's terms.
    title_weights: Vec<f32>,
    vocabulary: HashMap<String, u32>,
    posted: Vec<Posted>,
    rarity: Vec<f32>,
    /// Of articles whose vectors are there.
    meanings: Meanings,
}

impl KnowledgeIndex {
    /// Builds the index with the vectors of the articles' texts ([`meaning::texts`]), by text: an article whose texts lack one is found by
    /// its words alone.
    /// The models read what each title asks for.
    pub fn with_meanings(articles: Vec<IndexedArticle>, vectors: &HashMap<String, Packed>, models: &Models) -> Self {
        let meanings = Meanings::find(&articles, vectors, models);
        Self { meanings, ..Self::build(articles) }
    }

    /// Builds the index by words alone.
    pub fn build(articles: Vec<IndexedArticle>) -> Self {
        let mut index = Self::default();
        let mut keys: HashMap<String, u32> = HashMap::new();
        let mut titles = Vec::with_capacity(articles.len());
        for (number, article) in (0u32..).zip(&articles) {
            let next = u32::try_from(keys.len()).unwrap_or(u32::MAX);
            let key = *keys.entry(article.key.clone()).or_insert(next);
            if key == next {
                index.variants.push(Vec::new());
            }
            if let Some(variants) = index.variants.get_mut(key as usize) {
                variants.push(number);
            }
            index.keys.push(key);
            let language = index.language(&article.language);
            index.language_of.push(language);
            let title = terms(&article.title);
            index.add(number, None, &title);
            titles.push(title);
            for (passage, text) in (0u16..).zip(&article.passages) {
                index.add(number, Some(passage), &terms(text));
            }
        }
        index.articles = articles;
        index.weigh(&titles);
        index
    }

    /// The number of a language. Shops have a handful, so they are looked through.
    fn language(&mut self, language: &Language) -> u16 {
        let known = self.languages.iter().position(|l| l == language);
        let number = known.unwrap_or_else(|| {
            self.languages.push(language.clone());
            self.languages.len() - 1
        });
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn add(&mut self, article: u32, passage: Option<u16>, found: &[Term]) {
        for term in found {
            let number = match self.vocabulary.get(&term.word) {
                Some(number) => *number,
                None => {
                    let number = u32::try_from(self.posted.len()).unwrap_or(u32::MAX);
                    self.vocabulary.insert(term.word.clone(), number);
                    self.posted.push(Posted::default());
                    number
                }
            };
            let Some(posted) = self.posted.get_mut(number as usize) else { continue };
            // A title comes before its passages, so the first posting of an article says whether the title has the term.
            if posted.articles.last().is_none_or(|p| p.article != article) {
                posted.articles.push(Posting { article, title: passage.is_none() });
            }
            if let Some(passage) = passage {
                posted.passages.push(Place { article, passage });
            }
        }
    }

    /// Rarity by the number of articles that have a term, and the titles' weights.
    fn weigh(&mut self, titles: &[Vec<Term>]) {
        let total = count(self.articles.len());
        self.rarity = self.posted.iter().map(|posted| (1.0 + total / count(posted.articles.len())).ln()).collect();
        let weights = titles.iter().map(|title| title.iter().map(|t| self.weight(t).1).sum()).collect();
        self.title_weights = weights;
    }

    /// A term's number and weight; an unknown one weighs as much as a rare one, since the question is about it.
    fn weight(&self, term: &Term) -> (Option<usize>, f32) {
        let number = self.vocabulary.get(&term.word).map(|n| *n as usize);
        let unknown = (1.0 + count(self.articles.len())).ln() * term.unknown;
        let rarity = number.and_then(|n| self.rarity.get(n)).copied().map(|r| r * term.weight);
        (number, rarity.unwrap_or(unknown))
    }

    /// True when every term of a text stands in some article.
    pub fn knows(&self, text: &str) -> bool {
        terms(text).iter().all(|term| self.vocabulary.contains_key(&term.word))
    }

    /// The passages of an article, in order.
    pub fn passages_of(&self, id: ArticleId) -> &[String] {
        self.articles.iter().find(|article| article.id == id).map_or(&[], |article| &article.passages)
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// True without articles.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }
}

fn usable(article: &IndexedArticle, country: Option<&str>, inbox: Option<InboxId>, now: Moment) -> bool {
    article.valid_from.is_none_or(|from| from <= now)
        && article.valid_to.is_none_or(|to| now <= to)
        && article.country.as_deref().is_none_or(|only| country.is_some_and(|c| c.eq_ignore_ascii_case(only)))
        // Who does not ask for a store (a look into the knowledge base) sees all.
        && (article.inboxes.is_empty() || inbox.is_none_or(|store| article.inboxes.contains(&store)))
        && !article.passages.is_empty()
}

#[allow(clippy::cast_precision_loss, reason = "Counts of articles.")]
fn count(n: usize) -> f32 {
    n.max(1) as f32
}

#[cfg(test)]
#[path = "knowledge_tests.rs"]
mod tests;
