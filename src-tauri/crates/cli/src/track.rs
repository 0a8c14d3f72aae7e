//! `track`: tracking numbers in texts, by the same rules as the bot's.

use anyhow::Result;
use mercator_pipeline::entities::tracking::{self, CheckDigit, TrackingNumber};
use serde::Serialize;

use crate::{Done, output::Output};

/// One number as it is printed.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line {
    number: String,
    carrier: &'static str,
    check_digit: &'static str,
    /// As written.
    text: String,
    /// Byte offsets into the text given.
    start: usize,
    end: usize,
}

/// Finds numbers; a text that is one number is named whatever its check digit says.
pub fn track(texts: &[String], output: Output) -> Result<Done> {
    let lines: Vec<Line> = texts.iter().flat_map(|text| numbers(text)).collect();
    output.give(&lines, || text(&lines))?;
    Ok(Done::Well)
}

fn numbers(text: &str) -> Vec<Line> {
    let whole = tracking::identify(text.trim()).map(|number| {
        let start = text.len() - text.trim_start().len();
        TrackingNumber { range: start..start + text.trim().len(), ..number }
    });
    let found = whole.map_or_else(|| tracking::find(text), |number| vec![number]);
    found.into_iter().map(|number| line(text, number)).collect()
}

fn line(text: &str, found: TrackingNumber) -> Line {
    let check_digit = match found.check_digit {
        CheckDigit::Valid => "valid",
        CheckDigit::Invalid => "invalid",
        CheckDigit::NotKnown => "not_known",
    };
    Line {
        carrier: found.carrier,
        check_digit,
        text: text.get(found.range.clone()).unwrap_or_default().to_owned(),
        start: found.range.start,
        end: found.range.end,
        number: found.number,
    }
}

fn text(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "No tracking number found.".to_owned();
    }
    let words = |line: &Line| format!("{}  {}  check digit {}", line.number, line.carrier, line.check_digit.replace('_', " "));
    lines.iter().map(words).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_alone_in_groups_and_in_a_sentence() {
        let check = |text: &str, expect: &[(&str, &str, &str)]| {
            let found = numbers(text);
            let found: Vec<(&str, &str, &str)> = found.iter().map(|l| (l.number.as_str(), l.carrier, l.check_digit)).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("RR473124829CN", &[("RR473124829CN", "China Post", "valid")]);
        check(" rr 473 124 829 cn ", &[("RR473124829CN", "China Post", "valid")]);
        check("RR473124820CN", &[("RR473124820CN", "China Post", "invalid")]);
        check("Where is 1Z5R89390357567127? Thanks", &[("1Z5R89390357567127", "UPS", "valid")]);
        check("YT2432112345678901", &[("YT2432112345678901", "YunExpress", "not_known")]);
        check("My order is late", &[]);
    }

    #[test]
    fn offsets_count_in_the_text_given() {
        let text = "Ä: RR473124829CN.";
        let found = numbers(text);
        assert_eq!(text.get(found[0].start..found[0].end), Some("RR473124829CN"));
    }
}
