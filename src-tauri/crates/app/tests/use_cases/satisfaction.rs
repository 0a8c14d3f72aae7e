//! Surveys, scores and the dashboards that count them.

use mercator_analytics::{dashboard::DashboardKey, figures::Unit};
use mercator_app::views::{ReplyInput, Settings};
use mercator_domain::{
    conversation::{ActivityKind, Status},
    facts::{DashboardFilter, DrillKey, DrillOf, EpisodeOutcome},
    handoff::HandoffReason,
    ids::ConversationId,
    message::{Author, Automatic},
    moment::{DAY_MS, HOUR_MS},
    outgoing::Outgoing,
    satisfaction::ServedBy,
};

use crate::support::{Letter, Person, Shop, buyer, shop, shops};

fn text(words: &str) -> ReplyInput {
    ReplyInput { text: words.to_owned(), anyway: true, ..ReplyInput::default() }
}

fn surveys(shop: &Shop) -> Vec<Outgoing> {
    shop.sent_by(Author::System)
}

/// The prepared mail of a score, as a mail program makes it of the link.
fn rates(person: &Person, survey: &Outgoing, score: u8, comment: &str) -> Letter {
    let links: Vec<&str> = survey.text.lines().filter(|line| line.starts_with("mailto:")).collect();
    assert_eq!(links.len(), 5, "{}", survey.text);
    let link = links.iter().find(|link| unescaped(link).contains(&format!("-1-{score}-"))).unwrap();
    let query = link.split_once('?').unwrap().1;
    let subject = unescaped(query.split('&').find_map(|part| part.strip_prefix("subject=")).unwrap());
    let body = unescaped(query.split('&').find_map(|part| part.strip_prefix("body=")).unwrap());
    person.writes(&subject, &format!("{comment}{body}"))
}

fn unescaped(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A conversation that the bot has answered.
async fn answered(shop: &Shop, name: &str, question: &str) -> ConversationId {
    shop.hear(&buyer(name).writes("Question", question)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_a_spanish_conversation_resolved_by_time_gets_a_spanish_survey() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let id = answered(&shop, "eva", "¿Cuánto tarda el envío?").await;
        shop.later(71 * HOUR_MS);
        shop.pass().await;
        assert_eq!(shop.thread(id).await.conversation.status, Status::Pending);
        shop.later(2 * HOUR_MS);
        shop.pass().await;
        assert_eq!(shop.thread(id).await.conversation.status, Status::Resolved);
        let [survey] = surveys(&shop).try_into().unwrap();
        assert!(survey.subject.contains("¿Qué tal lo hemos hecho?"), "{}", survey.subject);
        assert!(survey.text.contains("Su consulta está resuelta") && survey.html.as_ref().unwrap().contains("Muy mal"), "{}", survey.text);
        assert_eq!(survey.to[0].address, "eva@buyers.test");
        shop.later(DAY_MS);
        shop.pass().await;
        assert_eq!(surveys(&shop).len(), 1, "once an episode");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_the_handoff_notice_is_in_the_customers_language() {
    let shop = shop().await;
    for (name, request, words) in [
        ("eva", "Quiero hablar con una persona, por favor", "Una persona del equipo"),
        ("tom", "Ich möchte bitte mit einem Menschen sprechen", "persönlich"),
        ("li", "请转人工客服，谢谢", "亲自回复"),
    ] {
        let id = shop.hear(&buyer(name).writes("", request)).await;
        assert_eq!(shop.thread(id).await.handoff.unwrap().reason, HandoffReason::CustomerRequest, "{request}");
        assert!(shop.last_sent().text.contains(words), "{}", shop.last_sent().text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_resolves_is_surveyed_after_it_has_left() {
    for shop in shops().await {
        let id = shop.hear(&buyer("ana").writes("Help", "I want to speak to a human please")).await;
        let sent = shop.app.send_reply(id, &ReplyInput { resolve: true, ..text("It is settled.") }).await.unwrap();
        shop.app.deliver_due().await.unwrap();
        assert_eq!(surveys(&shop).len(), 0, "not before the answer");
        shop.app.undo_send(sent.message_id).await.unwrap();
        let thread = shop.thread(id).await;
        assert_eq!((thread.conversation.status, thread.handoff.is_some()), (Status::Open, true), "taken back with everything");
        shop.app.send_reply(id, &ReplyInput { resolve: true, ..text("Now it is settled.") }).await.unwrap();
        shop.undo_time_over().await;
        assert_eq!(surveys(&shop).len(), 1);
        assert_eq!(shop.store.survey(id, 1).await.unwrap().unwrap().sent.served_by, ServedBy::Human);
        let handoff = &shop.store.handoffs_of_conversation(id).await.unwrap()[0];
        assert!(handoff.answered_at.is_some() && handoff.closed_at.is_none(), "{handoff:?}");
        assert_eq!(shop.thread(id).await.conversation.status, Status::Resolved);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_comes_back_once_with_its_comment_and_opens_nothing() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let id = answered(&shop, "ana", "Which payment methods do you accept?").await;
        shop.app.set_status(id, Status::Resolved, None).await.unwrap();
        shop.app.deliver_due().await.unwrap();
        let survey = surveys(&shop).remove(0);
        let ana = buyer("ana");
        let before = shop.wire.taken().len();
        assert_eq!(shop.hear(&rates(&ana, &survey, 5, "Great help!")).await, id);
        shop.hear(&rates(&ana, &survey, 1, "")).await;
        let ratings = shop.store.ratings_of_conversation(id).await.unwrap();
        assert_eq!(ratings.len(), 1, "once an episode: the first counts");
        assert_eq!((ratings[0].score.get(), ratings[0].comment.as_str(), ratings[0].served_by), (5, "Great help!", ServedBy::Bot));
        let thread = shop.thread(id).await;
        assert_eq!(thread.conversation.status, Status::Resolved);
        assert_eq!(shop.wire.taken().len(), before, "a score is not answered");
        assert!(shop.activities(id).await.contains(&ActivityKind::Rated));
        assert_eq!(shop.store.episode(id, 1).await.unwrap().unwrap().outcome, EpisodeOutcome::ResolvedConfirmed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_score_and_one_from_somebody_else_count_for_nothing() {
    let shop = shop().await.with_faqs().await;
    let id = answered(&shop, "ana", "Which payment methods do you accept?").await;
    shop.app.set_status(id, Status::Resolved, None).await.unwrap();
    shop.app.deliver_due().await.unwrap();
    let survey = surveys(&shop).remove(0);
    let mut forged = rates(&buyer("ana"), &survey, 1, "");
    forged.subject = forged.subject.replacen("-1-1-", "-1-5-", 1);
    let forged_in = shop.hear(&forged).await;
    let stolen_in = shop.hear(&rates(&buyer("ben"), &survey, 1, "")).await;
    assert_eq!(shop.store.ratings_of_conversation(id).await.unwrap(), []);
    assert!(forged_in != id && stolen_in != id, "they are ordinary messages, kept and shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_that_bounces_is_not_counted_as_delivered() {
    let shop = shop().await.with_faqs().await;
    let id = answered(&shop, "ana", "Which payment methods do you accept?").await;
    shop.app.set_status(id, Status::Resolved, None).await.unwrap();
    shop.app.deliver_due().await.unwrap();
    let survey = surveys(&shop).remove(0);
    let daemon = Person { name: String::new(), address: "mailer-daemon@buyers.test".to_owned() };
    shop.lay_bounce(&daemon.writes("Undelivered", "no").by_machine(Automatic::Bounce), Some(&survey.wire_key), true);
    shop.pass().await;
    assert_eq!(shop.app.drill(&DashboardFilter::default(), &DrillKey::all(DrillOf::Surveys)).await.unwrap(), []);
    assert_eq!(shop.thread(id).await.conversation.status, Status::Resolved);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_survey_where_nobody_answered_or_where_it_is_switched_off() {
    let shop = shop().await.with_faqs().await;
    let id = shop.hear(&buyer("robot").writes("News", "Buy now").by_machine(Automatic::Bulk)).await;
    shop.app.set_status(id, Status::Open, None).await.unwrap();
    shop.app.set_status(id, Status::Resolved, None).await.unwrap();
    shop.app.save_settings(Settings { survey_enabled: false, ..Settings::default() }).await.unwrap();
    let id = answered(&shop, "ana", "Which payment methods do you accept?").await;
    shop.app.set_status(id, Status::Resolved, None).await.unwrap();
    shop.undo_time_over().await;
    assert_eq!(surveys(&shop).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assumed_resolution_is_taken_back_when_the_customer_returns_in_time() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let first = buyer("ana").writes("Question", "Which payment methods do you accept?");
        let id = shop.hear(&first).await;
        let outcome = async || shop.store.episode(id, 1).await.unwrap().unwrap().outcome;
        let answered_at = shop.app.now();
        shop.later(72 * HOUR_MS + 1);
        shop.pass().await;
        assert_eq!(outcome().await, EpisodeOutcome::ResolvedAssumed);
        // Written within the time, read later: the computer was off.
        let mut back = buyer("ana").writes("Re: Question", "How long does delivery take?").answering(&first.id);
        back.at = Some(answered_at.plus_ms(70 * HOUR_MS));
        shop.hear(&back).await;
        let conversation = shop.thread(id).await.conversation;
        assert_eq!((outcome().await, conversation.episode, conversation.status), (EpisodeOutcome::Open, 1, Status::Pending));
        // After the time a new episode begins and the old outcome stays.
        shop.later(80 * HOUR_MS);
        shop.pass().await;
        shop.hear(&buyer("ana").writes("Re: Question", "Which payment methods do you accept?").answering(&first.id)).await;
        assert_eq!((outcome().await, shop.thread(id).await.conversation.episode), (EpisodeOutcome::ResolvedAssumed, 2));
    }
}

/// Six of the bot: two handed over, one confirmed by a thanks, one by a good score, one assumed, one open. One that a person alone has.
async fn month(shop: &Shop) -> ConversationId {
    shop.hear(&buyer("a1").writes("1", "I want to speak to a human please")).await;
    shop.hear(&buyer("a2").writes("2", "I will file an A-to-z claim")).await;
    let assumed = shop.hear(&buyer("a5").writes("5", "Which payment methods do you accept?")).await;
    shop.later(73 * HOUR_MS);
    shop.pass().await;
    assert_eq!(shop.thread(assumed).await.conversation.status, Status::Resolved);
    let thanked = buyer("a3").writes("3", "Which payment methods do you accept?");
    shop.hear(&thanked).await;
    shop.hear(&buyer("a3").writes("Re: 3", "Thank you very much!").answering(&thanked.id)).await;
    let rated = shop.hear(&buyer("a4").writes("4", "How long does delivery take?")).await;
    shop.app.set_status(rated, Status::Resolved, None).await.unwrap();
    shop.app.deliver_due().await.unwrap();
    let survey = surveys(shop).into_iter().find(|survey| survey.to[0].address == "a4@buyers.test").unwrap();
    shop.hear(&rates(&buyer("a4"), &survey, 4, "")).await;
    let bad = surveys(shop).into_iter().find(|survey| survey.to[0].address == "a5@buyers.test").unwrap();
    shop.hear(&rates(&buyer("a5"), &bad, 2, "Too slow")).await;
    shop.hear(&buyer("a6").writes("6", "How long does delivery take?")).await;
    rated
}

#[tokio::test(flavor = "multi_thread")]
async fn j4_outcomes_add_up_to_the_involved_and_every_drill_lists_exactly_its_number() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        month(&shop).await;
        let filter = DashboardFilter::default();
        let drill = async |key: DrillKey| shop.app.drill(&filter, &key).await.unwrap().len();
        let involved = drill(DrillKey::all(DrillOf::Involved)).await;
        let mut shares = vec![];
        for outcome in EpisodeOutcome::ALL {
            shares.push(drill(DrillKey { outcome: Some(*outcome), ..DrillKey::all(DrillOf::Involved) }).await);
        }
        // Handed off, confirmed, assumed, open.
        assert_eq!((involved, shares.as_slice()), (6, [2, 2, 1, 1].as_slice()));
        assert_eq!(drill(DrillKey::all(DrillOf::Handoffs)).await, 2);
        for (reason, expect) in [(HandoffReason::CustomerRequest, 1), (HandoffReason::EmotionRisk, 1), (HandoffReason::Limit, 0)] {
            assert_eq!(drill(DrillKey { reason: Some(reason), ..DrillKey::all(DrillOf::Handoffs) }).await, expect, "{reason}");
        }
        let dashboard = shop.app.dashboard(DashboardKey::Handoffs, &filter).await.unwrap();
        let share = |key: &str| dashboard.figures.iter().find(|figure| figure.key == key).unwrap().value.unwrap();
        let sum: f64 = ["handoff_rate", "confirmed", "assumed", "open"].into_iter().map(share).sum();
        assert!((sum - 100.0).abs() < 1e-9, "{sum}");
        assert!((share("handoff_rate") - 100.0 * 2.0 / 6.0).abs() < 1e-9);
        for figure in dashboard.figures.iter().filter(|figure| figure.unit == Unit::Count) {
            let Some(key) = &figure.drill else { continue };
            assert_eq!(drill(key.clone()).await as f64, figure.value.unwrap(), "{}", figure.key);
        }
        assert_eq!(drill(DrillKey::all(DrillOf::Orphans)).await, 2, "both are past their promise");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j2_scores_and_their_conversations_are_those_that_came_in() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        let rated = month(&shop).await;
        let filter = DashboardFilter::default();
        let drill = async |key: DrillKey| shop.app.drill(&filter, &key).await.unwrap();
        // Of a3, a4 and a5.
        assert_eq!(drill(DrillKey::all(DrillOf::Surveys)).await.len(), 3);
        assert_eq!(drill(DrillKey::all(DrillOf::Ratings)).await.len(), 2);
        assert_eq!(drill(DrillKey { scores: vec![4, 5], ..DrillKey::all(DrillOf::Ratings) }).await, [rated]);
        assert_eq!(drill(DrillKey { served_by: Some(ServedBy::Human), ..DrillKey::all(DrillOf::Ratings) }).await, []);
        let rows =
            shop.app.list_conversations(&mercator_app::views::ListQuery { only: Some(vec![rated]), ..Default::default() }).await.unwrap();
        assert_eq!((rows.total, rows.rows[0].id), (1, rated));
        let dashboard = shop.app.dashboard(DashboardKey::Satisfaction, &filter).await.unwrap();
        let value = |key: &str| dashboard.figures.iter().find(|figure| figure.key == key).unwrap().value;
        assert_eq!((value("csat"), value("ratings"), value("surveys")), (Some(50.0), Some(2.0), Some(3.0)));
        assert!((value("response_rate").unwrap() - 200.0 / 3.0).abs() < 1e-9);
        let choices = shop.app.dashboard_choices().await.unwrap();
        assert_eq!(choices.inboxes.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j8_dashboards_are_written_as_files_without_any_network() {
    let shop = shop().await.with_faqs().await;
    month(&shop).await;
    let folder = shop.path("charts");
    for key in [DashboardKey::Segments, DashboardKey::Satisfaction, DashboardKey::Handoffs] {
        for format in mercator_app::views::ExportFormat::ALL {
            let paths = shop.app.export_dashboard(key, &DashboardFilter::default(), *format, &folder).await.unwrap().files;
            assert!(!paths.is_empty());
            for path in paths {
                assert!(path.ends_with(format.as_str()) && std::fs::metadata(&path).unwrap().len() > 20, "{path}");
            }
        }
    }
}
