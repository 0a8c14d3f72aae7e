//! Surveys and ratings: each once an episode, with their daily roll-up.
//!
//! A rating is counted on the day and in the group of its survey, so that a response rate compares like with like. Who may
//! answer a survey (the signed token) is the matter of `mercator-app`.

use mercator_domain::{
    channel::ChannelKind,
    facts::{DashboardFilter, RatingFact, SatisfactionDay},
    ids::{ConversationId, InboxId, MessageId, RatingId, SurveyId},
    intent::Intent,
    language::Language,
    moment::Moment,
    satisfaction::{Rating, Score, ServedBy},
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, wrong},
    filter::{Facets, ROLL_UP, narrow, on_days, within_days},
    statement::Statement,
};

/// A survey that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSurvey {
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// Of which of its episodes.
    pub episode: i32,
    /// The message that carries it.
    pub message_id: Option<MessageId>,
    /// Its inbox.
    pub inbox_id: InboxId,
    /// Its channel.
    pub channel: ChannelKind,
    /// The customer's language.
    pub language: Option<Language>,
    /// The customer's country.
    pub country: Option<String>,
    /// The last intent of the episode.
    pub intent: Option<Intent>,
    /// Who served.
    pub served_by: ServedBy,
    /// When it went out.
    pub sent_at: Moment,
}

/// A survey that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The row.
    pub id: SurveyId,
    /// Everything about it.
    pub sent: NewSurvey,
}

/// What became of an answer to a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingReceipt {
    /// Stored and counted.
    Stored(RatingId),
    /// The episode was rated before: the first rating stays.
    Already,
    /// No survey went out for the episode, so nobody could have answered it.
    NoSurvey,
}

/// Which ratings of a dashboard's filter a click asks for; `None` means any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatingDrill {
    /// With this score.
    pub score: Option<Score>,
    /// Served so.
    pub served_by: Option<ServedBy>,
}

const FACETS: Facets = Facets {
    inbox: "s.inbox_id",
    channel: "s.channel",
    language: "coalesce(s.language, '')",
    country: "coalesce(s.country, '')",
    intent: "coalesce(s.intent, '')",
};

const SURVEY: &str = "select id, conversation_id, episode, message_id, inbox_id, channel, language, country, intent, served_by, \
                      sent_at from surveys where conversation_id = ";

fn survey(row: &AnyRow) -> sqlx::Result<Survey> {
    let sent = NewSurvey {
        conversation_id: row.id("conversation_id")?,
        episode: row.small("episode")?,
        message_id: row.maybe_id("message_id")?,
        inbox_id: row.id("inbox_id")?,
        channel: row.word("channel")?,
        language: row.maybe_language("language")?,
        country: row.maybe_text("country")?,
        intent: row.maybe_word("intent")?,
        served_by: row.word("served_by")?,
        sent_at: row.moment("sent_at")?,
    };
    Ok(Survey { id: row.id("id")?, sent })
}

fn score(row: &AnyRow) -> sqlx::Result<Score> {
    let number = u8::try_from(row.number("score")?).map_err(|e| wrong("score", e))?;
    Score::try_from(number).map_err(|e| wrong("score", e))
}

fn rating(row: &AnyRow) -> sqlx::Result<Rating> {
    Ok(Rating {
        id: row.id("id")?,
        conversation_id: row.id("conversation_id")?,
        episode: row.small("episode")?,
        score: score(row)?,
        comment: row.text("comment")?,
        served_by: row.word("served_by")?,
        at: row.moment("at")?,
    })
}

fn fact(row: &AnyRow) -> sqlx::Result<RatingFact> {
    Ok(RatingFact {
        conversation_id: row.id("conversation_id")?,
        channel: row.word("channel")?,
        language: row.maybe_language("language")?,
        score: score(row)?.get(),
        served_by: row.word("served_by")?,
        at: row.moment("at")?,
        comment: row.text("comment")?,
    })
}

fn day(row: &AnyRow) -> sqlx::Result<SatisfactionDay> {
    let count = |column: &str| row.number(column);
    Ok(SatisfactionDay {
        day: row.number("day")?,
        channel: row.word("channel")?,
        language: row.maybe_language("language")?,
        served_by: row.word("served_by")?,
        surveys: count("surveys")?,
        scores: [count("score_1")?, count("score_2")?, count("score_3")?, count("score_4")?, count("score_5")?],
    })
}

async fn find_survey(connection: &mut AnyConnection, conversation: ConversationId, no: i32) -> Result<Option<Survey>, StoreError> {
    let statement = Statement::new(SURVEY).bind(conversation.get()).push(" and episode = ").bind(no).kept();
    Ok(statement.rows(connection).await?.first().map(survey).transpose()?)
}

/// Adds to the day and group of a survey: to its surveys, or to one of its five scores.
async fn count(connection: &mut AnyConnection, sent: &NewSurvey, score: Option<Score>, by: i64) -> Result<(), StoreError> {
    let add = |this: Option<u8>| if score.map(Score::get) == this { by } else { 0 };
    sqlx::query(
        "insert into satisfaction_days (day, inbox_id, channel, language, country, intent, served_by,
         surveys, score_1, score_2, score_3, score_4, score_5) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (day, inbox_id, channel, language, country, intent, served_by) do update set
         surveys = satisfaction_days.surveys + excluded.surveys, score_1 = satisfaction_days.score_1 + excluded.score_1,
         score_2 = satisfaction_days.score_2 + excluded.score_2, score_3 = satisfaction_days.score_3 + excluded.score_3,
         score_4 = satisfaction_days.score_4 + excluded.score_4, score_5 = satisfaction_days.score_5 + excluded.score_5",
    )
    .bind(sent.sent_at.day())
    .bind(sent.inbox_id.get())
    .bind(sent.channel.as_str())
    .bind(sent.language.as_ref().map_or("", Language::code))
    .bind(sent.country.as_deref().unwrap_or_default())
    .bind(sent.intent.map(Intent::as_str).unwrap_or_default())
    .bind(sent.served_by.as_str())
    .bind(add(None))
    .bind(add(Some(1)))
    .bind(add(Some(2)))
    .bind(add(Some(3)))
    .bind(add(Some(4)))
    .bind(add(Some(5)))
    .execute(connection)
    .await?;
    Ok(())
}

/// Appends source and conditions of the ratings that a dashboard counts.
pub(crate) fn rated(select: Statement, filter: &DashboardFilter) -> Statement {
    let from = select.push(" from ratings r join surveys s on s.conversation_id = r.conversation_id and s.episode = r.episode where 1 = 1");
    narrow(within_days(from, "s.sent_at", filter), &FACETS, filter)
}

/// The days of a filter.
pub(crate) fn days(filter: &DashboardFilter) -> Statement {
    let select = Statement::new(
        "select day, channel, language, served_by, cast(sum(surveys) as bigint) as surveys,
             cast(sum(score_1) as bigint) as score_1, cast(sum(score_2) as bigint) as score_2,
             cast(sum(score_3) as bigint) as score_3, cast(sum(score_4) as bigint) as score_4,
             cast(sum(score_5) as bigint) as score_5 from satisfaction_days where 1 = 1",
    );
    narrow(on_days(select, "day", filter), &ROLL_UP, filter)
        .push(" group by day, channel, language, served_by order by day, channel, language, served_by")
}

impl Store {
    /// The survey of an episode.
    pub async fn survey(&self, conversation: ConversationId, episode: i32) -> Result<Option<Survey>, StoreError> {
        find_survey(&mut *self.read().await?, conversation, episode).await
    }

    /// The ratings of a conversation, oldest first.
    pub async fn ratings_of_conversation(&self, conversation: ConversationId) -> Result<Vec<Rating>, StoreError> {
        let rows = sqlx::query(
            "select id, conversation_id, episode, score, comment, served_by, at from ratings where conversation_id = $1 order by id",
        )
        .bind(conversation.get())
        .fetch_all(&mut *self.read().await?)
        .await?;
        Ok(each(&rows, rating)?)
    }

    /// The days of a filter by channel, language and who served, oldest first; its times count in whole days (UTC).
    pub async fn satisfaction_days(&self, filter: &DashboardFilter) -> Result<Vec<SatisfactionDay>, StoreError> {
        Ok(each(&days(filter).rows(&mut *self.read().await?).await?, day)?)
    }

    /// The ratings that a dashboard counts (by the day of their survey), newest first.
    pub async fn rating_facts(&self, filter: &DashboardFilter) -> Result<Vec<RatingFact>, StoreError> {
        let select = Statement::new("select r.conversation_id, s.channel, s.language, r.score, r.served_by, r.at, r.comment");
        let rows = rated(select, filter).push(" order by r.at desc, r.id desc").rows(&mut *self.read().await?).await?;
        Ok(each(&rows, fact)?)
    }

    /// The conversations behind a number of the satisfaction dashboard, the newest rating first, each once.
    pub async fn rating_conversations(&self, filter: &DashboardFilter, drill: RatingDrill) -> Result<Vec<ConversationId>, StoreError> {
        let rows = rated(Statement::new("select r.conversation_id, max(r.at) as latest"), filter)
            .when(drill.score.is_some(), |s| s.push(" and r.score = ").bind(drill.score.map(|n| i64::from(n.get()))))
            .when(drill.served_by.is_some(), |s| s.push(" and r.served_by = ").bind(drill.served_by.map(ServedBy::as_str)))
            .push(" group by r.conversation_id order by max(r.at) desc, r.conversation_id desc")
            .rows(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, |row| row.id("conversation_id"))?)
    }

    /// The conversations that a survey of the filter went to, the newest survey first, each once.
    pub async fn survey_conversations(&self, filter: &DashboardFilter) -> Result<Vec<ConversationId>, StoreError> {
        let select = Statement::new("select s.conversation_id, max(s.sent_at) as latest from surveys s where 1 = 1");
        let rows = narrow(within_days(select, "s.sent_at", filter), &FACETS, filter)
            .push(" group by s.conversation_id order by max(s.sent_at) desc, s.conversation_id desc")
            .rows(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, |row| row.id("conversation_id"))?)
    }
}

impl Tx {
    /// The survey of an episode, within the transaction.
    pub async fn survey(&mut self, conversation: ConversationId, episode: i32) -> Result<Option<Survey>, StoreError> {
        find_survey(self.conn(), conversation, episode).await
    }

    /// Notes that a survey goes out; `None` when the episode had one.
    pub async fn insert_survey(&mut self, new: &NewSurvey) -> Result<Option<SurveyId>, StoreError> {
        let row = sqlx::query(
            "insert into surveys (conversation_id, episode, message_id, inbox_id, channel, language, country, intent, served_by,
             sent_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (conversation_id, episode) do nothing
             returning id",
        )
        .bind(new.conversation_id.get())
        .bind(new.episode)
        .bind(new.message_id.map(MessageId::get))
        .bind(new.inbox_id.get())
        .bind(new.channel.as_str())
        .bind(new.language.as_ref().map(Language::code))
        .bind(new.country.as_deref())
        .bind(new.intent.map(Intent::as_str))
        .bind(new.served_by.as_str())
        .bind(new.sent_at.ms())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(None) };
        count(self.conn(), new, None, 1).await?;
        Ok(Some(row.id("id")?))
    }

    /// Takes a survey back that never arrived, so that the response rate counts delivered ones only; false when there is none,
    /// or it was answered after all.
    pub async fn withdraw_survey(&mut self, conversation: ConversationId, episode: i32) -> Result<bool, StoreError> {
        let Some(sent) = find_survey(self.conn(), conversation, episode).await? else { return Ok(false) };
        let done = sqlx::query(
            "delete from surveys where id = $1 and not exists
             (select 1 from ratings r where r.conversation_id = surveys.conversation_id and r.episode = surveys.episode)",
        )
        .bind(sent.id.get())
        .execute(self.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        count(self.conn(), &sent.sent, None, -1).await?;
        self.forget_empty_satisfaction_days().await?;
        Ok(true)
    }

    async fn forget_empty_satisfaction_days(&mut self) -> Result<(), StoreError> {
        sqlx::query(
            "delete from satisfaction_days
             where surveys = 0 and score_1 = 0 and score_2 = 0 and score_3 = 0 and score_4 = 0 and score_5 = 0",
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Stores an answer to a survey, once an episode.
    pub async fn insert_rating(
        &mut self,
        conversation: ConversationId,
        episode: i32,
        score: Score,
        comment: &str,
        at: Moment,
    ) -> Result<RatingReceipt, StoreError> {
        let Some(survey) = find_survey(self.conn(), conversation, episode).await? else { return Ok(RatingReceipt::NoSurvey) };
        let row = sqlx::query(
            "insert into ratings (conversation_id, episode, score, comment, served_by, channel, language, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (conversation_id, episode) do nothing returning id",
        )
        .bind(conversation.get())
        .bind(episode)
        .bind(i64::from(score.get()))
        .bind(comment)
        .bind(survey.sent.served_by.as_str())
        .bind(survey.sent.channel.as_str())
        .bind(survey.sent.language.as_ref().map(Language::code))
        .bind(at.ms())
        .fetch_optional(self.conn())
        .await?;
        let Some(row) = row else { return Ok(RatingReceipt::Already) };
        count(self.conn(), &survey.sent, Some(score), 1).await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(RatingReceipt::Stored(row.id("id")?))
    }

    /// Sets what the customer added to a rating, when nothing was added before; gives whether it was taken.
    pub async fn add_rating_comment(&mut self, conversation: ConversationId, episode: i32, comment: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("update ratings set comment = $3 where conversation_id = $1 and episode = $2 and comment = ''")
            .bind(conversation.get())
            .bind(episode)
            .bind(comment)
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Conversation, conversation.get());
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
#[path = "satisfaction_tests.rs"]
mod tests;
