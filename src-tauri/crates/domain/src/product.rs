//! Products as the shop lists them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ids::ProductId, money::Money};

/// A product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, specta::Type)]
pub struct Product {
    /// The row.
    pub id: ProductId,
    /// Its number in the shop.
    pub sku: String,
    /// Its title.
    pub title: String,
    /// Its price.
    pub price: Money,
    /// Pieces in stock, when the shop says.
    pub stock: Option<i32>,
    /// Plain text.
    pub description: String,
    /// As the shop groups it.
    pub category: String,
    /// Harmonised System code, digits only.
    pub hs_code: Option<String>,
    /// Country of origin, ISO 3166-1 alpha-2.
    pub origin: Option<String>,
    /// Weight of one piece in grams.
    pub weight_g: Option<i32>,
    /// Page in the shop.
    pub url: Option<String>,
    /// Countries it ships to, ISO 3166-1 alpha-2; empty means anywhere.
    pub ships_to: Vec<String>,
    /// Variants of one product share this; `None` for a product without variants.
    pub item_group: Option<String>,
    /// What sets this variant apart from the others: `color` to `red`.
    pub options: BTreeMap<String, String>,
}
