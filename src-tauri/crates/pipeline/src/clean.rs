//! Stage 1: what was really written now, apart from quotes, signature and disclaimer, in plain text of any mail program.
//!
//! Works line by line and keeps byte offsets into the original, so that entities found in the visible part can be shown there.
//! HTML is turned into text by the channel before; this stage is the only place that parts a mail.

use std::sync::LazyLock;

use mercator_domain::turn::Cleaned;
use regex::Regex;

/// More than this is never analysed: a customer's question stands at the top, and a megabyte of log would only cost time.
pub const ANALYSED_BYTES: usize = 20_000;

/// The parts, with the way back from the visible text to the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parted {
    /// The three parts.
    pub cleaned: Cleaned,
    /// For each line of the visible part: its first byte there, its first byte in the original, its length.
    lines: Vec<(usize, usize, usize)>,
}

impl Parted {
    /// Where a range of the visible text stands in the original; `None` when it spans lines.
    pub fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let (visible, original, length) = self.lines.iter().rev().find(|(visible, ..)| *visible <= start)?;
        (end <= visible + length).then(|| (original + start - visible, original + end - visible))
    }
}

/// What a line turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Visible,
    Quoted,
    Signature,
}

#[allow(clippy::expect_used, reason = "The patterns are constants, and the tests below compile each of them.")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// "On … wrote:" and its like: a date or an address, then the verb at the end, or (Chinese, Japanese, Korean) the date first.
static INTRODUCTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[\s>*\-]*(?:",
        r"(?:on|am|le|el|il|op|em|den|dnia|w dniu|dne|în|på|в|on the)\b.{4,300}?(?:wrote|schrieb|geschrieben|a écrit|escribió|ha scritto|scrisse|",
        r"schreef|geschreven|het volgende geschreven|escreveu|napisał(?:\(a\)|a)?|skrev|написал(?:\(а\)|а)?|пишет|kirjoitti)\b[^\n]{0,80}?\s*[:：]?[\s\-]*$",
        r"|.{1,200}[<\(\[]\s?\S+@\S+[>\)\]].{0,120}?(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał(?:\(a\)|a)?|skrev|написал(?:\(а\)|а)?|пише|пишет|yazdı|şunları yazdı|kirjoitti)\b.{0,80}?[:：]?\s*$",
        r"|(?:在|于|於)\s?.{4,200}(?:写道|寫道|写了|來信)\s?[:：]?\s*$",
        r"|.{4,200}<\S+@\S+>\s*(?:于|於|在)?.{0,60}(?:写道|寫道)\s?[:：]?\s*$",
        r"|.{4,200}(?:のメール|さんは書きました|書きました)\s?[:：]\s*$",
        r"|\d{4}[年/\-.]\s?\d{1,2}[月/\-.]\s?\d{1,2}.{0,160}<\S+@\S+>\s*[:：]?\s*$",
        r"|\d{4}년 \d{1,2}월 \d{1,2}일.{0,200}(?:작성|썼습니다|님이 작성)\s?[:：]?\s*$",
        r"|.{0,200}tarihinde.{0,200}(?:şunu yazdı|yazdı|şöyle yazdı)\s?[:：]?\s*$",
        r"|(?:ในวันที่|เมื่อ|เมื่อวันที่).{4,200}(?:เขียนว่า|เขียน)\s?[:：]?\s*$",
        r"|(?:في|بتاريخ|كتب).{4,200}(?:كتب|كتبت|<\S+@\S+>)\s?[:：]?\s*$",
        r")"
    ))
});

/// What every introduction holds: one of the verbs, or an address. Words only, so that it is quick.
static INTRODUCTORY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)@|wrote|schrieb|geschrieben|écrit|escribió|scritto|scrisse|schreef|geschreven|escreveu|napisał|skrev|написал|пишет|пише|kirjoitti|",
        r"yazdı|写道|寫道|写了|來信|メール|書きました|작성|썼습니다|เขียน|كتب"
    ))
});

/// `2016-10-24 15:36 GMT+02:00 Name <address>:` of older web mail.
static DATED_ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\s>]*\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.{0,160}<\s?\S+@\S+>\s*:?\s*$"));

/// The lines that mail programs put above what follows.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[\s>*]*-{2,}\s?(?:original message|ursprüngliche nachricht|originalnachricht|message d'origine|message original|mensaje original|",
        r"messaggio originale|oorspronkelijk bericht|mensagem original|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|",
        r"пересылаемое сообщение|original-nachricht|原始邮件|原始郵件|元のメッセージ|원본 메시지|orijinal ileti|özgün ileti|الرسالة الأصلية|ข้อความต้นฉบับ|",
        r"reply message|mail original|eredeti üzenet|opprinnelig melding|ursprungligt meddelande)\s?-{2,}[\s*]*$",
        r"|^[\s>*]*-{4,}\s?on .{4,200} wrote\s?-{2,}\s*$"
    ))
});

/// Forwarded: what follows is what the customer wants us to read when nothing stands above it.
static FORWARDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[\s>]*(?:-{2,}\s?(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|messaggio inoltrato|",
        r"doorgestuurd bericht|mensagem encaminhada|wiadomość przekazana|转发邮件|轉寄郵件|転送メッセージ|전달된 메시지)\s?-{2,}|begin forwarded message\s?:)\s*$"
    ))
});

/// First line of a block of mail headings.
static FROM_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s>*]*(?:from|von|de|da|van|od|от|від|fra|från|lähettäjä|kimden|gönderen|发件人|寄件者|寄件人|差出人|送信者|보낸 ?사람|จาก|من)\s?\*?\s?[:：]\s?\*?\s?\S",
    )
});

/// Further lines of such a block.
static HEADING_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[\s>*]*(?:sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|antwort an|envoyé|à|a|objet|enviado|enviada|enviado el|para|asunto|assunto|fecha|",
        r"data|inviato|oggetto|risposta|verzonden|aan|onderwerp|wysłano|do|temat|отправлено|дата|кому|тема|копия|sendt|til|emne|gönderildi|tarih|kime|konu|",
        r"发送时间|日期|收件人|主题|抄送|寄件日期|收件者|主旨|送信日時|日時|宛先|件名|보낸 ?날짜|날짜|받는 ?사람|제목|ส่ง|วันที่|ถึง|เรื่อง|التاريخ|إلى|الموضوع|تم الإرسال)\s?\*?\s?[:：]"
    ))
});

/// The line that a telephone or a mail program adds.
static SENT_FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[\s*_]*(?:sent (?:from|via|with|by) (?:my |the )?[\w\-+ ]{2,40}|get outlook for \w+|from my iphone.{0,10}|von meinem .{2,40} gesendet|gesendet (?:von|mit|über) .{2,60}|",
        r"diese nachricht wurde von meinem .{2,60} gesendet|envoyé (?:depuis|de|à partir de) (?:mon )?.{2,40}|enviado (?:desde|do|de|a partir de|pelo) (?:mi |meu |o )?.{2,40}|",
        r"inviato (?:da|dal) .{2,40}|verzonden (?:vanaf|met|via) (?:mijn )?.{2,40}|verstuurd (?:vanaf|met) .{2,40}|wysłane? (?:z|za pomocą) .{2,40}|отправлено (?:с|из) .{2,40}|",
        r"sendt fra min .{2,40}|skickat från .{2,40}|.{2,40}(?:'?d[ae]n|cihazımdan|['’]?umdan|['’]?imden) gönderildi|发自我的.{1,30}|發自我的.{1,30}|从我的.{1,30}发送|從我的.{1,30}傳送|",
        r".{1,30}から送信|나의 .{1,30}에서 보냄|.{1,30}에서 보냄|ส่งจาก.{1,40}|أُ?رسلت من .{1,40}|تم الإرسال من .{1,40})",
        r"(?:<\S+>|\[\S+\])?[.\s*_]*$"
    ))
});

/// First words of a legal notice under a company's mail.
static DISCLAIMER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[\s*]*(?:(?:this|the (?:information|contents?) (?:in|of) this) (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|intended|privileged)|confidentiality notice|disclaimer\s?[:：]|",
        r"diese (?:e-?mail|nachricht) (?:enthält|kann|ist).{0,60}(?:vertraulich|rechtlich)|ce (?:message|courriel|mail)\b.{0,80}confidentiel|este (?:mensaje|correo|e-?mail)\b.{0,80}confidencia|",
        r"esta mensagem\b.{0,80}confidencia|(?:questo messaggio|il presente messaggio|questa e-?mail)\b.{0,80}(?:riservat|confidenzial)|dit (?:e-?mail)?bericht\b.{0,80}vertrouwelijk|",
        r"(?:ta|niniejsza) wiadomość\b.{0,80}poufn|данное (?:письмо|сообщение)\b.{0,80}конфиденциал|bu (?:e-?posta|ileti|mesaj)\b.{0,80}gizli|本(?:邮件|郵件|信).{0,40}(?:机密|保密|機密)|",
        r"このメール.{0,40}(?:機密|秘密)|please consider the environment before printing)"
    ))
});

/// True for `--`, `-- `, `—`, `___`: what follows is the signature.
fn is_signature_mark(line: &str) -> bool {
    let bare = line.trim();
    matches!(bare, "--" | "—" | "—-" | "–") || (bare.len() >= 3 && bare.bytes().all(|b| b == b'_'))
}

/// A line drawn above a block of headings.
fn is_rule(line: &str) -> bool {
    let bare = line.trim();
    bare.chars().count() >= 5 && bare.chars().all(|c| matches!(c, '_' | '-' | '—' | '=' | '*' | '─' | ' '))
}

/// The first `ANALYSED_BYTES` of a text, cut between characters.
pub fn analysed(text: &str) -> &str {
    let mut end = ANALYSED_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Parts a text.
pub fn part(text: &str) -> Parted {
    let text = analysed(text);
    let lines: Vec<(usize, &str)> = lines_of(text);
    let parts = classify(&lines);
    let mut parted = Parted::default();
    let (mut quoted, mut signature) = (Vec::new(), Vec::new());
    let mut visible: Vec<(usize, &str)> = Vec::new();
    for ((at, line), part) in lines.iter().zip(&parts) {
        match part {
            Part::Visible => visible.push((*at, line)),
            Part::Quoted => quoted.push(*line),
            Part::Signature => signature.push(*line),
        }
    }
    lay_out(&visible, &mut parted);
    parted.cleaned.quoted = quoted.join("\n").trim().to_owned();
    parted.cleaned.signature = signature.join("\n").trim().to_owned();
    parted
}

/// Lines with their first byte, without line ends.
fn lines_of(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split('\n')
        .map(|line| {
            let start = at;
            at += line.len() + 1;
            (start, line.strip_suffix('\r').unwrap_or(line))
        })
        .collect()
}

/// Joins the visible lines, without leading, trailing and doubled empty ones.
fn lay_out(visible: &[(usize, &str)], parted: &mut Parted) {
    let mut empty = 0;
    for (at, line) in visible {
        let trimmed = line.trim_end();
        if trimmed.trim().is_empty() {
            empty += 1;
            continue;
        }
        let out = &mut parted.cleaned.visible;
        let indent = if out.is_empty() { trimmed.len() - trimmed.trim_start().len() } else { 0 };
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        let kept = trimmed.get(indent..).unwrap_or_default();
        parted.lines.push((out.len(), at + indent, kept.len()));
        out.push_str(kept);
        empty = 0;
    }
}

/// What each line is.
fn classify(lines: &[(usize, &str)]) -> Vec<Part> {
    let mut parts = vec![Part::Visible; lines.len()];
    let mut state = Part::Visible;
    let mut written = false;
    let mut i = 0;
    while let Some((_, line)) = lines.get(i) {
        if FORWARDED.is_match(line) {
            // Nothing above: the forwarded mail itself is what the customer shows us, without its headings.
            if written {
                fill(&mut parts, i..lines.len(), Part::Quoted);
                break;
            }
            let end = end_of_headings(lines, i);
            fill(&mut parts, i..end, Part::Quoted);
            i = end;
            continue;
        }
        if SEPARATOR.is_match(line) || starts_heading_block(lines, i) {
            fill(&mut parts, rule_above(lines, i).unwrap_or(i)..lines.len(), Part::Quoted);
            break;
        }
        if let Some(length) = introduction_at(lines, i) {
            let next = (i + length..lines.len()).find(|n| lines.get(*n).is_some_and(|(_, l)| !l.trim().is_empty()));
            let marked = next.is_some_and(|n| lines.get(n).is_some_and(|(_, l)| is_quoted(l)));
            fill(&mut parts, i..(i + length).min(lines.len()), Part::Quoted);
            // Quote without marks below our text: all the rest. Without text above, the reply stands below it.
            if !marked && written {
                fill(&mut parts, i..lines.len(), Part::Quoted);
                break;
            }
            i += length;
            state = Part::Visible;
            continue;
        }
        state = next_state(state, lines, i);
        let part = part_of(line, state);
        written |= part == Part::Visible && !line.trim().is_empty();
        fill(&mut parts, i..i + 1, part);
        i += 1;
    }
    parts
}

/// What one line is while a part runs.
fn part_of(line: &str, running: Part) -> Part {
    match line {
        quoted if is_quoted(quoted) => Part::Quoted,
        sent if SENT_FROM.is_match(sent) => Part::Signature,
        _ => running,
    }
}

/// One past the headings of a forwarded mail that is announced at this line.
fn end_of_headings(lines: &[(usize, &str)], at: usize) -> usize {
    let headed = lines.get(at + 1).is_some_and(|(_, l)| is_heading(l));
    let blank = |n: &usize| lines.get(*n).is_some_and(|(_, l)| l.trim().is_empty());
    if headed { (at + 2..lines.len()).find(blank).unwrap_or(lines.len()) } else { at + 1 }
}

/// The drawn line right above this one, empty lines apart.
fn rule_above(lines: &[(usize, &str)], at: usize) -> Option<usize> {
    let above = (0..at).rev().find(|n| lines.get(*n).is_some_and(|(_, l)| !l.trim().is_empty()));
    above.filter(|n| lines.get(*n).is_some_and(|(_, l)| is_rule(l)))
}

/// The running part after this line: a signature lasts until a quote ends it.
fn next_state(state: Part, lines: &[(usize, &str)], at: usize) -> Part {
    let Some((_, line)) = lines.get(at) else { return state };
    if state == Part::Signature {
        return state;
    }
    let left = lines.len() - at;
    if (is_signature_mark(line) && left <= 40 && !is_rule_above_text(lines, at)) || DISCLAIMER.is_match(line) {
        Part::Signature
    } else {
        state
    }
}

/// A `___` between two parts of one's own text is no signature mark when much follows.
fn is_rule_above_text(lines: &[(usize, &str)], at: usize) -> bool {
    let strong = lines.get(at).is_some_and(|(_, l)| l.trim() == "--");
    let following = lines.iter().skip(at + 1).take_while(|(_, l)| !is_quoted(l)).filter(|(_, l)| !l.trim().is_empty()).count();
    !strong && following > 10
}

fn fill(parts: &mut [Part], range: std::ops::Range<usize>, part: Part) {
    if let Some(slice) = parts.get_mut(range) {
        slice.fill(part);
    }
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

fn is_heading(line: &str) -> bool {
    line.trim().is_empty() || FROM_LINE.is_match(line) || HEADING_LINE.is_match(line)
}

/// Outlook's way: From, Sent, To, Subject in any language, at least two of the last three within the next lines.
fn starts_heading_block(lines: &[(usize, &str)], at: usize) -> bool {
    let Some((_, first)) = lines.get(at) else { return false };
    if is_quoted(first) || !FROM_LINE.is_match(first) {
        return false;
    }
    lines.iter().skip(at + 1).filter(|(_, l)| !l.trim().is_empty()).take(6).filter(|(_, l)| HEADING_LINE.is_match(l)).count() >= 2
}

/// The number of lines that an introduction of a quote takes here: mail programs break it over up to three.
fn introduction_at(lines: &[(usize, &str)], at: usize) -> Option<usize> {
    let mut joined = String::new();
    for length in 1..=3 {
        let (_, line) = lines.get(at + length - 1)?;
        if line.trim().is_empty()
            || (length > 1 && is_quoted(line) && !lines.get(at).is_some_and(|(_, l)| is_quoted(l)))
            || joined.len() + line.len() > 400
        {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(line.trim().trim_start_matches(['>', ' ']));
        let dated = joined.chars().any(|c| c.is_ascii_digit()) || joined.contains('@');
        if dated && introduces(&joined) {
            // A line of the writer's own right above a whole introduction is not part of it.
            return (length == 1 || !introduces(line)).then_some(length);
        }
    }
    None
}

fn introduces(line: &str) -> bool {
    // The long patterns are slow to refuse a line, and every line of a mail is asked.
    INTRODUCTORY.is_match(line) && (INTRODUCTION.is_match(line) || DATED_ADDRESS.is_match(line))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visible(text: &str) -> String {
        part(text).cleaned.visible
    }

    #[test]
    fn quotes_of_mail_programs_in_many_languages() {
        let check = |input: &str, expect: &str| assert_eq!(visible(input), expect, "{input}");
        check("Yes please.\n\nOn Mon, 3 Nov 2026 at 10:02, Lamp Shop <help@shop.test> wrote:\n> Shall we?\n", "Yes please.");
        check("Order 12 please.\nOn Mon, 3 Nov 2026 at 10:02, Lamp Shop wrote:\n> Shall we?", "Order 12 please.");
        check("Order 12 please.\nAnn <help@shop.test> wrote:\n> Shall we?", "Order 12 please.");
        check("Yes.\n\nOn Mon, 3 Nov 2026 at 10:02, Lamp Shop <\nhelp@shop.test> wrote:\n\nShall we?", "Yes.");
        check("Ja, gerne.\n\nAm 03.11.2026 um 10:02 schrieb Lampenladen <help@shop.test>:\n> Sollen wir?", "Ja, gerne.");
        check("Oui.\n\nLe mar. 3 nov. 2026 à 10:02, Boutique <help@shop.test> a écrit :\n> On y va ?", "Oui.");
        check("Sí.\n\nEl mar, 3 nov 2026 a las 10:02, Tienda (<help@shop.test>) escribió:\n> ¿Vamos?", "Sí.");
        check("Sì.\n\nIl giorno mar 3 nov 2026 alle ore 10:02 Negozio <help@shop.test> ha scritto:\n> Andiamo?", "Sì.");
        check("Ja.\n\nOp di 3 nov 2026 om 10:02 schreef Winkel <help@shop.test>:\n> Zullen we?", "Ja.");
        check("Sim.\n\nEm ter., 3 de nov. de 2026 às 10:02, Loja <help@shop.test> escreveu:\n> Vamos?", "Sim.");
        check("Tak.\n\nwt., 3 lis 2026 o 10:02 Sklep <help@shop.test> napisał(a):\n> Idziemy?", "Tak.");
        check("Да.\n\nвт, 3 нояб. 2026 г. в 10:02, Магазин <help@shop.test> написал:\n> Идём?", "Да.");
        check("好的。\n\n在 2026年11月3日，上午10:02，小店 <help@shop.test> 写道：\n> 可以吗？", "好的。");
        check("はい。\n\n2026年11月3日(火) 10:02 店 <help@shop.test>:\n> よろしいですか", "はい。");
        check("네.\n\n2026년 11월 3일 (화) 오전 10:02, 가게 <help@shop.test>님이 작성:\n> 할까요?", "네.");
        check("Evet.\n\nMağaza <help@shop.test>, 3 Kas 2026 Sal, 10:02 tarihinde şunu yazdı:\n> Olur mu?", "Evet.");
    }

    #[test]
    fn heading_blocks_and_separators() {
        let check = |input: &str, expect: &str| assert_eq!(visible(input), expect, "{input}");
        check(
            "Neue Adresse anbei.\n________________________________\nVon: Shop <a@b.test>\nGesendet: Montag\nAn: Ich\nBetreff: Re\n\nAlter Text",
            "Neue Adresse anbei.",
        );
        check("已付款。\n\n发件人: 小店\n发送时间: 2026年11月3日\n收件人: 我\n主题: 订单\n\n旧文", "已付款。");
        check("Merci.\n\n-----Message d'origine-----\nDe : x", "Merci.");
        check("Thanks.\n\n-----Original Message-----\nFrom: x", "Thanks.");
        check("From: my point of view it is fine.\nTo me at least.", "From: my point of view it is fine.\nTo me at least.");
    }

    #[test]
    fn signatures_devices_and_disclaimers() {
        let check = |input: &str, expect: &str| assert_eq!(visible(input), expect, "{input}");
        check("Where is it?\n-- \nAnn Example\n+49 30 1234567", "Where is it?");
        check("Where is it?\n\nSent from my iPhone", "Where is it?");
        check("Wo ist es?\n\nVon meinem iPhone gesendet", "Wo ist es?");
        check("在哪？\n\n发自我的iPhone", "在哪？");
        check("どこ？\n\niPhoneから送信", "どこ？");
        check("Where?\n\nThis email and any files are confidential and intended solely for the addressee.\nMore law.", "Where?");
        check(
            "Sent from my heart, thank you all for a parcel that came in time and was lovely",
            "Sent from my heart, thank you all for a parcel that came in time and was lovely",
        );
    }

    #[test]
    fn a_reply_below_or_between_the_quote_is_kept() {
        let check = |input: &str, expect: &str| assert_eq!(visible(input), expect, "{input}");
        check("On 3 Nov 2026, Shop <a@b.test> wrote:\n> Which colour?\n\nBlue, please.", "Blue, please.");
        check("> Which colour?\nBlue.\n> Which size?\nLarge.", "Blue.\nLarge.");
        check("> Only a quote", "");
        check(
            "---------- Forwarded message ----------\nFrom: a\nDate: b\nSubject: c\nTo: d\n\nYour parcel 12 waits.",
            "Your parcel 12 waits.",
        );
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        let check = |input: &str| assert_eq!(visible(input), input, "{input}");
        check("Hello,\n\nwhere is my order #1234?\n\nRegards,\nAnn");
        check("On Monday I wrote to you, no answer.");
        check("Am Montag schrieb ich Ihnen schon.");
        check("");
    }

    #[test]
    fn ranges_lead_back_to_the_original() {
        let text = "> old\r\n\r\n  Where is W1234567?\r\n\r\nThanks\r\n";
        let parted = part(text);
        let start = parted.cleaned.visible.find("W1234567").unwrap();
        let (from, to) = parted.original(start, start + 8).unwrap();
        assert_eq!(&text[from..to], "W1234567");
    }

    #[test]
    fn a_megabyte_is_cut_and_quick() {
        let text = "On 3 a\n".repeat(150_000);
        assert!(visible(&text).len() <= ANALYSED_BYTES);
    }

    proptest! {
        #[test]
        fn never_panics_and_loses_no_visible_offset(text in "(\\PC|\n|>|--|On 3 x wrote:){0,60}") {
            let parted = part(&text);
            for (at, c) in parted.cleaned.visible.char_indices() {
                if let Some((from, to)) = parted.original(at, at + c.len_utf8()) {
                    let shown = c.to_string();
                        prop_assert_eq!(text.get(from..to), Some(shown.as_str()));
                }
            }
        }
    }
}
