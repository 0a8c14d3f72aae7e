//! What people teach the bot: corrections become examples, a training makes a version of the model, versions can be gone back to,
//! and every window on the workspace works with the same one.
//!
//! Trainings here learn from a handful of phrases on the real sentence encoder; where set-up has not fetched it, they say SKIPPED.

use std::time::Duration;

use mercator_app::{
    App, OpenApp,
    models::{Models, folders},
    understanding::views::{WrongKind, WrongPage},
    views::{AppEvent, Settings},
};
use mercator_domain::{
    intent::{ExampleSource, Intent},
    language::Language,
    message::Author,
    turn::Turn,
};
use mercator_pipeline::intents::{Phrase, shipped_phrases};
use tokio::time::timeout;

use crate::support::{Shop, buyer, code, shop, shop_that_learns, shops, told};

const PHRASES: &[(&str, Intent, &str)] = &[
    ("en", Intent::OrderStatus, "Where is my order?"),
    ("en", Intent::OrderStatus, "Has my order been sent yet?"),
    ("en", Intent::OrderStatus, "My parcel has not arrived, where is it now?"),
    ("en", Intent::OrderStatus, "Can you tell me the status of my order?"),
    ("en", Intent::OrderStatus, "I am still waiting for my parcel"),
    ("de", Intent::OrderStatus, "Wo ist meine Bestellung?"),
    ("de", Intent::OrderStatus, "Wurde mein Paket schon verschickt?"),
    ("es", Intent::OrderStatus, "¿Dónde está mi pedido?"),
    ("fr", Intent::OrderStatus, "Où est ma commande ?"),
    ("en", Intent::RefundRequest, "I want my money back"),
    ("en", Intent::RefundRequest, "Please refund my payment"),
    ("en", Intent::RefundRequest, "I would like a refund for this lamp"),
    ("en", Intent::RefundRequest, "Give me back the money that I paid"),
    ("en", Intent::RefundRequest, "Can I get a refund?"),
    ("de", Intent::RefundRequest, "Ich möchte mein Geld zurück"),
    ("de", Intent::RefundRequest, "Bitte erstatten Sie mir den Betrag"),
    ("es", Intent::RefundRequest, "Quiero que me devuelvan el dinero"),
    ("fr", Intent::RefundRequest, "Je veux être remboursé"),
    ("en", Intent::Thanks, "Thank you so much!"),
    ("en", Intent::Thanks, "Many thanks for your help"),
    ("en", Intent::Thanks, "Thanks, that was very kind"),
    ("en", Intent::Thanks, "Great, thank you"),
    ("en", Intent::Thanks, "I am grateful for the quick answer"),
    ("de", Intent::Thanks, "Vielen Dank für Ihre Hilfe"),
    ("de", Intent::Thanks, "Danke schön!"),
    ("es", Intent::Thanks, "Muchas gracias"),
    ("fr", Intent::Thanks, "Merci beaucoup"),
    ("en", Intent::DamagedItem, "The glass arrived broken"),
    ("en", Intent::DamagedItem, "My lamp came with a crack in it"),
    ("en", Intent::DamagedItem, "The item is damaged and scratched"),
    ("en", Intent::DamagedItem, "It was smashed when I opened the box"),
    ("en", Intent::DamagedItem, "One of the plates is in pieces"),
    ("de", Intent::DamagedItem, "Die Lampe ist kaputt angekommen"),
    ("de", Intent::DamagedItem, "Das Glas hat einen Sprung"),
    ("es", Intent::DamagedItem, "La lámpara llegó rota"),
    ("fr", Intent::DamagedItem, "Le verre est arrivé cassé"),
    ("en", Intent::Other, "We offer search engine optimisation for your website"),
    ("en", Intent::Other, "Are you hiring at the moment?"),
    ("en", Intent::Other, "Become our partner and sell more"),
    ("en", Intent::Other, "What is the weather like today?"),
    ("de", Intent::Other, "Wir bieten Ihnen günstige Kredite an"),
    ("fr", Intent::Other, "Nous cherchons un stage dans votre entreprise"),
];

fn few() -> Vec<Phrase> {
    PHRASES.iter().map(|(language, intent, text)| Phrase { language, intent: *intent, text }).collect()
}

/// True where there is no encoder. Where `CI` is set there must be one.
fn skipped() -> bool {
    let there = Models::find(&folders()).encoder.is_some();
    assert!(there || std::env::var_os("CI").is_none_or(|ci| ci.is_empty()), "there is no sentence encoder");
    if !there {
        println!("SKIPPED: there is no sentence encoder; run ./mercator setup");
    }
    !there
}

async fn understood(app: &App, text: &str) -> Turn {
    app.test_bench(text, None, None).await.unwrap()
}

async fn intent(app: &App, text: &str) -> Intent {
    understood(app, text).await.understand.value.intent.name
}

async fn wrong(shop: &Shop, kind: WrongKind) -> WrongPage {
    shop.app.wrong_ones(kind, 0, 200).await.unwrap()
}

/// The words that one seller's customers have for their orders, and no model knows.
const ODD: &str = "The kraken sings in the cellar";

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_correction_becomes_an_example_and_the_next_training_gets_the_message_right() {
    if skipped() {
        return;
    }
    let shop = shop_that_learns(few()).await;
    let ana = buyer("ana");
    let id = shop.hear(&ana.writes("Hm", &format!("{ODD}. Write to ana@private.test or +49 30 1234567.\n\nAna"))).await;
    let asked = shop.asked(id).await;
    assert_ne!(intent(&shop.app, ODD).await, Intent::OrderStatus);
    let mut feed = shop.app.events();
    shop.app.correct_intent(asked, Intent::OrderStatus).await.unwrap();
    assert!(told(&mut feed).contains(&AppEvent::UnderstandingChanged));
    // The person's word stands in the thread, in the list, and in the figures.
    assert_eq!(shop.last_of(id, Author::Contact).await.unwrap().intent, Some(Intent::OrderStatus));
    assert_eq!(shop.thread(id).await.row.intent, Some(Intent::OrderStatus));
    assert_eq!(shop.store.episode(id, 1).await.unwrap().unwrap().intent, Some(Intent::OrderStatus));
    let audit = shop.store.audit(1).await.unwrap().remove(0);
    assert_eq!((audit.action.as_str(), &audit.detail["is"]), ("correct_intent", &serde_json::json!("order_status")));
    // The example says what is wanted and not who wants it.
    let page = shop.app.examples(0, 9).await.unwrap();
    assert_eq!((page.total, page.rows[0].source, page.rows[0].intent), (1, ExampleSource::Correction, Intent::OrderStatus));
    assert_eq!(page.rows[0].text, "The kraken sings in the cellar. Write to or 0.");
    shop.app.add_example(ODD, Intent::OrderStatus, Some(Language::english())).await.unwrap();
    let before = shop.app.understanding().await.unwrap();
    assert_eq!((before.examples, before.waiting, before.versions.len()), (2, 2, 1));
    assert_ne!(intent(&shop.app, ODD).await, Intent::OrderStatus, "an example alone changes nothing");

    let trained = shop.app.retrain().await.unwrap();
    assert!(trained.activated, "{trained:?}");
    assert_eq!((trained.examples, trained.after.is_some()), (2, true));
    assert_eq!(intent(&shop.app, ODD).await, Intent::OrderStatus);
    assert_eq!(intent(&shop.app, "the kraken is singing in our cellar").await, Intent::OrderStatus, "and what is said nearly so");
    assert_eq!(intent(&shop.app, "Thank you very much").await, Intent::Thanks);
    let after = shop.app.understanding().await.unwrap();
    assert_eq!((after.examples, after.waiting), (2, 0));
    let figures = after.figures.unwrap();
    assert_eq!(figures.n, i32::try_from(PHRASES.len() + 2).unwrap());
    let version = &after.versions[0];
    assert_eq!((version.id, version.active, version.examples, after.versions[1].active), (Some(trained.id), true, 2, false));
    // Taken away again: the model stays as it is until the next training.
    shop.app.remove_example(page.rows[0].id).await.unwrap();
    assert_eq!(shop.app.understanding().await.unwrap().waiting, 1);
    assert_eq!(code(shop.app.remove_example(page.rows[0].id).await), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_version_that_is_worse_is_kept_and_not_used_unless_a_person_wants_it() {
    if skipped() {
        return;
    }
    let shop = shop_that_learns(few()).await;
    shop.app.add_example(ODD, Intent::OrderStatus, None).await.unwrap();
    let good = shop.app.retrain().await.unwrap();
    assert!(good.activated);
    // Somebody has labelled a pile of messages wrongly.
    for n in ["now", "today", "please", "at last", "my friend", "again", "then", "exactly", "right now", "by the way"] {
        for text in ["Where is my order", "Has my parcel been sent", "My parcel has not arrived", "status of my order"] {
            shop.app.add_example(&format!("{text} {n}"), Intent::Thanks, None).await.unwrap();
        }
    }
    let bad = shop.app.retrain().await.unwrap();
    assert!(!bad.activated && bad.after.unwrap() < bad.before.unwrap() - 0.02, "{bad:?}");
    let report = shop.app.understanding().await.unwrap();
    let shown: Vec<_> = report.versions.iter().map(|v| (v.id, v.active, v.held_back, v.kept)).collect();
    assert_eq!(shown, [(Some(bad.id), false, true, true), (Some(good.id), true, false, true), (None, false, false, true)]);
    assert_eq!(intent(&shop.app, "Where is my order now").await, Intent::OrderStatus);
    // A person may want it all the same, and goes back, also to the model that ships.
    shop.app.activate_model(Some(bad.id)).await.unwrap();
    assert_eq!(intent(&shop.app, "Where is my order now").await, Intent::Thanks);
    shop.app.activate_model(Some(good.id)).await.unwrap();
    assert_eq!(intent(&shop.app, "Where is my order now").await, Intent::OrderStatus);
    assert_eq!(intent(&shop.app, ODD).await, Intent::OrderStatus);
    shop.app.activate_model(None).await.unwrap();
    assert_ne!(intent(&shop.app, ODD).await, Intent::OrderStatus);
    assert_eq!(code(shop.app.activate_model(Some(99.into())).await), "not_found");
    let actions: Vec<String> = shop.store.audit(4).await.unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["intents.activate", "intents.activate", "intents.activate", "intents.train"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_another_window_takes_the_new_model_over() {
    if skipped() {
        return;
    }
    let shop = shop_that_learns(few()).await;
    let colleague = shop.colleague().await;
    assert_ne!(intent(&colleague, ODD).await, Intent::OrderStatus, "its bot is loaded");
    colleague.start();
    // The loop notes where the feed ends before it begins to tell.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut feed = colleague.events();
    shop.app.add_example(ODD, Intent::OrderStatus, None).await.unwrap();
    let trained = shop.app.retrain().await.unwrap();
    let taken_over = async {
        while colleague.understanding().await.unwrap().versions[0].id != Some(trained.id)
            || intent(&colleague, ODD).await != Intent::OrderStatus
        {
            while feed.recv().await.unwrap() != AppEvent::UnderstandingChanged {}
        }
    };
    timeout(Duration::from_secs(30), taken_over).await.expect("the change feed is followed");
    colleague.activate_model(None).await.unwrap();
    colleague.stop().await;
    let next = shop.colleague().await;
    assert_ne!(intent(&next, ODD).await, Intent::OrderStatus, "a window that is opened now works with what is in use now");
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_training_that_is_stopped_leaves_everything_as_it_was_and_only_one_runs_at_a_time() {
    if skipped() {
        return;
    }
    let shop = shop().await;
    let mut feed = shop.app.events();
    let app = std::sync::Arc::clone(&shop.app);
    let running = tokio::spawn(async move { app.retrain().await });
    let begun = async { while !matches!(feed.recv().await.unwrap(), AppEvent::Progress { task, .. } if task == "training") {} };
    timeout(Duration::from_secs(60), begun).await.expect("it tells how far it is");
    assert!(shop.app.understanding().await.unwrap().training);
    assert_eq!(code(shop.app.retrain().await), "precondition");
    shop.app.cancel_training();
    assert_eq!(code(running.await.unwrap()), "stopped");
    let report = shop.app.understanding().await.unwrap();
    assert_eq!((report.training, report.versions.len()), (false, 1));
    assert!(told(&mut feed).contains(&AppEvent::Progress { task: "training".into(), done: 100, total: 100 }), "the bar goes away");
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_without_the_encoder_everything_but_the_training_works_and_it_says_what_is_missing() {
    let (workspace, models) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = OpenApp {
        workspace: Some(workspace.path().to_string_lossy().into_owned()),
        models: Some(models.path().to_owned()),
        ..OpenApp::default()
    };
    let app = App::open(open).await.unwrap();
    app.add_example(ODD, Intent::OrderStatus, None).await.unwrap();
    let error = mercator_app::views::UserError::from(&app.retrain().await.unwrap_err());
    assert_eq!(error.code, "no_model");
    assert!(error.message.contains("sentence-encoder.model") && error.hint.contains("Check-up"), "{error:?}");
    let report = app.understanding().await.unwrap();
    assert_eq!((report.encoder, report.examples, report.figures), (false, 1, None));
    assert_eq!(app.wrong_ones(WrongKind::Phrases, 0, 9).await.unwrap().total, 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_the_report_shows_accuracy_and_confusion_over_the_phrases_that_ship() {
    if skipped() {
        return;
    }
    let shop = shop().await;
    let report = shop.app.understanding().await.unwrap();
    assert_eq!((report.encoder, report.training, report.versions.len(), report.versions[0].active), (true, false, 1, true));
    let figures = report.figures.unwrap();
    let n = i32::try_from(shipped_phrases().len()).unwrap();
    assert_eq!((figures.n, figures.labels.len()), (n, Intent::ALL.len()));
    let accuracy = f64::from(figures.right) / f64::from(n);
    // 0.79 was measured; the phrases are varied on purpose.
    assert!(accuracy > 0.75, "{accuracy}");
    assert_eq!(figures.confusion.iter().flatten().sum::<i32>(), n);
    assert_eq!(figures.by_intent.iter().map(|line| line.n).sum::<i32>(), n);
    assert_eq!(figures.by_language.iter().map(|line| line.n).sum::<i32>(), n);
    assert_eq!(figures.by_language.len(), Language::SUPPORTED.len());
    assert!(figures.confused.windows(2).all(|pair| pair[0].count >= pair[1].count) && !figures.confused.is_empty());
    // The higher the threshold, the less is answered alone, and the more of it is right.
    let (auto, right) = (&figures.effect.auto, &figures.effect.right);
    assert_eq!((auto.len(), right.len()), (101, 101));
    assert!(auto.windows(2).all(|pair| pair[0] >= pair[1]) && auto[0] > 0);
    let share = |at: usize| f64::from(right[at]) / f64::from(auto[at].max(1));
    assert!(share(50) > 0.93 && share(90) >= share(50), "{} {}", share(50), share(90));
    // More precision asked for: less is answered alone.
    shop.app.save_settings(Settings { precision: 0.99, ..Settings::default() }).await.unwrap();
    let strict = shop.app.understanding().await.unwrap();
    assert!(strict.figures.unwrap().effect.auto[50] < auto[50]);
    assert!((strict.precision - 0.99).abs() < 1e-6);
}

#[tokio::test(flavor = "multi_thread")]
async fn d6_an_intent_is_answered_alone_only_where_it_was_right_often_enough() {
    if skipped() {
        return;
    }
    let shop = shop().await;
    let sure = understood(&shop.app, "Thank you very much!").await;
    assert_eq!((sure.understand.value.intent.name, sure.decide.value.rule.as_str()), (Intent::Thanks, "thanks"));
    shop.app.save_settings(Settings { intent_threshold: 1.0, ..Settings::default() }).await.unwrap();
    let unsure = understood(&shop.app, "Thank you very much!").await;
    let decided = &unsure.decide.value;
    assert_eq!((decided.rule.as_str(), decided.mode), ("unsure_intent", mercator_domain::inbox::BotMode::Draft));
    assert!(matches!(unsure.outcome, mercator_domain::turn::Outcome::Draft { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_what_the_bot_was_not_sure_of_is_listed_until_a_person_has_said_what_it_means() {
    for shop in shops().await {
        let id = shop.hear(&buyer("ana").writes("Hm", "Blue or not blue, that depends on the moon")).await;
        let sure = shop.hear(&buyer("ben").writes("Thanks", "Thank you very much!")).await;
        let rows = wrong(&shop, WrongKind::Messages).await.rows;
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.conversation_id, row.label, row.message_id), (Some(id), None, Some(shop.asked(id).await)));
        // Right as it is: it is not shown again, and is an example all the same.
        shop.app.correct_intent(row.message_id.unwrap(), row.predicted).await.unwrap();
        assert_eq!(wrong(&shop, WrongKind::Messages).await.total, 0);
        assert_eq!(shop.app.examples(0, 9).await.unwrap().rows[0].intent, row.predicted);
        // A sure one that an agent corrects is shown with both, so that others see where the bot errs.
        shop.app.correct_intent(shop.asked(sure).await, Intent::Feedback).await.unwrap();
        let rows = wrong(&shop, WrongKind::Messages).await.rows;
        assert_eq!((rows.len(), rows[0].label, rows[0].predicted), (1, Some(Intent::Feedback), Intent::Thanks));
        let bots = shop.last_of(sure, Author::Bot).await.unwrap();
        assert_eq!(code(shop.app.correct_intent(bots.id, Intent::Thanks).await), "precondition");
        assert_eq!(code(shop.app.add_example(" \n ", Intent::Thanks, None).await), "bad_input");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_phrase_that_was_answered_wrongly_is_listed_until_a_person_has_labelled_it() {
    if skipped() {
        return;
    }
    let shop = shop().await;
    let page = wrong(&shop, WrongKind::Phrases).await;
    assert!(page.total > 50 && page.rows.len() == 200, "{} {}", page.total, page.rows.len());
    assert!(page.rows.iter().all(|row| row.label != Some(row.predicted) && row.label.is_some() && !row.own));
    assert!(page.rows.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence), "the surest mistakes first");
    let second = shop.app.wrong_ones(WrongKind::Phrases, 1, 1).await.unwrap();
    assert_eq!(second.rows, page.rows[1..2]);
    let row = &page.rows[0];
    shop.app.add_example(&row.text, row.label.unwrap(), row.language.clone()).await.unwrap();
    let after = wrong(&shop, WrongKind::Phrases).await;
    assert!(after.total < page.total && after.rows.iter().all(|other| other.key != row.key));
}
