//! RFM against hand-computed scores and against the slow definition.

use proptest::prelude::*;

use super::*;

fn customer(id: i64, days_ago: i64, orders: i64, total_minor: i64, currency: &str) -> CustomerOrders {
    CustomerOrders {
        contact_id: ContactId(id),
        orders,
        first_at: Moment(0),
        last_at: Moment((1000 - days_ago) * DAY_MS),
        total_minor,
        currency: Currency::parse(currency).unwrap(),
        country: None,
    }
}

const AS_OF: Moment = Moment(1000 * DAY_MS);

#[test]
fn five_customers_get_the_five_scores() {
    let customers: Vec<_> = (1..=5).map(|i| customer(i, 100 - i * 10, i, i * 1000, "EUR")).collect();
    let scored = score(&customers, AS_OF, None);
    let scores: Vec<_> = scored.iter().map(|s| (s.recency, s.frequency, s.monetary)).collect();
    assert_eq!(scores, [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)]);
    assert_eq!(scored[4].segment, RfmSegment::Champions);
    assert_eq!(scored[4].days, 50);
}

#[test]
fn equal_values_share_the_fifth_of_their_middle_rank() {
    // Eight of ten have one order: middle rank (0 + 4) / 10 = 0.4, the second fifth. The others: (8 + 1) / 10, the fifth.
    let customers: Vec<_> = (0..10).map(|i| customer(i, i, if i < 8 { 1 } else { 3 }, 500, "EUR")).collect();
    let scored = score(&customers, AS_OF, None);
    assert!(scored.iter().all(|s| s.frequency == if s.orders == 1 { 2 } else { 5 }));
    assert!(scored.iter().all(|s| s.monetary == 3), "all spent the same: the middle");
}

#[test]
fn few_customers_are_scored_by_fixed_steps() {
    let check = |days, orders, expect: (u8, u8, u8)| {
        let s = score(&[customer(1, days, orders, 500, "EUR")], AS_OF, None)[0];
        assert_eq!((s.recency, s.frequency, s.monetary), expect, "{days} days, {orders} orders");
    };
    check(0, 1, (5, 1, 3));
    check(-3, 1, (5, 1, 3));
    check(31, 2, (4, 2, 3));
    check(91, 5, (3, 4, 3));
    check(181, 6, (2, 5, 3));
    check(366, 1, (1, 1, 3));
}

#[test]
fn amounts_are_compared_within_their_currency_unless_there_are_rates() {
    let mut customers: Vec<_> = (1..=5).map(|i| customer(i, i, 1, i * 1000, "EUR")).collect();
    customers.extend((1..=5).map(|i| customer(10 + i, i, 1, i * 100_000, "JPY")));
    let apart = score(&customers, AS_OF, None);
    assert_eq!(apart.iter().map(|s| s.monetary).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
    let code = |c: &str| Currency::parse(c).unwrap();
    let rates = Rates::from([(code("EUR"), 0.01), (code("JPY"), 0.006)]);
    let together = score(&customers, AS_OF, Some(&rates));
    assert_eq!(together.iter().map(|s| s.monetary).collect::<Vec<_>>(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    let half = Rates::from([(code("EUR"), 0.01)]);
    assert_eq!(score(&customers, AS_OF, Some(&half)), apart, "a missing rate must not turn a currency into nothing");
}

#[test]
fn segments_by_hand() {
    let check = |r, f, m, first, expect| assert_eq!(segment_of(r, f, m, first), expect, "{r} {f} {m} {first}");
    check(5, 5, 5, false, RfmSegment::Champions);
    check(4, 4, 4, false, RfmSegment::Loyal);
    check(3, 5, 4, false, RfmSegment::Loyal);
    check(5, 1, 1, true, RfmSegment::New);
    check(4, 5, 5, true, RfmSegment::New);
    check(5, 3, 3, false, RfmSegment::PotentialLoyal);
    check(4, 2, 1, false, RfmSegment::Promising);
    check(3, 3, 2, false, RfmSegment::NeedAttention);
    check(3, 1, 1, true, RfmSegment::AboutToSleep);
    check(2, 2, 2, false, RfmSegment::AboutToSleep);
    check(2, 4, 3, false, RfmSegment::AtRisk);
    check(1, 5, 5, false, RfmSegment::CannotLose);
    check(1, 1, 2, true, RfmSegment::Hibernating);
}

#[test]
fn every_segment_can_be_reached() {
    let mut seen = std::collections::BTreeSet::new();
    for (r, f, m) in (1..=5).flat_map(|r| (1..=5).flat_map(move |f| (1..=5).map(move |m| (r, f, m)))) {
        seen.insert(segment_of(r, f, m, false));
        seen.insert(segment_of(r, f, m, true));
    }
    assert_eq!(seen.len(), RfmSegment::ALL.len());
}

#[test]
fn i1_groups_add_up_to_all_customers_with_an_order() {
    let mut customers: Vec<_> =
        (0..97).map(|i| customer(i, i * 7 % 400, 1 + i % 6, i * i % 977, if i % 3 == 0 { "USD" } else { "EUR" })).collect();
    customers.push(customer(98, 1, 0, 0, "EUR"));
    let scored = score(&customers, AS_OF, None);
    let rows = rows(&scored);
    assert_eq!(scored.len(), 97);
    assert_eq!(rows.iter().map(|r| r.customers).sum::<i64>(), 97);
    assert_eq!(rows.iter().map(|r| r.share_tenths).sum::<i64>(), 1000);
    let euros: i64 = rows.iter().filter_map(|r| r.value.get(&Currency::parse("EUR").unwrap())).sum();
    assert_eq!(euros, customers.iter().filter(|c| c.currency.code() == "EUR").map(|c| c.total_minor).sum::<i64>());
    assert!(score(&[], AS_OF, None).is_empty());
}

proptest! {
    #[test]
    fn selection_equals_the_definition(values in prop::collection::vec(-20i64..20, 5..60)) {
        let scale = Scale::of(values.iter().copied()).unwrap();
        for value in &values {
            let smaller = values.iter().filter(|v| *v < value).count() as u64;
            let equal = values.iter().filter(|v| *v == value).count() as u64;
            prop_assert_eq!(scale.score(*value), middle_rank_score(smaller, equal, values.len() as u64));
        }
    }
}
