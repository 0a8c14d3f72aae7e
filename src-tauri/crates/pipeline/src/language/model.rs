//! Reads the shipped model and weighs the words of a text with it.
//!
//! For each writing system that several languages share there is one table: a row of small whole numbers for each number that
//! [`grams`] gives a piece of a word, a column for each language. The scores of a text are the sums of its rows over the square root
//! of the number of pieces: a linear model, made by `examples/train_language`. A file that is not whole is refused as a whole;
//! nothing here decides, `judge` does.
//!
//! The file: lines of plain text up to a line `end`, the tables in the order of their lines, a check sum of eight bytes. All of it
//! is read in place, so the tables cost no memory beyond the program itself.

use std::sync::OnceLock;

use super::{grams, letters::Word, script::Script};

/// First line of a file; the number is that of the format.
pub const MAGIC: &str = "mercator language model 1";

/// Most languages of one table.
pub const MOST: usize = 64;

/// For so many pieces a sharpness is kept; between them it is interpolated on a logarithmic scale.
pub const KNOTS: [f32; 6] = [4.0, 12.0, 36.0, 108.0, 324.0, 972.0];

/// The shipped file.
static SHIPPED: &[u8] = include_bytes!("../../data/models/language.bin");

/// The shipped model; `None` when the file is damaged.
pub fn shipped() -> Option<&'static Model<'static>> {
    static MODEL: OnceLock<Option<Model<'static>>> = OnceLock::new();
    MODEL.get_or_init(|| Model::read(SHIPPED)).as_ref()
}

/// All tables.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    tables: Vec<Table<'a>>,
}

/// The table of a writing system.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The writing system.
    pub script: Script,
    /// The languages, in the order of the columns.
    pub languages: Vec<&'a str>,
    /// Binary logarithm of the number of rows.
    pub bits: u32,
    /// What one step of a weight is worth.
    pub scale: f32,
    /// By how much scores are multiplied to become logarithms of odds, at [`KNOTS`]: found on texts that were not trained on.
    pub sharpness: [f32; KNOTS.len()],
    /// Rows of `stride` weights of one signed byte.
    pub weights: &'a [u8],
}

/// What the words of a text say, before anything else that is known.
#[derive(Clone, Debug)]
pub struct Reading<'m, 'a> {
    /// The table that was read.
    pub table: &'m Table<'a>,
    /// Logarithms of odds, one a language.
    pub scores: Vec<f32>,
    /// Number of pieces, those of names counted less; zero where no word tells anything.
    pub pieces: f32,
}

impl<'a> Model<'a> {
    /// Reads a file; `None` unless it is whole.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        if check_sum(content).to_le_bytes() != sum {
            return None;
        }
        let end = content.windows(5).take(65_536).position(|window| window == b"\nend\n")?;
        let (header, mut rest) = content.split_at_checked(end + 5)?;
        let mut lines = std::str::from_utf8(header).ok()?.lines();
        if lines.next()? != MAGIC {
            return None;
        }
        let mut tables = vec![];
        for line in lines.filter_map(|line| line.strip_prefix("table ")) {
            let mut table = Table::parse(line)?;
            (table.weights, rest) = rest.split_at_checked((1usize << table.bits) * table.stride())?;
            tables.push(table);
        }
        (rest.is_empty() && !tables.is_empty()).then_some(Self { tables })
    }

    /// The table of a writing system, where several languages share it.
    pub fn table(&self, script: Script) -> Option<&Table<'a>> {
        self.tables.iter().find(|table| table.script == script)
    }
}

impl<'a> Table<'a> {
    /// Reads a line such as `latin bits=15 scale=0.05 sharpness=1,1,1,1,1,1 languages=de,en`.
    fn parse(line: &'a str) -> Option<Self> {
        let mut parts = line.split(' ');
        let script = Script::parse(parts.next()?)?;
        let mut value = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let bits: u32 = value("bits")?.parse().ok()?;
        let scale: f32 = value("scale")?.parse().ok()?;
        let mut sharpness = [1.0f32; KNOTS.len()];
        let mut given = value("sharpness")?.split(',');
        for slot in &mut sharpness {
            *slot = given.next()?.parse().ok()?;
        }
        let languages: Vec<&str> = value("languages")?.split(',').collect();
        let sound = (4..=20).contains(&bits) && (1..=MOST).contains(&languages.len()) && scale.is_finite();
        sound.then_some(Self { script, languages, bits, scale, sharpness, weights: &[] })
    }

    /// The line of the header that tells of this table.
    pub fn line(&self) -> String {
        let sharpness: Vec<String> = self.sharpness.iter().map(ToString::to_string).collect();
        let (name, languages) = (self.script.name(), self.languages.join(","));
        format!("table {name} bits={} scale={} sharpness={} languages={languages}", self.bits, self.scale, sharpness.join(","))
    }

    /// Weights of a row, so that rows begin at even places.
    pub fn stride(&self) -> usize {
        self.languages.len().next_multiple_of(8)
    }

    /// Adds the rows of a word's pieces to `sums`; gives the number of pieces.
    pub fn add(&self, word: &str, sums: &mut [i32; MOST]) -> u16 {
        let stride = self.stride();
        let mut pieces = 0u16;
        grams::each(word, self.script, self.bits, |number| {
            if let Some(row) = self.weights.get(number * stride..(number + 1) * stride) {
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += i32::from(i8::from_ne_bytes([*weight])));
                pieces = pieces.saturating_add(1);
            }
        });
        pieces
    }

    /// Weighs words of this writing system.
    pub fn weigh<'w>(&self, words: impl Iterator<Item = &'w Word>) -> Reading<'_, 'a> {
        let mut plain = [0i32; MOST];
        let mut named = [0i32; MOST];
        let (mut plains, mut names) = (0u32, 0u32);
        for word in words {
            if word.named {
                names += u32::from(self.add(&word.text, &mut named));
            } else {
                plains += u32::from(self.add(&word.text, &mut plain));
            }
        }
        // At most a few thousand pieces, so no figure is rounded.
        #[expect(clippy::cast_precision_loss)]
        let float = |n: i32| n as f32;
        let pieces = float(i32::try_from(plains).unwrap_or(0)) + NAMED * float(i32::try_from(names).unwrap_or(0));
        let factor = self.scale * self.sharpness(pieces) / pieces.max(1.0).sqrt();
        let sum = |(a, b): (&i32, &i32)| (float(*a) + NAMED * float(*b)) * factor;
        let scores = plain.iter().zip(&named).take(self.languages.len()).map(sum).collect();
        Reading { table: self, scores, pieces }
    }

    /// The sharpness for so many pieces.
    fn sharpness(&self, pieces: f32) -> f32 {
        let at = pieces.max(1.0).ln();
        let mut before: Option<(f32, f32)> = None;
        for (knot, value) in KNOTS.iter().map(|knot| knot.ln()).zip(self.sharpness) {
            if at <= knot {
                return before.map_or(value, |(k, v)| v + (value - v) * (at - k) / (knot - k));
            }
            before = Some((knot, value));
        }
        before.map_or(1.0, |(_, value)| value)
    }
}

/// A word that may be part of a name or title counts so much: names of products and films stay in their own language everywhere.
pub const NAMED: f32 = 0.25;

/// FNV-1a over words of eight bytes: it is to notice a damaged file, not an attack.
pub fn check_sum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, chunk| {
        let mut word = [0u8; 8];
        word.iter_mut().zip(chunk).for_each(|(slot, byte)| *slot = *byte);
        (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(17)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A model of two languages and sixteen rows.
    fn small() -> Vec<u8> {
        let mut table =
            Table { script: Script::Latin, languages: vec!["en", "de"], bits: 4, scale: 0.1, sharpness: [1.0; KNOTS.len()], weights: &[] };
        let weights: Vec<u8> = (0u8..16 * 8).collect();
        table.weights = &weights;
        let mut file = format!("{MAGIC}\ninput 00 nothing\n{}\nend\n", table.line()).into_bytes();
        file.extend_from_slice(&weights);
        let sum = check_sum(&file);
        file.extend_from_slice(&sum.to_le_bytes());
        file
    }

    #[test]
    fn the_shipped_file_is_whole_and_has_every_language_of_the_product() {
        let model = shipped().unwrap();
        for script in [Script::Latin, Script::Cyrillic, Script::Arabic, Script::Devanagari, Script::Han] {
            assert!(model.table(script).is_some(), "{script:?}");
        }
        let known: Vec<&str> = model.tables.iter().flat_map(|table| table.languages.iter().copied()).collect();
        for code in mercator_domain::language::Language::SUPPORTED {
            assert!(known.contains(code) || matches!(*code, "ko" | "th"), "{code}");
        }
        assert!(SHIPPED.len() < 3 * 1024 * 1024);
    }

    #[test]
    fn a_whole_file_is_read_and_a_table_written_as_it_was() {
        let file = small();
        let model = Model::read(&file).unwrap();
        let table = model.table(Script::Latin).unwrap();
        assert_eq!((table.languages.as_slice(), table.weights.len()), (["en", "de"].as_slice(), 128));
        assert_eq!(Table::parse(&table.line()["table ".len()..]).unwrap().line(), table.line());
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let file = small();
        assert!(Model::read(&[]).is_none());
        assert!(Model::read(&file[..file.len() - 1]).is_none());
        assert!(Model::read(&[file.clone(), vec![0]].concat()).is_none());
        // A right check sum over a wrong length.
        let mut short = file[..file.len() - 16].to_vec();
        let sum = check_sum(&short);
        short.extend_from_slice(&sum.to_le_bytes());
        assert!(Model::read(&short).is_none());
    }

    #[test]
    fn no_words_give_no_pieces() {
        let file = small();
        let model = Model::read(&file).unwrap();
        let reading = model.table(Script::Latin).unwrap().weigh(std::iter::empty());
        assert_eq!((reading.pieces, reading.scores), (0.0, vec![0.0, 0.0]));
    }

    proptest! {
        #[test]
        fn any_changed_byte_is_noticed(at in 0usize..200, byte in 1u8..) {
            let mut file = small();
            let at = at % file.len();
            file[at] ^= byte;
            prop_assert!(Model::read(&file).is_none());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Model::read(&bytes).is_none());
        }
    }
}
