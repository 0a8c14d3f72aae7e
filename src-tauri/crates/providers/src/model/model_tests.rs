//! A language model that behaves well, badly and worse: a stub on loopback that speaks both wires.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use super::*;

#[path = "../../../../../tests/support/model_stub.rs"]
mod model_stub;
use model_stub::{Behaviour, Stub};

const KINDS: [(ModelKind, &str); 2] = [(ModelKind::OpenAi, "v1/"), (ModelKind::Ollama, "")];

fn model(stub: &Stub, kind: ModelKind, path: &str, key: Option<&str>) -> LanguageModel {
    let address = web::address(&format!("http://{}/{path}", stub.at)).unwrap();
    let key = key.map(Secret::new);
    let place = Place { kind, address, model: "tiny".into(), key, patience: Duration::from_secs(5) };
    LanguageModel { pauses: [Duration::from_millis(5), Duration::from_millis(10)], ..LanguageModel::new(place).unwrap() }
}

fn question() -> Question {
    Question { system: "Answer briefly.".into(), user: "Where is Ann's secret parcel?".into(), most_tokens: 200 }
}

async fn ask(model: &LanguageModel) -> Result<Said, ModelError> {
    model.ask(&question(), &CancellationToken::new(), &|_| {}).await
}

#[tokio::test]
async fn l4_both_wires_are_spoken_and_the_answer_comes_in_pieces() {
    for (kind, path) in KINDS {
        let stub = Stub::start(Behaviour::Says("Ваша посылка уже в пути, 谢谢您的耐心。".into()), None).await;
        let pieces = Mutex::new(Vec::new());
        let keep = |piece: &str| pieces.lock().unwrap_or_else(PoisonError::into_inner).push(piece.to_owned());
        let said = model(&stub, kind, path, None).ask(&question(), &CancellationToken::new(), &keep).await.unwrap();
        assert_eq!(said.text, "Ваша посылка уже в пути, 谢谢您的耐心。", "{kind}");
        assert_eq!((said.tokens_in, said.tokens_out), (Some(120), Some(30)), "{kind}");
        let pieces = pieces.into_inner().unwrap();
        assert!(pieces.len() > 3, "{kind}: {pieces:?}");
        assert_eq!(pieces.concat(), said.text);
        let asked = stub.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0]["model"], "tiny");
        assert_eq!(asked[0]["stream"], true);
        let text = asked[0].to_string();
        assert!(text.contains("Answer briefly.") && text.contains("secret parcel"), "{text}");
    }
}

#[tokio::test]
async fn what_goes_wrong_is_told_by_its_kind_and_never_with_words() {
    let check = async |behaviour: Behaviour, expect: &str| {
        for (kind, path) in KINDS {
            let stub = Stub::start(behaviour.clone(), None).await;
            let error = ask(&model(&stub, kind, path, None)).await.unwrap_err();
            assert_eq!(error.code(), expect, "{kind} {behaviour:?}");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret") && !shown.contains("words of the question"), "{shown}");
        }
    };
    check(Behaviour::Fails(400), "refused").await;
    check(Behaviour::Fails(403), "wrong_key").await;
    check(Behaviour::Fails(404), "unknown_model").await;
    check(Behaviour::Fails(429), "busy").await;
    check(Behaviour::Fails(503), "busy").await;
    check(Behaviour::Broken, "garbled").await;
    check(Behaviour::WithoutEnd("again and again ".into()), "too_long").await;
    check(Behaviour::Says("  ".into()), "empty").await;
    check(Behaviour::HangsUp("Dear Ann, your".into()), "unreachable").await;
}

#[tokio::test]
async fn a_page_of_a_proxy_is_no_answer() {
    for (kind, path) in KINDS {
        let stub = Stub::start(Behaviour::Page, None).await;
        let error = ask(&model(&stub, kind, path, None)).await.unwrap_err();
        assert!(matches!(error, ModelError::Garbled { .. } | ModelError::Empty), "{kind}: {error:?}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_and_not_shown() {
    let stub = Stub::start(Behaviour::Says("Hello".into()), Some("right-key")).await;
    let error = ask(&model(&stub, ModelKind::OpenAi, "v1/", Some("wrong-key"))).await.unwrap_err();
    assert_eq!(error.code(), "wrong_key");
    assert!(!format!("{error:?}").contains("wrong-key"));
    assert!(ask(&model(&stub, ModelKind::OpenAi, "v1/", Some("right-key"))).await.is_ok());
}

#[tokio::test]
async fn what_never_began_is_tried_again_and_what_did_is_not() {
    let stub = Stub::start(Behaviour::FailsFirst(503, 2, "Hello".into()), None).await;
    assert_eq!(ask(&model(&stub, ModelKind::OpenAi, "v1/", None)).await.unwrap().text, "Hello");
    assert_eq!(stub.asked().len(), 3);
    stub.now(Behaviour::HangsUp("Dear Ann, your".into()));
    ask(&model(&stub, ModelKind::OpenAi, "v1/", None)).await.unwrap_err();
    assert_eq!(stub.asked().len(), 4);
    stub.now(Behaviour::Fails(400));
    ask(&model(&stub, ModelKind::OpenAi, "v1/", None)).await.unwrap_err();
    assert_eq!(stub.asked().len(), 5);
}

#[tokio::test]
async fn a_slow_model_ends_with_the_patience_or_when_cut_off() {
    for (kind, path) in KINDS {
        let stub = Stub::start(Behaviour::Stalls("Dear Ann".into()), None).await;
        let mut slow = model(&stub, kind, path, None);
        slow.place.patience = Duration::from_millis(200);
        assert_eq!(ask(&slow).await.unwrap_err().code(), "time_out");
        slow.place.patience = Duration::from_secs(600);
        let cancel = CancellationToken::new();
        let stop = |_: &str| cancel.cancel();
        let before = Instant::now();
        assert_eq!(slow.ask(&question(), &cancel, &stop).await, Err(ModelError::Cancelled), "{kind}");
        assert!(before.elapsed() < Duration::from_secs(60));
    }
}

#[tokio::test]
async fn nobody_there_is_told() {
    let stub = Stub::start(Behaviour::Says("Hello".into()), None).await;
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut away = model(&stub, ModelKind::OpenAi, "v1/", None);
    away.place.address = web::address(&format!("http://{free}/v1/")).unwrap();
    let away = LanguageModel { pauses: away.pauses, ..LanguageModel::new(away.place).unwrap() };
    assert_eq!(ask(&away).await.unwrap_err().code(), "unreachable");
}
