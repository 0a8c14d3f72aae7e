//! Articles of the knowledge base.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ArticleId, InboxId},
    language::Language,
    moment::Moment,
    words,
};

words! {
    /// The six categories.
    ArticleCategory {
        /// About one product or a group.
        Product => "product",
        /// General questions.
        Faq => "faq",
        /// Returns, repairs, warranty.
        AfterSales => "after_sales",
        /// Shipping and parcels.
        Logistics => "logistics",
        /// Duty, tax, customs.
        Tariff => "tariff",
        /// Paying and its safety.
        Payment => "payment",
    }
}

words! {
    /// Whether the bot may use an article.
    ArticleState {
        /// Written, not yet approved: never used by the bot.
        Draft => "draft",
        /// Approved by a person.
        Approved => "approved",
        /// Out of use.
        Archived => "archived",
    }
}

/// An article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Article {
    /// The row.
    pub id: ArticleId,
    /// The same text in several languages shares a key; unique together with the language.
    pub key: String,
    /// Its category.
    pub category: ArticleCategory,
    /// A question or a heading.
    pub title: String,
    /// Plain text; paragraphs are parted by empty lines and are the passages that an answer cites.
    pub body: String,
    /// Its language.
    pub language: Language,
    /// Only for this country, ISO 3166-1 alpha-2; `None` for all.
    pub country: Option<String>,
    /// Only in these stores; empty for all.
    #[serde(default)]
    pub inbox_ids: Vec<InboxId>,
    /// Not before.
    pub valid_from: Option<Moment>,
    /// Not after.
    pub valid_to: Option<Moment>,
    /// By when it must be looked at again: after that it is not used until a person has.
    #[serde(default)]
    pub review_at: Option<Moment>,
    /// Where it came from: a file, a page, a person.
    pub source: String,
    /// Whether the bot may use it.
    pub state: ArticleState,
    /// Raised by each edit.
    pub version: i32,
    /// Last change.
    pub updated_at: Moment,
}

impl Article {
    /// The last moment at which it may be used: it ends, or must be looked at again.
    pub fn ends(&self) -> Option<Moment> {
        [self.valid_to, self.review_at].into_iter().flatten().min()
    }

    /// The passages of the body: its paragraphs, trimmed, empty ones left out.
    pub fn passages(&self) -> impl Iterator<Item = &str> {
        self.body.split("\n\n").map(str::trim).filter(|p| !p.is_empty())
    }
}

/// A passage that an answer rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Passage {
    /// Of which article.
    pub article_id: ArticleId,
    /// Its title.
    pub title: String,
    /// Which paragraph, from 0.
    pub index: u32,
    /// The paragraph.
    pub text: String,
    /// The article's language.
    pub language: Language,
    /// How well it fits the question, 0 to 1.
    pub score: f32,
}
/// What an article said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ArticleVersion {
    /// The version that was replaced.
    pub version: i32,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub at: Moment,
}
