//! What a person searches for, as conditions on conversations.
//!
//! The language of the search field is read in `mercator-app`; here each of its operators is one condition. Words go through
//! `segment.rs` into the full-text index.

use mercator_domain::{
    channel::ChannelKind, conversation::Status, emotion::EmotionLevel, intent::Intent, language::Language, moment::Moment,
};

use crate::{
    Engine, dialect, segment,
    statement::{Statement, anywhere},
};

/// A search. Everything that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// Words that one message must have, all of them.
    pub words: String,
    /// The channel.
    pub channel: Option<ChannelKind>,
    /// The state.
    pub status: Option<Status>,
    /// Not in this state.
    pub not_status: Option<Status>,
    /// A label's name.
    pub label: Option<String>,
    /// Without this label.
    pub not_label: Option<String>,
    /// The language of the conversation, or else of the customer.
    pub language: Option<Language>,
    /// The customer's country.
    pub country: Option<String>,
    /// The intent of the last customer message.
    pub intent: Option<Intent>,
    /// The emotion of the last customer message.
    pub emotion: Option<EmotionLevel>,
    /// Part of the store's name.
    pub store: Option<String>,
    /// The number of the linked order, with or without hyphens and blanks.
    pub order: Option<String>,
    /// With a file.
    pub has_attachment: bool,
    /// Assigned to nobody.
    pub unassigned: bool,
    /// With an answer of the bot.
    pub from_bot: bool,
    /// Begun at or after.
    pub created_after: Option<Moment>,
    /// Begun before.
    pub created_before: Option<Moment>,
    /// With a message at or after.
    pub updated_after: Option<Moment>,
    /// Without a message since.
    pub updated_before: Option<Moment>,
}

/// How many of the newest messages with the words are looked at, step by step until a page is full: a word that is in very many messages
/// would otherwise cost more with each message that is stored, for a page that the newest of them fill.
const ONLY_WORDS: &[Option<i64>] = &[Some(2_000), Some(10_000)];
/// With more conditions the match that is left may be an old one, so in the end all are looked at.
const WORDS_AND_MORE: &[Option<i64>] = &[Some(2_000), Some(50_000), None];

impl SearchFilter {
    /// True when there is a word to look for.
    pub(crate) fn has_words(&self) -> bool {
        !self.words.trim().is_empty()
    }

    /// To how many of the newest messages with the words a search is bounded, one try after the other.
    pub(crate) fn steps(&self) -> &'static [Option<i64>] {
        let only_words = Self { words: String::new(), ..self.clone() } == Self::default();
        match self.has_words() {
            false => &[None],
            true if only_words => ONLY_WORDS,
            true => WORDS_AND_MORE,
        }
    }

    /// How many messages have the words, counted to `most` only; `None` when nothing is looked for.
    pub(crate) fn matches(&self, engine: Engine, most: i64) -> Option<Statement> {
        let (before, after) = dialect::matching_messages(engine, true);
        let query = segment::query(engine, &self.words)?;
        Some(Statement::new("select count(*) as n from ").push(before).bind(query).push(after).bind(most).push(") as found"))
    }

    /// Adds the conditions; the statement's conversations are called `c`. `newest`: see [`SearchFilter::steps`].
    pub(crate) fn conditions(&self, engine: Engine, statement: Statement, newest: Option<i64>) -> Statement {
        let statement = self.of_words(engine, statement, newest);
        self.of_time(self.of_relations(self.of_row(statement)))
    }

    fn of_words(&self, engine: Engine, statement: Statement, newest: Option<i64>) -> Statement {
        if !self.has_words() {
            return statement;
        }
        // Words that are only signs (`!?`) match nothing, rather than everything.
        let Some(query) = segment::query(engine, &self.words) else { return statement.push(" and 1 = 0") };
        let (before, after) = dialect::matching_messages(engine, newest.is_some());
        let from = dialect::messages_of_a_search(engine);
        let statement = statement.push(" and c.id in (select m.conversation_id from ").push(from).push(" where m.id in ");
        let statement = statement.push(before).bind(query).push(after);
        statement.when(newest.is_some(), |s| s.bind(newest)).push("))")
    }

    fn of_row(&self, statement: Statement) -> Statement {
        let text = |value: Option<&'static str>| value.unwrap_or_default().to_owned();
        statement
            .when(self.status.is_some(), |s| s.push(" and c.status = ").bind(text(self.status.map(Status::as_str))))
            .when(self.not_status.is_some(), |s| {
                // As a list of the others, since an index finds what is equal and not what differs.
                let others = Status::ALL.iter().filter(|status| Some(**status) != self.not_status);
                s.push(" and c.status in ").list(others.map(|status| status.as_str()))
            })
            .when(self.intent.is_some(), |s| s.push(" and c.intent = ").bind(text(self.intent.map(Intent::as_str))))
            .when(self.emotion.is_some(), |s| s.push(" and c.emotion = ").bind(text(self.emotion.map(EmotionLevel::as_str))))
            .when(self.unassigned, |s| s.push(" and c.assignee is null"))
            .when(self.order.is_some(), |s| {
                let key = self.order.clone().unwrap_or_default().replace(['-', ' ', '#'], "").to_uppercase();
                s.push(" and replace(replace(upper(c.order_number), '-', ''), ' ', '') = ").bind(key)
            })
    }

    fn of_relations(&self, statement: Statement) -> Statement {
        let lower = |value: &Option<String>| value.clone().unwrap_or_default().to_lowercase();
        statement
            .when(self.channel.is_some(), |s| {
                s.push(" and c.inbox_id in (select i.id from inboxes i where i.channel = ")
                    .bind(self.channel.map(ChannelKind::as_str).unwrap_or_default().to_owned())
                    .push(")")
            })
            .when(self.store.is_some(), |s| {
                s.push(" and c.inbox_id in (select i.id from inboxes i where lower(i.name) like ")
                    .bind(anywhere(self.store.as_deref().unwrap_or_default()))
                    .push(" escape '\\')")
            })
            .when(self.label.is_some(), |s| s.push(LABELLED).bind(lower(&self.label)).push(")"))
            .when(self.not_label.is_some(), |s| s.push(NOT_LABELLED).bind(lower(&self.not_label)).push(")"))
            .when(self.language.is_some(), |s| {
                let code = self.language.as_ref().map(Language::code).unwrap_or_default().to_owned();
                s.push(" and coalesce(c.language, (select p.language from contacts p where p.id = c.contact_id)) = ").bind(code)
            })
            .when(self.country.is_some(), |s| {
                s.push(" and exists (select 1 from contacts p where p.id = c.contact_id and p.country = ")
                    .bind(self.country.clone().unwrap_or_default().to_uppercase())
                    .push(")")
            })
            .when(self.has_attachment, |s| {
                s.push(" and exists (select 1 from messages m join attachments a on a.message_id = m.id where m.conversation_id = c.id)")
            })
            .when(self.from_bot, |s| s.push(" and exists (select 1 from messages m where m.conversation_id = c.id and m.author = 'bot')"))
    }

    fn of_time(&self, statement: Statement) -> Statement {
        let ms = |at: Option<Moment>| at.map_or(0, Moment::ms);
        statement
            .when(self.created_after.is_some(), |s| s.push(" and c.created_at >= ").bind(ms(self.created_after)))
            .when(self.created_before.is_some(), |s| s.push(" and c.created_at < ").bind(ms(self.created_before)))
            .when(self.updated_after.is_some(), |s| s.push(" and c.last_message_at >= ").bind(ms(self.updated_after)))
            .when(self.updated_before.is_some(), |s| s.push(" and c.last_message_at < ").bind(ms(self.updated_before)))
    }
}

const LABELLED: &str =
    " and c.id in (select cl.conversation_id from conversation_labels cl join labels l on l.id = cl.label_id where l.name = ";
const NOT_LABELLED: &str =
    " and c.id not in (select cl.conversation_id from conversation_labels cl join labels l on l.id = cl.label_id where l.name = ";

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
