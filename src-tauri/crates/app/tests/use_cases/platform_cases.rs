//! Cases at platforms: listed by deadline, beside their conversation, told of once before it is too late, changed by one at a time.

use mercator_app::views::AppEvent;
use mercator_domain::{
    moment::{HOUR_MS, Moment},
    platform_case::{CaseKind, CaseState, CaseTerm, NewPlatformCase},
    shipment::ShipmentStage,
};

use crate::support::{buyer, code, shop, shops, told};

fn claim(number: &str, kind: CaseKind, opened_at: Moment) -> NewPlatformCase {
    NewPlatformCase {
        kind,
        number: number.to_owned(),
        inbox_id: None,
        order_number: None,
        conversation_id: None,
        reason: String::new(),
        amount: None,
        state: CaseState::Open,
        opened_at,
        answer_by: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e10_cases_stand_by_deadline_beside_their_order_and_conversation() {
    for shop in shops().await {
        let ana = buyer("ana");
        shop.order(&ana, "W-1001", ShipmentStage::InTransit, 48).await;
        let id = shop.hear(&ana.writes("Order W-1001", "Where is my order W-1001?")).await;
        let now = shop.app.now();
        let late = NewPlatformCase { answer_by: Some(now.plus_ms(99 * HOUR_MS)), ..claim("PP-1", CaseKind::NotReceived, now) };
        shop.app.save_platform_case(None, &late).await.unwrap();
        let given = NewPlatformCase { order_number: Some("#w1001".into()), ..claim(" A-77 ", CaseKind::AToZ, now) };
        let row = shop.app.save_platform_case(None, &given).await.unwrap();
        assert_eq!((row.case.number.as_str(), row.case.order_number.as_deref()), ("A-77", Some("W-1001")), "as the shop writes it");
        assert_eq!((row.deadline, row.estimated, row.conversation_id), (now.plus_ms(48 * HOUR_MS), true, Some(id)));
        let colleague = shop.colleague().await;
        let order: Vec<String> = colleague.platform_cases(false).await.unwrap().into_iter().map(|row| row.case.number).collect();
        assert_eq!(order, ["A-77", "PP-1"]);
        assert_eq!(colleague.thread(id).await.unwrap().cases.len(), 1);
        // What is wrong is said, and nothing is stored.
        assert_eq!(code(shop.app.save_platform_case(None, &given).await), "precondition", "the number is taken");
        let wrong = NewPlatformCase { answer_by: Some(Moment(1)), ..claim("A-78", CaseKind::AToZ, now) };
        assert_eq!(code(shop.app.save_platform_case(None, &wrong).await), "precondition");
        assert_eq!(code(shop.app.save_platform_case(None, &claim(" # ", CaseKind::AToZ, now)).await), "precondition");
        // A colleague settles it; the older state is still on this screen.
        colleague.set_platform_case_state(row.case.id, row.case.version, CaseState::Won).await.unwrap();
        assert_eq!(code(shop.app.set_platform_case_state(row.case.id, row.case.version, CaseState::Lost).await), "conflict");
        let changed = NewPlatformCase { reason: "A parcel came".into(), ..given.clone() };
        assert_eq!(code(shop.app.save_platform_case(Some((row.case.id, row.case.version)), &changed).await), "conflict");
        assert_eq!(shop.app.platform_cases(true).await.unwrap()[0].case.state, CaseState::Won);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e10_the_sellers_own_terms_move_only_deadlines_that_no_platform_has_stated() {
    let shop = shop().await;
    let now = shop.app.now();
    shop.app.save_platform_case(None, &claim("A-77", CaseKind::AToZ, now)).await.unwrap();
    let stated = NewPlatformCase { answer_by: Some(now.plus_ms(HOUR_MS)), ..claim("A-78", CaseKind::AToZ, now) };
    shop.app.save_platform_case(None, &stated).await.unwrap();
    let term = |hours| [CaseTerm { kind: CaseKind::AToZ, hours, own: true }];
    assert_eq!(code(shop.app.save_case_terms(&term(0)).await), "precondition");
    shop.app.save_case_terms(&term(72)).await.unwrap();
    let rows = shop.app.platform_cases(false).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.deadline).collect::<Vec<_>>(), [now.plus_ms(HOUR_MS), now.plus_ms(72 * HOUR_MS)]);
    let back = shop.app.save_case_terms(&[]).await.unwrap();
    assert!(back.iter().all(|term| !term.own));
}

#[tokio::test(flavor = "multi_thread")]
async fn e10_a_person_is_told_once_a_day_before_the_time_is_over() {
    let shop = shop().await;
    let now = shop.app.now();
    shop.app.save_platform_case(None, &claim("A-77", CaseKind::AToZ, now)).await.unwrap();
    let mut feed = shop.app.events();
    let mut due = || -> Vec<String> {
        let of_cases = |event| if let AppEvent::CaseDue { number, .. } = event { Some(number) } else { None };
        told(&mut feed).into_iter().filter_map(of_cases).collect()
    };
    shop.later(23 * HOUR_MS);
    shop.app.look_at_the_clock().await.unwrap();
    assert!(due().is_empty(), "there is more than a day");
    shop.later(HOUR_MS);
    shop.app.look_at_the_clock().await.unwrap();
    assert_eq!(due(), ["A-77"]);
    shop.app.look_at_the_clock().await.unwrap();
    assert!(due().is_empty(), "once");
    shop.later(25 * HOUR_MS);
    assert!(shop.app.platform_cases(false).await.unwrap()[0].overdue);
}
