//! The shop's products and rules for duty as the bot reads them: made when first needed, void after an import or a change of the rules.

use std::sync::Arc;

use anyhow::Result;
use mercator_domain::duty::DutyTable;
use mercator_pipeline::offers::{
    OfferData,
    catalogue::{self, Catalogue},
};

use crate::App;

impl App {
    /// They are read anew at the next turn.
    pub(crate) async fn offers_changed(&self) {
        *self.offers.write().await = None;
    }

    /// What offers are made from; nothing is offered when it cannot be read.
    pub(crate) async fn offers(&self) -> Arc<OfferData> {
        if let Some(known) = self.offers.read().await.as_ref() {
            return Arc::clone(known);
        }
        // Held while they are read: a change meanwhile waits, and then makes them void instead of being overwritten by them.
        let mut slot = self.offers.write().await;
        if let Some(known) = slot.as_ref() {
            return Arc::clone(known);
        }
        match self.read_offers().await {
            Ok(read) => Arc::clone(slot.insert(Arc::new(read))),
            Err(error) => {
                tracing::warn!(%error, "Products and rules for duty could not be read; nothing is offered");
                Arc::default()
            }
        }
    }

    async fn read_offers(&self) -> Result<OfferData> {
        let most = i64::try_from(catalogue::MOST).unwrap_or(i64::MAX);
        let products = self.store.products("", 0, most).await?;
        let duty = DutyTable::with(&self.duty_rows().await?)?;
        Ok(OfferData { catalogue: Catalogue::new(products), duty, terms: self.duty_terms().await? })
    }
}
