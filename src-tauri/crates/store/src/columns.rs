//! Reads the columns of a row as values of the domain: words, moments, money, JSON.
//!
//! Both engines give the same four shapes (number, text, bytes, null), so one set of readers serves them. A value that is no
//! value of its type (a word that a newer version wrote) is a decoding error that names the column, never a panic. Writing is
//! done by each aggregate itself.

use std::{error::Error, str::FromStr};

use mercator_domain::{
    language::Language,
    moment::Moment,
    money::{Currency, Money},
};
use serde::de::DeserializeOwned;
use sqlx::{Row, any::AnyRow};

/// Typed reading of a row's columns by name.
pub(crate) trait Columns {
    /// A whole number.
    fn number(&self, column: &str) -> sqlx::Result<i64>;
    /// A whole number, or nothing.
    fn maybe_number(&self, column: &str) -> sqlx::Result<Option<i64>>;
    /// A text.
    fn text(&self, column: &str) -> sqlx::Result<String>;
    /// A text, or nothing.
    fn maybe_text(&self, column: &str) -> sqlx::Result<Option<String>>;

    /// A number that fits in 32 bits.
    fn small(&self, column: &str) -> sqlx::Result<i32> {
        i32::try_from(self.number(column)?).map_err(|e| wrong(column, e))
    }

    /// A number that fits in 32 bits, or nothing.
    fn maybe_small(&self, column: &str) -> sqlx::Result<Option<i32>> {
        self.maybe_number(column)?.map(i32::try_from).transpose().map_err(|e| wrong(column, e))
    }

    /// A row's identity.
    fn id<T: From<i64>>(&self, column: &str) -> sqlx::Result<T> {
        self.number(column).map(T::from)
    }

    /// A row's identity, or nothing.
    fn maybe_id<T: From<i64>>(&self, column: &str) -> sqlx::Result<Option<T>> {
        Ok(self.maybe_number(column)?.map(T::from))
    }

    /// Yes or no, stored as 1 or 0.
    fn flag(&self, column: &str) -> sqlx::Result<bool> {
        Ok(self.number(column)? != 0)
    }

    /// A point in time.
    fn moment(&self, column: &str) -> sqlx::Result<Moment> {
        self.number(column).map(Moment)
    }

    /// A point in time, or nothing.
    fn maybe_moment(&self, column: &str) -> sqlx::Result<Option<Moment>> {
        Ok(self.maybe_number(column)?.map(Moment))
    }

    /// One of an enumeration's fixed words.
    fn word<T>(&self, column: &str) -> sqlx::Result<T>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        self.text(column)?.parse().map_err(|e| wrong(column, e))
    }

    /// One of an enumeration's fixed words; null and the roll-ups' empty text are nothing.
    fn maybe_word<T>(&self, column: &str) -> sqlx::Result<Option<T>>
    where
        T: FromStr,
        T::Err: Error + Send + Sync + 'static,
    {
        let word = self.maybe_text(column)?.filter(|w| !w.is_empty());
        word.map(|w| w.parse()).transpose().map_err(|e| wrong(column, e))
    }

    /// A language.
    fn language(&self, column: &str) -> sqlx::Result<Language> {
        let code = self.text(column)?;
        Language::parse(&code).ok_or_else(|| wrong(column, NoLanguage(code)))
    }

    /// A language; null and the roll-ups' empty text are nothing.
    fn maybe_language(&self, column: &str) -> sqlx::Result<Option<Language>> {
        let code = self.maybe_text(column)?.filter(|c| !c.is_empty());
        code.map(|c| Language::parse(&c).ok_or_else(|| wrong(column, NoLanguage(c)))).transpose()
    }

    /// An amount from its two columns.
    fn money(&self, minor: &str, currency: &str) -> sqlx::Result<Money> {
        Ok(Money::new(self.number(minor)?, self.currency(currency)?))
    }

    /// A currency.
    fn currency(&self, column: &str) -> sqlx::Result<Currency> {
        Currency::parse(&self.text(column)?).map_err(|e| wrong(column, e))
    }

    /// A value stored as JSON.
    fn json<T: DeserializeOwned>(&self, column: &str) -> sqlx::Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|e| wrong(column, e))
    }

    /// A value stored as JSON, or nothing.
    fn maybe_json<T: DeserializeOwned>(&self, column: &str) -> sqlx::Result<Option<T>> {
        self.maybe_text(column)?.map(|text| serde_json::from_str(&text)).transpose().map_err(|e| wrong(column, e))
    }
}

impl Columns for AnyRow {
    fn number(&self, column: &str) -> sqlx::Result<i64> {
        self.try_get(column)
    }

    fn maybe_number(&self, column: &str) -> sqlx::Result<Option<i64>> {
        self.try_get(column)
    }

    fn text(&self, column: &str) -> sqlx::Result<String> {
        self.try_get(column)
    }

    fn maybe_text(&self, column: &str) -> sqlx::Result<Option<String>> {
        self.try_get(column)
    }
}

/// A text that is no language's code.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is no language code")]
struct NoLanguage(String);

/// A column whose value is none of its type.
pub(crate) fn wrong(column: &str, source: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(source) }
}

/// A value as JSON text for a column.
pub(crate) fn json_text<T: serde::Serialize + ?Sized>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|e| sqlx::Error::Encode(Box::new(e)))
}

/// Yes or no as it is stored.
pub(crate) const fn flag(yes: bool) -> i64 {
    if yes { 1 } else { 0 }
}

/// Reads every row with one reader.
pub(crate) fn each<T>(rows: &[AnyRow], read: impl Fn(&AnyRow) -> sqlx::Result<T>) -> sqlx::Result<Vec<T>> {
    rows.iter().map(read).collect()
}
