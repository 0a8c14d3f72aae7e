//! Claims, disputes and feedback at platforms, with the order and the conversation that they hang on.

use mercator_domain::{
    entity::comparable_number,
    ids::{ConversationId, InboxId, PlatformCaseId},
    moment::Moment,
    platform_case::{CaseState, LinkedCase, NewPlatformCase, PlatformCase},
};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Put, Store, StoreError, Tx,
    columns::{Columns, each},
    statement::Statement,
};

/// A case with its order's customer, its store and its conversation. The conversation about an order is looked for among those of
/// the order's customer only: another's that names the same number is none of it.
const LINKED: &str = "select p.id, p.kind, p.number, p.inbox_id, p.order_number, p.conversation_id, p.reason, p.amount_minor, p.currency,
     p.state, p.opened_at, p.answer_by, p.changed_at, p.version, o.id as order_id,
     coalesce(o.contact_id, v.contact_id) as contact_id, coalesce(own.name, around.name, '') as store,
     coalesce(nullif(c.name, ''), (select min(i.value) from identities i where i.contact_id = c.id), '') as contact, v.id as conversation
     from platform_cases p
     left join orders o on o.number_key = p.order_key
     left join conversations v on v.id = coalesce(p.conversation_id, (select w.id from conversations w
       where w.contact_id = o.contact_id and w.order_number in (o.number_key, o.number) order by w.last_message_at desc, w.id desc limit 1))
     left join contacts c on c.id = coalesce(o.contact_id, v.contact_id)
     left join inboxes own on own.id = p.inbox_id
     left join inboxes around on around.id = v.inbox_id";

fn case(row: &AnyRow) -> sqlx::Result<PlatformCase> {
    Ok(PlatformCase {
        id: row.id("id")?,
        kind: row.word("kind")?,
        number: row.text("number")?,
        inbox_id: row.maybe_id("inbox_id")?,
        order_number: row.maybe_text("order_number")?,
        conversation_id: row.maybe_id("conversation_id")?,
        reason: row.text("reason")?,
        amount: row.maybe_text("currency")?.map(|_| row.money("amount_minor", "currency")).transpose()?,
        state: row.word("state")?,
        opened_at: row.moment("opened_at")?,
        answer_by: row.maybe_moment("answer_by")?,
        changed_at: row.moment("changed_at")?,
        version: row.small("version")?,
    })
}

fn linked(row: &AnyRow) -> sqlx::Result<LinkedCase> {
    Ok(LinkedCase {
        case: case(row)?,
        contact_id: row.maybe_id("contact_id")?,
        contact: row.text("contact")?,
        conversation_id: row.maybe_id("conversation")?,
        store: row.text("store")?,
        order_known: row.maybe_number("order_id")?.is_some(),
    })
}

impl Store {
    /// The cases that wait for the shop's answer, those that were opened first before the others.
    pub async fn open_platform_cases(&self, limit: i64) -> Result<Vec<LinkedCase>, StoreError> {
        let statement = Statement::new(LINKED).push(" where p.state = 'open' order by p.opened_at, p.id limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, linked)?)
    }

    /// The cases that the shop has answered, or that are decided; the last changed first.
    pub async fn settled_platform_cases(&self, limit: i64) -> Result<Vec<LinkedCase>, StoreError> {
        let statement = Statement::new(LINKED).push(" where p.state <> 'open' order by p.changed_at desc, p.id desc limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, linked)?)
    }

    /// The cases of a conversation: those linked to it, and those about its order (`order_key`: in the comparable form).
    pub async fn platform_cases_of(&self, conversation: ConversationId, order_key: Option<&str>) -> Result<Vec<LinkedCase>, StoreError> {
        let statement = Statement::new(LINKED)
            .push(" where (p.conversation_id = ")
            .bind(conversation.get())
            .when(order_key.is_some(), |s| s.push(" or p.order_key = ").bind(order_key.map(str::to_owned)))
            .push(") order by case when p.state = 'open' then 0 else 1 end, p.opened_at, p.id");
        Ok(each(&statement.rows(&mut *self.read().await?).await?, linked)?)
    }

    /// The case of this number, in any writing.
    pub async fn platform_case_by_number(&self, number: &str) -> Result<Option<LinkedCase>, StoreError> {
        let statement = Statement::new(LINKED).push(" where p.number_key = ").bind(comparable_number(number));
        Ok(each(&statement.rows(&mut *self.read().await?).await?, linked)?.pop())
    }

    /// All cases with a row above `after`, by rows: for the export.
    pub async fn platform_cases_after(&self, after: PlatformCaseId, limit: i64) -> Result<Vec<PlatformCase>, StoreError> {
        let statement = Statement::new(LINKED).push(" where p.id > ").bind(after.get()).push(" order by p.id limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, case)?)
    }

    /// The open cases of which nobody has been told yet that their time is nearly over.
    pub async fn platform_cases_to_alarm(&self, limit: i64) -> Result<Vec<LinkedCase>, StoreError> {
        let statement =
            Statement::new(LINKED).push(" where p.state = 'open' and p.alarmed = 0 order by p.opened_at, p.id limit ").bind(limit);
        Ok(each(&statement.rows(&mut *self.read().await?).await?, linked)?)
    }
}

impl Tx {
    /// Takes in a case by its number. What is known stays where the new one tells nothing; a case that is decided is not opened again by
    /// a file that is older than the decision.
    pub async fn put_platform_case(&mut self, new: &NewPlatformCase) -> Result<(PlatformCaseId, Put), StoreError> {
        let key = comparable_number(&new.number);
        let known = sqlx::query(
            "select id, kind, number, inbox_id, order_number, conversation_id, reason, amount_minor, currency, state, opened_at, answer_by,
             changed_at, version from platform_cases where number_key = $1",
        )
        .bind(key.as_str())
        .fetch_optional(self.conn())
        .await?;
        let Some(known) = known.as_ref().map(case).transpose()? else {
            return Ok((self.insert_platform_case(new, &key).await?, Put::Inserted));
        };
        let stays_settled = known.state != CaseState::Open && new.state == CaseState::Open;
        let merged = NewPlatformCase {
            inbox_id: new.inbox_id.or(known.inbox_id),
            order_number: new.order_number.clone().or_else(|| known.order_number.clone()),
            conversation_id: new.conversation_id.or(known.conversation_id),
            reason: if new.reason.is_empty() { known.reason.clone() } else { new.reason.clone() },
            amount: new.amount.or(known.amount),
            answer_by: new.answer_by.or(known.answer_by),
            state: if stays_settled { known.state } else { new.state },
            ..new.clone()
        };
        if merged == as_given(&known) {
            return Ok((known.id, Put::Unchanged));
        }
        self.update_platform_case(known.id, known.version, &merged).await?;
        Ok((known.id, Put::Changed))
    }

    async fn insert_platform_case(&mut self, new: &NewPlatformCase, key: &str) -> Result<PlatformCaseId, StoreError> {
        let now = self.now();
        let row = sqlx::query(
            "insert into platform_cases (kind, number, number_key, inbox_id, order_number, order_key, conversation_id, reason, amount_minor,
             currency, state, opened_at, answer_by, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             returning id",
        )
        .bind(new.kind.as_str())
        .bind(new.number.as_str())
        .bind(key)
        .bind(new.inbox_id.map(InboxId::get))
        .bind(new.order_number.as_deref())
        .bind(new.order_number.as_deref().map(comparable_number))
        .bind(new.conversation_id.map(ConversationId::get))
        .bind(new.reason.as_str())
        .bind(new.amount.map(|money| money.minor))
        .bind(new.amount.map(|money| money.currency.code().to_owned()))
        .bind(new.state.as_str())
        .bind(new.opened_at.ms())
        .bind(new.answer_by.map(Moment::ms))
        .bind(now.ms())
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Order, 0);
        Ok(row.id("id")?)
    }

    /// Writes a case as a person left it. [`StoreError::Conflict`] when its version is no longer the one that was read, and when
    /// another case has the number. A deadline that moved may be told of anew.
    pub async fn update_platform_case(&mut self, id: PlatformCaseId, seen: i32, new: &NewPlatformCase) -> Result<(), StoreError> {
        let now = self.now();
        let key = comparable_number(&new.number);
        let others = sqlx::query("select id from platform_cases where number_key = $1 and id <> $2")
            .bind(key.as_str())
            .bind(id.get())
            .fetch_optional(self.conn())
            .await?;
        if others.is_some() {
            return Err(StoreError::Conflict);
        }
        let done = sqlx::query(
            "update platform_cases set kind = $3, number = $4, number_key = $5, inbox_id = $6, order_number = $7, order_key = $8,
             conversation_id = $9, reason = $10, amount_minor = $11, currency = $12, state = $13, opened_at = $14, answer_by = $15,
             alarmed = 0, changed_at = $16, version = version + 1 where id = $1 and version = $2",
        )
        .bind(id.get())
        .bind(seen)
        .bind(new.kind.as_str())
        .bind(new.number.as_str())
        .bind(key)
        .bind(new.inbox_id.map(InboxId::get))
        .bind(new.order_number.as_deref())
        .bind(new.order_number.as_deref().map(comparable_number))
        .bind(new.conversation_id.map(ConversationId::get))
        .bind(new.reason.as_str())
        .bind(new.amount.map(|money| money.minor))
        .bind(new.amount.map(|money| money.currency.code().to_owned()))
        .bind(new.state.as_str())
        .bind(new.opened_at.ms())
        .bind(new.answer_by.map(Moment::ms))
        .bind(now.ms())
        .execute(self.conn())
        .await?;
        self.case_written(id, done.rows_affected()).await
    }

    /// Changes the state of a case as it was read. [`StoreError::Conflict`] when its version is no longer the one that was read.
    pub async fn set_platform_case_state(&mut self, id: PlatformCaseId, seen: i32, state: CaseState) -> Result<(), StoreError> {
        let now = self.now();
        let done = sqlx::query(
            "update platform_cases set state = $3, alarmed = 0, changed_at = $4, version = version + 1 where id = $1 and version = $2",
        )
        .bind(id.get())
        .bind(seen)
        .bind(state.as_str())
        .bind(now.ms())
        .execute(self.conn())
        .await?;
        self.case_written(id, done.rows_affected()).await
    }

    async fn case_written(&mut self, id: PlatformCaseId, rows: u64) -> Result<(), StoreError> {
        if rows == 0 {
            let known = sqlx::query("select id from platform_cases where id = $1").bind(id.get()).fetch_optional(self.conn()).await?;
            return Err(if known.is_some() { StoreError::Conflict } else { StoreError::NotFound });
        }
        self.changed(ChangeKind::Order, 0);
        Ok(())
    }

    /// A person has been told that the time of a case is nearly over; false when somebody else was quicker.
    pub async fn set_platform_case_alarmed(&mut self, id: PlatformCaseId) -> Result<bool, StoreError> {
        let done = sqlx::query("update platform_cases set alarmed = 1 where id = $1 and alarmed = 0 and state = 'open'")
            .bind(id.get())
            .execute(self.conn())
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn as_given(case: &PlatformCase) -> NewPlatformCase {
    NewPlatformCase {
        kind: case.kind,
        number: case.number.clone(),
        inbox_id: case.inbox_id,
        order_number: case.order_number.clone(),
        conversation_id: case.conversation_id,
        reason: case.reason.clone(),
        amount: case.amount,
        state: case.state,
        opened_at: case.opened_at,
        answer_by: case.answer_by,
    }
}

#[cfg(test)]
#[path = "platform_cases_tests.rs"]
mod tests;
