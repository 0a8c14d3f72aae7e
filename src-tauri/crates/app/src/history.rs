//! What articles said before, and what each change has changed, word by word.

use anyhow::Result;
use mercator_domain::{article::ArticleVersion, ids::ArticleId, moment::Moment, words};
use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

use crate::App;

words! {
    /// What became of a part of a text.
    DiffKind {
        /// It stayed.
        Same => "same",
        /// It came in.
        Added => "added",
        /// It went.
        Removed => "removed",
    }
}

/// A part of a text beside its earlier version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct DiffPart {
    /// What became of it.
    pub kind: DiffKind,
    /// Its words.
    pub text: String,
}

/// One change of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct ArticleChange {
    /// What it said before.
    pub before: ArticleVersion,
    /// When it was changed.
    pub changed_at: Moment,
    /// The title, beside what came after it.
    pub title: Vec<DiffPart>,
    /// The text, beside what came after it.
    pub body: Vec<DiffPart>,
}

impl App {
    /// Every change of an article, the newest first.
    pub async fn article_history(&self, id: ArticleId) -> Result<Vec<ArticleChange>> {
        let now = self.store.article(id).await?;
        let mut after = ArticleVersion { version: now.version, title: now.title, body: now.body, at: now.updated_at };
        let mut changes = Vec::new();
        for before in self.store.article_versions(id).await? {
            let (title, body) = (diff(&before.title, &after.title), diff(&before.body, &after.body));
            changes.push(ArticleChange { changed_at: after.at, title, body, before: before.clone() });
            after = before;
        }
        Ok(changes)
    }
}

/// Word by word; parts of one kind that stand beside each other are one.
fn diff(before: &str, after: &str) -> Vec<DiffPart> {
    let mut parts: Vec<DiffPart> = Vec::new();
    for change in TextDiff::from_unicode_words(before, after).iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => DiffKind::Same,
            ChangeTag::Insert => DiffKind::Added,
            ChangeTag::Delete => DiffKind::Removed,
        };
        match parts.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            _ => parts.push(DiffPart { kind, text: change.value().to_owned() }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{
        DiffKind::{Added, Removed, Same},
        *,
    };

    #[test]
    fn d1_a_change_is_shown_word_by_word() {
        let check = |before: &str, after: &str, expect: &[(DiffKind, &str)]| {
            let parts = diff(before, after);
            assert_eq!(parts.iter().map(|p| (p.kind, p.text.as_str())).collect::<Vec<_>>(), expect, "{before} / {after}");
            let kept = |skip: DiffKind| parts.iter().filter(|p| p.kind != skip).map(|p| p.text.as_str()).collect::<String>();
            assert_eq!((kept(Added).as_str(), kept(Removed).as_str()), (before, after));
        };
        check("Thirty days.", "Forty days.", &[(Removed, "Thirty"), (Added, "Forty"), (Same, " days.")]);
        check("Same.", "Same.", &[(Same, "Same.")]);
        check("", "New", &[(Added, "New")]);
        check("三十天内可以退货。", "四十天内可以退货。", &[(Removed, "三"), (Added, "四"), (Same, "十天内可以退货。")]);
    }
}
