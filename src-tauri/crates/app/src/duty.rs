//! Duty and import tax as an estimate, with the seller's own rules before those that ship.

use anyhow::{Context, Result};
use mercator_domain::{
    duty::{Day, DutyRow, DutyTable, Estimate, Line, Request, Terms, estimate},
    money::Money,
};

use serde::{Deserialize, Serialize};

use crate::{App, error::refuse};

/// The row of the settings.
const KEY: &str = "duty_rules";
/// The row of the settings that says who pays.
const TERMS: &str = "duty_terms";

/// A parcel of one product of the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductParcel<'a> {
    /// The product's number.
    pub sku: &'a str,
    /// Pieces.
    pub quantity: u32,
    /// Where it goes.
    pub country: &'a str,
    /// What shipping costs; nothing when it is free.
    pub shipping: Option<Money>,
    /// Who pays.
    pub terms: Terms,
    /// On which day.
    pub day: Day,
}

/// What is set about duty, with what ships.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct DutyView {
    /// Who pays duty and tax.
    pub terms: Terms,
    /// The seller's own rules; they go before those that ship.
    pub own: Vec<DutyRow>,
    /// The rules that ship.
    pub shipped: Vec<DutyRow>,
}

impl App {
    /// What is set about duty, with what ships.
    pub async fn duty_view(&self) -> Result<DutyView> {
        let shipped = DutyTable::with(&[]).context("The rules for duty cannot be read")?.rows().to_vec();
        Ok(DutyView { terms: self.duty_terms().await?, own: self.duty_rows().await?, shipped })
    }

    /// The seller's own rules.
    pub async fn duty_rows(&self) -> Result<Vec<DutyRow>> {
        Ok(self.store.setting::<Vec<DutyRow>>(KEY).await?.unwrap_or_default())
    }

    /// Stores the seller's own rules; they go before those that ship. A row that cannot be is refused with its number.
    pub async fn save_duty_rows(&self, rows: &[DutyRow]) -> Result<()> {
        DutyTable::with(rows).map_err(|error| refuse(error.to_string(), "Mend the row, then store the rules again."))?;
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(KEY, rows).await?;
        tx.insert_audit(&self.member.name, "duty.rules", "settings", &serde_json::json!({ "rows": rows.len() })).await?;
        tx.changed(mercator_store::ChangeKind::Settings, 0);
        tx.commit().await?;
        self.offers_changed().await;
        Ok(())
    }

    /// Who pays duty and tax, as the bot tells it; the buyer, where nothing was set.
    pub async fn duty_terms(&self) -> Result<Terms> {
        Ok(self.store.setting::<Terms>(TERMS).await?.unwrap_or(Terms::Ddu))
    }

    /// Sets who pays duty and tax.
    pub async fn save_duty_terms(&self, terms: Terms) -> Result<()> {
        let mut tx = self.store.begin_at(self.now()).await?;
        tx.set_setting(TERMS, &terms).await?;
        tx.insert_audit(&self.member.name, "duty.terms", "settings", &serde_json::json!({ "terms": terms })).await?;
        tx.changed(mercator_store::ChangeKind::Settings, 0);
        tx.commit().await?;
        self.offers_changed().await;
        Ok(())
    }

    /// What is to be expected for a parcel.
    pub async fn quote(&self, request: &Request) -> Result<Estimate> {
        let table = DutyTable::with(&self.duty_rows().await?).context("The rules for duty cannot be read")?;
        Ok(estimate(request, &table))
    }

    /// The same for a product of the shop: its price and its code.
    pub async fn quote_product(&self, parcel: &ProductParcel<'_>) -> Result<Estimate> {
        let product = self.store.product(parcel.sku).await?;
        let product = product.ok_or_else(|| refuse(format!("There is no product {}", parcel.sku), "Check its number."))?;
        let shipping = parcel.shipping.unwrap_or(Money::new(0, product.price.currency));
        if shipping.currency != product.price.currency {
            return Err(refuse("The shipping is in another currency than the product", "Give it in the product's currency."));
        }
        let line = Line { hs: product.hs_code, quantity: parcel.quantity, unit: product.price };
        let request =
            Request { country: parcel.country.to_owned(), lines: vec![line], shipping, terms: parcel.terms, day: parcel.day.clone() };
        self.quote(&request).await
    }
}
