//! Conversations as rows of a list: the views of the first column, their counts, and one page with everything a row shows.
//!
//! A page is four statements, however long it is: the rows, and for all of them their labels, waiting handoffs and deliveries.

use std::{collections::BTreeMap, str::FromStr};

use mercator_domain::{
    channel::ChannelKind,
    conversation::{Owner, Status},
    emotion::EmotionLevel,
    handoff::HandoffReason,
    ids::{ContactId, ConversationId, HandoffId, InboxId, MemberId},
    intent::Intent,
    language::Language,
    moment::Moment,
    team::Label,
};
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    Engine, Store, StoreError,
    columns::{Columns, each, json_text},
    dialect,
    search::SearchFilter,
    statement::Statement,
};

/// One of the lists of the first column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Every conversation, in whatever state.
    #[default]
    All,
    /// Assigned to me and not resolved.
    Mine,
    /// Open, and nobody's.
    Unassigned,
    /// With a handoff that nobody has answered; the most urgent first.
    Waiting,
    /// With a draft of the bot that waits for approval.
    Drafts,
    /// With the bot.
    Bot,
    /// Set aside.
    Snoozed,
    /// Done.
    Resolved,
    /// With a message of ours that failed or may not have left.
    Failed,
    /// Of one inbox.
    Inbox(InboxId),
}

impl FromStr for View {
    type Err = StoreError;

    /// Reads the key of a view (`waiting`, `inbox:7`); an empty one means all.
    fn from_str(key: &str) -> Result<Self, StoreError> {
        Ok(match key {
            "" | "all" => Self::All,
            "mine" => Self::Mine,
            "unassigned" => Self::Unassigned,
            "waiting" => Self::Waiting,
            "drafts" => Self::Drafts,
            "bot" => Self::Bot,
            "snoozed" => Self::Snoozed,
            "resolved" => Self::Resolved,
            "failed" => Self::Failed,
            _ => {
                let id = key.strip_prefix("inbox:").and_then(|id| id.parse().ok());
                Self::Inbox(InboxId(id.ok_or_else(|| StoreError::BadValue(format!("'{key}' is no view")))?))
            }
        })
    }
}

/// Which conversations to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListFilter {
    /// The view.
    pub view: View,
    /// Who "me" is.
    pub member: Option<MemberId>,
    /// Exactly these (a drill-down).
    pub only: Option<Vec<ConversationId>>,
    /// What a person searches for.
    pub search: SearchFilter,
    /// Rows to leave out.
    pub offset: i64,
    /// Rows to give.
    pub limit: i64,
}

/// The handoff that waits, as a row shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingLine {
    /// Which.
    pub handoff_id: HandoffId,
    /// Why.
    pub reason: HandoffReason,
    /// Since when.
    pub since: Moment,
    /// By when a person has promised to answer.
    pub promised_at: Moment,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationLine {
    /// The conversation.
    pub id: ConversationId,
    /// Its inbox.
    pub inbox_id: InboxId,
    /// The kind of its channel.
    pub channel: ChannelKind,
    /// The store's name.
    pub store: String,
    /// The customer.
    pub contact_id: ContactId,
    /// The customer's name, or first address.
    pub contact: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The conversation's language, or else the customer's.
    pub language: Option<Language>,
    /// The subject.
    pub subject: String,
    /// The start of the last message.
    pub preview: String,
    /// True when we wrote it.
    pub last_is_ours: bool,
    /// When it was written.
    pub last_at: Moment,
    /// The state.
    pub status: Status,
    /// Who answers next.
    pub owner: Owner,
    /// To whom it is assigned.
    pub assignee: Option<String>,
    /// Not yet seen.
    pub unread: bool,
    /// Of the last customer message.
    pub emotion: Option<EmotionLevel>,
    /// Of the last customer message.
    pub intent: Option<Intent>,
    /// True when a risk was named.
    pub high_risk: bool,
    /// Marks.
    pub labels: Vec<Label>,
    /// The handoff that waits for an answer.
    pub waiting: Option<WaitingLine>,
    /// True when a draft of the bot waits.
    pub has_bot_draft: bool,
    /// True when a message of ours failed or is uncertain.
    pub delivery_problem: bool,
}

/// Conversations by view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewCounts {
    /// See [`View::All`].
    pub all: i64,
    /// See [`View::Mine`].
    pub mine: i64,
    /// See [`View::Unassigned`].
    pub unassigned: i64,
    /// See [`View::Waiting`].
    pub waiting: i64,
    /// See [`View::Drafts`].
    pub drafts: i64,
    /// See [`View::Bot`].
    pub bot: i64,
    /// See [`View::Snoozed`].
    pub snoozed: i64,
    /// See [`View::Resolved`].
    pub resolved: i64,
    /// See [`View::Failed`].
    pub failed: i64,
    /// See [`View::Inbox`].
    pub inboxes: BTreeMap<InboxId, i64>,
}

const WAITING: &str = " and c.id in (select h.conversation_id from handoffs h where h.answered_at is null and h.closed_at is null)";
// SQLite uses a partial index only where the index's own condition stands in the statement, word for word.
const DRAFTS: &str = " and c.id in (select m.conversation_id from messages m
    where m.delivery in ('draft', 'failed', 'uncertain') and m.delivery = 'draft')";
const FAILED: &str = " and c.id in (select m.conversation_id from messages m
    where m.delivery in ('draft', 'failed', 'uncertain') and m.delivery <> 'draft')";

fn in_view(statement: Statement, filter: &ListFilter) -> Statement {
    match filter.view {
        View::All => statement,
        View::Mine => statement.push(" and c.status <> 'resolved' and c.assignee = ").bind(filter.member.map(MemberId::get)),
        View::Unassigned => statement.push(" and c.status = 'open' and c.assignee is null"),
        View::Waiting => statement.push(WAITING),
        View::Drafts => statement.push(DRAFTS),
        View::Bot => statement.push(" and c.status = 'pending'"),
        View::Snoozed => statement.push(" and c.status = 'snoozed'"),
        View::Resolved => statement.push(" and c.status = 'resolved'"),
        View::Failed => statement.push(FAILED),
        View::Inbox(id) => statement.push(" and c.inbox_id = ").bind(id.get()),
    }
}

pub(crate) fn conditions(engine: Engine, statement: Statement, filter: &ListFilter, newest: Option<i64>) -> Result<Statement, StoreError> {
    let mut statement = in_view(statement, filter);
    if let Some(only) = &filter.only {
        let ids: Vec<i64> = only.iter().map(|id| id.get()).collect();
        let (before, after) = dialect::numbers_of_json(engine);
        statement = statement.push(" and c.id in ").push(before).bind(json_text(&ids)?).push(after);
    }
    Ok(filter.search.conditions(engine, statement, newest))
}

/// Both engines use the partial indexes, whose conditions stand word for word.
pub(crate) const NEEDING_A_PERSON: &str = "select
    (select count(distinct conversation_id) from handoffs where answered_at is null and closed_at is null)
    + (select count(distinct conversation_id) from messages where delivery in ('draft', 'failed', 'uncertain') and delivery = 'draft')
    + (select count(distinct conversation_id) from messages where delivery in ('draft', 'failed', 'uncertain') and delivery <> 'draft')";

const ORDER_NEWEST: &str = " order by c.last_message_at desc, c.id desc limit ";
/// High risk and anger first, then the promise that ends first.
const ORDER_URGENT: &str = " order by c.priority desc, coalesce(c.waiting_since, c.last_message_at), c.id limit ";

impl Store {
    /// One page of a list, newest first (Waiting for you: most urgent first), and how many there are in all.
    pub async fn conversation_page(&self, filter: &ListFilter) -> Result<(i64, Vec<ConversationLine>), StoreError> {
        let mut conn = self.read().await?;
        let (mut total, mut ids) = (0, vec![]);
        for step in filter.search.steps() {
            (total, ids) = page(&mut conn, self.engine(), filter, *step).await?;
            let full = i64::try_from(ids.len()).is_ok_and(|rows| rows >= filter.limit);
            let Some(most) = step.filter(|_| !full) else { break };
            let Some(matches) = filter.search.matches(self.engine(), most) else { break };
            if matches.row(&mut conn).await?.number("n")? < most {
                break;
            }
        }
        Ok((total, lines(&mut conn, &ids).await?))
    }

    /// Rows for these conversations, in this order; missing ones are left out.
    pub async fn conversation_lines(&self, ids: &[ConversationId]) -> Result<Vec<ConversationLine>, StoreError> {
        lines(&mut *self.read().await?, ids).await
    }

    /// The customer's other conversations, newest first.
    pub async fn past_conversations(
        &self,
        contact: ContactId,
        except: Option<ConversationId>,
        limit: i64,
    ) -> Result<Vec<ConversationLine>, StoreError> {
        let mut conn = self.read().await?;
        let rows =
            sqlx::query("select id from conversations where contact_id = $1 and id <> $2 order by last_message_at desc, id desc limit $3")
                .bind(contact.get())
                .bind(except.map_or(0, ConversationId::get))
                .bind(limit)
                .fetch_all(&mut *conn)
                .await?;
        let ids = each(&rows, |row| row.id::<ConversationId>("id"))?;
        lines(&mut conn, &ids).await
    }

    /// How many conversations need a person now: see [`View::Waiting`], [`View::Drafts`] and [`View::Failed`], added up.
    ///
    /// Asked after every message that comes in, so it reads the small indexes of exactly these and never the conversations.
    pub async fn needing_a_person(&self) -> Result<i64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(NEEDING_A_PERSON).fetch_one(&mut *self.read().await?).await?;
        Ok(count)
    }

    /// How many conversations each view has.
    pub async fn view_counts(&self, member: Option<MemberId>) -> Result<ViewCounts, StoreError> {
        let mut conn = self.read().await?;
        let row = sqlx::query(
            "select
               (select count(*) from conversations) as a,
               (select count(*) from conversations where assignee = $1 and status <> 'resolved') as mine,
               (select count(*) from conversations where status = 'open' and assignee is null) as unassigned,
               (select count(distinct conversation_id) from handoffs where answered_at is null and closed_at is null) as waiting,
               (select count(distinct conversation_id) from messages where delivery in ('draft', 'failed', 'uncertain')
                 and delivery = 'draft') as drafts,
               (select count(*) from conversations where status = 'pending') as bot,
               (select count(*) from conversations where status = 'snoozed') as snoozed,
               (select count(*) from conversations where status = 'resolved') as resolved,
               (select count(distinct conversation_id) from messages where delivery in ('draft', 'failed', 'uncertain')
                 and delivery <> 'draft') as failed",
        )
        .bind(member.map(MemberId::get))
        .fetch_one(&mut *conn)
        .await?;
        let by_inbox: Vec<(i64, i64)> =
            sqlx::query_as("select inbox_id, count(*) from conversations group by inbox_id").fetch_all(&mut *conn).await?;
        Ok(ViewCounts {
            all: row.number("a")?,
            mine: row.number("mine")?,
            unassigned: row.number("unassigned")?,
            waiting: row.number("waiting")?,
            drafts: row.number("drafts")?,
            bot: row.number("bot")?,
            snoozed: row.number("snoozed")?,
            resolved: row.number("resolved")?,
            failed: row.number("failed")?,
            inboxes: by_inbox.into_iter().map(|(id, n)| (InboxId(id), n)).collect(),
        })
    }
}

/// The conversations of one page, and how many there are in all.
async fn page(
    conn: &mut AnyConnection,
    engine: Engine,
    filter: &ListFilter,
    newest: Option<i64>,
) -> Result<(i64, Vec<ConversationId>), StoreError> {
    let order = if filter.view == View::Waiting { ORDER_URGENT } else { ORDER_NEWEST };
    // With words the count and the page share the costly part; without, counting every row of a view for one page would not.
    let counts_itself = filter.search.has_words();
    let select = if counts_itself {
        Statement::new("select c.id, count(*) over () as n from conversations c where 1 = 1")
    } else {
        Statement::new("select c.id from conversations c where 1 = 1")
    };
    let page = conditions(engine, select, filter, newest)?.push(order).bind(filter.limit).push(" offset ").bind(filter.offset);
    let rows = page.rows(conn).await?;
    let ids = each(&rows, |row| row.id::<ConversationId>("id"))?;
    let total = match rows.first() {
        Some(row) if counts_itself => row.number("n")?,
        None if counts_itself && filter.offset == 0 => 0,
        _ => {
            let count = Statement::new("select count(*) as n from conversations c where 1 = 1");
            conditions(engine, count, filter, newest)?.row(conn).await?.number("n")?
        }
    };
    Ok((total, ids))
}

fn read(row: &AnyRow) -> sqlx::Result<ConversationLine> {
    Ok(ConversationLine {
        id: row.id("id")?,
        inbox_id: row.id("inbox_id")?,
        channel: row.word("channel")?,
        store: row.text("store")?,
        contact_id: row.id("contact_id")?,
        contact: row.text("contact")?,
        country: row.maybe_text("country")?,
        language: row.maybe_language("language")?,
        subject: row.text("subject")?,
        preview: row.text("preview")?,
        last_is_ours: row.flag("last_is_ours")?,
        last_at: row.moment("last_message_at")?,
        status: row.word("status")?,
        owner: row.word("owner")?,
        assignee: row.maybe_text("assignee")?,
        unread: row.flag("unread")?,
        emotion: row.maybe_word("emotion")?,
        intent: row.maybe_word("intent")?,
        high_risk: row.flag("high_risk")?,
        labels: vec![],
        waiting: None,
        has_bot_draft: false,
        delivery_problem: false,
    })
}

async fn lines(conn: &mut AnyConnection, ids: &[ConversationId]) -> Result<Vec<ConversationLine>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let numbers = || ids.iter().map(|id| id.get());
    let rows = Statement::new(
        "select c.id, c.inbox_id, i.channel, i.name as store, c.contact_id,
         case when p.name <> '' then p.name else coalesce((select min(d.value) from identities d where d.contact_id = p.id), '') end as contact,
         p.country, coalesce(c.language, p.language) as language, c.subject, c.preview, c.last_is_ours, c.last_message_at, c.status, c.owner,
         m.name as assignee, c.unread, c.emotion, c.intent, c.high_risk
         from conversations c join inboxes i on i.id = c.inbox_id join contacts p on p.id = c.contact_id
         left join members m on m.id = c.assignee where c.id in ",
    )
    .list(numbers())
    .rows(conn)
    .await?;
    let mut found: BTreeMap<ConversationId, ConversationLine> = each(&rows, read)?.into_iter().map(|line| (line.id, line)).collect();
    add_labels(conn, ids, &mut found).await?;
    add_handoffs(conn, ids, &mut found).await?;
    add_deliveries(conn, ids, &mut found).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

type Lines = BTreeMap<ConversationId, ConversationLine>;

async fn add_labels(conn: &mut AnyConnection, ids: &[ConversationId], lines: &mut Lines) -> Result<(), StoreError> {
    let rows = Statement::new(
        "select cl.conversation_id, l.id, l.name, l.colour from conversation_labels cl join labels l on l.id = cl.label_id
         where cl.conversation_id in ",
    )
    .list(ids.iter().map(|id| id.get()))
    .push(" order by l.name")
    .rows(conn)
    .await?;
    for row in &rows {
        if let Some(line) = lines.get_mut(&row.id("conversation_id")?) {
            line.labels.push(Label { id: row.id("id")?, name: row.text("name")?, colour: row.text("colour")? });
        }
    }
    Ok(())
}

async fn add_handoffs(conn: &mut AnyConnection, ids: &[ConversationId], lines: &mut Lines) -> Result<(), StoreError> {
    let rows = Statement::new(
        "select conversation_id, id, reason, at, promised_at from handoffs where answered_at is null and closed_at is null
         and conversation_id in ",
    )
    .list(ids.iter().map(|id| id.get()))
    .push(" order by id")
    .rows(conn)
    .await?;
    for row in &rows {
        if let Some(line) = lines.get_mut(&row.id("conversation_id")?) {
            line.waiting = Some(WaitingLine {
                handoff_id: row.id("id")?,
                reason: row.word("reason")?,
                since: row.moment("at")?,
                promised_at: row.moment("promised_at")?,
            });
        }
    }
    Ok(())
}

async fn add_deliveries(conn: &mut AnyConnection, ids: &[ConversationId], lines: &mut Lines) -> Result<(), StoreError> {
    let rows = Statement::new(
        "select distinct conversation_id, delivery from messages where delivery in ('draft', 'failed', 'uncertain') and conversation_id in ",
    )
    .list(ids.iter().map(|id| id.get()))
    .rows(conn)
    .await?;
    for row in &rows {
        if let Some(line) = lines.get_mut(&row.id("conversation_id")?) {
            match row.text("delivery")?.as_str() {
                "draft" => line.has_bot_draft = true,
                _ => line.delivery_problem = true,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "conversation_lines_tests.rs"]
mod tests;
