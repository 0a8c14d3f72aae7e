//! Imports of lists: orders, products, customers, articles, behaviour events, cases (cli.md, "Import files").
//!
//! `table` makes rows of bytes (`document` of spreadsheets and PDF files), `columns` finds the standard columns and decides over the whole file how dates (`dates`) and
//! numbers (`numbers`) are written; one file a kind says what a row means. A bad row is refused with its line, the rest is taken
//! in, in transactions of at most 500 things; importing again changes nothing. Mails are `bulk`'s.

pub(crate) mod accounts;
mod articles;
mod cases;
mod columns;
mod customers;
mod dates;
mod document;
mod events;
mod markdown;
mod numbers;
mod orders;
mod page;
mod people;
mod products;
mod run;
mod table;
mod tally;

use std::path::Path;

use anyhow::{Context, Result};
use mercator_channels::{pdf::is_pdf, workbook::is_workbook};
use mercator_domain::moment::Moment;
use mercator_store::Store;

use crate::{
    App,
    error::user,
    views::{AppEvent, ImportKind, ImportReport},
};

impl App {
    /// Takes in a file; with `dry_run` everything is counted and nothing stays. A folder, for mails, with everything in it.
    pub async fn import_file(&self, kind: ImportKind, path: &str, dry_run: bool) -> Result<ImportReport> {
        if kind == ImportKind::Mail {
            if dry_run {
                return self.count_mail(&[path.into()]).await;
            }
            return self.import_mail(None, &[path.into()], &|_, _| {}).await;
        }
        let cannot = || format!("Cannot read {path}");
        let size = tokio::fs::metadata(path).await.with_context(cannot)?.len();
        if size > table::MOST_BYTES as u64 {
            return Err(not_a_list(path, &table::NoTable::TooLarge.to_string()));
        }
        let bytes = tokio::fs::read(path).await.with_context(cannot)?;
        self.import_bytes(kind, path, &bytes, dry_run).await
    }

    /// The same for content that is no file of this computer (dropped on the window); `name` as its file was called.
    pub async fn import_bytes(&self, kind: ImportKind, name: &str, bytes: &[u8], dry_run: bool) -> Result<ImportReport> {
        if kind == ImportKind::Mail {
            return self.import_mail_bytes(name, bytes, dry_run).await;
        }
        let report = import(&self.store, self.now(), kind, name, bytes, dry_run).await?;
        if report.imported > 0 && !dry_run {
            match kind {
                ImportKind::Articles => self.knowledge_changed().await,
                ImportKind::Cases => self.tell(AppEvent::OrdersChanged),
                _ => {
                    self.own_numbers_changed().await;
                    self.orders_changed();
                }
            }
        }
        Ok(report)
    }

    /// What `import --help` prints: the kinds and their columns.
    pub fn import_help() -> String {
        columns::help()
    }
}

/// An import on a store.
pub(crate) async fn import(store: &Store, now: Moment, kind: ImportKind, name: &str, bytes: &[u8], dry: bool) -> Result<ImportReport> {
    let sheet = sheet(kind, name, bytes)?;
    let source = Path::new(name).file_name().map_or_else(|| name.to_owned(), |n| n.to_string_lossy().into_owned());
    let mut tally = tally::Tally::default();
    sheet.warnings.iter().for_each(|text| tally.warn(text.clone()));
    let mut run = run::Run { store, now, name: &source, dry, sheet, tally };
    match kind {
        ImportKind::Orders => orders::import(&mut run).await,
        ImportKind::Products => products::import(&mut run).await,
        ImportKind::Customers => customers::import(&mut run).await,
        ImportKind::Articles => articles::import(&mut run).await,
        ImportKind::Events => events::import(&mut run).await,
        ImportKind::Cases => cases::import(&mut run).await,
        ImportKind::Mail => Ok(()),
    }
    .with_context(|| format!("Cannot import {source}"))?;
    Ok(run.tally.report())
}

fn sheet(kind: ImportKind, name: &str, bytes: &[u8]) -> Result<columns::Sheet> {
    if kind == ImportKind::Articles && (page::is_page(name) || page::is_like_page(bytes)) {
        let table = page::read(bytes).map_err(|why| not_a_page(name, &why.to_string()))?;
        return columns::Sheet::new(kind, table).map_err(|why| not_a_page(name, &why));
    }
    if kind == ImportKind::Articles && is_pdf(bytes) {
        let table = document::pdf(name, bytes).map_err(|why| not_a_pdf(name, &why.to_string()))?;
        return columns::Sheet::new(kind, table).map_err(|why| not_a_list(name, &why));
    }
    if is_workbook(name, bytes) {
        let table = document::workbook(bytes).map_err(|why| not_a_list(name, &why.to_string()))?;
        return columns::Sheet::new(kind, table).map_err(|why| not_a_list(name, &why));
    }
    let read = if kind == ImportKind::Articles && markdown::is_markdown(name) {
        table::decode(bytes).map(|text| markdown::read(&text))
    } else {
        table::read(name, bytes)
    };
    let table = read.map_err(|why| not_a_list(name, &why.to_string()))?;
    columns::Sheet::new(kind, table).map_err(|why| not_a_list(name, &why))
}

/// Nothing is taken in: the file holds no text.
fn not_a_pdf(name: &str, why: &str) -> anyhow::Error {
    user("bad_input", format!("Nothing was imported from {name}: {why}"), "Or copy its text into an article.")
}

/// Nothing is taken in: the file is no page, or one without a text.
fn not_a_page(name: &str, why: &str) -> anyhow::Error {
    let hint = "Save the page from the browser as 'HTML only', or copy its text into an article.";
    user("bad_input", format!("Nothing was imported from {name}: {why}"), hint)
}

/// Nothing of the file is taken in: it is none of its kind.
fn not_a_list(name: &str, why: &str) -> anyhow::Error {
    let hint = "The columns that are needed: mercator-cli import --help.";
    user("bad_input", format!("Nothing was imported from {name}: {why}"), hint)
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
