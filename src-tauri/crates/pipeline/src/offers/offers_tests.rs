//! Offers through whole turns: what is estimated, asked back, advised, and when nothing is said.

use std::sync::Arc;

use mercator_domain::{
    duty::{DutyRow, DutyTable, Terms},
    turn::{Outcome, Turn},
};

use super::{OfferData, catalogue::Catalogue};
use crate::{
    ports::TurnInput,
    support::{self, Shop, input, turn},
};

/// The rules that ship, with a rate of exchange of the seller's own.
fn duty() -> DutyTable {
    let own: Vec<DutyRow> = serde_json::from_str(
        r#"[{"fact": {"kind": "exchange", "from": "EUR", "to": "USD", "millionths": 1100000}, "from": "2026-01-01",
            "source": "the seller's bank", "as_of": "2026-11-20"}]"#,
    )
    .unwrap();
    DutyTable::with(&own).unwrap()
}

fn offers() -> OfferData {
    let mut lamp = support::product("LAMP-1", "Aurora table lamp", 2_000);
    lamp.description = "Warm light, dimmable".into();
    let mut tea = support::product("TEA-1", "Porcelain teapot", 2_900);
    (tea.category, tea.ships_to) = ("tea".into(), vec!["DE".into()]);
    tea.url = Some("https://shop.test/teapot".into());
    OfferData { catalogue: Catalogue::new(vec![lamp, tea]), duty: duty(), terms: Terms::Ddu }
}

fn asks(text: &str) -> TurnInput {
    TurnInput { offers: Arc::new(offers()), ..input(text) }
}

fn run(input: &TurnInput) -> Turn {
    turn(input, &Shop::default())
}

fn said(turn: &Turn) -> &str {
    match &turn.outcome {
        Outcome::Reply { reply } | Outcome::Draft { reply } => &reply.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn e4_duty_is_estimated_with_range_reckoning_date_and_who_pays() {
    let turn = run(&asks("Will I have to pay customs duty if you ship 2 pieces of LAMP-1 to Brazil?"));
    assert_eq!(turn.decide.value.rule, "duty_estimate", "{turn:?}");
    let text = said(&turn);
    // 2 × 20.00 EUR are 44.00 USD: Brazil's parcel duty is 20 % up to 50 USD; its ICMS of 17 to 20 % is part of its own base.
    assert!(text.contains("2 × Aurora table lamp") && text.contains("Brazil"), "{text}");
    assert!(text.contains("Value of the goods: 40.00 EUR."), "{text}");
    assert!(text.contains("20 %") && text.contains("44.00 USD") && text.contains("8.80 USD"), "{text}");
    assert!(text.contains("only an estimate, with rates as of 1 August 2024"), "{text}");
    assert!(text.contains("You pay it to the carrier or to customs"), "{text}");
    assert!(!turn.decide.evidence.is_empty());
}

#[test]
fn e4_the_estimate_is_said_in_the_customers_language() {
    let mut german = asks("Muss ich Zoll zahlen, wenn Sie mir LAMP-1 nach Brasilien schicken?");
    german.writer.language = mercator_domain::language::Language::parse("de");
    let turn = run(&german);
    let text = said(&turn);
    assert!(text.contains("Zielland: Brasilien") && text.contains("nur eine Schätzung"), "{text}");
}

#[test]
fn e4_what_is_missing_is_asked_for_once() {
    let turn = run(&asks("Do I have to pay customs duty and import tax to Brazil?"));
    assert_eq!(turn.decide.value.rule, "duty_product_missing", "{turn:?}");
    assert!(said(&turn).contains("Which product is it about"));
    let mut abroad = asks("Do I have to pay customs duty on the Aurora table lamp?");
    abroad.writer.country = None;
    let turn = run(&abroad);
    assert_eq!(turn.decide.value.rule, "duty_country_missing", "{turn:?}");
    // Who is known by country is not asked for it.
    abroad.writer.country = Some("BR".into());
    assert_eq!(run(&abroad).decide.value.rule, "duty_estimate");
}

#[test]
fn e4_an_unknown_rate_is_no_figure() {
    // No rule for duty on goods without a code in Canada.
    let turn = run(&asks("How much customs duty will I pay if you ship LAMP-1 to Canada?"));
    assert_ne!(turn.decide.value.rule, "duty_estimate", "{turn:?}");
    let without = OfferData { duty: DutyTable::with(&[]).unwrap(), ..offers() };
    // Without a rate of exchange the threshold in dollars says nothing of euros.
    let turn = run(&TurnInput { offers: Arc::new(without), ..asks("Will I have to pay customs duty if you ship LAMP-1 to Brazil?") });
    assert_ne!(turn.decide.value.rule, "duty_estimate", "{turn:?}");
}

#[test]
fn i3_products_are_advised_with_their_reasons_and_not_to_who_is_upset() {
    let mut gift = asks("Can you recommend a gift for a friend who loves tea, under EUR 30?");
    gift.writer.country = Some("DE".into());
    let turn = run(&gift);
    assert_eq!(turn.decide.value.rule, "advice", "{turn:?}");
    let text = said(&turn);
    let (tea, lamp) = (text.find("Porcelain teapot, 29.00 EUR").unwrap(), text.find("Aurora table lamp, 20.00 EUR").unwrap());
    assert!(tea < lamp, "{text}");
    assert!(text.contains("in stock") && text.contains("Germany") && text.contains("limit of 30.00 EUR"), "{text}");
    assert!(text.contains("It fits what you wrote: tea."), "{text}");
    assert!(text.contains("https://shop.test/teapot"), "{text}");
    gift.writer.country = Some("US".into());
    assert!(!said(&run(&gift)).contains("teapot"), "it does not ship there");
    let mut upset =
        asks("I am really upset and angry, this is the worst shop ever!!! Recommend me a gift for tea lovers then, under EUR 30!!!");
    upset.writer.country = Some("DE".into());
    assert_ne!(run(&upset).decide.value.rule, "advice");
}

#[test]
fn i3_a_limit_in_another_currency_advises_nothing() {
    let mut gift = asks("Can you recommend a gift for a friend who loves tea, under USD 50?");
    gift.writer.country = Some("DE".into());
    assert_ne!(run(&gift).decide.value.rule, "advice");
}
