//! Carriers, check digits and the words around numbers. The numbers are made for these tests: their check digits are worked out.

use super::*;

#[test]
fn carriers_and_check_digits() {
    let check = |input: &str, carrier: &str, digit: CheckDigit| {
        let got = identify(input).and_then(|t| t.carriers.first().map(|c| (c.name, c.check_digit)));
        assert_eq!(got, Some((carrier, digit)), "{input}");
    };
    check("RR123456785CN", "China Post", CheckDigit::Valid);
    check("RR123456789CN", "China Post", CheckDigit::Wrong);
    check("LX 123 456 785 DE", "Deutsche Post", CheckDigit::Valid);
    check("1Z999AA10123456784", "UPS", CheckDigit::Valid);
    check("1Z999AA10123456785", "UPS", CheckDigit::Wrong);
    check("YT2612345678901234", "YunExpress", CheckDigit::None);
    check("LP00612345678901", "Cainiao", CheckDigit::None);
    check("SF1234567890123", "SF Express", CheckDigit::None);
    check("LTN12345678N1", "Landmark Global", CheckDigit::None);
    check("UA123456789YP", "Yanwen", CheckDigit::NotKnown);
    assert_eq!(identify("hello"), None);
    assert_eq!(identify("red 520265848"), None);
}

fn numbers(input: &str) -> Vec<String> {
    let entities = super::super::find(input).into_iter();
    entities.filter(|e| e.kind == EntityKind::TrackingNumber).map(|e| e.value).collect()
}

fn check(input: &str, expect: &[&str]) {
    assert_eq!(numbers(input), expect, "{input}");
}

#[test]
fn numbers_in_sentences_are_found_as_written() {
    check("My parcel RR123456785CN is lost", &["RR123456785CN"]);
    check("快递单号YT2612345678901234没有更新", &["YT2612345678901234"]);
    check("tracking 1Z 999 AA1 01 2345 6784 please", &["1Z 999 AA1 01 2345 6784"]);
    check("Sendungsnummer 00340434161094012345", &["00340434161094012345"]);
    check("Two RR123456785CN and 1Z999AA10123456784", &["RR123456785CN", "1Z999AA10123456784"]);
    check("tracking #YT2612345678901234.", &["YT2612345678901234"]);
    check("parcel 1000-0000-0172 is late", &["1000-0000-0172"]);
    check("1 0 0 0 0 0 0 0 0 1 7 2 has not arrived", &["1 0 0 0 0 0 0 0 0 1 7 2"]);
    check("my number is yt2612345678901234", &["yt2612345678901234"]);
    check("tracking 100000000172 2 weeks ago", &["100000000172"]);
}

#[test]
fn digits_without_a_telling_shape_need_words_about_parcels() {
    // Ten digits of DHL Express: 123456789 modulo 7 is 1.
    let number = "1234567891";
    for words in [
        "My parcel has not arrived: {}",
        "Mein Paket {} ist nicht da",
        "Où est mon colis {} ?",
        "¿Dónde está mi paquete {}?",
        "Dov'è il mio pacco {}?",
        "Waar is mijn pakket {}?",
        "Gdzie jest moja paczka {}?",
        "Onde está o pacote {}?",
        "Где посылка {}?",
        "{} numaralı kargom nerede?",
        "أين الشحنة {}؟",
        "พัสดุ {} อยู่ที่ไหน",
        "荷物{}はどこですか",
        "택배 {} 언제 와요?",
        "包裹{}到哪了",
        "包裹{}沒有更新",
    ] {
        check(&words.replace("{}", number), &[number]);
    }
    check("I counted 1234567891 stars", &[]);
    check("1234567891", &[]);
    // Fourteen digits have no check digit at all.
    check("parcel 12345678901234", &["12345678901234"]);
    check("I counted 12345678901234 stars", &[]);
}

#[test]
fn what_the_text_calls_something_else_is_no_parcel() {
    check("my parcel is late, call me at 1234567891", &[]);
    check("order 100000000172 has not arrived", &[]);
    check("the invoice 100000000172 for my parcel", &[]);
    check("card 1000000000000008 for the parcel", &[]);
    check("item no. KYV123456789", &[]);
    check("write to 100000000172@mail.example about the parcel", &[]);
    check("The parcel cost 100000000172.50 USD", &[]);
    check("parcel, my phone is +100000000172", &[]);
    check("the parcel with 550e8400-e29b-41d4-a716-100000000172", &[]);
    check("I bought 12 lamps on 12 May for my parcel", &[]);
}

#[test]
fn a_wrong_check_digit_is_said_and_never_passed_over() {
    let check = |input: &str, expect: &[(&str, CheckDigit)]| {
        let found = find(input);
        let found: Vec<_> = found.iter().flat_map(|n| n.carriers.iter().map(|c| (c.name, c.check_digit))).collect();
        assert_eq!(found, expect, "{input}");
    };
    check("where is RR123456786CN", &[("China Post", CheckDigit::Wrong)]);
    check("UPS 1Z999AA10123456785", &[("UPS", CheckDigit::Wrong)]);
    check("my FedEx number is 100000000173", &[("FedEx", CheckDigit::Wrong), ("Purolator", CheckDigit::Wrong)]);
    check("I counted 100000000173 stars", &[]);
    check("tracking 9400100000000000000001", &[("USPS", CheckDigit::Wrong)]);
}

#[test]
fn the_carrier_that_the_text_names_stands_first() {
    let first = |input: &str| find(input).first().and_then(|n| n.carriers.first()).map(|c| c.name);
    assert_eq!(first("my parcel 100000000172"), Some("FedEx"));
    assert_eq!(first("my Purolator parcel 100000000172"), Some("Purolator"));
    // 12345678901 modulo 7 is 3.
    assert_eq!(first("ヤマトの荷物 123456789013"), Some("Yamato"));
    assert_eq!(find("ヤマトの荷物 123456789013").first().map(TrackingNumber::check_digit), Some(CheckDigit::Valid));
}
