//! What takes a risk back: "I do not want to sue anyone", "no smoke, no smell", 没冒烟, "kein Rauch".
//!
//! Only what stands close to the phrase counts, and for threats only the writer's own words: "if you won't refund me I'll sue" is a
//! threat. A doubt leaves the alarm on.

use std::ops::Range;

use mercator_domain::emotion::RiskKind;

use crate::tokens::is_unspaced;

/// Words of the writer before a threat that say he will not; folded, by language. A few small words may follow.
const WILL_NOT: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "i won't",
            "i will not",
            "i'm not going to",
            "i am not going to",
            "i don't want",
            "i do not want",
            "don't want to",
            "do not want to",
            "not planning to",
            "no intention",
            "i wouldn't",
            "we won't",
            "we don't want",
            "no need to",
            "no need for",
            "i would never",
        ],
    ),
    (
        "de",
        &[
            "ich will niemanden",
            "ich will keine",
            "ich will nicht",
            "ich mochte niemanden",
            "ich mochte keine",
            "ich werde keine",
            "ich werde nicht",
            "ich schreibe keine",
            "ich gebe keine",
            "ich habe nicht vor",
            "ohne",
        ],
    ),
    (
        "fr",
        &[
            "je ne vais pas",
            "je ne veux",
            "je vais pas",
            "je veux pas",
            "je ne compte pas",
            "je ne souhaite pas",
            "sans vouloir",
            "je n'ai pas l'intention",
        ],
    ),
    ("es", &["no voy a", "no quiero", "no pienso", "no pretendo", "sin querer", "no hace falta", "no quisiera"]),
    (
        "it",
        &[
            "non voglio",
            "non vorrei",
            "non lascio",
            "non ho intenzione",
            "non intendo",
            "non lascero",
            "non faro",
            "non scrivo",
            "non scrivero",
        ],
    ),
    ("pt", &["nao vou", "nao quero", "nao pretendo", "nao penso em", "nao tenho intencao", "nao queria"]),
    (
        "nl",
        &[
            "ik wil niet",
            "ik wil geen",
            "ik wil helemaal niet",
            "ik wil niemand",
            "ik schrijf geen",
            "ik ga geen",
            "ik ga niet",
            "ik zal geen",
            "ik zal niet",
            "ik laat geen",
            "ik ben niet van plan",
        ],
    ),
    ("pl", &["nie chce nikogo", "nie chce", "nie bede", "nie zamierzam", "nie wystawie", "nie napisze", "nie mam zamiaru"]),
    ("ru", &["не хочу", "не буду", "не собираюсь", "не стану", "не хотелось бы", "ни с кем не"]),
    ("ar", &["لا اريد", "لن اكتب", "لن ارفع", "لن اقدم", "لا انوي", "لن اقوم", "ما ابي", "ما ابغي", "لن اترك", "مو ناوي"]),
    ("th", &["ไม่ได้อยาก", "ไม่อยาก", "ไม่ได้จะ", "ไม่คิดจะ", "ไม่ได้คิดจะ", "จะไม่"]),
    ("zh", &["我不想", "我不会", "不会给", "没想", "没打算", "不打算", "不想", "不是要", "不会去", "不要去"]),
    ("zh-tw", &["我不想", "我不會", "不會給", "沒想", "沒有要", "沒打算", "不打算", "不想", "不是要", "不會去"]),
];

/// The same behind a threat, as languages with the verb at the end say it.
const WILL_NOT_BEHIND: &[(&str, &[&str])] = &[
    (
        "tr",
        &["etmek istemiyorum", "istemiyorum", "yapmayacagim", "yazmayacagim", "etmeyecegim", "acmayacagim", "niyetim yok", "vermeyecegim"],
    ),
    (
        "ja",
        &[
            "たいわけではな",
            "わけではな",
            "つもりはな",
            "しません",
            "書きません",
            "えません",
            "つけません",
            "ないです",
            "たくはな",
            "残しません",
        ],
    ),
    ("ko", &["려는 게 아니", "려는게 아니", "려는 건 아니", "생각은 없", "생각 없", "지 않을", "안 쓸", "안 할", "안 남길"]),
    ("ru", &["писать не буду", "не хочу", "не буду", "ни с кем не хочу", "не собираюсь"]),
    ("pl", &["nie bede", "nie chce"]),
    ("nl", &["wil ik niet", "hoeft niet", "doe ik niet"]),
    ("de", &["will ich nicht", "mochte ich nicht", "werde ich nicht", "habe ich nicht vor"]),
];

/// Directly before a danger: there is none.
const NONE_BEFORE: &[(&str, &[&str])] = &[
    ("en", &["no", "without", "without any", "isn't", "not", "no visible", "never"]),
    ("de", &["kein", "keine", "keinen", "ohne", "nicht"]),
    ("fr", &["pas de", "aucune", "aucun", "sans", "ni", "pas"]),
    ("es", &["no sale", "no hay", "sin", "ni", "no echa", "no"]),
    ("it", &["niente", "nessun", "nessuna", "senza", "ne", "non c'e", "non fa"]),
    ("pt", &["nao sai", "nao ha", "nao tem", "nao", "sem", "nem"]),
    ("nl", &["geen", "zonder"]),
    ("pl", &["nic nie", "nie", "bez", "brak", "nie ma", "ani"]),
    ("ru", &["нет", "без", "ни", "не", "никакого"]),
    ("ar", &["لا", "بدون", "بلا", "لا يوجد", "ما في", "ما فيه", "ولا", "مافي"]),
    ("th", &["ไม่มี", "ไม่", "ไม่ได้"]),
    ("zh", &["没", "没有", "不", "无", "未"]),
    ("zh-tw", &["沒", "沒有", "不", "無", "未"]),
];

/// Close behind a danger: there is none.
const NONE_BEHIND: &[(&str, &[&str])] = &[
    ("de", &["nichts", "nicht"]),
    ("tr", &["yok", "cikmiyor", "cikmadi"]),
    ("ja", &["もなく", "もない", "はない", "はなく", "はありません", "もありません", "は出", "も出"]),
    ("ko", &["도 없", "는 없", "은 없", "도 냄새도 없", "도 안 나", "는 안 나"]),
    ("ru", &["и запаха нет", "нет", "не идет"]),
];

/// What a question is known by where its mark is missing; folded. A language without spaces finds them anywhere.
const ASKS: &[(&str, &[&str])] = &[
    ("en", &["do you", "does", "is there", "can i", "are there"]),
    ("de", &["gilt", "gibt es", "bieten sie", "habt ihr"]),
    ("fr", &["est-ce que", "est ce que", "avez-vous"]),
    ("pl", &["czy"]),
    ("ru", &["ли"]),
    ("tr", &["mi", "mu", "var mi"]),
    ("ar", &["هل"]),
    ("ko", &["나요", "까요", "가요", "되나"]),
    ("ja", &["ますか", "ですか", "でしょうか"]),
    ("zh", &["吗", "么", "有没有", "是否"]),
    ("zh-tw", &["嗎", "有沒有", "是否"]),
    ("th", &["ไหม", "มั้ย", "หรือเปล่า", "หรือไม่"]),
];

/// True when the writer says that he will not, or that there is no such danger.
pub fn denied(text: &str, at: &Range<usize>, kind: RiskKind, language: &str) -> bool {
    let before = clause_before(text, at.start);
    let behind = clause_behind(text, at.end);
    if kind == RiskKind::Safety {
        return of(NONE_BEFORE, language).iter().any(|word| ends_with(before.trim_end(), word))
            || of(NONE_BEHIND, language).iter().any(|word| begins_within(behind, word, 3));
    }
    of(WILL_NOT, language).iter().any(|word| ends_within(before, word, 16))
        || of(WILL_NOT_BEHIND, language).iter().any(|word| begins_within(behind, word, 8))
}

/// True when the sentence around the place asks something.
pub fn asked(text: &str, at: &Range<usize>, language: &str) -> bool {
    let end =
        text.get(at.end..).and_then(|rest| rest.find(['?', '؟', '!', '.', '。', '\n']).map(|found| (at.end + found, rest.get(found..))));
    if end.and_then(|(_, mark)| mark).is_some_and(|mark| mark.starts_with(['?', '؟'])) {
        return true;
    }
    let start = text.get(..at.start).and_then(|head| head.rfind(['?', '؟', '!', '.', '。', '\n'])).unwrap_or(0);
    let sentence = text.get(start..end.map_or(text.len(), |(place, _)| place)).unwrap_or_default();
    of(ASKS, language).iter().any(|word| {
        sentence.match_indices(word).any(|(place, _)| {
            let free = |c: Option<char>| {
                word.chars().any(is_unspaced) || word.chars().any(crate::tokens::is_hangul) || c.is_none_or(|c| !c.is_alphanumeric())
            };
            free(sentence.get(..place).and_then(|s| s.chars().next_back()))
                && free(sentence.get(place + word.len()..).and_then(|s| s.chars().next()))
        })
    })
}

fn of(table: &'static [(&str, &[&str])], language: &str) -> &'static [&'static str] {
    table.iter().find(|(code, _)| *code == language).map_or(&[], |(_, words)| words)
}

/// Where a clause ends; "but" begins another thought only behind a mark.
const MARKS: [char; 13] = [',', '.', '!', '?', ';', ':', '\n', '，', '。', '！', '？', '、', '،'];

fn clause_before(text: &str, start: usize) -> &str {
    let head = text.get(..start).unwrap_or_default();
    head.rsplit(MARKS).next().unwrap_or(head)
}

fn clause_behind(text: &str, end: usize) -> &str {
    let tail = text.get(end..).unwrap_or_default();
    tail.split(MARKS).next().unwrap_or(tail)
}

fn ends_with(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| word.chars().any(is_unspaced) || !rest.ends_with(char::is_alphanumeric))
}

/// The word with at most so many letters behind it.
fn ends_within(text: &str, word: &str, letters: usize) -> bool {
    text.rmatch_indices(word).next().is_some_and(|(place, _)| {
        let rest = text.get(place + word.len()..).unwrap_or_default();
        let width: usize = rest.chars().map(|c| if is_unspaced(c) { 3 } else { 1 }).sum();
        let open = text.get(..place).is_some_and(|s| !s.ends_with(char::is_alphanumeric));
        width <= letters && (open || word.chars().any(is_unspaced))
    })
}

/// The word with at most so many letters before it.
fn begins_within(text: &str, word: &str, letters: usize) -> bool {
    text.find(word).and_then(|place| text.get(..place)).is_some_and(|head| head.trim_start().chars().count() <= letters)
}
