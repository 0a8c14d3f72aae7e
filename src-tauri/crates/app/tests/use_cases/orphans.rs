//! No orphan (G3, G7, J4): a week of two thousand conversations, with business hours, a holiday, and a computer that sleeps.
//!
//! After every look that the computer takes: each handoff that waits is in the list, each whose promise ends soon or has ended was
//! alarmed, and none was promised for a time in which nobody answers. At the end nothing waits for the bot, and the shares of the
//! dashboard add up to a hundred.

use std::collections::{BTreeMap, BTreeSet};

use mercator_analytics::dashboard::DashboardKey;
use mercator_app::views::ReplyInput;
use mercator_domain::{
    facts::DashboardFilter,
    hours::{BusinessHours, Span},
    ids::ConversationId,
    moment::{DAY_MS, HOUR_MS, MINUTE_MS, Moment},
};

use crate::support::{Shop, buyer, shop};

const CONVERSATIONS: usize = 2_000;
/// A look at the inboxes, as the simulation takes them.
const STEP_MS: i64 = 30 * MINUTE_MS;
/// How many a person can answer in half an hour.
const ANSWERED_A_STEP: usize = 5;
/// The alarm is raised this long before a promise ends.
const LEAD_MS: i64 = 15 * MINUTE_MS;

/// What buyers write; about half of it the bot can answer.
const MESSAGES: [&str; 14] = [
    "Which payment methods do you accept?",
    "How long does delivery take?",
    "Wie lange dauert die Lieferung?",
    "¿Cuánto tarda el envío?",
    "I want to speak to a human please",
    "Ich möchte mit einem Menschen sprechen",
    "我要找人工客服",
    "You are liars and thieves!!! This is UNACCEPTABLE!!!",
    "I will call my lawyer if the money is not back today",
    "Please send me an invoice for my last order",
    "Do you deliver to Mars?",
    "Please cancel my order",
    "Do you engrave names on the teapot?",
    "My card was charged twice, what now?",
];

/// A generator with a fixed beginning: every run is the same week.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn hours() -> BusinessHours {
    let day = vec![Span { from: 9 * 60, to: 12 * 60 }, Span { from: 13 * 60, to: 18 * 60 }];
    let mut week = vec![day; 5];
    week.extend([vec![], vec![]]);
    // The Wednesday of that week.
    BusinessHours { time_zone: "Asia/Shanghai".into(), week, holidays: vec!["2026-11-25".into()] }
}

/// The computer sleeps every night from eleven to seven in Shanghai, and from Friday evening to Sunday noon.
fn is_asleep(now: Moment, begin: Moment) -> bool {
    let local = (now.since(begin) + 18 * HOUR_MS).rem_euclid(DAY_MS) / HOUR_MS;
    let day = now.since(begin) / HOUR_MS;
    !(7..23).contains(&local) || (106..146).contains(&day)
}

async fn shop_with_hours() -> Shop {
    let shop = shop().await.with_faqs().await;
    let mut tx = shop.store.begin_at(shop.app.now()).await.unwrap();
    let mut inbox = tx.inbox(shop.inbox).await.unwrap().inbox;
    inbox.hours = hours();
    tx.update_inbox(&inbox).await.unwrap();
    tx.commit().await.unwrap();
    shop
}

/// What must be true whenever the computer has looked.
async fn check(shop: &Shop, alarmed: &mut usize) {
    let now = shop.app.now();
    let waiting = shop.store.waiting_handoffs().await.unwrap();
    let listed = shop.count("waiting").await;
    assert_eq!(usize::try_from(listed).unwrap(), waiting.len(), "each handoff that waits is listed");
    for handoff in &waiting {
        let due = handoff.promised_at <= now.plus_ms(LEAD_MS);
        assert!(!due || handoff.alarmed_at.is_some(), "{handoff:?} goes unalarmed at {now:?}");
        let end = handoff.promised_at.plus_ms(-1);
        assert!(hours().is_open(end), "promised for a time in which nobody answers: {:?}", handoff.promised_at);
        *alarmed += usize::from(due);
    }
}

/// People answer what waits, in the order of the list, while they are there.
async fn people_answer(shop: &Shop, answered: &mut BTreeSet<ConversationId>) {
    if !hours().is_open(shop.app.now()) {
        return;
    }
    for row in shop.view("waiting").await.into_iter().take(ANSWERED_A_STEP) {
        let reply = ReplyInput { text: "I have looked into it for you.".into(), anyway: true, ..ReplyInput::default() };
        shop.app.send_reply(row.id, &reply).await.unwrap();
        answered.insert(row.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g7_no_handoff_of_a_week_is_forgotten() {
    let shop = shop_with_hours().await;
    let (begin, mut dice) = (shop.app.now(), Dice(7));
    let mut arrivals: Vec<(i64, usize)> =
        (0..CONVERSATIONS).map(|number| (i64::try_from(dice.next(7 * 24 * 60)).unwrap() * MINUTE_MS, number)).collect();
    arrivals.sort_unstable();
    let mut arrivals = arrivals.into_iter().peekable();
    let (mut answered, mut alarmed, mut looks, mut slept) = (BTreeSet::new(), 0, 0, 0);
    for step in 0..(9 * DAY_MS / STEP_MS) {
        let now = begin.plus_ms(step * STEP_MS);
        shop.clock.set(now);
        while let Some((_, number)) = arrivals.next_if(|(at, _)| begin.plus_ms(*at) <= now) {
            let text = MESSAGES[usize::try_from(dice.next(14)).unwrap()];
            shop.lay(&buyer(&format!("b{number}")).writes("A question", text));
        }
        // What arrives while it sleeps is read when it wakes.
        if is_asleep(now, begin) {
            slept += 1;
            continue;
        }
        shop.pass().await;
        check(&shop, &mut alarmed).await;
        people_answer(&shop, &mut answered).await;
        looks += 1;
    }
    shop.later(MINUTE_MS);
    shop.pass().await;
    check(&shop, &mut alarmed).await;
    assert!(slept > 100 && looks > 100 && alarmed > 0 && answered.len() > 300, "{slept} {looks} {alarmed} {}", answered.len());
    assert_eq!(shop.store.messages_for_bot(1).await.unwrap(), [], "nothing waits for the bot");
    shares_add_up(&shop, begin, answered.len()).await;
}

/// Handed off, confirmed, assumed and open are all of what the bot was involved in; and what was handed over was answered or waits.
async fn shares_add_up(shop: &Shop, begin: Moment, answered: usize) {
    let filter = DashboardFilter { from: Some(begin), to: Some(shop.app.now().plus_ms(1)), ..DashboardFilter::default() };
    let board = shop.app.dashboard(DashboardKey::Handoffs, &filter).await.unwrap();
    let figures: BTreeMap<&str, f64> = board.figures.iter().filter_map(|figure| Some((figure.key.as_str(), figure.value?))).collect();
    let sum: f64 = ["handoff_rate", "confirmed", "assumed", "open"].iter().map(|key| figures[*key]).sum();
    assert!((sum - 100.0).abs() < 1e-9, "{sum}: {figures:?}");
    let waiting = shop.store.waiting_handoffs().await.unwrap().len();
    assert_eq!(figures["handoffs"], (answered + waiting) as f64, "answered or waiting");
    println!("{} handoffs: {answered} answered, {waiting} waiting", figures["handoffs"]);
}
