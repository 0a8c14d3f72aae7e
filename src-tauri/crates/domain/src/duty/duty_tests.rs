//! Reckoned by hand: what each rule makes of a parcel, and what is said where no rule is known.

use proptest::prelude::*;

use super::*;

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, currency(code))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Two pieces for 20.00 each, 5.00 shipping.
fn request(country: &str, code: &str, hs: Option<&str>) -> Request {
    Request {
        country: country.into(),
        lines: vec![Line { hs: hs.map(str::to_owned), quantity: 2, unit: money(2000, code) }],
        shipping: money(500, code),
        terms: Terms::Ddu,
        day: day("2026-11-26"),
    }
}

fn own(country: &str, fact: DutyFact) -> DutyRow {
    DutyRow { country: country.into(), fact, from: day("2026-01-01"), to: None, source: "the seller".into(), as_of: day("2026-11-01") }
}

fn shipped() -> DutyTable {
    DutyTable::with(&[]).unwrap()
}

fn known(amount: &Amount) -> Option<(i64, i64)> {
    match amount {
        Amount::Known(part) => Some((part.min.minor, part.max.minor)),
        Amount::Unknown(_) => None,
    }
}

#[test]
fn e4_parcels_reckoned_by_hand() {
    let table = shipped();
    let check = |request: &Request, duty: Option<(i64, i64)>, tax: Option<(i64, i64)>| {
        let got = estimate(request, &table);
        assert_eq!((known(&got.duty), known(&got.tax)), (duty, tax), "{}: {:?}", request.country, got.steps);
        let total = duty.zip(tax).map(|(a, b)| (a.0 + b.0, a.1 + b.1));
        assert_eq!(known(&got.total), total, "{}", request.country);
    };
    // 3.00 for the one heading; 19 % of 45.00 + 3.00 = 9.12.
    check(&request("DE", "EUR", Some("940520")), Some((300, 300)), Some((912, 912)));
    // Before the first of July 2026 there was no duty below 150: 19 % of 45.00 = 8.55.
    check(&Request { day: day("2026-06-30"), ..request("DE", "EUR", Some("940520")) }, Some((0, 0)), Some((855, 855)));
    // 25.5 % of 48.00 = 12.24.
    check(&request("FI", "EUR", Some("940520")), Some((300, 300)), Some((1224, 1224)));
    // Below 135 GBP no duty; 20 % of 45.00.
    check(&request("GB", "GBP", None), Some((0, 0)), Some((900, 900)));
    // 4,500 JPY in all: free of both.
    let japan = Request { shipping: money(500, "JPY"), ..request("JP", "JPY", None) };
    check(&japan, Some((0, 0)), Some((0, 0)));
    // 20 % of 45.00 USD = 9.00; the tax is part of its base: 54.00 × 17/83 = 11.06, × 20/80 = 13.50.
    check(&request("BR", "USD", None), Some((900, 900)), Some((1106, 1350)));
    // 60 % of 105.00 less 20.00 = 43.00; 148.00 × 17/83 = 30.31, × 20/80 = 37.00.
    let larger = Request { lines: vec![Line { hs: None, quantity: 1, unit: money(10_000, "USD") }], ..request("BR", "USD", None) };
    check(&larger, Some((4300, 4300)), Some((3031, 3700)));
    // No duty on what industry makes; 8.1 % of 45.00 = 3.645.
    check(&request("CH", "CHF", Some("940520")), Some((0, 0)), Some((365, 365)));
}

#[test]
fn e4_what_no_rule_covers_is_not_guessed() {
    let table = shipped();
    let got = estimate(&request("US", "USD", Some("940520")), &table);
    assert_eq!(got.duty, Amount::Unknown(vec![Missing::DutyRate { hs: "940520".into() }]));
    assert_eq!(known(&got.tax), Some((0, 0)), "there is no tax on import");
    assert_eq!(got.total, Amount::Unknown(vec![Missing::DutyRate { hs: "940520".into() }]));
    // Nothing at all is known of this country.
    let got = estimate(&request("MN", "USD", None), &table);
    assert_eq!(got.total, Amount::Unknown(vec![Missing::DutyRate { hs: String::new() }, Missing::TaxRate]));
    // The threshold is in euros, and nobody said what a dollar is worth.
    let got = estimate(&request("DE", "USD", None), &table);
    assert_eq!(got.duty, Amount::Unknown(vec![Missing::ExchangeRate { from: currency("USD"), to: currency("EUR") }]));
    assert_eq!(known(&got.total), None);
    // Cheese to Switzerland is no industrial good.
    assert_eq!(known(&estimate(&request("CH", "CHF", Some("0406")), &table).duty), None);
}

#[test]
fn e4_the_sellers_own_rules_go_first_and_the_longest_code_says_most() {
    let rate = |hs: &str, rate| DutyFact::Duty { hs: hs.into(), min: rate, max: rate };
    let rows = [
        own("US", rate("", 1000)),
        own("US", rate("9405", 500)),
        own("", DutyFact::Exchange { from: currency("USD"), to: currency("EUR"), millionths: 900_000 }),
        own("DE", DutyFact::Tax { min: 1600, max: 1600 }),
    ];
    let table = DutyTable::with(&rows).unwrap();
    assert_eq!(known(&estimate(&request("US", "USD", Some("940520")), &table).total), Some((225, 225)));
    assert_eq!(known(&estimate(&request("US", "USD", Some("6109")), &table).total), Some((450, 450)));
    // 40.00 USD are 36.00 EUR, below 150: 3.00 EUR are 3.33 USD; 16 % of 48.33.
    let got = estimate(&request("DE", "USD", None), &table);
    assert_eq!((known(&got.duty), known(&got.tax)), (Some((333, 333)), Some((773, 773))), "{:?}", got.steps);
    assert!(got.steps.iter().any(|step| step.rule.as_ref().is_some_and(|rule| rule.source == "the seller")));
}

#[test]
fn e4_rows_that_cannot_be_are_refused_with_their_number() {
    let check = |row: DutyRow, part: &str| {
        let error = DutyTable::with(&[own("DE", DutyFact::Tax { min: 1, max: 1 }), row]).unwrap_err().to_string();
        assert!(error.starts_with("row 2") && error.contains(part), "{error}");
    };
    check(own("de", DutyFact::Tax { min: 1, max: 1 }), "no country");
    check(own("DE", DutyFact::Tax { min: 2, max: 1 }), "no rate");
    check(own("DE", DutyFact::Tax { min: 0, max: 10_000 }), "below 100 %");
    check(own("DE", DutyFact::Duty { hs: "94a".into(), min: 0, max: 1 }), "beginning of a code");
    check(own("", DutyFact::Exchange { from: currency("USD"), to: currency("EUR"), millionths: 0 }), "above zero");
    check(DutyRow { to: Some(day("2025-01-01")), ..own("DE", DutyFact::Tax { min: 1, max: 1 }) }, "ends before");
    check(DutyRow { source: " ".into(), ..own("DE", DutyFact::Tax { min: 1, max: 1 }) }, "no source");
    assert!(matches!(DutyTable::read("{}"), Err(TableError::NoRows(_))));
    assert!(Day::parse("2026-02-30").is_err());
}

#[test]
fn e4_every_shipped_rule_has_a_source_and_forty_five_countries_their_tax() {
    let table = shipped();
    assert!(table.rows().iter().all(|row| row.source.contains("https://")));
    let today = day("2026-11-26");
    let taxed =
        table.rows().iter().filter(|row| row.holds(&today) && matches!(row.fact, DutyFact::Tax { .. } | DutyFact::TaxInside { .. }));
    let countries: std::collections::BTreeSet<&str> = taxed.map(|row| row.country.as_str()).collect();
    assert!(countries.len() >= 45, "{}", countries.len());
}

proptest! {
    /// No amount is below zero, the least is never above the most, and dearer goods never owe less tax under the same rules.
    #[test]
    fn amounts_are_in_order(unit in 0_i64..2_000_000, more in 0_i64..100_000, quantity in 1_u32..50, shipping in 0_i64..100_000) {
        let table = shipped();
        for (country, code) in [("DE", "EUR"), ("GB", "GBP"), ("BR", "USD"), ("CH", "CHF")] {
            let of = |unit: i64| Request {
                lines: vec![Line { hs: Some("940520".into()), quantity, unit: money(unit, code) }],
                shipping: money(shipping, code),
                ..request(country, code, None)
            };
            let got = estimate(&of(unit), &table);
            for amount in [&got.duty, &got.tax, &got.total] {
                if let Some((min, max)) = known(amount) {
                    prop_assert!(0 <= min && min <= max);
                }
            }
            let dearer = estimate(&of(unit + more), &table);
            if country == "CH" {
                prop_assert!(known(&got.tax) <= known(&dearer.tax));
            }
        }
    }
}
