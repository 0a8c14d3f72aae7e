//! The words of the search field: `channel:email label:refund 退款 -status:resolved created>2026-01-01`.
//!
//! Reads a line into a [`SearchFilter`]; what is not understood becomes a warning under the field and is searched as a word, so
//! that a typing mistake never shows an empty list without a reason. The SQL is the store's.

use std::str::FromStr;

use mercator_domain::{
    channel::ChannelKind, conversation::Status, emotion::EmotionLevel, intent::Intent, language::Language, moment::Moment,
};
use mercator_store::search::SearchFilter;

/// What was read, and what was not understood.
#[derive(Debug, Default, PartialEq)]
pub struct SearchQuery {
    /// For the store.
    pub filter: SearchFilter,
    /// In English, one each.
    pub warnings: Vec<String>,
}

/// Reads a search line. `zone` is the time zone in which dates are meant.
pub fn parse(line: &str, zone: &jiff::tz::TimeZone) -> SearchQuery {
    let mut query = SearchQuery::default();
    let mut words: Vec<String> = vec![];
    for token in tokens(line) {
        match operator(&token, zone, &mut query.filter) {
            Operator::Taken => {}
            Operator::None => words.push(token),
            Operator::Bad(why) => {
                query.warnings.push(why);
                words.push(token);
            }
        }
    }
    query.filter.words = words.join(" ");
    query
}

/// Cuts at spaces; a quoted part stays together with its quotes, also after a colon (`store:"My Shop"`).
fn tokens(line: &str) -> Vec<String> {
    let mut found = vec![];
    let mut current = String::new();
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                current.push(c);
            }
            c if c.is_whitespace() && !quoted => {
                if !current.is_empty() {
                    found.push(std::mem::take(&mut current));
                }
            }
            c => current.push(c),
        }
    }
    if !current.is_empty() {
        found.push(current);
    }
    found
}

enum Operator {
    Taken,
    None,
    Bad(String),
}

fn operator(token: &str, zone: &jiff::tz::TimeZone, filter: &mut SearchFilter) -> Operator {
    if let Some(taken) = date_operator(token, zone, filter) {
        return taken;
    }
    let (negative, body) = token.strip_prefix('-').map_or((false, token), |rest| (true, rest));
    let Some((name, value)) = body.split_once(':') else { return Operator::None };
    let value = value.trim_matches('"');
    if value.is_empty() || name.is_empty() {
        return Operator::None;
    }
    match (name, negative) {
        ("channel", false) => word(value, &mut filter.channel, ChannelKind::ALL),
        ("status", false) => word(value, &mut filter.status, Status::ALL),
        ("status", true) => word(value, &mut filter.not_status, Status::ALL),
        ("emotion", false) => word(value, &mut filter.emotion, EmotionLevel::ALL),
        ("intent", false) => word(value, &mut filter.intent, Intent::ALL),
        ("label" | "tags", false) => put(&mut filter.label, value.to_lowercase()),
        ("label" | "tags", true) => put(&mut filter.not_label, value.to_lowercase()),
        ("store" | "inbox", false) => put(&mut filter.store, value.to_owned()),
        ("country", false) => put(&mut filter.country, value.to_uppercase()),
        ("order", false) => put(&mut filter.order, mercator_domain::entity::comparable_number(value)),
        ("lang" | "language", false) => match Language::parse(value) {
            Some(language) => put(&mut filter.language, language),
            None => Operator::Bad(format!("'{value}' is no language code; use one such as en, de, zh")),
        },
        ("has", false) if value == "attachment" => set(&mut filter.has_attachment),
        ("is", false) if value == "unassigned" => set(&mut filter.unassigned),
        ("from", false) if value == "bot" => set(&mut filter.from_bot),
        // Everything else with a colon is text: a time, a link, a word of another language.
        _ => Operator::None,
    }
}

/// Named twice, the last one counts, as a person who corrects a line expects.
fn put<T>(place: &mut Option<T>, value: T) -> Operator {
    *place = Some(value);
    Operator::Taken
}

fn set(flag: &mut bool) -> Operator {
    *flag = true;
    Operator::Taken
}

fn word<T: FromStr + std::fmt::Display>(value: &str, place: &mut Option<T>, all: &[T]) -> Operator {
    match value.to_lowercase().parse() {
        Ok(known) => put(place, known),
        Err(_) => {
            let known = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Operator::Bad(format!("'{value}' is not known here; use one of {known}"))
        }
    }
}

/// `created>2026-01-01`, `updated<2026-02-01`.
fn date_operator(token: &str, zone: &jiff::tz::TimeZone, filter: &mut SearchFilter) -> Option<Operator> {
    ["created", "updated"].into_iter().find_map(|name| {
        let rest = token.strip_prefix(name)?;
        rest.starts_with(['>', '<']).then(|| bounds(name, rest, zone, filter))
    })
}

fn bounds(name: &str, rest: &str, zone: &jiff::tz::TimeZone, filter: &mut SearchFilter) -> Operator {
    let (after, text) = match (rest.strip_prefix('>'), rest.strip_prefix('<')) {
        (Some(text), _) => (true, text),
        (_, Some(text)) => (false, text),
        _ => return Operator::None,
    };
    let Some(at) = start_of_day(text, zone) else {
        return Operator::Bad(format!("'{text}' is no date; write it as 2026-01-31"));
    };
    let bound = match (name, after) {
        ("created", true) => &mut filter.created_after,
        ("created", false) => &mut filter.created_before,
        (_, true) => &mut filter.updated_after,
        (_, false) => &mut filter.updated_before,
    };
    *bound = Some(at);
    Operator::Taken
}

fn start_of_day(text: &str, zone: &jiff::tz::TimeZone) -> Option<Moment> {
    let date: jiff::civil::Date = text.parse().ok()?;
    Some(date.to_zoned(zone.clone()).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> SearchQuery {
        parse(line, &jiff::tz::TimeZone::UTC)
    }

    #[test]
    fn a7_operators_and_words_are_told_apart() {
        let query = read("channel:email label:Refund 退款 -status:resolved created>2026-01-01 \"not arrived\"");
        assert_eq!(query.filter.channel, Some(ChannelKind::Email));
        assert_eq!(query.filter.label.as_deref(), Some("refund"));
        assert_eq!(query.filter.not_status, Some(Status::Resolved));
        assert_eq!(query.filter.created_after, Some(Moment(1_767_225_600_000)));
        assert_eq!(query.filter.words, "退款 \"not arrived\"");
        assert!(query.warnings.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_said_and_searched_as_a_word() {
        let query = read("channel:fax created>yesterday");
        assert_eq!(query.warnings.len(), 2);
        assert!(query.warnings[0].contains("amazon"), "{}", query.warnings[0]);
        assert_eq!(query.filter.words, "channel:fax created>yesterday");
    }

    #[test]
    fn colons_of_ordinary_text_are_no_operators() {
        let query = read("at 10:30 https://shop.test/a");
        assert_eq!(query.filter.words, "at 10:30 https://shop.test/a");
        assert!(query.warnings.is_empty());
    }

    #[test]
    fn quotes_keep_a_store_name_together() {
        assert_eq!(read("store:\"Lumen & Loom\" lamp").filter.store.as_deref(), Some("Lumen & Loom"));
    }

    #[test]
    fn dates_are_meant_in_the_merchants_zone() {
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(parse("updated<2026-01-01", &zone).filter.updated_before, Some(Moment(1_767_196_800_000)));
    }
}
