//! Articles of the knowledge base: one row a key, language and country.
//!
//! Which passage answers a question is found by the pipeline's own index; this file gives it the approved articles and a
//! fingerprint that tells when they have changed. Citations are written with the turns and counted here.

use mercator_domain::{
    article::{Article, ArticleCategory, ArticleState, ArticleVersion},
    ids::ArticleId,
    language::Language,
    moment::Moment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
    put::Put,
    statement::Statement,
};

const COLUMNS: &str = "select id, key, category, title, body, language, country, inbox_ids, valid_from, valid_to, review_at, source, \
                       state, version, updated_at from articles";

/// Which articles to list; what is empty does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleFilter {
    /// Words that must all be in title, body or key.
    pub search: String,
    /// Only of this category.
    pub category: Option<ArticleCategory>,
    /// Only in this language.
    pub language: Option<Language>,
    /// Only in this state.
    pub state: Option<ArticleState>,
}

/// Changes whenever an article that the bot may use is added, changed or taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KnowledgeFingerprint {
    /// Approved articles.
    pub approved: i64,
    /// Sum of their versions.
    pub versions: i64,
    /// The newest change of any of them.
    pub newest: Moment,
}

fn article(row: &AnyRow) -> sqlx::Result<Article> {
    Ok(Article {
        id: row.id("id")?,
        key: row.text("key")?,
        category: row.word("category")?,
        title: row.text("title")?,
        body: row.text("body")?,
        language: row.language("language")?,
        country: row.maybe_text("country")?,
        inbox_ids: row.json("inbox_ids")?,
        valid_from: row.maybe_moment("valid_from")?,
        valid_to: row.maybe_moment("valid_to")?,
        review_at: row.maybe_moment("review_at")?,
        source: row.text("source")?,
        state: row.word("state")?,
        version: row.small("version")?,
        updated_at: row.moment("updated_at")?,
    })
}

fn version(row: &AnyRow) -> sqlx::Result<ArticleVersion> {
    Ok(ArticleVersion { version: row.small("version")?, title: row.text("title")?, body: row.text("body")?, at: row.moment("at")? })
}

async fn by_id(connection: &mut AnyConnection, id: ArticleId) -> Result<Article, StoreError> {
    let statement = Statement::new(COLUMNS).push(" where id = ").bind(id.get());
    Ok(article(&statement.row(connection).await?)?)
}

impl Store {
    /// One article.
    pub async fn article(&self, id: ArticleId) -> Result<Article, StoreError> {
        by_id(&mut *self.read().await?, id).await
    }

    /// Several articles by their rows; those that are gone are left out.
    pub async fn articles_by_id(&self, ids: &[ArticleId]) -> Result<Vec<Article>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where id in ").list(ids.iter().map(|id| id.get())).push(" order by id");
        Ok(each(&statement.rows(&mut *self.read().await?).await?, article)?)
    }

    /// The articles of a filter, last changed first.
    pub async fn articles(&self, filter: &ArticleFilter) -> Result<Vec<Article>, StoreError> {
        let mut statement = Statement::new(COLUMNS).push(" where 1 = 1");
        for word in filter.search.split_whitespace() {
            statement = statement.push(" and ").holds(&["title", "body", "key"], word);
        }
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let rows = statement
            .when(filter.category.is_some(), |s| s.push(" and category = ").bind(word(filter.category.map(ArticleCategory::as_str))))
            .when(filter.language.is_some(), |s| s.push(" and language = ").bind(word(filter.language.as_ref().map(Language::code))))
            .when(filter.state.is_some(), |s| s.push(" and state = ").bind(word(filter.state.map(ArticleState::as_str))))
            .push(" order by updated_at desc, id desc")
            .rows(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, article)?)
    }

    /// What an article said before, the newest first; the version that is used is not among them.
    pub async fn article_versions(&self, id: ArticleId) -> Result<Vec<ArticleVersion>, StoreError> {
        let sql = "select version, title, body, at from article_versions where article_id = $1 order by version desc";
        let rows = sqlx::query(sql).bind(id.get()).fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, version)?)
    }

    /// Every approved article, for the index; whether one is valid at a time and in a country is asked per question.
    pub async fn approved_articles(&self) -> Result<Vec<Article>, StoreError> {
        let rows = Statement::new(COLUMNS).push(" where state = 'approved' order by id").rows(&mut *self.read().await?).await?;
        Ok(each(&rows, article)?)
    }

    /// What tells whether the index is still true.
    pub async fn knowledge_fingerprint(&self) -> Result<KnowledgeFingerprint, StoreError> {
        let row = sqlx::query(
            "select count(*) as approved, coalesce(cast(sum(version) as bigint), 0) as versions,
             coalesce(max(updated_at), 0) as newest from articles where state = 'approved'",
        )
        .fetch_one(&mut *self.read().await?)
        .await?;
        Ok(KnowledgeFingerprint { approved: row.number("approved")?, versions: row.number("versions")?, newest: row.moment("newest")? })
    }
}

impl Tx {
    /// One article, within the transaction.
    pub async fn article(&mut self, id: ArticleId) -> Result<Article, StoreError> {
        by_id(self.conn(), id).await
    }

    /// Takes in an article by key, language and country; `id`, `version` and `updated_at` are not read. A change raises the version.
    pub async fn put_article(&mut self, given: &Article) -> Result<(ArticleId, Put), StoreError> {
        let found = Statement::new(COLUMNS)
            .push(" where key = ")
            .bind(given.key.clone())
            .push(" and language = ")
            .bind(given.language.code().to_owned())
            .push(" and coalesce(country, '') = ")
            .bind(given.country.clone().unwrap_or_default())
            .kept()
            .rows(self.conn())
            .await?;
        match found.first().map(article).transpose()? {
            None => Ok((self.insert_article(given).await?, Put::Inserted)),
            Some(stored) if same_text(&stored, given) => Ok((stored.id, Put::Unchanged)),
            Some(stored) => {
                self.update_article(&Article { id: stored.id, version: stored.version, ..given.clone() }).await?;
                Ok((stored.id, Put::Changed))
            }
        }
    }

    async fn insert_article(&mut self, given: &Article) -> Result<ArticleId, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "insert into articles (key, category, title, body, language, country, valid_from, valid_to, source, state, version,
             updated_at, review_at, inbox_ids) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13) returning id",
        )
        .bind(given.key.as_str())
        .bind(given.category.as_str())
        .bind(given.title.as_str())
        .bind(given.body.as_str())
        .bind(given.language.code())
        .bind(given.country.as_deref())
        .bind(given.valid_from.map(Moment::ms))
        .bind(given.valid_to.map(Moment::ms))
        .bind(given.source.as_str())
        .bind(given.state.as_str())
        .bind(now.ms())
        .bind(given.review_at.map(Moment::ms))
        .bind(json_text(&given.inbox_ids)?)
        .fetch_one(self.conn())
        .await?;
        let id: ArticleId = row.id("id")?;
        self.changed(ChangeKind::Knowledge, id.get());
        Ok(id)
    }

    /// Changes an article as it was read: [`StoreError::Conflict`] when its version is no longer the one that was read.
    /// Gives the new version. What title and text were before is kept.
    pub async fn update_article(&mut self, given: &Article) -> Result<i32, StoreError> {
        let now = self.now();
        sqlx::query(
            "insert into article_versions (article_id, version, title, body, at)
             select id, version, title, body, updated_at from articles
             where id = $1 and version = $2 and (title <> $3 or body <> $4)",
        )
        .bind(given.id.get())
        .bind(given.version)
        .bind(given.title.as_str())
        .bind(given.body.as_str())
        .execute(self.conn())
        .await?;
        let row = sqlx::query(
            "update articles set key = $3, category = $4, title = $5, body = $6, language = $7, country = $8, valid_from = $9,
             valid_to = $10, source = $11, state = $12, version = version + 1, updated_at = $13, review_at = $14, inbox_ids = $15
             where id = $1 and version = $2 returning version",
        )
        .bind(given.id.get())
        .bind(given.version)
        .bind(given.key.as_str())
        .bind(given.category.as_str())
        .bind(given.title.as_str())
        .bind(given.body.as_str())
        .bind(given.language.code())
        .bind(given.country.as_deref())
        .bind(given.valid_from.map(Moment::ms))
        .bind(given.valid_to.map(Moment::ms))
        .bind(given.source.as_str())
        .bind(given.state.as_str())
        .bind(now.ms())
        .bind(given.review_at.map(Moment::ms))
        .bind(json_text(&given.inbox_ids)?)
        .fetch_optional(self.conn())
        .await?;
        match row {
            Some(row) => {
                self.changed(ChangeKind::Knowledge, given.id.get());
                Ok(row.small("version")?)
            }
            None => {
                by_id(self.conn(), given.id).await?;
                Err(StoreError::Conflict)
            }
        }
    }

    /// Approves, archives or takes back; gives whether the state differed.
    pub async fn set_article_state(&mut self, id: ArticleId, state: ArticleState) -> Result<bool, StoreError> {
        let now = self.now();
        let done = sqlx::query("update articles set state = $2, version = version + 1, updated_at = $3 where id = $1 and state <> $2")
            .bind(id.get())
            .bind(state.as_str())
            .bind(now.ms())
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Knowledge, id.get());
        Ok(done.rows_affected() > 0)
    }

    /// Removes an article with the marks of who cited it (the turns keep the words); gives whether it was there.
    pub async fn delete_article(&mut self, id: ArticleId) -> Result<bool, StoreError> {
        sqlx::query("delete from citations where article_id = $1").bind(id.get()).execute(self.conn()).await?;
        sqlx::query("delete from article_versions where article_id = $1").bind(id.get()).execute(self.conn()).await?;
        let done = sqlx::query("delete from articles where id = $1").bind(id.get()).execute(self.conn()).await?;
        self.changed(ChangeKind::Knowledge, id.get());
        Ok(done.rows_affected() > 0)
    }
}

fn same_text(stored: &Article, given: &Article) -> bool {
    *stored == Article { id: stored.id, version: stored.version, updated_at: stored.updated_at, ..given.clone() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use mercator_domain::ids::InboxId;

    use super::*;
    use crate::{both_engines, people};

    fn returns(language: &str, country: Option<&str>, body: &str) -> Article {
        Article {
            id: ArticleId(0),
            key: "returns".into(),
            category: ArticleCategory::AfterSales,
            title: "How to return".into(),
            body: body.into(),
            language: Language::parse(language).unwrap(),
            country: country.map(Into::into),
            inbox_ids: vec![InboxId(3)],
            valid_from: None,
            valid_to: Some(Moment(90)),
            review_at: Some(Moment(95)),
            source: "shop.csv".into(),
            state: ArticleState::Approved,
            version: 1,
            updated_at: Moment(0),
        }
    }

    both_engines!(d1_articles_are_told_apart_by_key_language_and_country, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (german, put) = tx.put_article(&returns("de", None, "Dreißig Tage.")).await.unwrap();
        assert_eq!(put, Put::Inserted);
        let (swiss, put) = tx.put_article(&returns("de", Some("CH"), "Zehn Tage.")).await.unwrap();
        assert_eq!(put, Put::Inserted);
        assert_ne!(german, swiss);
        assert_eq!(tx.put_article(&returns("de", None, "Dreißig Tage.")).await.unwrap(), (german, Put::Unchanged));
        assert_eq!(tx.put_article(&returns("de", None, "Vierzig Tage.")).await.unwrap(), (german, Put::Changed));
        tx.commit().await.unwrap();
        let expect = Article { id: german, version: 2, updated_at: Moment(5), ..returns("de", None, "Vierzig Tage.") };
        assert_eq!(store.article(german).await.unwrap(), expect);
        assert_eq!(store.articles_by_id(&[swiss, ArticleId(99)]).await.unwrap().len(), 1);
    });

    both_engines!(an_edit_of_an_older_version_is_refused, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (id, _) = tx.put_article(&returns("en", None, "Thirty days.")).await.unwrap();
        let mut read = tx.article(id).await.unwrap();
        read.title = "Returns".into();
        assert_eq!(tx.update_article(&read).await.unwrap(), 2);
        assert!(matches!(tx.update_article(&read).await, Err(StoreError::Conflict)));
        read.id = ArticleId(999);
        assert!(matches!(tx.update_article(&read).await, Err(StoreError::NotFound)));
        tx.rollback().await.unwrap();
    });

    both_engines!(d1_what_an_article_said_before_is_kept, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (id, _) = tx.put_article(&returns("en", None, "Thirty days.")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin_at(Moment(9)).await.unwrap();
        tx.put_article(&returns("en", None, "Forty days.")).await.unwrap();
        let read = tx.article(id).await.unwrap();
        tx.update_article(&Article { country: Some("CH".into()), ..read }).await.unwrap();
        let read = tx.article(id).await.unwrap();
        tx.update_article(&Article { title: "Returns".into(), ..read }).await.unwrap();
        tx.commit().await.unwrap();
        let version = |version, title: &str, body: &str, at| ArticleVersion { version, title: title.into(), body: body.into(), at };
        let expect = [version(3, "How to return", "Forty days.", Moment(9)), version(1, "How to return", "Thirty days.", Moment(5))];
        assert_eq!(store.article_versions(id).await.unwrap(), expect);
        let mut tx = store.begin_at(Moment(9)).await.unwrap();
        assert!(tx.delete_article(id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.article_versions(id).await.unwrap(), []);
    });

    both_engines!(articles_are_found_by_words_and_facets, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (english, _) = tx.put_article(&returns("en", None, "You have thirty days. 100% back. Échange.")).await.unwrap();
        let (chinese, _) = tx.put_article(&returns("zh", None, "三十天内可以退货。")).await.unwrap();
        tx.set_article_state(chinese, ArticleState::Archived).await.unwrap();
        tx.commit().await.unwrap();
        let find = async |filter: ArticleFilter| store.articles(&filter).await.unwrap().into_iter().map(|a| a.id).collect::<Vec<_>>();
        let search = |text: &str| ArticleFilter { search: text.into(), ..ArticleFilter::default() };
        assert_eq!(find(ArticleFilter::default()).await, [chinese, english]);
        assert_eq!(find(search("days RETURN")).await, [english]);
        assert_eq!(find(search("退货")).await, [chinese]);
        assert_eq!(find(search("0%")).await, [english]);
        assert_eq!(find(search("éCHANGE")).await, [english]);
        assert_eq!(find(ArticleFilter { language: Language::parse("en"), ..ArticleFilter::default() }).await, [english]);
        assert_eq!(find(ArticleFilter { state: Some(ArticleState::Archived), ..ArticleFilter::default() }).await, [chinese]);
        assert_eq!(find(ArticleFilter { category: Some(ArticleCategory::Tariff), ..ArticleFilter::default() }).await, []);
        let approved: Vec<_> = store.approved_articles().await.unwrap().into_iter().map(|a| a.id).collect();
        assert_eq!(approved, [english]);
    });

    both_engines!(the_fingerprint_changes_with_every_change_of_what_the_bot_may_use, |store| async move {
        let mut prints = vec![store.knowledge_fingerprint().await.unwrap()];
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (id, _) = tx.put_article(&returns("en", None, "Thirty days.")).await.unwrap();
        tx.commit().await.unwrap();
        prints.push(store.knowledge_fingerprint().await.unwrap());
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        tx.put_article(&returns("en", None, "Forty days.")).await.unwrap();
        tx.commit().await.unwrap();
        prints.push(store.knowledge_fingerprint().await.unwrap());
        let mut tx = store.begin_at(Moment(6)).await.unwrap();
        assert!(tx.delete_article(id).await.unwrap());
        assert!(!tx.delete_article(id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.knowledge_fingerprint().await.unwrap(), prints[0]);
        assert!(prints[0] != prints[1] && prints[1] != prints[2]);
    });

    both_engines!(citations_are_counted_by_answer, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let (id, _) = tx.put_article(&returns("en", None, "One.\n\nTwo.")).await.unwrap();
        let conversation = people::one_conversation(&mut tx).await;
        for (message, passage, at) in [(1, 0, 10), (1, 1, 10), (2, 0, 20), (3, 0, 30)] {
            if passage == 0 {
                people::message(&mut tx, message, conversation).await;
            }
            sqlx::query("insert into citations (message_id, article_id, passage, at) values ($1, $2, $3, $4)")
                .bind(message)
                .bind(id.get())
                .bind(passage)
                .bind(at)
                .execute(tx.conn())
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.citation_counts(Moment(0)).await.unwrap(), BTreeMap::from([(id, 3)]));
        assert_eq!(store.citation_counts(Moment(20)).await.unwrap(), BTreeMap::from([(id, 2)]));
        assert!(store.citation_counts(Moment(31)).await.unwrap().is_empty());
    });
}
