//! One import while it runs: rows read, batches begun and ended, counts kept.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use anyhow::Result;
use mercator_domain::{ids::InboxId, moment::Moment};
use mercator_store::{Store, Tx};

use super::{
    columns::{Read, Row, Sheet},
    tally::Tally,
};

/// Things of one transaction: large enough that the commit costs little, small enough that others get their turn in between.
const BATCH: usize = 500;

/// A running import.
pub(crate) struct Run<'a> {
    pub store: &'a Store,
    pub now: Moment,
    /// The file's name without its folder: the source of what comes from it.
    pub name: &'a str,
    /// True: everything is done and taken back, so that the counts are those of the real run.
    pub dry: bool,
    pub sheet: Sheet,
    pub tally: Tally,
}

impl Run<'_> {
    /// Reads every row that can be read, with its line; the others are counted as refused.
    pub(crate) fn read_rows<T>(&mut self, read: impl Fn(Row<'_>, &mut dyn FnMut(String)) -> Read<T>) -> Vec<(usize, T)> {
        let mut rows = Vec::with_capacity(self.sheet.records.len());
        for record in &self.sheet.records {
            let line = record.line;
            let mut warnings = vec![];
            let read = match &record.broken {
                Some(why) => Err(why.clone()),
                None => read(self.sheet.row(record), &mut |text| warnings.push(text)),
            };
            match read {
                Ok(value) => {
                    warnings.into_iter().for_each(|text| self.tally.warn_at(line, text));
                    rows.push((line, value));
                }
                Err(why) => self.tally.reject(line, why),
            }
        }
        rows
    }

    /// The stores by name and by address, in lower case.
    pub(crate) async fn stores(&self) -> Result<BTreeMap<String, InboxId>> {
        let mut stores = BTreeMap::new();
        for stored in self.store.inboxes().await? {
            stores.insert(stored.inbox.address.to_lowercase(), stored.inbox.id);
            stores.insert(stored.inbox.name.to_lowercase(), stored.inbox.id);
        }
        Ok(stores)
    }

    /// Begins the transaction of a batch.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        Ok(self.store.begin_at(self.now).await?)
    }

    /// Ends it: for good, or, in a trial, without a trace.
    pub(crate) async fn end(&self, tx: Tx) -> Result<()> {
        if self.dry {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Cuts a list into the batches of its transactions.
pub(crate) trait Batches<T> {
    /// The batches.
    fn batches(&self) -> std::slice::Chunks<'_, T>;
}

impl<T> Batches<T> for [T] {
    fn batches(&self) -> std::slice::Chunks<'_, T> {
        self.chunks(BATCH)
    }
}

/// Keys that came before in a file, with their content: of two that differ the first wins.
pub(crate) struct Keys<K, V>(HashMap<K, V>);

impl<K, V> Default for Keys<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq + Clone, V: PartialEq + Clone> Keys<K, V> {
    /// `true`: new; `false`: the same as before; an error: other content than before.
    pub(crate) fn see(&mut self, key: &K, content: &V) -> Result<bool, &'static str> {
        match self.0.get(key) {
            None => {
                self.0.insert(key.clone(), content.clone());
                Ok(true)
            }
            Some(before) if before == content => Ok(false),
            Some(_) => Err("came before in this file with other content"),
        }
    }
}
