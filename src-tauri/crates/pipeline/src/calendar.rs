//! Months and dates in sixteen languages: for reading dates in messages and for writing them in replies.
//!
//! The words are folded where they are read (`fold`), and spelled properly where they are written.

use mercator_domain::{language::Language, moment::Moment};

/// The twelve months as they stand after a day's number (genitive where the language has one), January first.
const MONTHS: &[(&str, [&str; 12])] = &[
    ("ar", ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"]),
    ("de", ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]),
    ("en", ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]),
    ("es", ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]),
    ("fr", ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]),
    (
        "it",
        ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
    ),
    ("nl", ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"]),
    (
        "pl",
        [
            "stycznia",
            "lutego",
            "marca",
            "kwietnia",
            "maja",
            "czerwca",
            "lipca",
            "sierpnia",
            "września",
            "października",
            "listopada",
            "grudnia",
        ],
    ),
    ("pt", ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"]),
    ("ru", ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"]),
    ("th", ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"]),
    ("tr", ["Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"]),
];

/// Short forms that people write, folded, with the month's number.
pub const SHORT_MONTHS: &[(&str, u8)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("okt", 10),
    ("dez", 12),
    ("ene", 1),
    ("abr", 4),
    ("ago", 8),
    ("dic", 12),
    ("janv", 1),
    ("fevr", 2),
    ("avr", 4),
    ("juil", 7),
    ("mag", 5),
    ("giu", 6),
    ("lug", 7),
    ("ott", 10),
    ("fev", 2),
    ("mrt", 3),
    ("sty", 1),
    ("lut", 2),
    ("kwi", 4),
    ("cze", 6),
    ("sie", 8),
    ("wrz", 9),
    ("paz", 10),
    ("lis", 11),
    ("gru", 12),
    ("янв", 1),
    ("фев", 2),
    ("апр", 4),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    ("oca", 1),
    ("nis", 4),
    ("haz", 6),
    ("tem", 7),
    ("eyl", 9),
    ("eki", 10),
    ("kas", 11),
];

/// Every month's name with its number, folded.
pub fn month_names() -> impl Iterator<Item = (String, u8)> {
    let long = MONTHS.iter().flat_map(|(_, names)| names.iter().zip(1u8..).map(|(name, n)| (crate::fold::fold(name), n)));
    long.chain(SHORT_MONTHS.iter().map(|(name, n)| ((*name).to_owned(), *n)))
}

/// A moment as a date in words of the language, in the zone of the store.
pub fn date(at: Moment, zone: &str, language: &Language) -> String {
    let date = at.timestamp().to_zoned(time_zone(zone)).date();
    let (year, month, day) = (date.year(), date.month(), date.day());
    let name = MONTHS
        .iter()
        .find(|(code, _)| *code == language.code())
        .and_then(|(_, names)| names.get(usize::try_from(month).unwrap_or(1).saturating_sub(1)))
        .copied();
    match (language.code(), name) {
        ("zh" | "zh-tw" | "ja", _) => format!("{year}年{month}月{day}日"),
        ("ko", _) => format!("{year}년 {month}월 {day}일"),
        ("de", Some(name)) => format!("{day}. {name} {year}"),
        ("es" | "pt", Some(name)) => format!("{day} de {name} de {year}"),
        ("ru", Some(name)) => format!("{day} {name} {year} г."),
        (_, Some(name)) => format!("{day} {name} {year}"),
        (_, None) => format!("{year:04}-{month:02}-{day:02}"),
    }
}

/// A moment as date and time with the zone's distance from UTC, since the buyer may live in another.
pub fn date_time(at: Moment, zone: &str, language: &Language) -> String {
    let zoned = at.timestamp().to_zoned(time_zone(zone));
    let seconds = zoned.offset().seconds();
    let offset = match (seconds / 3600, (seconds % 3600).abs() / 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{hours:+}"),
        (hours, minutes) => format!("UTC{hours:+}:{minutes:02}"),
    };
    format!("{} {} ({offset})", date(at, zone, language), zoned.strftime("%H:%M"))
}

fn time_zone(name: &str) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_language_does() {
        let at: Moment = "2026-11-23T20:30:00Z".parse::<jiff::Timestamp>().unwrap().into();
        let check = |code: &str, zone: &str, expect: &str| {
            assert_eq!(date_time(at, zone, &Language::parse(code).unwrap()), expect, "{code}");
        };
        check("en", "UTC", "23 November 2026 20:30 (UTC)");
        check("de", "Europe/Berlin", "23. November 2026 21:30 (UTC+1)");
        check("zh", "Asia/Shanghai", "2026年11月24日 04:30 (UTC+8)");
        check("es", "UTC", "23 de noviembre de 2026 20:30 (UTC)");
        check("pl", "UTC", "23 listopada 2026 20:30 (UTC)");
        check("sv", "Asia/Kolkata", "2026-11-24 02:00 (UTC+5:30)");
    }
}
