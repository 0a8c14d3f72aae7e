//! Order numbers: the marketplaces' own shapes, numbers that follow the word for order in sixteen languages, and shapes of shops.

use std::sync::LazyLock;

use mercator_domain::entity::EntityKind;
use regex::Regex;

use super::{Found, alone, pattern};

/// Amazon 123-1234567-1234567 and eBay 12-12345-12345.
static MARKETPLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u:\b)(?:[D\d]\d{2}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5})(?-u:\b)"));

/// The word for order, then at most a few small words, then the number.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:\b(?:order|orders|purchase|bestellung|bestellungen|bestell|bestellnummer|bestellnr|auftrag|auftragsnummer|auftragsnr|commande|commandes|pedido|pedidos|orden|compra|ordine|ordini|",
        r"acquisto|bestelling|bestelnummer|ordernummer|zamówienie|zamówienia|zamówieniu|zamowienie|zamowienia|encomenda|encomendas|siparis|sipariş|siparişim|siparişimin|siparişin|siparişi|siparisim|",
        r"заказ|заказа|заказу|заказе|заказы|заказом)|订单号?|訂單編?號?|订单编号|单号|單號|注文番号|注文|ご注文|オーダー|주문번호|주문|คำสั่งซื้อ(?:หมายเลข)?|ออเดอร์|หมายเลขคำสั่งซื้อ|الطلبية|الطلب|طلبيتي|طلبي|طلب)",
        r"(?:\s?(?:number|numbers|no|nr|num|id|ref|reference|code|nummer|numéro|numero|número|номер|номером|numer|numaram|numarası|numaralı|numara|編號|编号|号码|號碼|番号|번호|หมายเลข|เลขที่|رقم|رقمها|رقمه|",
        r"is|was|ist|lautet|es|est|è|jest|e|mit der|mit|with|the|der|die|von|het|的|是|为|為|は|が|の|은|는|이|ของฉัน|my|n)\b?|[\s\.:：#°º№\-\(（\[,，n]){0,6}?",
        r"(?P<n>#?(?-i:[A-Z]{1,5})?[\-]?\d[\dA-Z]{2,17}(?:-\d{1,8}){0,2})"
    ))
});

/// The number first, then the word (Turkish, Japanese, Korean, Chinese).
static NUMBER_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<n>#?(?-i:[A-Z]{1,4})?-?\d{3,17})\s?(?:numaralı|nolu|no'lu|no’lu|号|號|番|번)\s?(?:的)?(?:の)?\s?(?:sipariş|siparis|订单|訂單|注文|オーダー|주문)",
    )
});

/// `#1234`, `# W1234567`, `№ 123`.
static HASHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[#＃№]\s?(?P<n>(?-i:[A-Z]{1,5})?-?\d[\dA-Z]{2,15}(?:-\d{1,8}){0,2})"));

/// Letters and digits as shop systems make them: W1234567, SO-10023, LL10023.
static SHAPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u:\b)(?:W\d{7}|(?:SO|PO|ORD|INV|LL|WC|SHP|ORDER)-?\d{4,12})(?-u:\b)"));

/// The marketplaces' numbers.
pub(crate) fn marketplace(text: &str) -> Vec<Found> {
    MARKETPLACE.find_iter(text).map(|m| Found { kind: EntityKind::OrderId, range: m.range(), value: m.as_str().to_owned() }).collect()
}

/// Numbers that the text itself calls an order.
pub(crate) fn named(text: &str) -> Vec<Found> {
    NAMED
        .captures_iter(text)
        .chain(NUMBER_FIRST.captures_iter(text))
        .chain(HASHED.captures_iter(text))
        .filter_map(|c| c.name("n"))
        .filter_map(|m| {
            let skip = m.as_str().len() - m.as_str().trim_start_matches(['#', '-']).len();
            let range = m.start() + skip..m.end();
            let value = text.get(range.clone())?.to_owned();
            (alone(text, &range) && is_number(&value) && !continues(text, range.end)).then_some(Found {
                kind: EntityKind::OrderId,
                range,
                value,
            })
        })
        .collect()
}

/// Numbers that only their shape gives away.
pub(crate) fn shaped(text: &str) -> Vec<Found> {
    SHAPED.find_iter(text).map(|m| Found { kind: EntityKind::OrderId, range: m.range(), value: m.as_str().to_owned() }).collect()
}

/// Enough digits, and not a word with a digit in it.
fn is_number(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    // Years are what people name beside the word order most often.
    let year = value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    digits >= 3 && letters <= digits && !year
}

/// What follows makes it a price, a date, a duration or a part of a longer number.
fn continues(text: &str, end: usize) -> bool {
    static UNIT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:[.,/]\d|\s?(?:€|\$|£|%|¥|元|円|원|₽|zł|tl\b|eur\b|usd\b|gbp\b|euros?\b|dollars?\b|days?\b|tage?n?\b|jours?\b|días?\b|giorni\b|dagen\b|dni\b|dias?\b|дн|天|日|일|วัน|gün))",
        )
    });
    text.get(end..).is_some_and(|rest| UNIT.is_match(rest))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use mercator_domain::entity::EntityKind::*;

    #[test]
    fn order_numbers_in_sixteen_languages() {
        let one = |input: &str, number: &str| check(input, &[(OrderId, number)]);
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
        one("주문번호 10023 언제 오나요?", "10023");
        one("คำสั่งซื้อ 10023 อยู่ที่ไหน", "10023");
        one("أين طلبي رقم 10023؟", "10023");
    }

    #[test]
    fn what_only_stands_near_the_word_is_no_number() {
        let none = |input: &str| assert!(super::super::find(input).iter().all(|e| e.kind != OrderId), "{input}");
        none("My order 30 days ago");
        none("I ordered in 2026");
        none("order for 250 EUR");
        none("I bought the A4 paper and order 2 more");
        none("Bestellung 100 Tage her");
    }
}
