//! Which conversation a message belongs to: pure rules, the look-ups are the store's.
//!
//! By the channel's own thread, else by Message-ID and References; a reply whose subject has become another topic starts a new
//! conversation (A4), since marketplaces and buyers alike re-use an old mail to ask something new.

/// Marks that mail programs put before a subject, in lower case without the colon: English and the like, German, Nordic,
/// Romance, Polish, Dutch, Turkish, Russian, Chinese, Japanese, Korean.
const PREFIXES: &[&str] = &[
    "re",
    "fw",
    "fwd",
    "aw",
    "wg",
    "antw",
    "antwort",
    "sv",
    "vs",
    "vb",
    "ref",
    "rif",
    "r",
    "i",
    "tr",
    "rép",
    "rep",
    "res",
    "enc",
    "rv",
    "odp",
    "pd",
    "ynt",
    "ilt",
    "отв",
    "ответ",
    "пересл",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "转发",
    "轉寄",
    "返信",
    "転送",
    "회신",
    "답장",
    "전달",
];

/// The subject without reply and forward marks, list tags' spacing and surplus spaces: `Re: AW:  Lamp ` becomes `Lamp`.
pub fn base_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    // Each round removes one mark; the bound only guards against a subject made of thousands of them.
    for _ in 0..50 {
        let Some((mark, after)) = rest.split_once([':', '：']) else { break };
        // Outlook counts: `Re[2]:`.
        let mark = mark.trim().trim_end_matches(|c: char| c.is_ascii_digit() || "[]() ".contains(c)).to_lowercase();
        if !PREFIXES.contains(&mark.as_str()) {
            break;
        }
        rest = after.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True when a reply's subject is another topic than the conversation's. An empty subject on either side tells nothing.
pub fn is_new_topic(conversation: &str, reply: &str) -> bool {
    let (old, new) = (base_subject(conversation).to_lowercase(), base_subject(reply).to_lowercase());
    // Programs cut long subjects, and some add a tag in front: containment is the same topic.
    !old.is_empty() && !new.is_empty() && !old.contains(&new) && !new.contains(&old)
}

/// The subject of our answer: one `Re:` and the base.
pub fn reply_subject(subject: &str) -> String {
    let base = base_subject(subject);
    if base.is_empty() { String::new() } else { format!("Re: {base}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_of_many_languages_are_taken_off() {
        let check = |subject: &str, expect: &str| assert_eq!(base_subject(subject), expect, "{subject}");
        check("Re: Lamp", "Lamp");
        check("AW: Re[2]: WG: Lampe  kaputt", "Lampe kaputt");
        check("回复：订单 1001", "订单 1001");
        check("返信: ご注文について", "ご注文について");
        check("Order: 1001", "Order: 1001");
        check("", "");
        check("Re:", "");
    }

    #[test]
    fn a4_a_reply_with_another_subject_is_a_new_topic() {
        assert!(is_new_topic("Lamp broken", "Re: Invoice for order 77"));
        assert!(!is_new_topic("Lamp broken", "AW: Lamp broken"));
        assert!(!is_new_topic("Lamp broken", "Re: [Shop] Lamp broken"));
        assert!(!is_new_topic("Lamp broken", ""));
    }

    proptest! {
        #[test]
        fn any_subject_can_be_read(subject in ".{0,200}") {
            let base = base_subject(&subject);
            prop_assert!(base.len() <= subject.len());
        }
    }
}
