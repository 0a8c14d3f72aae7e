//! Duty and import tax as an estimate: dated rules, and what they make of a parcel.
//!
//! A rule is a row with the days on which it holds and its source; the seller's own rows go before those that ship. Where no row covers
//! something, that part is unknown and so is the sum: no figure is guessed.

mod estimate;
mod table;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::{
    estimate::{Amount, Estimate, Line, Missing, Part, Request, Step, StepKind, estimate, rates},
    table::{DutyTable, TableError},
};
use crate::{
    moment::Moment,
    money::{Currency, Money},
    words,
};

/// A day, `2026-11-26`; days compare as they follow each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct Day(String);

impl Day {
    /// Reads an ISO day; `Err` gives the text back.
    pub fn parse(text: &str) -> Result<Self, String> {
        match jiff::civil::Date::from_str(text.trim()) {
            Ok(date) => Ok(Self(date.to_string())),
            Err(_) => Err(format!("'{text}' is no day; write it as 2026-11-26")),
        }
    }
}

impl Day {
    /// Noon of the day, UTC; `None` far outside of any time that counts.
    pub fn noon(&self) -> Option<Moment> {
        let date: jiff::civil::Date = self.0.parse().ok()?;
        Some(date.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
    }
}

impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

words! {
    /// Who pays duty and tax.
    Terms {
        /// Delivered duty paid: the seller, it is in the price.
        Ddp => "ddp",
        /// Delivered duty unpaid: the buyer, to the carrier or customs on delivery.
        Ddu => "ddu",
    }
}

/// One rule. Rates are in basis points (19 % is 1900), from least to most where a country leaves it open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DutyFact {
    /// Value added or sales tax on import: of goods, shipping and duty.
    Tax {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// The same, where the tax is part of its own base (Brazil's ICMS): base × rate / (1 − rate).
    TaxInside {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// No import tax for goods of at most this value.
    TaxFree {
        /// Goods alone.
        up_to: Money,
    },
    /// Duty on goods whose code begins with `hs`; empty for all goods.
    Duty {
        /// The beginning of the Harmonised System code, digits only.
        hs: String,
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// No duty for goods of at most this value.
    DutyFree {
        /// Goods alone.
        up_to: Money,
    },
    /// A fixed duty for each tariff heading in a parcel of less than this value.
    FlatDuty {
        /// Goods alone, less than this.
        below: Money,
        /// For each heading of six digits.
        each: Money,
    },
    /// One duty rate for whole parcels by their value with shipping, less a fixed sum.
    ParcelDuty {
        /// More than this.
        above: Money,
        /// At most this.
        up_to: Money,
        /// The rate.
        rate: u32,
        /// What is taken off the duty.
        less: Money,
    },
    /// A rate of exchange: one unit of `from` in millionths of a unit of `to`.
    Exchange {
        /// From.
        from: Currency,
        /// To.
        to: Currency,
        /// Millionths.
        #[specta(type = i32)]
        millionths: i64,
    },
}

/// A rule with where and when it holds, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct DutyRow {
    /// Where the goods go, ISO 3166-1 alpha-2; empty for a rate of exchange.
    #[serde(default)]
    pub country: String,
    /// The rule.
    pub fact: DutyFact,
    /// From this day on.
    pub from: Day,
    /// To this day, included; `None` while it holds.
    #[serde(default)]
    pub to: Option<Day>,
    /// Who says so.
    pub source: String,
    /// The day of the source.
    pub as_of: Day,
}

impl DutyRow {
    /// True on a day on which the rule holds.
    pub fn holds(&self, day: &Day) -> bool {
        self.from <= *day && self.to.as_ref().is_none_or(|to| day <= to)
    }
}

#[cfg(test)]
#[path = "duty_tests.rs"]
mod tests;
