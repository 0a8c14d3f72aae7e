//! Stage 2: in which language a message is, honestly: short or shared words are unsure, two languages at once are mixed.
//!
//! The script decides where it can (Thai, Hangul, Kana, Han, Arabic, Cyrillic and others). Among Latin languages words vote:
//! small words and the words of the example phrases, with `whichlang` as one more voice. What is known of the writer and the
//! store breaks ties, and a language that an agent fixed always wins.

use std::{collections::HashMap, sync::OnceLock};

use mercator_domain::{
    language::Language,
    turn::{Evidence, LanguageGuess},
};

use crate::{
    data,
    fold::fold,
    language_words::{SHARED, SIMPLIFIED, TRADITIONAL, WORDS},
    tokens,
};

/// What is known before the message is read.
#[derive(Clone, Debug)]
pub struct Prior<'a> {
    /// Set by an agent: wins over everything.
    pub fixed: Option<&'a Language>,
    /// The contact's or the conversation's.
    pub contact: Option<&'a Language>,
    /// The language of the contact's country.
    pub country: Option<&'a str>,
    /// The store's, when nothing else is known.
    pub store: &'a Language,
}

/// The result of the stage.
pub type Guess = (LanguageGuess, f32, Vec<Evidence>);

/// Tells the language of a text.
pub fn detect(text: &str, prior: &Prior) -> Guess {
    if let Some(fixed) = prior.fixed {
        let guess = LanguageGuess { code: fixed.clone(), unsure: false, mixed: false };
        return (guess, 1.0, vec![Evidence::new("history", format!("an agent fixed the language: {fixed}"))]);
    }
    let stripped = without_names(text);
    let scripts = Scripts::count(&stripped);
    let latin = latin_votes(&stripped);
    scripts.decide(&stripped, &latin, prior).unwrap_or_else(|| by_words(&stripped, &latin, prior))
}

/// Addresses, links and numbers name no language.
fn without_names(text: &str) -> String {
    let kept = |word: &&str| !word.contains("://") && !word.contains('@') && !word.starts_with("www.");
    text.split_whitespace().filter(kept).collect::<Vec<_>>().join(" ")
}

/// Letters by script.
#[derive(Default, Debug)]
struct Scripts {
    latin: usize,
    han: usize,
    kana: usize,
    hangul: usize,
    thai: usize,
    arabic: usize,
    persian: usize,
    cyrillic: usize,
    ukrainian: usize,
    greek: usize,
    hebrew: usize,
    devanagari: usize,
}

impl Scripts {
    fn count(text: &str) -> Self {
        let mut s = Self::default();
        for c in text.chars() {
            match c {
                'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => s.latin += 1,
                '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9d}' => s.kana += 1,
                '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => s.han += 1,
                '\u{ac00}'..='\u{d7a3}' | '\u{3131}'..='\u{318e}' => s.hangul += 1,
                '\u{e01}'..='\u{e5b}' => s.thai += 1,
                'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' => s.persian += 1,
                '\u{620}'..='\u{64a}' => s.arabic += 1,
                'і' | 'ї' | 'є' | 'ґ' | 'І' | 'Ї' | 'Є' => s.ukrainian += 1,
                '\u{400}'..='\u{4ff}' => s.cyrillic += 1,
                '\u{370}'..='\u{3ff}' => s.greek += 1,
                '\u{5d0}'..='\u{5ea}' => s.hebrew += 1,
                '\u{900}'..='\u{97f}' => s.devanagari += 1,
                _ => {}
            }
        }
        s
    }

    /// The language that the script gives, unless the text is in Latin letters or in none.
    fn decide(&self, text: &str, latin: &Votes, prior: &Prior) -> Option<Guess> {
        let asian = self.han + self.kana;
        let candidates = [
            (self.thai, "th"),
            (self.hangul, "ko"),
            (asian, if self.kana * 8 >= asian.max(1) { "ja" } else { han(text, prior) }),
            (self.arabic + self.persian, if self.persian * 6 > self.arabic { "fa" } else { "ar" }),
            (self.cyrillic + self.ukrainian, if self.ukrainian > 0 { "uk" } else { "ru" }),
            (self.greek, "el"),
            (self.hebrew, "he"),
            (self.devanagari, "hi"),
        ];
        let (letters, code) = candidates.into_iter().max_by_key(|(n, _)| *n).filter(|(n, _)| *n > 0)?;
        // One Chinese character says about as much as three Latin letters.
        let weight = if matches!(code, "zh" | "zh-tw" | "ja" | "ko") { 3 } else { 1 };
        if letters * weight < self.latin && !latin.strong.is_empty() {
            // Mostly Latin: words decide which language, and a fair share of another script makes it mixed.
            let (mut guess, sure, why) = by_words(text, latin, prior);
            guess.mixed |= letters * weight * 5 >= self.latin;
            return Some((guess, sure, why));
        }
        let foreign: usize = latin.strong.iter().map(|(_, n)| n).sum();
        let mixed = foreign >= 2 && self.latin * 4 > letters * weight;
        let short_shared = matches!(code, "zh" | "zh-tw") && letters < 2;
        let confidence = if mixed {
            0.6
        } else if short_shared {
            0.5
        } else {
            0.98
        };
        let evidence = vec![Evidence::new("script", format!("{letters} letters of the script of {code}"))];
        let code = Language::parse(code)?;
        Some((LanguageGuess { code, unsure: short_shared, mixed }, confidence, evidence))
    }
}

/// Simplified or traditional, by characters that only one of them has; the prior where none is there.
fn han<'a>(text: &str, prior: &'a Prior) -> &'a str {
    let count = |set: &str, other: &str| text.chars().filter(|c| set.contains(*c) && !other.contains(*c)).count();
    let (simple, traditional) = (count(SIMPLIFIED, TRADITIONAL), count(TRADITIONAL, SIMPLIFIED));
    match simple.cmp(&traditional) {
        std::cmp::Ordering::Greater => "zh",
        std::cmp::Ordering::Less => "zh-tw",
        std::cmp::Ordering::Equal => {
            let known = prior.contact.map(Language::code);
            let island = prior.country.is_some_and(|c| matches!(c, "TW" | "HK" | "MO"));
            if known == Some("zh-tw") || (known != Some("zh") && island) {
                "zh-tw"
            } else if known == Some("ja") {
                "ja"
            } else {
                "zh"
            }
        }
    }
}

/// How the words of a text speak for the Latin languages.
#[derive(Default, Debug)]
struct Votes {
    /// Words that are known at all.
    known: usize,
    /// All words of letters.
    words: usize,
    /// Sum of logarithms by language, best first.
    scores: Vec<(&'static str, f32)>,
    /// For each known word the languages that have it.
    spoken: Vec<Vec<&'static str>>,
    /// Words that belong to one language nearly alone, by language, most first.
    strong: Vec<(&'static str, usize)>,
}

/// Counts of a word by language.
type Counts = HashMap<String, Vec<(usize, f32)>>;

/// Words of small words and example phrases, built once.
fn book() -> &'static (Vec<&'static str>, Counts) {
    static BOOK: OnceLock<(Vec<&'static str>, Counts)> = OnceLock::new();
    BOOK.get_or_init(|| {
        let languages: Vec<&'static str> = WORDS.iter().map(|(code, _)| *code).collect();
        let mut counts: Counts = HashMap::new();
        let mut add = |word: &str, language: usize, weight: f32| {
            let entry = counts.entry(word.to_owned()).or_default();
            match entry.iter_mut().find(|(l, _)| *l == language) {
                Some((_, n)) => *n += weight,
                None => entry.push((language, weight)),
            }
        };
        for (i, (code, words)) in WORDS.iter().enumerate() {
            words.split(' ').for_each(|w| add(w, i, 12.0));
            let mut phrases = 0.0f32;
            for (_, phrase) in data::rows("intents", code) {
                phrases += 1.0;
                if phrases > 900.0 {
                    break;
                }
                let folded = fold(phrase);
                tokens::runs(&folded).iter().filter(|r| !r.unspaced).for_each(|r| add(r.text, i, 1.0));
            }
        }
        (languages, counts)
    })
}

fn latin_votes(text: &str) -> Votes {
    let (languages, counts) = book();
    let folded = fold(text);
    let mut votes = Votes::default();
    let mut sums = vec![0.0f32; languages.len()];
    let mut strong = vec![0usize; languages.len()];
    for run in tokens::runs(&folded).iter().filter(|r| !r.unspaced && r.text.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'')) {
        votes.words += 1;
        if SHARED.contains(&run.text) {
            continue;
        }
        let Some(entry) = counts.get(run.text).or_else(|| counts.get(run.text.split('\'').next_back().unwrap_or_default())) else {
            continue;
        };
        votes.known += 1;
        votes.spoken.push(entry.iter().filter_map(|(l, _)| languages.get(*l).copied()).collect());
        let total: f32 = entry.iter().map(|(_, n)| n).sum();
        for (i, sum) in sums.iter_mut().enumerate() {
            let here = entry.iter().find(|(l, _)| *l == i).map_or(0.0, |(_, n)| *n);
            *sum += ((here + 0.4) / (total + 0.4 * 12.0)).ln();
            if here > 0.85 * total
                && let Some(n) = strong.get_mut(i)
            {
                *n += 1;
            }
        }
    }
    votes.scores = languages.iter().copied().zip(sums).collect();
    votes.scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    votes.strong = languages.iter().copied().zip(strong).filter(|(_, n)| *n > 0).collect();
    votes.strong.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    votes
}

/// Letters that only one of our Latin languages has.
fn by_letters(text: &str) -> Option<&'static str> {
    let has = |set: &str| text.to_lowercase().chars().any(|c| set.contains(c));
    [("ß", "de"), ("ñ¿¡", "es"), ("ãõ", "pt"), ("łąęśżźń", "pl"), ("ışğ", "tr"), ("œ", "fr"), ("đăơư", "vi")]
        .into_iter()
        .find(|(set, _)| has(set))
        .map(|(_, code)| code)
}

/// `whichlang`'s opinion, where it knows one of the Latin languages. It knows no Polish.
fn second_opinion(text: &str) -> Option<&'static str> {
    use whichlang::Lang;
    Some(match whichlang::detect_language(text) {
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Tur => "tr",
        Lang::Swe => "sv",
        Lang::Vie => "vi",
        _ => return None,
    })
}

/// The Latin languages, by votes.
fn by_words(text: &str, votes: &Votes, prior: &Prior) -> Guess {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 || (votes.known == 0 && letters < 12 && by_letters(text).is_none()) {
        return unsure(prior, "too short to tell");
    }
    let mut scores: HashMap<&str, f32> = votes.scores.iter().copied().collect();
    let mut bonus = |code: Option<&'static str>, by: f32| {
        if let Some(score) = code.and_then(|c| scores.get_mut(c)) {
            *score += by;
        }
    };
    bonus(by_letters(text), 3.0);
    if letters >= 12 {
        bonus(second_opinion(text), if votes.known * 2 < votes.words { 3.0 } else { 1.2 });
    }
    bonus(prior.contact.and_then(|l| WORDS.iter().find(|(c, _)| *c == l.code())).map(|(c, _)| *c), 1.0);
    bonus(prior.country.and_then(country_language), 0.4);
    bonus(WORDS.iter().find(|(c, _)| *c == prior.store.code()).map(|(c, _)| *c), 0.2);
    let mut ranked: Vec<(&str, f32)> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let (Some((best, top)), Some((second, next))) = (ranked.first().copied(), ranked.get(1).copied()) else {
        return unsure(prior, "no votes");
    };
    let margin = top - next;
    let mixed = is_mixed(votes);
    let confidence = (1.0 / (1.0 + (-margin).exp())).min(0.99) * if mixed { 0.7 } else { 1.0 };
    if margin < 0.7 && !mixed {
        return unsure(prior, &format!("{best} and {second} are equally likely"));
    }
    let evidence = vec![Evidence::new("phrase", format!("{} of {} words are known; {best} before {second}", votes.known, votes.words))];
    let code = Language::parse(best).unwrap_or_else(Language::english);
    (LanguageGuess { code, unsure: false, mixed }, confidence, evidence)
}

/// Two languages with words that are theirs alone, and at least two words, a fair share, that the main one does not have.
fn is_mixed(votes: &Votes) -> bool {
    let [(main, _), (_, second), ..] = votes.strong.as_slice() else { return false };
    let foreign = votes.spoken.iter().filter(|languages| !languages.contains(main)).count();
    *second >= 1 && foreign >= 2 && foreign * 4 >= votes.known
}

/// The message does not tell: what is known of the writer does.
fn unsure(prior: &Prior, why: &str) -> Guess {
    let by_country = prior.country.and_then(country_language).and_then(Language::parse);
    let (code, from) = match (prior.contact, by_country) {
        (Some(known), _) => (known.clone(), "the contact's language"),
        (None, Some(land)) => (land, "the language of the contact's country"),
        (None, None) => (prior.store.clone(), "the store's language"),
    };
    let evidence = vec![Evidence::new("history", format!("{why}: {from}, {code}"))];
    (LanguageGuess { code, unsure: true, mixed: false }, 0.3, evidence)
}

/// The language most spoken in a country, where there is one.
pub fn country_language(country: &str) -> Option<&'static str> {
    Some(match country {
        "DE" | "AT" => "de",
        "FR" => "fr",
        "ES" | "MX" | "AR" | "CO" | "CL" | "PE" => "es",
        "IT" => "it",
        "PT" | "BR" => "pt",
        "NL" => "nl",
        "PL" => "pl",
        "TR" => "tr",
        "JP" => "ja",
        "KR" => "ko",
        "CN" => "zh",
        "TW" | "HK" | "MO" => "zh-tw",
        "TH" => "th",
        "RU" | "BY" => "ru",
        "SA" | "AE" | "EG" | "KW" | "QA" | "JO" => "ar",
        "US" | "GB" | "AU" | "NZ" | "IE" => "en",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str) -> LanguageGuess {
        let store = Language::english();
        detect(text, &Prior { fixed: None, contact: None, country: None, store: &store }).0
    }

    #[test]
    fn sixteen_languages() {
        let check = |text: &str, code: &str| {
            let got = guess(text);
            assert_eq!((got.code.code(), got.unsure, got.mixed), (code, false, false), "{text}");
        };
        check("Where is my order? I have been waiting for two weeks.", "en");
        check("Wo bleibt meine Bestellung? Ich warte seit zwei Wochen.", "de");
        check("Où est ma commande ? J'attends depuis deux semaines.", "fr");
        check("¿Dónde está mi pedido? Llevo dos semanas esperando.", "es");
        check("Dov'è il mio ordine? Aspetto da due settimane.", "it");
        check("Onde está a minha encomenda? Estou à espera há duas semanas.", "pt");
        check("Waar blijft mijn bestelling? Ik wacht al twee weken.", "nl");
        check("Gdzie jest moje zamówienie? Czekam już dwa tygodnie.", "pl");
        check("Siparişim nerede? İki haftadır bekliyorum.", "tr");
        check("Где мой заказ? Жду уже две недели.", "ru");
        check("أين طلبي؟ أنتظر منذ أسبوعين.", "ar");
        check("สินค้าของฉันอยู่ที่ไหน", "th");
        check("주문한 상품이 언제 오나요?", "ko");
        check("注文した商品はいつ届きますか", "ja");
        check("我的订单什么时候发货？", "zh");
        check("我的訂單什麼時候出貨？", "zh-tw");
        check("gracias", "es");
        check("Danke schön!", "de");
        check("Merhaba", "tr");
        check("Де моє замовлення? Чекаю вже два тижні, їх немає", "uk");
    }

    #[test]
    fn c1_short_is_unsure_mixed_is_mixed_and_thai_is_thai() {
        assert!(guess("ok").unsure);
        assert!(guess("12345").unsure);
        assert!(guess("👍").unsure);
        assert!(guess("").unsure);
        assert!(guess("Hola, where is my pedido?").mixed);
        assert!(guess("你好 where is my order please").mixed);
        assert_eq!(guess("เมื่อไหร่จะได้ของคะ").code.code(), "th");
    }

    #[test]
    fn the_prior_decides_what_the_message_does_not() {
        let (store, german, dutch) = (Language::english(), Language::parse("de").unwrap(), Language::parse("nl").unwrap());
        let with = |text: &str, fixed: Option<&Language>, contact: Option<&Language>, country: Option<&str>| {
            detect(text, &Prior { fixed, contact, country, store: &store }).0.code.code().to_owned()
        };
        assert_eq!(with("ok", None, Some(&german), None), "de");
        assert_eq!(with("ok", None, None, Some("JP")), "ja");
        assert_eq!(with("ok", None, None, None), "en");
        assert_eq!(with("Where is my order please", Some(&dutch), Some(&german), None), "nl");
        assert_eq!(with("Where is my order please", None, Some(&german), None), "en");
    }
}
