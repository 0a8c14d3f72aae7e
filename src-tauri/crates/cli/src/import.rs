//! `import`: files into the workspace. Reading and rules are the use cases'; here is only what is printed.

use std::path::PathBuf;

use anyhow::Result;
use mercator_app::views::{ImportKind, ImportReport};

use crate::{
    Done,
    args::{ImportCommand, ImportFile},
    output::{Output, Progress},
    session,
};

/// Rejected rows named in the text form; `--json` names all.
const ROWS_SHOWN: usize = 20;

/// Imports one kind of file.
pub async fn import(workspace: Option<&str>, what: ImportCommand, output: Output) -> Result<Done> {
    let report = match what {
        ImportCommand::Mail { paths, inbox, dry_run } => mail(workspace, paths, inbox.as_deref(), dry_run).await?,
        ImportCommand::Orders(file) => list(workspace, ImportKind::Orders, &file).await?,
        ImportCommand::Products(file) => list(workspace, ImportKind::Products, &file).await?,
        ImportCommand::Articles(file) => list(workspace, ImportKind::Articles, &file).await?,
        ImportCommand::Customers(file) => list(workspace, ImportKind::Customers, &file).await?,
        ImportCommand::Events(file) => list(workspace, ImportKind::Events, &file).await?,
        ImportCommand::Cases(file) => list(workspace, ImportKind::Cases, &file).await?,
    };
    output.give(&report, || text(&report))?;
    Ok(Done::Well)
}

async fn list(workspace: Option<&str>, kind: ImportKind, file: &ImportFile) -> Result<ImportReport> {
    if file.dry_run {
        let look = session::open_for_a_look(workspace).await?;
        let report = look.app.import_file(kind, &file.file, true).await;
        look.app.stop().await;
        return report;
    }
    let app = session::open(workspace).await?;
    let report = app.import_file(kind, &file.file, file.dry_run).await;
    app.stop().await;
    report
}

async fn mail(workspace: Option<&str>, paths: Vec<PathBuf>, inbox: Option<&str>, dry_run: bool) -> Result<ImportReport> {
    if dry_run {
        return count_mail(workspace, &paths).await;
    }
    let app = session::open(workspace).await?;
    let work = async {
        let inbox = session::inbox(&app, inbox).await?;
        let progress = Progress::of("Mails");
        app.import_mail(inbox, &paths, &|done, total| progress.show(done, total)).await
    };
    let report = work.await;
    app.stop().await;
    report
}

async fn count_mail(workspace: Option<&str>, paths: &[PathBuf]) -> Result<ImportReport> {
    let look = session::open_for_a_look(workspace).await?;
    let work = async {
        let mut whole = ImportReport::default();
        for path in paths {
            add(&mut whole, look.app.import_file(ImportKind::Mail, &path.to_string_lossy(), true).await?);
        }
        Ok(whole)
    };
    let counted = work.await;
    look.app.stop().await;
    counted
}

fn add(whole: &mut ImportReport, part: ImportReport) {
    whole.imported += part.imported;
    whole.unchanged += part.unchanged;
    whole.rejected += part.rejected;
    whole.rows.extend(part.rows);
    whole.warnings.extend(part.warnings);
}

fn text(report: &ImportReport) -> String {
    let mut lines = vec![format!("{} imported, {} there already, {} rejected", report.imported, report.unchanged, report.rejected)];
    lines.extend(report.rows.iter().take(ROWS_SHOWN).map(|row| format!("  line {}: {}", row.line, row.reason)));
    if report.rows.len() > ROWS_SHOWN {
        lines.push(format!("  and {} more; --json names all", report.rows.len() - ROWS_SHOWN));
    }
    lines.extend(report.warnings.iter().map(|warning| format!("Note: {warning}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use mercator_app::views::RejectedRow;

    use super::*;

    #[test]
    fn a_report_names_its_first_rows_and_how_many_more() {
        let rows = (1..=25).map(|line| RejectedRow { line, reason: "no date".to_owned() }).collect();
        let report = ImportReport { imported: 3, unchanged: 1, rejected: 25, rows, warnings: vec!["Unknown column: colour".to_owned()] };
        let text = text(&report);
        assert!(text.starts_with("3 imported, 1 there already, 25 rejected\n  line 1: no date"), "{text}");
        assert!(text.ends_with("and 5 more; --json names all\nNote: Unknown column: colour"), "{text}");
    }

    #[test]
    fn reports_of_several_paths_add_up() {
        let mut whole = ImportReport { imported: 1, ..ImportReport::default() };
        add(&mut whole, ImportReport { imported: 2, unchanged: 3, warnings: vec!["w".to_owned()], ..ImportReport::default() });
        assert_eq!((whole.imported, whole.unchanged, whole.warnings.len()), (3, 3, 1));
    }
}
