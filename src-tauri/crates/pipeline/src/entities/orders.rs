//! Order numbers: the marketplaces' own shapes, the merchant's own, numbers that the text calls an order in sixteen languages, and
//! shapes of shop systems.

use std::{ops::Range, sync::LazyLock};

use mercator_domain::entity::EntityKind;
use regex::{Match, Regex};

use super::{Found, OwnNumbers, Reading, alone, context::Word, own::OwnFit, pattern};

/// Amazon 123-1234567-1234567, eBay 12-12345-12345, Walmart 1234567-12345678, Temu PO-123-12345678901234567, Rakuten
/// 123456-20260101-1234567890, Ozon 12345678-0123-1.
static MARKETPLACE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?:[D0-9][0-9]{2}-[0-9]{7}-[0-9]{7}|[0-9]{2}-[0-9]{5}-[0-9]{5}|[0-9]{7}-[0-9]{8}|PO-[0-9]{3}-[0-9]{17}|[0-9]{6}-20[0-9]{6}-[0-9]{10}|[0-9]{8,10}-[0-9]{4}-[0-9]{1,2})(?-u:\b)",
    )
});

/// Letters and digits as shop systems make them: W1234567, SO-10023, LL10023.
static SHAPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u:\b)(?:W[0-9]{7}|(?:SO|PO|ORD|INV|LL|WC|SHP|ORDER)-?[0-9]{4,12})(?-u:\b)"));

/// A word of letters and digits with hyphens or underscores inside.
static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9A-Za-z](?:[\-_]?[0-9A-Za-z]){2,39}"));
/// The same with points and slashes, as items have them.
static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9A-Za-z](?:[\-_/.]?[0-9A-Za-z]){2,39}"));
/// Letters, a space, digits: "LL 10023" where the shop writes LL-10023.
static SPACED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[A-Za-z]{1,6} [0-9]{2,17}"));

/// Near words about orders and parcels, in bytes before and behind: the sentence around a bare number.
const BESIDE: (usize, usize) = (60, 30);

/// Words with a digit in them that may be a number of an order or, `with` points and slashes, of an item.
pub(super) fn codes(text: &str, with_points: bool) -> impl Iterator<Item = Match<'_>> {
    let expression = if with_points { &ITEM } else { &CODE };
    expression.find_iter(text).filter(|m| m.as_str().bytes().any(|b| b.is_ascii_digit()))
}

fn order(text: &str, range: Range<usize>) -> Found {
    let value = text.get(range.clone()).unwrap_or_default().to_owned();
    Found { kind: EntityKind::OrderId, range, value }
}

/// The marketplaces' numbers.
pub(crate) fn marketplace(text: &str) -> Vec<Found> {
    MARKETPLACE.find_iter(text).filter(|m| alone(text, &m.range())).map(|m| order(text, m.range())).collect()
}

/// The merchant's own numbers that nothing else looks like, unless the text calls them something else.
pub(crate) fn own_lettered(reading: &Reading, own: &OwnNumbers) -> Vec<Found> {
    if own.orders.is_empty() {
        return Vec::new();
    }
    let other = [Word::Tracking, Word::Carrier, Word::Phone, Word::Sku, Word::Other].map(Some);
    let candidates = codes(reading.text, true).chain(SPACED.find_iter(reading.text));
    candidates
        .filter(|m| own.orders.fit(m.as_str()) == Some(OwnFit::Strong) && alone(reading.text, &m.range()))
        .filter(|m| !other.contains(&reading.words.label(&m.range())))
        .map(|m| order(reading.text, m.range()))
        .collect()
}

/// The merchant's own numbers of a few digits: only in a sentence about an order or a parcel, or as the whole message.
pub(crate) fn own_digits(reading: &Reading, own: &OwnNumbers) -> Vec<Found> {
    if own.orders.is_empty() {
        return Vec::new();
    }
    let text = reading.text;
    let about = [Word::Order, Word::Either, Word::Parcel, Word::Tracking];
    let whole = |m: &Match| text.trim().trim_start_matches('#').trim_end_matches(['.', '!']).trim() == m.as_str();
    codes(text, false)
        .filter(|m| own.orders.fit(m.as_str()) == Some(OwnFit::Weak) && alone(text, &m.range()))
        .filter(|m| whole(m) || (is_number(m.as_str()) && !continues(text, m.end()) && !in_address(text, &m.range())))
        .filter(|m| whole(m) || !matches!(reading.words.label(&m.range()), Some(Word::Phone | Word::Sku | Word::Other)))
        .filter(|m| whole(m) || reading.words.near_within(&m.range(), &about, BESIDE))
        .map(|m| order(text, m.range()))
        .collect()
}

/// A postcode before its town ("10115 Berlin"), a price or a decimal behind a mark.
fn in_address(text: &str, range: &Range<usize>) -> bool {
    let behind = text.get(range.end..).unwrap_or_default();
    let town = behind.strip_prefix(' ').is_some_and(|t| t.starts_with(char::is_uppercase));
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    town || before.is_some_and(|c| matches!(c, '.' | ',' | '$' | '€' | '£' | '¥' | '+' | '/' | ':'))
}

/// Numbers that the text itself calls an order, and numbers behind a sign for number.
pub(crate) fn named(reading: &Reading) -> Vec<Found> {
    let text = reading.text;
    let mut out: Vec<Found> = Vec::new();
    let mut last: Option<usize> = None;
    for m in codes(text, false) {
        let range = m.range();
        if !alone(text, &range) || !is_number(m.as_str()) || continues(text, range.end) {
            continue;
        }
        let label = reading.words.label(&range);
        let signed = text.get(..range.start).is_some_and(|t| t.trim_end_matches(' ').ends_with('#'));
        let listed = last.is_some_and(|end| text.get(end..range.start).is_some_and(joins));
        let ordered = match label {
            Some(Word::Order | Word::Either) => m.len() > 3 || signed || numbered(text, range.start),
            Some(Word::Tracking | Word::Carrier | Word::Phone | Word::Sku | Word::Other) => false,
            _ => listed || (signed && is_no_tag(m.as_str())),
        };
        if ordered {
            last = Some(range.end);
            out.push(order(text, range));
        }
    }
    out
}

/// "purchase of 150" is a price and "order 100 more" an amount: three digits need a word or a sign for number before them.
fn numbered(text: &str, start: usize) -> bool {
    const SIGNS: &[&str] = &[
        "number",
        "no",
        "no.",
        "nr",
        "nr.",
        "num",
        "id",
        ":",
        "：",
        "№",
        "n°",
        "nº",
        "n.",
        "nummer",
        "numéro",
        "numero",
        "número",
        "numer",
        "номер",
        "numarası",
        "numaram",
        "no'lu",
        "号",
        "號",
        "编号",
        "編號",
        "号码",
        "號碼",
        "番号",
        "번호",
        "หมายเลข",
        "เลขที่",
        "رقم",
        "is",
        "ist",
        "est",
        "es",
        "è",
        "是",
    ];
    let before = text.get(..start).unwrap_or_default().trim_end().to_lowercase();
    SIGNS.iter().any(|sign| before.ends_with(sign))
}

/// Behind a `#` alone: digits, or a prefix of capitals; #RWC2023 and #ufc194 are names of topics.
fn is_no_tag(code: &str) -> bool {
    let letters = code.bytes().filter(u8::is_ascii_alphabetic).count();
    let prefix = code.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = code.get(prefix..).unwrap_or_default().trim_start_matches('-');
    letters == 0 || (letters == prefix && prefix <= 3 && digits.len() >= 4 && !(digits.len() == 4 && digits.starts_with("20")))
}

/// What stands between two numbers of a list: orders 10023, 10024 and 10025.
fn joins(between: &str) -> bool {
    const WORDS: &[&str] = &[
        ",",
        "/",
        "&",
        "+",
        ";",
        "and",
        "und",
        "et",
        "y",
        "e",
        "en",
        "i",
        "и",
        "ve",
        "و",
        "和",
        "与",
        "、",
        "と",
        "및",
        "และ",
        "or",
        "oder",
        "ou",
    ];
    let word = between.trim().trim_start_matches([',', ' ']).trim_end_matches('#').trim();
    between.len() <= 12 && (WORDS.contains(&word) || (word.is_empty() && between.contains([',', '/'])))
}

/// Numbers that only their shape gives away.
pub(crate) fn shaped(reading: &Reading) -> Vec<Found> {
    let text = reading.text;
    let other = [Word::Tracking, Word::Carrier, Word::Phone, Word::Sku, Word::Other].map(Some);
    let alone = SHAPED.find_iter(text).filter(|m| alone(text, &m.range()));
    alone.filter(|m| !other.contains(&reading.words.label(&m.range()))).map(|m| order(text, m.range())).collect()
}

/// Enough digits, and not a word with a digit in it.
fn is_number(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let small = value.bytes().any(|b| b.is_ascii_lowercase());
    // Years are what people name beside the word order most often.
    let year = value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    // "3-4 days": the longest group counts.
    let group = value.split(['-', '_']).any(|part| part.bytes().filter(u8::is_ascii_digit).count() >= 3) || letters > 0;
    // Random numbers of capitals and digits have more letters than numbers with a prefix.
    digits >= 3 && group && (letters <= digits || (!small && value.len() >= 8 && letters <= 2 * digits)) && !year
}

/// What follows makes it a price, a date, a duration or a part of a longer number.
pub(super) fn continues(text: &str, end: usize) -> bool {
    static UNIT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:[.,/][0-9]|\s?(?:€|\$|£|%|¥|元|円|원|₽|₺|zł|(?i:tl|eur|usd|gbp|cny|rmb|euros?|dollars?|yuan|yen|days?|weeks?|hours?|minutes?|months?|years?|pcs|pieces|items|units|cm|mm|kg|g|ml|w|v|watts?|volts?|km|m|tage?n?|wochen?|stunden|stück|jours?|heures?|semaines?|días?|horas?|semanas?|giorni|ore|dagen|uur|weken|dni|godzin|dias?|gün|saat|hafta)(?-u:\b)|дн|час|недел|руб|шт|天|日|个|件|小时|時間|일|개|วัน|ชิ้น|أيام|يوم|ساعة))",
        )
    });
    text.get(end..).is_some_and(|rest| UNIT.is_match(rest))
}

#[cfg(test)]
mod tests {
    use super::super::{OwnNumbers, find, find_with, tests::check};
    use mercator_domain::entity::EntityKind::*;

    fn orders(input: &str, own: &OwnNumbers) -> Vec<String> {
        find_with(input, own).into_iter().filter(|e| e.kind == OrderId).map(|e| e.value).collect()
    }

    #[test]
    fn e2_order_numbers_in_sixteen_languages() {
        let one = |input: &str, number: &str| assert_eq!(orders(input, &OwnNumbers::default()), [number], "{input}");
        one("Where is my order #1234?", "1234");
        one("Order number: W2378156", "W2378156");
        one("my order 10023 please", "10023");
        one("My order is 10023", "10023");
        one("Amazon 302-1234567-7654321", "302-1234567-7654321");
        one("Wo bleibt meine Bestellung Nr. 10023?", "10023");
        one("Bestellnummer 10023", "10023");
        one("Où est ma commande n° 10023 ?", "10023");
        one("¿Dónde está mi pedido número 10023?", "10023");
        one("Dov'è il mio ordine n. 10023?", "10023");
        one("Waar is mijn bestelling 10023?", "10023");
        one("Gdzie jest moje zamówienie nr 10023?", "10023");
        one("Onde está a minha encomenda 10023?", "10023");
        one("Где мой заказ № 10023?", "10023");
        one("10023 numaralı siparişim nerede?", "10023");
        one("我的订单10023到哪了？", "10023");
        one("訂單編號：10023", "10023");
        one("注文番号10023はいつ届きますか", "10023");
        one("10023番の注文はどこですか", "10023");
        one("주문번호 10023 언제 오나요?", "10023");
        one("คำสั่งซื้อ 10023 อยู่ที่ไหน", "10023");
        one("أين طلبي رقم 10023؟", "10023");
        one("أين طلبي رقم ١٠٠٢٣؟", "10023");
    }

    #[test]
    fn lists_and_marketplaces() {
        let check = |input: &str, numbers: &[&str]| assert_eq!(orders(input, &OwnNumbers::default()), numbers, "{input}");
        check("orders #10023, #10024 and 10025", &["10023", "10024", "10025"]);
        check("eBay order 12-12345-12345", &["12-12345-12345"]);
        check("PO-211-01234567890123456", &["PO-211-01234567890123456"]);
        check("my AliExpress order 8123456789012345", &["8123456789012345"]);
        check("TikTok order ID: 576461234567890123", &["576461234567890123"]);
        check("order GSH9K2L4M0", &["GSH9K2L4M0"]);
        check("order no. 555 and #W1234567", &["555", "W1234567"]);
    }

    #[test]
    fn what_only_stands_near_the_word_is_no_number() {
        let none = |input: &str| assert!(find(input).iter().all(|e| e.kind != OrderId), "{input}");
        none("My order 30 days ago");
        none("I ordered in 2026");
        none("order for 250 EUR");
        none("I bought the A4 paper and order 2 more");
        none("Bestellung 100 Tage her");
        none("The order takes 10-15 days");
        none("Invoice number 10023");
        none("call 5551234");
        none("a purchase of 150 and it shows 200");
        none("#RWC2023 and #ufc194");
        none("школа № 118");
    }

    #[test]
    fn e2_the_shops_own_numbers_need_no_word() {
        let own = OwnNumbers::learn(["LL-10023", "LL-10024"], []);
        let check = |input: &str, numbers: &[&str]| assert_eq!(orders(input, &own), numbers, "{input}");
        check("LL-10500 has not come", &["LL-10500"]);
        check("what about ll 10500?", &["ll 10500"]);
        check("tracking number LL-10500", &[]);
        check("item 10500", &[]);
    }

    #[test]
    fn e2_the_shops_own_digits_need_the_sentence() {
        let own = OwnNumbers::learn(["10023", "10480"], []);
        let check = |input: &str, numbers: &[&str]| assert_eq!(orders(input, &own), numbers, "{input}");
        check("10112", &["10112"]);
        check("Has 10112 been shipped?", &["10112"]);
        check("I live in 10115 Berlin, where is my parcel?", &[]);
        check("I have 10112 books", &[]);
        check("99999 has not been shipped", &[]);
    }

    #[test]
    fn a_parcel_number_beside_the_word_for_order_stays_one() {
        check("order 10023, YT2612345678901234", &[(OrderId, "10023"), (TrackingNumber, "YT2612345678901234")]);
    }
}
