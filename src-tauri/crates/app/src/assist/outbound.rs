//! The log of what leaves this computer: counted, never with what was said.

use std::collections::BTreeMap;

use anyhow::Result;
use mercator_domain::{
    assist::{ModelCall, OutboundRow, Purpose},
    inbox::{Connection, Inbox},
};
use mercator_store::outbound::day_of;
use serde::{Deserialize, Serialize};

use crate::App;

/// Rows that are shown.
const MOST: i64 = 500;

/// What was counted and not stored yet: by host and purpose. Reading a mailbox needs no commit of its own for this.
pub(crate) type Waiting = BTreeMap<(String, Purpose), u32>;

/// The log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct OutboundLog {
    /// By day, host and purpose, the newest first.
    pub rows: Vec<OutboundRow>,
    /// The newest questions to language models.
    pub calls: Vec<ModelCall>,
}

impl App {
    /// What has left this computer.
    pub async fn outbound_log(&self) -> Result<OutboundLog> {
        self.store_outbound().await?;
        Ok(OutboundLog { rows: self.store.outbound(MOST).await?, calls: self.store.model_calls(MOST).await? })
    }

    /// A mailbox is read or a mail handed over.
    pub(crate) async fn note_connection(&self, inbox: &Inbox, purpose: Purpose) {
        let Connection::Mail(settings) = &inbox.connection else { return };
        let server = if purpose == Purpose::MailSend { &settings.smtp } else { &settings.imap };
        *self.outbound.lock().await.entry((server.host.clone(), purpose)).or_insert(0) += 1;
    }

    /// Stores what was counted.
    pub(crate) async fn store_outbound(&self) -> Result<()> {
        let counted = std::mem::take(&mut *self.outbound.lock().await);
        if counted.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin_at(self.now()).await?;
        for ((host, purpose), times) in counted {
            tx.count_outbound(&host, purpose, times, 0).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Something was kept from leaving.
    pub(super) async fn note_refused(&self, host: &str) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.count_outbound(host, Purpose::LanguageModel, 0, 1).await?;
        Ok(tx.commit().await?)
    }

    /// A question went out.
    pub(super) async fn note_call(&self, call: &ModelCall) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.count_outbound(&call.host, Purpose::LanguageModel, 1, 0).await?;
        tx.insert_model_call(call).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn tokens_today(&self) -> Result<i64> {
        Ok(self.store.model_tokens_since(day_of(self.now())).await?)
    }
}
