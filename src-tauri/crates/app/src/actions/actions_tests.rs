//! The engine over a stored shop: once, read back, within the limits, and told as failed when it failed.

use std::sync::Arc;

use mercator_domain::{
    account::PostalAddress,
    action::{ActionKind, Swap},
    contact::{Identity, IdentityKind},
    moment::{DAY_MS, Moment},
    money::{Currency, Money},
    order::{Order, OrderStatus, PaymentKind},
};
use mercator_providers::secrets::Memory;
use mercator_store::testing::refuse_writes_to;

use super::*;
use crate::{OpenApp, clock::FixedClock, views::ImportKind};

const NOW: Moment = Moment(1_780_000_000_000);

const CUSTOMERS: &str = "customer_id,name,email,address1,city,postal_code,country,payment_methods\n\
    ann,Ann Lee,ann@buyers.test,2 High St,Leeds,LS1,GB,card_1:credit_card:visa 1234;gift_1:gift_card::20.00 EUR\n\
    bob,Bob Ray,bob@buyers.test,1 Low St,York,YO1,GB,card_2:credit_card\n";
const PRODUCTS: &str = "sku,title,price,currency,stock,item_group,options\n\
    red,Shirt,50.00,EUR,,shirt,color=red\nblue,Shirt,52.00,EUR,,shirt,color=blue\nlamp,Lamp,15.00,EUR,,,\n";
const ORDERS: &str = "customer_id,order_id,ordered_at,total,currency,status,sku,unit_price,item_title,payment_method,delivered_at,tracking_number\n\
    ann,1001,2026-05-20,50.00,EUR,pending,red,50.00,Shirt,card_1,,\n\
    ann,1002,2026-05-01,65.00,EUR,delivered,red,50.00,Shirt,card_1,2026-05-10,T1\n\
    ann,1002,2026-05-01,65.00,EUR,delivered,lamp,15.00,Lamp,card_1,2026-05-10,T1\n\
    ann,1003,2026-05-02,15.00,EUR,shipped,lamp,15.00,Lamp,card_1,,T2\n\
    bob,2001,2026-05-20,15.00,EUR,pending,lamp,15.00,Lamp,card_2,,\n";

struct Shop {
    app: Arc<App>,
    ann: ContactId,
    _folder: tempfile::TempDir,
}

async fn shop(settings: ActionSettings) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenApp {
        workspace: Some(folder.path().join("shop").display().to_string()),
        clock: Some(Arc::new(FixedClock::at(NOW))),
        secrets: Some(Arc::new(Memory::default())),
        ..OpenApp::default()
    };
    let app = App::open(options).await.unwrap();
    for (kind, text) in [(ImportKind::Customers, CUSTOMERS), (ImportKind::Products, PRODUCTS), (ImportKind::Orders, ORDERS)] {
        let report = app.import_bytes(kind, "a.csv", text.as_bytes(), false).await.unwrap();
        assert_eq!((report.rejected, report.warnings), (0, vec![]));
    }
    app.save_action_settings(&settings).await.unwrap();
    let identity = Identity { kind: IdentityKind::Customer, value: "ann".into() };
    let ann = app.store.contact_by_identity(&identity).await.unwrap().unwrap().id;
    Shop { app, ann, _folder: folder }
}

/// Orders are kept here, and nothing waits for a person.
fn here() -> ActionSettings {
    ActionSettings { rules: ActionRules { approvals: false, ..ActionRules::default() }, kept_here: true }
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::parse("EUR").unwrap())
}

fn cancel(order: &str) -> ActionRequest {
    ActionRequest::Cancel { order: order.into(), reason: None }
}

fn refund(minor: i64) -> ActionRequest {
    ActionRequest::Refund { order: "1002".into(), amount: eur(minor), payment_method: None }
}

impl Shop {
    fn asked(&self, request: ActionRequest) -> Asked {
        Asked { contact: self.ann, conversation: None, verified: true, request }
    }

    async fn propose(&self, request: ActionRequest) -> Action {
        match self.app.propose_action(&self.asked(request)).await.unwrap() {
            Step::Now(action) => *action,
            Step::Refused(why) => panic!("{why}"),
        }
    }

    async fn refused(&self, request: ActionRequest) -> Refusal {
        match self.app.propose_action(&self.asked(request)).await.unwrap() {
            Step::Now(action) => panic!("{action:?}"),
            Step::Refused(why) => why,
        }
    }

    async fn order(&self, number: &str) -> Order {
        self.app.store.order_by_number(number).await.unwrap().unwrap()
    }

    async fn audit(&self) -> Vec<(String, String)> {
        let rows = self.app.store.audit(20).await.unwrap();
        rows.into_iter().filter(|row| row.subject.starts_with("action:")).map(|row| (row.actor, row.action)).collect()
    }
}

#[tokio::test]
async fn e5_a_pending_order_is_cancelled_after_the_yes_and_once() {
    let shop = shop(here()).await;
    let action = shop.propose(cancel("#1001")).await;
    assert_eq!((action.state, action.amount), (ActionState::Proposed, Some(eur(-5000))));
    assert_eq!(shop.order("1001").await.status, OrderStatus::Pending, "nothing happens before the yes");
    let done = shop.app.confirm_action(action.id).await.unwrap();
    assert_eq!((done.state, done.actor.as_str()), (ActionState::Done, "customer"));
    let order = shop.order("1001").await;
    assert_eq!(order.status, OrderStatus::Cancelled);
    assert_eq!(order.payments.iter().map(|p| p.kind).collect::<Vec<_>>(), [PaymentKind::Paid, PaymentKind::Refunded]);
    let again = shop.app.confirm_action(action.id).await.unwrap();
    assert_eq!((again.state, again.version), (done.state, done.version), "a second yes changes nothing");
    assert_eq!(shop.order("1001").await, order);
    assert_eq!(shop.refused(cancel("1001")).await, Refusal::WrongState);
    assert_eq!(shop.refused(cancel("1003")).await, Refusal::WrongState, "what has left is not cancelled");
    assert_eq!(shop.refused(cancel("9999")).await, Refusal::UnknownOrder);
    let customer = |action: &str| ("customer".to_owned(), action.to_owned());
    assert_eq!(shop.audit().await[..2], [customer("action.done"), customer("action.running")]);
}

#[tokio::test]
async fn e8_nothing_of_another_customer_is_touched() {
    let shop = shop(here()).await;
    assert_eq!(shop.refused(cancel("2001")).await, Refusal::NotTheirs);
    let unverified = Asked { verified: false, ..shop.asked(cancel("1001")) };
    assert_eq!(shop.app.check_action(&unverified, None).await.unwrap().err(), Some(Refusal::NotVerified));
    assert_eq!(shop.order("2001").await.status, OrderStatus::Pending);
}

#[tokio::test]
async fn e7_fifteen_runs_twenty_five_waits_for_a_person() {
    let rules = ActionRules { approval_above: vec![eur(2000)], ..ActionRules::default() };
    let shop = shop(ActionSettings { rules: rules.clone(), kept_here: true }).await;
    let small = shop.propose(refund(1500)).await;
    assert_eq!(shop.app.confirm_action(small.id).await.unwrap().state, ActionState::Done);
    assert_eq!(shop.refused(refund(2500)).await, Refusal::DoneBefore);
    let mut often = rules;
    often.kinds.iter_mut().for_each(|rule| rule.not_after.clear());
    shop.app.save_action_settings(&ActionSettings { rules: often, kept_here: true }).await.unwrap();
    let large = shop.propose(refund(2500)).await;
    assert_eq!(shop.app.confirm_action(large.id).await.unwrap().state, ActionState::AwaitingApproval);
    assert_eq!(shop.app.actions_for_people().await.unwrap().iter().map(|row| row.action.id).collect::<Vec<_>>(), [large.id]);
    assert_eq!(shop.order("1002").await.payments.len(), 2, "no money moves while it waits");
    let done = shop.app.approve_action(large.id).await.unwrap().action;
    assert_eq!((done.state, done.actor.as_str()), (ActionState::Done, shop.app.member.name.as_str()));
    assert_eq!(shop.order("1002").await.payments.len(), 3);
    let next = shop.propose(refund(2100)).await;
    shop.app.confirm_action(next.id).await.unwrap();
    let rejected = shop.app.reject_action(next.id, "not again").await.unwrap().action;
    assert_eq!((rejected.state, rejected.why.as_str()), (ActionState::Rejected, "not again"));
    assert!(shop.app.approve_action(next.id).await.is_err(), "what was rejected stays so");
    assert_eq!(shop.order("1002").await.payments.len(), 3);
}

#[tokio::test]
async fn e6_a_return_gets_a_number_and_forbids_an_exchange() {
    let shop = shop(here()).await;
    let action = shop.propose(ActionRequest::Return { order: "1002".into(), items: vec!["lamp".into()], payment_method: None }).await;
    let done = shop.app.confirm_action(action.id).await.unwrap();
    assert_eq!(done.state, ActionState::Done);
    assert!(done.rma.is_some_and(|rma| rma.starts_with("RMA-")));
    let swaps = vec![Swap { from: "red".into(), to: "blue".into() }];
    assert_eq!(shop.refused(ActionRequest::Exchange { order: "1002".into(), swaps, payment_method: None }).await, Refusal::DoneBefore);
}

#[tokio::test]
async fn e9_what_could_not_be_written_is_told_as_failed_and_leaves_no_trace() {
    let shop = shop(here()).await;
    let action = shop.propose(cancel("1001")).await;
    let before = shop.order("1001").await;
    refuse_writes_to(&shop.app.store, "payments").await;
    let failed = shop.app.confirm_action(action.id).await.unwrap();
    assert_eq!(failed.state, ActionState::Failed);
    assert!(!failed.why.is_empty());
    assert_eq!(shop.order("1001").await, before, "all of it or nothing");
    assert_eq!(shop.audit().await[0], ("customer".to_owned(), "action.failed".to_owned()));
}

#[tokio::test]
async fn e9_what_is_no_longer_allowed_at_the_yes_is_not_done() {
    let shop = shop(here()).await;
    let action = shop.propose(cancel("1001")).await;
    let mut order = shop.order("1001").await;
    order.status = OrderStatus::Shipped;
    let mut tx = shop.app.store.begin_at(Moment(NOW.0 + DAY_MS)).await.unwrap();
    tx.put_order(&order).await.unwrap();
    tx.commit().await.unwrap();
    let failed = shop.app.confirm_action(action.id).await.unwrap();
    assert_eq!((failed.state, failed.why.as_str()), (ActionState::Failed, Refusal::WrongState.as_str()));
    assert_eq!(shop.order("1001").await.status, OrderStatus::Shipped);
}

#[tokio::test]
async fn two_yes_at_once_do_it_once() {
    let shop = shop(here()).await;
    let action = shop.propose(refund(500)).await;
    let (one, two) = tokio::join!(shop.app.confirm_action(action.id), shop.app.confirm_action(action.id));
    assert!([one.unwrap().state, two.unwrap().state].contains(&ActionState::Done));
    assert_eq!(shop.order("1002").await.payments.len(), 2);
}

#[tokio::test]
async fn another_address_is_kept_with_the_account_and_with_the_order() {
    let shop = shop(here()).await;
    let address = PostalAddress { line1: "9 New Rd".into(), city: "Hull".into(), ..PostalAddress::default() };
    for request in [
        ActionRequest::ChangeAddress { order: "1001".into(), address: address.clone() },
        ActionRequest::ChangeAccountAddress { address: address.clone() },
    ] {
        let action = shop.propose(request).await;
        assert_eq!(shop.app.confirm_action(action.id).await.unwrap().state, ActionState::Done);
    }
    assert_eq!(shop.order("1001").await.address.as_ref(), Some(&address));
    assert_eq!(shop.app.store.account(shop.ann).await.unwrap().address, Some(address));
    let kinds: Vec<_> =
        shop.app.store.actions_of_order(shop.order("1001").await.id).await.unwrap().iter().map(|a| a.request.kind()).collect();
    assert_eq!(kinds, [ActionKind::ChangeAddress]);
}

#[tokio::test]
async fn a_price_that_changed_since_it_was_restated_is_not_charged() {
    let shop = shop(here()).await;
    let swaps = vec![Swap { from: "red".into(), to: "blue".into() }];
    let action = shop.propose(ActionRequest::ChangeItems { order: "1001".into(), swaps, payment_method: None }).await;
    assert_eq!(action.amount, Some(eur(200)));
    let dearer = PRODUCTS.replace("blue,Shirt,52.00", "blue,Shirt,59.00");
    shop.app.import_bytes(ImportKind::Products, "a.csv", dearer.as_bytes(), false).await.unwrap();
    let before = shop.order("1001").await;
    assert_eq!(shop.app.confirm_action(action.id).await.unwrap().state, ActionState::Failed);
    assert_eq!(shop.order("1001").await, before);
}

#[tokio::test]
async fn e5_where_orders_are_kept_elsewhere_a_work_order_says_everything() {
    let shop = shop(ActionSettings { kept_here: false, ..here() }).await;
    let mail = "From: Ann <ann@buyers.test>\r\nMessage-ID: <1@x>\r\nSubject: Lamp\r\n\r\nI want to send it back\r\n";
    shop.app.import_bytes(ImportKind::Mail, "a.eml", mail.as_bytes(), false).await.unwrap();
    let filter = mercator_store::conversation_lines::ListFilter { limit: 1, ..Default::default() };
    let conversation = shop.app.store.conversation_page(&filter).await.unwrap().1[0].id;
    let request = ActionRequest::Return { order: "1002".into(), items: vec!["lamp".into()], payment_method: None };
    let asked = Asked { conversation: Some(conversation), ..shop.asked(request) };
    let Step::Now(action) = shop.app.propose_action(&asked).await.unwrap() else { panic!() };
    let busy = Asked { conversation: Some(conversation), ..shop.asked(cancel("1001")) };
    assert_eq!(shop.app.propose_action(&busy).await.unwrap(), Step::Refused(Refusal::OneAtATime));
    let before = shop.order("1002").await;
    let end = shop.app.confirm_action(action.id).await.unwrap();
    assert_eq!(end.state, ActionState::WorkOrder, "nothing is called done before a person says so");
    assert_eq!(shop.order("1002").await, before);
    let [work] = &shop.app.work_orders(conversation).await.unwrap()[..] else { panic!() };
    assert_eq!(work.order_number.as_deref(), Some("1002"));
    for part in ["lamp Lamp", "Back to the customer: 15.00 EUR (card_1)", &end.rma.unwrap()] {
        assert!(work.details.contains(part), "{part}: {}", work.details);
    }
}
