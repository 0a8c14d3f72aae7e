//! Numbers as text: the little of a locale that charts and tiles need. Patterns come from the labels, so each language has its own.

use mercator_domain::{
    moment::{DAY_MS, Moment},
    money::{Currency, Money},
};

use crate::{figures::Unit, labels::Labels};

/// A number in its unit; a dash where there is none.
pub fn show(labels: &Labels<'_>, unit: Unit, currency: Option<Currency>, value: Option<f64>) -> String {
    let Some(value) = value.filter(|v| v.is_finite()) else { return "–".to_owned() };
    match unit {
        // Half away from zero, as people round; `{:.1}` alone would round 56.25 to 56.2.
        Unit::Percent => labels.fill("format.percent", &[("n", &format!("{:.1}", (value * 10.0).round() / 10.0))]),
        Unit::Count => grouped(value.round() as i64),
        Unit::Score => format!("{value:.2}"),
        Unit::Days => labels.fill("format.days", &[("n", &grouped(value.round() as i64))]),
        Unit::DurationMs => duration(labels, value.round() as i64),
        Unit::Money => currency.map_or_else(
            || grouped(value.round() as i64),
            |currency| {
                let amount = Money::new(value.round() as i64, currency).amount();
                let (whole, fraction) = amount.split_once('.').map_or((amount.as_str(), None), |(w, f)| (w, Some(f)));
                let whole = separate(whole);
                format!("{whole}{} {currency}", fraction.map(|f| format!(".{f}")).unwrap_or_default())
            },
        ),
    }
}

/// Thousands parted by commas, as both English and Chinese do.
pub fn grouped(value: i64) -> String {
    separate(&value.to_string())
}

fn separate(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The two largest units of a span: `2 d 3 h`, `2 h 10 min`, `45 s`.
pub fn duration(labels: &Labels<'_>, ms: i64) -> String {
    let seconds = (ms.max(0) + 500) / 1000;
    let minutes = seconds / 60;
    let two = |key: &str, large: i64, small: i64| labels.fill(key, &[("a", &large.to_string()), ("b", &small.to_string())]);
    match seconds {
        0..60 => labels.fill("format.seconds", &[("a", &seconds.to_string())]),
        60..3600 => labels.fill("format.minutes", &[("a", &minutes.to_string())]),
        3600..86_400 => two("format.hours_minutes", minutes / 60, minutes % 60),
        _ => two("format.days_hours", minutes / 1440, minutes / 60 % 24),
    }
}

/// A day of a roll-up as `2026-11-23`.
pub fn day(day: i64) -> String {
    Moment(day.saturating_mul(DAY_MS)).timestamp().strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_each_unit() {
        let labels = Labels::english();
        let check = |unit, value: f64, expect: &str| assert_eq!(show(&labels, unit, Currency::parse("EUR").ok(), Some(value)), expect);
        check(Unit::Percent, 66.66, "66.7%");
        check(Unit::Percent, 56.25, "56.3%");
        check(Unit::Count, 1_234_567.0, "1,234,567");
        check(Unit::Count, -1000.0, "-1,000");
        check(Unit::Score, 4.256, "4.26");
        check(Unit::Money, 123_456.0, "1,234.56 EUR");
        check(Unit::DurationMs, 45_000.0, "45 s");
        check(Unit::DurationMs, 600_000.0, "10 min");
        check(Unit::DurationMs, 7_800_000.0, "2 h 10 min");
        check(Unit::DurationMs, 183_600_000.0, "2 d 3 h");
        assert_eq!(show(&labels, Unit::Percent, None, None), "–");
        assert_eq!(show(&labels, Unit::Percent, None, Some(f64::NAN)), "–");
        assert_eq!(duration(&Labels::chinese(), 7_800_000), "2小时10分");
        assert_eq!(day(0), "1970-01-01");
    }
}
