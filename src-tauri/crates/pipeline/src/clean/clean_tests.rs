//! Cleaning by examples: whole mails and what of them is visible. Quotes in the languages of the world: `language_tests`.

use proptest::prelude::*;

use super::*;

fn visible(text: &str) -> String {
    part(text).cleaned.visible
}

#[track_caller]
fn check(input: &str, expect: &str) {
    assert_eq!(visible(input), expect, "{input}");
}

/// What of a mail is the writer's own, without the quotes that are shown between answers.
#[track_caller]
fn check_own(input: &str, expect: &str) {
    let parted = part(input);
    assert_eq!(parted.own_words().len(), parted.cleaned.visible.len(), "every byte keeps its place");
    let words: Vec<&str> = parted.own_words().split_whitespace().collect();
    assert_eq!(words.join(" "), expect, "{input}");
}

#[test]
fn heading_blocks_and_separators() {
    check("已付款。\n\n发件人: 小店\n发送时间: 2026年11月3日\n收件人: 我\n主题: 订单\n\n旧文", "已付款。");
    check("Merci.\n\n-----Message d'origine-----\nDe : x", "Merci.");
    check("Thanks.\n\n-----Original Message-----\nFrom: x", "Thanks.");
    check("Thanks.\n\n*From:* Shop <a@b.test>\n*Sent:* Monday\n*To:* me\n*Subject:* Re\n\nOld.", "Thanks.");
    check(
        "Thanks.\n\nFrom: A very long name of a shop\n<a@b.test>\nSent: Monday\nTo: me\nSubject: a subject that\nis wrapped\n\nOld.",
        "Thanks.",
    );
    check("Thanks.\n____________________\nFrom: Shop\nSent: Monday\n\nOld.", "Thanks.");
    check("Thanks.\n\nDate: Mon, 3 Nov 2026\nSubject: Re\nFrom: a@b.test\nTo: c@d.test\n\nOld.", "Thanks.");
    check("Danke.\n\n---- Unbekannte Worte ----\nVon: Shop <a@b.test>\nAn: Ich\n\nAlt.", "Danke.");
    check("Yes.\n\n##- Please type your reply above this line -##\n\nTicket 12 was changed.", "Yes.");
}

#[test]
fn what_only_looks_like_headings_is_kept() {
    for text in [
        "From: my point of view it is fine.\nTo me at least.",
        "My parcel:\nFrom: Berlin\nTo: Paris\nDate: 3 May",
        "Name: Ann\nDate: 3 May 2026\nSubject: a red lamp",
        "I wrote to these: a@b.test and c@d.test",
        "------ Price list ------\nLamp: 12 euros",
        "Hello,\n\nhere is my list:\n----\nLamp: it does not work at all.\nCable: it is too short for me.",
    ] {
        check(text, text);
    }
}

#[test]
fn signatures_devices_and_disclaimers() {
    check("Where is it?\n-- \nAnn Example\n+49 30 1234567", "Where is it?");
    check("Where is it?\n\n—\nAnn Example\nLamps & Co", "Where is it?");
    check("Where is it?\n\nSent from my iPhone", "Where is it?");
    check("Sent from my iPhone\n\nOn Mon, 3 Nov 2026 at 10:02, Shop <a@b.test> wrote:\n\nShall we?", "");
    check("Where?\n\nThis email and any files are confidential and intended solely for the addressee.\nMore law.", "Where?");
    check("Where?\n_____________________\nlamps mailing list\nlamps@b.test", "Where?");
    check(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nWhere?\n-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----",
        "Where?",
    );
    let text = "Sent from my heart, thank you all for a parcel that came in time and was lovely";
    check(text, text);
    let text = "This email is about my order.\n\nBest regards,\nAnn Example\nLamps & Co";
    check(text, text);
}

#[test]
fn a_tax_number_under_the_text_is_not_a_notice() {
    for text in
        ["Please send an invoice.\n\nUSt-IdNr.: DE123456789", "Necesito factura.\nNIF: B12345678", "Fattura, grazie.\nP.IVA 01234567890"]
    {
        check(text, text);
    }
}

#[test]
fn a_reply_below_the_quote_is_kept_without_it() {
    check("On 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\n\nBlue, please.", "Blue, please.");
    check("> On 3 Nov 2026, Shop <a@b.test> wrote:\n>\n> Which colour?\n\nBlue, please.", "Blue, please.");
    check("Shop wrote:\n> Which colour?\n\nBlue", "Blue");
    check("---------- Forwarded message ----------\nFrom: a\nDate: b\nSubject: c\nTo: d\n\nYour parcel 12 waits.", "Your parcel 12 waits.");
    check("Hi Ann,\n\nOn 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\n\nBlue\n\nBen", "Hi Ann,\n\n> Which colour?\n\nBlue\n\nBen");
    // What has no end like a sentence is a signature when the reply stands above.
    check(
        "The blue one please.\n\nOn 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\n\nBen Example\nLamps & Co",
        "The blue one please.",
    );
    check(
        "The blue one please.\n\nOn 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\n\nAnd can you send two?",
        "The blue one please.\n\n> Which colour?\n\nAnd can you send two?",
    );
}

#[test]
fn answers_between_quotes_stay_with_what_they_answer() {
    let mail = "> Which colour?\nBlue.\n> Which size?\nLarge.\n> Thank you!";
    check(mail, "> Which colour?\nBlue.\n> Which size?\nLarge.");
    check_own(mail, "Blue. Large.");
    assert_eq!(part(mail).own_text(), "Blue.\nLarge.");
    check("On 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\n\nBlue.\n\n> Bye", "Blue.");
    check_own(
        "See below.\n\nOn 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\nBlue.\n> Which size?\nLarge.",
        "See below. Blue. Large.",
    );
}

#[test]
fn a_mail_of_quotes_alone_shows_them_unless_they_are_an_earlier_mail() {
    check("> Only a quote", "> Only a quote");
    check_own("> Only a quote", "");
    check("On 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?", "");
    check("> On 3 Nov 2026, Shop <a@b.test> wrote:\n>> Which colour?", "");
}

#[test]
fn plain_text_stays_as_it_is() {
    for text in [
        "Hello,\n\nwhere is my order #1234?\n\nRegards,\nAnn",
        "On Monday I wrote to you, no answer.",
        "On 3 November 2026 at 10:02 your colleague wrote to me:\nwe will refund you.\nWhere is my money?",
        "Hello,\nyour mail of 3 Nov 2026 from <help@shop.test> said:\nwe refund.\nWhere is it?",
        "Please write to Ann <ann@b.test>:\nshe knows.",
        "Am Montag schrieb ich Ihnen schon.",
        "Am 3.11.2026 um 10:02 schrieb ich Ihnen:\nwo ist die Lampe?",
        "It is listed as:\n2026-11-03 14:30\n03.11.2026 14:30",
        "Code:\n```\n> a\n--\nFrom: x\n```\nThank you.",
        "    indented\n\n\ntwo lines below",
        "",
    ] {
        check(text, text);
    }
    check("\n \nHello \t\r\n\r\nAnn\u{a0}\n\n", "Hello\n\nAnn");
}

#[test]
fn ranges_lead_back_to_the_original() {
    let text = "> old\r\n\r\n  Where is W1234567?\r\n\r\nThanks\r\n";
    let parted = part(text);
    let start = parted.cleaned.visible.find("W1234567").unwrap();
    let (from, to) = parted.original(start, start + 8).unwrap();
    assert_eq!(&text[from..to], "W1234567");
    let across = parted.cleaned.visible.find('?').unwrap();
    assert_eq!(parted.original(across, parted.cleaned.visible.len()), None, "a range over several lines");
}

#[test]
fn what_is_too_long_to_be_analysed_is_kept() {
    let text = format!("Where is it?\n{}\nEND", "log\n".repeat(10_000));
    let whole = part_whole(&text);
    assert!(whole.visible.starts_with("Where is it?") && whole.visible.len() <= ANALYSED_BYTES);
    assert!(whole.quoted.ends_with("END"));
    assert_eq!(part_whole("short"), part("short").cleaned);
}

#[test]
fn hostile_texts_are_quick() {
    let hostile = [
        "On 3 a\n".repeat(150_000),
        "From: a\n".repeat(150_000),
        "-----\n".repeat(150_000),
        "On 3 Nov 2026 at 10:02, a <a@b.test>\n".repeat(20_000),
        "> \n".repeat(300_000),
        ">".repeat(1_000_000),
        "a: ".repeat(300_000),
        "This message is\n".repeat(50_000),
    ];
    for text in hostile {
        let started = std::time::Instant::now();
        let _ = part(&text);
        // An unoptimised build on a busy machine; an optimised one takes a few milliseconds.
        assert!(started.elapsed() < std::time::Duration::from_secs(5), "{} took {:?}", &text[..20], started.elapsed());
    }
}

/// Every line with text that goes in comes out in exactly one part.
fn lines_with_text(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.split('\n').map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
    lines.sort();
    lines
}

/// Pieces of which mails are made.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,30}",
        Just("\n".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("> quoted words\n".to_owned()),
        Just("\nOn 3 Nov 2026, Shop <a@b.test> wrote:\n".to_owned()),
        Just("\n-- \nAnn\n".to_owned()),
        Just("\n________\n".to_owned()),
        Just("\nFrom: a@b.test\nSent: 3\nTo: c\nSubject: d\n".to_owned()),
        Just("\n-----Original Message-----\n".to_owned()),
        Just("\nSent from my iPhone\n".to_owned()),
        Just("\nThis e-mail is confidential and meant for nobody but the one it was sent to.\n".to_owned()),
        Just("\n```\n".to_owned()),
        Just("Where is my 订单 №5?\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..25).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_visible_byte_stands_in_the_original(text in pieces()) {
        let parted = part(&text);
        let seen = &parted.cleaned.visible;
        prop_assert_eq!(parted.own_words().len(), seen.len());
        for (at, c) in seen.char_indices().filter(|(_, c)| *c != '\n') {
            let (from, to) = parted.original(at, at + c.len_utf8()).expect("every character but line ends has its place");
            prop_assert_eq!(text.get(from..to), seen.get(at..at + c.len_utf8()));
        }
    }

    #[test]
    fn no_line_is_lost_and_none_comes_twice(text in pieces()) {
        let Cleaned { visible, quoted, signature } = part(&text).cleaned;
        let mut out = lines_with_text(&visible);
        out.extend(lines_with_text(&quoted));
        out.extend(lines_with_text(&signature));
        out.sort();
        prop_assert_eq!(out, lines_with_text(&text));
    }

    #[test]
    fn text_without_any_mark_stays_whole(text in "[a-zA-Z0-9 ,.!?äé订\n]{0,200}") {
        prop_assert_eq!(lines_with_text(&visible(&text)), lines_with_text(&text));
    }

    #[test]
    fn any_text_is_parted_without_panic(text in "(\\PC|\n|>|--|:|<|@|On 3 x wrote:){0,80}") {
        let _ = part_whole(&text);
    }
}
