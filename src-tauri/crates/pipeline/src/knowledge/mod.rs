//! The knowledge index: which passages answer a question, with a score from 0 to 1 that the rules compare with a threshold.
//!
//! The score is the share of the question's weight that an article covers (rare words weigh more, unknown words count against
//! it), so that a question about something else stays low whatever the size of the knowledge base. Words of the trade are read as
//! concepts over all languages ([`concepts`]). Articles of one key are variants: one is given, in the buyer's language if there is one.
//! Not here: full-text search for people (`store`).

pub mod concepts;
pub mod terms;

use std::collections::HashMap;

use mercator_domain::{article::Passage, ids::ArticleId, language::Language, moment::Moment};

use crate::ports::IndexedArticle;
use terms::{Term, terms};

/// How much of a term in the body counts beside the same in the title, which says what an article is about.
const BODY: f32 = 0.8;
/// An article without any concept of a question that has some is about the same thing, but answers something else.
const OTHER_CONCEPT: f32 = 0.55;
/// The part of the score that asks whether the title is about more than the question.
const TITLE_SHARE: f32 = 0.2;
/// Articles that reach at least this share of the best score are compared as variants.
const VARIANT_FLOOR: f32 = 0.05;

/// One place of a term.
#[derive(Clone, Copy, Debug)]
struct Place {
    article: u32,
    /// `None` in the title.
    passage: Option<u16>,
}

/// The index; immutable, built anew when articles change.
#[derive(Debug, Default)]
pub struct KnowledgeIndex {
    articles: Vec<IndexedArticle>,
    /// Number of the key, equal for variants.
    keys: Vec<u32>,
    /// Weight of each title's terms.
    title_weights: Vec<f32>,
    vocabulary: HashMap<String, u32>,
    places: Vec<Vec<Place>>,
    rarity: Vec<f32>,
}

/// What an article has of the question.
#[derive(Clone, Default)]
struct Found {
    weight: f32,
    title: f32,
    /// It has at least one of the concepts that were asked for.
    concept: bool,
    passages: Vec<(u16, f32)>,
}

impl KnowledgeIndex {
    /// Builds the index.
    pub fn build(articles: Vec<IndexedArticle>) -> Self {
        let mut index = Self::default();
        let mut keys: HashMap<String, u32> = HashMap::new();
        for (number, article) in (0u32..).zip(&articles) {
            let next = u32::try_from(keys.len()).unwrap_or(u32::MAX);
            index.keys.push(*keys.entry(article.key.clone()).or_insert(next));
            index.add(number, None, &article.title);
            for (passage, text) in (0u16..).zip(&article.passages) {
                index.add(number, Some(passage), text);
            }
        }
        index.articles = articles;
        index.weigh();
        index
    }

    fn add(&mut self, article: u32, passage: Option<u16>, text: &str) {
        for term in terms(text) {
            let next = u32::try_from(self.vocabulary.len()).unwrap_or(u32::MAX);
            let number = *self.vocabulary.entry(term.word).or_insert(next);
            if number == next {
                self.places.push(Vec::new());
            }
            if let Some(places) = self.places.get_mut(number as usize)
                && !places.last().is_some_and(|p| p.article == article && p.passage == passage)
            {
                places.push(Place { article, passage });
            }
        }
    }

    /// Rarity by the number of articles that have a term, and the titles' weights.
    fn weigh(&mut self) {
        let total = count(self.articles.len());
        self.rarity = self
            .places
            .iter()
            .map(|places| {
                let mut articles = 0usize;
                let mut last = None;
                for place in places {
                    articles += usize::from(last != Some(place.article));
                    last = Some(place.article);
                }
                (1.0 + total / count(articles)).ln()
            })
            .collect();
        let weights = self.articles.iter().map(|a| terms(&a.title).iter().map(|t| self.weight(t).1).sum()).collect();
        self.title_weights = weights;
    }

    /// A term's number and weight; an unknown one weighs as much as a rare one, since the question is about it.
    fn weight(&self, term: &Term) -> (Option<usize>, f32) {
        let number = self.vocabulary.get(&term.word).map(|n| *n as usize);
        let unknown = (1.0 + count(self.articles.len())).ln() * term.unknown;
        let rarity = number.and_then(|n| self.rarity.get(n)).copied().map(|r| r * term.weight);
        (number, rarity.unwrap_or(unknown))
    }

    /// The passages that fit a question, best first, one a key, none that is expired or for another country.
    pub fn search(&self, question: &str, language: &Language, country: Option<&str>, now: Moment, limit: usize) -> Vec<Passage> {
        let asked = terms(question);
        let concepts = asked.iter().any(Term::is_concept);
        let mut asked: Vec<(Option<usize>, f32, bool)> =
            asked.iter().map(|t| (self.weight(t), t.is_concept())).map(|((n, w), c)| (n, w, c)).collect();
        let total: f32 = asked.iter().map(|(_, w, _)| w).sum();
        if total <= 0.0 || limit == 0 {
            return Vec::new();
        }
        // Rare terms first: common ones then only add to articles that are candidates already.
        asked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut found: HashMap<u32, Found> = HashMap::new();
        for (number, weight, concept) in asked.iter().filter_map(|(n, w, c)| n.map(|n| (n, *w, *c))) {
            self.collect(number, weight, concept || !concepts, &mut found);
        }
        let mut scored: Vec<(f32, u32, u16)> = found.into_iter().filter_map(|(a, f)| self.score(a, &f, total, country, now)).collect();
        scored.sort_by(|a, b| {
            b.0.total_cmp(&a.0).then(self.language_rank(a.1, language).cmp(&self.language_rank(b.1, language))).then(a.1.cmp(&b.1))
        });
        self.variants(&scored, language, country, now, limit)
    }

    /// Adds a term's places to the articles.
    fn collect(&self, number: usize, weight: f32, concept: bool, found: &mut HashMap<u32, Found>) {
        let Some(places) = self.places.get(number) else { return };
        let mut start = 0;
        while let Some(first) = places.get(start) {
            let of_article = places.iter().skip(start).take_while(|p| p.article == first.article);
            let entry = found.entry(first.article).or_default();
            let (mut length, mut in_title) = (0, false);
            for place in of_article {
                length += 1;
                match place.passage {
                    None => in_title = true,
                    Some(n) => match entry.passages.iter_mut().find(|(p, _)| *p == n) {
                        Some((_, sum)) => *sum += weight,
                        None => entry.passages.push((n, weight)),
                    },
                }
            }
            entry.weight += if in_title { weight } else { weight * BODY };
            entry.concept |= concept;
            entry.title += if in_title { weight } else { 0.0 };
            start += length;
        }
    }

    /// Score, article and best passage; `None` when the article may not be used here and now.
    fn score(&self, number: u32, found: &Found, total: f32, country: Option<&str>, now: Moment) -> Option<(f32, u32, u16)> {
        let article = self.articles.get(number as usize)?;
        if !usable(article, country, now) {
            return None;
        }
        let covered = found.weight / total;
        let title = self.title_weights.get(number as usize).copied().unwrap_or(0.0);
        let about = if title > 0.0 { (found.title / title).min(1.0) } else { 0.0 };
        // A word in passing is no answer: without anything of the title a body must cover nearly all of the question.
        let fitting = if found.concept { 1.0 } else { OTHER_CONCEPT };
        let score = covered * (1.0 - TITLE_SHARE + TITLE_SHARE * about) * fitting;
        let best = found.passages.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(0, |(p, _)| *p);
        Some((score.clamp(0.0, 1.0), number, best))
    }

    /// 0 for the buyer's language, then its fallbacks, then any other.
    fn language_rank(&self, number: u32, language: &Language) -> usize {
        let own = self.articles.get(number as usize).map(|a| &a.language);
        let chain = language.fallbacks();
        chain.iter().position(|l| Some(l) == own).unwrap_or(chain.len())
    }

    /// One passage a key, with the best score of its variants and the text of the one in the nearest language.
    fn variants(&self, scored: &[(f32, u32, u16)], language: &Language, country: Option<&str>, now: Moment, limit: usize) -> Vec<Passage> {
        let mut out: Vec<Passage> = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        for (score, number, best) in scored.iter().take_while(|(s, ..)| *s > VARIANT_FLOOR) {
            let Some(key) = self.keys.get(*number as usize).copied() else { continue };
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            let nearest = (0u32..)
                .zip(self.keys.iter().zip(&self.articles))
                .filter(|(_, (k, a))| **k == key && usable(a, country, now))
                .min_by_key(|(n, _)| (self.language_rank(*n, language), *n != *number))
                .map_or(*number, |(n, _)| n);
            // Another variant has its own best passage, found by its own words; else the same paragraph.
            let index = scored.iter().find(|(_, n, _)| *n == nearest).map_or(*best, |(_, _, p)| *p);
            out.extend(self.passage(nearest, index, *score));
            if out.len() == limit {
                break;
            }
        }
        out
    }

    fn passage(&self, number: u32, index: u16, score: f32) -> Option<Passage> {
        let article = self.articles.get(number as usize)?;
        let (index, text) =
            article.passages.get(usize::from(index)).map(|t| (index, t)).or_else(|| article.passages.first().map(|t| (0, t)))?;
        Some(Passage {
            article_id: article.id,
            title: article.title.clone(),
            index: u32::from(index),
            text: text.clone(),
            language: article.language.clone(),
            score,
        })
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

fn usable(article: &IndexedArticle, country: Option<&str>, now: Moment) -> bool {
    article.valid_from.is_none_or(|from| from <= now)
        && article.valid_to.is_none_or(|to| now <= to)
        && article.country.as_deref().is_none_or(|only| country.is_some_and(|c| c.eq_ignore_ascii_case(only)))
        && !article.passages.is_empty()
}

#[allow(clippy::cast_precision_loss, reason = "Counts of articles.")]
fn count(n: usize) -> f32 {
    n.max(1) as f32
}

#[cfg(test)]
#[path = "knowledge_tests.rs"]
mod tests;
