//! Articles of the knowledge base, from tables, from Markdown and from saved web pages.
//!
//! A merchant who imports a file has read it: its articles count as approved and the bot uses them at once. One that is known and
//! has the same text stays in the state that a person gave it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use mercator_domain::{
    article::{Article, ArticleCategory, ArticleState},
    ids::{ArticleId, InboxId},
    language::Language,
    moment::Moment,
};
use mercator_pipeline::language::{Prior, detect};
use mercator_store::{Put, articles::ArticleFilter};

use super::{
    columns::{Read, Row},
    customers,
    run::{Batches, Keys, Run},
};
use crate::knowledge::key_of;

/// What makes an article the same: key, language, country.
type Key = (String, Language, Option<String>);

fn key(article: &Article) -> Key {
    (article.key.clone(), article.language.clone(), article.country.clone())
}

fn read(row: Row<'_>, stores: &BTreeMap<String, InboxId>, warn: &mut dyn FnMut(String)) -> Read<Article> {
    let title = row.required("title")?.to_owned();
    let body = row.required("body")?.replace("\r\n", "\n").replace('\r', "\n");
    let key = row.maybe("key").map_or_else(|| key_of(&title), str::to_owned);
    let category = row.maybe("category").map_or(ArticleCategory::Faq, |text| {
        category(text).unwrap_or_else(|| {
            warn(format!("The category '{text}' is not known; faq was taken"));
            ArticleCategory::Faq
        })
    });
    let (valid_from, valid_to) = (row.moment("valid_from")?, row.until("valid_to")?);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to < from
    {
        return Err("valid_to is before valid_from".to_owned());
    }
    Ok(Article {
        id: ArticleId(0),
        key: if key.is_empty() { title.clone() } else { key },
        category,
        language: customers::language(row)?.unwrap_or_else(|| language_of(&title, &body)),
        title,
        body,
        country: customers::country(row, warn),
        inbox_ids: stores_of(row, stores)?,
        valid_from,
        valid_to,
        review_at: row.until("review_at")?,
        source: row.text("source").to_owned(),
        state: ArticleState::Approved,
        version: 1,
        updated_at: Moment(0),
    })
}

/// The stores that a row names. One that is not known is an error: without it the article would be used everywhere.
fn stores_of(row: Row<'_>, stores: &BTreeMap<String, InboxId>) -> Read<Vec<InboxId>> {
    let named = row.list("stores");
    let found =
        named.iter().map(|name| stores.get(&name.to_lowercase()).copied().ok_or_else(|| format!("stores: there is no store '{name}'")));
    let found: BTreeSet<InboxId> = found.collect::<Read<_>>()?;
    Ok(found.into_iter().collect())
}

/// The language that the text itself shows.
fn language_of(title: &str, body: &str) -> Language {
    let english = Language::english();
    detect(&format!("{title}\n{body}"), &Prior::store(&english)).0.code
}

/// A category in our words, and in those that merchants use.
fn category(text: &str) -> Option<ArticleCategory> {
    let word = text.trim().to_lowercase().replace(['-', ' '], "_");
    if let Ok(known) = word.parse() {
        return Some(known);
    }
    Some(match word.as_str() {
        "products" => ArticleCategory::Product,
        "general" | "question" | "questions" => ArticleCategory::Faq,
        "aftersales" | "returns" | "return" | "refunds" | "warranty" => ArticleCategory::AfterSales,
        "shipping" | "delivery" => ArticleCategory::Logistics,
        "customs" | "duty" | "tax" | "taxes" | "vat" | "tariffs" => ArticleCategory::Tariff,
        "payments" | "paying" => ArticleCategory::Payment,
        _ => return None,
    })
}

/// Takes in a file of articles; gives whether any changed.
pub(super) async fn import(run: &mut Run<'_>) -> Result<()> {
    let mut known: BTreeMap<Key, Article> =
        run.store.articles(&ArticleFilter::default()).await?.into_iter().map(|article| (key(&article), article)).collect();
    let stores = run.stores().await?;
    let names_stores = run.sheet.has("stores");
    let mut keys = Keys::default();
    let mut articles = vec![];
    for (line, mut article) in run.read_rows(|row, warn| read(row, &stores, warn)) {
        match keys.see(&key(&article), &article) {
            Ok(true) => {
                let before = known.remove(&key(&article));
                if let Some(before) = before.as_ref().filter(|_| !names_stores) {
                    article.inbox_ids.clone_from(&before.inbox_ids);
                }
                if article.source.is_empty() {
                    // Named by its first file, so that the same list under another name changes nothing.
                    article.source = before.as_ref().map_or_else(|| run.name.to_owned(), |b| b.source.clone());
                }
                if let Some(before) = before
                    && same_text(&before, &article)
                {
                    article.state = before.state;
                }
                articles.push(article);
            }
            Ok(false) => run.tally.count(1, Put::Unchanged),
            Err(why) => run.tally.reject(line, format!("the article '{}' {why}", article.key)),
        }
    }
    for batch in articles.batches() {
        let mut tx = run.begin().await?;
        for article in batch {
            let (_, put) = tx.put_article(article).await?;
            run.tally.count(1, put);
        }
        run.end(tx).await?;
    }
    Ok(())
}

fn same_text(stored: &Article, given: &Article) -> bool {
    *stored == Article { id: stored.id, version: stored.version, updated_at: stored.updated_at, state: stored.state, ..given.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_read_in_the_words_of_merchants() {
        let check = |text: &str, expect| assert_eq!(category(text), expect, "{text}");
        check("After Sales", Some(ArticleCategory::AfterSales));
        check("tariff", Some(ArticleCategory::Tariff));
        check("Shipping", Some(ArticleCategory::Logistics));
        check("poems", None);
    }

    #[test]
    fn a_language_that_is_not_named_is_that_of_the_text() {
        assert_eq!(language_of("Rückgabe", "Sie können den Artikel innerhalb von 30 Tagen zurückschicken.").code(), "de");
        assert_eq!(language_of("退货", "您可以在三十天内退货。").code(), "zh");
    }
}
