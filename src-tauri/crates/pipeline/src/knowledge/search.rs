//! Asking the index: one pass over the articles of each of the question's terms, then a closer look at the few that are given.
//!
//! A long message against thousands of articles meets most of them by its common words. So the pass adds numbers to one row an article
//! and does nothing else; passages, variants and languages are looked at for the best articles only. Leaving out common terms, or
//! stopping early by bounds, would save little of what is left and make the score depend on the shop's other articles.

use mercator_domain::{article::Passage, ids::InboxId, language::Language, moment::Moment};

use super::{
    KnowledgeIndex, Posted,
    meaning::{Asking, Near, WordVectors},
    terms::{Term, terms},
    usable,
};

/// How much of a term in the body counts beside the same in the title, which says what an article is about.
const BODY: f32 = 0.8;
/// An article without any concept of a question that has some is about the same thing, but answers something else.
const OTHER_CONCEPT: f32 = 0.55;
/// The part of the score that asks whether the title is about more than the question.
const TITLE_SHARE: f32 = 0.2;
/// Articles that reach at least this share of the best score are compared as variants.
const VARIANT_FLOOR: f32 = 0.05;

/// How words and meaning make one score, the probability that the article answers the question: a logistic regression over the project's
/// questions (`tests/fixtures/knowledge`), with the first number moved so that the product's threshold of 0.45 lies where some one in ten
/// questions that nothing answers is answered wrongly. Measure anew with `mercator-cli kb evaluate`.
///
/// Shared words count for nothing more where both speak one language: there the words' meanings tell the same, and better. The last
/// number lies where of the questions that only name what an article is about (`near_misses.jsonl`) one in ten is answered.
const JOINED: f32 = -5.72;
const BY_TITLE: f32 = 1.34;
const BY_PASSAGE: f32 = 2.04;
const BY_INTENT: f32 = 1.59;
const BY_WORDS_MET: f32 = 1.92;
const BY_LEAST_MET: f32 = 3.23;
const BY_SHARED_WORDS: f32 = 3.16;
const SAME_LANGUAGE: f32 = -0.9;

/// How title, passage, intent and shared words stand for which articles are looked at more closely: the same regression without the rest.
const CLOSE_BY: [f32; 4] = [3.42, 2.45, 1.54, 3.4];

/// So many articles are read passage by passage, after words and titles have been compared.
const CLOSE: usize = 64;
/// And so many of these word by word.
const CLOSEST: usize = 8;

/// What is looked up, and for whom.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// The question.
    pub text: &'a str,
    /// Its sentence vector; without one words alone decide.
    pub vector: Option<&'a [f32]>,
    /// Who makes those of its words.
    pub words: Option<&'a WordVectors>,
    /// What it asks for: the probability of each of `Intent::ALL`.
    pub intents: &'a [f32],
    /// The buyer's language.
    pub language: &'a Language,
    /// The buyer's country, ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
    /// The store; `None` for a look into all.
    pub inbox: Option<InboxId>,
    /// The moment of the question: what is valid then.
    pub now: Moment,
    /// At most so many passages.
    pub limit: usize,
}

/// A term of the question that stands in some article.
struct Asked<'a> {
    posted: &'a Posted,
    weight: f32,
    /// It is a concept that is asked for; or the question has none.
    concept: bool,
}

/// What an article has of the question.
#[derive(Clone, Copy, Default)]
struct Found {
    weight: f32,
    title: f32,
    /// It has at least one of the concepts that were asked for.
    concept: bool,
    /// It has any term.
    met: bool,
    /// How near its meaning is, where both have a vector.
    near: Option<Near>,
}

/// The best article of a key.
#[derive(Clone, Copy)]
struct Candidate {
    score: f32,
    /// Of its language: the lower, the nearer to the buyer.
    rank: usize,
    article: u32,
    key: u32,
}

impl Candidate {
    fn before(&self, other: &Self) -> bool {
        let order = other.score.total_cmp(&self.score).then(self.rank.cmp(&other.rank)).then(self.article.cmp(&other.article));
        order.is_lt()
    }
}

/// For whom articles are looked up.
struct Buyer<'a> {
    language: &'a Language,
    country: Option<&'a str>,
    inbox: Option<InboxId>,
    now: Moment,
    /// Of each language of the index.
    ranks: Vec<usize>,
}

impl KnowledgeIndex {
    /// The passages that fit a question, best first, one a key, none that is expired, for another country or another store.
    pub fn search(&self, query: &Query) -> Vec<Passage> {
        let (asked, total) = self.asked(&terms(query.text));
        if total <= 0.0 || query.limit == 0 {
            return Vec::new();
        }
        let buyer = Buyer {
            language: query.language,
            country: query.country,
            inbox: query.inbox,
            now: query.now,
            ranks: self.ranks(query.language),
        };
        let mut found = self.collect(&asked);
        if let Some(asking) = query.vector.and_then(|vector| self.meanings.asking(query.text, vector, query.intents, query.words)) {
            self.bring_near(&mut found, total, &asking, &buyer);
        }
        let best = self.best(&found, total, &buyer, query.limit);
        best.iter().filter_map(|candidate| self.given(candidate, &asked, &found, &buyer)).collect()
    }

    /// The question's terms, the weightiest first, and the weight of all, the unknown ones included.
    fn asked(&self, question: &[Term]) -> (Vec<Asked<'_>>, f32) {
        let concepts = question.iter().any(Term::is_concept);
        let mut weighed: Vec<(Option<usize>, f32, bool)> =
            question.iter().map(|t| (self.weight(t), t.is_concept())).map(|((n, w), c)| (n, w, c)).collect();
        let total = weighed.iter().map(|(_, weight, _)| weight).sum();
        weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let known = weighed.into_iter().filter_map(|(number, weight, concept)| {
            Some(Asked { posted: self.posted.get(number?)?, weight, concept: concept || !concepts })
        });
        (known.collect(), total)
    }

    /// One row an article: the pass that meets every article of every term, so it only adds.
    fn collect(&self, asked: &[Asked]) -> Vec<Found> {
        let mut found = vec![Found::default(); self.articles.len()];
        for term in asked {
            let body = term.weight * BODY;
            for posting in &term.posted.articles {
                let Some(row) = found.get_mut(posting.article as usize) else { continue };
                row.weight += if posting.title { term.weight } else { body };
                row.title += if posting.title { term.weight } else { 0.0 };
                row.concept |= term.concept;
                row.met = true;
            }
        }
        found
    }

    /// How near each article is: its title first, then the passages of those that stand best so far, then the words of the best of these.
    /// What is not among them is no candidate any more, whatever words it shares.
    fn bring_near(&self, found: &mut [Found], total: f32, asking: &Asking, buyer: &Buyer) {
        let mut close: Vec<(f32, u32)> = vec![];
        for (article, row) in (0u32..).zip(found.iter_mut()) {
            let Some(near) = self.meanings.title(article, asking).filter(|_| self.is_usable(article, buyer)) else { continue };
            row.near = Some(near);
            close.push((closeness(self.by_words(article, row, total), near), article));
        }
        keep(&mut close, CLOSE, found);
        for (closeness_so_far, article) in &mut close {
            let Some(row) = found.get_mut(*article as usize) else { continue };
            let words = self.by_words(*article, row, total);
            let Some(near) = row.near.as_mut() else { continue };
            (near.nearest, near.passage) = self.meanings.passage(*article, asking).unwrap_or_default();
            *closeness_so_far = closeness(words, *near);
        }
        keep(&mut close, CLOSEST, found);
        for (_, article) in close {
            let Some(near) = found.get_mut(article as usize).and_then(|row| row.near.as_mut()) else { continue };
            (near.words, near.least) = self.meanings.words(article, asking).unwrap_or_default();
            near.same_language = self.speaks(article, buyer.language);
        }
    }

    /// The best article of each of the best keys.
    fn best(&self, found: &[Found], total: f32, buyer: &Buyer, limit: usize) -> Vec<Candidate> {
        let mut best: Vec<Candidate> = Vec::with_capacity(limit + 1);
        for (article, row) in (0u32..).zip(found).filter(|(_, row)| row.met || row.near.is_some()) {
            let score = self.score(article, row, total);
            let worst = if best.len() == limit { best.last().map_or(0.0, |c| c.score) } else { 0.0 };
            // Most articles end here, by a comparison of two numbers.
            if score <= VARIANT_FLOOR || score < worst || !self.is_usable(article, buyer) {
                continue;
            }
            let key = self.keys.get(article as usize).copied().unwrap_or(u32::MAX);
            let candidate = Candidate { score, rank: self.rank(article, buyer), article, key };
            match best.iter().position(|c| c.key == key) {
                Some(known) if best.get(known).is_some_and(|c| candidate.before(c)) => {
                    best.remove(known);
                }
                Some(_) => continue,
                None => {}
            }
            let place = best.iter().position(|c| candidate.before(c)).unwrap_or(best.len());
            best.insert(place, candidate);
            best.truncate(limit);
        }
        best
    }

    fn score(&self, article: u32, found: &Found, total: f32) -> f32 {
        let words = self.by_words(article, found, total);
        found.near.map_or(words, |near| 1.0 / (1.0 + (-answering(words, near)).exp()))
    }

    fn by_words(&self, article: u32, found: &Found, total: f32) -> f32 {
        let title = self.title_weights.get(article as usize).copied().unwrap_or(0.0);
        let about = if title > 0.0 { (found.title / title).min(1.0) } else { 0.0 };
        // A word in passing is no answer: without anything of the title a body must cover nearly all of the question.
        let fitting = if found.concept { 1.0 } else { OTHER_CONCEPT };
        (found.weight / total * (1.0 - TITLE_SHARE + TITLE_SHARE * about) * fitting).clamp(0.0, 1.0)
    }

    fn is_usable(&self, article: u32, buyer: &Buyer) -> bool {
        self.articles.get(article as usize).is_some_and(|a| usable(a, buyer.country, buyer.inbox, buyer.now))
    }

    /// Of each language of the index: 0 for the buyer's, then its fallbacks, then any other.
    fn ranks(&self, language: &Language) -> Vec<usize> {
        let chain = language.fallbacks();
        self.languages.iter().map(|own| chain.iter().position(|l| l == own).unwrap_or(chain.len())).collect()
    }

    /// In this language, whatever its country or script.
    fn speaks(&self, article: u32, language: &Language) -> bool {
        let own = self.language_of.get(article as usize).and_then(|number| self.languages.get(usize::from(*number)));
        own.is_some_and(|own| own.code() == language.code())
    }

    fn rank(&self, article: u32, buyer: &Buyer) -> usize {
        let language = self.language_of.get(article as usize).map_or(usize::MAX, |l| usize::from(*l));
        buyer.ranks.get(language).copied().unwrap_or(usize::MAX)
    }

    /// The passage that is given for a key: of the variant in the nearest language, with the best score of all its variants.
    fn given(&self, best: &Candidate, asked: &[Asked], found: &[Found], buyer: &Buyer) -> Option<Passage> {
        let variants = self.variants.get(best.key as usize)?;
        let usable = variants.iter().copied().filter(|n| self.is_usable(*n, buyer));
        let nearest = usable.min_by_key(|n| (self.rank(*n, buyer), *n != best.article)).unwrap_or(best.article);
        // Another variant has its own best passage, found by its own meaning or words; else the same paragraph.
        let meant = |article: u32| found.get(article as usize).and_then(|row| row.near).map(|near| near.nearest);
        let of = |article: u32| meant(article).or_else(|| best_passage(article, asked));
        let passage = of(nearest).or_else(|| of(best.article)).unwrap_or(0);
        self.passage(nearest, passage, best.score)
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
}

/// How far an article is about the question, as far as it is known: the more, the nearer.
fn closeness(words: f32, near: Near) -> f32 {
    let [title, passage, intent, shared] = CLOSE_BY;
    title * near.title + passage * near.passage + intent * near.intent + shared * words
}

/// How likely it answers the question, as the logarithm of the odds.
fn answering(words: f32, near: Near) -> f32 {
    let language = if near.same_language { SAME_LANGUAGE } else { BY_SHARED_WORDS * words };
    let sentences = BY_TITLE * near.title + BY_PASSAGE * near.passage + BY_INTENT * near.intent;
    JOINED + sentences + BY_WORDS_MET * near.words + BY_LEAST_MET * near.least + language
}

/// Keeps the closest; the others are no candidates any more.
fn keep(close: &mut Vec<(f32, u32)>, most: usize, found: &mut [Found]) {
    if close.len() <= most {
        return;
    }
    close.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, article) in close.drain(most..) {
        if let Some(row) = found.get_mut(article as usize) {
            (row.near, row.met) = (None, false);
        }
    }
}

/// The passage of an article that has most of the question, the earlier of two equal ones; `None` when the article has nothing of it.
fn best_passage(article: u32, asked: &[Asked]) -> Option<u16> {
    let mut sums: Vec<(u16, f32)> = Vec::new();
    let mut met = false;
    for term in asked {
        let Posted { articles, passages } = term.posted;
        met |= articles.binary_search_by_key(&article, |p| p.article).is_ok();
        let start = passages.partition_point(|p| p.article < article);
        for place in passages.iter().skip(start).take_while(|p| p.article == article) {
            match sums.iter_mut().find(|(passage, _)| *passage == place.passage) {
                Some((_, sum)) => *sum += term.weight,
                None => sums.push((place.passage, term.weight)),
            }
        }
    }
    let best = sums.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    met.then(|| best.map_or(0, |(passage, _)| *passage))
}
