//! Tracking numbers: carrier by shape, and the check digit where the carrier has one.
//!
//! Public so that the command line's `track` reads numbers in the same way as the bot. Shapes and check-digit rules are the
//! carriers' own published ones (UPU S10 and others).

use std::{ops::Range, sync::LazyLock};

use mercator_domain::entity::EntityKind;
use regex::Regex;

use super::{Found, alone, pattern};

/// What the check digit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckDigit {
    /// It fits.
    Valid,
    /// It does not fit: mistyped, or no tracking number.
    Invalid,
    /// The carrier has none, or has not published it.
    NotKnown,
}

/// A tracking number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingNumber {
    /// Upper case, without spaces.
    pub number: String,
    /// Whose.
    pub carrier: &'static str,
    /// What the check digit says.
    pub check_digit: CheckDigit,
    /// Where it stands.
    pub range: Range<usize>,
}

type Checker = fn(&str) -> CheckDigit;

/// A carrier's shape: name, pattern of the compact form, check, whether the shape alone is telling enough without a word beside it.
struct Shape {
    carrier: &'static str,
    compact: Regex,
    check: Checker,
    telling: bool,
}

fn shape(carrier: &'static str, compact: &str, check: Checker, telling: bool) -> Shape {
    Shape { carrier, compact: pattern(&format!("^(?:{compact})$")), check, telling }
}

/// More telling shapes first.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    vec![
        shape("UPS", "1Z[0-9A-Z]{15}[0-9]", ups, true),
        shape("S10 post", "[A-Z]{2}[0-9]{9}[A-Z]{2}", s10, true),
        shape("YunExpress", "YT[0-9]{16}", unknown, true),
        shape("Cainiao", "LP[0-9]{14,18}", unknown, true),
        shape("SF Express", "SF[0-9]{12,15}", unknown, true),
        shape("4PX", "4PX[0-9]{13,16}CN|4PX[0-9]{10,16}", unknown, true),
        shape("Amazon Logistics", "TB[ACM][0-9]{12}", unknown, true),
        shape("DHL Express", "J(?:JD|VGL|[A-Z]D)[0-9]{9,18}", unknown, true),
        shape("DHL eCommerce", "GM[0-9]{14,20}", unknown, true),
        shape("Yanwen", "UE[0-9]{9}YP|YW[0-9]{12,15}", unknown, true),
        shape("JT Express", "JT[0-9]{13}|JMX[0-9]{12}", unknown, true),
        shape("GOFO", "GFUS[0-9]{14}", unknown, true),
        shape("Yodel", "JJ?D[0-9]{16}", unknown, true),
        shape("USPS", "(?:420[0-9]{5}(?:[0-9]{4})?)?9[1-5][0-9]{20}(?:[0-9]{4})?", usps, true),
        shape("LaserShip", "L[AEHINX][1-3][0-9]{7}|1LS7[12][0-9]{10}(?:[0-9]{3})?|1LSCX[0-9A-Z]{10}", unknown, true),
        shape("Landmark Global", "LTN[0-9]{8}N1", unknown, true),
        shape("Spee-Dee", "SP[0-9]{18}", unknown, true),
        shape("Canpar", "[CDKLSUXZ][0-9]{21}", unknown, true),
        shape("OnTrac", "[CD][0-9]{14}", ontrac, false),
        shape("Purolator", "[A-Z]{3}[0-9]{9}", unknown, false),
        shape("FedEx", "[0-8][0-9]{33}|96[0-9]{32}", fedex_34, false),
        shape("FedEx", "3[0-9]{31}", fedex_32, false),
        shape("FedEx", "96[0-9]{20}", |n| alternating(n.get(7..).unwrap_or_default(), 1, 3), false),
        shape("UPS", "[AHJKTV][0-9]{10}", ups, false),
        shape("USPS", "[0-9]{20}", usps_20, false),
        shape("FedEx", "[0-9]{18}", |n| alternating(n.get(2..).unwrap_or_default(), 3, 1), false),
        shape("Canada Post", "[0-9]{16}", |n| alternating(n, 3, 1), false),
        shape("Purolator", "[0-5][0-9]{11}", luhn, false),
        shape("Old Dominion", "(?:77[78]|072|780)[0-9]{8}|80[0-9]{9}", luhn, false),
        shape("FedEx", "[0-9]{12}", fedex_express, false),
        shape("FedEx", "[0-9]{15}", |n| alternating(n, 1, 3), false),
        shape("DPD", "[0-9]{14}[0-9A-Z]", dpd, false),
        shape("DHL Express", "[0-9]{10}", dhl_express, false),
        shape("DHL", "[0-9]{14}", unknown, false),
        shape("DHL Paket", "00340[0-9]{15}", unknown, false),
    ]
});

/// A run of letters and digits that may be spaced in groups, as numbers are printed.
static CANDIDATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u:\b)[0-9A-Za-z]{1,34}(?:[ \-][0-9A-Za-z]{1,6}){0,9}(?-u:\b)"));
static COMPACT: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9A-Za-z]{9,34}"));

/// The word for a parcel number beside a number.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\btracking\b|\btrack(?:\s?&\s?trace)?\b|\bparcel\b|\bpackage\b|\bshipment\b|\bawb\b|\bwaybill\b|sendungsnummer|sendungsnr|sendung|paketnummer|sendungsverfolgung|suivi|colis|seguimiento|rastreo|rastreio|rastreamento|guía|tracciamento|spedizione|",
        r"volgnummer|zendingsnummer|pakket|przesyłk\w*|śledzenia|paczk\w*|трек\w*|отслежив\w*|посылк\w*|takip|kargo|运单号?|快递单?号?|物流单?号?|物流|運單|快遞|追蹤|追踪|追跡番号|伝票番号|お問い合わせ番号|송장|운송장|พัสดุ|التتبع|تتبع|الشحنة)",
        r"[^\n0-9]{0,24}?(?P<n>[0-9A-Za-z]{2,34}(?:[ \-][0-9A-Z]{2,6}){0,9})"
    ))
});

/// Numbers with a telling shape and no wrong check digit, or with a check digit that fits: taken before anything else.
pub(crate) fn checked(text: &str) -> Vec<Found> {
    find(text).into_iter().filter(|t| t.check_digit != CheckDigit::Invalid).map(found).collect()
}

/// Numbers that the text itself calls a parcel's.
pub(crate) fn named(text: &str) -> Vec<Found> {
    NAMED
        .captures_iter(text)
        .filter_map(|c| c.name("n"))
        .filter_map(|m| {
            // The words behind the number are not part of it: the longest leading group that is one wins.
            let mut end = m.len();
            loop {
                let piece = m.as_str().get(..end)?;
                let number = compact(piece);
                let range = m.start()..m.start() + end;
                let digits = number.bytes().filter(u8::is_ascii_digit).count();
                let fits = SHAPES.iter().any(|s| s.compact.is_match(&number))
                    || (digits >= 8 && (9..=34).contains(&number.len()) && !piece.contains(' '));
                if fits && alone(text, &range) {
                    return Some(Found { kind: EntityKind::TrackingNumber, range, value: number });
                }
                end = piece.rfind([' ', '-'])?;
            }
        })
        .collect()
}

/// Numbers with a telling shape whose check digit is wrong: mistyped ones, still better named than lost.
pub(crate) fn unchecked(text: &str) -> Vec<Found> {
    find(text).into_iter().map(found).collect()
}

fn found(t: TrackingNumber) -> Found {
    Found { kind: EntityKind::TrackingNumber, range: t.range, value: t.number }
}

/// The tracking numbers of a text.
pub fn find(text: &str) -> Vec<TrackingNumber> {
    let mut out: Vec<TrackingNumber> = Vec::new();
    let free = |out: &[TrackingNumber], r: &Range<usize>| !out.iter().any(|t| t.range.start < r.end && r.start < t.range.end);
    for m in COMPACT.find_iter(text) {
        if alone(text, &m.range())
            && let Some(number) = recognise(m.as_str(), false)
        {
            out.push(TrackingNumber { range: m.range(), ..number });
        }
    }
    for m in CANDIDATE.find_iter(text) {
        if let Some((length, number)) = grouped(m.as_str()) {
            let range = m.start() + length.start..m.start() + length.end;
            if free(&out, &range) {
                out.push(TrackingNumber { range, ..number });
            }
        }
    }
    out.sort_by_key(|t| t.range.start);
    out
}

/// A number printed in groups inside a run of words: only shapes with a fitting check digit or a telling prefix, so that no sentence becomes one.
fn grouped(run: &str) -> Option<(Range<usize>, TrackingNumber)> {
    let starts: Vec<usize> = std::iter::once(0).chain(run.match_indices([' ', '-']).map(|(i, _)| i + 1)).collect();
    let ends: Vec<usize> = run.match_indices([' ', '-']).map(|(i, _)| i).chain([run.len()]).collect();
    for &start in &starts {
        for &end in ends.iter().rev().filter(|e| **e > start) {
            let piece = run.get(start..end)?;
            let upper = piece.bytes().all(|b| !b.is_ascii_lowercase());
            if piece.contains([' ', '-'])
                && upper
                && let Some(number) = recognise(piece, true)
            {
                return Some((start..end, number));
            }
        }
    }
    None
}

/// The carrier of one number written alone, with or without spaces; `None` when it has no carrier's shape.
///
/// `strict` also refuses shapes that only their check digit tells when it does not fit.
pub fn recognise(written: &str, strict: bool) -> Option<TrackingNumber> {
    let number = compact(written);
    let fits = SHAPES.iter().filter(|s| s.compact.is_match(&number)).map(|s| (s, (s.check)(&number)));
    let best = fits.max_by_key(|(s, check)| match check {
        CheckDigit::Valid => 3,
        CheckDigit::NotKnown if s.telling => 2,
        CheckDigit::Invalid if s.telling && !strict => 1,
        _ => 0,
    })?;
    let (shape, check_digit) = best;
    // Twelve digits fit a check digit by chance once in ten: bare digits count only when it fits.
    let bare = number.bytes().all(|b| b.is_ascii_digit());
    let accepted = match check_digit {
        CheckDigit::Valid => shape.telling || !bare || number.len() >= 12,
        CheckDigit::NotKnown => shape.telling,
        CheckDigit::Invalid => shape.telling && !strict,
    };
    accepted.then(|| TrackingNumber { carrier: named_carrier(shape.carrier, &number), number, check_digit, range: 0..written.len() })
}

/// The carrier of a compact number whatever the text around it, with what its check digit says: for `track`.
pub fn identify(written: &str) -> Option<TrackingNumber> {
    let number = compact(written);
    let fits = SHAPES.iter().filter(|s| s.compact.is_match(&number)).map(|s| (s, (s.check)(&number)));
    let rank = |c: CheckDigit| match c {
        CheckDigit::Valid => 2,
        CheckDigit::NotKnown => 1,
        CheckDigit::Invalid => 0,
    };
    // `max_by_key` keeps the last of equals; the more telling shapes stand first.
    let (shape, check_digit) = fits.rev().max_by_key(|(_, c)| rank(*c))?;
    Some(TrackingNumber { carrier: named_carrier(shape.carrier, &number), number, check_digit, range: 0..written.len() })
}

/// The post of the country in an S10 number.
fn named_carrier(carrier: &'static str, number: &str) -> &'static str {
    if carrier != "S10 post" {
        return carrier;
    }
    match number.get(number.len().saturating_sub(2)..).unwrap_or_default() {
        "CN" => "China Post",
        "DE" => "Deutsche Post",
        "US" => "USPS",
        "GB" => "Royal Mail",
        "FR" => "La Poste",
        "ES" => "Correos",
        "IT" => "Poste Italiane",
        "JP" => "Japan Post",
        "KR" => "Korea Post",
        "NL" => "PostNL",
        "PL" => "Poczta Polska",
        "RU" => "Russian Post",
        "SG" => "Singapore Post",
        "HK" => "Hongkong Post",
        "TW" => "Chunghwa Post",
        "TR" => "PTT",
        "TH" => "Thailand Post",
        "BR" => "Correios",
        "AU" => "Australia Post",
        "CA" => "Canada Post",
        "CH" => "Swiss Post",
        "SE" | "DK" => "PostNord",
        "MY" => "Pos Malaysia",
        _ => "S10 post",
    }
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase()).collect()
}

fn unknown(_: &str) -> CheckDigit {
    CheckDigit::NotKnown
}

fn verdict(fits: bool) -> CheckDigit {
    if fits { CheckDigit::Valid } else { CheckDigit::Invalid }
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// UPU S10: weights 8 6 4 2 3 5 9 7, modulo 11.
fn s10(number: &str) -> CheckDigit {
    let all = digits(number.get(2..11).unwrap_or_default());
    let Some((check, serial)) = all.split_last() else { return CheckDigit::Invalid };
    let sum: u32 = serial.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(d, w)| d * w).sum();
    let expect = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        n => n,
    };
    verdict(*check == expect)
}

/// UPS: letters count (their place + 2) modulo 10; every second one twice; modulo 10. Works after `1Z` or the first letter.
fn ups(number: &str) -> CheckDigit {
    let body = number.strip_prefix("1Z").or_else(|| number.get(1..)).unwrap_or_default();
    let values: Vec<u32> = body.chars().map(|c| c.to_digit(10).unwrap_or_else(|| (u32::from(c) + 7) % 10)).collect();
    let Some((check, serial)) = values.split_last() else { return CheckDigit::Invalid };
    let sum: u32 = serial.iter().enumerate().map(|(i, v)| if i % 2 == 1 { v * 2 } else { *v }).sum();
    verdict((10 - sum % 10) % 10 == *check)
}

/// Modulo 10 with two multipliers from the left, the first for the digits 0, 2, 4 and so on.
fn alternating(number: &str, even: u32, odd: u32) -> CheckDigit {
    let all = digits(number);
    let Some((check, serial)) = all.split_last() else { return CheckDigit::Invalid };
    let sum: u32 = serial.iter().enumerate().map(|(i, d)| d * if i % 2 == 0 { even } else { odd }).sum();
    verdict((10 - sum % 10) % 10 == *check)
}

/// USPS IMpb: three times every second digit from the right, the routing prefix (420 and the ZIP code) left out.
fn usps(number: &str) -> CheckDigit {
    let serial = match number.len() {
        30 | 31 => number.get(number.len() - 22..),
        34 | 35 => number.get(number.len() - 26..),
        _ => Some(number),
    };
    let all = digits(serial.unwrap_or_default());
    let Some((check, rest)) = all.split_last() else { return CheckDigit::Invalid };
    let sum: u32 = rest.iter().rev().enumerate().map(|(i, d)| if i % 2 == 0 { d * 3 } else { *d }).sum();
    verdict((10 - sum % 10) % 10 == *check)
}

/// USPS, twenty digits: as they stand, or with the 91 that older labels leave out.
fn usps_20(number: &str) -> CheckDigit {
    if alternating(number, 3, 1) == CheckDigit::Valid { CheckDigit::Valid } else { alternating(&format!("91{number}"), 3, 1) }
}

/// OnTrac: the letter counts as 4 or 5, every second digit twice.
fn ontrac(number: &str) -> CheckDigit {
    let (letter, rest) = (if number.starts_with('C') { "4" } else { "5" }, number.get(1..).unwrap_or_default());
    alternating(&format!("{letter}{rest}"), 1, 2)
}

/// Luhn: every second digit from the right twice, its digits added.
fn luhn(number: &str) -> CheckDigit {
    let sum: u32 = digits(number).iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
    verdict(sum.is_multiple_of(10))
}

/// FedEx, 34 digits: weights 1 7 3 over the thirteen digits before the last.
fn fedex_34(number: &str) -> CheckDigit {
    let all = digits(number.get(20..).unwrap_or_default());
    let Some((check, serial)) = all.split_last() else { return CheckDigit::Invalid };
    let sum: u32 = serial.iter().zip([1, 7, 3].into_iter().cycle()).map(|(d, w)| d * w).sum();
    verdict(sum % 11 % 10 == *check)
}

/// FedEx ASTRA, 32 digits: the Express number stands inside.
fn fedex_32(number: &str) -> CheckDigit {
    fedex_express(number.get(16..28).unwrap_or_default())
}

/// FedEx Express, twelve digits: weights 3 1 7, modulo 11, then modulo 10.
fn fedex_express(number: &str) -> CheckDigit {
    let all = digits(number);
    let Some((check, serial)) = all.split_last() else { return CheckDigit::Invalid };
    let sum: u32 = serial.iter().zip([3, 1, 7].into_iter().cycle()).map(|(d, w)| d * w).sum();
    verdict(sum % 11 % 10 == *check)
}

/// DHL Express, ten digits: the first nine modulo 7.
fn dhl_express(number: &str) -> CheckDigit {
    let all = digits(number);
    let Some((check, serial)) = all.split_last() else { return CheckDigit::Invalid };
    let value = serial.iter().fold(0u64, |sum, d| sum * 10 + u64::from(*d));
    verdict(value % 7 == u64::from(*check))
}

/// DPD: ISO 7064 modulo 37, 36 over fourteen digits.
fn dpd(number: &str) -> CheckDigit {
    let values: Vec<u32> = number.chars().filter_map(|c| c.to_digit(36)).collect();
    let Some((check, serial)) = values.split_last() else { return CheckDigit::Invalid };
    let carry = serial.iter().fold(36u32, |carry, v| {
        let sum = match (carry + v) % 36 {
            0 => 36,
            n => n,
        };
        (sum * 2) % 37
    });
    verdict((carry + check) % 36 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_and_check_digits() {
        let check = |input: &str, carrier: &str, digit: CheckDigit| {
            let got = identify(input).map(|t| (t.carrier, t.check_digit));
            assert_eq!(got, Some((carrier, digit)), "{input}");
        };
        check("RR123456785CN", "China Post", CheckDigit::Valid);
        check("RR123456789CN", "China Post", CheckDigit::Invalid);
        check("LX 123 456 785 DE", "Deutsche Post", CheckDigit::Valid);
        check("1Z999AA10123456784", "UPS", CheckDigit::Valid);
        check("1Z999AA10123456785", "UPS", CheckDigit::Invalid);
        check("YT2612345678901234", "YunExpress", CheckDigit::NotKnown);
        check("LP00612345678901", "Cainiao", CheckDigit::NotKnown);
        check("SF1234567890123", "SF Express", CheckDigit::NotKnown);
        check("LTN12345678N1", "Landmark Global", CheckDigit::NotKnown);
        assert_eq!(luhn("79927398713"), CheckDigit::Valid);
        assert_eq!(identify("hello"), None);
    }

    #[test]
    fn numbers_in_sentences() {
        let check = |input: &str, expect: &[&str]| {
            let got: Vec<_> =
                super::super::find(input).into_iter().filter(|e| e.kind == EntityKind::TrackingNumber).map(|e| e.value).collect();
            assert_eq!(got, expect, "{input}");
        };
        check("My parcel RR123456785CN is lost", &["RR123456785CN"]);
        check("快递单号YT2612345678901234没有更新", &["YT2612345678901234"]);
        check("tracking 1Z 999 AA1 01 2345 6784 please", &["1Z999AA10123456784"]);
        check("Sendungsnummer 00340434161094012345", &["00340434161094012345"]);
        check("I bought 12 lamps on 12 May", &[]);
        check("Two RR123456785CN and 1Z999AA10123456784", &["RR123456785CN", "1Z999AA10123456784"]);
    }
}
