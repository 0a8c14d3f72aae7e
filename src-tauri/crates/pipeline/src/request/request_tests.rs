//! What is read from messages: items, variants, amounts, addresses.

use std::collections::BTreeMap;

use mercator_domain::{account::PostalAddress, action::Swap, ids::ProductId, order::OrderLine, product::Product, shipment::ShipmentStage};
use proptest::prelude::*;

use super::*;
use crate::{
    entities,
    support::{self, Shop},
};

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").unwrap())
}

fn line(sku: &str, title: &str, quantity: i32) -> OrderLine {
    OrderLine { sku: sku.into(), title: title.into(), quantity, unit_price: Some(eur(2000)) }
}

fn product(sku: &str, options: &[(&str, &str)], stock: i32) -> Product {
    Product {
        id: ProductId(1),
        sku: sku.into(),
        title: "Aurora lamp".into(),
        price: eur(2000),
        stock: Some(stock),
        description: String::new(),
        category: String::new(),
        hs_code: None,
        origin: None,
        weight_g: None,
        url: None,
        ships_to: vec![],
        item_group: Some("aurora".into()),
        options: options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>(),
    }
}

/// A delivered order with these lines.
fn order(lines: Vec<OrderLine>, status: OrderStatus) -> Order {
    let stage = if status == OrderStatus::Delivered { ShipmentStage::Delivered } else { ShipmentStage::InTransit };
    Order { status, lines, ..support::order("10023", stage) }
}

fn asked(intent: Intent, order: &Order, text: &str, pictures: bool, shop: &Shop) -> Wish {
    let entities = entities::find(text);
    wish(&Matter { intent, order, text, entities: &entities, before: vec![], pictures }, shop)
}

fn items_of(wish: &Wish) -> Vec<String> {
    match wish {
        Wish::Allowed(allowed) => allowed.0.items().into_iter().map(str::to_owned).collect(),
        Wish::Missing(Missing::Items(titles)) => titles.iter().map(|title| format!("?{title}")).collect(),
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn e6_the_items_that_are_meant() {
    let order = order(vec![line("L-1", "Aurora lamp", 1), line("B-2", "Alpaca blanket", 2)], OrderStatus::Delivered);
    let shop = Shop::with(vec![order.clone()]);
    let check = |text: &str, expect: &[&str]| {
        assert_eq!(items_of(&asked(Intent::ReturnRequest, &order, text, false, &shop)), expect, "{text}");
    };
    check("I want to return the lamp", &["L-1"]);
    check("I want to return the ALPACA blanket", &["B-2", "B-2"]);
    check("I want to return L-1 and B-2", &["L-1", "B-2", "B-2"]);
    check("I want to send everything back", &["L-1", "B-2", "B-2"]);
    check("我想全部退货", &["L-1", "B-2", "B-2"]);
    check("Ich möchte alles zurückschicken", &["L-1", "B-2", "B-2"]);
    check("I want to return it", &["?Aurora lamp", "?Alpaca blanket"]);
}

#[test]
fn e6_one_item_needs_no_question_and_damage_needs_a_photo() {
    let order = order(vec![line("L-1", "Aurora lamp", 1)], OrderStatus::Delivered);
    let shop = Shop::with(vec![order.clone()]);
    assert_eq!(items_of(&asked(Intent::ReturnRequest, &order, "I want to return it", false, &shop)), ["L-1"]);
    assert_eq!(asked(Intent::DamagedItem, &order, "It arrived broken", false, &shop), Wish::Missing(Missing::Photos));
    assert_eq!(items_of(&asked(Intent::DamagedItem, &order, "It arrived broken", true, &shop)), ["L-1"]);
    // Nobody is sent for photos in vain.
    let shop = Shop { earlier: vec![(ActionKind::Return, mercator_domain::action::ActionState::Done)], ..shop };
    assert_eq!(asked(Intent::DamagedItem, &order, "Broken", false, &shop), Wish::Refused(ActionKind::Return, Refusal::DoneBefore));
}

#[test]
fn e7_money_that_is_named_is_asked_for_in_the_currency_of_the_order() {
    let order = order(vec![line("L-1", "Aurora lamp", 1)], OrderStatus::Delivered);
    let shop = Shop::with(vec![order.clone()]);
    let check = |text: &str, expect: Option<Money>| {
        let got = asked(Intent::RefundRequest, &order, text, false, &shop);
        let amount = match &got {
            Wish::Allowed(allowed) => match &allowed.0 {
                ActionRequest::Refund { amount, .. } => Some(*amount),
                _ => None,
            },
            _ => None,
        };
        assert_eq!(amount, expect, "{text}: {got:?}");
    };
    check("Please refund 15 EUR for the scratch", Some(eur(1500)));
    check("Please refund 9,90 € for the scratch", Some(eur(990)));
    check("Please refund $15", None);
    check("Please refund my 49.90 EUR", None);
    check("Please give me my money back", None);
}

#[test]
fn e5_the_variant_that_is_named() {
    let order = order(vec![line("R-M", "Aurora lamp", 1)], OrderStatus::Pending);
    let products = vec![
        product("R-M", &[("color", "red"), ("size", "M")], 3),
        product("R-L", &[("color", "red"), ("size", "L")], 3),
        product("B-M", &[("color", "blue"), ("size", "M")], 3),
        product("B-L", &[("color", "blue"), ("size", "L")], 0),
    ];
    let shop = Shop { products, ..Shop::with(vec![order.clone()]) };
    let check = |text: &str, expect: &str| {
        let got = match asked(Intent::OrderChange, &order, text, false, &shop) {
            Wish::Allowed(allowed) => match &allowed.0 {
                ActionRequest::ChangeItems { swaps, .. } => swaps.iter().map(|Swap { to, .. }| to.clone()).collect::<Vec<_>>().join(","),
                other => format!("{other:?}"),
            },
            Wish::Missing(Missing::Variant(titles)) => format!("?{}", titles.len()),
            Wish::Refused(_, why) => why.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(got, expect, "{text}");
    };
    check("Could I have the blue one instead?", "B-M");
    check("size L please", "R-L");
    check("blue in L please", "out_of_stock");
    check("another one please", "?2");
}

#[test]
fn e5_addresses_of_many_countries() {
    let order = order(vec![], OrderStatus::Pending);
    let check = |text: &str, expect: [&str; 6]| {
        let got = address::read(text, &order).unwrap_or_else(|| panic!("{text}"));
        let PostalAddress { line1, line2, city, region, postal_code, country } = got;
        assert_eq!([line1, line2, city, region, postal_code, country], expect, "{text}");
    };
    check("Please send order 10023 to: Hauptstraße 5, 10115 Berlin", ["Hauptstraße 5", "", "Berlin", "", "10115", "DE"]);
    check(
        "I moved! My new address:\n221B Baker Street\nFlat 2\nLondon NW1 6XE\nUnited Kingdom\nThank you",
        ["221B Baker Street", "Flat 2", "London", "", "NW1 6XE", "United Kingdom"],
    );
    check("12 Main Street, Apt 4, Springfield, IL 62704, USA", ["12 Main Street", "Apt 4", "Springfield", "IL", "62704", "USA"]);
    check("ul. Długa 7/3, 00-238 Warszawa, Polska", ["ul. Długa 7/3", "", "Warszawa", "", "00-238", "Polska"]);
    check("Keizersgracht 12, 1015 CJ Amsterdam", ["Keizersgracht 12", "", "Amsterdam", "", "1015 CJ", "DE"]);
    check("Nouvelle adresse : 5 rue de la Paix, 75002 Paris, France.", ["5 rue de la Paix", "", "Paris", "", "75002", "France"]);
    check("新地址：上海市浦东新区世纪大道100号 邮编 200120", ["上海市浦东新区世纪大道100号", "", "上海市", "", "200120", "DE"]);
    check("住所を〒150-0001 東京都渋谷区神宮前1-2-3に変更してください", ["東京都渋谷区神宮前1-2-3", "", "東京都", "", "150-0001", "DE"]);
    for none in ["Please change my address", "I moved to Berlin", "order 10023", "My code is 10115"] {
        assert_eq!(address::read(none, &order), None, "{none}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading_of_an_address(text in any::<String>(), lines in proptest::collection::vec("[A-Za-z0-9 ,.]{0,30}", 0..6)) {
        let order = order(vec![], OrderStatus::Pending);
        let _any = address::read(&text, &order);
        if let Some(address) = address::read(&lines.join("\n"), &order) {
            prop_assert!(address.is_complete());
        }
    }
}
