//! Customers: lists with their groups, one with everything, export and erasure.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use mercator_domain::ids::ContactId;
use mercator_store::contacts::{ContactFilter, ContactLine};

use crate::{
    App,
    lists::{self, small},
    views::{AppEvent, ContactDetail, ContactPage, ContactQuery, ContactRow},
};

/// Orders and conversations shown of one customer.
const MOST: i64 = 200;

impl App {
    /// One page of customers.
    pub async fn list_contacts(&self, query: &ContactQuery) -> Result<ContactPage> {
        self.refresh_segments().await?;
        let filter = ContactFilter {
            search: query.search.trim().to_owned(),
            segment: query.segment,
            only: None,
            offset: i64::from(query.offset.max(0)),
            limit: i64::from(query.limit.clamp(1, 200)),
        };
        let (total, lines) = self.store.contact_page(&filter).await?;
        Ok(ContactPage { total: small(total), rows: lines.into_iter().map(row).collect() })
    }

    /// A customer with everything the screen shows.
    pub async fn contact(&self, id: ContactId) -> Result<ContactDetail> {
        self.refresh_segments().await?;
        let now = self.now();
        let contact = self.store.contact(id).await?;
        let filter = ContactFilter { only: Some(id), limit: 1, ..ContactFilter::default() };
        let (_, lines) = self.store.contact_page(&filter).await?;
        let line = lines.into_iter().next().context("The customer has no row")?;
        let conversations = self.store.past_conversations(id, None, MOST).await?;
        Ok(ContactDetail {
            row: row(line),
            identities: self.store.identities_of(id).await?,
            account: self.store.account(id).await?,
            orders: self.store.orders_of_contact(id, MOST).await?,
            conversations: conversations.into_iter().map(|line| lists::row(line, now)).collect(),
            contact,
        })
    }

    /// Everything that is stored of one person, as one JSON file (K2).
    pub async fn export_contact(&self, id: ContactId, path: &str) -> Result<()> {
        let detail = self.contact(id).await?;
        let mut threads = vec![];
        for conversation in &detail.conversations {
            threads.push(self.thread(conversation.id).await?);
        }
        let whole = serde_json::json!({ "contact": detail, "threads": threads });
        let text = serde_json::to_string_pretty(&whole)?;
        fs::write(Path::new(path), text).with_context(|| format!("Cannot write {path}"))
    }

    /// Erases one person everywhere (K2). There is no way back.
    pub async fn erase_contact(&self, id: ContactId) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        let erased = tx.erase_contact(id).await?;
        let counts = serde_json::json!({ "conversations": erased.conversations, "messages": erased.messages, "identities": erased.identities, "models": erased.models });
        // The audit names the row and the counts only: a name in it would be what was to be erased.
        tx.insert_audit(&self.member.name, "contact.erase", &id.to_string(), &counts).await?;
        tx.commit().await?;
        // The freed pages of the file still hold the words until they are written over.
        self.store.scrub().await?;
        self.taught().await?;
        self.orders_changed();
        self.tell(AppEvent::OrdersChanged);
        self.tell_counts().await;
        Ok(())
    }
}

fn row(line: ContactLine) -> ContactRow {
    ContactRow {
        id: line.id,
        name: line.name,
        address: line.address,
        country: line.country,
        language: line.language,
        orders: small(line.orders),
        total: line.total,
        last_order_at: line.last_order_at,
        segment: line.segment,
        conversations: small(line.conversations),
    }
}
