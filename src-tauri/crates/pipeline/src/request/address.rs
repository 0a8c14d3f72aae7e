//! Reads a postal address from a message, as far as its form tells: a street with a number, a postal code, a town, a country.
//!
//! The forms of the postal codes are those of the Universal Postal Union's country sheets, for the countries of the languages that are
//! spoken here. What is read is restated in full before anything is changed, so a wrong part is seen by who knows it best.

use std::sync::LazyLock;

use mercator_domain::{account::PostalAddress, entity::EntityKind, order::Order};
use regex::Regex;

use crate::entities::{self, pattern};

/// A part that is longer than this is a sentence.
const LONGEST_PART: usize = 80;

/// Postal codes, the most telling forms first.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d{4} ?[A-Z]{2}\b|〒?\b\d{3}-\d{4}\b|\b\d{5}-\d{3,4}\b|\b\d{2}-\d{3}\b|\b\d{4}-\d{3}\b|\b\d{3} \d{2}\b",
        r"|\b(?:[A-Z]{1,2}-)?\d{4,6}\b)"
    ))
});

/// What stands before an address, and not in it.
static LEAD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^:：]{0,80}[:：]\s*"));

/// A house number, as a word of its own or before a letter.
static HOUSE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d"));

/// Towns and streets in scripts that write an address without marks between its parts.
static UNSPACED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\p{Han}{2,}(?:省|市|区|區|县|縣|都|道|府|県|町|村|路|街)[\p{Han}\p{Hiragana}\p{Katakana}\d０-９A-Za-z\-－ー丁目番地号號楼樓室棟栋幢单元單元弄巷段之]*\d[\p{Han}\d\-－号號楼樓室番地丁目]*",
    )
});

/// The address in a text; `None` where no street and no town or postal code can be told.
pub fn read(text: &str, order: &Order) -> Option<PostalAddress> {
    let address = parted(text, order).or_else(|| run_together(text, order));
    address.filter(PostalAddress::is_complete)
}

/// Parts between commas and line ends.
fn parted(text: &str, order: &Order) -> Option<PostalAddress> {
    let parts: Vec<&str> = text.split(['\n', ',', '，', '、', ';']).map(|part| strip_lead(part).trim().trim_end_matches('.')).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty() && part.chars().count() <= LONGEST_PART).collect();
    let number = order.number.as_str();
    let of_code =
        |part: &str| CODE.find_iter(part).find(|found| !number.contains(found.as_str().trim_start_matches('〒'))).map(|f| f.range());
    let street_at = parts.iter().position(|part| is_street(part, number))?;
    // The code stands with the town or alone behind the street, seldom before it.
    let (code_at, code) = parts.iter().enumerate().skip(street_at + 1).find_map(|(at, part)| Some((at, of_code(part)?)))?;
    let holder = parts.get(code_at)?;
    let postal_code = holder.get(code.clone())?.trim_start_matches('〒').trim().to_owned();
    let beside = format!("{} {}", holder.get(..code.start)?, holder.get(code.end..)?);
    let beside = beside.split_whitespace().collect::<Vec<_>>().join(" ");
    let between: Vec<&str> = parts.get(street_at + 1..code_at)?.to_vec();
    let after: Vec<&str> = parts.get(code_at + 1..)?.iter().copied().take(3).collect();
    let mut rest = Rest { between, after, country: String::new() };
    rest.take_country();
    let (city, region, line2) = rest.places(&beside);
    let country = if rest.country.is_empty() { of_order(order) } else { rest.country.clone() };
    Some(PostalAddress { line1: parts.get(street_at)?.to_string(), line2, city, region, postal_code, country })
}

/// "New address: Main Street 5" is led by words that end in a colon.
fn strip_lead(part: &str) -> &str {
    LEAD.find(part).and_then(|lead| part.get(lead.end()..)).unwrap_or(part)
}

/// A part with letters and a number that is not the order's.
fn is_street(part: &str, order: &str) -> bool {
    let without = part.replace(order, "");
    part.chars().filter(|c| c.is_alphabetic()).count() >= 3 && HOUSE.is_match(&without) && without.len() >= part.len().min(6)
}

/// What stands around the street and the code.
struct Rest<'a> {
    between: Vec<&'a str>,
    after: Vec<&'a str>,
    country: String,
}

impl Rest<'_> {
    /// The first part behind the code that is a country's name; what stands behind that is no part of the address.
    fn take_country(&mut self) {
        let is_country = |part: &&str| {
            let found = entities::find(part);
            found.iter().any(|entity| entity.kind == EntityKind::Country && entity.text.chars().count() + 4 >= part.chars().count())
        };
        match self.after.iter().position(is_country) {
            Some(at) => {
                self.country = self.after.get(at).map(|part| (*part).to_owned()).unwrap_or_default();
                self.after.truncate(at);
            }
            // A sentence behind the address.
            None => self.after.retain(|part| part.split_whitespace().count() <= 3),
        }
    }

    /// Town, region and second line, given what stands beside the postal code.
    fn places(&self, beside: &str) -> (String, String, String) {
        let own = |text: &str| text.to_owned();
        match (beside, &self.between[..], &self.after[..]) {
            // "10115 Berlin", with what is between as a second line.
            (city, between, after) if city.chars().count() > 2 => (own(city), own(after.first().unwrap_or(&"")), between.join(", ")),
            // "Springfield, IL 62704": the town before, the state beside the code.
            (region, [before @ .., city], _) => (own(city), own(region), before.join(", ")),
            (region, [], [city, after @ ..]) => {
                (own(city), if region.is_empty() { own(after.first().unwrap_or(&"")) } else { own(region) }, String::new())
            }
            (city, [], []) => (own(city), String::new(), String::new()),
        }
    }
}

/// Chinese and Japanese addresses in one run.
fn run_together(text: &str, order: &Order) -> Option<PostalAddress> {
    let found = UNSPACED.find(text)?;
    let code = CODE
        .find_iter(text)
        .find(|code| !order.number.contains(code.as_str().trim_start_matches('〒')) && !found.range().contains(&code.start()));
    let line1 = found.as_str().to_owned();
    let city = line1.find(['市', '都', '县', '縣']).and_then(|at| line1.get(..at + 3)).unwrap_or_default().to_owned();
    let postal_code = code.map(|code| code.as_str().trim_start_matches('〒').to_owned()).unwrap_or_default();
    Some(PostalAddress { line1, city, postal_code, country: of_order(order), ..PostalAddress::default() })
}

/// The country that the order goes to.
fn of_order(order: &Order) -> String {
    let known = order.address.as_ref().map(|address| address.country.clone()).filter(|country| !country.is_empty());
    known.or_else(|| order.country.clone()).unwrap_or_default()
}
