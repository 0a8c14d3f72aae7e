//! Tests of cases, on both engines.

use mercator_domain::{
    ids::{ContactId, OrderId},
    money::{Currency, Money},
    order::{Order, OrderStatus},
    platform_case::CaseKind,
};

use super::*;
use crate::{both_engines, samples};

fn claim(number: &str, order: Option<&str>) -> NewPlatformCase {
    NewPlatformCase {
        kind: CaseKind::AToZ,
        number: number.into(),
        inbox_id: None,
        order_number: order.map(str::to_owned),
        conversation_id: None,
        reason: "It never came".into(),
        amount: Some(Money::new(1999, Currency::parse("EUR").unwrap())),
        state: CaseState::Open,
        opened_at: Moment(5),
        answer_by: None,
    }
}

fn order(number: &str, contact_id: ContactId) -> Order {
    Order {
        id: OrderId(0),
        number: number.into(),
        contact_id,
        status: OrderStatus::Shipped,
        ordered_at: Moment(1),
        total: Money::new(1999, Currency::parse("EUR").unwrap()),
        country: None,
        address: None,
        lines: vec![],
        payments: vec![],
        shipments: vec![],
    }
}

both_engines!(e10_a_case_is_linked_to_its_order_and_to_the_conversation_of_that_customer, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let (_, ana, conversation) = samples::world(&mut tx, "Ana").await;
    let (_, _, stranger) = samples::world(&mut tx, "Bo").await;
    tx.put_order(&order("W-1001", ana)).await.unwrap();
    tx.set_order_number(conversation, Some("W1001"), true).await.unwrap();
    // Somebody else has named the same number later: that is not the customer's conversation.
    tx.set_order_number(stranger, Some("W1001"), true).await.unwrap();
    let (id, put) = tx.put_platform_case(&claim("A-77", Some("# w 1001"))).await.unwrap();
    assert_eq!(put, Put::Inserted);
    tx.put_platform_case(&claim("A-78", Some("W-9999"))).await.unwrap();
    tx.commit().await.unwrap();
    let [one, other] = &store.open_platform_cases(9).await.unwrap()[..] else { panic!() };
    assert_eq!((one.case.id, one.contact.as_str(), one.contact_id, one.conversation_id), (id, "Ana", Some(ana), Some(conversation)));
    assert_eq!((one.store.as_str(), one.order_known, one.case.amount.unwrap().minor), ("Shop", true, 1999));
    assert_eq!((other.contact.as_str(), other.conversation_id, other.order_known), ("", None, false));
    assert_eq!(store.platform_cases_of(conversation, Some("W1001")).await.unwrap().len(), 1);
    assert_eq!(store.platform_cases_of(stranger, None).await.unwrap().len(), 0);
    assert_eq!(store.platform_case_by_number("a77").await.unwrap().unwrap().case.id, id);
    assert_eq!(store.platform_cases_after(id, 9).await.unwrap().len(), 1);
});

both_engines!(a_case_taken_in_again_changes_nothing_and_a_decided_one_is_not_opened, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let (id, _) = tx.put_platform_case(&claim("A-77", Some("W-1"))).await.unwrap();
    assert_eq!(tx.put_platform_case(&claim("A-77", Some("W-1"))).await.unwrap(), (id, Put::Unchanged));
    // A file that tells less takes nothing away.
    let bare = NewPlatformCase { reason: String::new(), amount: None, answer_by: Some(Moment(50)), ..claim("a 77", None) };
    let bare = NewPlatformCase { number: "A-77".into(), ..bare };
    assert_eq!(tx.put_platform_case(&bare).await.unwrap(), (id, Put::Changed));
    assert!(tx.set_platform_case_alarmed(id).await.unwrap());
    assert!(!tx.set_platform_case_alarmed(id).await.unwrap(), "once");
    tx.set_platform_case_state(id, 2, CaseState::Won).await.unwrap();
    assert!(matches!(tx.set_platform_case_state(id, 2, CaseState::Lost).await, Err(StoreError::Conflict)));
    let missing = PlatformCaseId(id.get() + 9);
    assert!(matches!(tx.set_platform_case_state(missing, 1, CaseState::Lost).await, Err(StoreError::NotFound)));
    assert_eq!(tx.put_platform_case(&claim("A-77", Some("W-1"))).await.unwrap(), (id, Put::Unchanged));
    let (other, _) = tx.put_platform_case(&claim("A-78", None)).await.unwrap();
    let taken = tx.update_platform_case(other, 1, &claim("a77", None)).await;
    assert!(matches!(taken, Err(StoreError::Conflict)), "another has the number: {taken:?}");
    tx.commit().await.unwrap();
    let [stored] = &store.settled_platform_cases(9).await.unwrap()[..] else { panic!() };
    assert_eq!((stored.case.reason.as_str(), stored.case.answer_by, stored.case.version), ("It never came", Some(Moment(50)), 3));
    assert_eq!(store.platform_cases_to_alarm(9).await.unwrap().len(), 1, "only the open one");
});

both_engines!(k2_of_an_erased_persons_case_only_the_figures_stay, |store| async move {
    let mut tx = store.begin_at(Moment(9)).await.unwrap();
    let (_, ana, conversation) = samples::world(&mut tx, "Ana").await;
    tx.put_order(&order("W-1001", ana)).await.unwrap();
    tx.put_platform_case(&claim("A-77", Some("W-1001"))).await.unwrap();
    tx.put_platform_case(&NewPlatformCase { conversation_id: Some(conversation), ..claim("A-78", None) }).await.unwrap();
    tx.erase_contact(ana).await.unwrap();
    tx.commit().await.unwrap();
    let left = store.open_platform_cases(9).await.unwrap();
    assert_eq!(left.len(), 2);
    for linked in left {
        assert_eq!((linked.case.reason.as_str(), linked.contact.as_str(), linked.case.conversation_id), ("", "", None));
        assert_eq!(linked.case.amount.unwrap().minor, 1999);
    }
});
