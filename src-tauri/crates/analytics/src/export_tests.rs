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
    let without = Arc::new(usvg::fontdb::Database::new());
    let with = system_fonts();
    let mut all = vec![render(&svg, 1.0, without).unwrap()];
    assert!(!all[0].system_fonts);
    if with.is_empty() {
        println!("SKIPPED: no system fonts here, so only the built-in letters were tried");
    } else {
        all.push(render(&svg, 1.0, with).unwrap());
    }
    for png in &all {
        assert!(ink(png, 8..28) > 200, "the title");
        assert!(ink(png, 30..46) > 100, "axis and n");
        assert!(ink(png, height - 24..height - 8) > 50, "the steps of the axis");
    }
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
