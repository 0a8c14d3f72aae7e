//! Episodes: from a customer's first message (or reopening) to the resolve, with what became of them.
//!
//! Each change recomputes the one outcome of the episode (vocabulary.md, "Ours": handed off before confirmed before assumed
//! before open) and moves the episode from its old row of the daily roll-up to its new one in the same transaction. When an
//! episode begins, and whether a returning customer continues one, is decided by the caller; [`Episode::continues_at`] has the
//! rule. The numbers of dashboards are read in `episode_days.rs`.

use mercator_domain::{
    channel::ChannelKind,
    facts::EpisodeOutcome,
    ids::{ConversationId, EpisodeId, InboxId},
    intent::Intent,
    language::Language,
    message::Author,
    moment::Moment,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    Engine, Store, StoreError, Tx,
    columns::{Columns, each, flag},
    episode_days::{self, EpisodeGroup},
    statement::Statement,
};

const COLUMNS: &str = "select id, conversation_id, no, inbox_id, channel, language, country, intent, started_at, last_customer_at, \
                       bot_replies, first_bot_reply_at, last_bot_reply_at, human_replies, first_human_reply_at, handed_off_at, \
                       resolved_at, resolved_by, confirmed, involved, outcome from episodes";

/// An episode as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// The row.
    pub id: EpisodeId,
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// The how-manieth of the conversation, from 1.
    pub no: i32,
    /// Its inbox.
    pub inbox_id: InboxId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The customer's language, as last known.
    pub language: Option<Language>,
    /// The customer's country, as last known.
    pub country: Option<String>,
    /// The last intent.
    pub intent: Option<Intent>,
    /// The customer's first message.
    pub started_at: Moment,
    /// The customer's last message.
    pub last_customer_at: Moment,
    /// Answers of the bot; greetings and acknowledgements do not count.
    pub bot_replies: i32,
    /// The first of them.
    pub first_bot_reply_at: Option<Moment>,
    /// The last of them.
    pub last_bot_reply_at: Option<Moment>,
    /// Answers of people.
    pub human_replies: i32,
    /// The first of them.
    pub first_human_reply_at: Option<Moment>,
    /// When the bot gave it to a person, or a person took it from the bot by answering.
    pub handed_off_at: Option<Moment>,
    /// When it was marked as done.
    pub resolved_at: Option<Moment>,
    /// By whom.
    pub resolved_by: Option<Author>,
    /// True when the customer said that it is solved.
    pub confirmed: bool,
    /// True with at least one answer of the bot, or when the bot handed it over.
    pub involved: bool,
    /// What became of it.
    pub outcome: EpisodeOutcome,
}

impl Episode {
    /// True when a customer who writes at `at` continues this episode instead of beginning a new one: it is not marked as done,
    /// or the bot had solved it alone and the customer comes back within the time of the channel, so that it was not solved.
    pub fn continues_at(&self, at: Moment) -> bool {
        match self.resolved_at {
            None => self.outcome != EpisodeOutcome::ResolvedAssumed || self.returns_in_time(at),
            Some(_) => self.human_replies == 0 && self.handed_off_at.is_none() && self.returns_in_time(at),
        }
    }

    fn returns_in_time(&self, at: Moment) -> bool {
        self.last_bot_reply_at.is_some_and(|last| at.since(last) <= self.channel.assumed_after_ms())
    }

    /// The outcome that the facts give; only an assumed one is kept as it is, since time alone makes it.
    fn recomputed(&self) -> EpisodeOutcome {
        if self.handed_off_at.is_some() {
            EpisodeOutcome::HandedOff
        } else if self.confirmed {
            EpisodeOutcome::ResolvedConfirmed
        } else if self.outcome == EpisodeOutcome::ResolvedAssumed {
            EpisodeOutcome::ResolvedAssumed
        } else {
            EpisodeOutcome::Open
        }
    }

    fn group(&self) -> EpisodeGroup {
        EpisodeGroup {
            day: self.started_at.day(),
            inbox_id: self.inbox_id.get(),
            channel: self.channel.as_str(),
            language: self.language.as_ref().map(|l| l.code().to_owned()).unwrap_or_default(),
            country: self.country.clone().unwrap_or_default(),
            intent: self.intent.map(Intent::as_str).unwrap_or_default(),
            outcome: self.outcome.as_str(),
            involved: self.involved,
        }
    }
}

/// What begins with a customer's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEpisode {
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// The how-manieth of the conversation, from 1.
    pub no: i32,
    /// Its inbox.
    pub inbox_id: InboxId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The customer's language, when known.
    pub language: Option<Language>,
    /// The customer's country, when known.
    pub country: Option<String>,
    /// When the customer wrote.
    pub at: Moment,
}

impl NewEpisode {
    pub(crate) fn group(&self) -> EpisodeGroup {
        EpisodeGroup {
            day: self.at.day(),
            inbox_id: self.inbox_id.get(),
            channel: self.channel.as_str(),
            language: self.language.as_ref().map(|l| l.code().to_owned()).unwrap_or_default(),
            country: self.country.clone().unwrap_or_default(),
            intent: "",
            outcome: EpisodeOutcome::Open.as_str(),
            involved: false,
        }
    }
}

/// What a customer's message tells of its episode; `None` leaves what is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpisodeTraits {
    /// The customer's language.
    pub language: Option<Language>,
    /// The customer's country.
    pub country: Option<String>,
    /// What the customer wants.
    pub intent: Option<Intent>,
}

fn episode(row: &AnyRow) -> sqlx::Result<Episode> {
    Ok(Episode {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        no: row.small("no")?,
        inbox_id: row.id("inbox_id")?,
        channel: row.word("channel")?,
        language: row.maybe_language("language")?,
        country: row.maybe_text("country")?,
        intent: row.maybe_word("intent")?,
        started_at: row.moment("started_at")?,
        last_customer_at: row.moment("last_customer_at")?,
        bot_replies: row.small("bot_replies")?,
        first_bot_reply_at: row.maybe_moment("first_bot_reply_at")?,
        last_bot_reply_at: row.maybe_moment("last_bot_reply_at")?,
        human_replies: row.small("human_replies")?,
        first_human_reply_at: row.maybe_moment("first_human_reply_at")?,
        handed_off_at: row.maybe_moment("handed_off_at")?,
        resolved_at: row.maybe_moment("resolved_at")?,
        resolved_by: row.maybe_word("resolved_by")?,
        confirmed: row.flag("confirmed")?,
        involved: row.flag("involved")?,
        outcome: row.word("outcome")?,
    })
}

async fn find(connection: &mut AnyConnection, conversation: ConversationId, no: i32) -> Result<Option<Episode>, StoreError> {
    let rows = Statement::new(COLUMNS)
        .push(" where conversation_id = ")
        .bind(conversation.get())
        .push(" and no = ")
        .bind(no)
        .kept()
        .rows(connection)
        .await?;
    Ok(rows.first().map(episode).transpose()?)
}

/// The open episodes whose time has passed.
pub(crate) fn to_assume(now: Moment) -> Statement {
    let mut statement = Statement::new(COLUMNS).push(
        " where involved = 1 and outcome = 'open' and last_bot_reply_at is not null
             and (last_customer_at <= last_bot_reply_at or resolved_at is not null) and (1 = 0",
    );
    for channel in ChannelKind::ALL {
        let silent_since = now.plus_ms(-channel.assumed_after_ms());
        statement = statement
            .push(" or (channel = ")
            .bind(channel.as_str())
            .push(" and last_bot_reply_at <= ")
            .bind(silent_since.ms())
            .push(" and last_customer_at <= ")
            .bind(silent_since.ms())
            .push(")");
    }
    statement.push(") order by last_bot_reply_at, id")
}

impl Store {
    /// One episode of a conversation.
    pub async fn episode(&self, conversation: ConversationId, no: i32) -> Result<Option<Episode>, StoreError> {
        find(&mut *self.read().await?, conversation, no).await
    }

    /// Every episode of a conversation, oldest first.
    pub async fn episodes_of_conversation(&self, conversation: ConversationId) -> Result<Vec<Episode>, StoreError> {
        let statement = Statement::new(COLUMNS).push(" where conversation_id = ").bind(conversation.get()).push(" order by no");
        Ok(each(&statement.rows(&mut *self.read().await?).await?, episode)?)
    }

    /// Open episodes of the bot whose customer has been silent since its answer for the time of the channel, oldest first.
    ///
    /// Where the customer wrote last, only an episode that is marked as done counts: else an answer is still owed.
    pub async fn episodes_to_assume(&self, now: Moment, limit: i64) -> Result<Vec<Episode>, StoreError> {
        let rows = to_assume(now).push(" limit ").bind(limit).rows(&mut *self.read().await?).await?;
        Ok(each(&rows, episode)?)
    }
}

impl Tx {
    /// One episode of a conversation, within the transaction.
    pub async fn episode(&mut self, conversation: ConversationId, no: i32) -> Result<Option<Episode>, StoreError> {
        find(self.conn(), conversation, no).await
    }

    /// Begins an episode; nothing happens when this one has begun already.
    pub async fn start_episode(&mut self, new: &NewEpisode) -> Result<(), StoreError> {
        let done = sqlx::query(
            "insert into episodes (conversation_id, no, inbox_id, channel, language, country, started_at, last_customer_at)
             values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (conversation_id, no) do nothing",
        )
        .bind(new.conversation_id.get())
        .bind(new.no)
        .bind(new.inbox_id.get())
        .bind(new.channel.as_str())
        .bind(new.language.as_ref().map(Language::code))
        .bind(new.country.as_deref())
        .bind(new.at.ms())
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(());
        }
        episode_days::add(self.conn(), &new.group(), 1).await
    }

    /// The customer wrote in a running episode: what was assumed or confirmed is taken back (a thanks is confirmed anew by
    /// [`Tx::confirm_episode`]), what the message tells of the customer is kept.
    pub async fn episode_customer_wrote(
        &mut self,
        conversation: ConversationId,
        no: i32,
        at: Moment,
        traits: &EpisodeTraits,
    ) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            e.last_customer_at = e.last_customer_at.max(at);
            keep(&mut e.language, traits.language.as_ref());
            keep(&mut e.country, traits.country.as_ref());
            keep(&mut e.intent, traits.intent.as_ref());
            e.confirmed = false;
            e.outcome = EpisodeOutcome::Open;
        })
        .await
    }

    /// What was understood of a message later than it came in, or was corrected by an agent.
    pub async fn set_episode_traits(&mut self, conversation: ConversationId, no: i32, traits: &EpisodeTraits) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            keep(&mut e.language, traits.language.as_ref());
            keep(&mut e.country, traits.country.as_ref());
            keep(&mut e.intent, traits.intent.as_ref());
        })
        .await
    }

    /// The bot answered (an answer, no greeting and no acknowledgement).
    pub async fn episode_bot_replied(&mut self, conversation: ConversationId, no: i32, at: Moment) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            e.bot_replies += 1;
            e.first_bot_reply_at.get_or_insert(at);
            e.last_bot_reply_at = e.last_bot_reply_at.max(Some(at));
            e.involved = true;
        })
        .await
    }

    /// A person answered. In an episode of the bot this takes it over, which counts as handed off.
    pub async fn episode_human_replied(&mut self, conversation: ConversationId, no: i32, at: Moment) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            e.human_replies += 1;
            e.first_human_reply_at.get_or_insert(at);
            if e.involved {
                e.handed_off_at.get_or_insert(at);
            }
        })
        .await
    }

    /// The bot gave it to a person.
    pub async fn episode_handed_off(&mut self, conversation: ConversationId, no: i32, at: Moment) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            e.handed_off_at.get_or_insert(at);
            e.involved = true;
        })
        .await
    }

    /// It was marked as done. This alone is no resolution by the bot: that needs the customer's word, or time.
    pub async fn resolve_episode(&mut self, conversation: ConversationId, no: i32, by: Author, at: Moment) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            e.resolved_at = Some(at);
            e.resolved_by = Some(by);
        })
        .await
    }

    /// The customer came back in time: the same episode runs again, whatever was confirmed or assumed is taken back.
    pub async fn reopen_episode(&mut self, conversation: ConversationId, no: i32) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            e.resolved_at = None;
            e.resolved_by = None;
            e.confirmed = false;
            e.outcome = EpisodeOutcome::Open;
        })
        .await
    }

    /// The customer said that it is solved: a thanks, a positive rating.
    pub async fn confirm_episode(&mut self, conversation: ConversationId, no: i32) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| e.confirmed = true).await
    }

    /// Time has passed without a word of the customer; only an open episode of the bot changes. See
    /// [`Store::episodes_to_assume`].
    pub async fn assume_episode(&mut self, conversation: ConversationId, no: i32) -> Result<(), StoreError> {
        self.change_episode(conversation, no, |e| {
            if e.involved && e.outcome == EpisodeOutcome::Open {
                e.outcome = EpisodeOutcome::ResolvedAssumed;
            }
        })
        .await
    }

    /// Changes an episode, its outcome and its place in the roll-up.
    async fn change_episode(&mut self, conversation: ConversationId, no: i32, change: impl FnOnce(&mut Episode)) -> Result<(), StoreError> {
        let locked = self.engine() == Engine::Postgres;
        // Two instances must not compute from the same old row: PostgreSQL locks it, SQLite has one writer.
        let rows = Statement::new(COLUMNS)
            .push(" where conversation_id = ")
            .bind(conversation.get())
            .push(" and no = ")
            .bind(no)
            .when(locked, |s| s.push(" for update"))
            .kept()
            .rows(self.conn())
            .await?;
        let old = rows.first().map(episode).transpose()?.ok_or(StoreError::NotFound)?;
        let mut new = old.clone();
        change(&mut new);
        new.outcome = new.recomputed();
        if new == old {
            return Ok(());
        }
        self.write_episode(&new).await?;
        episode_days::moved(self.conn(), &old.group(), &new.group()).await
    }

    async fn write_episode(&mut self, e: &Episode) -> Result<(), StoreError> {
        sqlx::query(
            "update episodes set language = $2, country = $3, intent = $4, last_customer_at = $5, bot_replies = $6,
             first_bot_reply_at = $7, last_bot_reply_at = $8, human_replies = $9, first_human_reply_at = $10,
             handed_off_at = $11, resolved_at = $12, resolved_by = $13, confirmed = $14, involved = $15, outcome = $16
             where id = $1",
        )
        .bind(e.id.get())
        .bind(e.language.as_ref().map(Language::code))
        .bind(e.country.as_deref())
        .bind(e.intent.map(Intent::as_str))
        .bind(e.last_customer_at.ms())
        .bind(e.bot_replies)
        .bind(e.first_bot_reply_at.map(Moment::ms))
        .bind(e.last_bot_reply_at.map(Moment::ms))
        .bind(e.human_replies)
        .bind(e.first_human_reply_at.map(Moment::ms))
        .bind(e.handed_off_at.map(Moment::ms))
        .bind(e.resolved_at.map(Moment::ms))
        .bind(e.resolved_by.map(Author::as_str))
        .bind(flag(e.confirmed))
        .bind(flag(e.involved))
        .bind(e.outcome.as_str())
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

/// The row of a first episode: there can be none yet, so it goes into a script; its group is counted by `episode_days::one_more`.
pub(crate) fn first(new: &NewEpisode) -> Statement {
    Statement::new(
        "insert into episodes (conversation_id, no, inbox_id, channel, language, country, started_at, last_customer_at) values (",
    )
    .bind(new.conversation_id.get())
    .push(", ")
    .bind(new.no)
    .push(", ")
    .bind(new.inbox_id.get())
    .push(", ")
    .bind(new.channel.as_str())
    .push(", ")
    .bind(new.language.as_ref().map(|l| l.code().to_owned()))
    .push(", ")
    .bind(new.country.clone())
    .push(", ")
    .bind(new.at.ms())
    .push(", ")
    .bind(new.at.ms())
    .push(")")
}

fn keep<T: Clone>(known: &mut Option<T>, told: Option<&T>) {
    if let Some(told) = told {
        *known = Some(told.clone());
    }
}

#[cfg(test)]
#[path = "episodes_tests.rs"]
mod tests;
