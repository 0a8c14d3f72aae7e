//! A web page that was saved as a file, as the text of one article: its title, where it came from, its passages.
//!
//! Only what the page says itself is kept: scripts, styles, navigation, headers, footers, forms are taken out of the tree, and what
//! is left goes through the same cleaning as mails ([`crate::html`]). Nothing is fetched. Which category and language the text has
//! is the reader's matter.

use html2text::{Element, Handle, config};

use crate::html::{html_to_text, too_deep};

/// Larger pages hold pictures or programs, not answers; the text of an article is some kilobytes.
const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// A section under one heading stays one passage up to this many characters, which is about what an answer can quote; a longer one
/// is parted at its paragraphs.
const PASSAGE: usize = 900;

/// Elements without text of the page's own.
const DROPPED: &[&str] = &[
    "head", "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "input", "textarea", "svg",
    "canvas", "iframe", "object", "video", "audio", "dialog", "menu",
];

/// What the parts around the text are called by those who write them for screen readers.
const ROLES: &[&str] = &["navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog"];

/// Words of class names that stand for the same; compared as whole words, since "share" is also in "shareholder".
const CLASSES: &[&str] = &["breadcrumb", "breadcrumbs", "cookie", "cookies", "skip"];

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its one first heading, else its title without the site's name.
    pub title: String,
    /// Its own address, when it names one.
    pub address: Option<String>,
    /// Headings below the title.
    pub headings: Vec<String>,
    /// The text, part by part; a heading is the first line of its part.
    pub passages: Vec<String>,
}

/// Why there is no article in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPage {
    /// No element of a page.
    #[error("this is no HTML page")]
    NotHtml,
    /// Mail-like archives of browsers.
    #[error("this is a web archive (MHTML): save the page as HTML instead")]
    Archive,
    /// Nothing but scripts and navigation.
    #[error("the page has no text of its own: it is put together by scripts, or has pictures only")]
    NoText,
    /// Over the limit, or nested without end.
    #[error("the page is larger or deeper nested than any article")]
    TooLarge,
}

/// True when a text begins as a page does, whatever its file is called.
pub fn begins_as_page(text: &str) -> bool {
    let start: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Reads a page.
pub fn read_page(html: &str) -> Result<Page, NoPage> {
    if html.len() > MAX_PAGE_BYTES {
        return Err(NoPage::TooLarge);
    }
    if !has_elements(html) {
        let archive = html.get(..2_048).unwrap_or(html).to_ascii_lowercase().contains("multipart/related");
        return Err(if archive { NoPage::Archive } else { NoPage::NotHtml });
    }
    let bare = without_programs(html);
    if too_deep(&bare) {
        return Err(NoPage::TooLarge);
    }
    let dom = config::rich().parse_html(bare.as_bytes()).map_err(|_| NoPage::NotHtml)?;
    let (site_title, address) = head(&dom.document);
    // Without a body it is a frame around other pages.
    let root = main_part(&dom.document).ok_or(NoPage::NoText)?;
    prune(&root);
    let mut written = Vec::new();
    root.serialize(&mut written).map_err(|_| NoPage::NoText)?;
    let text = html_to_text(&String::from_utf8_lossy(&written));
    let mut page = article(&text, &site_title);
    page.address = address;
    if page.passages.is_empty() { Err(NoPage::NoText) } else { Ok(page) }
}

/// True when there is at least one element that pages are made of.
fn has_elements(html: &str) -> bool {
    const KNOWN: &[&str] = &["html", "head", "body", "title", "div", "p", "h1", "h2", "h3", "main", "article", "section", "ul", "table"];
    html.match_indices('<').any(|(at, _)| {
        let rest = html.get(at + 1..).unwrap_or_default();
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(8).collect::<String>().to_ascii_lowercase();
        let after = rest.get(name.len()..).and_then(|r| r.chars().next());
        KNOWN.contains(&name.as_str()) && after.is_some_and(|c| c == '>' || c == '/' || c.is_whitespace())
    })
}

/// The page without its programs, styles and drawings: their signs are no tags, and they are most of a saved page.
fn without_programs(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let mut out = String::with_capacity(html.len());
    let (mut at, mut look) = (0, 0);
    // One walk over the tags: a search for each name over the rest would be quadratic in a page of many small styles.
    while let Some(start) = lower.get(look..).and_then(|rest| rest.find('<')).map(|found| look + found) {
        look = start + 1;
        let Some(name) = ["script", "style", "svg"].into_iter().find(|name| lower.get(look..).is_some_and(|rest| rest.starts_with(name)))
        else {
            continue;
        };
        out.push_str(html.get(at..start).unwrap_or_default());
        // One that is never closed swallows the rest, as it does in a browser.
        let end = lower.get(start..).and_then(|rest| rest.find(&format!("</{name}"))).map(|found| start + found);
        let Some(end) = end else { return out };
        at = lower.get(end..).and_then(|rest| rest.find('>')).map_or(html.len(), |close| end + close + 1);
        look = at;
    }
    out.push_str(html.get(at..).unwrap_or_default());
    out
}

/// Every element below, in the order of the page.
fn elements(root: &Handle) -> Vec<Handle> {
    let (mut open, mut found) = (vec![root.clone()], Vec::new());
    while let Some(node) = open.pop() {
        open.extend(node.children.borrow().iter().rev().cloned());
        if matches!(node.data, Element { .. }) {
            found.push(node);
        }
    }
    found
}

fn name_of(node: &Handle) -> String {
    node.element_name().unwrap_or_default()
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let Element { ref attrs, .. } = node.data else { return None };
    attrs.borrow().iter().find(|a| &*a.name.local == wanted).map(|a| a.value.to_string())
}

/// The title of the page and its own address.
fn head(document: &Handle) -> (String, Option<String>) {
    let (mut title, mut shared, mut address) = (None, None, None);
    for node in elements(document) {
        let names = |attr: &str, value: &str| attribute(&node, attr).is_some_and(|v| v.eq_ignore_ascii_case(value));
        match name_of(&node).as_str() {
            "title" if title.is_none() => title = Some(inner_text(&node)),
            "meta" if names("property", "og:title") => shared = attribute(&node, "content"),
            "meta" if names("property", "og:url") && address.is_none() => address = attribute(&node, "content"),
            "link" if names("rel", "canonical") => address = attribute(&node, "href").or(address),
            _ => {}
        }
    }
    let usable = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let title = shared.filter(|t| !t.trim().is_empty()).or_else(|| title.map(|t| without_site(&t))).unwrap_or_default();
    (one_line(&title), address.map(|a| a.trim().to_owned()).filter(usable))
}

fn inner_text(node: &Handle) -> String {
    let mut written = Vec::new();
    let _in_memory = node.serialize(&mut written);
    html_to_text(&String::from_utf8_lossy(&written).replace("<title>", "<p>").replace("</title>", "</p>"))
}

/// "Returns | Lamp Shop" is an article about returns: the site's name stands last, behind a mark.
fn without_site(title: &str) -> String {
    [" | ", " – ", " — ", " · ", " :: ", " - "]
        .iter()
        .find_map(|mark| title.rsplit_once(mark))
        .map_or(title, |(own, _)| own)
        .trim()
        .to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the text of the page is: `main`, else its only `article`, else its body.
fn main_part(document: &Handle) -> Option<Handle> {
    let all = elements(document);
    let is_main = |node: &&Handle| name_of(node) == "main" || attribute(node, "role").as_deref() == Some("main");
    if let Some(main) = all.iter().find(is_main) {
        return Some(main.clone());
    }
    let articles: Vec<&Handle> = all.iter().filter(|node| name_of(node) == "article").collect();
    match articles.as_slice() {
        [only] => Some((*only).clone()),
        _ => all.iter().find(|node| name_of(node) == "body").cloned(),
    }
}

/// Takes out what is not the page's own text.
fn prune(root: &Handle) {
    let whole = name_of(root) == "body";
    let mut open = vec![root.clone()];
    while let Some(node) = open.pop() {
        node.children.borrow_mut().retain(|child| !is_around(child, whole));
        open.extend(node.children.borrow().iter().cloned());
    }
}

/// True for what stands around the text. The head of an article may hold its title; that of a whole page is the shop's.
fn is_around(node: &Handle, whole: bool) -> bool {
    let name = name_of(node);
    if name.is_empty() {
        return false;
    }
    let role = attribute(node, "role").unwrap_or_default();
    let class = attribute(node, "class").unwrap_or_default().to_ascii_lowercase();
    DROPPED.contains(&name.as_str())
        || (whole && name == "header")
        || ROLES.contains(&role.as_str())
        || class.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| CLASSES.contains(&word))
        || attribute(node, "hidden").is_some()
        || attribute(node, "aria-hidden").as_deref() == Some("true")
}

/// One heading with what stands under it.
#[derive(Default)]
struct Section {
    heading: String,
    paragraphs: Vec<String>,
}

/// Title and passages of a laid-out page, where headings begin with `#`.
fn article(text: &str, site_title: &str) -> Page {
    let mut sections = vec![Section::default()];
    let mut first_level = 0;
    let mut top: Option<String> = None;
    for block in text.split("\n\n").map(str::trim).filter(|b| !b.is_empty()) {
        let heading = block.lines().next().and_then(heading);
        match heading {
            Some((level, words)) => {
                first_level += usize::from(level == 1);
                if level == 1 && top.is_none() {
                    top = Some(words.clone());
                }
                let rest: Vec<&str> = block.lines().skip(1).collect();
                let paragraphs = if rest.is_empty() { vec![] } else { vec![rest.join("\n")] };
                sections.push(Section { heading: words, paragraphs });
            }
            None => {
                if let Some(section) = sections.last_mut() {
                    section.paragraphs.push(block.to_owned());
                }
            }
        }
    }
    let title = top.filter(|_| first_level == 1).or_else(|| Some(site_title.to_owned()).filter(|t| !t.is_empty()));
    let title = title.or_else(|| sections.iter().map(|s| s.heading.clone()).find(|h| !h.is_empty())).unwrap_or_default();
    for section in &mut sections {
        if section.heading == title {
            section.heading.clear();
        }
    }
    let headings = sections.iter().map(|s| s.heading.clone()).filter(|h| !h.is_empty()).collect();
    Page { title, address: None, headings, passages: sections.iter().flat_map(passages).collect() }
}

/// Level and words of a heading line.
fn heading(line: &str) -> Option<(usize, String)> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    ((1..=6).contains(&level) && words.starts_with(' ')).then(|| (level, one_line(words)))
}

/// The passages of a section; one without text below its heading is none (a heading above other headings).
fn passages(section: &Section) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // Text that stands under no heading of its own has no question that holds it together.
    let together = !section.heading.is_empty();
    for paragraph in &section.paragraphs {
        match out.last_mut() {
            Some(last) if together && last.chars().count() + paragraph.chars().count() <= PASSAGE => {
                last.push('\n');
                last.push_str(paragraph);
            }
            Some(_) => out.push(paragraph.clone()),
            None if together => out.push(format!("{}\n{paragraph}", section.heading)),
            None => out.push(paragraph.clone()),
        }
    }
    out
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
