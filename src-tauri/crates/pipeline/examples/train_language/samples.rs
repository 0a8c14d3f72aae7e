//! Turns texts into what is learned from: whole texts, pieces of one to four words, and the same without accents.

use mercator_pipeline::language::{
    grams, is_shared,
    letters::{self, Word},
    script::Script,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::{random::Random, texts::Text};

/// A column of a table: the code of the language, and the languages of the sources that it takes.
pub type Column = (&'static str, &'static [&'static str]);

/// A table to be learned: script, binary logarithm of its rows, and the columns, each with the languages of the sources it takes.
/// A `~` marks a language that is told from the others and never named, since two were joined.
pub const TABLES: &[(Script, u32, &[Column])] = &[
    (
        Script::Latin,
        15,
        &[
            ("de", &["de"]),
            ("en", &["en"]),
            ("es", &["es"]),
            ("fr", &["fr"]),
            ("it", &["it"]),
            ("nl", &["nl"]),
            ("pl", &["pl"]),
            ("pt", &["pt"]),
            ("tr", &["tr"]),
            ("sv", &["sv"]),
            ("da", &["da"]),
            ("nb", &["nb", "nn"]),
            ("fi", &["fi"]),
            ("cs", &["cs"]),
            ("ro", &["ro"]),
            ("hu", &["hu"]),
            ("vi", &["vi"]),
            ("id", &["id"]),
            ("ms", &["ms"]),
            ("hi", &["hi-latn"]),
            ("ca", &["ca"]),
            ("gl", &["gl"]),
            ("hr", &["hr", "bs"]),
            ("sk", &["sk"]),
            ("sl", &["sl"]),
            ("et", &["et"]),
            ("lv", &["lv"]),
            ("lt", &["lt"]),
            ("is", &["is"]),
            ("sq", &["sq"]),
            ("eu", &["eu"]),
            ("ga", &["ga"]),
            ("cy", &["cy"]),
            ("af", &["af"]),
            ("az", &["az"]),
            ("tl", &["tl"]),
            ("sw", &["sw"]),
            ("eo", &["eo"]),
            ("la", &["la"]),
            ("so", &["so"]),
            ("yo", &["yo"]),
            ("ha", &["ha"]),
            ("rw", &["rw"]),
            ("om", &["om"]),
            ("ig", &["ig"]),
            ("su", &["su"]),
            ("sn", &["sn"]),
            ("lg", &["lg"]),
            ("mi", &["mi"]),
            ("ts", &["ts"]),
            ("vmw", &["vmw"]),
            ("~zu", &["zu", "xh"]),
            ("~st", &["st", "tn"]),
        ],
    ),
    (
        Script::Cyrillic,
        13,
        &[
            ("ru", &["ru"]),
            ("uk", &["uk"]),
            ("be", &["be"]),
            ("bg", &["bg"]),
            ("mk", &["mk"]),
            ("sr", &["sr"]),
            ("kk", &["kk"]),
            ("mn", &["mn"]),
            ("tt", &["tt"]),
        ],
    ),
    (Script::Arabic, 12, &[("ar", &["ar"]), ("fa", &["fa"]), ("ur", &["ur"]), ("~ckb", &["ckb"]), ("~ug", &["ug"])]),
    (Script::Devanagari, 12, &[("hi", &["hi"]), ("mr", &["mr"]), ("ne", &["ne"])]),
    (Script::Han, 14, &[("zh", &["zh"]), ("zh-tw", &["zh-tw"]), ("ja", &["ja"])]),
];

/// What a word of a name or title counts in training: more than at run time, where names in another language are to be outvoted.
/// Measured on requests with foreign titles: 0.981 right with this, 0.978 with the same figure at both places.
const NAMED: f32 = 0.4;

/// What is learned from: a column and pieces of words with what each counts.
pub struct Sample {
    /// The column of the right language.
    pub column: usize,
    /// Rows and what each counts.
    pub pieces: Vec<(u32, f32)>,
}

/// The column of a language of the sources.
pub fn column(columns: &[Column], language: &str) -> Option<usize> {
    columns.iter().position(|(_, sources)| sources.contains(&language))
}

/// The words of a text that a table reads; `None` where most are of another script.
pub fn words(text: &str, script: Script) -> Option<Vec<Word>> {
    let all = letters::words(text);
    // Japanese is Kana in part; what stands between is what has to be told from Chinese.
    let count = all.iter().filter(|word| word.script != Script::Kana).count();
    let own: Vec<Word> = all.into_iter().filter(|word| word.script == script && !is_shared(&word.text)).collect();
    (!own.is_empty() && own.len() * 2 >= count).then_some(own)
}

/// All samples of a text for a table.
pub fn of(text: &Text, script: Script, bits: u32, column: usize, random: &mut Random, samples: &mut Vec<Sample>) {
    let mut forms = vec![text.text.clone()];
    if random.percent(25) {
        let plain = without_accents(&text.text, text.language == "de" && random.percent(50));
        if plain != text.text {
            forms.push(plain);
        }
    }
    for form in forms {
        let Some(words) = words(&form, script) else { continue };
        let mut push = |words: &[Word]| samples.push(Sample { column, pieces: pieces(words, script, bits) });
        push(&words);
        // Long sources give several pieces, those with many short texts one.
        let times = if text.source.starts_with("lingua") || text.source == "phrases" { 4 } else { 1 };
        for _ in 0..times {
            if script == Script::Han {
                push(&[cut(&words, random)]);
            } else if words.len() >= 3 {
                let length = (1 + random.below(4)).min(words.len());
                let start = random.below(words.len() - length + 1);
                push(&words[start..start + length]);
            }
        }
    }
}

/// One to six characters out of a text without spaces.
fn cut(words: &[Word], random: &mut Random) -> Word {
    let chars: Vec<char> = words.iter().flat_map(|word| word.text.chars()).collect();
    let length = (1 + random.below(6)).min(chars.len());
    let start = random.below(chars.len() - length + 1);
    Word { script: Script::Han, text: chars[start..start + length].iter().collect(), named: false }
}

/// The pieces of words with what each counts.
pub fn pieces(words: &[Word], script: Script, bits: u32) -> Vec<(u32, f32)> {
    let mut pieces = vec![];
    for word in words {
        let counts = if word.named { NAMED } else { 1.0 };
        grams::each(&word.text, script, bits, |number| pieces.push((number as u32, counts)));
    }
    pieces
}

/// As people write on a keyboard without their letters; German sometimes with `ae` for `ä`.
fn without_accents(text: &str, german: bool) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            'ß' => out.push_str("ss"),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'ø' => out.push('o'),
            'Ø' => out.push('O'),
            'ı' => out.push('i'),
            'đ' => out.push('d'),
            'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' if german => {
                out.extend(std::iter::once(c).nfd().take(1));
                out.push('e');
            }
            c if c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&c) => {
                out.extend(std::iter::once(c).nfd().filter(|d| !('\u{300}'..='\u{36f}').contains(d)));
            }
            c => out.push(c),
        }
    }
    out
}
