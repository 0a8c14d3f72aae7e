//! What is to be done outside of a conversation: noted down, ticked off, seen by colleagues, erased with the person.

use mercator_domain::{
    shipment::ShipmentStage,
    work_order::{NewWorkOrder, WorkKind, WorkState},
};

use crate::support::{buyer, code, shops};

fn refund(details: &str, order: Option<&str>) -> NewWorkOrder {
    NewWorkOrder { kind: WorkKind::Refund, details: details.to_owned(), order_number: order.map(str::to_owned) }
}

#[tokio::test(flavor = "multi_thread")]
async fn g8_a_work_order_stands_beside_its_conversation_until_somebody_has_done_it() {
    for shop in shops().await {
        let ana = buyer("ana");
        shop.order(&ana, "W-1001", ShipmentStage::Delivered, 48).await;
        let id = shop.hear(&ana.writes("Help", "I want to speak to a human please")).await;
        assert_eq!(code(shop.app.add_work_order(id, &refund("  ", None)).await), "precondition");
        assert_eq!(code(shop.app.add_work_order(id, &refund("EUR 15", Some("W-9999"))).await), "precondition");
        let made = shop.app.add_work_order(id, &refund(" EUR 15, the glass is broken ", Some("#w1001"))).await.unwrap();
        let colleague = shop.colleague().await;
        let [work] = &colleague.thread(id).await.unwrap().work_orders[..] else { panic!() };
        assert_eq!((work.id, work.state, work.details.as_str()), (made, WorkState::Open, "EUR 15, the glass is broken"));
        assert_eq!(work.order_number.as_deref(), Some("W-1001"), "as the shop writes it");
        colleague.set_work_order_state(made, work.version, WorkState::Done).await.unwrap();
        // Here the older state is still on the screen.
        assert_eq!(code(shop.app.set_work_order_state(made, work.version, WorkState::Cancelled).await), "conflict");
        let [work] = &shop.thread(id).await.work_orders[..] else { panic!() };
        assert_eq!(work.state, WorkState::Done);
        shop.app.set_work_order_state(made, work.version, WorkState::Open).await.unwrap();
        let contact = shop.contact(&ana).await;
        shop.app.erase_contact(contact).await.unwrap();
        assert!(shop.store.work_orders(id).await.unwrap().is_empty(), "erased with the person");
    }
}
