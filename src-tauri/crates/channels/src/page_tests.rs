//! Saved pages: what is kept, what is dropped, what is no page.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// As a shop's help page is saved by a browser.
const RETURNS: &str = r##"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<title>Returns &amp; refunds | Lamp House</title>
<link rel="canonical" href="https://lamps.example/help/returns">
<style>h2 { color: red }</style>
<script>if (a<b) { document.write("<p>tracked</p>"); }</script>
</head><body>
<header><a href="/">Lamp House</a><h1>Lamp House</h1></header>
<nav><ul><li><a href="/cart">Cart</a></li></ul></nav>
<main>
<div class="page-breadcrumbs">Home / Help / Returns</div>
<h1>Returns and refunds</h1>
<p>We want you to be glad of your lamp.</p>
<h2>How long do I have?</h2>
<p>You may send a lamp back within <b>30 days</b>.</p>
<p>Bulbs that were lit are not taken back.</p>
<h2>Who pays?<a href="#pays" aria-hidden="true">#</a></h2>
<ul><li>Damaged: we do.</li><li>Other: see <a href="https://lamps.example/costs">the costs</a>.</li></ul>
<h2>Contents</h2>
<form><label>Was this of use?</label><button>Yes</button></form>
<svg><path d="M0 0"/><text>arrow</text></svg>
</main>
<footer>Imprint</footer><script src="x.js"></script>
</body></html>"##;

fn passages_of(html: &str) -> Vec<String> {
    read_page(html).map(|page| page.passages).unwrap_or_default()
}

#[test]
fn d1_a_saved_page_is_one_article_with_a_passage_a_heading() {
    let page = read_page(RETURNS).unwrap();
    assert_eq!(page.title, "Returns and refunds");
    assert_eq!(page.address.as_deref(), Some("https://lamps.example/help/returns"));
    assert_eq!(page.headings, ["How long do I have?", "Who pays?", "Contents"]);
    assert_eq!(
        page.passages,
        [
            "We want you to be glad of your lamp.",
            "How long do I have?\nYou may send a lamp back within 30 days.\nBulbs that were lit are not taken back.",
            "Who pays?\n* Damaged: we do.\n* Other: see the costs (https://lamps.example/costs).",
        ]
    );
}

#[test]
fn the_title_is_the_only_first_heading_or_that_of_the_page_without_the_sites_name() {
    let check = |html: &str, expect: &str| assert_eq!(read_page(html).unwrap().title, expect, "{html}");
    check("<title>Zoll &ndash; Lampenhaus</title><p>Kein Zoll.</p>", "Zoll");
    check("<title>Do we ship? - Lamp House</title><h1>One</h1><p>a</p><h1>Two</h1><p>b</p>", "Do we ship?");
    check("<meta property='og:title' content='Versand'><title>Shop | Versand</title><p>a</p>", "Versand");
    check("<h2>付款方式</h2><p>支持支付宝。</p>", "付款方式");
    check("<p>only words</p>", "");
}

#[test]
fn a_long_section_is_parted_at_its_paragraphs() {
    let paragraph = "A sentence of the terms. ".repeat(20);
    let html = format!("<title>Terms</title><h2>All of it</h2>{}", format!("<p>{paragraph}</p>").repeat(6));
    let found = passages_of(&html);
    assert!(found.len() > 2 && found.iter().all(|p| p.chars().count() <= 1_100), "{}", found.len());
    assert!(found[0].starts_with("All of it\nA sentence"));
}

#[test]
fn without_a_main_part_header_and_footer_of_the_page_are_left_out() {
    let html = "<body><header>Shop</header><div><p>Ships in two days.</p></div><div role=contentinfo>Imprint</div></body>";
    assert_eq!(passages_of(html), ["Ships in two days."]);
    let one = "<body><p>Menu</p><article><header><h1>Ships</h1></header><p>In two days.</p></article></body>";
    assert_eq!(passages_of(one), ["In two days."]);
}

#[test]
fn what_is_no_page_or_has_no_text_says_so() {
    let check = |text: &str, expect: NoPage| assert_eq!(read_page(text), Err(expect), "{}", text.get(..60).unwrap_or(text));
    check("title,body\na < b,c", NoPage::NotHtml);
    check("", NoPage::NotHtml);
    check("{\"a\": \"<b>\"}", NoPage::NotHtml);
    check("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n", NoPage::Archive);
    check("<html><body><div id=app></div><script>render()</script></body></html>", NoPage::NoText);
    check("<html><body><script>never closed <p>words</p>", NoPage::NoText);
    check(&"x".repeat(MAX_PAGE_BYTES + 1), NoPage::TooLarge);
}

#[test]
fn pages_are_told_by_their_beginning() {
    assert!(begins_as_page("\u{feff}\n<!DOCTYPE html><p>"));
    assert!(begins_as_page("<HTML lang=en>"));
    assert!(!begins_as_page("title,body\n"));
}

#[test]
fn hostile_pages_end_quickly() {
    let start = Instant::now();
    assert_eq!(read_page(&"<div>".repeat(200_000)), Err(NoPage::TooLarge));
    assert!(read_page(&format!("<p>x{}", "<script>".repeat(100_000))).is_ok());
    assert!(read_page(&format!("<p>x</p>{}", "<style></style>".repeat(100_000))).is_ok());
    let _any = read_page(&format!("<p>{}", "<b><i>".repeat(90)));
    // Generous: debug builds on loaded machines take ten times as long as the release build.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn any_text_can_be_read(html in "(<[a-z/ ='\"]{0,12}>|<h[1-3]>|<script|</script>|&[a-z#0-9]{0,5};|[a-z\u{4e00}-\u{4e10} \n]){0,60}") {
        let _ = read_page(&html);
    }
}
