//! Versions of the workspace's own model of the intents: the newest three and the active one can be used, of older ones the
//! report stays.
//!
//! What a model and its report hold is known to the caller; here both are bytes and JSON.

use mercator_domain::{ids::IntentModelId, moment::Moment};
use sqlx::{Row, any::AnyRow};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each, json_text},
};

/// Versions whose model is kept, besides the active one: enough to go back once and once more; each is some megabytes.
const KEPT: i64 = 3;

/// A version.
#[derive(Clone, Debug, PartialEq)]
pub struct IntentModel {
    /// The version.
    pub id: IntentModelId,
    /// When it was trained.
    pub created_at: Moment,
    /// Who had it trained.
    pub member: String,
    /// Examples of the workspace in it.
    pub examples: i64,
    /// The fingerprint of the encoder that it needs.
    pub encoder: String,
    /// Its figures.
    pub report: serde_json::Value,
    /// True while the model itself is there.
    pub kept: bool,
    /// True for the one in use.
    pub active: bool,
}

/// A version to be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct NewIntentModel<'a> {
    /// Who had it trained.
    pub member: &'a str,
    /// Examples of the workspace in it.
    pub examples: i64,
    /// The fingerprint of the encoder that it needs.
    pub encoder: &'a str,
    /// Its figures.
    pub report: &'a serde_json::Value,
    /// The model itself.
    pub model: &'a [u8],
}

macro_rules! select {
    ($more:literal, $rest:literal) => {
        concat!(
            "select id, created_at, member, examples, encoder, report, case when model is null then 0 else 1 end as kept, active",
            $more,
            " from intent_models ",
            $rest
        )
    };
}

fn version(row: &AnyRow) -> sqlx::Result<IntentModel> {
    Ok(IntentModel {
        id: row.id("id")?,
        created_at: row.moment("created_at")?,
        member: row.text("member")?,
        examples: row.number("examples")?,
        encoder: row.text("encoder")?,
        report: row.json("report")?,
        kept: row.flag("kept")?,
        active: row.flag("active")?,
    })
}

impl Store {
    /// The newest versions, newest first.
    pub async fn intent_models(&self, limit: i64) -> Result<Vec<IntentModel>, StoreError> {
        let rows = sqlx::query(select!("", "order by id desc limit $1")).bind(limit).fetch_all(&mut *self.read().await?).await?;
        Ok(each(&rows, version)?)
    }

    /// The version in use with its model; `None` where the model that ships is used.
    pub async fn active_intent_model(&self) -> Result<Option<(IntentModel, Vec<u8>)>, StoreError> {
        // Two at once can only come of two instances on a server that activate in the same moment: then the newer one is meant.
        let row = sqlx::query(select!(", model", "where active = 1 and model is not null order by id desc limit 1"))
            .fetch_optional(&mut *self.read().await?)
            .await?;
        Ok(row.map(|row| Ok::<_, sqlx::Error>((version(&row)?, row.try_get("model")?))).transpose()?)
    }
}

impl Store {
    /// Which version is in use; without the model, which is large.
    pub async fn active_intent_model_id(&self) -> Result<Option<IntentModelId>, StoreError> {
        let row: Option<(i64,)> =
            sqlx::query_as("select id from intent_models where active = 1 and model is not null order by id desc limit 1")
                .fetch_optional(&mut *self.read().await?)
                .await?;
        Ok(row.map(|(id,)| IntentModelId(id)))
    }
}

impl Tx {
    /// One version.
    pub async fn intent_model(&mut self, id: IntentModelId) -> Result<IntentModel, StoreError> {
        let row = sqlx::query(select!("", "where id = $1")).bind(id.get()).fetch_optional(self.conn()).await?;
        Ok(version(&row.ok_or(StoreError::NotFound)?)?)
    }

    /// Stores a version that was trained now, and lets go of the models of those that are too old to go back to.
    pub async fn insert_intent_model(&mut self, new: &NewIntentModel<'_>) -> Result<IntentModelId, StoreError> {
        let now = self.now().ms();
        let row = sqlx::query(
            "insert into intent_models (created_at, member, examples, encoder, report, model) values ($1, $2, $3, $4, $5, $6) returning id",
        )
        .bind(now)
        .bind(new.member)
        .bind(new.examples)
        .bind(new.encoder)
        .bind(json_text(new.report)?)
        .bind(new.model)
        .fetch_one(self.conn())
        .await?;
        sqlx::query(
            "update intent_models set model = null where active = 0 and model is not null
             and id not in (select id from intent_models order by id desc limit $1)",
        )
        .bind(KEPT)
        .execute(self.conn())
        .await?;
        self.changed(ChangeKind::Understanding, 0);
        Ok(row.id("id")?)
    }

    /// Uses a version, or with `None` the model that ships. A version whose model is no longer kept is not found.
    pub async fn activate_intent_model(&mut self, id: Option<IntentModelId>) -> Result<(), StoreError> {
        if let Some(id) = id {
            let done = sqlx::query("update intent_models set active = 1 where id = $1 and model is not null")
                .bind(id.get())
                .execute(self.conn())
                .await?;
            self.found(done.rows_affected())?;
        }
        sqlx::query("update intent_models set active = 0 where active = 1 and id <> $1")
            .bind(id.map_or(0, IntentModelId::get))
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Understanding, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::both_engines;

    async fn train(store: &Store, at: i64) -> IntentModelId {
        let mut tx = store.begin_at(Moment(at)).await.unwrap();
        let (report, model) = (serde_json::json!({ "n": at }), [at.to_le_bytes()[0]; 3]);
        let new = NewIntentModel { member: "Ann", examples: at, encoder: "e1", report: &report, model: &model };
        let id = tx.insert_intent_model(&new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn activate(store: &Store, id: Option<IntentModelId>) -> Result<(), StoreError> {
        let mut tx = store.begin_at(Moment(9)).await.unwrap();
        tx.activate_intent_model(id).await?;
        tx.commit().await
    }

    both_engines!(one_version_is_in_use_and_the_newest_three_can_be_gone_back_to, |store| async move {
        assert!(store.active_intent_model().await.unwrap().is_none());
        let first = train(&store, 1).await;
        activate(&store, Some(first)).await.unwrap();
        let (found, model) = store.active_intent_model().await.unwrap().unwrap();
        assert_eq!((found.id, found.report["n"].as_i64(), found.examples, found.created_at), (first, Some(1), 1, Moment(1)));
        assert_eq!((found.member.as_str(), found.encoder.as_str(), model), ("Ann", "e1", vec![1, 1, 1]));
        assert_eq!(store.active_intent_model_id().await.unwrap(), Some(first));
        let second = train(&store, 2).await;
        for at in 3..=5 {
            train(&store, at).await;
        }
        let kept = |all: Vec<IntentModel>| all.into_iter().map(|v| (v.report["n"].as_i64().unwrap(), v.kept, v.active)).collect::<Vec<_>>();
        let all = store.intent_models(9).await.unwrap();
        assert_eq!(kept(all), [(5, true, false), (4, true, false), (3, true, false), (2, false, false), (1, true, true)]);
        assert!(matches!(activate(&store, Some(second)).await, Err(StoreError::NotFound)));
        assert_eq!(store.active_intent_model().await.unwrap().unwrap().0.id, first, "a refusal changes nothing");
        activate(&store, None).await.unwrap();
        assert!(store.active_intent_model().await.unwrap().is_none() && store.active_intent_model_id().await.unwrap().is_none());
        assert_eq!(store.intent_models(2).await.unwrap().len(), 2);
        let mut tx = store.begin_at(Moment(9)).await.unwrap();
        assert_eq!(tx.intent_model(second).await.unwrap().id, second);
        assert!(matches!(tx.intent_model(IntentModelId(99)).await, Err(StoreError::NotFound)));
    });
}
