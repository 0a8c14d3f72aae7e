//! Spreadsheets and PDF files as tables, so that everything behind them (checks, keys, reports) is the same as for CSV.

use std::path::Path;

use mercator_channels::{
    pdf::{NoPdf, read_pdf},
    workbook::{NoWorkbook, WorkbookRow, read_workbook},
};

use super::table::{Cell, Record, Table};

/// A spreadsheet: its first filled row holds the headings.
pub(crate) fn workbook(bytes: &[u8]) -> Result<Table, NoWorkbook> {
    let mut rows = read_workbook(bytes)?.into_iter();
    let headings = rows.next().map(|row| row.cells.into_iter().map(|cell| cell.text.to_lowercase()).collect()).unwrap_or_default();
    Ok(Table { headings, records: rows.map(record).collect() })
}

fn record(row: WorkbookRow) -> Record {
    let cells = row.cells.into_iter().map(|cell| Cell { text: cell.text, plain: cell.number }).collect();
    Record { line: row.line, cells, broken: row.broken }
}

/// A PDF file: one article, called by its first line, else by its file.
pub(crate) fn pdf(name: &str, bytes: &[u8]) -> Result<Table, NoPdf> {
    let read = read_pdf(bytes)?;
    let file = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().replace(['_', '-'], " ")).unwrap_or_default();
    let title = if read.title.is_empty() { file } else { read.title };
    let body = read.passages.join("\n\n");
    let broken = body.contains('\0').then(|| "it contains a NUL byte".to_owned());
    let cells = [title, body].map(|text| Cell { text: text.trim().to_owned(), plain: false }).to_vec();
    Ok(Table { headings: ["title", "body"].map(str::to_owned).to_vec(), records: vec![Record { line: 1, cells, broken }] })
}
