//! Amounts of money in minor units of an ISO 4217 currency: never floating point, never a guessed currency.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code in upper case (`EUR`); only codes of the list are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, specta::Type)]
#[serde(try_from = "String", into = "String")]
#[specta(type = String)]
pub struct Currency([u8; 3]);

/// Why a text is no amount or no currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a code of ISO 4217.
    #[error("'{0}' is no ISO 4217 currency code")]
    UnknownCurrency(String),
    /// Not a plain decimal number.
    #[error("'{0}' is no amount")]
    NotANumber(String),
    /// More decimals than the currency has, or more digits than can be held.
    #[error("'{0}' has more digits than the currency allows")]
    TooPrecise(String),
}

impl Currency {
    /// Reads a three-letter code in any case.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let upper = code.trim().to_ascii_uppercase();
        let unknown = || MoneyError::UnknownCurrency(code.trim().to_owned());
        iso_currency::Currency::from_str(&upper).map_err(|_| unknown())?;
        let bytes: [u8; 3] = upper.as_bytes().try_into().map_err(|_| unknown())?;
        Ok(Self(bytes))
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals the minor unit has: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u32 {
        iso_currency::Currency::from_str(self.code()).ok().and_then(iso_currency::Currency::exponent).map_or(2, u32::from)
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(s: String) -> Result<Self, MoneyError> {
        Self::parse(&s)
    }
}

impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.code().to_owned()
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
pub struct Money {
    /// Minor units (cents for EUR, yen for JPY); negative for money that goes back.
    #[specta(type = i32)]
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount from minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a plain decimal with a point (`-12.5`), at most as many decimals as the currency has.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = amount.trim();
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::NotANumber(text.to_owned()));
        }
        let exponent = currency.exponent() as usize;
        let kept = fraction.trim_end_matches('0');
        if kept.len() > exponent {
            return Err(MoneyError::TooPrecise(text.to_owned()));
        }
        let minor: i64 = format!("{whole}{kept:0<exponent$}").parse().map_err(|_| MoneyError::TooPrecise(text.to_owned()))?;
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// The plain decimal with a point and the currency's own number of decimals: `12.50`, `980`.
    pub fn amount(&self) -> String {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if exponent == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur() -> Currency {
        Currency::parse("eur").unwrap()
    }

    #[test]
    fn reads_and_writes_minor_units() {
        let check = |amount: &str, code: &str, minor: i64| {
            assert_eq!(Money::parse(amount, Currency::parse(code).unwrap()).unwrap().minor, minor, "{amount} {code}");
        };
        check("12.5", "EUR", 1250);
        check("-0.01", "EUR", -1);
        check("980", "JPY", 980);
        check("980.00", "JPY", 980);
        check("1.234", "KWD", 1234);
    }

    #[test]
    fn refuses_what_is_no_amount() {
        assert_eq!(Money::parse("12,5", eur()), Err(MoneyError::NotANumber("12,5".into())));
        assert_eq!(Money::parse("", eur()), Err(MoneyError::NotANumber(String::new())));
        assert_eq!(Money::parse("1.001", eur()), Err(MoneyError::TooPrecise("1.001".into())));
        assert_eq!(Money::parse("99999999999999999999", eur()), Err(MoneyError::TooPrecise("99999999999999999999".into())));
        assert!(Currency::parse("EURO").is_err());
        assert!(Currency::parse("€").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(minor in -1_000_000_000_000i64..1_000_000_000_000, code in prop::sample::select(vec!["EUR", "JPY", "KWD"])) {
            let money = Money::new(minor, Currency::parse(code).unwrap());
            prop_assert_eq!(Money::parse(&money.amount(), money.currency).unwrap(), money);
        }
    }
}
