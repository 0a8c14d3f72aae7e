//! One request to a tracking service: slowed to its rate, bounded in time and size, tried again when that can help.

use std::{num::NonZeroU32, time::Duration};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use reqwest::{
    Client, RequestBuilder, StatusCode, Url,
    header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde_json::Value;

use super::TrackingError;
use crate::secrets::Secret;

/// A request for 40 parcels with all their events is answered with some 500 kB.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// How long to wait for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// For one answer, from connecting to its last byte.
    pub time_out: Duration,
    /// Before the second and the third attempt, unless the service asks for longer.
    pub pauses: [Duration; 2],
    /// A service that wants to be left alone for longer than this is not waited for: the parcels are reported as too many for now.
    pub longest_wait: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            time_out: Duration::from_secs(30),
            pauses: [Duration::from_secs(1), Duration::from_secs(4)],
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// A service's rate, shared by all requests to the same of its doors.
pub(super) type Rate = DefaultDirectRateLimiter;

/// One request every so often. No burst: a service that counts each second would see more than it allows in the second of a burst.
pub(super) fn one_every(span: Duration) -> Rate {
    RateLimiter::direct(Quota::with_period(span).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)))
}

/// The address, the key and the pace of a service.
pub(super) struct Asker {
    client: Client,
    base: Url,
    header: &'static str,
    key: Secret,
    pub(super) pace: Pace,
}

/// What a service answered, whether it is content or not.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// `None` when the answer is no JSON.
    pub(super) body: Option<Value>,
}

/// Why one attempt failed.
enum Trouble {
    /// It will fail again.
    Lasting(TrackingError),
    /// It may pass, but not before so long.
    Passing(TrackingError, Duration),
}

impl Asker {
    /// Fails when the address is none, would carry the key over an open line to another computer, or the key cannot be sent.
    pub(super) fn new(client: Client, base: &str, header: &'static str, key: Secret) -> Result<Self, TrackingError> {
        let base = Url::parse(base.trim_end_matches('/')).map_err(|_| TrackingError::Settings("its address is none"))?;
        let here = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if base.scheme() != "https" && !(base.scheme() == "http" && here) {
            return Err(TrackingError::Settings("its address does not begin with https"));
        }
        if key.is_empty() {
            return Err(TrackingError::Settings("there is no key"));
        }
        let asker = Self { client, base, header, key, pace: Pace::default() };
        asker.key_header().map(|_| asker)
    }

    pub(super) fn host(&self) -> String {
        self.base.host_str().unwrap_or_default().to_owned()
    }

    /// Asks until there is an answer that is neither "too many requests" nor the service's own trouble; three times at most. `request`
    /// adds method, path and content to the service's address.
    pub(super) async fn ask<F>(&self, rate: &Rate, request: F) -> Result<Answer, TrackingError>
    where
        F: Fn(&Client, &str) -> RequestBuilder + Send + Sync,
    {
        let mut pauses = self.pace.pauses.iter().copied();
        loop {
            rate.until_ready().await;
            let (error, wait) = match self.ask_once(&request).await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Lasting(error)) => return Err(error),
                Err(Trouble::Passing(error, wait)) => (error, wait),
            };
            let Some(pause) = pauses.next().filter(|_| wait <= self.pace.longest_wait) else { return Err(error) };
            tracing::debug!(host = self.host(), %error, "asking the tracking service once more");
            tokio::time::sleep(pause.max(wait)).await;
        }
    }

    async fn ask_once<F>(&self, request: &F) -> Result<Answer, Trouble>
    where
        F: Fn(&Client, &str) -> RequestBuilder + Send + Sync,
    {
        // The text of the client's errors holds the address asked, and with it the parcels' numbers: it goes nowhere.
        let unreachable = |_: reqwest::Error| Trouble::Passing(TrackingError::Unreachable, Duration::ZERO);
        let key = self.key_header().map_err(Trouble::Lasting)?;
        let request = request(&self.client, self.base.as_str().trim_end_matches('/')).header(self.header, key);
        let mut response = request.timeout(self.pace.time_out).send().await.map_err(unreachable)?;
        let status = response.status();
        let wait = wait_of(response.headers());
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Trouble::Passing(TrackingError::LimitReached { retry_after: wait }, wait.unwrap_or_default()));
        }
        if status.is_server_error() {
            return Err(Trouble::Passing(TrackingError::Unavailable { status: status.as_u16() }, wait.unwrap_or_default()));
        }
        let mut bytes = vec![];
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_BYTES {
                return Err(Trouble::Lasting(TrackingError::Answer(format!("it is longer than {} MB", MOST_BYTES / 1024 / 1024))));
            }
        }
        Ok(Answer { status, body: serde_json::from_slice(&bytes).ok() })
    }

    fn key_header(&self) -> Result<HeaderValue, TrackingError> {
        let mut value =
            HeaderValue::from_str(self.key.expose()).map_err(|_| TrackingError::Settings("the key has characters that no key has"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// How long the service wants to be left alone: `Retry-After` in seconds or as a date, else the second in which its limit begins anew.
/// Dates are measured against the service's own clock, which stands beside them.
fn wait_of(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let now = text(DATE.as_str()).and_then(second_of);
    if let Some(after) = text(RETRY_AFTER.as_str()) {
        let seconds = after.parse().ok().or_else(|| Some(second_of(after)?.saturating_sub(now?)));
        return seconds.map(|seconds: i64| Duration::from_secs(seconds.max(0).unsigned_abs()));
    }
    let reset: i64 = text("x-ratelimit-reset").or_else(|| text("ratelimit-reset"))?.parse().ok()?;
    Some(Duration::from_secs(reset.saturating_sub(now?).max(0).unsigned_abs()))
}

/// A date of HTTP in seconds since 1970.
fn second_of(date: &str) -> Option<i64> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok().map(jiff::Timestamp::as_second)
}

#[cfg(test)]
#[path = "asking_tests.rs"]
mod tests;
