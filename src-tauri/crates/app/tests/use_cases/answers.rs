//! What the bot makes of a message: answers, drafts, questions back, its reasons, and what feeling does to all of it.

use mercator_app::{
    understanding::views::EmotionPair,
    views::{ImportKind, Settings, ThreadItem},
};
use mercator_domain::{
    conversation::{Owner, Status},
    emotion::{EmotionLevel, Trend},
    entity::EntityKind,
    handoff::HandoffReason,
    inbox::{BotMode, BotModes},
    intent::Intent,
    language::Language,
    message::{Author, Delivery},
    moment::MINUTE_MS,
    shipment::ShipmentStage,
    turn::{Outcome, StageName},
};

use crate::support::{attention, buyer, code, shop, shops};

#[tokio::test(flavor = "multi_thread")]
async fn d2_an_answer_names_the_article_and_the_passage_that_it_rests_on() {
    for shop in shops().await {
        let body = "Parcels leave our warehouse within a day.\n\nCards, PayPal and bank transfer are accepted as payment methods.";
        let article = shop.article("pay", "en", "Which payment methods do you accept?", body).await;
        let id = shop.hear(&buyer("ana").writes("Paying", "Which payment methods do you accept?")).await;
        let items = shop.thread(id).await.items;
        let chips: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                ThreadItem::Message { message, sources, has_turn, .. } if message.author == Author::Bot => {
                    Some((sources.clone(), *has_turn))
                }
                _ => None,
            })
            .collect();
        let [(sources, has_turn)] = chips.as_slice() else { panic!("{chips:?}") };
        assert!(has_turn);
        assert_eq!((sources.len(), sources[0].article_id, sources[0].title.as_str()), (1, article, "Which payment methods do you accept?"));
        let passage = body.split("\n\n").nth(sources[0].passage as usize).unwrap();
        assert!(shop.last_sent().text.contains(passage));
        let listed = shop.app.list_articles(&mercator_app::views::ArticleQuery::default()).await.unwrap();
        assert_eq!(listed[0].cited, 1);
        // The question and the answer lead to the same stored turn.
        let turn = shop.app.turn(shop.asked(id).await).await.unwrap().unwrap();
        let answer = shop.last_of(id, Author::Bot).await.unwrap().id;
        assert_eq!(shop.app.turn(answer).await.unwrap().unwrap(), turn);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d3_without_evidence_nothing_is_made_up_and_a_person_takes_over() {
    let shop = shop().await.with_faqs().await;
    let ana = buyer("ana");
    let id = shop.hear(&ana.writes("Question", "Do you deliver to Mars?")).await;
    let first = shop.last_of(id, Author::Bot).await;
    let thread = shop.thread(id).await;
    if thread.handoff.is_none() {
        let asked = first.unwrap();
        assert!(!asked.text.contains("working days") && !asked.text.to_lowercase().contains("mars"), "{}", asked.text);
        shop.hear(&ana.answers(&shop.last_sent(), "To Mars, the red planet. Do you deliver there?")).await;
    }
    let handoff = shop.thread(id).await.handoff.expect("the second time a person takes over");
    assert_eq!(handoff.reason, HandoffReason::MissingKnowledge);
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_modes_by_intent_give_one_sent_reply_and_one_waiting_draft() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let (ana, ben) = (buyer("ana"), buyer("ben"));
        shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
        shop.modes(BotModes { default: BotMode::Draft, by_intent: [(Intent::OrderStatus, BotMode::Auto)].into() }).await;
        shop.hear(&ana.writes("Order", "Where is my order #10023?")).await;
        let id = shop.hear(&ben.writes("Paying", "Which payment methods do you accept?")).await;
        assert_eq!(shop.wire.taken().len(), 1);
        assert!(shop.last_sent().text.contains("TRACK10023"));
        let drafts = shop.view("drafts").await;
        assert_eq!(drafts.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
        assert!(drafts[0].has_bot_draft);
        assert_eq!(shop.last_of(id, Author::Bot).await.unwrap().delivery, Delivery::Draft);
        // Off: a person answers, the bot writes nothing, and the message is among the open ones.
        shop.modes(BotModes { default: BotMode::Off, ..BotModes::default() }).await;
        let off = shop.hear(&buyer("cem").writes("Paying", "Which payment methods do you accept?")).await;
        assert_eq!((shop.messages(off).await.len(), shop.thread(off).await.conversation.status), (1, Status::Open));
        assert_eq!(shop.wire.taken().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_draft_approved_unchanged_is_the_bots_and_changed_is_the_agents() {
    let shop = shop().await.with_faqs().await;
    shop.modes(BotModes::default()).await;
    let ask = |name: &str| buyer(name).writes("Paying", "Which payment methods do you accept?");
    let (ana, ben, cem) = (shop.hear(&ask("ana")).await, shop.hear(&ask("ben")).await, shop.hear(&ask("cem")).await);
    let draft = async |id| shop.last_of(id, Author::Bot).await.unwrap();
    let unchanged = draft(ana).await;
    shop.app.approve_draft(unchanged.id, Some(&unchanged.text)).await.unwrap();
    shop.app.approve_draft(draft(ben).await.id, Some("Hello Ben, cards only.")).await.unwrap();
    let rejected = draft(cem).await;
    shop.app.reject_draft(rejected.id).await.unwrap();
    assert_eq!(code(shop.app.approve_draft(rejected.id, None).await), "precondition");
    assert_eq!(shop.wire.taken().len(), 0, "there is still time to take it back");
    shop.undo_time_over().await;
    let sent: Vec<_> = shop.wire.taken().into_iter().map(|outgoing| (outgoing.to[0].address.clone(), outgoing.author)).collect();
    assert_eq!(sent, [("ana@buyers.test".to_owned(), Author::Bot), ("ben@buyers.test".to_owned(), Author::Agent)]);
    let owner = async |id| shop.thread(id).await.conversation.owner;
    assert_eq!((owner(ana).await, owner(ben).await, owner(cem).await), (Owner::Bot, Owner::Human, Owner::Human));
    assert_eq!(shop.messages(cem).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_a_newer_message_makes_the_waiting_draft_void() {
    let shop = shop().await.with_faqs().await;
    shop.modes(BotModes::default()).await;
    let first = buyer("ana").writes("Paying", "Which payment methods do you accept?");
    let id = shop.hear(&first).await;
    shop.hear(&buyer("ana").writes("Re: Paying", "And how long does delivery take?").answering(&first.id)).await;
    let drafts: Vec<_> = shop.messages(id).await.into_iter().filter(|m| m.delivery == Delivery::Draft).collect();
    assert_eq!(drafts.len(), 1);
    assert!(drafts[0].text.contains("4 to 7 working days"), "{}", drafts[0].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_the_bench_shows_every_stage_and_sends_and_stores_nothing() {
    let shop = shop().await.with_faqs().await;
    let contact = shop.contact(&buyer("ana")).await;
    shop.order(&buyer("ana"), "10023", ShipmentStage::InTransit, 20).await;
    let turn = shop.app.test_bench("¿Cuánto tarda el envío?", Some(shop.inbox), None).await.unwrap();
    let stages: Vec<StageName> = turn.micros().into_iter().map(|(stage, _)| stage).collect();
    assert_eq!(stages, StageName::ALL);
    assert!(turn.micros().iter().map(|(_, micros)| micros).sum::<u32>() > 0);
    assert_eq!(turn.language.value.code.code(), "es");
    assert_eq!(turn.decide.value.rule, "article_answers");
    assert!(!turn.retrieve.value.passages.is_empty());
    assert!(matches!(&turn.outcome, Outcome::Reply { reply } if reply.text.contains("4 a 7 días laborables")), "{:?}", turn.outcome);
    let turn = shop.app.test_bench("Where is my order #10023?", None, None).await.unwrap();
    assert!(turn.retrieve.value.order.is_none(), "nobody is verified in the bench without a customer");
    let turn = shop.app.test_bench("Where is my order #10023?", None, Some(contact)).await.unwrap();
    assert_eq!(turn.retrieve.value.order.unwrap().number, "10023");
    shop.app.deliver_due().await.unwrap();
    assert_eq!((shop.wire.taken().len(), shop.view("all").await.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_a_moving_a_stuck_and_an_unknown_parcel() {
    for shop in shops().await {
        let (ana, ben, cem) = (buyer("ana"), buyer("ben"), buyer("cem"));
        shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
        shop.order(&ben, "10024", ShipmentStage::InTransit, 6 * 24).await;
        let moving = shop.hear(&ana.writes("Order", "Where is my order #10023?")).await;
        let said = shop.last_sent().text;
        assert!(said.contains("TRACK10023") && said.contains("Leipzig"), "{said}");
        assert!(shop.thread(moving).await.handoff.is_none());
        let stuck = shop.hear(&ben.writes("Order", "Where is my order #10024?")).await;
        assert_eq!(shop.thread(stuck).await.handoff.unwrap().reason, HandoffReason::PolicyRestriction);
        let unknown = shop.hear(&cem.writes("Order", "Where is my order?")).await;
        assert!(shop.last_sent().text.contains("order number"), "{}", shop.last_sent().text);
        assert!(shop.thread(unknown).await.handoff.is_none());
        // An order of somebody else stays unknown.
        shop.hear(&cem.writes("Other", "Where is my order #10023?")).await;
        assert!(!shop.last_sent().text.contains("TRACK10023") && !shop.last_sent().text.contains("Leipzig"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_a_number_of_the_shops_own_shape_is_known_without_the_word_for_order() {
    for shop in shops().await {
        let ana = buyer("ana");
        shop.order(&ana, "QX-30412", ShipmentStage::InTransit, 20).await;
        shop.order(&ana, "QX-30413", ShipmentStage::InTransit, 30).await;
        shop.hear(&ana.writes("Question", "Where is qx 30412 now, has it been sent?")).await;
        assert!(shop.last_sent().text.contains("TRACKQX-30412"), "{}", shop.last_sent().text);
        // An import brings another shape, which is known from the next turn on.
        let csv = "customer_id,order_id,ordered_at,total,currency,email\n\
                   7,77/KL/0041,2026-11-01,10,EUR,ana@mail.example\n7,77/KL/0042,2026-11-01,10,EUR,ana@mail.example\n";
        let contact = shop.contact(&ana).await;
        let named = async || {
            let turn = shop.app.test_bench("What about 77/KL/0042?", Some(shop.inbox), Some(contact)).await.unwrap();
            turn.understand.value.entities.into_iter().map(|e| (e.kind, e.value)).collect::<Vec<_>>()
        };
        assert_eq!(named().await, []);
        shop.app.import_bytes(ImportKind::Orders, "orders.csv", csv.as_bytes(), false).await.unwrap();
        assert_eq!(named().await, [(EntityKind::OrderId, "77/KL/0042".to_owned())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_the_sellers_own_limit_decides_when_a_parcel_is_stuck() {
    let shop = shop().await;
    shop.order(&buyer("ana"), "10023", ShipmentStage::InTransit, 60).await;
    shop.app.save_settings(Settings { stuck_after_hours: 48, ..Settings::default() }).await.unwrap();
    let id = shop.hear(&buyer("ana").writes("Order", "Where is my order #10023?")).await;
    assert_eq!(shop.thread(id).await.handoff.unwrap().reason, HandoffReason::PolicyRestriction);
    let orders = shop.app.list_orders("", 0, 10).await.unwrap();
    assert!(orders.rows[0].stuck);
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_levels_cues_and_the_trend_are_kept_with_the_messages() {
    for shop in shops().await {
        let ana = buyer("ana");
        let first = ana.writes("Order", "Hello, could you tell me where my order is? Thanks");
        let id = shop.hear(&first).await;
        shop.later(10 * MINUTE_MS);
        let angry = "This is UNACCEPTABLE!!! I have written three times, you are liars and thieves!";
        shop.hear(&ana.writes("Re: Order", angry).answering(&first.id)).await;
        let felt: Vec<_> = shop.messages(id).await.into_iter().filter_map(|message| message.emotion).collect();
        assert_eq!(felt.iter().map(|emotion| emotion.level).collect::<Vec<_>>(), [EmotionLevel::Calm, EmotionLevel::Angry]);
        assert!(felt[1].cues.len() >= 2 && felt[1].anger > felt[0].anger, "{felt:?}");
        let handoff = shop.thread(id).await.handoff.unwrap();
        assert_eq!(handoff.card.emotion.levels, [EmotionLevel::Calm, EmotionLevel::Angry]);
        let trends = [None, Some(Trend::Rising)];
        assert_eq!(
            (felt.iter().map(|emotion| emotion.trend).collect::<Vec<_>>(), handoff.card.emotion.direction),
            (trends.to_vec(), trends[1])
        );
        assert_eq!(shop.view("waiting").await[0].emotion, Some(EmotionLevel::Angry));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_a_person_can_correct_a_level_without_losing_the_rest() {
    let shop = shop().await;
    let id = shop.hear(&buyer("ana").writes("Order", "I will call my lawyer! This is UNACCEPTABLE!!!")).await;
    let before = shop.thread(id).await;
    assert!(before.row.high_risk);
    shop.app.correct_emotion(shop.asked(id).await, EmotionLevel::Concerned).await.unwrap();
    let after = shop.thread(id).await;
    assert_eq!(after.row.emotion, Some(EmotionLevel::Concerned));
    assert_eq!((after.row.high_risk, after.row.intent, after.row.language.clone()), (true, before.row.intent, before.row.language.clone()));
    assert_eq!(after.conversation.priority, before.conversation.priority);
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_a_corrected_level_is_stored_reported_and_used_for_the_same_words() {
    for shop in shops().await {
        let words = "Thieves! You have stolen my heart, what an outrage of a lamp!!!";
        let first = buyer("ana").writes("Lamp", words);
        let id = shop.hear(&first).await;
        let asked = shop.asked(id).await;
        assert_eq!(shop.last_of(id, Author::Contact).await.unwrap().emotion.unwrap().level, EmotionLevel::Angry);
        shop.app.correct_emotion(asked, EmotionLevel::Calm).await.unwrap();
        let shown = shop.last_of(id, Author::Contact).await.unwrap().emotion.unwrap();
        assert_eq!((shown.level, shop.thread(id).await.row.emotion), (EmotionLevel::Calm, Some(EmotionLevel::Calm)));
        assert!(!shown.cues.is_empty(), "the cues stay, so that one sees what misled the bot");
        let report = shop.app.understanding().await.unwrap().emotions;
        let pair = EmotionPair { from: EmotionLevel::Angry, to: EmotionLevel::Calm, count: 1 };
        assert_eq!((report.enabled, report.messages, report.corrected, report.pairs), (true, 1, 1, vec![pair]));
        // The same words of somebody else are read as the person read them; the change is seen at once.
        let other = shop.hear(&buyer("ben").writes("Lamp", &words.to_lowercase())).await;
        assert_eq!(shop.last_of(other, Author::Contact).await.unwrap().emotion.unwrap().level, EmotionLevel::Calm);
        // An older message that is corrected does not change what the list shows of the newest.
        shop.hear(&buyer("ana").writes("Re: Lamp", "You are liars and thieves!!!").answering(&first.id)).await;
        shop.app.correct_emotion(asked, EmotionLevel::Upset).await.unwrap();
        assert_eq!(shop.thread(id).await.row.emotion, Some(EmotionLevel::Angry));
        // Where it goes is told anew for the messages behind: from upset to angry it rises, from angry to angry it does not.
        let newest = async || shop.last_of(id, Author::Contact).await.unwrap().emotion.unwrap().trend;
        assert_eq!(newest().await, Some(Trend::Rising));
        // Taken back: the bot was right after all.
        shop.app.correct_emotion(asked, EmotionLevel::Angry).await.unwrap();
        assert_eq!(newest().await, Some(Trend::Steady));
        let report = shop.app.understanding().await.unwrap().emotions;
        assert_eq!((report.messages, report.corrected), (3, 0));
        assert_eq!(shop.store.audit(9).await.unwrap().iter().filter(|entry| entry.action == "correct_emotion").count(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_switched_off_no_emotion_data_is_written() {
    for shop in shops().await {
        shop.app.save_settings(Settings { emotion_enabled: false, ..Settings::default() }).await.unwrap();
        let ana = buyer("ana");
        let angry = ana.writes("Order", "This is UNACCEPTABLE!!! You are liars and thieves!!!");
        let id = shop.hear(&angry).await;
        shop.hear(&ana.writes("Re: Order", "I want to speak to a human, you THIEVES!!!").answering(&angry.id)).await;
        let handoff = shop.thread(id).await.handoff.expect("a person is asked for");
        assert_eq!(handoff.card.emotion.levels, []);
        let messages = shop.messages(id).await;
        assert!(messages.iter().all(|message| message.emotion.is_none()));
        for message in messages.iter().filter(|message| message.author == Author::Contact) {
            let turn = shop.app.turn(message.id).await.unwrap().unwrap().turn;
            assert_eq!((turn.emotion.value.emotion, turn.emotion.evidence), (None, vec![]));
        }
        assert_eq!((shop.thread(id).await.row.emotion, shop.thread(id).await.conversation.priority), (None, 0));
        let asked = shop.asked(id).await;
        assert_eq!(code(shop.app.correct_emotion(asked, EmotionLevel::Calm).await), "precondition");
        let report = shop.app.understanding().await.unwrap().emotions;
        assert_eq!((report.enabled, report.messages, report.corrected), (false, 0, 0));
        // Switched on again, the same message would have had a level: it is the switch that kept it out.
        shop.app.save_settings(Settings::default()).await.unwrap();
        let other = shop.hear(&buyer("ben").writes("Order", &angry.text)).await;
        assert_eq!(shop.last_of(other, Author::Contact).await.unwrap().emotion.unwrap().level, EmotionLevel::Angry);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_an_upset_message_is_comforted_in_its_language_and_moves_up() {
    let shop = shop().await;
    let (ana, ben) = (buyer("ana"), buyer("ben"));
    shop.order(&ana, "10023", ShipmentStage::InTransit, 20).await;
    let id = shop.hear(&ana.writes("Bestellung", "Ich bin sehr enttäuscht. Wo ist meine Bestellung 10023?")).await;
    let said = shop.last_sent().text;
    let comfort = mercator_pipeline::texts::words(&Language::parse("de").unwrap(), "comfort_upset", &[]);
    assert!(said.find(&comfort).unwrap() < said.find("TRACK10023").unwrap(), "{said}");
    assert_eq!(shop.thread(id).await.conversation.priority, 10);
    // In Waiting for you the angry one stands above the one that came before.
    let calm = shop.hear(&ben.writes("Help", "I want to speak to a human please")).await;
    let angry = shop.hear(&buyer("cem").writes("Order", "This is UNACCEPTABLE!!! You are liars and thieves!!!")).await;
    let order: Vec<_> = shop.view("waiting").await.into_iter().map(|row| row.id).collect();
    assert_eq!(order, [angry, calm]);
}

#[tokio::test(flavor = "multi_thread")]
async fn f3_a_high_risk_alarms_stops_the_bot_and_stands_on_top() {
    for mode in [BotMode::Auto, BotMode::Draft, BotMode::Off] {
        for shop in shops().await {
            shop.modes(BotModes { default: mode, ..BotModes::default() }).await;
            let angry =
                shop.hear(&buyer("cem").writes("Help", "I want to speak to a human, this is UNACCEPTABLE!!! You are liars!!!")).await;
            let mut feed = shop.app.events();
            let ana = buyer("ana");
            let first = ana.writes("Claim", "I will file an A-to-z claim");
            let id = shop.hear(&first).await;
            assert_eq!(attention(&mut feed), ["high_risk"], "{mode}");
            let waiting = shop.view("waiting").await;
            assert_eq!((waiting[0].id, waiting[0].high_risk), (id, true));
            assert!(waiting.iter().any(|row| row.id == angry));
            assert_eq!(waiting[0].waiting.unwrap().reason, HandoffReason::EmotionRisk);
            let before = shop.wire.taken().len();
            shop.hear(&ana.writes("Re: Claim", "Which payment methods do you accept?").answering(&first.id)).await;
            assert_eq!(shop.wire.taken().len(), before, "the bot is silent");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_the_first_answer_says_that_a_machine_wrote_it_and_no_other() {
    let shop = shop().await.with_faqs().await;
    for (name, language, first, second) in [
        ("ana", "en", "Which payment methods do you accept?", "How long does delivery take?"),
        ("eva", "es", "¿Cuánto tarda el envío?", "¿Cuánto tarda el envío a Madrid?"),
        ("tom", "de", "Wie lange dauert die Lieferung?", "Wie lange dauert die Lieferung nach Wien?"),
    ] {
        let mark = mercator_pipeline::texts::words(&Language::parse(language).unwrap(), "disclosure", &[("store", "Lumen & Loom")]);
        shop.hear(&buyer(name).writes("Question", first)).await;
        let last = shop.last_sent().text;
        assert!(last.split("\n\n").last().is_some_and(|line| line.starts_with(&mark)), "{last}");
        let answered = shop.wire.taken().len();
        shop.hear(&buyer(name).answers(&shop.last_sent(), second)).await;
        assert_eq!(shop.wire.taken().len(), answered + 1, "{second}");
        assert!(!shop.last_sent().text.contains(&mark), "said once a conversation");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l4_without_any_model_the_faqs_are_answered() {
    let shop = shop().await.with_faqs().await;
    for (name, question, answer) in [
        ("ana", "Which payment methods do you accept?", "Cards, PayPal and bank transfer."),
        ("ben", "How long does delivery take?", "4 to 7 working days"),
        ("eva", "¿Cuánto tarda el envío?", "4 a 7 días laborables"),
        ("tom", "Wie lange ist die Lieferzeit?", "4 bis 7 Werktage"),
    ] {
        shop.hear(&buyer(name).writes("", question)).await;
        assert!(shop.last_sent().text.contains(answer), "{question}: {}", shop.last_sent().text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_that_is_changed_archived_or_deleted_is_answered_from_no_more() {
    let shop = shop().await.with_faqs().await;
    let listed =
        shop.app.list_articles(&mercator_app::views::ArticleQuery { search: "payment".to_owned(), ..Default::default() }).await.unwrap();
    let article = listed[0].article.id;
    shop.hear(&buyer("ana").writes("Paying", "Which payment methods do you accept?")).await;
    shop.app.delete_article(article).await.unwrap();
    shop.hear(&buyer("ben").writes("Paying", "Which payment methods do you accept?")).await;
    assert!(!shop.last_sent().text.contains("PayPal"), "{}", shop.last_sent().text);
}
