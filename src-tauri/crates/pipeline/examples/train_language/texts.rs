//! Reads every source into texts with their language: the training sees nothing else.
//!
//! Never read here: the sets of tweets, requests and support chats on which the product is only measured.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::{inputs::Inputs, random::hash};

/// A text and its language.
pub struct Text {
    /// As the source names it, in two or three letters.
    pub language: String,
    /// The source, with its kind of text.
    pub source: &'static str,
    /// The text.
    pub text: String,
    /// In which of the five parts of the cross-validation it is held out: by a hash of the text, so equal texts stay together.
    pub fold: u64,
}

/// Parts of the cross-validation.
pub const FOLDS: u64 = 5;

/// At most so many texts of a source in one language, so that none drowns the others.
const MOST: usize = 4_000;

/// Packages whose translations are read: free under the BSD or MIT licence, one of them a web shop.
const PACKAGES: &[&str] = &[
    "django-5.2.8-py3-none-any.whl",
    "django_oscar-4.0-py3-none-any.whl",
    "django_allauth-65.13.0-py3-none-any.whl",
    "wagtail-8.0.1-py3-none-any.whl",
];

/// All texts, in a fixed order.
pub fn read(inputs: &mut Inputs) -> Result<Vec<Text>> {
    let mut texts = Texts::default();
    for row in inputs.rows("lingua_langid/texts.csv.zst")? {
        let source = match &row[1] {
            "sentences" => "lingua/sentences",
            "word-pairs" => "lingua/word-pairs",
            _ => "lingua/single-words",
        };
        texts.add(&row[0], source, &row[2]);
    }
    for row in inputs.rows("brighter_emotions/texts.csv.zst")? {
        if let Some(language) = brighter(&row[0]) {
            texts.add(language, "brighter", &row[3]);
        }
    }
    for row in inputs.rows("multidogo_turns/customer_turns.csv.zst")? {
        // One in eight is plenty of English.
        if hash(&row[4]).is_multiple_of(8) {
            texts.add("en", "multidogo", &row[4]);
        }
    }
    for name in mercator_domain::language::Language::SUPPORTED {
        for folder in ["intents", "feelings"] {
            let file = inputs.bytes(&format!("{folder}/{name}.tsv"))?;
            phrases(&String::from_utf8_lossy(&file), |phrase| texts.add(name, "phrases", phrase));
        }
    }
    let file = inputs.bytes("language/hi-latn.txt")?;
    String::from_utf8_lossy(&file).lines().filter(|line| !line.starts_with('#')).for_each(|line| texts.add("hi-latn", "phrases", line));
    for package in PACKAGES {
        translations(&inputs.packed(package, |name| name.ends_with(".po"))?, &mut texts);
    }
    Ok(texts.all)
}

/// Texts so far, and how many of each language and source.
#[derive(Default)]
struct Texts {
    all: Vec<Text>,
    seen: BTreeSet<(String, u64)>,
    counts: BTreeMap<(String, &'static str), usize>,
}

impl Texts {
    fn add(&mut self, language: &str, source: &'static str, text: &str) {
        let fold = hash(text);
        let count = self.counts.entry((language.to_owned(), source)).or_default();
        if text.trim().is_empty() || *count >= MOST || !self.seen.insert((language.to_owned(), fold)) {
            return;
        }
        *count += 1;
        self.all.push(Text { language: language.to_owned(), source, text: text.to_owned(), fold: fold % FOLDS });
    }
}

fn phrases(file: &str, each: impl FnMut(&str)) {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(_, phrase)| phrase.trim())
        .for_each(each);
}

/// The codes of this source in ours; Nigerian Pidgin is left out, since its letters are English.
fn brighter(code: &str) -> Option<&str> {
    Some(match code {
        "pcm" => return None,
        "eng" => "en",
        "deu" => "de",
        "esp" => "es",
        "ptbr" | "ptmz" => "pt",
        "rus" => "ru",
        "chn" => "zh",
        "ukr" => "uk",
        "ron" => "ro",
        "swe" => "sv",
        "hin" => "hi",
        "mar" => "mr",
        "afr" => "af",
        "swa" => "sw",
        "som" => "so",
        "yor" => "yo",
        "hau" => "ha",
        "ibo" => "ig",
        "kin" => "rw",
        "orm" => "om",
        "sun" => "su",
        "tat" => "tt",
        "arq" | "ary" => "ar",
        "amh" | "tir" => "am",
        other => other,
    })
}

/// Translated texts of a package; the English ones are what was translated.
fn translations(files: &BTreeMap<String, String>, texts: &mut Texts) {
    for (name, file) in files {
        let Some(language) = name.split("/locale/").nth(1).and_then(|rest| rest.split('/').next()).and_then(locale) else { continue };
        for (original, translation) in entries(file) {
            if translation != original {
                texts.add(language, "translations", &bare(&translation));
            }
            if language == "de" {
                texts.add("en", "translations", &bare(&original));
            }
        }
    }
}

/// The language of a folder of translations.
fn locale(folder: &str) -> Option<&str> {
    Some(match folder {
        "en" | "en_US" | "en_GB" | "en_AU" | "en_CA" => return None,
        "zh_Hans" | "zh-Hans" | "zh_CN" => "zh",
        "zh_Hant" | "zh_TW" => "zh-tw",
        "sr_Latn" | "sr@latin" => "hr",
        "no" => "nb",
        // Named after character sets; mostly empty.
        other if other.contains('.') || other.starts_with("zh") => return None,
        other => other.split(['_', '-', '@']).next()?,
    })
}

/// Pairs of original and translation in a file of gettext; doubtful ones are marked as fuzzy and left out.
fn entries(file: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    for block in file.replace("\r\n", "\n").split("\n\n") {
        let (mut original, mut translations, mut fuzzy) = (String::new(), Vec::<String>::new(), false);
        let mut to_original = None;
        for line in block.lines() {
            fuzzy |= line.starts_with("#,") && line.contains("fuzzy");
            let (key, quoted) = line.split_once('"').unwrap_or((line, ""));
            match key.trim() {
                "msgid" => to_original = Some(true),
                key if key.starts_with("msgstr") => {
                    to_original = Some(false);
                    translations.push(String::new());
                }
                "" if line.starts_with('"') => {}
                _ => to_original = None,
            }
            let piece = unescaped(quoted.strip_suffix('"').unwrap_or(quoted));
            match (to_original, translations.last_mut()) {
                (Some(true), _) => original.push_str(&piece),
                (Some(false), Some(last)) => last.push_str(&piece),
                _ => {}
            }
        }
        if !fuzzy && !original.is_empty() {
            found.extend(translations.into_iter().filter(|t| !t.is_empty()).map(|t| (original.clone(), t)));
        }
    }
    found
}

fn unescaped(quoted: &str) -> String {
    quoted.replace("\\n", "\n").replace("\\\"", "\"").replace("\\t", " ").replace("\\\\", "\\")
}

/// Without marks of HTML and placeholders.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut close: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (close, c) {
            (Some(end), c) => {
                if c == end {
                    close = None;
                    // The kind of value that stands after `%(name)`.
                    if end == ')' {
                        chars.next();
                    }
                }
            }
            (None, '<') => close = Some('>'),
            (None, '{') => close = Some('}'),
            (None, '%') => match chars.peek() {
                Some('(') => close = Some(')'),
                Some('s' | 'd' | 'i') => {
                    chars.next();
                }
                _ => out.push(' '),
            },
            (None, c) => out.push(c),
        }
        if close.is_none() && !out.ends_with(' ') && matches!(c, '>' | '}' | ')') {
            out.push(' ');
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
