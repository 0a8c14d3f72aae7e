//! The texts that the console itself writes to customers: disclosure, comfort, parcel stages, handoff notices, the survey.
//!
//! One TOML file a language, flat keys with `{placeholders}`. A text is looked up in the customer's language, then its base, then
//! English, and is refused when a placeholder has no value: nothing with braces in it ever leaves. The app uses them too.

use std::{collections::BTreeMap, sync::OnceLock};

use mercator_domain::language::Language;

use crate::{data, error::PipelineError};

/// A text ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The words.
    pub text: String,
    /// The language they are in: another than asked for when that one has no such text.
    pub language: Language,
}

type Texts = BTreeMap<String, String>;

/// The texts of one language, read at its first use.
fn of(language: &str) -> Option<&'static Texts> {
    static ALL: OnceLock<Vec<(&'static str, OnceLock<Texts>)>> = OnceLock::new();
    let all = ALL.get_or_init(|| data::languages("texts").map(|code| (code, OnceLock::new())).collect());
    let (code, slot) = all.iter().find(|(code, _)| *code == language)?;
    Some(slot.get_or_init(|| {
        let table = data::table("texts", code).unwrap_or_default();
        table.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.trim().to_owned()))).collect()
    }))
}

/// The raw text of a key with the language it was found in.
pub fn raw(language: &Language, key: &str) -> Option<(Language, &'static str)> {
    language.fallbacks().into_iter().find_map(|l| of(l.code()).and_then(|texts| texts.get(key)).map(|text| (l, text.as_str())))
}

/// The text of a key with its placeholders filled.
pub fn render(language: &Language, key: &str, values: &[(&str, &str)]) -> Result<Rendered, PipelineError> {
    let (language, raw) = raw(language, key).ok_or_else(|| PipelineError::UnknownText(key.to_owned()))?;
    Ok(Rendered { text: fill(key, raw, values)?, language })
}

/// The words of a key, or nothing when it cannot be rendered: for parts of a card, where a gap is better than an error.
pub fn words(language: &Language, key: &str, values: &[(&str, &str)]) -> String {
    render(language, key, values).map(|r| r.text).unwrap_or_default()
}

/// One pass from left to right: a value that has braces in it is never read as a template again.
fn fill(key: &str, raw: &str, values: &[(&str, &str)]) -> Result<String, PipelineError> {
    let mut out = String::with_capacity(raw.len() + 32);
    let mut rest = raw;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        let value = values.iter().find(|(n, v)| *n == name && !v.is_empty());
        let (_, value) = value.ok_or_else(|| PipelineError::UnfilledPlaceholder { key: key.to_owned(), placeholder: name.to_owned() })?;
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// The word by which the customer can ask for a person, as the hint below the first answer tells it: in quotation marks.
pub fn person_words(language: &str) -> Vec<String> {
    const MARKS: &[(char, char)] = &[
        ('\'', '\''),
        ('"', '"'),
        ('„', '“'),
        ('„', '”'),
        ('“', '”'),
        ('«', '»'),
        ('「', '」'),
        ('『', '』'),
        ('‘', '’'),
        ('”', '”'),
        ('‹', '›'),
    ];
    let Some(text) = of(language).and_then(|texts| texts.get("person_hint")) else { return Vec::new() };
    let quoted = |(open, close): &(char, char)| {
        let (_, tail) = text.split_once(*open)?;
        let (word, _) = tail.split_once(*close)?;
        (!word.contains('{') && word.chars().count() <= 24).then(|| word.trim().to_owned())
    };
    MARKS.iter().filter_map(quoted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<String> {
        let mut found: Vec<String> = text.split('{').skip(1).filter_map(|t| t.split_once('}')).map(|(n, _)| n.to_owned()).collect();
        found.sort();
        found
    }

    #[test]
    fn c9_every_language_has_every_text_with_the_same_placeholders() {
        let english = of("en").unwrap();
        for code in Language::SUPPORTED {
            let texts = of(code).unwrap_or_else(|| panic!("{code}"));
            for (key, text) in english {
                let other = texts.get(key).unwrap_or_else(|| panic!("{code}: {key}"));
                assert_eq!(placeholders(other), placeholders(text), "{code}: {key}");
            }
        }
    }

    #[test]
    fn k1_every_disclosure_names_the_store_and_every_hint_a_word_for_a_person() {
        for code in Language::SUPPORTED {
            assert!(of(code).unwrap()["disclosure"].contains("{store}"), "{code}");
            assert_eq!(person_words(code).len(), 1, "{code}");
        }
    }

    #[test]
    fn falls_back_to_the_base_and_to_english() {
        let render = |code: &str| render(&Language::parse(code).unwrap(), "greeting", &[]).unwrap().language.code().to_owned();
        assert_eq!(render("de"), "de");
        assert_eq!(render("sv"), "en");
    }

    #[test]
    fn an_unfilled_placeholder_is_refused_and_a_value_is_never_a_template() {
        let english = Language::english();
        assert!(matches!(render(&english, "greeting_named", &[]), Err(PipelineError::UnfilledPlaceholder { .. })));
        assert!(matches!(render(&english, "greeting_named", &[("name", "")]), Err(PipelineError::UnfilledPlaceholder { .. })));
        assert!(matches!(render(&english, "no_such_text", &[]), Err(PipelineError::UnknownText(_))));
        assert!(render(&english, "greeting_named", &[("name", "{store}")]).unwrap().text.contains("{store}"));
    }
}
