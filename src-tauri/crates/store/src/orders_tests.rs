//! Tests of orders, parcels and the running totals, on both engines.

use mercator_domain::{
    ids::ShipmentId,
    money::Currency,
    order::PaymentKind,
    shipment::{Shipment, ShipmentEvent, ShipmentStage},
};

use super::*;
use crate::{both_engines, order_list::OrderFilter, people};

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, Currency::parse(code).unwrap())
}

fn parcel(number: &str, stage: ShipmentStage, at: &[i64]) -> Shipment {
    Shipment {
        id: ShipmentId(0),
        carrier: "DHL".into(),
        tracking_number: number.into(),
        stage,
        shipped_at: Some(Moment(5)),
        delivered_at: None,
        events: at.iter().map(|at| ShipmentEvent { at: Moment(*at), stage, place: "Köln".into(), text: "scanned".into() }).collect(),
    }
}

fn order(number: &str, contact: ContactId, at: i64, total: Money) -> Order {
    let line =
        |sku: &str| OrderLine { sku: sku.into(), title: sku.to_lowercase(), quantity: 2, unit_price: Some(Money::new(50, total.currency)) };
    let paid = Payment { kind: PaymentKind::Paid, amount: total, method: "card".into(), at: Moment(at) };
    Order {
        id: OrderId(0),
        number: number.into(),
        contact_id: contact,
        status: OrderStatus::Shipped,
        ordered_at: Moment(at),
        total,
        country: Some("DE".into()),
        address: None,
        lines: vec![line("SKU-2"), line("SKU-1")],
        payments: vec![paid],
        shipments: vec![parcel("RR 12-34", ShipmentStage::InTransit, &[7, 8])],
    }
}

both_engines!(an_order_reads_back_whole_by_any_spelling_of_its_number, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let ana = people::buyer(&mut tx, 1, "Ana", None).await;
    let given = order("W-1001", ana, 3, money(1999, "EUR"));
    let (id, put) = tx.put_order(&given).await.unwrap();
    assert_eq!(put, Put::Inserted);
    tx.commit().await.unwrap();
    let stored = store.order_by_number("# w 1001").await.unwrap().unwrap();
    let mut expect = given;
    expect.id = id;
    expect.shipments[0].id = stored.shipments[0].id;
    assert_eq!(stored, expect);
    assert_eq!(store.order(id).await.unwrap(), expect);
    assert_eq!(store.orders_of_contact(ana, 5).await.unwrap(), [expect.clone()]);
    assert_eq!(store.orders_by_tracking_number("rr1234").await.unwrap(), [expect]);
    assert_eq!(store.order_by_number("W1002").await.unwrap(), None);
    assert!(matches!(store.order(OrderId(77)).await, Err(StoreError::NotFound)));
});

both_engines!(the_same_order_twice_is_unchanged_and_a_new_report_is_a_change, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let ana = people::buyer(&mut tx, 1, "Ana", None).await;
    let mut given = order("1001", ana, 3, money(1999, "EUR"));
    let (id, _) = tx.put_order(&given).await.unwrap();
    assert_eq!(tx.put_order(&given).await.unwrap(), (id, Put::Unchanged));
    given.shipments = vec![parcel("RR1234", ShipmentStage::CustomsHeld, &[8, 20])];
    assert_eq!(tx.put_order(&given).await.unwrap(), (id, Put::Changed));
    given.lines.pop();
    given.status = OrderStatus::Delivered;
    assert_eq!(tx.put_order(&given).await.unwrap(), (id, Put::Changed));
    let stored = tx.order_by_number("1001").await.unwrap().unwrap();
    assert_eq!((stored.lines.len(), stored.payments.len(), stored.shipments.len()), (1, 1, 1));
    assert_eq!(stored.shipments[0].stage, ShipmentStage::CustomsHeld);
    let at: Vec<i64> = stored.shipments[0].events.iter().map(|e| e.at.ms()).collect();
    assert_eq!(at, [7, 8, 8, 20], "reports are only ever added; the one at 8 came with another stage");
    tx.rollback().await.unwrap();
});

both_engines!(running_totals_follow_the_orders, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let ana = people::buyer(&mut tx, 1, "Ana", Some("DE")).await;
    let ben = people::buyer(&mut tx, 2, "Ben", None).await;
    let mut first = order("1", ana, 10, money(100, "EUR"));
    tx.put_order(&first).await.unwrap();
    tx.put_order(&order("2", ana, 30, money(200, "EUR"))).await.unwrap();
    let (third, _) = tx.put_order(&order("3", ana, 40, money(900, "USD"))).await.unwrap();
    tx.commit().await.unwrap();
    let totals = |facts: Vec<mercator_domain::facts::CustomerOrders>| {
        facts
            .into_iter()
            .map(|f| (f.contact_id, f.orders, f.first_at.ms(), f.last_at.ms(), f.total_minor, f.currency.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(totals(store.customer_orders().await.unwrap()), [(ana, 3, 10, 40, 300, "EUR".to_owned())]);

    let mut tx = store.begin_at(Moment(10)).await.unwrap();
    assert!(tx.set_order_status(third, OrderStatus::Cancelled).await.unwrap());
    assert!(!tx.set_order_status(third, OrderStatus::Cancelled).await.unwrap());
    first.contact_id = ben;
    tx.put_order(&first).await.unwrap();
    tx.commit().await.unwrap();
    let expect = [(ana, 1, 30, 30, 200, "EUR".to_owned()), (ben, 1, 10, 10, 100, "EUR".to_owned())];
    assert_eq!(totals(store.customer_orders().await.unwrap()), expect);

    let mut tx = store.begin_at(Moment(11)).await.unwrap();
    first.status = OrderStatus::Cancelled;
    tx.put_order(&first).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(totals(store.customer_orders().await.unwrap()), expect[..1], "nobody is kept with no order");
});

both_engines!(the_list_is_newest_first_and_finds_numbers_parcels_and_people, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let ana = people::buyer(&mut tx, 1, "Ana", None).await;
    let ben = people::buyer(&mut tx, 2, "", None).await;
    let anna = people::buyer(&mut tx, 3, "Анна", None).await;
    for (number, contact, at) in [("A-1", ana, 1), ("A-2", ben, 2), ("B-3", ana, 3)] {
        let mut given = order(number, contact, at, money(100, "EUR"));
        given.shipments = vec![parcel(&format!("TRACK{at}"), ShipmentStage::InTransit, &[at])];
        tx.put_order(&given).await.unwrap();
    }
    let russian = Order { shipments: vec![], ..order("C-4", anna, 0, money(100, "EUR")) };
    tx.put_order(&russian).await.unwrap();
    tx.commit().await.unwrap();
    let find = async |search: &str, offset: i64, limit: i64| {
        let page = store.order_lines(&OrderFilter { search: search.into(), offset, limit, ..OrderFilter::default() }).await.unwrap();
        (page.total, page.lines.iter().map(|l| l.number.clone()).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(find("", 0, 10).await, (4, "B-3 A-2 A-1 C-4".into()));
    assert_eq!(find("анна", 0, 10).await, (1, "C-4".into()));
    assert_eq!(find("", 1, 1).await, (4, "A-2".into()));
    assert_eq!(store.order_numbers(3).await.unwrap(), ["C-4", "B-3", "A-2"], "the last taken in, not the newest");
    assert_eq!(find("#a1", 0, 10).await, (1, "A-1".into()));
    assert_eq!(find("track 2", 0, 10).await, (1, "A-2".into()));
    assert_eq!(find("ANA@example", 0, 10).await, (2, "B-3 A-1".into()));
    assert_eq!(find("%", 0, 10).await, (0, String::new()), "wildcards are letters");
    let all = store.order_lines(&OrderFilter { limit: 10, ..OrderFilter::default() }).await.unwrap();
    assert_eq!(all.lines[1].contact, "@example.com", "without a name the address stands in");
    assert_eq!(all.lines[0].shipments[0].tracking_number, "TRACK3");
    let none = OrderFilter { status: Some(OrderStatus::Refunded), limit: 5, ..OrderFilter::default() };
    assert_eq!(store.order_lines(&none).await.unwrap().total, 0);
});
