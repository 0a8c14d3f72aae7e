//! Bytes of a file as rows: encoding, separator, quotes, and the physical line on which each row begins.
//!
//! Knows nothing of what the columns mean. A parser of its own, since reports must name the line that an editor shows (quoted new
//! lines count) and a quote that is never closed must cost one line, not the rest of the file.

use encoding_rs::{UTF_16BE, UTF_16LE};

/// Larger files are no list of a small seller; they would only fill the memory.
pub(crate) const MOST_BYTES: usize = 512 * 1024 * 1024;

/// How a mark that stands for bytes which are no text looks after decoding.
const UNREADABLE: char = '\u{FFFD}';

/// Why a file is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoTable {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Recognised as something else.
    #[error("this is {0}, no CSV or JSONL file")]
    Other(&'static str),
    /// Bytes that no text has.
    #[error("this is no text file")]
    NoText,
    /// Over [`MOST_BYTES`].
    #[error("the file is larger than {} MB", MOST_BYTES / 1024 / 1024)]
    TooLarge,
}

/// One value of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Trimmed.
    pub text: String,
    /// True for a JSON number: it has a decimal point whatever the rest of the file does.
    pub plain: bool,
}

/// One row with the line of the file on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// From 1.
    pub line: usize,
    /// In the order of the headings; may be shorter.
    pub cells: Vec<Cell>,
    /// Why it cannot be read as a row.
    pub broken: Option<String>,
}

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Trimmed, lower case.
    pub headings: Vec<String>,
    /// Without the heading and without empty lines.
    pub records: Vec<Record>,
}

/// Reads a file. `name` decides nothing but between CSV and JSONL, and only where the content leaves it open.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Table, NoTable> {
    if bytes.len() > MOST_BYTES {
        return Err(NoTable::TooLarge);
    }
    let text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(NoTable::Empty);
    }
    let lower = name.to_lowercase();
    let json = [".jsonl", ".ndjson", ".json"].iter().any(|end| lower.ends_with(end)) || text.trim_start().starts_with('{');
    Ok(if json { json_lines(&text) } else { separated(&text) })
}

/// The text of a file in UTF-8 or in UTF-16 with its mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, NoTable> {
    if bytes.is_empty() {
        return Err(NoTable::Empty);
    }
    if let Some(kind) = other_kind(bytes) {
        return Err(NoTable::Other(kind));
    }
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xFE, 0xFF, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        all => String::from_utf8_lossy(all).into_owned(),
    };
    // One stray NUL costs its row only; a file full of them is a program, a picture, or UTF-16 without its mark.
    let start = || text.chars().take(4_096);
    let odd = start().filter(|c| *c == UNREADABLE || (c.is_control() && !c.is_whitespace())).count();
    if odd * 4 > start().count() { Err(NoTable::NoText) } else { Ok(text) }
}

/// What the first bytes of files that people take for lists say.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "an archive or an Excel workbook (save it as CSV first)"),
        (b"\xD0\xCF\x11\xE0", "an old Excel or Word file (save it as CSV first)"),
        (b"%PDF", "a PDF file"),
        (b"\x1F\x8B", "a compressed file (unpack it first)"),
        (b"\x28\xB5\x2F\xFD", "a compressed file (unpack it first)"),
        (b"BZh", "a compressed file (unpack it first)"),
        (b"7z\xBC\xAF", "an archive (unpack it first)"),
        (b"Rar!", "an archive (unpack it first)"),
        (b"\x89PNG", "a picture"),
        (b"\xFF\xD8\xFF", "a picture"),
        (b"SQLite format 3\0", "a database"),
        (b"PAR1", "a Parquet file (save it as CSV first)"),
    ];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind)
}

/// One record of a separated file as it stands there.
struct Raw {
    line: usize,
    fields: Vec<String>,
    unclosed: bool,
}

/// Walks over a separated text.
struct Walker<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    separator: char,
}

impl Walker<'_> {
    fn next(&mut self) -> Option<Raw> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        if let Some(raw) = self.record(line) {
            return Some(raw);
        }
        // A quote that is never closed: this line alone is lost, reading goes on behind it.
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest
            .find(['\n', '\r'])
            .map_or(rest.len(), |end| end + if rest.get(end..).is_some_and(|r| r.starts_with("\r\n")) { 2 } else { 1 });
        (self.at, self.line) = (start + length, line + 1);
        Some(Raw { line, fields: vec![], unclosed: true })
    }

    /// One record; `None` when the text ends inside quotes.
    fn record(&mut self, line: usize) -> Option<Raw> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut chars = rest.char_indices().peekable();
        let (mut fields, mut field, mut quoted, mut fresh) = (Vec::new(), String::new(), false, true);
        let mut end = rest.len();
        while let Some((index, c)) = chars.next() {
            let two = chars.peek().map(|(_, next)| *next);
            let new_line = c == '\n' || c == '\r';
            if new_line && !(c == '\r' && two == Some('\n')) {
                self.line += 1;
            }
            match c {
                '"' if quoted && two == Some('"') => {
                    field.push('"');
                    chars.next();
                }
                '"' if quoted => quoted = false,
                _ if quoted => field.push(c),
                '"' if fresh => (quoted, fresh) = (true, false),
                _ if c == self.separator => {
                    fields.push(std::mem::take(&mut field));
                    fresh = true;
                }
                '\r' if two == Some('\n') => {}
                _ if new_line => {
                    end = index + 1;
                    break;
                }
                _ => {
                    fresh = fresh && c == ' ';
                    field.push(c);
                }
            }
        }
        if quoted {
            return None;
        }
        fields.push(field);
        self.at += end;
        Some(Raw { line, fields, unclosed: false })
    }
}

/// The separator of a heading line: the one of comma, semicolon and tab that occurs most, outside of quotes.
fn separator_of(heading: &str) -> char {
    let mut inside = false;
    let outside: String = heading
        .chars()
        .filter(|c| {
            inside ^= *c == '"';
            !inside
        })
        .collect();
    let count = |separator: char| outside.matches(separator).count();
    // On a tie the order here decides; a list with one column has none of them.
    [',', ';', '\t'].into_iter().rev().max_by_key(|s| count(*s)).unwrap_or(',')
}

fn separated(text: &str) -> Table {
    let mut walker = Walker { text, at: 0, line: 1, separator: ',' };
    let mut headings: Option<Vec<String>> = None;
    let mut records = Vec::new();
    loop {
        if headings.is_none() {
            let rest = text.get(walker.at..).unwrap_or_default();
            walker.separator = separator_of(rest.lines().next().unwrap_or_default());
            // Excel's own hint for itself.
            if let Some(named) = rest.lines().next().and_then(|l| l.trim().strip_prefix("sep=")).and_then(|s| s.chars().next()) {
                walker.next();
                walker.separator = named;
            }
        }
        let Some(raw) = walker.next() else { break };
        if !raw.unclosed && raw.fields.iter().all(|f| f.trim().is_empty()) {
            continue;
        }
        match &headings {
            None => headings = Some(raw.fields.iter().map(|h| heading(h)).collect()),
            Some(headings) => records.push(record(raw, headings.len())),
        }
    }
    Table { headings: headings.unwrap_or_default(), records }
}

fn heading(text: &str) -> String {
    text.trim().trim_start_matches('\u{FEFF}').to_lowercase()
}

fn record(raw: Raw, columns: usize) -> Record {
    let surplus = raw.fields.iter().skip(columns).any(|f| !f.trim().is_empty());
    let broken = if raw.unclosed {
        Some("a quote is opened and never closed".to_owned())
    } else if surplus {
        Some(format!("it has {} values, the heading has {columns}", raw.fields.len()))
    } else {
        unstorable(raw.fields.iter().map(String::as_str))
    };
    let cells = raw.fields.into_iter().take(columns).map(|f| Cell { text: f.trim().to_owned(), plain: false }).collect();
    Record { line: raw.line, cells, broken }
}

/// Why no value of a row may be stored as it is.
fn unstorable<'t>(mut values: impl Iterator<Item = &'t str>) -> Option<String> {
    values.find_map(|value| {
        if value.contains('\0') {
            Some("it contains a NUL byte".to_owned())
        } else if value.contains(UNREADABLE) {
            Some("it contains bytes that are no UTF-8: save the file as UTF-8".to_owned())
        } else {
            None
        }
    })
}

fn json_lines(text: &str) -> Table {
    let mut table = Table::default();
    for (index, line) in text.split('\n').enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let record = match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line) {
            Ok(object) => object_record(index + 1, object, &mut table.headings),
            Err(_) => Record { line: index + 1, cells: vec![], broken: Some("it is no JSON object".to_owned()) },
        };
        table.records.push(record);
    }
    table
}

/// An object as a row; fields that no row before had become further columns.
fn object_record(line: usize, object: serde_json::Map<String, serde_json::Value>, headings: &mut Vec<String>) -> Record {
    let mut record = Record { line, cells: vec![Cell::default(); headings.len()], broken: None };
    for (key, value) in object {
        let key = heading(&key);
        let column = headings.iter().position(|h| *h == key).unwrap_or_else(|| {
            headings.push(key.clone());
            headings.len() - 1
        });
        record.cells.resize(headings.len().max(record.cells.len()), Cell::default());
        match cell(&value) {
            Some(read) => {
                if let Some(place) = record.cells.get_mut(column) {
                    *place = read;
                }
            }
            None => record.broken = Some(format!("'{key}' is neither text nor a number")),
        }
    }
    if record.broken.is_none() {
        record.broken = unstorable(record.cells.iter().map(|c| c.text.as_str()));
    }
    record
}

fn cell(value: &serde_json::Value) -> Option<Cell> {
    use serde_json::Value;
    Some(match value {
        Value::Null => Cell::default(),
        Value::Bool(yes) => Cell { text: yes.to_string(), plain: false },
        Value::Number(number) => Cell { text: number.to_string(), plain: true },
        Value::String(text) => Cell { text: text.trim().to_owned(), plain: false },
        // Lists of words (tags, countries) are written with the separator that such a cell has in CSV.
        Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(|i| i.as_str().map(str::to_owned)).collect();
            Cell { text: texts?.join(";"), plain: false }
        }
        Value::Object(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(name: &str, bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
        let table = read(name, bytes).unwrap();
        table
            .records
            .into_iter()
            .map(|r| (r.line, r.broken.map_or_else(|| r.cells.into_iter().map(|c| c.text).collect(), |why| vec![why])))
            .collect()
    }

    fn check(text: &str, expect: &[(usize, &[&str])]) {
        let expect: Vec<(usize, Vec<String>)> = expect.iter().map(|(l, r)| (*l, r.iter().map(|c| (*c).to_owned()).collect())).collect();
        assert_eq!(rows("a.csv", text.as_bytes()), expect, "{text:?}");
    }

    #[test]
    fn the_separator_is_found_from_the_heading() {
        check("a,b\n1,2", &[(2, &["1", "2"])]);
        check("a;b\n1,5;2", &[(2, &["1,5", "2"])]);
        check("a\tb\n1\t2,3", &[(2, &["1", "2,3"])]);
        check("\"a,x\";b\n1;2", &[(2, &["1", "2"])]);
        check("sep=;\na;b\n1;2", &[(3, &["1", "2"])]);
        check("a\n1", &[(2, &["1"])]);
    }

    #[test]
    fn lines_are_those_of_the_file_also_behind_quoted_new_lines() {
        check("a,b\n\"one\ntwo\",x\n\n3,4\n", &[(2, &["one\ntwo", "x"]), (5, &["3", "4"])]);
        check("a,b\r\n\"one\r\ntwo\",x\r\n3,4\r\n", &[(2, &["one\r\ntwo", "x"]), (4, &["3", "4"])]);
        check("a,b\r1,2\r3,4", &[(2, &["1", "2"]), (3, &["3", "4"])]);
        check("\n\na,b\n1,2", &[(4, &["1", "2"])]);
    }

    #[test]
    fn quotes_are_read_leniently_and_one_open_quote_costs_one_line() {
        check("a,b\n\"say \"\"hi\"\"\",2", &[(2, &["say \"hi\"", "2"])]);
        check("a,b\n5\" disk,2", &[(2, &["5\" disk", "2"])]);
        check("a,b\n\"x\"y,2", &[(2, &["xy", "2"])]);
        check("a,b\n\"x,2\n3,4\n", &[(2, &["a quote is opened and never closed"]), (3, &["3", "4"])]);
        check("a,b\n1,2,3", &[(2, &["it has 3 values, the heading has 2"])]);
        check("a,b\n1,2,,\n", &[(2, &["1", "2"])]);
    }

    #[test]
    fn encodings_are_told_by_their_mark() {
        let utf16 = |text: &str, big: bool| -> Vec<u8> {
            let mark = [0xFEFFu16];
            mark.into_iter().chain(text.encode_utf16()).flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        for bytes in [utf16("A;B\n订单;ß", false), utf16("A;B\n订单;ß", true), "\u{FEFF}A;B\n订单;ß".as_bytes().to_vec()] {
            assert_eq!(read("x.csv", &bytes).unwrap().headings, ["a", "b"]);
            assert_eq!(rows("x.csv", &bytes), [(2, vec!["订单".to_owned(), "ß".to_owned()])]);
        }
        assert_eq!(
            rows("x.csv", b"a,b\nGr\xFC\xDFe,1\nok,2"),
            [
                (2, vec!["it contains bytes that are no UTF-8: save the file as UTF-8".to_owned()]),
                (3, vec!["ok".to_owned(), "2".to_owned()])
            ]
        );
    }

    #[test]
    fn what_is_no_list_is_said() {
        let check = |bytes: &[u8], expect: &str| assert_eq!(read("x.csv", bytes).unwrap_err().to_string(), expect);
        check(b"", "the file is empty");
        check(b" \n\n ", "the file is empty");
        check(b"PK\x03\x04....", "this is an archive or an Excel workbook (save it as CSV first), no CSV or JSONL file");
        check(&[0, 1, 2, 3, 4, 5, 6, 7], "this is no text file");
        check(&"a,b\n1,2".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(), "this is no text file");
    }

    #[test]
    fn json_lines_become_rows_with_every_field_as_a_column() {
        let text = "{\"SKU \":\"A\",\"price\":12.5}\n\nno json\n{\"sku\":\"B\",\"tags\":[\"x\",\"y\"],\"price\":null}\n{\"sku\":{}}\n{\"sku\":\"a\\u0000\"}";
        let table = read("x.jsonl", text.as_bytes()).unwrap();
        // By name: in which order an object gives its fields depends on how the JSON crate was built.
        let named = |r: &Record| {
            table.headings.iter().cloned().zip(r.cells.iter().map(|c| c.text.clone())).collect::<std::collections::BTreeMap<_, _>>()
        };
        insta::assert_debug_snapshot!(table.records.iter().map(|r| (r.line, r.broken.clone(), named(r))).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in prop::sample::select(vec!["a.csv", "a.jsonl"])) {
            let _ = read(name, &bytes);
        }

        #[test]
        fn what_is_quoted_reads_back_with_its_line(cells in proptest::collection::vec("[a-z\"\n,;é ]{1,12}", 1..20), separator in prop::sample::select(vec![',', ';', '\t'])) {
            let mut text = format!("h{separator}n\n");
            let (mut line, mut expect) = (2, Vec::new());
            for cell in &cells {
                text.push_str(&format!("\"{}\"{separator}1\n", cell.replace('"', "\"\"")));
                expect.push((line, vec![cell.trim().to_owned(), "1".to_owned()]));
                line += 1 + cell.matches('\n').count();
            }
            prop_assert_eq!(rows("a.csv", text.as_bytes()), expect);
        }

        #[test]
        fn no_line_is_lost_whatever_is_quoted(text in "[a,\"\n]{0,200}") {
            let table = separated(&format!("h,n\n{text}"));
            prop_assert!(table.records.iter().all(|r| r.line >= 2 && r.line <= 2 + text.matches('\n').count()));
        }
    }
}
