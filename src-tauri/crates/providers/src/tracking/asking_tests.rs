//! Addresses, keys and waiting.

use super::*;
use crate::tracking::stub::{KEY, client, key};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (reqwest::header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

#[test]
fn the_key_never_travels_over_an_open_line() {
    let ask = |base: &str| Asker::new(client(), base, "k", key());
    for base in ["http://api.17track.net", "ftp://127.0.0.1", "api.17track.net", "", "http://127.0.0.1.example.com"] {
        assert!(matches!(ask(base), Err(TrackingError::Settings(_))), "{base}");
    }
    for base in ["https://api.17track.net", "https://api.17track.net/", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
        assert!(ask(base).is_ok(), "{base}");
    }
}

#[test]
fn a_key_that_cannot_be_one_is_refused_before_anything_is_sent_and_never_shown() {
    for bad in ["", "canary\n4711", "canary\u{0}4711"] {
        let Err(error) = Asker::new(client(), "https://api.17track.net", "k", Secret::new(bad)) else { panic!("{bad:?} was taken") };
        assert!(matches!(error, TrackingError::Settings(_)));
        assert!(!format!("{error} {error:?}").contains("4711"));
    }
    let asker = Asker::new(client(), "https://api.17track.net", "k", key()).ok().unwrap();
    assert!(!format!("{:?}", asker.key_header()).contains(KEY));
}

#[test]
fn how_long_to_wait_is_read_from_seconds_dates_and_resets() {
    let date = ("date", "Fri, 27 Nov 2026 04:15:45 GMT");
    let second = second_of(date.1).unwrap();
    let reset = (second + 9).to_string();
    let seconds = |pairs: &[(&'static str, &str)]| wait_of(&headers(pairs)).map(|wait| wait.as_secs());
    assert_eq!(seconds(&[("retry-after", "7")]), Some(7));
    assert_eq!(seconds(&[date, ("retry-after", "Fri, 27 Nov 2026 04:16:15 GMT")]), Some(30));
    assert_eq!(seconds(&[date, ("x-ratelimit-reset", &reset)]), Some(9));
    assert_eq!(seconds(&[date, ("ratelimit-reset", &reset)]), Some(9));
    assert_eq!(seconds(&[date, ("x-ratelimit-reset", "1")]), Some(0), "past");
    assert_eq!(seconds(&[("x-ratelimit-reset", &reset)]), None, "no clock to measure it against");
    assert_eq!(seconds(&[("retry-after", "soon")]), None);
    assert_eq!(seconds(&[("retry-after", "-5")]), Some(0));
    assert_eq!(seconds(&[]), None);
}
