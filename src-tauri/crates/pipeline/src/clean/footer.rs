//! What stands under a mail and was not written for it: signature, the line of a telephone, legal notice, a scanner's stamp.
//!
//! When it is not sure, a line stays visible: a signature too many on the screen is a smaller harm than an address too few. The
//! closing words ("Best regards, Ann") stay visible in any case; they are the writer's own.

use std::sync::LazyLock;

use regex::Regex;

use super::{
    line::{Line, is_drawn},
    words::WORDS,
};
use crate::tokens::is_unspaced;

/// A signature below `--` has at most so many lines with text.
const MOST_MARKED_LINES: usize = 40;

/// A signature below a drawn line has at most so many.
const MOST_RULED_LINES: usize = 12;

#[allow(clippy::expect_used, reason = "The patterns are constants, and the tests compile each of them.")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// An address of the web with the brackets that plain text puts around it.
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"[<(\[]?\s?(?:https?|mailto):[^\s<>()\[\]]+\s?[>)\]]?"));

/// What a signature tells: a telephone number, an address of mail or web, a name behind an at sign.
static CONTACT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"@\w|www\.|https?:|\+?\d[\d\s()./-]{6,}\d|(?i)\b(?:tel|fax|mob|phone|t|m|f)\s?[.:]"));

/// What follows a mark of signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `--`: the standard one.
    Dashes,
    /// `___`: drawn by mail programs and mailing lists.
    Underscores,
    /// `—`, `----`, `====`: drawn by people as well.
    Drawn,
}

/// The mark that this line is.
pub(super) fn signature_mark(text: &str) -> Option<Mark> {
    match text.trim() {
        // The second is the same in a mail signed by PGP, which escapes dashes.
        "--" | "- --" => Some(Mark::Dashes),
        "—" | "–" | "—-" | "- -" => Some(Mark::Drawn),
        bare if bare.chars().count() >= 3 && bare.chars().all(|c| c == '_') => Some(Mark::Underscores),
        bare if bare.chars().count() >= 3 && bare.chars().all(|c| is_drawn(c) && c != ' ') => Some(Mark::Drawn),
        _ => None,
    }
}

/// True when what stands below the mark reads as a signature.
pub(super) fn is_signature(mark: Mark, below: &[&str], written_above: bool) -> bool {
    let texts: Vec<&str> = below.iter().map(|t| t.trim()).filter(|t| !t.is_empty()).collect();
    match mark {
        Mark::Dashes => texts.len() <= MOST_MARKED_LINES,
        _ if !written_above || texts.is_empty() => written_above,
        Mark::Underscores => texts.len() <= MOST_RULED_LINES && !has_question(&texts),
        Mark::Drawn => texts.len() <= MOST_RULED_LINES && !has_question(&texts) && is_card(&texts),
    }
}

/// Lines like those of a visiting card: short, no sentences, or some way of contact among them.
fn is_card(texts: &[&str]) -> bool {
    let short = texts.iter().all(|t| t.chars().count() <= 60 && t.split_whitespace().count() <= 8);
    let sentences = texts.iter().filter(|t| is_sentence(t)).count();
    let contact = texts.iter().any(|t| CONTACT.is_match(t));
    (short && sentences == 0) || (contact && sentences <= 1)
}

/// Four words or more and an end.
fn is_sentence(text: &str) -> bool {
    let ended = text.ends_with(['.', '!', '?', '。', '！', '？', '؟']);
    ended && (text.split_whitespace().count() >= 4 || text.chars().filter(|c| is_unspaced(*c)).count() >= 6)
}

fn has_question(texts: &[&str]) -> bool {
    texts.iter().any(|t| t.contains(['?', '？', '؟']) && !CONTACT.is_match(t))
}

/// True when text below a quote is an answer rather than a signature without a mark.
pub(super) fn reads_as_answer(texts: &[&str], above: &[&str]) -> bool {
    let texts: Vec<&str> = texts.iter().map(|t| t.trim()).filter(|t| !t.is_empty()).collect();
    let above: Vec<&str> = above.iter().map(|t| t.trim()).filter(|t| !t.is_empty()).collect();
    // Only a greeting stands above ("Hi Ann,"): what was to be said comes below.
    let greeting = above.len() <= 1 && above.iter().all(|t| t.ends_with([',', '，', '،', '、']) && t.chars().count() <= 40);
    let ends =
        |t: &&str| t.ends_with(['.', '!', '?', '。', '！', '？', '؟']) && (t.contains(char::is_whitespace) || t.contains(is_unspaced));
    greeting || texts.len() >= 7 || has_question(&texts) || texts.iter().any(ends)
}

/// True for the line that a telephone or mail program adds: "Sent from my iPhone" in many languages. `above`: something was written
/// before; `last`: nothing but quotes and further such lines follows.
pub(super) fn is_device_line(lines: &[Line<'_>], at: usize, above: bool, last: bool) -> bool {
    let Some(line) = lines.get(at).filter(|line| line.text.len() <= 300) else { return false };
    let text = bare(&line.simple);
    let characters = text.chars().count();
    if characters > 100 {
        return false;
    }
    let after = |length: usize| text.get(length..).unwrap_or_default().split_whitespace().count();
    let begun = WORDS.device.beginning(&text).map(after);
    let weak = WORDS.device_weak.beginning(&text).map(after);
    // Telephones are goods as well ("the phone was sent"): what is told by its end alone must be short and stand below text.
    let ended = characters <= 40 && text.split_whitespace().count() <= 3 && WORDS.device_end.ends(&text);
    if begun.is_none() && weak.is_none() && !ended {
        return false;
    }
    if WORDS.device_word.begins_a_word_of(&text) {
        return begun.or(weak).is_some_and(|words| words <= 8) || (ended && (above || characters <= 20));
    }
    // A program that is not known here, in a paragraph of its own under the text.
    let plain = !text.split_whitespace().any(|w| w.chars().all(char::is_numeric)) && !text.contains(['?', '!', ',']);
    begun.is_some_and(|words| (1..=5).contains(&words)) && plain && above && last && stands_apart(lines, at)
}

/// True for a line that begins like one of a device, whatever follows.
pub(super) fn begins_like_device(line: &Line<'_>) -> bool {
    line.text.len() <= 300 && WORDS.device.beginning(&bare(&line.simple)).is_some()
}

/// A line without links and what is drawn around it.
fn bare(simple: &str) -> String {
    let text = if simple.contains(':') { LINK.replace_all(simple, " ") } else { simple.into() };
    let words = text.trim_matches(|c: char| !c.is_alphanumeric());
    words.split([' ', '[', ']', '(', ')', '<', '>', '*']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// No other text right above and below, but for lines that begin in the same way.
fn stands_apart(lines: &[Line<'_>], at: usize) -> bool {
    let apart = |n: Option<usize>| n.and_then(|n| lines.get(n)).is_none_or(|l| l.is_blank() || l.quoted || begins_like_device(l));
    apart(at.checked_sub(1)) && apart(Some(at + 1))
}

/// The lines of PGP around a signed text that begin here: its heading, or the signature with its end.
pub(super) fn armour(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let text = |n: usize| lines.get(n).map(|l: &Line<'_>| l.text.trim()).unwrap_or_default();
    match text(at) {
        "-----BEGIN PGP SIGNED MESSAGE-----" => {
            let headings = (at + 1..lines.len()).take(5).take_while(|n| text(*n).contains(": ")).count();
            Some(1 + headings)
        }
        "-----BEGIN PGP SIGNATURE-----" => {
            let end = (at + 1..lines.len()).find(|n| text(*n) == "-----END PGP SIGNATURE-----");
            Some(end.map_or(lines.len(), |n| n + 1) - at)
        }
        _ => None,
    }
}

/// True for the first line of a legal notice: it begins like one, and its paragraph speaks of what notices speak of.
pub(super) fn is_notice(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at) else { return false };
    let text = line.simple.trim_start_matches(|c: char| is_drawn(c) || matches!(c, '[' | '(' | '"' | '>'));
    if WORDS.footer.beginning(text).is_some() {
        return true;
    }
    if WORDS.notice.beginning(text).is_none() {
        return false;
    }
    let paragraph: Vec<&str> =
        lines.iter().skip(at).take_while(|l| !l.is_blank() && !l.quoted).take(12).map(|l| l.simple.as_str()).collect();
    let paragraph = paragraph.join(" ");
    let long = paragraph.split_whitespace().count() >= 9 || paragraph.chars().filter(|c| is_unspaced(*c)).count() >= 16;
    long && WORDS.confidential.begins_a_word_of(&paragraph)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::line::lines_of;

    #[test]
    fn lines_of_devices_in_many_languages() {
        let check = |text: &str, expect: bool| assert_eq!(is_device_line(&lines_of(text), 0, true, true), expect, "{text}");
        for text in [
            "Sent from my iPhone",
            "Sent from Mailer for Windows",
            "(sent from a phone)",
            "Get [Outlook for Android](https://example.org/x)",
            "Get Outlook for iOS<https://example.org/x>",
            "Von meinem Mobiltelefon gesendet",
            "Diese Nachricht wurde von meinem Android-Gerät gesendet.",
            "Envoyé depuis mon Samsung",
            "Enviado desde mi Huawei",
            "Inviato da iPhone",
            "Enviado do meu iPhone",
            "Verzonden vanaf mijn iPad",
            "Wysłane z iPhone'a",
            "Отправлено с iPhone",
            "Надіслано з iPhone",
            "Skickat från min iPhone",
            "Sendt fra min iPhone",
            "Lähetetty iPhonesta",
            "Odesláno z iPhonu",
            "iPhone'umdan gönderildi",
            "发自我的小米手机",
            "從我的 iPhone 傳送",
            "iPhoneから送信",
            "나의 iPhone에서 보냄",
            "ส่งจาก iPhone ของฉัน",
            "أُرسلت من الـ iPhone",
            "Được gửi từ iPhone của tôi",
            "Sent from a small tin can",
        ] {
            check(text, true);
        }
        for text in [
            "Sent from my heart, thank you all",
            "Sent from my phone but the page broke when I ordered number 123 yesterday",
            "从我的角度看没有问题",
            "Von meinem Mann bestellt",
            "Enviado por correo el 3 de mayo, ¿dónde está?",
            "Where is it?",
        ] {
            check(text, false);
        }
        assert!(!is_device_line(&lines_of("It was\nSent from Berlin to Paris\nand is lost"), 1, true, true));
        assert!(!is_device_line(&lines_of("The page says:\n\nSent from Berlin"), 2, true, false), "text follows");
        assert!(!is_device_line(&lines_of("please disconnect it from my phone"), 0, false, true));
        assert!(!is_device_line(&lines_of("Telefon gönderildi"), 0, true, true), "a parcel, not a signature");
    }

    #[test]
    fn notices_in_many_languages() {
        let check = |text: &str, expect: bool| assert_eq!(is_notice(&lines_of(text), 0), expect, "{text}");
        check("This e-mail and its attachments may be confidential and are meant for the addressee alone.", true);
        check("Diese E-Mail enthält vertrauliche Informationen und ist nur für den Empfänger bestimmt.", true);
        check("Ce message est confidentiel et réservé à l'usage de son seul destinataire, merci de le détruire.", true);
        check("Este mensaje puede contener información confidencial y va dirigido solo a su destinatario.", true);
        check("本邮件及其附件含有机密信息，仅限收件人使用，请勿转发。", true);
        check("Please consider the environment before printing.", true);
        check("This message is about my confidential order.", false);
        check("This e-mail is to ask where my lamp is, which I ordered three weeks ago from your shop.", false);
    }

    #[test]
    fn a_drawn_line_is_no_mark_above_sentences() {
        let check = |mark: Mark, below: &[&str], expect: bool| assert_eq!(is_signature(mark, below, true), expect, "{below:?}");
        check(Mark::Drawn, &["Ann Example", "Tel. +49 30 1234567"], true);
        check(Mark::Drawn, &["The second lamp is broken as well.", "Please send a new one."], false);
        check(Mark::Underscores, &["And here is my name."], true);
        check(Mark::Underscores, &["Can you send me a new one?"], false);
        assert!(!is_signature(Mark::Drawn, &["Ann"], false), "nothing written above");
    }
}
