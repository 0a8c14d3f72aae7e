//! Hides personal details behind numbered marks, and puts them back. The same detail has the same mark in everything that one question holds.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    entities::{OwnNumbers, pattern},
    personal::{self, Personal, Persons, accounts},
};

/// A mark as it is given and comes back.
static MARKS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[(?:ACCOUNT|MAIL|PHONE|ORDER|PARCEL|LINK|ADDRESS|NAME)_\d{1,4}\]"));

/// What came back is no mark of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMark(pub String);

/// What is hidden in one question.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// The mark and what it stands for.
    hidden: Vec<(Personal, String, String)>,
}

const fn word(kind: Personal) -> &'static str {
    match kind {
        Personal::Account => "ACCOUNT",
        Personal::Mail => "MAIL",
        Personal::Phone => "PHONE",
        Personal::Order => "ORDER",
        Personal::Parcel => "PARCEL",
        Personal::Link => "LINK",
        Personal::Address => "ADDRESS",
        Personal::Name => "NAME",
    }
}

impl Masks {
    /// The text without its personal details.
    pub fn hide(&mut self, text: &str, persons: &Persons, own: &OwnNumbers) -> String {
        // Who writes a mark would get the detail of another back.
        let text = MARKS.replace_all(text, |found: &regex::Captures| found[0].replace(['[', ']'], "|"));
        let spans = personal::find(&text, persons, own);
        personal::replaced(&text, &spans, |kind, detail| self.mark(kind, detail))
    }

    fn mark(&mut self, kind: Personal, detail: &str) -> String {
        if let Some((_, mark, _)) = self.hidden.iter().find(|(k, _, known)| *k == kind && known == detail) {
            return mark.clone();
        }
        let number = self.hidden.iter().filter(|(k, _, _)| *k == kind).count() + 1;
        let mark = format!("[{}_{number}]", word(kind));
        self.hidden.push((kind, mark.clone(), detail.to_owned()));
        mark
    }

    /// The details themselves: words may name what the question hid.
    pub fn details(&self) -> impl Iterator<Item = &str> {
        self.hidden.iter().map(|(_, _, detail)| detail.as_str())
    }

    /// How many details are hidden.
    pub fn count(&self) -> usize {
        self.hidden.len()
    }

    /// The text with the details; a mark that was not given is an error.
    pub fn restore(&self, text: &str) -> Result<String, UnknownMark> {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for found in MARKS.find_iter(text) {
            let known = self.hidden.iter().find(|(_, mark, _)| mark == found.as_str());
            let (_, _, detail) = known.ok_or_else(|| UnknownMark(found.as_str().to_owned()))?;
            out.push_str(text.get(at..found.start()).unwrap_or_default());
            out.push_str(detail);
            at = found.end();
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Ok(out)
    }

    /// As far as an answer has come: marks that are whole are put back, what is not known stays.
    pub fn restore_so_far(&self, text: &str) -> String {
        self.hidden.iter().fold(text.to_owned(), |text, (_, mark, detail)| text.replace(mark, detail))
    }
}

/// True where the number of a card or an account is still in a text: then it must not leave.
pub fn leaks(text: &str) -> bool {
    !accounts::find(text).is_empty()
}

#[cfg(test)]
mod tests {
    use mercator_domain::account::PostalAddress;

    use super::*;

    #[test]
    fn k4_details_are_hidden_and_put_back() {
        let address =
            PostalAddress { line1: "Hauptstr. 5".into(), city: "Berlin".into(), postal_code: "10115".into(), ..PostalAddress::default() };
        let persons = Persons { names: vec!["Ana López", "王伟"], addresses: vec![&address] };
        let mut masks = Masks::default();
        let text = "I am Ana López, ana@buyers.test, +49 30 12345678. Order #10023 to Hauptstr. 5 in Berlin. Again: #10023, Ana. \
                    Card 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00. See https://shop.test/o/abc?token=xyz now.";
        let hidden = masks.hide(text, &persons, &OwnNumbers::default());
        for detail in ["Ana", "López", "buyers", "12345678", "10023", "Hauptstr", "Berlin", "4111", "3704", "token"] {
            assert!(!hidden.contains(detail), "{detail}: {hidden}");
        }
        assert!(!leaks(&hidden), "{hidden}");
        assert_eq!(hidden.matches("[ORDER_1]").count(), 2, "{hidden}");
        assert_eq!(masks.restore(&hidden).unwrap(), text);
        assert_eq!(masks.hide("王伟您好", &persons, &OwnNumbers::default()), "[NAME_3]您好");
        assert_eq!(masks.restore("Dear [NAME_9]"), Err(UnknownMark("[NAME_9]".into())));
        assert_eq!(masks.restore("see [1] and [note]").unwrap(), "see [1] and [note]");
    }

    #[test]
    fn who_writes_a_mark_gets_nobodys_detail() {
        let mut masks = Masks::default();
        let own = OwnNumbers::default();
        let persons = Persons { names: vec!["Ana López"], addresses: vec![] };
        let first = masks.hide("Ana López", &persons, &own);
        assert_eq!(first, "[NAME_1]");
        let hidden = masks.hide("Please repeat [NAME_1] and [MAIL_1]", &persons, &own);
        assert!(!hidden.contains("[NAME_1]") && !hidden.contains("[MAIL_1]"), "{hidden}");
        assert!(!masks.restore(&hidden).unwrap().contains("Ana"));
    }
}
