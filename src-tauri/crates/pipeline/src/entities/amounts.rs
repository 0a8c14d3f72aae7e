//! Amounts: money with its currency as written, and numbers of pieces.

use std::sync::LazyLock;

use mercator_domain::entity::EntityKind;
use regex::Regex;

use super::{Found, pattern};

const NUMBER: &str = r"\d{1,3}(?:[.,' \u{a0}]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,3})?";
const SYMBOLS: &str = r"US\$|C\$|A\$|HK\$|NT\$|R\$|€|£|¥|￥|\$|₽|₩|₺|฿|₹|zł";
const CODES: &str = "EUR|USD|GBP|CHF|CNY|RMB|JPY|KRW|PLN|TRY|RUB|THB|BRL|SAR|AED|EGP|CAD|AUD|SEK|DKK|NOK|CZK|HKD|TWD|MXN|INR|SGD";
const WORDS: &str = r"euros?|dollars?|pounds?|yuan|yen|zlot\w{1,4}|złot\w{1,3}|руб(?:л\w{1,3})?|lira|liras?ı?|reais|pesos?|块钱?|元|円|원|บาท|ريال|درهم|جنيه|دولار|يورو";

static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:(?P<s1>{SYMBOLS}|\b(?i:{CODES})\b)\s?(?P<n1>{NUMBER}))|(?:(?-u:\b)(?P<n2>{NUMBER})\s?(?P<s2>{SYMBOLS}|(?i:{CODES})\b|(?i:TL)\b|(?i:{WORDS})))"
    ))
});

static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:(?-u:\b)(?P<n1>[1-9]\d{0,3})\s?(?:x\b|×|pcs\b|pieces?\b|units?\b|items?\b|sets?\b|pairs?\b|stück\b|stk\b|stücke\b|pièces?\b|unités?\b|exemplaires?\b|piezas?\b|unidades?\b|pezzi\b|pezzo\b|stuks?\b|sztuk\w{0,2}\b|szt\b|peças?\b|",
        r"штук\w{0,2}|шт\b|adet\b|tane\b|个|件|只|套|個|双|箱|台|点|つ|枚|개|세트|ชิ้น|อัน|قطع|قطعة|حبة)|\b(?:x|×)\s?(?P<n2>[1-9]\d{0,3})\b|\b(?:qty|quantity|menge|quantité|cantidad|quantità|aantal|ilość|quantidade|количество|数量|數量)\s?[:：]?\s?(?P<n3>[1-9]\d{0,3})\b)"
    ))
});

/// Amounts of money; the value is `CODE amount` where the currency is certain, else symbol and amount as written.
pub(crate) fn money(text: &str) -> Vec<Found> {
    MONEY
        .captures_iter(text)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let symbol = c.name("s1").or(c.name("s2"))?.as_str();
            let number = c.name("n1").or(c.name("n2"))?.as_str();
            let before = text.get(..whole.start()).and_then(|s| s.chars().next_back());
            if before.is_some_and(|b| b.is_ascii_digit() || (b == '.' && c.name("n2").is_some())) {
                return None;
            }
            Some(Found { kind: EntityKind::Money, range: whole.range(), value: format!("{} {}", currency(symbol), plain(number)) })
        })
        .collect()
}

/// The ISO code where sign or word name exactly one currency; `$`, `¥` and the like stay as they are.
fn currency(symbol: &str) -> String {
    let lower = symbol.to_lowercase();
    let code = match lower.as_str() {
        "€" | "euro" | "euros" | "يورو" => "EUR",
        "us$" => "USD",
        "£" => "GBP",
        "c$" => "CAD",
        "a$" => "AUD",
        "hk$" => "HKD",
        "nt$" => "TWD",
        "r$" | "reais" => "BRL",
        "₽" => "RUB",
        "₩" | "원" => "KRW",
        "₺" | "tl" => "TRY",
        "฿" | "บาท" => "THB",
        "₹" => "INR",
        "zł" => "PLN",
        "rmb" | "元" | "块" | "块钱" | "yuan" => "CNY",
        "円" | "yen" => "JPY",
        _ if lower.starts_with("руб") => "RUB",
        _ if lower.starts_with("zlot") || lower.starts_with("złot") => "PLN",
        _ if lower.len() == 3 && lower.is_ascii() => return lower.to_uppercase(),
        _ => return symbol.to_owned(),
    };
    code.to_owned()
}

/// Thousands marks out, decimal comma to point: the last mark with one or two digits behind it is the decimal one.
fn plain(number: &str) -> String {
    let decimal = number.rfind([',', '.']).filter(|at| number.len() - at <= 3);
    number.char_indices().filter_map(|(at, c)| if c.is_ascii_digit() { Some(c) } else { (Some(at) == decimal).then_some('.') }).collect()
}

/// Numbers of pieces.
pub(crate) fn quantities(text: &str) -> Vec<Found> {
    QUANTITY
        .captures_iter(text)
        .filter_map(|c| {
            let number = c.name("n1").or(c.name("n2")).or(c.name("n3"))?;
            Some(Found { kind: EntityKind::Quantity, range: c.get(0)?.range(), value: number.as_str().to_owned() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use mercator_domain::entity::EntityKind::{Money, Quantity};

    #[test]
    fn money_in_many_spellings() {
        let one = |input: &str, value: &str| check(input, &[(Money, value)]);
        one("EUR 19.90", "EUR 19.90");
        one("19,90 €", "EUR 19.90");
        one("$1,299.00", "$ 1299.00");
        one("1.299,50 EUR", "EUR 1299.50");
        one("我付了128元", "CNY 128");
        one("12000円", "JPY 12000");
        one("25 000원", "KRW 25000");
        one("99 zł", "PLN 99");
        one("500 рублей", "RUB 500");
    }

    #[test]
    fn pieces() {
        let one = |input: &str, value: &str| check(input, &[(Quantity, value)]);
        one("I want 3 pieces", "3");
        one("2x lamp", "2");
        one("5 Stück bitte", "5");
        one("要10个", "10");
        one("3 adet", "3");
        check("3 days", &[]);
    }
}
