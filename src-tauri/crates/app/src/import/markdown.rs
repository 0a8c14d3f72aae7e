//! Articles in a Markdown file: each `# Title` begins one, optional front matter holds for the whole file.
//!
//! Gives a table, so that everything behind it (checks, keys, reports) is the same as for CSV. Bodies become plain text, since the
//! bot quotes them in mails.

use std::collections::BTreeMap;

use super::table::{Cell, Record, Table};

/// Words of the front matter that are columns of an article.
const FIELDS: &[&str] = &["title", "body", "category", "language", "country", "key", "valid_from", "valid_to", "review_at", "source"];

/// True when the name says Markdown.
pub(crate) fn is_markdown(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".md", ".markdown", ".mdown"].iter().any(|end| lower.ends_with(end))
}

/// One article while the file is read.
struct Section {
    line: usize,
    title: String,
    lines: Vec<String>,
}

/// Reads a file.
pub(crate) fn read(text: &str) -> Table {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (matter, skipped, rest) = front_matter(&text);
    let mut sections = sections(rest, skipped);
    let named = matter.get("title").cloned().unwrap_or_default();
    if let Some(first) = sections.first_mut().filter(|s| s.title.is_empty()) {
        first.title = named;
    }
    // What stands before the first heading of a file without a title is no article (a table of contents, a licence).
    let headed = sections.iter().any(|s| !s.title.is_empty());
    sections.retain(|s| !(s.title.is_empty() && (headed || s.lines.iter().all(|l| l.trim().is_empty()))));
    let single = sections.len() == 1;
    let mut headings: Vec<String> = vec!["title".to_owned(), "body".to_owned()];
    // A key names one article: with several it would make all but the first a contradiction.
    let shared: Vec<(&String, &String)> =
        matter.iter().filter(|(name, _)| !matches!(name.as_str(), "title" | "body") && (single || *name != "key")).collect();
    headings.extend(shared.iter().map(|(name, _)| (*name).clone()));
    let records = sections.iter().map(|section| record(section, &shared)).collect();
    Table { headings, records }
}

fn record(section: &Section, shared: &[(&String, &String)]) -> Record {
    let cell = |text: &str| Cell { text: text.trim().to_owned(), plain: false };
    let body = plain(&section.lines);
    let broken = (section.title.contains('\0') || body.contains('\0')).then(|| "it contains a NUL byte".to_owned());
    let cells = [cell(&inline(&section.title)), cell(&body)].into_iter().chain(shared.iter().map(|(_, value)| cell(value))).collect();
    Record { line: section.line, cells, broken }
}

/// The fields between two `---` lines at the very start, how many lines that took, and the rest.
fn front_matter(text: &str) -> (BTreeMap<String, String>, usize, &str) {
    let none = (BTreeMap::new(), 0, text);
    let Some(inside) = text.strip_prefix("---\n") else { return none };
    let Some((head, rest)) = inside.split_once("\n---\n").or_else(|| inside.strip_suffix("\n---").map(|head| (head, ""))) else {
        return none;
    };
    let mut fields = BTreeMap::new();
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        let name = name.trim().to_lowercase();
        let value = value.trim().trim_matches(['"', '\'']);
        if FIELDS.contains(&name.as_str()) && !value.is_empty() {
            fields.entry(name).or_insert_with(|| value.to_owned());
        }
    }
    (fields, head.matches('\n').count() + 3, rest)
}

/// Cuts at headings of the first level, not inside fenced code.
fn sections(text: &str, skipped: usize) -> Vec<Section> {
    let mut sections = vec![Section { line: skipped + 1, title: String::new(), lines: vec![] }];
    let mut fence: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let start = line.trim_start();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|m| start.starts_with(m)) {
            fence = if fence == Some(mark) { None } else { fence.or(Some(mark)) };
            continue;
        }
        let heading = line.strip_prefix("# ").filter(|_| fence.is_none());
        // A line of equals signs makes the line before it a heading.
        let underlined = fence.is_none() && line.len() >= 3 && line.bytes().all(|b| b == b'=');
        let Some(current) = sections.last_mut() else { break };
        if let Some(title) = heading {
            sections.push(Section {
                line: skipped + index + 1,
                title: title.trim().trim_end_matches('#').trim().to_owned(),
                lines: vec![],
            });
        } else if underlined && current.lines.last().is_some_and(|l| !l.trim().is_empty()) {
            let title = current.lines.pop().unwrap_or_default().trim().to_owned();
            sections.push(Section { line: skipped + index, title, lines: vec![] });
        } else {
            current.lines.push(line.to_owned());
        }
    }
    sections
}

/// Markdown as plain text: paragraphs stay parted by one empty line.
fn plain(lines: &[String]) -> String {
    let mut text = String::new();
    let mut empty = 0;
    for line in lines {
        let line = line.trim_end();
        let heading = line.trim_start_matches('#');
        let line = if heading.starts_with(' ') { heading.trim_start() } else { line };
        let line = line.strip_prefix("> ").unwrap_or(line);
        let line = if line.trim_start().starts_with("<!--") && line.ends_with("-->") { "" } else { line };
        if line.trim().is_empty() {
            empty += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        text.push_str(inline(line).trim_end());
    }
    text
}

/// Emphasis and code marks are taken off, links become `text (address)`, pictures their description.
fn inline(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        let link = from
            .get(1..)
            .and_then(|f| f.split_once("]("))
            .and_then(|(label, after)| after.split_once(')').map(|(target, tail)| (label, target, tail)));
        match link {
            Some((label, target, tail)) if !label.contains(['[', ']']) => {
                out.push_str(before.strip_suffix('!').unwrap_or(before));
                out.push_str(label);
                let shown = !before.ends_with('!') && target != label && !target.is_empty();
                if shown {
                    out.push_str(&format!(" ({target})"));
                }
                rest = tail;
            }
            _ => {
                out.push_str(before);
                out.push('[');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out.replace("**", "").replace("__", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn articles(text: &str) -> Vec<(usize, Vec<(String, String)>)> {
        let table = read(text);
        let named = |r: &Record| table.headings.iter().cloned().zip(r.cells.iter().map(|c| c.text.clone())).collect();
        table.records.iter().map(|r| (r.line, named(r))).collect()
    }

    #[test]
    fn each_heading_begins_an_article() {
        insta::assert_debug_snapshot!(articles(
            "---\ncategory: logistics\nlanguage: \"en\"\nkey: ignored\nauthor: x\n---\n\n# How long does it take?\nAbout **5 days**.\nSee [the map](https://shop.test/map).\n\n## Islands\n\n\nTwo days more.\n\n```\n# no heading\n```\nDo I pay duty?\n=====\n- `DDP`: no\n- else yes\n"
        ));
    }

    #[test]
    fn a_title_in_the_front_matter_makes_one_article_of_the_file() {
        let found = articles("---\ntitle: Returns\nkey: returns\n---\nWithin 30 days.\n\n## How\nWrite to us.");
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].1,
            [("title", "Returns"), ("body", "Within 30 days.\n\nHow\nWrite to us."), ("key", "returns")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert!(articles("just a text without any heading").iter().all(|(_, a)| a[0].1.is_empty()));
        assert_eq!(articles("intro\n\n# A\nx\n# B\ny").len(), 2);
    }

    #[test]
    fn marks_are_taken_off() {
        let check = |text: &str, expect: &str| assert_eq!(inline(text), expect);
        check("a [b] c", "a [b] c");
        check("![a lamp](x.png) here", "a lamp here");
        check("[https://a.test](https://a.test)", "https://a.test");
        check("__a__ `b` **c**", "a b c");
        check("[a](", "[a](");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[# \\n=a\\[\\]()`-]{0,200}") {
            let lines = text.lines().count();
            prop_assert!(read(&text).records.iter().all(|r| r.line <= lines.max(1)));
        }
    }
}
