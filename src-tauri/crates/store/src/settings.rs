//! Settings of the workspace: one JSON value a key. What the keys mean is known to `mercator-app` only.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    ChangeKind, Store, StoreError, Tx,
    columns::{Columns, json_text},
};

impl Store {
    /// The value of a key; `None` when it was never set.
    pub async fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let row = sqlx::query("select value from settings where key = $1").bind(key).fetch_optional(&mut *self.read().await?).await?;
        Ok(row.map(|row| row.json("value")).transpose()?)
    }
}

impl Tx {
    /// Sets a key.
    pub async fn set_setting<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), StoreError> {
        sqlx::query("insert into settings (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value")
            .bind(key)
            .bind(json_text(value)?)
            .execute(self.conn())
            .await?;
        self.changed(ChangeKind::Settings, 0);
        Ok(())
    }

    /// Removes a key; nothing happens when it is not there.
    pub async fn remove_setting(&mut self, key: &str) -> Result<(), StoreError> {
        sqlx::query("delete from settings where key = $1").bind(key).execute(self.conn()).await?;
        self.changed(ChangeKind::Settings, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use mercator_domain::moment::Moment;

    use crate::both_engines;

    both_engines!(a_setting_reads_back_and_is_replaced, |store| async move {
        assert_eq!(store.setting::<String>("theme").await.unwrap(), None);
        for theme in ["dark", "light"] {
            let mut tx = store.begin_at(Moment(1)).await.unwrap();
            tx.set_setting("theme", theme).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(store.setting::<String>("theme").await.unwrap().as_deref(), Some(theme));
        }
        let mut tx = store.begin_at(Moment(2)).await.unwrap();
        tx.remove_setting("theme").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.setting::<String>("theme").await.unwrap(), None);
    });
}
