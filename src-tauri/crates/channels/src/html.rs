//! Plain text of an HTML mail, for reading and for the bot: links as text and address, no pictures, no tracking.
//!
//! Nothing is loaded and nothing of the page survives but its words: a picture without a description (tracking pixels, spacers)
//! leaves no trace, a script none at all. It does not part the new text from the quoted one; the pipeline's cleaning does.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::html_quotes;
use html2text::{
    config,
    render::{RichAnnotation, TaggedLine, TaggedLineElement},
};

/// Longest page that is laid out; of a longer one only the start is. Real mails stay under 500 kB; layout time grows with size,
/// and a hostile page must not hold up the inbox.
const MAX_HTML_BYTES: usize = 1_000_000;

/// Deepest nesting that is laid out. Real newsletters reach about 60; layout of nested tables is worse than linear in depth.
const MAX_DEPTH: usize = 200;

/// So wide that lines are not wrapped: the window wraps them.
const WIDTH: usize = 2_000;

/// The readable text of `html`. Never fails: what cannot be laid out is shown with its tags taken off.
pub fn html_to_text(html: &str) -> String {
    let html = html_quotes::mark(cut_at_char(html, MAX_HTML_BYTES));
    let html = html.as_ref();
    if too_deep(html) {
        return tidy(&strip_tags(html));
    }
    // The layout is foreign code over hostile input: a panic in it must cost this mail its layout only.
    let laid_out = catch_unwind(AssertUnwindSafe(|| {
        config::rich().raw_mode(true).no_table_borders().allow_width_overflow().lines_from_read(html.as_bytes(), WIDTH)
    }));
    match laid_out {
        Ok(Ok(lines)) => tidy(&lines.iter().map(line_text).collect::<Vec<_>>().join("\n")),
        Ok(Err(_)) | Err(_) => tidy(&strip_tags(html)),
    }
}

/// One line with each link's address after its text, unless the text is the address already.
fn line_text(line: &TaggedLine<Vec<RichAnnotation>>) -> String {
    let mut out = String::new();
    let mut link: Option<(String, String)> = None;
    for element in line.iter() {
        let TaggedLineElement::Str(part) = element else { continue };
        let target = part.tag.iter().find_map(|a| if let RichAnnotation::Link(url) = a { Some(url.clone()) } else { None });
        if link.as_ref().map(|(url, _)| url) != target.as_ref() {
            close_link(&mut out, link.take());
            link = target.map(|url| (url, String::new()));
        }
        out.push_str(&part.s);
        if let Some((_, text)) = &mut link {
            text.push_str(&part.s);
        }
    }
    close_link(&mut out, link);
    out
}

/// Writes the address of a link that has ended. Only addresses that a person can use are shown.
fn close_link(out: &mut String, link: Option<(String, String)>) {
    let Some((url, text)) = link else { return };
    let plain = |s: &str| s.trim().trim_start_matches("mailto:").trim_end_matches('/').to_lowercase();
    let (shown, target) = (plain(&text), plain(&url));
    let usable = ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| url.to_lowercase().starts_with(scheme));
    let same = target == shown || target.split_once("://").is_some_and(|(_, rest)| rest == shown);
    if usable && !same && !shown.is_empty() {
        out.push_str(" (");
        out.push_str(url.trim_start_matches("mailto:"));
        out.push(')');
    }
}

/// Trailing blanks and runs of empty lines removed, invisible padding of newsletters dropped.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line: String = line.chars().filter(|c| !is_padding(*c)).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty > 1 || (line.is_empty() && out.is_empty()) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.trim_end().to_owned()
}

/// Characters that newsletters fill their preview line with; joiners (U+200C, U+200D) carry meaning in Persian and emoji and stay.
const fn is_padding(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{034f}' | '\u{feff}' | '\u{00ad}' | '\u{2060}')
}

/// True for pages that are nested deeper than any that a person made.
pub(crate) fn too_deep(html: &str) -> bool {
    nesting(html) > MAX_DEPTH
}

/// Upper bound of how deep tags nest, by counting; void elements and closing tags are told apart roughly, which is enough here.
fn nesting(html: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !name.is_empty()
            && !matches!(
                name.as_str(),
                "br" | "img" | "hr" | "meta" | "link" | "input" | "p" | "li" | "td" | "tr" | "th" | "wbr" | "source" | "col"
            )
        {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// The words between the tags, for pages that cannot be laid out.
fn strip_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                out.push(' ');
            }
            _ if !in_tag => out.push(c),
            _ => {}
        }
    }
    out
}

/// The longest start of `text` of at most `max` bytes that ends at a character.
pub(crate) fn cut_at_char(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(html_to_text(html), expect, "for {html}");
    }

    #[test]
    fn words_stay_and_links_show_where_they_lead() {
        check("<p>Hello <b>Ana</b>,</p><p>where is it?</p>", "Hello Ana,\n\nwhere is it?");
        check("<p>Dein Paket ist <a href='https://example.org/t?n=1'>hier</a>!</p>", "Dein Paket ist hier (https://example.org/t?n=1)!");
        check("<a href='https://example.org/'>https://example.org</a>", "https://example.org");
        check("<a href='https://example.org/'>example.org</a>", "example.org");
        check("<a href='mailto:shop@example.org'>shop@example.org</a>", "shop@example.org");
        check("<a href='javascript:alert(1)'>click</a>", "click");
        check("订单<br>什么时候到？", "订单\n什么时候到？");
    }

    #[test]
    fn pictures_scripts_and_padding_leave_no_trace() {
        check("Hi<img src='https://track.example/p.gif' width=1 height=1>", "Hi");
        check("<style>p{color:red}</style><script>alert(1)</script><p>Hi</p>", "Hi");
        check("<p>\u{200b}\u{34f}Hi\u{a0}there\u{ad}</p>", "Hi there");
    }

    #[test]
    fn hostile_pages_are_read_quickly() {
        let deep = format!("{}inner{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
        assert!(html_to_text(&deep).contains("inner"));
        for depth in [20, 190, 3_000] {
            assert!(html_to_text(&format!("{}cell", "<table><tr><td>".repeat(depth))).contains("cell"));
        }
        assert_eq!(html_to_text("<table><tr><td colspan=1000000000 rowspan=1000000000>x</td></tr></table>"), "x");
        assert!(html_to_text(&format!("<table>{}</table>", "<tr><td>a</td><td>b</td></tr>".repeat(5_000))).lines().count() >= 5_000);
        assert!(!html_to_text(&"<a href=".repeat(100_000)).contains("<a"));
    }

    #[test]
    fn a_table_reads_as_its_cells() {
        let text = html_to_text("<table><tr><td>Order</td><td>A-17</td></tr></table>");
        assert!(text.contains("Order") && text.contains("A-17"), "{text}");
    }

    proptest! {
        #[test]
        fn never_panics(html in "(<[a-z/ ='\"]{0,12}>|&[a-z#0-9]{0,5};|[a-z\u{4e00}-\u{4e10} \n]){0,60}") {
            let _ = html_to_text(&html);
        }
    }
}
