//! Saved texts, one a shortcode and language. Filling their variables is done in `mercator-app`.

use mercator_domain::{ids::CannedId, language::Language, team::CannedResponse};
use sqlx::any::AnyRow;

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, each},
};

fn canned(row: &AnyRow) -> sqlx::Result<CannedResponse> {
    Ok(CannedResponse {
        id: row.id("id")?,
        shortcode: row.text("shortcode")?,
        language: row.language("language")?,
        text: row.text("text")?,
    })
}

impl Store {
    /// Every saved text, by shortcode and language.
    pub async fn canned_responses(&self) -> Result<Vec<CannedResponse>, StoreError> {
        let rows = sqlx::query("select id, shortcode, language, text from canned_responses order by shortcode, language")
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(each(&rows, canned)?)
    }
}

impl Tx {
    /// Saves a text under a shortcode and language, in place of the one that was there.
    pub async fn put_canned_response(&mut self, shortcode: &str, language: &Language, text: &str) -> Result<CannedId, StoreError> {
        let row = sqlx::query(
            "insert into canned_responses (shortcode, language, text) values ($1, $2, $3)
             on conflict (shortcode, language) do update set text = excluded.text returning id",
        )
        .bind(shortcode)
        .bind(language.code())
        .bind(text)
        .fetch_one(self.conn())
        .await?;
        self.changed(ChangeKind::Settings, 0);
        Ok(row.id("id")?)
    }

    /// Changes everything about a saved text; [`StoreError::Constraint`] when another has the shortcode and language.
    pub async fn update_canned_response(&mut self, given: &CannedResponse) -> Result<(), StoreError> {
        let done = sqlx::query("update canned_responses set shortcode = $2, language = $3, text = $4 where id = $1")
            .bind(given.id.get())
            .bind(given.shortcode.as_str())
            .bind(given.language.code())
            .bind(given.text.as_str())
            .execute(self.conn())
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.changed(ChangeKind::Settings, 0);
        Ok(())
    }

    /// Removes a saved text; gives whether it was there.
    pub async fn delete_canned_response(&mut self, id: CannedId) -> Result<bool, StoreError> {
        let done = sqlx::query("delete from canned_responses where id = $1").bind(id.get()).execute(self.conn()).await?;
        self.changed(ChangeKind::Settings, 0);
        Ok(done.rows_affected() > 0)
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::both_engines;

    both_engines!(a_saved_text_has_one_variant_a_language, |store| async move {
        let (german, english) = (Language::parse("de").unwrap(), Language::english());
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        let first = tx.put_canned_response("tracking", &german, "Sendung {{tracking.number}}").await.unwrap();
        tx.put_canned_response("tracking", &english, "Parcel {{tracking.number}}").await.unwrap();
        assert_eq!(tx.put_canned_response("tracking", &german, "Neu").await.unwrap(), first);
        let thanks = tx.put_canned_response("thanks", &english, "Thank you").await.unwrap();
        tx.update_canned_response(&CannedResponse { id: thanks, shortcode: "ty".into(), language: english.clone(), text: "Ta".into() })
            .await
            .unwrap();
        let gone = CannedResponse { id: CannedId(99), shortcode: "x".into(), language: english, text: String::new() };
        assert!(matches!(tx.update_canned_response(&gone).await, Err(StoreError::NotFound)));
        tx.commit().await.unwrap();
        let all: Vec<_> =
            store.canned_responses().await.unwrap().into_iter().map(|c| format!("{}/{} {}", c.shortcode, c.language, c.text)).collect();
        assert_eq!(all, ["tracking/de Neu", "tracking/en Parcel {{tracking.number}}", "ty/en Ta"]);
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        assert!(tx.delete_canned_response(thanks).await.unwrap());
        assert!(!tx.delete_canned_response(thanks).await.unwrap());
        tx.commit().await.unwrap();
    });
}
