//! Letters as boxes, for machines without any font: a bare server must still get a chart that can be read.
//!
//! Covers Latin with accents, Greek and the signs that charts use, from a public-domain set of 8 × 8 bits; others become a hollow box. It reads
//! only SVG that this crate has written.

use std::{collections::BTreeSet, fmt::Write};

use font8x8::UnicodeFonts;

/// A glyph's cell in parts of the font size: eight columns of this height and width.
const CELL: f64 = 0.085;
const HOLLOW: [u8; 8] = [0, 0x7e, 0x42, 0x42, 0x42, 0x42, 0x7e, 0];

/// Replaces every text element by a path of its letters; gives the letters as well that became a box.
pub(super) fn draw_text(svg: &str) -> (String, BTreeSet<char>) {
    let mut missing = BTreeSet::new();
    let mut out = String::with_capacity(svg.len() * 4);
    let mut rest = svg;
    while let Some((before, text)) = rest.split_once("<text ") {
        out.push_str(before);
        let Some((element, after)) = text.split_once("</text>") else { break };
        if let Some((attributes, content)) = element.split_once('>') {
            out.push_str(&path(attributes, content.trim(), &mut missing));
        }
        rest = after;
    }
    out.push_str(rest);
    (out, missing)
}

fn path(attributes: &str, content: &str, missing: &mut BTreeSet<char>) -> String {
    let of = |name: &str| attributes.split_once(&format!("{name}=\"")).and_then(|(_, value)| value.split_once('"')).map_or("", |(v, _)| v);
    let number = |name: &str| of(name).parse::<f64>().unwrap_or(0.0);
    let letters: Vec<char> = unescape(content).chars().collect();
    let cell = number("font-size") * CELL;
    let width = letters.len() as f64 * 8.0 * cell;
    let shift = match of("text-anchor") {
        "middle" => width / 2.0,
        "end" => width,
        _ => 0.0,
    };
    let (left, top) = (number("x") - shift, number("y") - 4.0 * cell);
    let mut d = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let bits = glyph(*letter).unwrap_or_else(|| {
            missing.insert(*letter);
            HOLLOW
        });
        for (row, bits) in (0u8..).zip(bits) {
            for column in (0u8..8).filter(|column| bits & (1 << column) != 0) {
                let x = left + (at as f64 * 8.0 + f64::from(column)) * cell;
                let y = top + f64::from(row) * cell;
                let _ = write!(d, "M{x:.2} {y:.2}h{cell:.2}v{cell:.2}h-{cell:.2}z");
            }
        }
    }
    format!("<path fill=\"{}\" d=\"{d}\"/>", of("fill"))
}

fn glyph(letter: char) -> Option<[u8; 8]> {
    let letter = match letter {
        '–' | '—' => '-',
        other => other,
    };
    let sets = [font8x8::BASIC_FONTS.get(letter), font8x8::LATIN_FONTS.get(letter), font8x8::GREEK_FONTS.get(letter)];
    sets.into_iter().flatten().next()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
