//! How somebody is reached: addresses of mail, links, telephone numbers.

use std::{
    ops::{Range, RangeInclusive},
    sync::LazyLock,
};

use mercator_domain::entity::EntityKind;
use regex::Regex;

use super::{Found, Reading, alone, context::Word, pattern};

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i-u)[a-z0-9][a-z0-9._%+\-]*@[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9][a-z0-9\-]*){0,4}\.[a-z]{2,24}\b"));

/// With a scheme, with www, or a name under a well-known top-level domain. The characters of RFC 3986, so Chinese behind it is not taken.
static URL: LazyLock<Regex> = LazyLock::new(|| {
    let rest = r"[0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%|]";
    let host = r"(?:[0-9A-Za-z][0-9A-Za-z\-]*\.){1,4}";
    pattern(&format!(
        r"(?i-u:\bhttps?)://{rest}+|(?i-u:\bwww\.){rest}+|(?-u:\b){host}(?:(?:{BARE})(?-u:\b)(?:[/?#]{rest}*)?|(?:{WITH_PATH})/{rest}+)"
    ))
});
/// Top-level domains that make a link of a bare name: no word of a language that people forget the space before.
const BARE: &str = "com|net|org|shop|store|info|biz|app|dev|io|eu|online|site|xyz|co\\.uk|com\\.(?:br|cn|tr|mx|au|tw|hk|sg|pl)|co\\.(?:jp|kr|th|in)|de|fr|nl|pl|pt|ru|cn|jp|kr|ch|uk|ca|au";
/// Those that are words as well: only with a path behind.
const WITH_PATH: &str = "es|me|to|ly|it|at|be|gg|us|in|th|tr|br|so|gl|cc|link|page|co|ai|tv|id|my|no|se|dk";

/// From "www.a.de" to what browsers open.
const LINK: RangeInclusive<usize> = 6..=2_048;
/// RFC 5321.
const LONGEST_MAIL: usize = 254;

const SEPARATORS: &str = r"[ .\-/]";
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    let s = SEPARATORS;
    let shapes = [
        // International, with + or 00.
        format!(r"(?:\+ ?|(?-u:\b)00)[1-9]\d{{0,3}}{s}?(?:\(\d{{1,5}}\){s}?)?\d{{1,5}}(?:{s}?\d{{1,5}}){{1,5}}"),
        // The area in brackets, also behind the Russian 8.
        r"(?:(?-u:\b)[78] ?)?\(\d{2,5}\)[ .\-]?\d{2,5}(?:[ .\-]\d{2,5}){1,3}".to_owned(),
        // A national number with its leading zero and groups.
        r"(?-u:\b)0\d{1,4}[ \-/]\d{2,5}(?:[ \-]?\d{2,5}){1,3}(?-u:\b)".to_owned(),
        // North America, Chinese and Korean mobile numbers.
        r"(?-u:\b)\d{3}[.\-]\d{3}[.\-]\d{4}(?-u:\b)|(?-u:\b)1[3-9]\d{9}(?-u:\b)|(?-u:\b)01[0-9]-?\d{3,4}-?\d{4}(?-u:\b)".to_owned(),
    ];
    pattern(&shapes.join("|").replace(r"\d", "[0-9]"))
});
/// A number of any shape, where the text calls it a telephone's.
static ANY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?[0-9][0-9 \-/.()]{5,18}[0-9]"));

/// Addresses of mail and links, with what is punctuation behind them left out.
pub(crate) fn links(text: &str) -> Vec<Found> {
    let mut out = Vec::new();
    if text.contains('@') {
        let mail = EMAIL.find_iter(text).filter(|m| m.len() <= LONGEST_MAIL);
        out.extend(mail.map(|m| Found { kind: EntityKind::Email, range: m.range(), value: m.as_str().to_lowercase() }));
    }
    if text.contains('.') {
        let whole = |range: &Range<usize>| text.get(..range.start).is_none_or(|t| !t.ends_with(['@', '.', '-', '_', '/']));
        for m in URL.find_iter(text).filter(|m| whole(&m.range())) {
            let link = trimmed(m.as_str());
            if !LINK.contains(&link.len()) {
                continue;
            }
            out.push(Found { kind: EntityKind::Url, range: m.start()..m.start() + link.len(), value: link.to_owned() });
        }
    }
    out
}

/// Without the marks that end the sentence; a bracket stays where the link opened it.
fn trimmed(mut link: &str) -> &str {
    loop {
        let Some(last) = link.chars().next_back() else { return link };
        let opened = |open: char, close: char| link.matches(open).count() >= link.matches(close).count();
        let belongs = match last {
            ')' => opened('(', ')'),
            ']' => opened('[', ']'),
            '.' | ',' | ';' | ':' | '!' | '?' | '*' | '_' | '\'' | '|' | '(' | '[' | '~' => false,
            _ => true,
        };
        if belongs {
            return link;
        }
        link = link.get(..link.len() - last.len_utf8()).unwrap_or_default();
    }
}

/// Telephone numbers; what the text calls an order or a parcel is none.
pub(crate) fn phones(reading: &Reading) -> Vec<Found> {
    let value = |s: &str| s.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>();
    // A number with its country has up to fifteen digits, one without up to twelve.
    let plausible = |v: &str| match v {
        _ if v.starts_with('+') => (8..=16).contains(&v.len()),
        _ if v.starts_with("00") => (10..=17).contains(&v.len()),
        _ => (7..=12).contains(&v.len()),
    };
    // The last groups of a longer number are no telephone's.
    let whole = |range: &Range<usize>| {
        let mut before = reading.text.get(..range.start).unwrap_or_default().chars().rev();
        !(matches!(before.next(), Some(' ' | '-')) && before.next().is_some_and(|c| c.is_ascii_digit()))
    };
    let said = ANY.find_iter(reading.text).filter(|m| reading.words.before(m.start()) == Some(Word::Phone));
    let other = [Word::Order, Word::Tracking, Word::Carrier, Word::Either, Word::Sku, Word::Other].map(Some);
    let shaped = PHONE.find_iter(reading.text).filter(|m| m.as_str().starts_with('+') || !other.contains(&reading.words.before(m.start())));
    said.chain(shaped)
        .map(|m| Found { kind: EntityKind::Phone, range: m.range(), value: value(m.as_str()) })
        .filter(|f| plausible(&f.value) && alone(reading.text, &f.range) && whole(&f.range))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use mercator_domain::entity::EntityKind::{self, Email, OrderId, Phone, Url};

    #[test]
    fn addresses_and_links_end_where_they_end() {
        let one = |input: &str, kind: EntityKind, value: &str| check(input, &[(kind, value)]);
        one("Write to Ann.Lee+shop@Mail.Example.co.uk.", Email, "ann.lee+shop@mail.example.co.uk");
        one("发到ann@mail.example吧", Email, "ann@mail.example");
        one("see https://shop.test/a?b=1.", Url, "https://shop.test/a?b=1");
        one("(https://shop.test/lamp_(blue))", Url, "https://shop.test/lamp_(blue)");
        one("链接https://shop.test/a，谢谢", Url, "https://shop.test/a");
        one("リンクはhttps://shop.test/aです", Url, "https://shop.test/a");
        one("Look at www.shop.test/a!", Url, "www.shop.test/a");
        one("it is on shop-example.com/lamps, cheaper", Url, "shop-example.com/lamps");
        one("my site is lumen.shop", Url, "lumen.shop");
        one("t.me/lumen", Url, "t.me/lumen");
        check("I like it.it is good", &[]);
        check("e.g. the lamp.Thanks", &[]);
    }

    #[test]
    fn telephones_of_many_countries() {
        let one = |input: &str, value: &str| check(input, &[(Phone, value)]);
        one("Call +49 30 1234567", "+49301234567");
        one("or (415) 555-2671", "4155552671");
        one("Tel: 030 1234567", "0301234567");
        one("我的手机：13912345678", "13912345678");
        one("전화번호 010-1234-5678 입니다", "01012345678");
        one("携帯は090-1234-5678です", "09012345678");
        one("Мой телефон 8 (912) 345-67-89", "89123456789");
        one("WhatsApp: 5532987654", "5532987654");
        one("رقم هاتفي ٠٥٠١٢٣٤٥٦٧", "0501234567");
    }

    #[test]
    fn an_order_number_is_no_telephone() {
        check("order 010-1234-5678", &[(OrderId, "010-1234-5678")]);
    }
}
