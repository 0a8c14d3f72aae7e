//! Replay: what the bot would have done with messages that people answered, before an intent is switched to auto.

use mercator_app::{
    clock::Clock,
    replay::{Would, by_intent},
    views::{AppEvent, ReplyInput},
};
use mercator_domain::{
    inbox::{BotMode, BotModes},
    intent::Intent,
    message::Author,
    moment::HOUR_MS,
};

use mercator_pipeline::intents::trainer::Stop;

use crate::support::{buyer, code, shops, told};

fn text(words: &str) -> ReplyInput {
    ReplyInput { text: words.to_owned(), anyway: true, ..ReplyInput::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_compares_with_the_person_and_changes_nothing() {
    for shop in shops().await {
        let shop = shop.with_faqs().await;
        // People answer everything; the bot is off, and its answers are asked for afterwards.
        shop.modes(BotModes { default: BotMode::Off, by_intent: [].into() }).await;
        let (ana, ben, cleo) = (buyer("ana"), buyer("ben"), buyer("cleo"));
        let asked = shop.hear(&ana.writes("Delivery", "How long does delivery take?")).await;
        shop.app.send_reply(asked, &text("Delivery takes four to seven working days in Europe.")).await.unwrap();
        let broken = shop.hear(&ben.writes("Broken", "I want a refund, the glass of my lamp is broken.")).await;
        shop.app.send_reply(broken, &text("So sorry! I have sent the money back.")).await.unwrap();
        shop.later(HOUR_MS);
        let later = shop.clock.now();
        let threat = shop.hear(&cleo.writes("Court", "My lawyer will sue you. Which payment methods do you accept?")).await;
        let before: Vec<usize> =
            [shop.messages(asked).await.len(), shop.messages(broken).await.len(), shop.messages(threat).await.len()].into();

        let handoffs = shop.store.handoffs_of_conversation(threat).await.unwrap();

        let replayed = shop.app.replay(None, &|_, _| {}, &Stop::default()).await.unwrap();
        let found: Vec<(Would, Option<&str>)> = replayed.iter().map(|one| (one.would, one.person.as_deref())).collect();
        let persons = [Some("Delivery takes four to seven working days in Europe."), Some("So sorry! I have sent the money back."), None];
        assert_eq!(found, [(Would::Answer, persons[0]), (Would::Answer, persons[1]), (Would::HandOff, None)], "{replayed:?}");
        assert!(replayed[0].bot.as_ref().unwrap().contains("working days"));
        assert!(replayed[2].high_risk);
        let figures = by_intent(&replayed);
        let of = &figures[&Intent::DeliveryTime];
        assert_eq!((of.messages, of.answered, of.answered_at_risk), (1, 1, 0));
        assert_eq!(replayed[0].alike.is_some(), mercator_app::models::encoder().is_some(), "compared wherever it can be");
        if let Some(alike) = replayed[0].alike {
            assert!((0.6..=1.0).contains(&alike), "both say the same: {alike}");
            assert_eq!((of.compared, of.agreed, of.differing), (1, 1, 0));
        }
        assert_eq!(shop.app.replay(Some(later), &|_, _| {}, &Stop::default()).await.unwrap().len(), 1, "only from that moment on");

        // The same for the window: figures, what is to be looked at, and how far it is.
        let mut feed = shop.app.events();
        let report = shop.app.replay_report(7).await.unwrap();
        assert_eq!((report.messages, report.intents.iter().map(|line| line.figures.messages).sum::<u32>()), (3, 3));
        let (look_at, compared) = (report.look_at.len(), report.compared);
        assert_eq!(look_at, if compared { 1 } else { 0 }, "the refund was answered otherwise by a person: {:?}", report.look_at);
        assert!(report.look_at.iter().all(|one| one.asked.contains("refund") && one.person.is_some() && one.bot.is_some()));
        let progress = told(&mut feed).into_iter().filter(|event| matches!(event, AppEvent::Progress { task, .. } if task == "replay"));
        assert_eq!(progress.count(), 4, "three messages and the end");
        let stop = Stop::default();
        stop.stop();
        assert_eq!(code(shop.app.replay(None, &|_, _| {}, &stop).await), "stopped");

        shop.pass().await;
        let after: Vec<usize> =
            [shop.messages(asked).await.len(), shop.messages(broken).await.len(), shop.messages(threat).await.len()].into();
        assert_eq!(after, before, "nothing is stored");
        assert_eq!(shop.store.handoffs_of_conversation(threat).await.unwrap(), handoffs, "nothing is handed over");
        assert_eq!(shop.sent_by(Author::Bot).len(), 0, "nothing is sent");
    }
}
