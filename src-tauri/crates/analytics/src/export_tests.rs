//! Exports: CSV that adds up, SVG that stands alone, PNG with its letters in it.

use mercator_domain::{channel::ChannelKind, facts::SatisfactionDay, language::Language, satisfaction::ServedBy};

use super::*;
use crate::dashboard::{SatisfactionFacts, satisfaction};

fn dashboard(labels: &Labels<'_>) -> Dashboard {
    let day = |day, channel, surveys, scores| SatisfactionDay {
        day,
        channel,
        language: Language::parse("de"),
        served_by: ServedBy::Bot,
        surveys,
        scores,
    };
    let days = [day(20_000, ChannelKind::Email, 10, [1, 0, 1, 2, 4]), day(20_002, ChannelKind::Amazon, 6, [0, 0, 0, 1, 0])];
    satisfaction(&SatisfactionFacts { days: &days, previous: &[], span: None }, labels).unwrap()
}

/// Pixels that are not white in a band of rows.
fn ink(png: &Png, rows: std::ops::Range<u32>) -> usize {
    let pixels = tiny_skia::Pixmap::decode_png(&png.bytes).unwrap();
    let white = |x, y| pixels.pixel(x, y).is_some_and(|p| p.red() > 240 && p.green() > 240 && p.blue() > 240);
    rows.flat_map(|y| (0..pixels.width()).map(move |x| (x, y))).filter(|(x, y)| !white(*x, *y)).count()
}

#[test]
fn j8_row_sums_of_the_csv_match_the_figures() {
    let dashboard = dashboard(&Labels::english());
    let ratings = dashboard.figures.iter().find(|f| f.key == "ratings").unwrap().value.unwrap();
    for (chart, column) in [("satisfaction-score-distribution", 1), ("satisfaction-csat-by-channel", 2), ("satisfaction-csat-over-time", 2)]
    {
        let chart = dashboard.charts.iter().find(|c| c.id == chart).unwrap();
        let text = table_csv(&chart.table).unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches(BYTE_ORDER_MARK).as_bytes());
        let sum: f64 = reader.records().map(|row| row.unwrap()[column].parse::<f64>().unwrap()).sum();
        assert_eq!(sum, ratings, "{text}");
    }
    let figures = figures_csv(&dashboard, &Labels::chinese()).unwrap();
    assert!(figures.starts_with(BYTE_ORDER_MARK) && figures.contains("公式"), "{figures}");
    assert!(figures.contains("Ratings,9,count,9,,"), "{figures}");
}

#[test]
fn j8_the_svg_stands_alone_with_title_axis_and_n() {
    let svg = standalone_svg(&dashboard(&Labels::english()).charts[0]);
    assert!(!svg.contains("var("), "{svg}");
    for part in ["Satisfaction by channel", "CSAT (%)", "n = 9", "#2563EB", "100%"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
}

#[test]
fn j8_the_png_has_the_pixels_of_title_and_axis() {
    let chart = &dashboard(&Labels::english()).charts[0];
    let (height, svg) = (chart.height, standalone_svg(chart));
    let with = Fonts::system();
    let mut all = vec![render(&svg, 1.0, &Fonts::none()).unwrap()];
    if with.0.is_empty() {
        println!("SKIPPED: no system fonts here, so only the built-in letters were tried");
    } else {
        all.push(render(&svg, 1.0, &with).unwrap());
    }
    for png in &all {
        assert!(ink(png, 8..28) > 200, "the title");
        assert!(ink(png, 30..46) > 100, "axis and n");
        assert!(ink(png, height - 24..height - 8) > 50, "the steps of the axis");
        assert_eq!(png.missing, "", "English needs no more letters");
    }
}

#[test]
fn j8_letters_that_no_font_has_are_named() {
    let svg = standalone_svg(&dashboard(&Labels::chinese()).charts[0]);
    let letters: BTreeSet<char> = svg.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    assert!(letters.len() > 5, "{svg}");
    // Full-width brackets and the like are left aside here: some small fonts have them.
    let han = |letter: &char| letters.contains(letter);
    let boxed = |fonts: &Fonts| render(&svg, 1.0, fonts).unwrap().missing.chars().filter(han).collect::<BTreeSet<char>>();
    let without = boxed(&Fonts::none());
    assert!(without.len() > 5, "{without:?}");
    // Fonts, but none for Chinese: only DejaVu, which many small systems have.
    let mut few = (*Fonts::system().0).clone();
    let others: Vec<_> =
        few.faces().filter(|face| !face.families.iter().any(|(name, _)| name.starts_with("DejaVu"))).map(|face| face.id).collect();
    others.into_iter().for_each(|id| few.remove_face(id));
    if few.is_empty() {
        println!("SKIPPED: no font here that is known to lack Chinese");
        return;
    }
    assert_eq!(boxed(&Fonts::of(few)), without);
}

#[test]
fn cells_that_spreadsheets_would_run_are_neutralised() {
    let check = |text: &str, expect: &str| assert_eq!(harmless(text), expect);
    check("=1+1", "'=1+1");
    check("@SUM(A1)", "'@SUM(A1)");
    check("-x", "'-x");
    check("\tx", "'\tx");
    check("e-mail", "e-mail");
    assert_eq!(plain(&Cell { text: "-3".into(), value: Some(-3.0) }), "-3");
}
