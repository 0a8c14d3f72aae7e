//! The questions that the bot could not answer, in groups that ask the same, the largest first.

use std::collections::HashMap;

use anyhow::{Context, Result};
use mercator_domain::{ids::MessageId, learning::Gap, moment::DAY_MS};
use mercator_pipeline::{clean, entities::OwnNumbers, fold::fold, impersonal::without_persons, personal::Persons, tokens};
use mercator_store::learning::Unanswered;

use super::{SAME_QUESTION, cosine};
use crate::App;

/// How far back is looked.
const DAYS: i64 = 90;
/// Questions that are looked at, the newest first: a sentence vector takes a millisecond or two each.
const MOST: i64 = 400;
/// A message of fewer words asks nothing that an article could answer.
const FEWEST_WORDS: usize = 3;
/// Groups that are looked at whether an article answers them by now, the largest first: a search takes some milliseconds.
const SHOWN: usize = 100;
/// Questions that are shown in one line are cut here; letters.
const CHARS: usize = 300;

/// A question with what it is compared by.
struct Asked {
    message: Unanswered,
    text: String,
    vector: Option<Vec<f32>>,
    folded: String,
}

/// A question alike the first one of a group.
struct Group {
    members: Vec<Asked>,
}

impl App {
    /// The groups, without those that an article answers by now.
    pub async fn gaps(&self) -> Result<Vec<Gap>> {
        let since = self.now().plus_ms(-DAYS * DAY_MS);
        let unanswered = self.store.unanswered(since, MOST).await?;
        let own = self.own_numbers().await;
        let encoder = self.brain().await?.bot.encoder().cloned();
        let known = std::mem::take(&mut *self.gap_vectors.lock().await);
        let work = move || {
            let mut kept: HashMap<MessageId, Vec<f32>> = HashMap::new();
            let asked = unanswered.into_iter().map(|message| {
                let text = bare(&message, &own);
                let vector =
                    encoder.as_ref().map(|encoder| known.get(&message.message_id).cloned().unwrap_or_else(|| encoder.vector(&text)));
                kept.extend(vector.clone().map(|vector| (message.message_id, vector)));
                Asked { folded: fold(&text), text, vector, message }
            });
            let groups = grouped(asked.filter(|asked| tokens::words(&asked.folded).len() >= FEWEST_WORDS).collect());
            (groups, kept)
        };
        let (groups, kept) = tokio::task::spawn_blocking(work).await.context("Grouping the questions was cut off")?;
        *self.gap_vectors.lock().await = kept;
        let mut groups = groups;
        groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
        let mut gaps = vec![];
        for group in groups.iter().take(SHOWN) {
            if !self.is_answered_now(group).await? {
                gaps.extend(gap(group));
            }
        }
        gaps.sort_by(|a, b| b.count.cmp(&a.count).then(b.last_at.cmp(&a.last_at)));
        Ok(gaps)
    }

    async fn is_answered_now(&self, group: &Group) -> Result<bool> {
        let Some(first) = group.members.first() else { return Ok(true) };
        let language = first.message.language.clone().unwrap_or_else(mercator_domain::language::Language::english);
        let threshold = self.settings.read().await.answer_threshold;
        let found = self.search_knowledge(&first.text, &language, 1).await?;
        Ok(found.first().is_some_and(|passage| passage.score >= threshold))
    }
}

/// The words of the message, without what is personal as far as its form tells; the customer's name stands in the signature, which is
/// no part of the words.
fn bare(message: &Unanswered, own: &OwnNumbers) -> String {
    let visible = clean::part(&message.text).cleaned.visible;
    let text = if visible.trim().is_empty() { message.subject.clone() } else { visible };
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    without_persons(&one_line, &Persons::default(), own).chars().take(CHARS).collect()
}

/// Each question goes to the first group whose first question it is like; the newest come first.
fn grouped(asked: Vec<Asked>) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![];
    for one in asked {
        let like = |group: &&mut Group| group.members.first().is_some_and(|first| alike(first, &one));
        match groups.iter_mut().find(like) {
            Some(group) => group.members.push(one),
            None => groups.push(Group { members: vec![one] }),
        }
    }
    groups
}

fn alike(a: &Asked, b: &Asked) -> bool {
    match (&a.vector, &b.vector) {
        (Some(x), Some(y)) => cosine(x, y) >= SAME_QUESTION || a.folded == b.folded,
        _ => a.folded == b.folded,
    }
}

fn gap(group: &Group) -> Option<Gap> {
    let middle = most_central(group)?;
    let mut conversations: Vec<_> = group.members.iter().map(|asked| asked.message.conversation_id).collect();
    conversations.dedup();
    Some(Gap {
        question: middle.text.clone(),
        language: middle.message.language.clone(),
        count: i32::try_from(group.members.len()).unwrap_or(i32::MAX),
        conversations,
        last_at: group.members.iter().map(|asked| asked.message.at).max()?,
    })
}

/// The question that is most like all others of its group.
fn most_central(group: &Group) -> Option<&Asked> {
    let near = |one: &Asked| {
        let others = group.members.iter().filter_map(|other| Some(cosine(one.vector.as_ref()?, other.vector.as_ref()?)));
        others.sum::<f32>()
    };
    group.members.iter().max_by(|a, b| near(a).total_cmp(&near(b)))
}
