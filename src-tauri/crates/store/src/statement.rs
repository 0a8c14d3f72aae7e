//! A statement that is put together from fixed pieces and numbered parameters: filters, lists of ids, rows in bulk.
//!
//! Pieces are `&'static str`, so nothing from outside can become SQL text; everything else is a parameter. Statements whose
//! text never changes are written with `sqlx::query` where they are used.

use std::collections::BTreeSet;

use sqlx::{
    Any, AnyConnection, Arguments, AssertSqlSafe, Encode, Type,
    any::{AnyArguments, AnyRow},
    error::BoxDynError,
};

/// How many parameters one statement may have here: SQLite takes 32766, PostgreSQL 65535; far fewer keep the texts short.
pub(crate) const MOST_PARAMETERS: usize = 4_000;

/// Stands in the text where a parameter goes, until it is known which engine reads it. No fixed piece holds this character.
const PLACE: char = '\u{1}';

/// SQL text in the making, with its parameters.
pub(crate) struct Statement {
    text: String,
    arguments: AnyArguments,
    failed: Option<BoxDynError>,
    kept: bool,
}

impl Statement {
    /// Begins with a fixed piece.
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), arguments: AnyArguments::default(), failed: None, kept: false }
    }

    /// Adds a fixed piece.
    #[must_use]
    pub(crate) fn push(mut self, text: &'static str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter: its place in the text, its value beside it.
    #[must_use]
    pub(crate) fn bind<'t, T>(mut self, value: T) -> Self
    where
        T: Encode<'t, Any> + Type<Any>,
    {
        if let Err(error) = self.arguments.add(value) {
            self.failed.get_or_insert(error);
        }
        self.text.push(PLACE);
        self
    }

    /// Adds a list of parameters in brackets; for no values `(null)`, which equals nothing.
    #[must_use]
    pub(crate) fn list<'t, T>(mut self, values: impl IntoIterator<Item = T>) -> Self
    where
        T: Encode<'t, Any> + Type<Any>,
    {
        let mut first = true;
        for value in values {
            self = self.push(if first { "(" } else { ", " }).bind(value);
            first = false;
        }
        self.push(if first { "(null)" } else { ")" })
    }

    /// Adds the condition that one of the columns holds the text, in any case.
    ///
    /// Both engines' `lower` may know ASCII only (SQLite always, PostgreSQL under the C locale), so a text beyond ASCII is also
    /// looked for as typed, as at the beginning of a sentence, as in a title and in capitals: `özil` finds `Özil`, `анна` finds `Анна`.
    #[must_use]
    pub(crate) fn holds(mut self, columns: &[&'static str], text: &str) -> Self {
        self = self.push("(1 = 0");
        for column in columns {
            self = self.push(" or lower(").push(column).push(") like ").bind(anywhere(text)).push(" escape '\\'");
            for spelling in spellings(text) {
                self = self.push(" or ").push(column).push(" like ").bind(spelling).push(" escape '\\'");
            }
        }
        self.push(")")
    }

    /// Adds a piece only when `condition` holds.
    #[must_use]
    pub(crate) fn when(self, condition: bool, add: impl FnOnce(Self) -> Self) -> Self {
        if condition { add(self) } else { self }
    }

    /// Says that the text is the same every time, so that the connection keeps it prepared. Texts that differ with each filter
    /// are not kept: they would push out the others.
    #[must_use]
    pub(crate) fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Runs it and gives every row.
    pub(crate) async fn rows(self, connection: &mut AnyConnection) -> sqlx::Result<Vec<AnyRow>> {
        let (text, arguments, kept) = self.finish(connection)?;
        // Safe: made of fixed pieces and parameter numbers only.
        sqlx::query_with(AssertSqlSafe(text), arguments).persistent(kept).fetch_all(connection).await
    }

    /// Runs it and gives the one row that it must have.
    pub(crate) async fn row(self, connection: &mut AnyConnection) -> sqlx::Result<AnyRow> {
        let (text, arguments, kept) = self.finish(connection)?;
        // Safe: as in `rows`.
        sqlx::query_with(AssertSqlSafe(text), arguments).persistent(kept).fetch_one(connection).await
    }

    /// Runs it and gives how many rows it changed.
    pub(crate) async fn run(self, connection: &mut AnyConnection) -> sqlx::Result<u64> {
        let (text, arguments, kept) = self.finish(connection)?;
        // Safe: as in `rows`.
        Ok(sqlx::query_with(AssertSqlSafe(text), arguments).persistent(kept).execute(connection).await?.rows_affected())
    }

    /// How SQLite would run it, for the tests that watch the indexes.
    #[cfg(test)]
    pub(crate) async fn plan(mut self, connection: &mut AnyConnection) -> String {
        use sqlx::Row;
        self.text.insert_str(0, "explain query plan ");
        let rows = self.rows(connection).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
    }

    /// The text as the engine of the connection reads it. SQLite gets plain `?`: it looks numbered parameters up in a list, one by one,
    /// which for the thousands of a bulk insert costs more than the insert.
    fn finish(self, connection: &AnyConnection) -> sqlx::Result<(String, AnyArguments, bool)> {
        if let Some(error) = self.failed {
            return Err(sqlx::Error::Encode(error));
        }
        let text = placed(&self.text, connection.backend_name() != "SQLite");
        Ok((text, self.arguments, self.kept))
    }
}

/// Statements that run one after the other and need nothing of each other's results (but the newest row: see `dialect::newest_message`).
///
/// The driver of SQLite hands every call to another thread and waits for it, which takes longer than most statements do; it reads
/// several statements in one text, though. So a script is one call there, and one for each statement on PostgreSQL, which reads only one.
#[derive(Default)]
pub(crate) struct Script(Vec<Statement>);

impl Script {
    /// Adds a statement.
    #[must_use]
    pub(crate) fn then(mut self, next: Statement) -> Self {
        self.0.push(next);
        self
    }

    /// Runs them in order and gives the rows of all of them, one after the other. On SQLite they stay prepared, so the texts of a script
    /// must not differ from call to call.
    pub(crate) async fn rows(self, connection: &mut AnyConnection) -> sqlx::Result<Vec<AnyRow>> {
        if connection.backend_name() != "SQLite" {
            let mut rows = vec![];
            for statement in self.0 {
                rows.extend(statement.kept().rows(connection).await?);
            }
            return Ok(rows);
        }
        let mut all = Statement::new("").kept();
        for statement in self.0 {
            all.failed = all.failed.or(statement.failed);
            all.text.push_str(&statement.text);
            all.text.push(';');
            all.arguments.values.0.extend(statement.arguments.values.0);
        }
        all.rows(connection).await
    }
}

/// The text with `$1`, `$2`, … or with `?` in the places of the parameters.
fn placed(text: &str, numbered: bool) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (number, piece) in text.split(PLACE).enumerate() {
        match (number, numbered) {
            (0, _) => {}
            (_, true) => out.push_str(&format!("${number}")),
            (_, false) => out.push('?'),
        }
        out.push_str(piece);
    }
    out
}

/// A text as the pattern of a `like … escape '\'` that finds it anywhere, in lower case.
pub(crate) fn anywhere(text: &str) -> String {
    format!("%{}%", literal(&text.to_lowercase()))
}

/// Patterns for the other cases of a text beyond ASCII; none for ASCII.
fn spellings(text: &str) -> BTreeSet<String> {
    if text.is_ascii() {
        return BTreeSet::new();
    }
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    let lower = text.to_lowercase();
    let title = lower.split(' ').map(capital).collect::<Vec<_>>().join(" ");
    let texts = [text.to_owned(), capital(&lower), title, text.to_uppercase()];
    texts.iter().map(|t| format!("%{}%", literal(t))).collect()
}

/// A text as the pattern of a `like … escape '\'` that finds what begins with it.
pub(crate) fn beginning(text: &str) -> String {
    format!("{}%", literal(text))
}

fn literal(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_in_the_order_of_the_text() {
        let statement = Statement::new("select 1 where a = ").bind(7_i64).push(" and b in ").list(["x".to_owned(), "y".to_owned()]);
        assert_eq!(placed(&statement.text, true), "select 1 where a = $1 and b in ($2, $3)");
        assert_eq!(placed(&statement.text, false), "select 1 where a = ? and b in (?, ?)");
        assert_eq!(Statement::new("b in ").list(Vec::<i64>::new()).text, "b in (null)");
    }

    #[test]
    fn a_text_beyond_ascii_is_looked_for_in_each_case() {
        let check = |text: &str, expect: &[&str]| assert_eq!(spellings(text).into_iter().collect::<Vec<_>>(), expect, "{text}");
        check("Ana", &[]);
        check("mesut özil", &["%MESUT ÖZIL%", "%Mesut Özil%", "%Mesut özil%", "%mesut özil%"]);
        check("анна", &["%АННА%", "%Анна%", "%анна%"]);
        check("退款", &["%退款%"]);
        assert_eq!(
            placed(&Statement::new("").holds(&["a", "b"], "x").text, true),
            "(1 = 0 or lower(a) like $1 escape '\\' or lower(b) like $2 escape '\\')"
        );
    }

    #[test]
    fn wildcards_of_a_search_are_taken_by_the_letter() {
        assert_eq!(anywhere("50%_A\\"), "%50\\%\\_a\\\\%");
        assert_eq!(beginning("W1"), "W1%");
    }
}
