//! The writing systems that the stage tells apart, and the languages that a system alone decides.
//!
//! Where several languages share a system (Latin, Cyrillic, Arabic, Devanagari, Han), `model` decides among them.

/// A writing system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// English to Vietnamese.
    Latin,
    /// Russian, Ukrainian, Bulgarian and others.
    Cyrillic,
    /// Arabic, Persian, Urdu.
    Arabic,
    /// Hindi, Marathi.
    Devanagari,
    /// Chinese, and Japanese in part.
    Han,
    /// Japanese.
    Kana,
    /// Korean.
    Hangul,
    /// Thai.
    Thai,
    /// Greek.
    Greek,
    /// Hebrew.
    Hebrew,
    /// Bengali.
    Bengali,
    /// Punjabi.
    Gurmukhi,
    /// Gujarati.
    Gujarati,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
    /// Sinhala.
    Sinhala,
    /// Lao.
    Lao,
    /// Burmese.
    Burmese,
    /// Khmer.
    Khmer,
    /// Georgian.
    Georgian,
    /// Armenian.
    Armenian,
    /// Amharic and Tigrinya.
    Ethiopic,
}

impl Script {
    /// The system of a letter; `None` for marks, digits, signs and rare systems.
    pub const fn of(c: char) -> Option<Self> {
        Some(match c {
            'a'..='z'
            | 'A'..='Z'
            | 'ª'
            | 'º'
            | '\u{c0}'..='\u{d6}'
            | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{24f}'
            | '\u{259}'
            | '\u{1e00}'..='\u{1eff}' => Self::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' => Self::Cyrillic,
            '\u{531}'..='\u{587}' => Self::Armenian,
            '\u{5d0}'..='\u{5ea}' => Self::Hebrew,
            '\u{620}'..='\u{64a}'
            | '\u{66e}'..='\u{6d3}'
            | '\u{6fa}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' => Self::Arabic,
            '\u{900}'..='\u{963}' | '\u{971}'..='\u{97f}' => Self::Devanagari,
            '\u{980}'..='\u{9e3}' => Self::Bengali,
            '\u{a01}'..='\u{a5e}' | '\u{a70}'..='\u{a75}' => Self::Gurmukhi,
            '\u{a81}'..='\u{ae3}' => Self::Gujarati,
            '\u{b82}'..='\u{bd7}' => Self::Tamil,
            '\u{c01}'..='\u{c63}' => Self::Telugu,
            '\u{c82}'..='\u{ce3}' => Self::Kannada,
            '\u{d02}'..='\u{d63}' => Self::Malayalam,
            '\u{d82}'..='\u{df3}' => Self::Sinhala,
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => Self::Thai,
            '\u{e81}'..='\u{ecd}' | '\u{edc}'..='\u{edf}' => Self::Lao,
            '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{109f}' => Self::Burmese,
            '\u{10a0}'..='\u{10ff}' => Self::Georgian,
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => Self::Hangul,
            '\u{1200}'..='\u{135a}' => Self::Ethiopic,
            '\u{1780}'..='\u{17d3}' => Self::Khmer,
            '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9d}' => {
                Self::Kana
            }
            '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '々' | '〆' => Self::Han,
            _ => return None,
        })
    }

    /// The systems that several languages share, with their names in the model's file.
    const SHARED: &[(Self, &str)] = &[
        (Self::Latin, "latin"),
        (Self::Cyrillic, "cyrillic"),
        (Self::Arabic, "arabic"),
        (Self::Devanagari, "devanagari"),
        (Self::Han, "han"),
    ];

    /// The name of a system that several languages share; empty for the others.
    pub fn name(self) -> &'static str {
        Self::SHARED.iter().find(|(script, _)| *script == self).map_or("", |(_, name)| name)
    }

    /// The system of such a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::SHARED.iter().find(|(_, known)| *known == name).map(|(script, _)| *script)
    }

    /// Its name in ISO 15924, under which the window knows it in the reader's language.
    pub const fn iso(self) -> &'static str {
        match self {
            Self::Latin => "Latn",
            Self::Cyrillic => "Cyrl",
            Self::Arabic => "Arab",
            Self::Devanagari => "Deva",
            Self::Han => "Hani",
            Self::Kana => "Hrkt",
            Self::Hangul => "Hang",
            Self::Thai => "Thai",
            Self::Greek => "Grek",
            Self::Hebrew => "Hebr",
            Self::Bengali => "Beng",
            Self::Gurmukhi => "Guru",
            Self::Gujarati => "Gujr",
            Self::Tamil => "Taml",
            Self::Telugu => "Telu",
            Self::Kannada => "Knda",
            Self::Malayalam => "Mlym",
            Self::Sinhala => "Sinh",
            Self::Lao => "Laoo",
            Self::Burmese => "Mymr",
            Self::Khmer => "Khmr",
            Self::Georgian => "Geor",
            Self::Armenian => "Armn",
            Self::Ethiopic => "Ethi",
        }
    }

    /// The language that a system alone decides.
    pub const fn alone(self) -> Option<&'static str> {
        Some(match self {
            Self::Latin | Self::Cyrillic | Self::Arabic | Self::Devanagari | Self::Han => return None,
            Self::Kana => "ja",
            Self::Hangul => "ko",
            Self::Thai => "th",
            Self::Greek => "el",
            Self::Hebrew => "he",
            Self::Bengali => "bn",
            Self::Gurmukhi => "pa",
            Self::Gujarati => "gu",
            Self::Tamil => "ta",
            Self::Telugu => "te",
            Self::Kannada => "kn",
            Self::Malayalam => "ml",
            Self::Sinhala => "si",
            Self::Lao => "lo",
            Self::Burmese => "my",
            Self::Khmer => "km",
            Self::Georgian => "ka",
            Self::Armenian => "hy",
            Self::Ethiopic => "am",
        })
    }
}
