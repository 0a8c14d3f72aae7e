//! The check digits of parcel numbers, as rules with their parameters; which carrier uses which stands in `data/carriers.toml`.
//!
//! A rule is run over the serial and compared with the check character; nothing here knows a carrier or a shape.

use std::iter;

/// One rule with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The serial as a number, modulo 7 (air waybills, Japanese parcel carriers).
    Mod7,
    /// Places 0, 2, 4 … times `even`, the others times `odd`, summed, the distance to the next ten (GS1, UPS, Canada Post …).
    Mod10 {
        /// The factor of the first place.
        even: u32,
        /// The factor of the second place.
        odd: u32,
        /// The places count from the last character.
        right_to_left: bool,
    },
    /// ISO/IEC 7812-1: every second digit from the right twice, its digits added.
    Luhn,
    /// UPU S10-12: weights 8 6 4 2 3 5 9 7, the distance to the next eleven, 10 as 0 and 11 as 5.
    S10,
    /// A sum of products, modulo two numbers one after the other (FedEx).
    Weights {
        /// One factor a place.
        weights: Vec<u32>,
        /// First and second modulus.
        modulo: (u32, u32),
    },
    /// ISO 7064 MOD 37,36 over digits and letters (DPD).
    Mod37,
}

impl Rule {
    /// True when the check character is the serial's.
    pub(crate) fn fits(&self, serial: &str, check: char) -> bool {
        let expect = match self {
            Self::Mod7 => mod7(serial),
            Self::Mod10 { even, odd, right_to_left } => Some(mod10(serial, *even, *odd, *right_to_left)),
            Self::Luhn => luhn(serial),
            Self::S10 => s10(serial),
            Self::Weights { weights, modulo } => weighted(serial, weights, *modulo),
            Self::Mod37 => mod37(serial),
        };
        let base = if *self == Self::Mod37 { 36 } else { 10 };
        expect.is_some() && expect == check.to_digit(base)
    }
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

fn mod7(serial: &str) -> Option<u32> {
    digits(serial)?.iter().try_fold(0, |rest, digit| Some((rest * 10 + digit) % 7))
}

/// A letter counts as its place in ASCII less three, modulo ten (UPS).
fn value(c: char) -> u32 {
    c.to_digit(10).unwrap_or_else(|| (u32::from(c) + 7) % 10)
}

fn mod10(serial: &str, even: u32, odd: u32, right_to_left: bool) -> u32 {
    let mut values: Vec<u32> = serial.chars().map(value).collect();
    if right_to_left {
        values.reverse();
    }
    let sum: u32 = values.iter().zip(iter::repeat([even, odd]).flatten()).map(|(v, factor)| v * factor).sum();
    (10 - sum % 10) % 10
}

fn luhn(serial: &str) -> Option<u32> {
    let doubled = |d: u32| d * 2 / 10 + d * 2 % 10;
    let sum: u32 = digits(serial)?.iter().rev().enumerate().map(|(i, d)| if i % 2 == 0 { doubled(*d) } else { *d }).sum();
    Some((10 - sum % 10) % 10)
}

fn s10(serial: &str) -> Option<u32> {
    let sum: u32 = digits(serial)?.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(d, w)| d * w).sum();
    Some(match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        n => n,
    })
}

fn weighted(serial: &str, weights: &[u32], modulo: (u32, u32)) -> Option<u32> {
    let digits = digits(serial)?;
    (digits.len() == weights.len()).then_some(())?;
    let sum: u32 = digits.iter().zip(weights).map(|(d, w)| d * w).sum();
    sum.checked_rem(modulo.0)?.checked_rem(modulo.1)
}

fn mod37(serial: &str) -> Option<u32> {
    let mut carry = 36u32;
    for c in serial.chars() {
        carry += c.to_digit(36)?;
        carry = if carry > 36 { carry - 36 } else { carry } * 2;
        carry = if carry > 36 { carry - 37 } else { carry };
    }
    Some((37 - carry) % 36)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every other last character must be refused: a rule that fits anything would pass for right otherwise.
    fn check(rule: &Rule, serial: &str, expect: char) {
        let fitting: String = ('0'..='9').chain('A'..='Z').filter(|c| rule.fits(serial, *c)).collect();
        assert_eq!(fitting, expect.to_string(), "{rule:?} {serial}");
    }

    #[test]
    fn each_rule_fits_one_character_only() {
        // Worked by hand: 123456789 = 7 · 17636684 + 1.
        check(&Rule::Mod7, "123456789", '1');
        // GS1's own example of an SSCC: 0 0614141 123456789 ends in 0 (weights 3 and 1 from the left over seventeen digits).
        check(&Rule::Mod10 { even: 3, odd: 1, right_to_left: false }, "00614141123456789", '0');
        // The customary UPS example 1Z 999 AA1 01 2345 6784.
        check(&Rule::Mod10 { even: 1, odd: 2, right_to_left: false }, "999AA1012345678", '4');
        // ISO/IEC 7812-1, annex B: 7992739871 ends in 3.
        check(&Rule::Luhn, "7992739871", '3');
        // UPU S10, example 47312482: 4·8 + 7·6 + 3·4 + 1·2 + 2·3 + 4·5 + 8·9 + 2·7 = 200; 11 - 200 mod 11 = 9.
        check(&Rule::S10, "47312482", '9');
        // Over eleven ones: the weights add up to 37, and 37 modulo 11 is 4.
        check(&Rule::Weights { weights: vec![3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1], modulo: (11, 10) }, "11111111111", '4');
        // ISO 7064's own example of MOD 37,36: A12425GABC1234002 ends in M.
        check(&Rule::Mod37, "A12425GABC1234002", 'M');
    }

    #[test]
    fn what_is_no_serial_fits_nothing() {
        let check = |rule: Rule, serial: &str| assert!(('0'..='9').all(|c| !rule.fits(serial, c)), "{rule:?} {serial}");
        check(Rule::Luhn, "12A4");
        check(Rule::Mod37, "12-4");
        check(Rule::Weights { weights: vec![1, 2], modulo: (11, 10) }, "123");
        check(Rule::Weights { weights: vec![1, 2], modulo: (0, 10) }, "12");
    }
}
