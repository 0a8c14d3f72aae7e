//! What leaves this computer: how often, where to and what for; and each question to a language model. Never what was said.

use mercator_domain::{
    assist::{ModelCall, OutboundRow, Purpose},
    moment::{DAY_MS, Moment},
};
use sqlx::any::AnyRow;

use crate::{
    Store, StoreError, Tx,
    columns::{Columns, each},
};

/// Days older than this are forgotten.
const KEPT_DAYS: i64 = 400;

fn outbound(row: &AnyRow) -> sqlx::Result<OutboundRow> {
    Ok(OutboundRow {
        day: row.moment("day")?,
        host: row.text("host")?,
        purpose: row.word("purpose")?,
        requests: row.small("requests")?,
        refused: row.small("refused")?,
        last_at: row.moment("last_at")?,
    })
}

fn call(row: &AnyRow) -> sqlx::Result<ModelCall> {
    Ok(ModelCall {
        at: row.moment("at")?,
        task: row.word("task")?,
        host: row.text("host")?,
        model: row.text("model")?,
        tokens_in: row.small("tokens_in")?,
        tokens_out: row.small("tokens_out")?,
        millis: row.small("millis")?,
        hidden: row.small("hidden")?,
        outcome: row.text("outcome")?,
    })
}

/// The beginning of a moment's day, UTC.
pub const fn day_of(moment: Moment) -> Moment {
    Moment(moment.0 - moment.0.rem_euclid(DAY_MS))
}

impl Store {
    /// What has left this computer, the newest day first.
    pub async fn outbound(&self, limit: i64) -> Result<Vec<OutboundRow>, StoreError> {
        let sql =
            "select day, host, purpose, requests, refused, last_at from outbound order by day desc, last_at desc, host, purpose limit $1";
        let rows = sqlx::query(sql).bind(limit).fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, outbound)?)
    }

    /// The newest questions to language models.
    pub async fn model_calls(&self, limit: i64) -> Result<Vec<ModelCall>, StoreError> {
        let sql = "select at, task, host, model, tokens_in, tokens_out, millis, hidden, outcome from model_calls
            order by at desc, id desc limit $1";
        let rows = sqlx::query(sql).bind(limit).fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, call)?)
    }

    /// Tokens of questions and answers since a moment.
    pub async fn model_tokens_since(&self, since: Moment) -> Result<i64, StoreError> {
        let sql = "select coalesce(cast(sum(tokens_in + tokens_out) as bigint), 0) as tokens from model_calls where at >= $1";
        Ok(sqlx::query(sql).bind(since.ms()).fetch_one(&mut *self.read().await?).await?.number("tokens")?)
    }
}

impl Tx {
    /// Counts what went out, and what was kept from going out.
    pub async fn count_outbound(&mut self, host: &str, purpose: Purpose, sent: u32, refused: u32) -> Result<(), StoreError> {
        let now = self.now();
        let day = day_of(now);
        sqlx::query(
            "insert into outbound (day, host, purpose, requests, refused, last_at) values ($1, $2, $3, $4, $5, $6)
             on conflict (day, host, purpose) do update set requests = outbound.requests + excluded.requests,
             refused = outbound.refused + excluded.refused, last_at = excluded.last_at",
        )
        .bind(day.ms())
        .bind(host)
        .bind(purpose.as_str())
        .bind(i64::from(sent))
        .bind(i64::from(refused))
        .bind(now.ms())
        .execute(self.conn())
        .await?;
        sqlx::query("delete from outbound where day < $1").bind(day.plus_ms(-KEPT_DAYS * DAY_MS).ms()).execute(self.conn()).await?;
        Ok(())
    }

    /// Notes a question to a language model.
    pub async fn insert_model_call(&mut self, given: &ModelCall) -> Result<(), StoreError> {
        sqlx::query(
            "insert into model_calls (at, task, host, model, tokens_in, tokens_out, millis, hidden, outcome)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(given.at.ms())
        .bind(given.task.as_str())
        .bind(given.host.as_str())
        .bind(given.model.as_str())
        .bind(i64::from(given.tokens_in))
        .bind(i64::from(given.tokens_out))
        .bind(i64::from(given.millis))
        .bind(i64::from(given.hidden))
        .bind(given.outcome.as_str())
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::assist::AssistTask;

    use super::*;
    use crate::both_engines;

    both_engines!(k4_what_leaves_is_counted_by_day_host_and_purpose, |store| async move {
        let noon = Moment(10 * DAY_MS + DAY_MS / 2);
        for (at, host, purpose, refused) in [
            (noon, "mail.test", Purpose::MailReceive, false),
            (noon.plus_ms(1), "mail.test", Purpose::MailReceive, false),
            (noon.plus_ms(2), "mail.test", Purpose::MailSend, false),
            (noon.plus_ms(3), "models.test", Purpose::LanguageModel, true),
            (noon.plus_ms(DAY_MS), "mail.test", Purpose::MailReceive, false),
        ] {
            let mut tx = store.begin_at(at).await.unwrap();
            tx.count_outbound(host, purpose, u32::from(!refused), u32::from(refused)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let rows = store.outbound(10).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|r| (r.day.ms() / DAY_MS, r.host.as_str(), r.purpose, r.requests, r.refused)).collect();
        let expect = [
            (11, "mail.test", Purpose::MailReceive, 1, 0),
            (10, "models.test", Purpose::LanguageModel, 0, 1),
            (10, "mail.test", Purpose::MailSend, 1, 0),
            (10, "mail.test", Purpose::MailReceive, 2, 0),
        ];
        assert_eq!(seen, expect);
        let mut tx = store.begin_at(noon.plus_ms(500 * DAY_MS)).await.unwrap();
        tx.count_outbound("mail.test", Purpose::MailReceive, 1, 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.outbound(10).await.unwrap().len(), 1, "after a year it is forgotten");
    });

    both_engines!(tokens_are_summed_from_a_moment_on, |store| async move {
        let mut tx = store.begin_at(Moment(5)).await.unwrap();
        let one = |at: i64, tokens: i32| ModelCall {
            at: Moment(at),
            task: AssistTask::Draft,
            host: "localhost:11434".into(),
            model: "tiny".into(),
            tokens_in: tokens,
            tokens_out: 1,
            millis: 12,
            hidden: 3,
            outcome: "ok".into(),
        };
        for (at, tokens) in [(10, 100), (20, 200), (30, 300)] {
            tx.insert_model_call(&one(at, tokens)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.model_tokens_since(Moment(20)).await.unwrap(), 502);
        assert_eq!(store.model_tokens_since(Moment(31)).await.unwrap(), 0);
        assert_eq!(store.model_calls(2).await.unwrap(), [one(30, 300), one(20, 200)]);
    });
}
