//! Words that tell nothing since many languages share them, and a plain vote of small words for when the model cannot be read.
//!
//! Written for customer mail: pronouns, question words, helpers, greetings, each in its folded form.

use std::{collections::HashMap, sync::OnceLock};

use super::letters::Word;
use crate::fold::fold;

/// Language code, words.
pub(crate) const WORDS: &[(&str, &str)] = &[
    (
        "en",
        "the is are was were my your you i'm i've it's what where when how why which who can could would should do does did have has had not don't didn't please hello dear thanks thank this that these those from with about been there still yet any will and but of for to me we they he she it at on in an yes sorry regards",
    ),
    (
        "de",
        "der die das den dem des ein eine einen einem einer ist sind war waren mein meine meinen meiner ihr ihre ich sie wir es und oder aber nicht kein keine wo wann wie was warum welche kann koennen konnen mochte habe haben hat hatte wird werden wurde bitte hallo guten tag danke vielen dank mit von fur auf bei nach noch schon immer zu im am auch wenn dass gerne sehr geehrte gruss grusse liebe mfg ja nein seit",
    ),
    (
        "fr",
        "le la les un une des du de est sont etait mon ma mes votre vos je j'ai vous nous il elle ils on et ou mais ne pas plus ou quand comment que quoi pourquoi quel quelle puis peut pouvez voudrais avez avoir ai bonjour bonsoir merci salut s'il plait svp avec pour dans sur par au aux ce cette c'est encore deja toujours tres cordialement oui non depuis",
    ),
    (
        "es",
        "el la los las un una unos es son esta estan era mi mis su sus tu yo usted ustedes nosotros y o pero no donde cuando como que por porque cual puedo puede pueden quiero quisiera tengo tiene hay he ha hola buenos buenas dias tardes gracias favor con para del al en se lo le me ya todavia aun muy saludos si desde hace",
    ),
    (
        "it",
        "il lo la i gli le un uno una e sono era mio mia miei vostro vostra io voi noi lui lei ma non dove quando come che cosa perche quale posso puo potete vorrei ho ha hai avete hanno ciao buongiorno buonasera salve grazie per favore con del della dei di da in su si mi ci ancora gia molto saluti cordiali questo questa quanto",
    ),
    (
        "pt",
        "o a os as um uma e sao era meu minha meus seu sua eu voce voces nos ele ela mas nao onde quando como que porque qual posso pode podem quero queria gostaria tenho tem ha ola oi bom boa dia tarde obrigado obrigada por favor com para do da dos das no na em se me ainda ja muito sim desde ate isso este esta foi estou",
    ),
    (
        "nl",
        "de het een is zijn was mijn uw jullie ik u wij we hij zij en of maar niet geen waar wanneer hoe wat waarom welke kan kunnen kunt wil zou heb heeft hebben had wordt worden hallo goedemiddag goedendag bedankt dank alstublieft aub graag met van voor op bij naar nog al ook dat dit deze die te er groet groeten vriendelijke ja nee sinds",
    ),
    (
        "pl",
        "i w z na do nie to jest sa byl byla moj moja moje moje panstwo panstwa ja pan pani czy gdzie kiedy jak co dlaczego ktory moge mozna moze chce chcialbym chcialabym mam ma maja dzien dobry czesc witam dziekuje dzieki prosze pozdrawiam ale lub oraz od dla po przy juz jeszcze nadal bardzo tak ze sie jesli zostal zostala",
    ),
    (
        "tr",
        "ve bir bu su o ben siz biz benim sizin nerede ne zaman nasil neden hangi mi mu var yok degil ama icin ile gibi daha cok hala henuz lutfen merhaba selam tesekkurler tesekkur ederim iyi gunler olarak istiyorum istiyor oldu olur mı musunuz misiniz geldi gelmedi aldim evet hayir kadar sonra",
    ),
    ("sv", "och att det som en ett jag inte ar min mitt var har hej tack nar vill kan med for pa av till fran ni vi mina skulle"),
    ("da", "og at det som en et jeg ikke er min mit hvor har hej tak hvornar vil kan med for pa af til fra ikke vores kunne"),
    ("vi", "toi cua khong la va don hang bao gio o dau xin chao cam on duoc cho nay voi ban"),
];

/// Words that many languages share: they tell nothing.
const SHARED: &[&str] = &[
    "ok",
    "okay",
    "oki",
    "hi",
    "hey",
    "no",
    "sms",
    "pdf",
    "email",
    "mail",
    "e-mail",
    "info",
    "paypal",
    "online",
    "shop",
    "status",
    "code",
    "usb",
    "led",
    "url",
    "app",
    "top",
    "super",
    "test",
    "sorry",
    "visa",
    "dhl",
    "ups",
    "fedex",
    "amazon",
    "ebay",
    "etsy",
    "temu",
    "shein",
    "bot",
    "service",
    "tracking",
    "http",
    "https",
    "rt",
    "html",
    "www",
    "whatsapp",
    "iphone",
    "android",
    "bluetooth",
    "wifi",
    "lol",
    "wow",
    "haha",
    "hahaha",
    "hmm",
    "oh",
    "ah",
    "xl",
    "xxl",
    "vs",
    "pm",
    "am",
    "re",
    "fw",
    "fwd",
    "lt",
    "gt",
    "amp",
    "quot",
    "nbsp",
];

/// What a greeting or small word that only one language has adds to it in a short message (a logarithm of odds).
pub(super) const GREETING: f32 = 2.5;

/// The language of a word in its folded form that only one language has among its small words and greetings.
pub(super) fn language_of(folded: &str) -> Option<&'static str> {
    static OWNERS: OnceLock<HashMap<&'static str, Option<&'static str>>> = OnceLock::new();
    let owners = OWNERS.get_or_init(|| {
        let mut owners = HashMap::new();
        for (code, list) in WORDS {
            // One or two letters are too often initials and faces.
            for word in list.split(' ').filter(|word| word.len() > 2) {
                owners.entry(word).and_modify(|owner| *owner = None).or_insert(Some(*code));
            }
        }
        owners
    });
    owners.get(folded).copied().flatten()
}

/// True for a word that many languages share.
pub fn is_shared(word: &str) -> bool {
    SHARED.contains(&word)
}

/// The Latin language whose small words are most in a text, if one has at least two and more than any other.
pub(super) fn vote(words: &[&Word]) -> Option<&'static str> {
    let folded: Vec<String> = words.iter().map(|word| fold(&word.text)).collect();
    let count = |list: &str| folded.iter().filter(|word| list.split(' ').any(|known| known == word.as_str())).count();
    let mut votes: Vec<(usize, &str)> = WORDS.iter().map(|(code, list)| (count(list), *code)).collect();
    votes.sort_by_key(|(count, code)| (std::cmp::Reverse(*count), *code));
    match votes.as_slice() {
        [(first, code), (second, _), ..] if *first >= 2 && first > second => Some(code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::letters, *};

    #[test]
    fn small_words_vote_when_there_is_no_model() {
        let check = |text: &str, expect: Option<&str>| {
            let words = letters::words(text);
            assert_eq!(vote(&words.iter().collect::<Vec<_>>()), expect, "{text}");
        };
        check("Where is my order please", Some("en"));
        check("Wo ist meine Bestellung? Ich warte seit zwei Wochen", Some("de"));
        check("Gdzie jest moja paczka", Some("pl"));
        check("Carlos", None);
        check("", None);
    }
}
