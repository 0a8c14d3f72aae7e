//! The lines of a text, with what can be said of each by itself: where it stands, whether it is empty, quoted by a mark, or code.
//!
//! The form in which lines are compared (`simple`) is made once here, since every line is asked many times.
//!
//! What a line means beside its neighbours is for `reference`, `footer` and `arrange` to say.

use super::words::simple;

/// Longest part of a line that is compared; what marks a line stands at its start, and longer lines are paragraphs.
const COMPARED_BYTES: usize = 1_000;

/// A line, without its line end.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    /// The first byte in the original.
    pub(super) at: usize,
    /// What it holds.
    pub(super) text: &'a str,
    /// A mark of quotation stands before it, or it is the wrapped end of such a line.
    pub(super) quoted: bool,
    /// The same as it is compared: lower case, plain blanks.
    pub(super) simple: String,
    /// Between two fences of three backticks: nothing in there is a mark.
    pub(super) code: bool,
}

impl Line<'_> {
    /// Nothing to read in it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The lines of a text.
pub(super) fn lines_of(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let mut lines: Vec<Line<'_>> = text
        .split('\n')
        .map(|line| {
            let start = at;
            at += line.len() + 1;
            let text = line.strip_suffix('\r').unwrap_or(line);
            Line { at: start, text, quoted: text.trim_start().starts_with('>'), simple: simple(start_of(text)), code: false }
        })
        .collect();
    unmark_closing_brackets(&mut lines);
    mark_code(&mut lines);
    mark_bars_and_names(&mut lines);
    mark_wrapped_ends(&mut lines);
    lines
}

/// The start of a line that is compared.
fn start_of(text: &str) -> &str {
    let mut end = COMPARED_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// `Ann <ann@b.test` with `> wrote:` on the next line: the bracket of an address, not a mark of quotation.
fn unmark_closing_brackets(lines: &mut [Line<'_>]) {
    for n in 1..lines.len() {
        let open = lines.get(n - 1).is_some_and(|l| {
            !l.quoted && l.text.rsplit_once('<').is_some_and(|(_, address)| address.contains('@') && !address.contains('>'))
        });
        if let Some(line) = lines.get_mut(n).filter(|_| open) {
            let closing = line.text.trim();
            line.quoted &= !(closing.ends_with(':') && closing.matches('>').count() == 1 && closing.chars().count() <= 40);
        }
    }
}

/// Fenced code is the writer's own, whatever it looks like. A fence that is not closed fences nothing.
fn mark_code(lines: &mut [Line<'_>]) {
    let fences: Vec<usize> = (0..lines.len()).filter(|n| lines.get(*n).is_some_and(|l| l.text.trim_start().starts_with("```"))).collect();
    for pair in fences.chunks_exact(2) {
        let [open, close] = pair else { continue };
        for line in lines.get_mut(*open..=*close).unwrap_or_default() {
            (line.code, line.quoted) = (true, false);
        }
    }
}

/// Older habits: `| text` and `Ann> text`. One such line proves nothing, two in a row do.
fn mark_bars_and_names(lines: &mut [Line<'_>]) {
    let marks: Vec<Option<String>> = lines.iter().map(|line| if line.code || line.quoted { None } else { odd_mark(line.text) }).collect();
    for (n, line) in lines.iter_mut().enumerate() {
        let Some(Some(mark)) = marks.get(n) else { continue };
        let same = |m: Option<&Option<String>>| m.is_some_and(|m| m.as_ref() == Some(mark));
        line.quoted = same(n.checked_sub(1).and_then(|before| marks.get(before))) || same(marks.get(n + 1));
    }
}

/// The mark of a line that begins with a bar or with a name and `>`. A row of a table ends with a bar as well.
fn odd_mark(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('|') {
        return ((rest.is_empty() || rest.starts_with(' ')) && !rest.trim_end().ends_with('|')).then(|| "|".to_owned());
    }
    let (name, rest) = text.split_once('>')?;
    let named =
        !name.is_empty() && name.chars().count() <= 12 && name.chars().all(char::is_alphabetic) && name.starts_with(char::is_uppercase);
    (named && (rest.is_empty() || rest.starts_with(' '))).then(|| name.to_owned())
}

/// A program that wraps after quoting leaves the ends of long lines without a mark: a short line in small letters between a long
/// quoted line without an end and a further quoted one.
fn mark_wrapped_ends(lines: &mut [Line<'_>]) {
    for n in 1..lines.len() {
        let (Some(before), Some(line), Some(after)) = (lines.get(n - 1), lines.get(n), lines.get(n + 1)) else { continue };
        if line.quoted || line.code || line.is_blank() || !before.quoted || !after.quoted {
            continue;
        }
        let open = before.text.chars().count() >= 60 && !before.text.trim_end().ends_with(['.', '!', '?', ':', ';', '。', '！', '？']);
        let small = line.text.chars().count() < 60 && line.text.trim_start().starts_with(|c: char| c.is_lowercase());
        if open
            && small
            && let Some(line) = lines.get_mut(n)
        {
            line.quoted = true;
        }
    }
}

/// A line drawn with dashes, underscores and the like.
pub(super) fn is_rule(text: &str) -> bool {
    let bare = text.trim();
    bare.chars().count() >= 5 && bare.chars().all(is_drawn)
}

/// What lines are drawn with.
pub(super) const fn is_drawn(c: char) -> bool {
    matches!(c, '_' | '-' | '–' | '—' | '=' | '*' | '#' | '~' | '─' | '━' | '═' | ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, quoted: &[usize]) {
        let found: Vec<usize> = lines_of(text).iter().enumerate().filter(|(_, l)| l.quoted).map(|(n, _)| n).collect();
        assert_eq!(found, quoted, "{text}");
    }

    #[test]
    fn marks_of_quotation() {
        check("a\n> b\n >c\nd", &[1, 2]);
        check("| b\n|\n| c", &[0, 1, 2]);
        check("| a | b |\n| c | d |", &[]);
        check("Ann> b\nAnn> c\nBen> d", &[0, 1]);
        check("```\n> b\n```\n> c", &[3]);
        check("```\n> b", &[1]);
        check("3 Nov, Ann <ann@b.test\n> wrote:\n> b", &[2]);
    }

    #[test]
    fn wrapped_ends_belong_to_the_quote() {
        let long = "> We are sorry to hear that and would like to know which of the two";
        check(&format!("{long}\nlamps it is\n> you mean"), &[0, 1, 2]);
        check(&format!("{long}.\nthe blue one\n> you mean"), &[0, 2]);
        check(&format!("{long}\nThe blue one\n> you mean"), &[0, 2]);
        check("> Which?\nthe blue one\n> Sure?", &[0, 2]);
    }
}
