//! The 55 sub-flows of a public retail policy base (ABCD): what comes of a first message of each, and that none falls through.
//!
//! The messages are this project's own. `docs/retail-sub-flows.md` says for each what happens and what is left for a person; this test
//! holds it to what the bot does.

use std::collections::{BTreeMap, BTreeSet};

use mercator_app::{actions::ActionSettings, views::ImportKind};
use mercator_domain::{
    action::ActionRules,
    turn::{Decision, Outcome, Turn},
};

use crate::support::{Person, Shop, buyer, shop};

const SUB_FLOWS: &str = include_str!("../../../../../tests/fixtures/abcd/sub-flows.tsv");
const DOCUMENT: &str = include_str!("../../../../../docs/retail-sub-flows.md");

const ORDERS: &str = "customer_id,email,name,order_id,ordered_at,total,currency,status,sku,unit_price,item_title,quantity,payment_method,address1,city,postal_code,delivered_at,tracking_number\n\
    ana,ana@buyers.test,Ana,10023,2026-11-22,45.00,EUR,pending,S-1,20.00,Linen shirt,2,card_1,High St 1,Leeds,LS1 1AA,,\n\
    ana,ana@buyers.test,Ana,10024,2026-11-01,20.00,EUR,delivered,S-1,20.00,Linen shirt,1,card_1,High St 1,Leeds,LS1 1AA,2026-11-15,TRACK24\n\
    ana,ana@buyers.test,Ana,10025,2026-11-12,60.00,EUR,shipped,B-1,60.00,Boots,1,card_1,High St 1,Leeds,LS1 1AA,,TRACK25\n";

const ARTICLES: [(&str, &str); 10] = [
    ("How long does delivery take?", "Within Europe a parcel takes 4 to 7 working days."),
    ("Within how many days can I return something?", "You can return unused items within 30 days of delivery."),
    ("Do you match the prices of other shops?", "No, our prices are calculated closely and we do not match those of others."),
    ("What are the membership levels?", "There are three membership levels: guest, silver and gold."),
    ("Are the boots waterproof?", "The boots are water-repellent, not waterproof."),
    ("Can the shirt be washed in the machine?", "Yes, the shirt can be washed in the machine at 30 degrees."),
    ("Do the jeans stretch?", "Yes, the jeans have two per cent elastane."),
    ("Is the jacket lined?", "Yes, the jacket is lined with cotton."),
    (
        "My promo code is not accepted, what can I do?",
        "Promo codes are valid once and until the date in the mail. They cannot be used later.",
    ),
    (
        "Is my subscription still active?",
        "You see the state of your subscription, the next payment and its amount in your account under Subscription.",
    ),
];

async fn filled() -> (Shop, Person) {
    let shop = shop().await;
    let report = shop.app.import_bytes(ImportKind::Orders, "orders.csv", ORDERS.as_bytes(), false).await.unwrap();
    assert_eq!((report.rejected, report.warnings), (0, vec![]));
    for (number, (title, body)) in ARTICLES.into_iter().enumerate() {
        shop.article(&format!("a{number}"), "en", title, body).await;
    }
    let settings = ActionSettings { rules: ActionRules { approvals: false, ..ActionRules::default() }, kept_here: true };
    shop.app.save_action_settings(&settings).await.unwrap();
    (shop, buyer("ana"))
}

/// What came of a turn, in the words of the document.
fn became(turn: &Turn) -> String {
    match (&turn.outcome, turn.decide.value.decision) {
        (Outcome::Act { action, .. }, _) => format!("action {}", action.kind()),
        (Outcome::Reply { .. }, Decision::Clarify) => "asks".to_owned(),
        (Outcome::Reply { .. }, Decision::Refuse) => "explains".to_owned(),
        (Outcome::Reply { .. } | Outcome::Draft { .. }, _) => "answer".to_owned(),
        (Outcome::HandOff { reason, .. }, _) => format!("person {reason}"),
        (Outcome::Silence { reason }, _) => format!("silence {reason}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e5_none_of_the_55_sub_flows_falls_through() {
    let (shop, ana) = filled().await;
    let rows: Vec<Vec<&str>> = SUB_FLOWS.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let names: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row[0], row[1])).collect();
    assert_eq!((rows.len(), names.len()), (55, 55));
    let (mut wrong, mut counts) = (vec![], BTreeMap::<String, usize>::new());
    for row in &rows {
        let [flow, sub_flow, expect, message] = row[..] else { panic!("{row:?}") };
        let id = shop.hear(&ana.writes(sub_flow, message)).await;
        let turn = shop.app.turn(shop.asked(id).await).await.unwrap().unwrap().turn;
        let got = became(&turn);
        *counts.entry(expect.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
        if got != expect {
            wrong.push(format!("{flow}\t{sub_flow}\t{got}\t{message}\t({} {})", turn.understand.value.intent.name, turn.decide.value.rule));
        }
        assert!(DOCUMENT.contains(&format!("| {sub_flow} |")), "the document has a row for {sub_flow}");
        assert!(!got.starts_with("silence"), "{sub_flow} falls through");
    }
    assert!(wrong.is_empty(), "{} of 55:\n{}", wrong.len(), wrong.join("\n"));
    for (what, count) in counts {
        assert!(DOCUMENT.contains(&format!("| {what} | {count} |")), "the summary says {what} {count}");
    }
}
