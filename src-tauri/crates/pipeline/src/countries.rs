//! Names of countries in the languages of the texts.

use std::{collections::HashMap, sync::LazyLock};

use mercator_domain::language::Language;

const TABLE: &str = include_str!("../data/countries.tsv");

/// Code to its names, and language to its column.
static NAMES: LazyLock<(HashMap<&str, Vec<&str>>, Vec<&str>)> = LazyLock::new(|| {
    let mut lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let languages = lines.next().unwrap_or_default().split('\t').skip(1).collect();
    let rows = lines.filter_map(|line| line.split_once('\t')).map(|(code, names)| (code, names.split('\t').collect()));
    (rows.collect(), languages)
});

/// The name of a country in a language or its nearest; the code itself where it has none.
pub fn name(code: &str, language: &Language) -> String {
    let (names, languages) = &*NAMES;
    let Some(names) = names.get(code) else { return code.to_owned() };
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
        let (names, languages) = &*NAMES;
        assert!(names.values().all(|row| row.len() == languages.len()));
        assert_eq!(languages.len(), Language::SUPPORTED.len());
    }
}
