//! Counts of an import while it runs: every row ends as taken in, unchanged or refused.

use std::collections::BTreeMap;

use mercator_store::Put;

use crate::views::{ImportReport, RejectedRow};

/// Most refused rows and warnings that a report lists; the counts are always whole.
const MOST_LISTED: usize = 1_000;

/// The counts so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    imported: usize,
    unchanged: usize,
    rejected: usize,
    rows: Vec<RejectedRow>,
    warnings: Vec<String>,
    /// Warnings that can come with any row: the text, the first line, how often.
    repeated: BTreeMap<String, (usize, usize)>,
}

impl Tally {
    /// A row was refused.
    pub(crate) fn reject(&mut self, line: usize, reason: impl Into<String>) {
        self.rejected += 1;
        self.rows.push(RejectedRow { line: i32::try_from(line).unwrap_or(i32::MAX), reason: reason.into() });
    }

    /// Rows that became one thing, and what writing it did.
    pub(crate) fn count(&mut self, rows: usize, put: Put) {
        match put {
            Put::Unchanged => self.unchanged += rows,
            Put::Inserted | Put::Changed => self.imported += rows,
        }
    }

    /// Something that a person should know once.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    /// Something that a row brings; said once with its first line and how often it came.
    pub(crate) fn warn_at(&mut self, line: usize, text: impl Into<String>) {
        self.repeated.entry(text.into()).or_insert((line, 0)).1 += 1;
    }

    /// The report; refused rows in the order of the file.
    pub(crate) fn report(mut self) -> ImportReport {
        self.rows.sort_by_key(|r| r.line);
        let hidden = self.rows.len().saturating_sub(MOST_LISTED);
        self.rows.truncate(MOST_LISTED);
        let mut repeated: Vec<_> = self.repeated.into_iter().collect();
        repeated.sort_by_key(|(_, (line, _))| *line);
        for (text, (line, times)) in repeated.into_iter().take(MOST_LISTED) {
            self.warnings.push(if times == 1 {
                format!("{text} (line {line})")
            } else {
                format!("{text} ({times} times, first in line {line})")
            });
        }
        if hidden > 0 {
            self.warnings.push(format!("{hidden} more refused rows are not listed"));
        }
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        ImportReport {
            imported: count(self.imported),
            unchanged: count(self.unchanged),
            rejected: count(self.rejected),
            rows: self.rows,
            warnings: self.warnings,
        }
    }
}
