//! What turns a phrase around: "not angry", 不生气, 怒っていません, 화나지 않았어요, kızmadım.
//!
//! Most languages put a word before or behind; Japanese, Korean and Turkish build it into the ending, so the letters after the
//! phrase are read. A question such as ひどくないですか or 너무하지 않나요 ("isn't it awful?") denies nothing.

use crate::{
    fold::Folded,
    lexicon::Hit,
    tokens::{is_hangul, is_unspaced},
};

/// Words that turn a following phrase around, by language; folded.
const BEFORE: &[(&str, &[&str])] = &[
    (
        "en",
        &["not", "not really", "isn't", "not at all", "no longer", "never", "don't", "didn't", "wasn't", "aren't", "i'm not", "without"],
    ),
    ("de", &["nicht", "kein", "keine", "keinesfalls", "keineswegs", "nicht mehr", "nicht wirklich", "nie", "ohne"]),
    ("fr", &["pas", "ne suis pas", "plus", "jamais", "pas du tout", "sans", "aucun", "aucune"]),
    ("es", &["no", "no estoy", "nunca", "sin", "nada", "ya no", "tampoco"]),
    ("it", &["non", "non sono", "mai", "senza", "nessun", "nessuna"]),
    ("pt", &["nao", "nao estou", "nunca", "sem", "nada"]),
    ("nl", &["niet", "geen", "nooit", "zonder", "niet meer"]),
    ("pl", &["nie", "nie jestem", "nigdy", "bez", "wcale nie"]),
    ("ru", &["не", "не очень", "никогда не", "без", "нет", "вовсе не"]),
    ("tr", &["hic", "asla"]),
    ("ar", &["لست", "ليس", "ليست", "غير", "لا", "لم", "لن", "بدون"]),
    ("zh", &["不", "没", "没有", "并不", "不是", "别", "不太", "不要"]),
    ("zh-tw", &["不", "沒", "沒有", "並不", "不是", "別", "不太", "不要"]),
    ("ko", &["안", "전혀", "별로"]),
    ("th", &["ไม่", "ไม่ได้", "ไม่ค่อย"]),
];

/// The same behind, as a word of its own.
const AFTER: &[(&str, &[&str])] = &[("tr", &["degil", "yok"]), ("de", &["nicht"]), ("nl", &["niet"])];

/// Small words that may stand between the negation and the phrase.
const SMALL: &[&str] = &[
    "so",
    "that",
    "very",
    "too",
    "at all",
    "really",
    "sehr",
    "besonders",
    "wirklich",
    "tres",
    "si",
    "muy",
    "tan",
    "molto",
    "cosi",
    "muito",
    "tao",
    "erg",
    "heel",
    "zo",
    "bardzo",
    "zly",
    "очень",
    "так",
    "a",
    "feeling",
    "getting",
    "estoy",
    "sono",
    "suis",
    "estou",
    "mehr",
    "war",
    "bin",
];

/// Pieces of Japanese endings that may stand between a stem and its negation, longer ones first.
const JAPANESE_LINKS: &[&str] = &[
    "という",
    "ている",
    "てい",
    "でき",
    "わけ",
    "では",
    "じゃ",
    "こと",
    "って",
    "て",
    "で",
    "し",
    "は",
    "が",
    "も",
    "く",
    "き",
    "さ",
    "せ",
    "れ",
    "れる",
    "る",
    "の",
];
const JAPANESE_NOT: &[&str] = &["ない", "ません", "なく", "なかっ", "なし"];
/// Behind a negation, these make it a question that expects a yes.
const JAPANESE_RHETORICAL: &[&str] = &["ですか", "でしょうか", "か?", "か。", "か!", "?"];

/// Letters that follow a Korean stem up to the negation.
const KOREAN_NOT: &[&str] = &["않", "못", "마", "말"];
const KOREAN_RHETORICAL: &[&str] = &["나요", "습니까", "겠", "은가", "아요?"];

/// Endings of a Turkish verb that deny it, and of a noun that is without.
const TURKISH_NOT: &[&str] = &[
    "miyor", "muyor", "medi", "madi", "mem", "mam", "mez", "maz", "mese", "masa", "meyin", "mayin", "memis", "mamis", "meden", "madan",
    "siz", "suz",
];

/// True when the phrase is turned around.
pub fn negated(text: &Folded, hit: &Hit, language: &str) -> bool {
    let before = text.text.get(..hit.folded.start).unwrap_or_default();
    let after = text.text.get(hit.folded.end..).unwrap_or_default();
    let behind = match language {
        "ja" => japanese(after),
        "ko" => korean(after),
        "tr" => TURKISH_NOT.iter().any(|ending| after.starts_with(ending)),
        _ => false,
    };
    behind || word_before(before, language) || word_after(after, language)
}

fn of(table: &[(&str, &'static [&'static str])], language: &str) -> &'static [&'static str] {
    table.iter().find(|(l, _)| *l == language).map_or(&[][..], |(_, words)| *words)
}

fn word_before(before: &str, language: &str) -> bool {
    let clause = before.rsplit([',', '.', '!', '?', ';', ':', '\n', '，', '。', '！', '？', '、', '،']).next().unwrap_or(before).trim_end();
    of(BEFORE, language).iter().any(|word| {
        let unspaced = word.chars().any(is_unspaced);
        // One or two small words may stand between: "not so angry", "nicht besonders wütend".
        let near = if unspaced { clause.to_owned() } else { last_words(clause, 3) };
        near.ends_with(*word) && (unspaced || border_before(&near, word.len())) || (!unspaced && leads_with_small_word(&near, word))
    })
}

/// The next word; where endings are glued on, that after the rest of this one.
fn word_after(after: &str, language: &str) -> bool {
    let rest = if language == "tr" { after.trim_start_matches(char::is_alphabetic) } else { after };
    let next = rest.trim_start();
    // A small word is only meant as a whole; Turkish endings may follow the longer ones.
    of(AFTER, language).iter().any(|word| {
        next.strip_prefix(word).is_some_and(|end| !end.starts_with(char::is_alphabetic) || (language == "tr" && word.len() >= 5))
    })
}

/// The endings after a stem, up to a negation: 怒っ|ていません, 満足|できない, but not ひどく|ないですか.
fn japanese(after: &str) -> bool {
    let mut rest = after;
    for _ in 0..6 {
        if let Some(behind) = JAPANESE_NOT.iter().find_map(|not| rest.strip_prefix(not)) {
            return !JAPANESE_RHETORICAL.iter().any(|question| behind.starts_with(question));
        }
        let Some(shorter) = JAPANESE_LINKS.iter().find_map(|link| rest.strip_prefix(link)) else { return false };
        rest = shorter;
    }
    false
}

/// …지 않, …지는 못, …가 아니: 화나|지 않았어요, 걱정|하지 마세요, but not 심|하지 않나요.
fn korean(after: &str) -> bool {
    let chars: Vec<char> = after.chars().take(12).collect();
    let glued = chars.iter().take_while(|c| is_hangul(**c)).count();
    let stem = chars.iter().take(glued.min(6)).position(|c| matches!(c, '지' | '진' | '질'));
    if let Some(at) = stem {
        let rest: String = chars.iter().skip(at + 1).collect();
        let rest = rest.trim_start_matches(['는', '가', '도', '를']).trim_start();
        if let Some(behind) = KOREAN_NOT.iter().find_map(|not| rest.strip_prefix(not)) {
            return !KOREAN_RHETORICAL.iter().any(|question| behind.starts_with(question));
        }
    }
    let rest: String = chars.iter().collect();
    let rest = rest.trim_start_matches(is_particle).trim_start();
    rest.starts_with("아니") && !rest.starts_with("아닌가")
}

const fn is_particle(c: char) -> bool {
    matches!(c, '은' | '는' | '이' | '가' | '것' | '게' | '건' | '한')
}

/// "not so", "not that", "nicht so": the negation and one small word.
fn leads_with_small_word(near: &str, word: &str) -> bool {
    SMALL.iter().any(|small| {
        near.strip_suffix(small).map(str::trim_end).is_some_and(|rest| rest.ends_with(word) && border_before(rest, word.len()))
    })
}

fn last_words(text: &str, count: usize) -> String {
    let mut words: Vec<&str> = text.split_whitespace().rev().take(count).collect();
    words.reverse();
    words.join(" ")
}

fn border_before(text: &str, length: usize) -> bool {
    text.get(..text.len().saturating_sub(length)).and_then(|s| s.chars().next_back()).is_none_or(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{Lexicon, Script};

    fn check(language: &str, phrase: &str, text: &str, expect: bool) {
        let lexicon = Lexicon::new([(0, phrase)], Script::of(language));
        let folded = Folded::new(text);
        let hit = lexicon.find(&folded).remove(0);
        assert_eq!(negated(&folded, &hit, language), expect, "{text}");
    }

    #[test]
    fn words_before_and_behind() {
        check("en", "angry", "I am not angry", true);
        check("en", "angry", "I'm not so angry", true);
        check("en", "angry", "No, I am angry", false);
        check("de", "wütend", "Ich bin nicht wütend", true);
        check("es", "enfadado", "no estoy enfadado", true);
        check("zh", "生气", "我不生气", true);
        check("zh", "生气", "我很生气", false);
        check("ru", "зол", "я не зол", true);
        check("tr", "kızgın", "kızgın değilim", true);
        check("tr", "endişe", "hiç endişem yok", true);
        check("tr", "kızgın", "çok kızgınım, cevap yok", false);
    }

    #[test]
    fn japanese_endings() {
        check("ja", "怒っ", "怒っていません", true);
        check("ja", "怒っ", "怒っているわけではない", true);
        check("ja", "怒っ", "怒っているのに返事がない", false);
        check("ja", "怒っ", "怒っています。返事がない", false);
        check("ja", "満足", "満足できません", true);
        check("ja", "心配", "心配しないでください", true);
        check("ja", "ひど", "ひどくないですか？", false);
        check("ja", "嬉し", "嬉しくない", true);
    }

    #[test]
    fn korean_endings() {
        check("ko", "화나", "화나지 않았어요", true);
        check("ko", "만족", "만족스럽지 못합니다", true);
        check("ko", "걱정", "걱정하지 마세요", true);
        check("ko", "불만", "불만은 아니에요", true);
        check("ko", "화나", "화나요. 답이 오지 않아요", false);
        check("ko", "너무하", "너무하지 않나요?", false);
        check("ko", "화", "화가 나요", false);
    }

    #[test]
    fn turkish_endings() {
        check("tr", "sinirlen", "hiç sinirlenmedim", true);
        check("tr", "endişelen", "endişelenmiyorum", true);
        check("tr", "endişelen", "endişeleniyorum", false);
        check("tr", "sinirlen", "sinirlenmek istemem", false);
        check("tr", "sorun", "sorunsuz geldi", true);
        check("tr", "hırsız", "hırsızsınız", false);
    }
}
