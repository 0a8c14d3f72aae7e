//! The first sheet with anything in it of a spreadsheet (Excel, OpenDocument), as rows of texts.
//!
//! What the columns mean is the reader's matter. Numbers come without a decimal point of their own making, dates as `2026-11-27`.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader, open_workbook_auto_from_rs};
use jiff::{SignedDuration, civil};

/// From here on a floating point number no longer holds every digit.
const EXACT: f64 = 1e15;
/// No small seller has more rows, and each costs memory.
const MOST_ROWS: usize = 500_000;

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkbookCell {
    /// Its text.
    pub text: String,
    /// It is a number, with a point before its decimals.
    pub number: bool,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkbookRow {
    /// As the spreadsheet counts it, from 1.
    pub line: usize,
    /// From the first column on.
    pub cells: Vec<WorkbookCell>,
    /// Why it cannot be trusted.
    pub broken: Option<String>,
}

/// Why a spreadsheet is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoWorkbook {
    /// It is protected.
    #[error("the spreadsheet is protected by a password: save it without one")]
    Protected,
    /// It is none, or damaged.
    #[error("this is no spreadsheet that can be read: save it again, or as CSV")]
    Damaged,
    /// Nothing in it.
    #[error("no sheet of it has anything in it")]
    Empty,
    /// Too many rows.
    #[error("it has more than {MOST_ROWS} rows")]
    TooLarge,
}

/// True when a file is a spreadsheet by its name and its beginning.
pub fn is_workbook(name: &str, bytes: &[u8]) -> bool {
    let lower = name.to_lowercase();
    let named = [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"].iter().any(|end| lower.ends_with(end));
    named && (bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0"))
}

/// Reads a spreadsheet; rows without anything in them are left out.
pub fn read_workbook(bytes: &[u8]) -> Result<Vec<WorkbookRow>, NoWorkbook> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| refused(&error))?;
    for name in book.sheet_names() {
        // A sheet that holds a chart only is no table.
        let Ok(range) = book.worksheet_range(&name) else { continue };
        if range.height() > MOST_ROWS {
            return Err(NoWorkbook::TooLarge);
        }
        let (first_row, first_column) = range.start().unwrap_or_default();
        let rows: Vec<WorkbookRow> = range
            .rows()
            .enumerate()
            .map(|(at, cells)| row(first_row as usize + at + 1, first_column as usize, cells))
            .filter(|row| row.cells.iter().any(|cell| !cell.text.is_empty()))
            .collect();
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Err(NoWorkbook::Empty)
}

fn refused(error: &calamine::Error) -> NoWorkbook {
    let text = error.to_string().to_lowercase();
    if text.contains("password") || text.contains("encrypt") { NoWorkbook::Protected } else { NoWorkbook::Damaged }
}

fn row(line: usize, first_column: usize, cells: &[Data]) -> WorkbookRow {
    let mut row = WorkbookRow { line, cells: vec![WorkbookCell::default(); first_column], broken: None };
    for cell in cells {
        match text(cell) {
            Ok(cell) => row.cells.push(cell),
            Err(why) => {
                row.cells.push(WorkbookCell::default());
                row.broken.get_or_insert(why);
            }
        }
    }
    row
}

fn text(cell: &Data) -> Result<WorkbookCell, String> {
    let plain = |text: String| WorkbookCell { text: text.trim().to_owned(), number: false };
    Ok(match cell {
        Data::Empty => WorkbookCell::default(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => plain(text.clone()),
        Data::Bool(value) => plain(value.to_string()),
        Data::Int(value) => WorkbookCell { text: value.to_string(), number: true },
        Data::Float(value) if value.abs() >= EXACT => {
            return Err("a long number has lost digits in the spreadsheet: format its column as text, then enter it again".to_owned());
        }
        Data::Float(value) => WorkbookCell { text: value.to_string(), number: true },
        Data::DateTime(moment) => plain(date(moment).unwrap_or_else(|| moment.as_f64().to_string())),
        Data::Error(error) => return Err(format!("a cell shows an error of the spreadsheet ({error})")),
    })
}

/// Days since the spreadsheet's beginning of time (ECMA-376, part 1, 18.17.4.1), with the time of day where there is one.
fn date(moment: &ExcelDateTime) -> Option<String> {
    let days = moment.as_f64();
    // The year 1900 of old spreadsheets has a 29 February; after it the count is right from 1899-12-30 on.
    let begin = civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let seconds = (days * 86_400.0).round();
    if !(0.0..=3e9 * 86_400.0).contains(&seconds) {
        return None;
    }
    let at = begin.checked_add(SignedDuration::from_secs(seconds as i64)).ok()?;
    Some(if days.fract() == 0.0 { at.date().to_string() } else { at.to_string() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXCEL: &[u8] = include_bytes!("../../../../tests/fixtures/files/products.xlsx");
    const OPEN: &[u8] = include_bytes!("../../../../tests/fixtures/files/products.ods");

    fn texts(rows: &[WorkbookRow]) -> Vec<Vec<&str>> {
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn l4_the_first_filled_sheet_is_read_with_numbers_dates_and_every_script() {
        let expect = [
            vec!["sku", "title", "price", "currency", "stock", "created"],
            vec!["LAMP-1", "Aurora 台灯", "19.9", "EUR", "5", "2026-11-27"],
            vec!["10023", "Чайник", "29", "EUR", "0", "2026-11-27T10:30:00"],
        ];
        for (name, bytes) in [("excel", EXCEL), ("open", OPEN)] {
            let rows = read_workbook(bytes).unwrap();
            assert_eq!(texts(&rows)[..2], expect[..2], "{name}");
            assert_eq!(texts(&rows)[2][..5], expect[2][..5], "{name}");
            assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 5, 6], "{name}");
            assert!(rows[1].cells[2].number && !rows[1].cells[0].number, "{name}");
            assert!(rows[3].broken.as_ref().is_some_and(|why| why.contains("lost digits")), "{name}: {:?}", rows[3]);
        }
    }

    #[test]
    fn what_is_no_spreadsheet_says_so() {
        assert!(is_workbook("List.XLSX", EXCEL) && !is_workbook("list.csv", EXCEL) && !is_workbook("list.xlsx", b"sku,title"));
        assert_eq!(read_workbook(b"PK\x03\x04 nothing"), Err(NoWorkbook::Damaged));
        assert_eq!(read_workbook(b""), Err(NoWorkbook::Damaged));
        let cut = EXCEL.get(..EXCEL.len() / 2).unwrap();
        assert_eq!(read_workbook(cut), Err(NoWorkbook::Damaged));
    }

    proptest! {
        #[test]
        fn a_damaged_spreadsheet_never_panics(at in 0..EXCEL.len(), with in any::<u8>()) {
            let mut bytes = EXCEL.to_vec();
            bytes[at] = with;
            drop(read_workbook(&bytes));
        }
    }
}
