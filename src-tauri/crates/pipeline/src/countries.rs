//! Names of countries in the languages of the texts.

use std::{collections::HashMap, sync::LazyLock};

use mercator_domain::language::Language;

const TABLE: &str = include_str!("../data/countries.tsv");

/// The table, read once.
struct Names {
    /// By code, in the order of the languages.
    rows: HashMap<&'static str, Vec<&'static str>>,
    languages: Vec<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let languages = lines.next().unwrap_or_default().split('\t').skip(1).collect();
    let rows = lines.filter_map(|line| line.split_once('\t')).map(|(code, names)| (code, names.split('\t').collect()));
    Names { rows: rows.collect(), languages }
});

/// The name of a country in a language or its nearest; the code itself where it has none.
pub fn name(code: &str, language: &Language) -> String {
    let Names { rows, languages } = &*NAMES;
    let Some(names) = rows.get(code) else { return code.to_owned() };
    let column = |language: &Language| languages.iter().position(|known| *known == language.code());
    let found = language.fallbacks().iter().filter_map(column).find_map(|at| names.get(at));
    found.map_or_else(|| code.to_owned(), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_names_in_every_language() {
        let check = |code: &str, language: &str, expect: &str| assert_eq!(name(code, &Language::parse(language).unwrap()), expect);
        check("BR", "de", "Brasilien");
        check("BR", "zh", "巴西");
        check("DE", "zh-tw", "德國");
        check("GB", "fr", "Royaume-Uni");
        check("BR", "sv", "Brazil");
        check("QQ", "de", "QQ");
        let Names { rows, languages } = &*NAMES;
        assert!(rows.values().all(|row| row.len() == languages.len()));
        assert_eq!(languages.len(), Language::SUPPORTED.len());
    }
}
