//! The rules of actions as tables: what is refused and why, and what an allowed one changes.

use super::*;
use crate::{
    account::{PaymentMethod, PostalAddress},
    action::rules::WhoDecides,
    ids::{OrderId, ProductId, ShipmentId},
    money::Currency,
    order::Payment,
    shipment::{Shipment, ShipmentStage},
};

const ANN: ContactId = ContactId(7);
const NOW: Moment = Moment(40 * DAY_MS);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("USD").unwrap())
}

fn product(sku: &str, group: &str, minor: i64, stock: Option<i32>) -> (String, Product) {
    let product = Product {
        id: ProductId(0),
        sku: sku.into(),
        title: group.into(),
        price: usd(minor),
        stock,
        description: String::new(),
        category: String::new(),
        hs_code: None,
        origin: None,
        weight_g: None,
        url: None,
        ships_to: vec![],
        item_group: Some(group.into()),
        options: BTreeMap::new(),
    };
    (sku.into(), product)
}

fn line(sku: &str, minor: i64, quantity: i32) -> OrderLine {
    OrderLine { sku: sku.into(), title: sku.into(), quantity, unit_price: Some(usd(minor)) }
}

struct Shop {
    order: Order,
    account: CustomerAccount,
    products: BTreeMap<String, Product>,
    earlier: Vec<(ActionKind, ActionState)>,
    rules: ActionRules,
    verified: bool,
    busy: bool,
}

/// A red shirt and two lamps, paid by card; a gift card with 20 dollars lies in the account.
fn shop(status: OrderStatus) -> Shop {
    let method = |id: &str, kind, balance| PaymentMethod { id: id.into(), kind, label: String::new(), balance };
    let delivered = (status == OrderStatus::Delivered).then_some(Moment(30 * DAY_MS));
    let parcel = Shipment {
        id: ShipmentId(0),
        carrier: String::new(),
        tracking_number: "1".into(),
        stage: ShipmentStage::Delivered,
        shipped_at: None,
        delivered_at: delivered,
        events: vec![],
    };
    let rules = ActionRules { approvals: false, ..ActionRules::default() };
    let rules =
        ActionRules { kinds: rules.kinds.into_iter().map(|rule| KindRule { who: WhoDecides::Customer, ..rule }).collect(), ..rules };
    Shop {
        order: Order {
            id: OrderId(1),
            number: "W1".into(),
            contact_id: ANN,
            status,
            ordered_at: Moment(0),
            total: usd(9000),
            country: None,
            address: None,
            lines: vec![line("red", 5000, 1), line("lamp", 2000, 2)],
            payments: vec![Payment { kind: PaymentKind::Paid, amount: usd(9000), method: "card".into(), at: Moment(0) }],
            shipments: vec![parcel],
        },
        account: CustomerAccount {
            address: None,
            payment_methods: vec![
                method("card", PaymentMethodKind::Card, None),
                method("gift", PaymentMethodKind::GiftCard, Some(usd(2000))),
                method("paypal", PaymentMethodKind::PayPal, None),
            ],
        },
        products: [
            product("red", "shirt", 5500, None),
            product("blue", "shirt", 5200, None),
            product("gold", "shirt", 9000, Some(3)),
            product("gone", "shirt", 100, Some(0)),
            product("lamp", "lamp", 2000, None),
        ]
        .into(),
        earlier: vec![],
        rules,
        verified: true,
        busy: false,
    }
}

impl Shop {
    fn facts(&self) -> ActionFacts<'_> {
        ActionFacts {
            contact: ANN,
            verified: self.verified,
            order: Some(&self.order),
            account: &self.account,
            products: &self.products,
            earlier: &self.earlier,
            busy: self.busy,
            now: NOW,
        }
    }

    fn ask(&self, request: &ActionRequest) -> Result<Plan, Refusal> {
        check(request, &self.rules, &self.facts())
    }
}

fn cancel() -> ActionRequest {
    ActionRequest::Cancel { order: "W1".into(), reason: None }
}

fn swaps(pairs: &[(&str, &str)]) -> Vec<Swap> {
    pairs.iter().map(|(from, to)| Swap { from: (*from).into(), to: (*to).into() }).collect()
}

fn change(pairs: &[(&str, &str)], method: Option<&str>) -> ActionRequest {
    ActionRequest::ChangeItems { order: "W1".into(), swaps: swaps(pairs), payment_method: method.map(Into::into) }
}

fn exchange(pairs: &[(&str, &str)], method: Option<&str>) -> ActionRequest {
    ActionRequest::Exchange { order: "W1".into(), swaps: swaps(pairs), payment_method: method.map(Into::into) }
}

fn send_back(items: &[&str], method: Option<&str>) -> ActionRequest {
    let items = items.iter().map(|item| (*item).into()).collect();
    ActionRequest::Return { order: "W1".into(), items, payment_method: method.map(Into::into) }
}

fn refund(minor: i64, method: Option<&str>) -> ActionRequest {
    ActionRequest::Refund { order: "W1".into(), amount: usd(minor), payment_method: method.map(Into::into) }
}

fn pay(method: &str) -> ActionRequest {
    ActionRequest::ChangePayment { order: "W1".into(), payment_method: method.into() }
}

fn address(line1: &str) -> ActionRequest {
    let address = PostalAddress { line1: line1.into(), city: "Leeds".into(), ..PostalAddress::default() };
    ActionRequest::ChangeAddress { order: "W1".into(), address }
}

#[test]
fn e5_what_the_rules_forbid_is_refused_with_its_reason() {
    use OrderStatus::{Cancelled, Delivered, Pending, Processing, Shipped};
    let refused = |status, request: ActionRequest, why: Refusal| {
        assert_eq!(shop(status).ask(&request).map(|plan| plan.kind), Err(why), "{status} {request:?}");
    };
    for status in [Processing, Shipped, Delivered, Cancelled] {
        refused(status, cancel(), Refusal::WrongState);
        refused(status, address("2 High St"), Refusal::WrongState);
        refused(status, change(&[("red", "blue")], None), Refusal::WrongState);
        refused(status, pay("paypal"), Refusal::WrongState);
    }
    for status in [Pending, Processing, Shipped, Cancelled] {
        refused(status, send_back(&["red"], None), Refusal::WrongState);
        refused(status, exchange(&[("red", "blue")], None), Refusal::WrongState);
    }
    refused(Pending, address(""), Refusal::AddressIncomplete);
    refused(Pending, change(&[], None), Refusal::NothingToDo);
    refused(Pending, change(&[("red", "red")], None), Refusal::SameItem);
    refused(Pending, change(&[("red", "lamp")], None), Refusal::OtherProduct);
    refused(Pending, change(&[("red", "unknown")], None), Refusal::OtherProduct);
    refused(Pending, change(&[("red", "gone")], None), Refusal::OutOfStock);
    refused(Pending, change(&[("blue", "red")], None), Refusal::ItemNotInOrder);
    refused(Pending, change(&[("red", "blue"), ("red", "gold")], None), Refusal::ItemNotInOrder);
    refused(Pending, change(&[("red", "gold")], Some("gift")), Refusal::BalanceTooLow);
    refused(Pending, change(&[("red", "gold")], Some("somebody's card")), Refusal::UnknownPaymentMethod);
    refused(Pending, pay("gift"), Refusal::BalanceTooLow);
    refused(Pending, pay("card"), Refusal::SamePaymentMethod);
    refused(Pending, pay("somebody's card"), Refusal::UnknownPaymentMethod);
    refused(Delivered, send_back(&[], None), Refusal::NothingToDo);
    refused(Delivered, send_back(&["lamp", "lamp", "lamp"], None), Refusal::ItemNotInOrder);
    refused(Delivered, send_back(&["red"], Some("paypal")), Refusal::PaymentMethodNotAllowed);
    refused(Delivered, send_back(&["red"], Some("somebody's card")), Refusal::UnknownPaymentMethod);
    refused(Delivered, exchange(&[("red", "gold")], Some("gift")), Refusal::BalanceTooLow);
    refused(Delivered, refund(9001, None), Refusal::AmountNotAllowed);
    refused(Delivered, refund(0, None), Refusal::AmountNotAllowed);
    refused(Delivered, refund(100, Some("paypal")), Refusal::PaymentMethodNotAllowed);
    refused(Delivered, ActionRequest::Reship { order: "W1".into(), items: vec![] }, Refusal::NothingToDo);
}

#[test]
fn e5_each_is_done_once_and_never_after_what_forbids_it() {
    let refused = |status, earlier: (ActionKind, ActionState), request: ActionRequest, expect: Option<Refusal>| {
        let asked = Shop { earlier: vec![earlier], ..shop(status) };
        assert_eq!(asked.ask(&request).err(), expect, "{earlier:?} {request:?}");
    };
    let again = Some(Refusal::DoneBefore);
    use ActionKind::{ChangeItems, Exchange, Return};
    use ActionState::{AwaitingApproval, Declined, Done, Failed, WorkOrder};
    refused(OrderStatus::Delivered, (Exchange, Done), exchange(&[("red", "blue")], None), again);
    refused(OrderStatus::Delivered, (Exchange, WorkOrder), send_back(&["red"], None), again);
    refused(OrderStatus::Delivered, (Return, AwaitingApproval), exchange(&[("red", "blue")], None), again);
    refused(OrderStatus::Pending, (ChangeItems, Done), change(&[("red", "blue")], None), again);
    refused(OrderStatus::Pending, (ChangeItems, Done), cancel(), again);
    refused(OrderStatus::Pending, (ChangeItems, Done), address("2 High St"), None);
    refused(OrderStatus::Delivered, (Exchange, Declined), exchange(&[("red", "blue")], None), None);
    refused(OrderStatus::Delivered, (Exchange, Failed), exchange(&[("red", "blue")], None), None);
}

#[test]
fn e8_only_who_has_shown_who_they_are_and_only_their_own() {
    let mut asked = Shop { verified: false, ..shop(OrderStatus::Pending) };
    assert_eq!(asked.ask(&cancel()).err(), Some(Refusal::NotVerified));
    asked.verified = true;
    asked.order.contact_id = ContactId(8);
    assert_eq!(asked.ask(&cancel()).err(), Some(Refusal::NotTheirs));
    let facts = ActionFacts { order: None, ..asked.facts() };
    assert_eq!(check(&cancel(), &asked.rules, &facts).err(), Some(Refusal::UnknownOrder));
    let busy = Shop { busy: true, ..shop(OrderStatus::Pending) };
    assert_eq!(busy.ask(&cancel()).err(), Some(Refusal::OneAtATime));
}

#[test]
fn the_sellers_rules_hold() {
    let mut asked = shop(OrderStatus::Delivered);
    assert!(asked.ask(&send_back(&["red"], None)).is_ok(), "ten days after delivery");
    asked.order.shipments[0].delivered_at = Some(Moment(9 * DAY_MS));
    assert_eq!(asked.ask(&send_back(&["red"], None)).err(), Some(Refusal::TooLate));
    let mut asked = shop(OrderStatus::Pending);
    for rule in &mut asked.rules.kinds {
        rule.reasons = vec!["ordered by mistake".into()];
    }
    assert_eq!(asked.ask(&cancel()).err(), Some(Refusal::ReasonNotAccepted));
    let reason = |reason: &str| ActionRequest::Cancel { order: "W1".into(), reason: Some(reason.into()) };
    assert_eq!(asked.ask(&reason("found cheaper")).err(), Some(Refusal::ReasonNotAccepted));
    assert!(asked.ask(&reason("ordered by mistake")).is_ok());
    for rule in &mut asked.rules.kinds {
        rule.who = WhoDecides::Nobody;
    }
    assert_eq!(asked.ask(&reason("ordered by mistake")).err(), Some(Refusal::NotOffered));
}

fn movements(order: &Order) -> Vec<(PaymentKind, i64, &str)> {
    order.payments.iter().map(|p| (p.kind, p.amount.minor, p.method.as_str())).collect()
}

#[test]
fn cancelling_gives_back_what_was_paid_in_the_way_it_was_paid() {
    let mut asked = shop(OrderStatus::Pending);
    asked.order.payments[0].amount = usd(8000);
    asked.order.payments.push(Payment { kind: PaymentKind::Paid, amount: usd(1000), method: "gift".into(), at: Moment(0) });
    asked.order.payments.push(Payment { kind: PaymentKind::Refunded, amount: usd(300), method: "card".into(), at: Moment(0) });
    let plan = asked.ask(&cancel()).unwrap();
    let after = plan.order.as_ref().unwrap();
    assert_eq!(after.status, OrderStatus::Cancelled);
    assert_eq!(movements(after)[3..], [(PaymentKind::Refunded, 7700, "card"), (PaymentKind::Refunded, 1000, "gift")]);
    assert_eq!(plan.account.as_ref().unwrap().method("gift").unwrap().balance, Some(usd(3000)));
    assert_eq!(plan.back(), Some(usd(8700)));
}

#[test]
fn another_item_costs_the_difference_to_what_was_paid_for_the_old_one() {
    let asked = shop(OrderStatus::Pending);
    let plan = asked.ask(&change(&[("red", "blue")], Some("gift"))).unwrap();
    let after = plan.order.unwrap();
    // The shirt was bought for 50 when it cost less than today.
    assert_eq!((plan.amount, after.total), (Some(usd(200)), usd(9200)));
    assert_eq!(after.lines[0].sku, "blue");
    assert_eq!(movements(&after)[1], (PaymentKind::Paid, 200, "gift"));
    assert_eq!(plan.account.unwrap().method("gift").unwrap().balance, Some(usd(1800)));
    // A cheaper one gives money back, and one of two pieces stays.
    let mut asked = shop(OrderStatus::Pending);
    asked.products.insert("spot".into(), product("spot", "lamp", 1500, None).1);
    let after = asked.ask(&change(&[("lamp", "spot")], None)).unwrap().order.unwrap();
    assert_eq!(after.lines.iter().map(|l| (l.sku.as_str(), l.quantity)).collect::<Vec<_>>(), [("red", 1), ("lamp", 1), ("spot", 1)]);
    assert_eq!(movements(&after)[1], (PaymentKind::Refunded, 500, "card"));
}

#[test]
fn another_way_to_pay_takes_all_there_and_gives_all_back_here() {
    let mut asked = shop(OrderStatus::Pending);
    asked.account.payment_methods[1].balance = Some(usd(9500));
    let plan = asked.ask(&pay("gift")).unwrap();
    let after = plan.order.unwrap();
    assert_eq!(movements(&after)[1..], [(PaymentKind::Paid, 9000, "gift"), (PaymentKind::Refunded, 9000, "card")]);
    assert_eq!(plan.account.unwrap().method("gift").unwrap().balance, Some(usd(500)));
}

#[test]
fn what_is_sent_back_moves_no_money_before_it_is_there() {
    let asked = shop(OrderStatus::Delivered);
    let plan = asked.ask(&send_back(&["lamp", "red"], Some("gift"))).unwrap();
    assert_eq!((plan.back(), plan.order.as_ref()), (Some(usd(7000)), Some(&asked.order)));
    let plan = asked.ask(&exchange(&[("red", "blue")], None)).unwrap();
    assert_eq!((plan.amount, plan.payment_method.as_str(), plan.order.as_ref()), (Some(usd(200)), "card", Some(&asked.order)));
    let plan = asked.ask(&refund(500, None)).unwrap();
    assert_eq!(movements(plan.order.as_ref().unwrap())[1], (PaymentKind::Refunded, 500, "card"));
}
