//! Whether a passage speaks of the country that a question is about: countries by name, the European Union, Europe, everywhere else.
//!
//! The index counts words, and "customs", "duty" and "parcel" of a passage on the European Union answer a question on Brazil as well as
//! one on Spain. So what a passage says of a place is held against the place that was asked for. Where a passage names no place, it
//! holds everywhere; what stands before the first place that it names does too.

use std::sync::LazyLock;

use crate::{
    entities::places,
    fold::Folded,
    knowledge::terms::terms,
    lexicon::{Lexicon, Script},
    questions, tokens,
};

/// Member states among the countries that `places` knows.
const UNION: &[&str] = &["DE", "AT", "FR", "ES", "IT", "NL", "BE", "PL", "PT", "IE", "SE", "DK", "CZ", "GR"];

/// European countries outside of it. Turkey and Russia are left out: what shops call Europe seldom means them.
const EUROPE_BESIDE: &[&str] = &["CH", "GB", "NO"];

/// Categories of [`NAMES`].
const IN_UNION: u8 = 0;
const IN_EUROPE: u8 = 1;
const ELSEWHERE: u8 = 2;

/// Names over all languages, by category, separated by `|`. "Outside the EU" is longer than "EU" and therefore wins over it.
const REGIONS: &[(u8, &str)] = &[
    (
        IN_UNION,
        "eu|european union|eu country|eu countries|europäische union|europäischen union|eu-länder|eu-ländern|eu-staaten|ue|union européenne|l'union européenne|unión europea|unione europea|união europeia|europese unie|unia europejska|unii europejskiej|unię europejską|ес|европейский союз|европейского союза|европейском союзе|евросоюз|евросоюза|евросоюзе|avrupa birliği|avrupa birliği'nde|avrupa birliği içinde|ab içinde|ab ülkeleri|欧盟|歐盟|欧州連合|eu域内|eu圏内|유럽연합|유럽 연합|สหภาพยุโรป|الاتحاد الأوروبي",
    ),
    (
        IN_EUROPE,
        "europe|within europe|europa|europas|innereuropäisch|europie|europy|europę|европа|европы|европе|европу|avrupa|avrupa'ya|avrupa'da|avrupa içinde|欧洲|歐洲|ヨーロッパ|欧州|유럽|ยุโรป|أوروبا|اوروبا",
    ),
    (
        ELSEWHERE,
        "all other countries|other countries|every country|each country|all countries|any country|your country|worldwide|world-wide|all over the world|around the world|rest of the world|internationally|abroad|overseas|outside the eu|outside of the eu|outside the european union|outside europe|outside of europe|non-eu|non-eu countries|alle anderen länder|allen anderen ländern|andere länder|anderen ländern|übrigen länder|übrigen ländern|alle länder|allen ländern|jedem land|jedes land|ihr land|ihrem land|weltweit|ins ausland|im ausland|außerhalb der eu|außerhalb der europäischen union|außerhalb europas|nicht-eu|drittländer|drittländern|autres pays|tous les pays|chaque pays|votre pays|monde entier|à l'étranger|hors ue|hors de l'ue|hors de l'union européenne|hors union européenne|hors europe|hors d'europe|otros países|demás países|todos los países|cada país|su país|todo el mundo|al extranjero|fuera de la ue|fuera de la unión europea|fuera de europa|altri paesi|tutti i paesi|ogni paese|suo paese|tutto il mondo|all'estero|fuori dall'ue|fuori dall'unione europea|fuori dall'europa|extra-ue|outros países|restantes países|demais países|todos os países|cada país|seu país|todo o mundo|mundo inteiro|fora da ue|fora da união europeia|fora da europa|andere landen|overige landen|alle landen|elk land|uw land|wereldwijd|buitenland|buiten de eu|buiten de europese unie|buiten europa|inne kraje|innych krajów|pozostałych krajów|wszystkich krajów|każdego kraju|cały świat|całym świecie|za granicę|poza ue|poza unią europejską|poza europą|другие страны|других стран|других странах|остальные страны|остальных стран|все страны|всех стран|вашей страны|весь мир|по всему миру|за границу|вне ес|за пределами ес|за пределы ес|за пределами европейского союза|diğer ülkeler|diğer ülkelere|tüm ülkeler|tüm ülkelere|her ülke|dünya çapında|dünyanın her yerine|yurt dışı|ab dışı|avrupa birliği dışında|其他国家|其它国家|其他地区|所有国家|各国|全球|全世界|您所在的国家|欧盟以外|欧盟之外|欧洲以外|海外|其他國家|其他地區|所有國家|各國|歐盟以外|歐洲以外|その他の国|他の国|すべての国|全ての国|各国|お客様の国|全世界|世界中|eu域外|eu圏外|欧州連合外|ヨーロッパ以外|다른 국가|다른 나라|기타 국가|그 외 국가|모든 국가|모든 나라|전 세계|해외|eu 외|유럽연합 외|유럽 외|ประเทศอื่น|ทุกประเทศ|ทั่วโลก|ต่างประเทศ|นอกสหภาพยุโรป|นอกยุโรป|الدول الأخرى|دول أخرى|البلدان الأخرى|جميع الدول|كل الدول|جميع البلدان|جميع أنحاء العالم|خارج الاتحاد الأوروبي|خارج أوروبا|بلدكم",
    ),
];

static NAMES: LazyLock<Lexicon> = LazyLock::new(|| {
    let phrases = REGIONS.iter().flat_map(|(category, names)| names.split('|').map(move |name| (*category, name)));
    Lexicon::new(phrases, Script::Whole)
});

/// The places that a text names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    countries: Vec<&'static str>,
    union: bool,
    europe: bool,
    elsewhere: bool,
}

impl Places {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let folded = Folded::new(text);
        let mut places = Self { countries: places::found(&folded).into_iter().map(|(_, code)| code).collect(), ..Self::default() };
        for hit in NAMES.find(&folded) {
            match hit.category {
                IN_UNION => places.union = true,
                IN_EUROPE => places.europe = true,
                _ => places.elsewhere = true,
            }
        }
        places
    }

    /// True when it names none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// True when what is said of these places holds for one of the countries.
    fn cover(&self, countries: &[&str]) -> bool {
        countries.iter().any(|country| {
            self.elsewhere
                || self.countries.contains(country)
                || (self.union && UNION.contains(country))
                || (self.europe && (UNION.contains(country) || EUROPE_BESIDE.contains(country)))
        })
    }
}

/// How a passage stands to the countries of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It names one of them, or a region with it.
    Named,
    /// It says something of the matter that holds everywhere.
    General,
    /// What it says is about other places.
    Elsewhere,
}

/// Whether a passage of an article speaks of these countries.
pub fn fit(question: &str, asked: &[&str], title: &str, passage: &str) -> Fit {
    let of_title = Places::of(title);
    if of_title.cover(asked) || Places::of(passage).cover(asked) {
        return Fit::Named;
    }
    // An article whose very title is about another place says nothing that holds everywhere.
    if !of_title.is_empty() || !general_part_is_about(question, passage) {
        return Fit::Elsewhere;
    }
    Fit::General
}

/// True when what stands before the first place of a passage is about the question's matter; true as well for one without places.
fn general_part_is_about(question: &str, passage: &str) -> bool {
    let sentences = tokens::sentences(passage);
    let placed = sentences.iter().position(|(_, sentence)| !Places::of(sentence).is_empty());
    let Some(placed) = placed else { return true };
    let matter: Vec<String> = terms(question).into_iter().map(|t| t.word).filter(|word| !word.starts_with('@')).collect();
    // A heading and a question above the text state nothing.
    let states = |sentence: &str| !questions::is_asked(sentence) && sentence.ends_with(|c: char| !c.is_alphanumeric());
    let mut before = sentences.iter().take(placed).map(|(_, sentence)| *sentence).filter(|sentence| states(sentence));
    before.any(|sentence| terms(sentence).iter().any(|term| matter.contains(&term.word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(question: &str, title: &str, passage: &str, expect: Fit) {
        assert_eq!(fit(question, &Places::of(question).countries, title, passage), expect, "{question} / {passage}");
    }

    #[test]
    fn d3_a_passage_on_another_place_does_not_speak_of_the_country_that_is_asked_for() {
        let duty = "Do I have to pay customs duty?";
        let union = "Orders within the European Union are sent from Leipzig: no customs duty is added.";
        check("Customs duty on a blanket sent to the UK?", duty, union, Fit::Elsewhere);
        check("Customs duty on a lamp sent to Spain?", duty, union, Fit::Named);
        check("Customs duty to Brazil?", duty, "For all other countries the carrier collects the duty.", Fit::Named);
        check("Customs duty to Brazil?", duty, "Outside the EU the carrier collects the duty.", Fit::Named);
        check("Zoll in die Schweiz?", "Muss ich Zoll bezahlen?", "Innerhalb der EU fällt kein Zoll an.", Fit::Elsewhere);
        check("Wie lange dauert es in die Schweiz?", "Lieferzeit", "In Europa dauert es 4 bis 7 Tage.", Fit::Named);
        check("发到巴西要交关税吗？", "关税", "欧盟境内的订单不产生关税。", Fit::Elsewhere);
        check("发到德国要交关税吗？", "关税", "欧盟境内的订单不产生关税。", Fit::Named);
        check("Пошлина в Бразилию?", "Таможня", "В странах ЕС пошлины нет.", Fit::Elsewhere);
        check("Do I need a tax number for Mexico?", "Orders to Brazil", "Customs need your tax number.", Fit::Elsewhere);
    }

    #[test]
    fn what_stands_before_the_first_place_holds_everywhere() {
        let pay = "You can pay by card and PayPal. In Germany you can also pay later.";
        check("How can I pay from Spain?", "Which payment methods do you accept?", pay, Fit::General);
        check("How can I pay from Spain?", "Payment", "In Germany you can pay later. Payment by card is possible too.", Fit::Elsewhere);
        check("Is the lamp dimmable in Norway?", "Is it dimmable?", "Yes, with any LED dimmer.", Fit::General);
        check("Duty to Brazil?", "Customs", "Duty\nWithin the EU there is no duty.", Fit::Elsewhere);
        check("Duty to Brazil?", "Customs", "Do I pay duty?\nWithin the EU there is no duty.", Fit::Elsewhere);
    }

    #[test]
    fn every_region_has_a_name_in_sixteen_languages() {
        for text in [
            "in the EU",
            "in der EU",
            "dans l'UE",
            "en la UE",
            "nell'UE",
            "na UE",
            "in de EU",
            "w UE",
            "в ЕС",
            "Avrupa Birliği içinde",
            "欧盟境内",
            "歐盟境內",
            "EU域内では",
            "유럽연합 내",
            "ในสหภาพยุโรป",
            "في الاتحاد الأوروبي",
        ] {
            assert!(Places::of(text).cover(&["ES"]) && !Places::of(text).cover(&["BR"]), "{text}");
        }
        for text in [
            "all other countries",
            "alle anderen Länder",
            "les autres pays",
            "otros países",
            "altri paesi",
            "outros países",
            "andere landen",
            "innych krajów",
            "другие страны",
            "diğer ülkeler",
            "其他国家",
            "其他國家",
            "その他の国",
            "다른 국가",
            "ประเทศอื่น",
            "الدول الأخرى",
        ] {
            assert!(Places::of(text).cover(&["BR"]), "{text}");
        }
    }
}
