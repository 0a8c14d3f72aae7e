//! The rules that ship, and the seller's own, which go before them.

use super::{Day, DutyFact, DutyRow};
use crate::money::{Currency, Money};

/// The rules that ship.
const SHIPPED: &str = include_str!("../../data/duty.json");

/// Why rows are no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Not JSON, or not rows.
    #[error("these are no rules: {0}")]
    NoRows(String),
    /// A row that cannot be.
    #[error("row {row}: {reason}")]
    Row {
        /// Its place, from 1.
        row: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// All rules, the seller's first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DutyTable {
    rows: Vec<DutyRow>,
}

impl DutyTable {
    /// The seller's rows before the shipped ones.
    pub fn with(own: &[DutyRow]) -> Result<Self, TableError> {
        check(own)?;
        let shipped: Vec<DutyRow> = serde_json::from_str(SHIPPED).map_err(|e| TableError::NoRows(e.to_string()))?;
        Ok(Self { rows: own.iter().cloned().chain(shipped).collect() })
    }

    /// Rows from JSON, checked.
    pub fn read(text: &str) -> Result<Vec<DutyRow>, TableError> {
        let rows: Vec<DutyRow> = serde_json::from_str(text).map_err(|e| TableError::NoRows(e.to_string()))?;
        check(&rows)?;
        Ok(rows)
    }

    /// All rows, in the order in which they are looked at.
    pub fn rows(&self) -> &[DutyRow] {
        &self.rows
    }

    /// The first rule of a country on a day that fits.
    pub(super) fn first(&self, country: &str, day: &Day, fits: impl Fn(&DutyFact) -> bool) -> Option<&DutyRow> {
        self.rows.iter().find(|row| row.country == country && row.holds(day) && fits(&row.fact))
    }

    /// The duty rate whose code says most about the goods; of two as long the first.
    pub(super) fn duty(&self, country: &str, hs: &str, day: &Day) -> Option<&DutyRow> {
        let length = |row: &&DutyRow| match &row.fact {
            DutyFact::Duty { hs: prefix, .. } if row.country == country && row.holds(day) && hs.starts_with(prefix.as_str()) => {
                Some(prefix.len())
            }
            _ => None,
        };
        let mut best: Option<(usize, &DutyRow)> = None;
        for row in &self.rows {
            if let Some(found) = length(&row)
                && best.is_none_or(|(known, _)| found > known)
            {
                best = Some((found, row));
            }
        }
        best.map(|(_, row)| row)
    }

    /// An amount in another currency, with the rate that was used; `None` where no rate is known on that day.
    pub(super) fn exchanged(&self, amount: Money, to: Currency, day: &Day) -> Option<(Money, Option<&DutyRow>)> {
        if amount.currency == to {
            return Some((amount, None));
        }
        let row = self.rows.iter().find(|row| {
            let pair = match row.fact {
                DutyFact::Exchange { from, to: other, .. } => (from, other),
                _ => return false,
            };
            row.holds(day) && (pair == (amount.currency, to) || pair == (to, amount.currency))
        })?;
        let DutyFact::Exchange { from, millionths, .. } = row.fact else { return None };
        let (numerator, divisor) = if from == amount.currency { (millionths, 1_000_000) } else { (1_000_000, millionths) };
        // The minor units of the two may differ: yen have none.
        let scale = |currency: Currency| 10_i128.checked_pow(currency.exponent());
        let minor = i128::from(amount.minor) * i128::from(numerator) * scale(to)?;
        let minor = minor / i128::from(divisor).checked_mul(scale(amount.currency)?).filter(|d| *d > 0)?;
        Some((Money::new(i64::try_from(minor).ok()?, to), Some(row)))
    }
}

/// Each row can be.
fn check(rows: &[DutyRow]) -> Result<(), TableError> {
    for (at, row) in rows.iter().enumerate() {
        fault(row).map_or(Ok(()), |reason| Err(TableError::Row { row: at + 1, reason }))?;
    }
    Ok(())
}

fn fault(row: &DutyRow) -> Option<String> {
    let exchange = matches!(row.fact, DutyFact::Exchange { .. });
    let country = row.country.len() == 2 && row.country.bytes().all(|b| b.is_ascii_uppercase());
    if !exchange && !country {
        return Some(format!("'{}' is no country; write its two letters, like DE", row.country));
    }
    if row.to.as_ref().is_some_and(|to| *to < row.from) {
        return Some("it ends before it begins".to_owned());
    }
    if row.source.trim().is_empty() {
        return Some("it has no source".to_owned());
    }
    match &row.fact {
        DutyFact::Tax { min, max } | DutyFact::TaxInside { min, max } | DutyFact::Duty { min, max, .. } if min > max || *max >= 10_000 => {
            Some(format!("{min} to {max} basis points is no rate below 100 %"))
        }
        DutyFact::Duty { hs, .. } if !hs.bytes().all(|b| b.is_ascii_digit()) => Some(format!("'{hs}' is no beginning of a code")),
        DutyFact::Exchange { millionths, .. } if *millionths <= 0 => Some("a rate of exchange is above zero".to_owned()),
        DutyFact::ParcelDuty { above, up_to, less, .. } if above.currency != up_to.currency || less.currency != up_to.currency => {
            Some("its amounts are in different currencies".to_owned())
        }
        DutyFact::FlatDuty { below, each } if below.currency != each.currency => Some("its amounts are in different currencies".to_owned()),
        _ => None,
    }
}
