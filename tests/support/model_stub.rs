//! A language model for tests: a server on loopback that speaks the wires of OpenAI and of Ollama, and behaves as it is told.
//!
//! It is no model: it says what the test gives it. What it was asked it keeps, so that a test can look at what has left the program.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

/// How it behaves.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every test that includes this file needs each")]
pub enum Behaviour {
    /// Says this, in pieces.
    Says(String),
    /// Says the beginning, and then nothing for a long time.
    Stalls(String),
    /// Says the beginning, and closes the connection.
    HangsUp(String),
    /// Writes this without end.
    WithoutEnd(String),
    /// Sends what is no JSON.
    Broken,
    /// A page of some proxy.
    Page,
    /// An error with this status.
    Fails(u16),
    /// An error with this status so many times, then says something.
    FailsFirst(u16, usize, String),
}

#[derive(Clone)]
struct Shared {
    behaviour: Arc<Mutex<Behaviour>>,
    asked: Arc<Mutex<Vec<Value>>>,
    key: Option<String>,
}

/// A running server; it ends with the run time of the test.
pub struct Stub {
    /// Where it listens.
    pub at: SocketAddr,
    shared: Shared,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stub {
    /// Starts one; with a key, whoever has another is refused.
    pub async fn start(behaviour: Behaviour, key: Option<&str>) -> Self {
        let shared = Shared { behaviour: Arc::new(Mutex::new(behaviour)), asked: Arc::default(), key: key.map(ToOwned::to_owned) };
        let routes = Router::new().route("/v1/chat/completions", post(openai)).route("/api/chat", post(ollama)).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { at, shared }
    }

    /// From now on it behaves like this.
    #[allow(dead_code, reason = "not every test that includes this file changes it")]
    pub fn now(&self, behaviour: Behaviour) {
        *locked(&self.shared.behaviour) = behaviour;
    }

    /// Every question so far, as it came over the wire.
    pub fn asked(&self) -> Vec<Value> {
        locked(&self.shared.asked).clone()
    }
}

async fn openai(State(shared): State<Shared>, headers: HeaderMap, Json(question): Json<Value>) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if shared.key.as_ref().is_some_and(|key| given != format!("Bearer {key}")) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": {"message": format!("Incorrect API key: {given}")}}))).into_response();
    }
    let piece = |text: &str| format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": text}}]}));
    let end = format!(
        "data: {}\n\ndata: {}\n\ndata: [DONE]\n\n",
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}})
    );
    behave(&shared, question, "text/event-stream", piece, &end)
}

async fn ollama(State(shared): State<Shared>, Json(question): Json<Value>) -> Response {
    let piece = |text: &str| format!("{}\n", json!({"message": {"role": "assistant", "content": text}, "done": false}));
    let end = format!(
        "{}\n",
        json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop", "prompt_eval_count": 120, "eval_count": 30})
    );
    behave(&shared, question, "application/x-ndjson", piece, &end)
}

fn behave(shared: &Shared, question: Value, media: &'static str, piece: impl Fn(&str) -> String, end: &str) -> Response {
    let before = {
        let mut asked = locked(&shared.asked);
        asked.push(question);
        asked.len() - 1
    };
    let behaviour = locked(&shared.behaviour).clone();
    let pieces = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        letters.chunks(7).map(|some| piece(&some.iter().collect::<String>())).collect::<Vec<_>>()
    };
    match behaviour {
        Behaviour::Says(text) => whole(media, pieces(&text).concat() + end),
        Behaviour::FailsFirst(status, times, _) if before < times => failure(status),
        Behaviour::FailsFirst(_, _, text) => whole(media, pieces(&text).concat() + end),
        Behaviour::Fails(status) => failure(status),
        Behaviour::Broken => whole(media, format!("{}data: {{\"choices\": [{{\"delta\"\n\n", piece("Dear"))),
        Behaviour::Page => ([(header::CONTENT_TYPE, "text/html")], "<html>Sign in to the network</html>").into_response(),
        Behaviour::Stalls(text) => {
            let begun = stream::iter(pieces(&text).into_iter().map(|text| Ok::<_, Infallible>(Bytes::from(text))));
            let wait = stream::once(async {
                tokio::time::sleep(Duration::from_secs(600)).await;
                Ok(Bytes::new())
            });
            ([(header::CONTENT_TYPE, media)], Body::from_stream(begun.chain(wait))).into_response()
        }
        Behaviour::HangsUp(text) => {
            let begun = stream::iter(pieces(&text).into_iter().map(|text| Ok(Bytes::from(text))));
            // After what was said has left, else the connection ends before its answer began.
            let cut = stream::once(async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Err(std::io::Error::other("cut"))
            });
            ([(header::CONTENT_TYPE, media)], Body::from_stream(begun.chain(cut))).into_response()
        }
        Behaviour::WithoutEnd(text) => {
            let text = Bytes::from(piece(&text));
            let forever = stream::repeat_with(move || Ok::<_, Infallible>(text.clone()));
            ([(header::CONTENT_TYPE, media)], Body::from_stream(forever)).into_response()
        }
    }
}

fn whole(media: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, media)], text).into_response()
}

fn failure(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({"error": {"message": "the words of the question come back here"}}))).into_response()
}
