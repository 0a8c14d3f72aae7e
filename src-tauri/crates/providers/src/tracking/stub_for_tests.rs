//! Small servers on this computer that behave as the two services do: they check the key, count numbers and requests, and know only what
//! was registered with them.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::Instant};

use super::*;
use crate::secrets::Secret;

pub(super) const KEY: &str = "canary-4711-secret";

/// A client as the program builds it.
pub(super) fn client() -> reqwest::Client {
    // Already installed by another test: the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

pub(super) fn key() -> Secret {
    Secret::new(KEY)
}

/// The pace of the program, without its long pauses.
pub(super) fn quick() -> Pace {
    Pace {
        time_out: Duration::from_secs(20),
        pauses: [Duration::from_millis(1), Duration::from_millis(2)],
        longest_wait: Duration::from_secs(5),
    }
}

pub(super) fn parcels(numbers: &[&str]) -> Vec<ParcelRef> {
    numbers.iter().map(|number| ParcelRef { number: (*number).to_owned(), carrier: None }).collect()
}

pub(super) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// An answer that is given instead of the proper one, once.
pub(super) enum Instead {
    /// Nothing: the proper answer, before the next of these.
    Nothing,
    /// Too many requests, with how many seconds to wait.
    TooMany(Option<u64>),
    /// Too many requests, with the limit's next beginning as so many seconds after the server's clock.
    TooManyUntil(i64),
    /// This status.
    Status(u16),
    /// These bytes.
    Text(&'static str),
    /// Nothing for so long.
    Silence(Duration),
}

impl Instead {
    async fn answer(self) -> Response {
        let mut response = match self {
            Self::TooMany(_) | Self::TooManyUntil(_) => (StatusCode::TOO_MANY_REQUESTS, Json(json!({ "code": 429 }))).into_response(),
            Self::Nothing => StatusCode::NO_CONTENT.into_response(),
            Self::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Self::Text(text) => text.into_response(),
            Self::Silence(span) => {
                tokio::time::sleep(span).await;
                "late".into_response()
            }
        };
        match self {
            Self::TooMany(Some(seconds)) => drop(response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds))),
            Self::TooManyUntil(after) => {
                let now = 1_795_000_000_i64;
                let date = jiff::Timestamp::from_second(now).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
                response.headers_mut().insert(header::DATE, HeaderValue::from_str(&date).unwrap());
                response.headers_mut().insert("x-ratelimit-reset", HeaderValue::from(now + after));
                response.headers_mut().insert("x-ratelimit-remaining", HeaderValue::from(0));
            }
            _ => {}
        }
        response
    }
}

/// What each stub keeps; the tests read it.
#[derive(Default)]
pub(super) struct Books {
    /// What carriers have told, by number.
    pub(super) news: HashMap<String, Value>,
    /// Numbers that the service follows.
    pub(super) registered: HashSet<String>,
    /// Each registration in order: what would be paid for.
    pub(super) registrations: Vec<String>,
    /// Registered, but the service takes its time to know it.
    pub(super) slow: HashSet<String>,
    /// Refused when registered, with the service's error code.
    pub(super) refused: HashMap<String, i64>,
    /// A number that has the whole request refused.
    pub(super) poison: Option<String>,
    /// How many numbers each request for information had.
    pub(super) asked: Vec<usize>,
    /// When requests came, by method.
    pub(super) times: HashMap<String, Vec<Instant>>,
    /// Requests, whatever became of them.
    pub(super) requests: usize,
    /// The carriers named for numbers.
    pub(super) carriers: HashMap<String, String>,
    /// Answers to give instead.
    pub(super) instead: VecDeque<Instead>,
    /// Requests a second allowed; 0 is any number.
    pub(super) rate: usize,
}

impl Books {
    /// True when this request is one too many of the last second.
    fn too_many(&mut self, method: &str) -> bool {
        let now = Instant::now();
        let times = self.times.entry(method.to_owned()).or_default();
        times.retain(|time| now.duration_since(*time) < Duration::from_secs(1));
        times.push(now);
        self.rate > 0 && times.len() > self.rate
    }
}

#[derive(Clone, Default)]
pub(super) struct Stub(Arc<Mutex<Books>>);

impl Stub {
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that the service follows, with what its carriers told.
    pub(super) fn follow(&self, number: &str, news: Value) {
        let mut books = self.books();
        books.registered.insert(number.to_owned());
        books.news.insert(number.to_owned(), news);
    }

    async fn before(&self, method: &str) -> Option<Response> {
        let (instead, too_many) = {
            let mut books = self.books();
            books.requests += 1;
            let instead = books.instead.pop_front();
            let too_many = instead.is_none() && books.too_many(method);
            (instead, too_many)
        };
        match instead {
            Some(Instead::Nothing) => None,
            Some(instead) => Some(instead.answer().await),
            None => too_many.then(|| (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], Json(json!({}))).into_response()),
        }
    }
}

fn has_key(headers: &HeaderMap, name: &str) -> bool {
    headers.get(name).is_some_and(|value| value == KEY)
}

/// 17TRACK 2.4.
pub(super) async fn seventeen_track(stub: Stub) -> String {
    stub.books().rate = 3;
    serve(Router::new().route("/track/v2.4/{action}", post(seventeen)).with_state(stub)).await
}

fn failed(status: StatusCode, code: i64, message: &str) -> Response {
    (status, Json(json!({ "code": code, "data": { "errors": [{ "code": code, "message": message }] } }))).into_response()
}

async fn seventeen(State(stub): State<Stub>, Path(action): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(response) = stub.before("POST").await {
        return response;
    }
    if !has_key(&headers, "17token") {
        let sent = headers.get("17token").and_then(|value| value.to_str().ok()).unwrap_or_default();
        return failed(StatusCode::UNAUTHORIZED, -18_010_002, &format!("The security key {sent} is invalid."));
    }
    let Ok(Value::Array(items)) = serde_json::from_slice(&body) else {
        return failed(StatusCode::OK, -18_010_013, "Submitted data is invalid.");
    };
    if items.len() > 40 {
        return failed(StatusCode::OK, -18_010_014, "Tracking numbers exceed the 40 limit.");
    }
    let numbers: Vec<String> = items.iter().map(|item| text_at(item, "/number").to_owned()).collect();
    let mut books = stub.books();
    if books.poison.as_ref().is_some_and(|poison| numbers.contains(poison)) {
        return failed(StatusCode::OK, -18_010_013, "Submitted data is invalid.");
    }
    for item in &items {
        if let Some(carrier) = item.get("carrier") {
            books.carriers.insert(text_at(item, "/number").to_owned(), carrier.to_string());
        }
    }
    let (mut accepted, mut rejected) = (vec![], vec![]);
    let refuse = |number: &str, code: i64| json!({ "number": number, "error": { "code": code, "message": format!("{number} refused") } });
    match action.as_str() {
        "register" => {
            for number in numbers {
                if let Some(code) = books.refused.get(&number) {
                    rejected.push(refuse(&number, *code));
                } else if books.registered.insert(number.clone()) {
                    accepted.push(json!({ "origin": 1, "number": number, "carrier": 3011, "tag": null }));
                    books.registrations.push(number);
                } else {
                    rejected.push(refuse(&number, -18_019_901));
                }
            }
        }
        "gettrackinfo" => {
            books.asked.push(numbers.len());
            for number in numbers {
                if !books.registered.contains(&number) || books.slow.contains(&number) {
                    rejected.push(refuse(&number, -18_019_902));
                } else if let Some(news) = books.news.get(&number) {
                    accepted.push(json!({ "number": number, "carrier": 3011, "param": null, "tag": "", "track_info": news }));
                } else {
                    rejected.push(refuse(&number, -18_019_909));
                }
            }
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    }
    Json(json!({ "code": 0, "data": { "accepted": accepted, "rejected": rejected } })).into_response()
}

/// AfterShip 2025-01.
pub(super) async fn after_ship(stub: Stub) -> String {
    let router = Router::new()
        .route("/tracking/2025-01/trackings", get(after_list).post(after_create))
        .route("/tracking/2025-01/trackings/{id}", get(after_read))
        .with_state(stub);
    serve(router).await
}

fn meta(status: StatusCode, code: i64, data: &Value) -> Response {
    (status, Json(json!({ "meta": { "code": code, "type": "X", "message": "words of the service" }, "data": data }))).into_response()
}

async fn after_before(stub: &Stub, headers: &HeaderMap, method: &str, rate: usize) -> Option<Response> {
    stub.books().rate = rate;
    if let Some(response) = stub.before(method).await {
        return Some(response);
    }
    (!has_key(headers, "as-api-key")).then(|| meta(StatusCode::UNAUTHORIZED, 401, &json!({})))
}

/// A tracking as the service shows it: what the test gave, with number and id; the carrier of the creation where the test names none.
fn tracking(books: &Books, number: &str) -> Value {
    let mut shown = json!({
        "id": format!("id{number}"), "tracking_number": number, "tag": "Pending", "subtag": "Pending_001", "checkpoints": [],
        "slug": books.carriers.get(number).cloned(), "customers": [{ "name": "canary", "email": "canary@example.com" }],
    });
    if let (Some(shown), Some(news)) = (shown.as_object_mut(), books.news.get(number).and_then(Value::as_object)) {
        shown.extend(news.clone());
    }
    shown
}

async fn after_list(State(stub): State<Stub>, Query(query): Query<HashMap<String, String>>, headers: HeaderMap) -> Response {
    if let Some(response) = after_before(&stub, &headers, "LIST", 6).await {
        return response;
    }
    let numbers: Vec<&str> = query.get("tracking_numbers").map(|text| text.split(',').collect()).unwrap_or_default();
    let mut books = stub.books();
    if numbers.len() > 50 || books.poison.as_deref().is_some_and(|poison| numbers.contains(&poison)) {
        return meta(StatusCode::BAD_REQUEST, 4008, &json!({}));
    }
    books.asked.push(numbers.len());
    let known: Vec<&str> =
        numbers.into_iter().filter(|number| books.registered.contains(*number) && !books.slow.contains(*number)).collect();
    // Pages of 20, so that one request has several.
    let from: usize = query.get("cursor").map_or(0, |cursor| cursor.trim_matches('=').parse().unwrap());
    let page: Vec<Value> = known.iter().skip(from).take(20).map(|number| tracking(&books, number)).collect();
    let more = from + 20 < known.len();
    let pagination = json!({ "total": known.len(), "has_next_page": more, "next_cursor": more.then(|| format!("{}==", from + 20)) });
    meta(StatusCode::OK, 200, &json!({ "pagination": pagination, "trackings": page }))
}

async fn after_create(State(stub): State<Stub>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(response) = after_before(&stub, &headers, "CREATE", 20).await {
        return response;
    }
    let Ok(content) = serde_json::from_slice::<Value>(&body) else { return meta(StatusCode::BAD_REQUEST, 4001, &json!({})) };
    let number = text_at(&content, "/tracking_number").to_owned();
    if number.is_empty() {
        return meta(StatusCode::BAD_REQUEST, 4007, &json!({}));
    }
    let mut books = stub.books();
    let slug = text_at(&content, "/slug");
    if !slug.is_empty() && !["dhl", "usps", "china-post"].contains(&slug) {
        return meta(StatusCode::BAD_REQUEST, 4010, &json!({}));
    }
    if let Some(code) = books.refused.get(&number) {
        return meta(StatusCode::BAD_REQUEST, *code, &json!({}));
    }
    if !books.registered.insert(number.clone()) {
        return meta(StatusCode::BAD_REQUEST, 4003, &json!({ "id": format!("id{number}"), "tracking_number": number }));
    }
    books.registrations.push(number.clone());
    if !slug.is_empty() {
        books.carriers.insert(number.clone(), slug.to_owned());
    }
    let mut shown = tracking(&books, &number);
    shown["tag"] = json!("Pending");
    shown["checkpoints"] = json!([]);
    meta(StatusCode::CREATED, 201, &shown)
}

async fn after_read(State(stub): State<Stub>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Some(response) = after_before(&stub, &headers, "READ", 5).await {
        return response;
    }
    let books = stub.books();
    let number = id.trim_start_matches("id");
    if books.registered.contains(number) {
        meta(StatusCode::OK, 200, &tracking(&books, number))
    } else {
        meta(StatusCode::NOT_FOUND, 4004, &json!({}))
    }
}
