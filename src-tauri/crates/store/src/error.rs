//! What can go wrong with the database, in the cases that a caller treats differently.
//!
//! Both engines' codes end in the same cases here, so nothing above this crate knows a result code. Texts name no row content.

use std::path::PathBuf;

use mercator_domain::words::UnknownWord;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process held the write lock for longer than we wait.
    #[error("The database is busy: another program holds it")]
    Busy,
    /// The disk, the folder or the file cannot be written.
    #[error("The database cannot be written: the disk or the file is read-only")]
    ReadOnly,
    /// No room left.
    #[error("The disk is full")]
    DiskFull,
    /// The file is damaged, or is no database.
    #[error("The database is damaged: {0}")]
    Corrupt(String),
    /// Reading or writing the disk failed.
    #[error("The disk reported an error: {0}")]
    Disk(String),
    /// The file or folder cannot be opened.
    #[error("Cannot open {}: {why}", path.display())]
    CannotOpen {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A newer version of Mercator has changed the database in a way that this version would break.
    #[error("The database was made by a newer version (needs {found}, this version knows {known})")]
    NewerDatabase {
        /// The number in the database.
        found: i64,
        /// The highest that this version may open.
        known: i64,
    },
    /// The SQLite library is one with the WAL-reset corruption bug.
    #[error("SQLite {found} is too old: 3.51.3 is the first without the WAL-reset bug")]
    OldEngine {
        /// Its version.
        found: String,
    },
    /// The file lies in a folder that a sync service copies behind our back.
    #[error("{} lies in a folder of {which}, which would damage a database in use", path.display())]
    SyncFolder {
        /// The service.
        which: String,
        /// The file.
        path: PathBuf,
    },
    /// The row does not exist.
    #[error("Not found")]
    NotFound,
    /// The row has changed since it was read.
    #[error("It has changed in the meantime")]
    Conflict,
    /// The row would break a rule of the schema (a key that is taken, a reference to nothing).
    #[error("The change breaks a rule of the database: {0}")]
    Constraint(String),
    /// The database server cannot be reached or refuses us.
    #[error("The database server cannot be reached: {0}")]
    Unreachable(String),
    /// A stored value that this version cannot read.
    #[error("A stored value cannot be read: {0}")]
    BadValue(String),
    /// Anything else.
    #[error("The database failed: {0}")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// True when the same call may succeed a moment later.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }

    fn from_sqlite(code: i64, message: &str) -> Option<Self> {
        // The low byte is the primary result code (sqlite.org/rescode.html); the rest only refines it.
        Some(match code & 0xff {
            5 | 6 => Self::Busy,
            8 => Self::ReadOnly,
            10 if code == 3338 || code == 6410 => Self::ReadOnly, // IOERR_ACCESS, IOERR_GETTEMPPATH
            10 => Self::Disk(message.to_owned()),
            11 | 26 => Self::Corrupt(message.to_owned()),
            13 => Self::DiskFull,
            14 => Self::CannotOpen { path: PathBuf::new(), why: message.to_owned() },
            19 => Self::Constraint(message.to_owned()),
            _ => return None,
        })
    }

    fn from_sqlstate(state: &str, message: &str) -> Option<Self> {
        Some(match state {
            "40001" | "40P01" | "55P03" => Self::Busy,
            "53100" => Self::DiskFull,
            "25006" => Self::ReadOnly,
            "XX001" | "XX002" => Self::Corrupt(message.to_owned()),
            "3D000" => Self::Unreachable(message.to_owned()),
            _ => match state.get(..2)? {
                "23" => Self::Constraint(message.to_owned()),
                "08" | "28" | "57" | "53" => Self::Unreachable(message.to_owned()),
                "58" => Self::Disk(message.to_owned()),
                _ => return None,
            },
        })
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let known = match &error {
            sqlx::Error::RowNotFound => Some(Self::NotFound),
            sqlx::Error::PoolTimedOut => Some(Self::Busy),
            sqlx::Error::Io(io) => Some(Self::Unreachable(io.to_string())),
            // Never the value itself: errors are logged, and the value may be a person's words. A fixed word is ours, so it may.
            sqlx::Error::ColumnDecode { index, source } => Some(Self::BadValue(match source.downcast_ref::<UnknownWord>() {
                Some(unknown) => format!("column {index}: {unknown}"),
                None => format!("column {index}"),
            })),
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                // A SQLSTATE has five characters, a SQLite result code at most four digits.
                if code.len() == 5 {
                    Self::from_sqlstate(&code, database.message())
                } else {
                    code.parse().ok().and_then(|code| Self::from_sqlite(code, database.message()))
                }
            }
            _ => None,
        };
        known.unwrap_or(Self::Other(error))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        // Its own text would quote the value.
        Self::BadValue(format!("JSON ({:?}) at {}:{}", error.classify(), error.line(), error.column()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_codes_of_sqlite_end_in_our_cases() {
        let check = |code: i64, expect: fn(&StoreError) -> bool| {
            assert!(StoreError::from_sqlite(code, "x").is_some_and(|e| expect(&e)), "{code}");
        };
        check(5, |e| matches!(e, StoreError::Busy));
        check(517, |e| matches!(e, StoreError::Busy)); // BUSY_SNAPSHOT
        check(1032, |e| matches!(e, StoreError::ReadOnly)); // READONLY_DBMOVED
        check(13, |e| matches!(e, StoreError::DiskFull));
        check(26, |e| matches!(e, StoreError::Corrupt(_)));
        check(2067, |e| matches!(e, StoreError::Constraint(_)));
        check(778, |e| matches!(e, StoreError::Disk(_))); // IOERR_WRITE
        assert!(StoreError::from_sqlite(1, "x").is_none());
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_quoted() {
        let json: StoreError = serde_json::from_str::<i64>("\"Ana, 5 Rose Lane\"").unwrap_err().into();
        assert_eq!(json.to_string(), "A stored value cannot be read: JSON (Data) at 1:18");
        let column = |source| sqlx::Error::ColumnDecode { index: "turn".into(), source };
        let hidden: StoreError = column("Ana, 5 Rose Lane".into()).into();
        assert_eq!(hidden.to_string(), "A stored value cannot be read: column turn");
        let word = "purple".parse::<mercator_domain::conversation::Status>().unwrap_err();
        let shown: StoreError = column(Box::new(word)).into();
        assert_eq!(shown.to_string(), "A stored value cannot be read: column turn: 'purple' is no Status");
    }

    #[test]
    fn sqlstates_end_in_our_cases() {
        let check = |state: &str, expect: fn(&StoreError) -> bool| {
            assert!(StoreError::from_sqlstate(state, "x").is_some_and(|e| expect(&e)), "{state}");
        };
        check("40P01", |e| matches!(e, StoreError::Busy));
        check("53100", |e| matches!(e, StoreError::DiskFull));
        check("25006", |e| matches!(e, StoreError::ReadOnly));
        check("23505", |e| matches!(e, StoreError::Constraint(_)));
        check("28P01", |e| matches!(e, StoreError::Unreachable(_)));
        assert!(StoreError::from_sqlstate("42601", "x").is_none());
    }
}
