//! What people's answers teach: proposals, gaps, and cases that must stay right.

use mercator_app::{
    learning::regression::Right,
    views::{ArticleInput, ReplyInput},
};
use mercator_domain::{
    article::{ArticleCategory, ArticleState},
    conversation::Status,
    ids::{ArticleId, ConversationId, MessageId},
    inbox::{BotMode, BotModes},
    intent::Intent,
    language::Language,
    learning::CaseExpect,
    message::Author,
    moment::{DAY_MS, MINUTE_MS},
    turn::Outcome,
};

use crate::support::{Letter, Shop, buyer, code, shop, shops};

const ANSWER: &str = "Dear Ana,\n\nyes, the Aurora lamp works with any LED dimmer up to 100 W. Your order #10023 has one in the box.";

fn reply(text: &str) -> ReplyInput {
    ReplyInput { text: text.into(), anyway: true, resolve: true, ..ReplyInput::default() }
}

/// A person answers a question and settles the conversation.
async fn settled(shop: &Shop, letter: &Letter, answer: &str) -> ConversationId {
    let id = shop.hear(letter).await;
    shop.app.send_reply(id, &reply(answer)).await.unwrap();
    shop.undo_time_over().await;
    shop.pass().await;
    id
}

fn article(title: &str, body: &str) -> ArticleInput {
    ArticleInput {
        id: None,
        key: String::new(),
        category: ArticleCategory::Product,
        title: title.into(),
        body: body.into(),
        language: Language::english(),
        country: None,
        inbox_ids: vec![],
        valid_from: None,
        valid_to: None,
        review_at: None,
        state: ArticleState::Approved,
    }
}

async fn bot_words(shop: &Shop, id: ConversationId) -> (MessageId, String) {
    let last = shop.last_of(id, Author::Bot).await.expect("the bot has answered");
    (last.id, last.text)
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_settled_question_is_proposed_once_and_answered_after_the_approval() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let question = "Is the Aurora lamp dimmable with an LED dimmer?";
        settled(&shop, &buyer("ana").writes("Lamp", question), ANSWER).await;
        let open = shop.app.open_proposals().await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].question, question);
        assert!(open[0].answer.starts_with("yes, the Aurora lamp works") && open[0].answer.contains("order [order]"), "{}", open[0].answer);
        assert!(!open[0].answer.contains("Ana") && !open[0].answer.contains("10023"), "{}", open[0].answer);
        // The same question, by somebody else, in other words where there is an encoder.
        let again = if mercator_app::models::encoder().is_some() { "Can I dim the Aurora lamp with a LED dimmer?" } else { question };
        settled(&shop, &buyer("ben").writes("Dimmer", again), "Hello Ben,\n\nyes, you can dim it with any LED dimmer.").await;
        assert_eq!(shop.app.open_proposals().await.unwrap().len(), 1, "a near-duplicate is dropped");
        // With a mark in it, it is no article.
        let id = open[0].id;
        let as_it_is = shop.app.approve_proposal(id, &article(question, &open[0].answer)).await;
        assert_eq!(code(as_it_is), "precondition");
        let body = "Yes, the Aurora lamp works with any LED dimmer up to 100 W.";
        shop.app.approve_proposal(id, &article(question, body)).await.unwrap();
        assert!(shop.app.open_proposals().await.unwrap().is_empty());
        let asked = shop.hear(&buyer("cleo").writes("Question", question)).await;
        assert!(bot_words(&shop, asked).await.1.contains(body), "the bot answers it now");
        assert!(shop.app.approve_proposal(id, &article(question, body)).await.is_err(), "decided once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_what_is_about_one_order_or_was_rejected_is_not_proposed() {
    let shop = shop().await;
    settled(
        &shop,
        &buyer("ana").writes("Where", "Where is my order, when does it come?"),
        "Dear Ana, it will be there on Monday, I am sure.",
    )
    .await;
    settled(&shop, &buyer("ben").writes("Thanks", "ok"), "You are very welcome, have a nice day.").await;
    assert!(shop.app.open_proposals().await.unwrap().is_empty());
    settled(&shop, &buyer("cleo").writes("Oven", "Is the teapot safe for the oven?"), "No, please keep the teapot away from the oven.")
        .await;
    let open = shop.app.open_proposals().await.unwrap();
    assert_eq!(open.len(), 1);
    shop.app.reject_proposal(open[0].id).await.unwrap();
    settled(&shop, &buyer("dora").writes("Oven", "Is the teapot safe for the oven?"), "No, it is not made for the oven, sorry.").await;
    assert!(shop.app.open_proposals().await.unwrap().is_empty(), "what was rejected does not come again");
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_questions_without_an_answer_are_grouped_and_counted_until_an_article_answers() {
    let shop = shop().await.with_faqs().await;
    for (name, text) in [
        ("ana", "Do you engrave names on the teapot?"),
        ("ben", "Do you engrave names on the teapot?"),
        ("cleo", "Do you engrave names on the teapot?"),
        ("dora", "Is there a showroom in Vienna that I can visit?"),
    ] {
        shop.hear(&buyer(name).writes("Question", text)).await;
        shop.later(MINUTE_MS);
    }
    let gaps = shop.app.gaps().await.unwrap();
    let found: Vec<(&str, i32)> = gaps.iter().map(|gap| (gap.question.as_str(), gap.count)).collect();
    assert_eq!(found, [("Do you engrave names on the teapot?", 3), ("Is there a showroom in Vienna that I can visit?", 1)]);
    assert_eq!(gaps[0].conversations.len(), 3);
    shop.article("engrave", "en", "Do you engrave names on the teapot?", "Yes, up to twelve letters, for 9 EUR.").await;
    let gaps = shop.app.gaps().await.unwrap();
    assert_eq!(gaps.iter().map(|gap| gap.count).collect::<Vec<_>>(), [1], "an article answers the first by now");
    shop.later(91 * DAY_MS);
    assert!(shop.app.gaps().await.unwrap().is_empty(), "after three months it is no gap any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn h3_a_corrected_reply_is_a_case_and_breaking_its_article_turns_it_red_and_holds_the_intent_back() {
    let shop = shop().await.with_faqs().await;
    let question = "Which payment methods do you accept?";
    let id = shop.hear(&buyer("ana").writes("Paying", question)).await;
    let (message, _) = bot_words(&shop, id).await;
    let right = Right::Answer {
        title: "Which payment methods do you accept in my country?".into(),
        body: "Cards, PayPal, and bank transfer.".into(),
    };
    // The other article answers as well as the new one: the case says which must.
    let old = shop.app.search_knowledge(question, &Language::english(), 1).await.unwrap()[0].article_id;
    let run = shop.app.mark_wrong(message, &Right::Article { id: old }).await.unwrap();
    assert_eq!((run.cases, run.passed), (1, 1), "{run:?}");
    shop.app.delete_article(old).await.unwrap();
    shop.app.run_regression().await.unwrap();
    let case = shop.app.regression_cases().await.unwrap().remove(0);
    assert_eq!((case.passed, case.expect, case.question.as_str()), (Some(false), CaseExpect::Article, question));
    let intent = case.intent.unwrap();
    assert_eq!(intent, Intent::PaymentProblem.min(intent), "the intent that the message was read as");
    // Held back: what would have been sent alone waits.
    shop.article("pay2", "en", question, "Cards and PayPal.").await;
    let held = shop.hear(&buyer("ben").writes("Paying", question)).await;
    let turn = shop.app.turn(shop.asked(held).await).await.unwrap().unwrap().turn;
    assert!(matches!(turn.outcome, Outcome::Draft { .. }), "{:?}", turn.decide);
    // Put right, it is green, and the intent goes on.
    let (wrong, _) = (message, ());
    shop.app.mark_wrong(wrong, &right).await.unwrap();
    shop.app.run_regression().await.unwrap();
    let case = shop.app.regression_cases().await.unwrap().remove(0);
    if case.passed == Some(true) {
        let free = shop.hear(&buyer("cleo").writes("Paying", question)).await;
        let turn = shop.app.turn(shop.asked(free).await).await.unwrap().unwrap().turn;
        assert!(matches!(turn.outcome, Outcome::Reply { .. }), "{:?}", turn.decide);
    }
    let run = shop.app.delete_case(case.id).await.unwrap();
    assert_eq!((run.cases, run.blocked), (0, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn h3_what_a_person_should_have_had_is_a_case_too_and_runs_by_itself_after_a_change() {
    let shop = shop().await.with_faqs().await;
    shop.modes(BotModes { default: BotMode::Auto, ..BotModes::default() }).await;
    let id = shop.hear(&buyer("ana").writes("Time", "How long does delivery take?")).await;
    let (message, _) = bot_words(&shop, id).await;
    let run = shop.app.mark_wrong(message, &Right::Person).await.unwrap();
    assert_eq!((run.cases, run.passed, run.blocked), (1, 0, vec![Intent::DeliveryTime]));
    let article = shop.app.search_knowledge("How long does delivery take?", &Language::english(), 1).await.unwrap()[0].article_id;
    shop.app.delete_article(article).await.unwrap();
    shop.pass().await;
    let case = shop.app.regression_cases().await.unwrap().remove(0);
    assert!(case.ran_at.is_some() && !case.became.is_empty(), "{case:?}");
    assert_eq!(code(shop.app.mark_wrong(shop.asked(id).await, &Right::Article { id: ArticleId(999) }).await), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_an_article_that_was_not_looked_at_in_time_is_not_used_and_is_flagged() {
    let shop = shop().await;
    let input = ArticleInput { review_at: Some(shop.app.now().plus_ms(DAY_MS)), ..article("Do you wrap gifts?", "Yes, for 3 EUR.") };
    shop.app.save_article(&input).await.unwrap();
    let first = shop.hear(&buyer("ana").writes("Gift", "Do you wrap gifts?")).await;
    assert!(bot_words(&shop, first).await.1.contains("Yes, for 3 EUR."));
    shop.later(2 * DAY_MS);
    let rows = shop.app.list_articles(&mercator_app::views::ArticleQuery::default()).await.unwrap();
    assert!(rows[0].needs_review);
    let second = shop.hear(&buyer("ben").writes("Gift", "Do you wrap gifts?")).await;
    assert!(!bot_words(&shop, second).await.1.contains("3 EUR"));
    // Looked at: it is used again.
    let seen = ArticleInput { id: Some(rows[0].article.id), review_at: Some(shop.app.now().plus_ms(90 * DAY_MS)), ..input };
    shop.app.save_article(&seen).await.unwrap();
    let third = shop.hear(&buyer("cleo").writes("Gift", "Do you wrap gifts?")).await;
    assert!(bot_words(&shop, third).await.1.contains("3 EUR"));
    assert_eq!(shop.store.conversation(first).await.unwrap().status, Status::Pending);
}
