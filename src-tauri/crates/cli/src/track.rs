//! `track`: tracking numbers in texts, by the same rules as the bot's.

use anyhow::Result;
use mercator_pipeline::entities::tracking::{self, Carrier, CheckDigit, TrackingNumber};
use serde::Serialize;

use crate::{Done, output::Output};

/// One number as it is printed.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line {
    /// In capitals, without spaces and hyphens.
    number: String,
    /// The likeliest carrier's name; empty when only the text calls it a parcel's number.
    carrier: &'static str,
    check_digit: &'static str,
    /// All carriers that may have given it, the likeliest first.
    carriers: Vec<Possible>,
    /// As written.
    text: String,
    /// Byte offsets into the text given.
    start: usize,
    end: usize,
}

/// A carrier that may have given the number.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Possible {
    code: &'static str,
    name: &'static str,
    kind: &'static str,
    check_digit: &'static str,
}

/// Finds numbers; a text that is one number is named whatever its check digit says.
pub fn track(texts: &[String], output: Output) -> Result<Done> {
    let lines: Vec<Line> = texts.iter().flat_map(|text| numbers(text)).collect();
    output.give(&lines, || text(&lines))?;
    Ok(Done::Well)
}

fn numbers(text: &str) -> Vec<Line> {
    let found = tracking::identify(text).map_or_else(|| tracking::find(text), |number| vec![number]);
    found.into_iter().map(|number| line(text, number)).collect()
}

fn line(text: &str, found: TrackingNumber) -> Line {
    let check_digit = word(found.check_digit());
    let carriers: Vec<Possible> = found.carriers.iter().map(possible).collect();
    Line {
        carrier: carriers.first().map_or("", |first| first.name),
        check_digit,
        carriers,
        text: text.get(found.range.clone()).unwrap_or_default().to_owned(),
        start: found.range.start,
        end: found.range.end,
        number: found.number,
    }
}

fn possible(carrier: &Carrier) -> Possible {
    Possible { code: carrier.code, name: carrier.name, kind: carrier.kind, check_digit: word(carrier.check_digit) }
}

/// `none`: this kind of number has no check digit. `not_known`: the carrier has not published its rule, or is not known itself.
const fn word(check_digit: CheckDigit) -> &'static str {
    match check_digit {
        CheckDigit::Valid => "valid",
        CheckDigit::Wrong => "wrong",
        CheckDigit::None => "none",
        CheckDigit::NotKnown => "not_known",
    }
}

fn text(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "No tracking number found.".to_owned();
    }
    lines.iter().map(words).collect::<Vec<_>>().join("\n")
}

/// `RB473124829GB  Royal Mail  check digit valid`, with the other carriers that are possible.
fn words(line: &Line) -> String {
    let names: Vec<&str> = line.carriers.iter().map(|carrier| carrier.name).collect();
    let names = if names.is_empty() { "carrier not known".to_owned() } else { names.join(" or ") };
    format!("{}  {names}  check digit {}", line.number, line.check_digit.replace('_', " "))
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
        check("RR473124820CN", &[("RR473124820CN", "China Post", "wrong")]);
        check("Where is 1Z999AA10123456784? Thanks", &[("1Z999AA10123456784", "UPS", "valid")]);
        check("Where is 1Z999AA10123456785? Thanks", &[("1Z999AA10123456785", "UPS", "wrong")]);
        check("YT2432112345678901", &[("YT2432112345678901", "YunExpress", "none")]);
        check("UG432112345YP", &[("UG432112345YP", "Yanwen", "not_known")]);
        check("My tracking number is 4711-471147", &[("4711471147", "DHL", "wrong")]);
        check("My tracking number is 4711471147114711471", &[("4711471147114711471", "", "not_known")]);
        check("My order is late", &[]);
    }

    #[test]
    fn several_carriers_may_share_a_number() {
        // Worked out: twelve digits that fit FedEx (weights 3 1 7) and Purolator (Luhn) alike.
        let found = numbers("100000000172");
        let codes: Vec<_> = found.iter().flat_map(|l| l.carriers.iter().map(|c| (c.code, c.check_digit))).collect();
        assert_eq!(codes, [("fedex", "valid"), ("purolator", "valid")]);
        assert_eq!(text(&found), "100000000172  FedEx or Purolator  check digit valid");
    }

    #[test]
    fn offsets_count_in_the_text_given() {
        let text = "Ä: RR473124829CN.";
        let found = numbers(text);
        assert_eq!(text.get(found[0].start..found[0].end), Some("RR473124829CN"));
    }
}
