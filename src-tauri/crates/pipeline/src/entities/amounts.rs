//! Amounts: money with its currency as written, and numbers of pieces.

use std::sync::LazyLock;

use mercator_domain::entity::EntityKind;
use regex::{Captures, Match, Regex};

use super::{Found, pattern};

/// With thousands marks of any custom (1,299.00 · 1.299,00 · 1 299 · 1'299 · 1,29,900), or plain; Swiss and Dutch round amounts (20.-).
const NUMBER: &str = r"[0-9]{1,3}(?:[.,' ’][0-9]{2,3}){0,5}[.,' ’][0-9]{3}(?:[.,][0-9]{1,2})?|[0-9]{1,9}(?:[.,][0-9]{1,3})?";
/// A round amount, or ten thousands in East Asia.
const AFTER: &str = r"(?:[.,](?:-{1,2}|–))?(?P<TEN> ?[万萬만])?";
const SYMBOLS: &str =
    r"US ?\$|U\$S|CA?\$|AU?\$|NZ\$|HK\$|NT\$|S\$|SG\$|R\$|MX\$|[€£¥￥$₽₩￦₺฿₹₫₴₪﷼]|zł|Kč|Ft|kr\.?|Rp|RM|Fr\.|ر\.س\.?|د\.إ\.?|ج\.م\.?";
const CODES: &str = "EUR|USD|GBP|CHF|CNY|RMB|JPY|KRW|PLN|TRY|RUB|RUR|THB|BRL|SAR|AED|EGP|CAD|AUD|NZD|SEK|DKK|NOK|CZK|HUF|RON|BGN|UAH|ILS|HKD|TWD|SGD|MYR|IDR|VND|PHP|MXN|CLP|COP|ARS|INR|ZAR|KWD|QAR|MAD";
const WORDS: &str = r"euros?|dollars?|dólares|dolares|dollari|dolar[ówy]{0,2}|bucks|pounds?|libras|sterline|yuan|yen|z[lł]ot[a-zóąę]{1,4}|рубл[а-я]{1,3}|руб\.?|долл[а-я]{0,5}|евро|lira(?:s[ıi])?|lirayı|liras|lire|reais|real|pesos?|rupees?|rupias|baht|francs?|franken|kroner|kronor|korun[ay]?|块钱?|人民币|美元|美金|欧元|歐元|英镑|日元|港币|港幣|台幣|台币|元|円|엔|원|달러|유로|บาท|ดอลลาร์|ยูโร|ريال(?: سعودي)?|درهم(?: إماراتي)?|جنيه|دولار|يورو|دينار";

static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    let (after1, after2) = (AFTER.replace("TEN", "t1"), AFTER.replace("TEN", "t2"));
    pattern(&format!(
        r"(?:(?P<s1>{SYMBOLS}|(?-u:\b)(?i-u:{CODES}|TL)) ?(?P<n1>{NUMBER}){after1}(?: ?(?P<c1>(?-u:\b)(?:{CODES})(?-u:\b)))?)|(?:(?-u:\b)(?P<w3>[0-9]{{1,6}})(?P<s3>[€£])(?P<f3>[0-9]{{2}})(?-u:\b))|(?:(?-u:\b)(?P<n2>{NUMBER}){after2} ?(?P<s2>{SYMBOLS}|(?i-u:{CODES}|TL)(?-u:\b)|(?i:{WORDS})))"
    ))
});

static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
    let after = r"x|pcs|pieces?|units?|items?|sets?|pairs?|packs?|boxes|stück|stk|stücke|paar|pièces?|unités?|exemplaires?|piezas?|unidades?|pezzi|pezzo|stuks?|sztuk[a-zię]{0,2}|szt|peças?|штук[а-я]{0,2}|шт|adet|tane";
    let glued = "×|个|件|只|套|個|双|雙|箱|台|点|つ|枚|개|세트|ชิ้น|อัน|قطع|قطعة|حبة|حبات";
    let before = r"qty|quantity|menge|anzahl|quantité|cantidad|quantità|aantal|ilość|quantidade|количество|кол-во|adet sayısı|数量|數量|수량|จำนวน|الكمية";
    pattern(&format!(
        r"(?i)(?-u:\b)(?P<n1>[1-9][0-9]{{0,3}}) ?(?:(?P<word>{after})|{glued})|(?:(?-u:\b)x|×) ?(?P<n2>[1-9][0-9]{{0,3}})(?-u:\b)|(?:{before}) ?[:：.]? ?(?P<n3>[1-9][0-9]{{0,3}})(?-u:\b)"
    ))
});

/// Amounts of money; the value is `CODE amount` where the currency is certain, else sign and amount as written.
pub(crate) fn money(text: &str) -> Vec<Found> {
    MONEY.captures_iter(text).filter_map(|c| amount(text, &c)).collect()
}

fn amount(text: &str, c: &Captures) -> Option<Found> {
    let whole = c.get(0)?;
    let before = text.get(..whole.start()).and_then(|s| s.chars().next_back());
    let leads_with_number = c.name("s1").is_none();
    // A part of a longer number, or of a word: "RM" in "FORM 5".
    if before.is_some_and(|b| b.is_ascii_digit() || (leads_with_number && b == '.') || (!leads_with_number && b.is_ascii_alphabetic())) {
        return None;
    }
    // Codes are capitals where they are glued to the number: cop21 is a name.
    let glued = c.name("s1").zip(c.name("n1")).is_some_and(|(s, n)| s.end() == n.start());
    if glued && c.name("s1").is_some_and(|s| s.as_str().starts_with(|l: char| l.is_ascii_lowercase())) || before == Some('#') {
        return None;
    }
    let symbol = c.name("c1").or(c.name("s1")).or(c.name("s2")).or(c.name("s3"))?;
    if c.name("s2").is_some() && !ends_word(text, symbol) {
        return None;
    }
    let number = match (c.name("w3"), c.name("f3")) {
        (Some(units), Some(cents)) => format!("{}.{}", units.as_str(), cents.as_str()),
        _ => plain(c.name("n1").or(c.name("n2"))?.as_str()),
    };
    let ten_thousands = c.name("t1").or(c.name("t2")).is_some();
    let number = if ten_thousands { times_ten_thousand(&number) } else { number };
    Some(Found { kind: EntityKind::Money, range: whole.range(), value: format!("{} {number}", currency(symbol.as_str())) })
}

/// A word of letters with borders is not the beginning of another: "5 realistic lamps".
fn ends_word(text: &str, symbol: Match) -> bool {
    let last = symbol.as_str().chars().next_back();
    let after = text.get(symbol.end()..).and_then(|t| t.chars().next());
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !crate::tokens::is_unspaced(c) && !crate::tokens::is_hangul(c));
    !(letter(last) && letter(after))
}

/// The ISO code where sign or word name exactly one currency; `$`, `¥` and the like stay as they are.
fn currency(symbol: &str) -> String {
    let lower = symbol.to_lowercase();
    let lower = lower.trim_end_matches('.').replace(' ', "");
    let code = match lower.as_str() {
        "€" | "euro" | "euros" | "евро" | "欧元" | "歐元" | "유로" | "ยูโร" | "يورو" => "EUR",
        "us$" | "u$s" | "美元" | "美金" => "USD",
        "dollar" | "dollars" | "bucks" | "dólares" | "dolares" | "dollari" | "달러" | "ดอลลาร์" | "دولار" => "$",
        "£" | "英镑" | "sterline" => "GBP",
        "c$" | "ca$" => "CAD",
        "a$" | "au$" => "AUD",
        "nz$" => "NZD",
        "s$" | "sg$" => "SGD",
        "mx$" => "MXN",
        "hk$" | "港币" | "港幣" => "HKD",
        "nt$" | "台幣" | "台币" => "TWD",
        "r$" | "reais" | "real" => "BRL",
        "₽" | "руб" | "rur" => "RUB",
        "₩" | "￦" | "원" => "KRW",
        "₺" | "tl" | "lira" | "lirası" | "lirasi" | "lirayı" => "TRY",
        "฿" | "บาท" | "baht" => "THB",
        "₹" | "rupee" | "rupees" | "rupias" => "INR",
        "₫" => "VND",
        "₴" => "UAH",
        "₪" => "ILS",
        "zł" => "PLN",
        "kč" => "CZK",
        "ft" => "HUF",
        "rp" => "IDR",
        "rm" => "MYR",
        "fr" | "franken" => "CHF",
        "ر.س" | "ريالسعودي" => "SAR",
        "د.إ" | "درهمإماراتي" => "AED",
        "ج.م" => "EGP",
        "rmb" | "元" | "块" | "块钱" | "yuan" | "人民币" => "CNY",
        "円" | "yen" | "日元" | "엔" => "JPY",
        _ if lower.starts_with("рубл") => "RUB",
        _ if lower.starts_with("долл") || lower.starts_with("dolar") => "$",
        _ if lower.starts_with("korun") => "CZK",
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

/// 1.5万 is 15000.
fn times_ten_thousand(number: &str) -> String {
    let (units, parts) = number.split_once('.').unwrap_or((number, ""));
    let parts = format!("{parts:0<4}");
    let shifted = format!("{units}{}", parts.get(..4).unwrap_or_default());
    match parts.get(4..).unwrap_or_default().trim_end_matches('0') {
        "" => shifted,
        rest => format!("{shifted}.{rest}"),
    }
}

/// Numbers of pieces.
pub(crate) fn quantities(text: &str) -> Vec<Found> {
    QUANTITY.captures_iter(text).filter_map(|c| quantity(text, &c)).collect()
}

fn quantity(text: &str, c: &Captures) -> Option<Found> {
    /// Hours, months, weeks: 14个小时, 3个月. And the hours of the clock: 5点半.
    const TIMES: &[char] = &['小', '月', '星', '礼', '禮', '钟', '鐘', '半', '前', '后', '後', '左', '多', '开', '開'];
    let (whole, number) = (c.get(0)?, c.name("n1").or(c.name("n2")).or(c.name("n3"))?);
    let behind = text.get(whole.end()..).unwrap_or_default();
    if c.name("word").is_some_and(|word| !ends_word(text, word)) || behind.starts_with(TIMES) {
        return None;
    }
    let mut before = text.get(..whole.start()).unwrap_or_default().chars().rev();
    let part = before.next().is_some_and(|b| matches!(b, '.' | ',' | '#') || b.is_ascii_alphanumeric());
    // Measures: 78 x 60, 7x6. But "2x 100 W" are two.
    let after = if c.name("word").is_some_and(|w| w.end() == number.end() + 1) { behind } else { behind.trim_start() };
    let times = matches!(c.name("word").map(|w| w.as_str()), Some("x" | "X")) || whole.as_str().ends_with('×');
    let measure = (times && after.starts_with(|d: char| d.is_ascii_digit()))
        || (c.name("n2").is_some()
            && text.get(..whole.start()).is_some_and(|t| t.trim_end().ends_with(|d: char| d.is_ascii_digit() || "\"'”″cm".contains(d))));
    (!part && !measure).then(|| Found { kind: EntityKind::Quantity, range: whole.range(), value: number.as_str().to_owned() })
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
        one("19.90€", "EUR 19.90");
        one("19€90", "EUR 19.90");
        one("€ 20,-", "EUR 20");
        one("CHF 20.-", "CHF 20");
        one("20 euros", "EUR 20");
        one("$1,299.00", "$ 1299.00");
        one("US$ 20", "USD 20");
        one("US $20.50", "USD 20.50");
        one("$20 CAD", "CAD 20");
        one("20 USD", "USD 20");
        one("20 dollars", "$ 20");
        one("1.299,50 EUR", "EUR 1299.50");
        one("1.299,00 TL", "TRY 1299.00");
        one("1'299.00 CHF", "CHF 1299.00");
        one("R$ 50", "BRL 50");
        one("₹1,29,900", "INR 129900");
        one("我付了128元", "CNY 128");
        one("299元", "CNY 299");
        one("¥3,000", "¥ 3000");
        one("￥３，０００", "￥ 3000");
        one("12000円", "JPY 12000");
        one("1.5万円", "JPY 15000");
        one("25 000원", "KRW 25000");
        one("₩25,000", "KRW 25000");
        one("3만원", "KRW 30000");
        one("500 บาท", "THB 500");
        one("฿500", "THB 500");
        one("99 zł", "PLN 99");
        one("500 рублей", "RUB 500");
        one("500 руб.", "RUB 500");
        one("٥٠ ريال", "ريال 50");
        one("٥٠٫٢٥ ر.س", "SAR 50.25");
        one("Rp 150.000", "IDR 150000");
    }

    #[test]
    fn a_number_beside_another_word_is_no_money() {
        check("5 realistic lamps", &[]);
        check("FORM 5 and 7", &[]);
        check("version 3.20", &[]);
        check("#cop21", &[]);
    }

    #[test]
    fn pieces() {
        let one = |input: &str, value: &str| check(input, &[(Quantity, value)]);
        one("I want 3 pieces", "3");
        one("2x lamp", "2");
        one("lamp x 2", "2");
        one("5 Stück bitte", "5");
        one("要10个", "10");
        one("数量：10", "10");
        one("٣ قطع", "3");
        one("3 adet", "3");
        check("3 days", &[]);
        check("0.5x zoom", &[]);
        check("5 settings", &[]);
        check("78 x 60 cm", &[]);
        check("7x6", &[]);
        check("等了14个小时", &[]);
        one("2x 100W bulb", "2");
    }
}
