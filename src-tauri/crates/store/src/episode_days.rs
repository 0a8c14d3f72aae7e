//! The daily roll-up of episodes: how many began on a day in a group, by what became of them.
//!
//! A row is only ever changed by the transaction that changes an episode (`episodes.rs`), so reading a month takes no scan of
//! the episodes. Drill-downs read the episodes themselves with the same filter.

use mercator_domain::{
    channel::ChannelKind,
    facts::{DashboardFilter, EpisodeDay, EpisodeOutcome},
    ids::{ConversationId, InboxId},
};
use sqlx::{
    Any, AnyConnection,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::{
    Store, StoreError,
    columns::{Columns, each, flag},
    filter::{Facets, ROLL_UP, narrow, on_days, within_days},
    statement::Statement,
};

/// The group that an episode is counted in. Empty texts stand for what is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EpisodeGroup {
    pub(crate) day: i64,
    pub(crate) inbox_id: i64,
    pub(crate) channel: &'static str,
    pub(crate) language: String,
    pub(crate) country: String,
    pub(crate) intent: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) involved: bool,
}

impl EpisodeGroup {
    /// An episode of which nothing is known but its day and inbox, still open.
    pub(crate) fn unknown(day: i64, inbox: InboxId, channel: ChannelKind) -> Self {
        Self {
            day,
            inbox_id: inbox.get(),
            channel: channel.as_str(),
            language: String::new(),
            country: String::new(),
            intent: "",
            outcome: EpisodeOutcome::Open.as_str(),
            involved: false,
        }
    }
}

/// Which episodes of a dashboard's filter a click asks for; `None` means any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpisodeDrill {
    /// With this outcome. The shares of the dashboards count the bot's episodes, so they ask for `involved` too.
    pub outcome: Option<EpisodeOutcome>,
    /// Only those of the bot, or only the others.
    pub involved: Option<bool>,
}

const FACETS: Facets = Facets {
    inbox: "inbox_id",
    channel: "channel",
    language: "coalesce(language, '')",
    country: "coalesce(country, '')",
    intent: "coalesce(intent, '')",
};

/// Counts an episode out of its old group and into its new one. The smaller group comes first, so that two instances never wait
/// for each other crosswise.
pub(crate) async fn moved(connection: &mut AnyConnection, old: &EpisodeGroup, new: &EpisodeGroup) -> Result<(), StoreError> {
    if old < new {
        add(connection, old, -1).await?;
        add(connection, new, 1).await?;
    } else if new < old {
        add(connection, new, 1).await?;
        add(connection, old, -1).await?;
    }
    Ok(())
}

/// Adds to the count of a group; a row that comes to nothing is removed.
pub(crate) async fn add(connection: &mut AnyConnection, group: &EpisodeGroup, count: i64) -> Result<(), StoreError> {
    let left = of_group(
        "insert into episode_days (day, inbox_id, channel, language, country, intent, outcome, involved, episodes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (day, inbox_id, channel, language, country, intent, outcome, involved)
         do update set episodes = episode_days.episodes + excluded.episodes returning episodes",
        group,
    )
    .bind(count)
    .fetch_one(&mut *connection)
    .await?;
    if left.number("episodes")? == 0 {
        of_group(
            "delete from episode_days where day = $1 and inbox_id = $2 and channel = $3 and language = $4 and country = $5
             and intent = $6 and outcome = $7 and involved = $8",
            group,
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}

/// Adds one to the count of a group, as a part of a script.
pub(crate) fn one_more(group: &EpisodeGroup) -> Statement {
    Statement::new("insert into episode_days (day, inbox_id, channel, language, country, intent, outcome, involved, episodes) values (")
        .bind(group.day)
        .push(", ")
        .bind(group.inbox_id)
        .push(", ")
        .bind(group.channel)
        .push(", ")
        .bind(group.language.clone())
        .push(", ")
        .bind(group.country.clone())
        .push(", ")
        .bind(group.intent)
        .push(", ")
        .bind(group.outcome)
        .push(", ")
        .bind(flag(group.involved))
        .push(
            ", 1) on conflict (day, inbox_id, channel, language, country, intent, outcome, involved)
             do update set episodes = episode_days.episodes + excluded.episodes",
        )
}

/// A statement whose first eight parameters are the group.
fn of_group<'q>(text: &'static str, group: &'q EpisodeGroup) -> Query<'q, Any, AnyArguments> {
    sqlx::query(text)
        .bind(group.day)
        .bind(group.inbox_id)
        .bind(group.channel)
        .bind(group.language.as_str())
        .bind(group.country.as_str())
        .bind(group.intent)
        .bind(group.outcome)
        .bind(flag(group.involved))
}

fn day(row: &AnyRow) -> sqlx::Result<EpisodeDay> {
    Ok(EpisodeDay {
        day: row.number("day")?,
        channel: row.word("channel")?,
        language: row.maybe_language("language")?,
        episodes: row.number("episodes")?,
        involved: row.number("involved")?,
        handed_off: row.number("handed_off")?,
        confirmed: row.number("confirmed")?,
        assumed: row.number("assumed")?,
        open: row.number("still_open")?,
    })
}

/// The days of a filter.
pub(crate) fn days(filter: &DashboardFilter) -> Statement {
    let select = Statement::new(
        "select day, channel, language, cast(sum(episodes) as bigint) as episodes,
             cast(sum(case when involved = 1 then episodes else 0 end) as bigint) as involved,
             cast(sum(case when involved = 1 and outcome = 'handed_off' then episodes else 0 end) as bigint) as handed_off,
             cast(sum(case when involved = 1 and outcome = 'resolved_confirmed' then episodes else 0 end) as bigint) as confirmed,
             cast(sum(case when involved = 1 and outcome = 'resolved_assumed' then episodes else 0 end) as bigint) as assumed,
             cast(sum(case when involved = 1 and outcome = 'open' then episodes else 0 end) as bigint) as still_open
             from episode_days where 1 = 1",
    );
    narrow(on_days(select, "day", filter), &ROLL_UP, filter).push(" group by day, channel, language order by day, channel, language")
}

/// The same days counted from the episodes themselves.
fn recounted(filter: &DashboardFilter) -> Statement {
    let select = Statement::new(
        "select started_at / 86400000 as day, channel, coalesce(language, '') as language, count(*) as episodes,
             cast(sum(involved) as bigint) as involved,
             cast(sum(case when involved = 1 and outcome = 'handed_off' then 1 else 0 end) as bigint) as handed_off,
             cast(sum(case when involved = 1 and outcome = 'resolved_confirmed' then 1 else 0 end) as bigint) as confirmed,
             cast(sum(case when involved = 1 and outcome = 'resolved_assumed' then 1 else 0 end) as bigint) as assumed,
             cast(sum(case when involved = 1 and outcome = 'open' then 1 else 0 end) as bigint) as still_open
             from episodes where 1 = 1",
    );
    narrow(within_days(select, "started_at", filter), &FACETS, filter).push(" group by 1, 2, 3 order by 1, 2, 3")
}

/// The conversations behind a number.
pub(crate) fn behind(filter: &DashboardFilter, drill: EpisodeDrill) -> Statement {
    let select = Statement::new("select conversation_id, max(started_at) as latest from episodes where 1 = 1");
    narrow(within_days(select, "started_at", filter), &FACETS, filter)
        .when(drill.outcome.is_some(), |s| s.push(" and outcome = ").bind(drill.outcome.map(EpisodeOutcome::as_str)))
        .when(drill.involved.is_some(), |s| s.push(" and involved = ").bind(drill.involved.map(flag)))
        .push(" group by conversation_id order by max(started_at) desc, conversation_id desc")
}

impl Store {
    /// The days of a filter by channel and language, oldest first; the filter's times count in whole days (UTC).
    pub async fn episode_days(&self, filter: &DashboardFilter) -> Result<Vec<EpisodeDay>, StoreError> {
        Ok(each(&days(filter).rows(&mut *self.read().await?).await?, day)?)
    }

    /// The same, counted from every episode: what the roll-up must equal, and what it saves.
    pub async fn recounted_days(&self, filter: &DashboardFilter) -> Result<Vec<EpisodeDay>, StoreError> {
        Ok(each(&recounted(filter).rows(&mut *self.read().await?).await?, day)?)
    }

    /// The conversations behind a number of the dashboards, the latest episode first, each once.
    pub async fn episode_conversations(&self, filter: &DashboardFilter, drill: EpisodeDrill) -> Result<Vec<ConversationId>, StoreError> {
        Ok(each(&behind(filter, drill).rows(&mut *self.read().await?).await?, |row| row.id("conversation_id"))?)
    }
}
