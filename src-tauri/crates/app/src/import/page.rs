//! An article from a saved web page: its text by `mercator-channels`, its category by the words of its title.
//!
//! Gives a table of one row, so that everything behind it (checks, keys, reports) is the same as for CSV. The language is left
//! open, since what a page says of itself (`lang`) is that of its template as often as that of its text.

use encoding_rs::Encoding;
use mercator_channels::page::{NoPage, Page, begins_as_page, read_page};
use mercator_domain::article::ArticleCategory;
use mercator_pipeline::{fold::Folded, knowledge::concepts};

use super::table::{Cell, Record, Table};

/// Browsers look for the encoding within the first kilobyte, so that is where pages name it.
const ENCODING_WITHIN: usize = 1_024;

/// True when the name says that the file is a page.
pub(crate) fn is_page(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".html", ".htm", ".xhtml", ".shtml", ".mht", ".mhtml"].iter().any(|end| lower.ends_with(end))
}

/// True when the content is a page, however the file is called.
pub(crate) fn is_like_page(bytes: &[u8]) -> bool {
    begins_as_page(&String::from_utf8_lossy(bytes.get(..64).unwrap_or(bytes)))
}

/// Reads a page.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, NoPage> {
    let page = read_page(&decode(bytes))?;
    let body = page.passages.join("\n\n");
    let broken = body.contains('\0').then(|| "it contains a NUL byte".to_owned());
    let cells = [page.title.as_str(), &body, category(&page).as_str(), page.address.as_deref().unwrap_or_default()]
        .map(|text| Cell { text: text.trim().to_owned(), plain: false });
    Ok(Table {
        headings: ["title", "body", "category", "source"].map(str::to_owned).to_vec(),
        records: vec![Record { line: 1, cells: cells.to_vec(), broken }],
    })
}

/// The text of a page: by its mark, by what its head says, as UTF-8, or as what old pages of the West are in.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let start = String::from_utf8_lossy(bytes.get(..ENCODING_WITHIN).unwrap_or(bytes)).to_ascii_lowercase();
    let named = start.split("charset=").nth(1).and_then(|rest| {
        let label = rest.trim_start_matches(['"', '\'']);
        Encoding::for_label(label.split(['"', '\'', ' ', '>', ';', '/']).next()?.as_bytes())
    });
    named.unwrap_or(encoding_rs::WINDOWS_1252).decode(bytes).0.into_owned()
}

/// The category that the title's words of the trade name, else the one that most headings do, else general questions.
fn category(page: &Page) -> ArticleCategory {
    if let Some(named) = named_category(&page.title) {
        return named;
    }
    let mut best = (0, ArticleCategory::Faq);
    let of_headings: Vec<ArticleCategory> = page.headings.iter().filter_map(|h| named_category(h)).collect();
    for category in &of_headings {
        let count = of_headings.iter().filter(|other| *other == category).count();
        // A few headings beside many without a word of the trade would be a guess.
        if count > best.0 && count * 2 > page.headings.len() {
            best = (count, *category);
        }
    }
    best.1
}

/// The category that a line's words of the trade name. "Return shipping" is about returns and "duty on shipments" about duty, so
/// the more particular word decides.
fn named_category(line: &str) -> Option<ArticleCategory> {
    let folded = Folded::new(line);
    let named: Vec<&str> = concepts::find(&folded).iter().map(|hit| concepts::name(hit.category)).collect();
    let any = |wanted: &[&str]| named.iter().any(|name| wanted.contains(name));
    if any(&["customs", "vat"]) {
        Some(ArticleCategory::Tariff)
    } else if any(&["return", "refund", "exchange", "warranty", "damaged", "wrong", "missing"]) {
        Some(ArticleCategory::AfterSales)
    } else if any(&["payment", "invoice"]) {
        Some(ArticleCategory::Payment)
    } else if any(&["shipping", "tracking", "international", "whereabouts"]) {
        Some(ArticleCategory::Logistics)
    } else if any(&["size", "material", "wash", "plug", "battery", "fit"]) {
        Some(ArticleCategory::Product)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<String> {
        read(bytes).unwrap().records.into_iter().flat_map(|r| r.cells).map(|c| c.text).collect()
    }

    #[test]
    fn the_category_is_that_of_the_titles_words() {
        let check = |title: &str, headings: &[&str], expect| {
            let headings = headings.iter().map(|h| (*h).to_owned()).collect();
            let page = Page { title: title.to_owned(), headings, ..Page::default() };
            assert_eq!(category(&page), expect, "{title}");
        };
        check("Returns and refunds", &[], ArticleCategory::AfterSales);
        check("Zoll und Einfuhrabgaben beim Versand", &[], ArticleCategory::Tariff);
        check("付款方式", &[], ArticleCategory::Payment);
        check("Livraison", &["Et les retours ?"], ArticleCategory::Logistics);
        check("Help", &["How do I return it?", "When is the refund paid?", "Our story"], ArticleCategory::AfterSales);
        check("Help", &["Our story", "Our team", "How do I return it?"], ArticleCategory::Faq);
        check("Our story", &[], ArticleCategory::Faq);
    }

    #[test]
    fn pages_are_read_in_the_encoding_that_they_name() {
        let gb: Vec<u8> =
            [b"<html><meta charset=gb2312><title>".as_slice(), b"\xCD\xCB\xBB\xF5", b"</title><p>", b"\xB6\xA9\xB5\xA5", b"</p>"].concat();
        assert_eq!(cells(&gb)[..2], ["退货", "订单"]);
        assert_eq!(cells(b"<title>R\xFCckgabe</title><p>30 Tage</p>")[0], "Rückgabe");
        let wide: Vec<u8> = "\u{FEFF}<title>返品</title><p>三十日</p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(cells(&wide)[..2], ["返品", "三十日"]);
        assert_eq!(cells("<meta charset='latin1'><title>Rückgabe</title><p>UTF-8 all the same</p>".as_bytes())[0], "Rückgabe");
    }
}
