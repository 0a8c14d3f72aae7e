//! Sentence vectors of the texts of articles, by the hash of the text.
//!
//! What a vector's bytes hold is known to the caller. All of it can be made again from the articles, so nothing here is told to the
//! other instances, and what two of them write at once is the same.

use sqlx::Row;

use crate::{Store, StoreError, Tx, columns::Columns, statement::Statement};

/// Rows of one insert.
const AT_ONCE: usize = 500;

/// A vector with the hash of its text.
pub type Kept = (String, Vec<u8>);

impl Store {
    /// Every vector that this encoder made.
    pub async fn text_vectors(&self, encoder: &str) -> Result<Vec<Kept>, StoreError> {
        let rows = sqlx::query("select text_hash, vector from text_vectors where encoder = $1")
            .bind(encoder)
            .fetch_all(&mut *self.read().await?)
            .await?;
        Ok(rows.iter().map(|row| Ok((row.text("text_hash")?, row.try_get("vector")?))).collect::<sqlx::Result<_>>()?)
    }
}

impl Tx {
    /// Keeps vectors, in the place of those that are there already.
    pub async fn keep_text_vectors(&mut self, encoder: &str, vectors: &[Kept]) -> Result<(), StoreError> {
        for part in vectors.chunks(AT_ONCE) {
            let mut insert = Statement::new("insert into text_vectors (encoder, text_hash, vector) values ");
            for (number, (hash, vector)) in part.iter().enumerate() {
                insert = insert.push(if number == 0 { "(" } else { ", (" });
                insert = insert.bind(encoder.to_owned()).push(", ").bind(hash.clone()).push(", ").bind(vector.clone()).push(")");
            }
            insert.push(" on conflict (encoder, text_hash) do update set vector = excluded.vector").run(self.conn()).await?;
        }
        Ok(())
    }

    /// Lets go of the vectors of these texts, and of all that another encoder made.
    pub async fn drop_text_vectors(&mut self, encoder: &str, hashes: &[String]) -> Result<(), StoreError> {
        sqlx::query("delete from text_vectors where encoder <> $1").bind(encoder).execute(self.conn()).await?;
        for part in hashes.chunks(AT_ONCE) {
            let delete = Statement::new("delete from text_vectors where encoder = ").bind(encoder.to_owned()).push(" and text_hash in ");
            delete.list(part.iter().cloned()).run(self.conn()).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use super::*;
    use crate::both_engines;

    both_engines!(vectors_are_kept_by_the_text_and_go_with_their_encoder, |store| async move {
        let kept = |n: u8| (format!("hash{n}"), vec![n; 516]);
        let many: Vec<Kept> = (0..=250).map(kept).collect();
        let mut tx = store.begin_at(Moment(1)).await.unwrap();
        tx.keep_text_vectors("old", &many[..3]).await.unwrap();
        tx.keep_text_vectors("new", &[many.clone(), (0..=250).map(|n| (format!("other{n}"), vec![n; 516])).collect()].concat())
            .await
            .unwrap();
        // Another instance made the same ones.
        tx.keep_text_vectors("new", &[kept(1)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.text_vectors("old").await.unwrap().len(), 3);
        let new = store.text_vectors("new").await.unwrap();
        assert_eq!((new.len(), new.iter().find(|(hash, _)| hash == "hash1")), (502, Some(&kept(1))));
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        let gone: Vec<String> = new.iter().map(|(hash, _)| hash.clone()).filter(|hash| hash != "hash7").collect();
        tx.drop_text_vectors("new", &gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.text_vectors("new").await.unwrap(), [kept(7)]);
        assert_eq!(store.text_vectors("old").await.unwrap(), []);
    });
}
