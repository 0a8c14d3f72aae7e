//! The data files that ship inside the program: example phrases, lexicons and texts, one file a kind and language.
//!
//! Parsing is left to the modules that own a kind; this one only finds the text of a file.

use crate::error::PipelineError;

/// Kind, language, content.
static FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/data_files.rs"));

/// The content of a file, if there is one.
pub(crate) fn file(kind: &str, language: &str) -> Option<&'static str> {
    FILES.iter().find(|(k, l, _)| *k == kind && *l == language).map(|(_, _, content)| *content)
}

/// Every language with a file of this kind, in the order of the codes.
pub(crate) fn languages(kind: &str) -> impl Iterator<Item = &'static str> {
    FILES.iter().filter(move |(k, _, _)| *k == kind).map(|(_, l, _)| *l)
}

/// A flat TOML file as a table.
pub(crate) fn table(kind: &str, language: &str) -> Result<toml::Table, PipelineError> {
    let text = file(kind, language).unwrap_or_default();
    text.parse::<toml::Table>().map_err(|e| PipelineError::Data { file: format!("{kind}/{language}"), reason: e.message().to_owned() })
}

/// Lines `label<TAB>phrase` of a TSV file; comments and empty lines are left out.
pub(crate) fn rows(kind: &str, language: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file(kind, language)
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(label, phrase)| (label.trim(), phrase.trim()))
        .filter(|(_, phrase)| !phrase.is_empty())
}

#[cfg(test)]
mod tests {
    use mercator_domain::language::Language;

    #[test]
    fn every_supported_language_has_every_kind_of_data() {
        for kind in ["claims", "clean", "consent", "context", "intents", "emotion", "risk", "texts"] {
            for code in Language::SUPPORTED {
                assert!(super::file(kind, code).is_some(), "{kind}/{code}");
            }
        }
    }

    #[test]
    fn every_table_parses() {
        for kind in ["claims", "clean", "consent", "context", "emotion", "risk", "texts"] {
            for code in super::languages(kind) {
                super::table(kind, code).unwrap();
            }
        }
    }
}
