//! The knowledge base: articles as lists, edited, and as the index that the bot reads.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use anyhow::{Context, Result};
use mercator_domain::{
    article::{Article, Passage},
    ids::{ArticleId, InboxId},
    language::Language,
    moment::DAY_MS,
};
use mercator_pipeline::{
    Bot, Encoder, KnowledgeIndex,
    knowledge::{
        Query,
        meaning::{self, Packed},
    },
    ports::IndexedArticle,
};
use mercator_store::{ChangeKind, StoreError, articles::ArticleFilter, text_vectors::Kept};

use crate::{
    App,
    error::user,
    files::sha256,
    lists::small,
    views::{AppEvent, ArticleInput, ArticleQuery, ArticleRow},
};

/// So many texts are read at once: two megabytes of vectors.
const PORTION: usize = 1_000;

/// Citations are counted over this time.
const CITED_WITHIN_MS: i64 = 30 * DAY_MS;

impl App {
    /// Articles with how often they were cited.
    pub async fn list_articles(&self, query: &ArticleQuery) -> Result<Vec<ArticleRow>> {
        let filter = ArticleFilter {
            search: query.search.trim().to_owned(),
            category: query.category,
            language: query.language.clone(),
            state: query.state,
        };
        let cited = self.store.citation_counts(self.now().plus_ms(-CITED_WITHIN_MS)).await?;
        Ok(self.store.articles(&filter).await?.into_iter().map(|article| self.article_row(article, &cited)).collect())
    }

    fn article_row(&self, article: Article, cited: &BTreeMap<ArticleId, i64>) -> ArticleRow {
        let now = self.now();
        let too_early = article.valid_from.is_some_and(|from| now < from);
        let too_late = article.valid_to.is_some_and(|to| to < now);
        let needs_review = article.review_at.is_some_and(|by| by < now);
        ArticleRow { cited: small(cited.get(&article.id).copied().unwrap_or(0)), out_of_date: too_early || too_late, needs_review, article }
    }

    /// Stores an article as it was written; the bot uses it from the next message on.
    pub async fn save_article(&self, input: &ArticleInput) -> Result<ArticleRow> {
        let (title, body) = (input.title.trim(), input.body.trim());
        if title.is_empty() || body.is_empty() {
            return Err(user("bad_input", "An article needs a title and a text", "Fill in both."));
        }
        if let (Some(from), Some(to)) = (input.valid_from, input.valid_to)
            && to < from
        {
            return Err(user("bad_input", "The article would end before it begins", "Change one of the two dates."));
        }
        let now = self.now();
        let mut article = Article {
            id: input.id.unwrap_or(ArticleId(0)),
            key: if input.key.trim().is_empty() { key_of(title) } else { input.key.trim().to_owned() },
            category: input.category,
            title: title.to_owned(),
            body: body.to_owned(),
            language: input.language.clone(),
            country: input.country.clone().map(|country| country.to_uppercase()).filter(|country| !country.is_empty()),
            inbox_ids: self.known_stores(&input.inbox_ids).await?,
            valid_from: input.valid_from,
            valid_to: input.valid_to,
            review_at: input.review_at,
            source: self.member.name.clone(),
            state: input.state,
            version: 1,
            updated_at: now,
        };
        let mut tx = self.store.begin_at(now).await?;
        match input.id {
            Some(id) => {
                article.source = tx.article(id).await?.source;
                tx.update_article(&article).await?;
            }
            None => article.id = tx.put_article(&article).await?.0,
        }
        tx.changed(ChangeKind::Knowledge, article.id.get());
        tx.commit().await?;
        self.knowledge_changed().await;
        let stored = self.store.article(article.id).await?;
        Ok(self.article_row(stored, &BTreeMap::new()))
    }

    /// The stores of an article, each once; one that does not exist is an error, since the article would be used nowhere.
    async fn known_stores(&self, wanted: &[InboxId]) -> Result<Vec<InboxId>> {
        let wanted: BTreeSet<InboxId> = wanted.iter().copied().collect();
        let known: BTreeSet<InboxId> = self.store.inboxes().await?.into_iter().map(|stored| stored.inbox.id).collect();
        anyhow::ensure!(wanted.is_subset(&known), StoreError::NotFound);
        Ok(wanted.into_iter().collect())
    }

    /// Deletes an article; one that was cited is archived instead, so that "why?" can still show it.
    pub async fn delete_article(&self, id: ArticleId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        if !tx.delete_article(id).await? {
            tx.set_article_state(id, mercator_domain::article::ArticleState::Archived).await?;
        }
        tx.changed(ChangeKind::Knowledge, id.get());
        tx.commit().await?;
        self.knowledge_changed().await;
        Ok(())
    }

    /// The passages that fit a question best, with their scores: what the bot would rest on.
    pub async fn search_knowledge(&self, question: &str, language: &Language, limit: usize) -> Result<Vec<Passage>> {
        let index = self.knowledge_index().await?;
        let bot = self.brain().await?.bot.clone();
        let (question, language, now) = (question.to_owned(), language.clone(), self.now());
        let work = move || {
            let vector = bot.encoder().map(|encoder| encoder.vector(&question));
            let scores = bot.models().scores(&question, &language, vector.as_deref());
            let intents = scores.map(|(_, scores)| scores.probabilities).unwrap_or_default();
            let query = Query {
                text: &question,
                vector: vector.as_deref(),
                words: bot.words(),
                intents: &intents,
                language: &language,
                country: None,
                inbox: None,
                now,
                limit,
            };
            index.search(&query)
        };
        tokio::task::spawn_blocking(work).await.context("The search was cut off")
    }

    /// The index is built anew at its next use.
    pub(crate) async fn knowledge_changed(&self) {
        self.regression_is_due();
        *self.knowledge.write().await = None;
        self.tell(AppEvent::KnowledgeChanged);
    }

    pub(crate) async fn knowledge_index(&self) -> Result<Arc<KnowledgeIndex>> {
        if let Some(index) = self.knowledge.read().await.as_ref() {
            return Ok(Arc::clone(index));
        }
        // Held while it is built: a change meanwhile waits, and then makes the index void instead of being overwritten by it.
        let mut slot = self.knowledge.write().await;
        if let Some(index) = slot.as_ref() {
            return Ok(Arc::clone(index));
        }
        let articles = self.store.approved_articles().await?.into_iter().map(indexed).collect();
        let bot = self.brain().await?.bot.clone();
        let index = Arc::new(match bot.encoder().cloned() {
            Some(encoder) => self.index_with_meanings(articles, bot, encoder).await?,
            None => tokio::task::spawn_blocking(move || KnowledgeIndex::build(articles)).await?,
        });
        *slot = Some(Arc::clone(&index));
        Ok(index)
    }

    /// The index with the vectors of all texts: those that are kept, and new ones, which are kept from now on. A text of some lines takes
    /// a millisecond or two, so only the first look at thousands of new articles is long.
    async fn index_with_meanings(&self, articles: Vec<IndexedArticle>, bot: Bot, encoder: Encoder) -> Result<KnowledgeIndex> {
        let made_by = encoder.fingerprint();
        let kept = self.store.text_vectors(&made_by).await?;
        let work = move || {
            let (vectors, changes) = meanings(&articles, kept, &encoder);
            (KnowledgeIndex::with_meanings(articles, &vectors, bot.models()), changes)
        };
        let (index, changes) = tokio::task::spawn_blocking(work).await.context("Reading the articles was cut off")?;
        if !changes.new.is_empty() || !changes.gone.is_empty() {
            let mut tx = self.store.begin_at(self.now()).await?;
            tx.keep_text_vectors(&made_by, &changes.new).await?;
            tx.drop_text_vectors(&made_by, &changes.gone).await?;
            tx.commit().await?;
        }
        Ok(index)
    }
}

/// What is to be kept from now on, and no longer.
struct VectorChanges {
    new: Vec<Kept>,
    gone: Vec<String>,
}

/// The vectors of all texts of the articles by text, made where none is kept, or a damaged one.
fn meanings(articles: &[IndexedArticle], kept: Vec<Kept>, encoder: &Encoder) -> (HashMap<String, Packed>, VectorChanges) {
    let mut known: HashMap<String, Option<Packed>> = kept.into_iter().map(|(hash, bytes)| (hash, Packed::from_bytes(&bytes))).collect();
    let texts: HashMap<String, String> = articles.iter().flat_map(meaning::texts).map(|text| (sha256(&text), text)).collect();
    let mut vectors = HashMap::with_capacity(texts.len());
    let mut missing = vec![];
    for (hash, text) in texts {
        match known.remove(&hash).flatten() {
            Some(vector) => drop(vectors.insert(text, vector)),
            None => missing.push((hash, text)),
        }
    }
    let mut new = Vec::with_capacity(missing.len());
    // Packed portion by portion: unpacked, the texts of a large knowledge base would take gigabytes.
    for portion in missing.chunks(PORTION) {
        let texts: Vec<&str> = portion.iter().map(|(_, text)| text.as_str()).collect();
        for ((hash, text), vector) in portion.iter().zip(encoder.vectors(&texts)) {
            if let Some(vector) = Packed::of(&vector) {
                new.push((hash.clone(), vector.to_bytes()));
                vectors.insert(text.clone(), vector);
            }
        }
    }
    // What is left of the kept ones belongs to no article any more.
    (vectors, VectorChanges { new, gone: known.into_keys().collect() })
}

fn indexed(article: Article) -> IndexedArticle {
    IndexedArticle {
        passages: article.passages().map(str::to_owned).collect(),
        valid_to: article.ends(),
        id: article.id,
        key: article.key,
        title: article.title,
        language: article.language,
        country: article.country,
        inboxes: article.inbox_ids,
        valid_from: article.valid_from,
    }
}

/// A key from a title: lower-case letters and digits of any script, joined by hyphens.
pub(crate) fn key_of(title: &str) -> String {
    let lower = title.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_keep_every_script() {
        assert_eq!(super::key_of("How long does shipping take?"), "how-long-does-shipping-take");
        assert_eq!(super::key_of("退货 政策"), "退货-政策");
    }
}
