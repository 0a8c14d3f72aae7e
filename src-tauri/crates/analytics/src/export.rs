//! Dashboards as files, without any network: CSV, SVG that stands alone, PNG rendered from it.

mod glyphs;

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use resvg::{tiny_skia, usvg};

use crate::{
    charts::{Chart, LIGHT_THEME, ROOT_FONT},
    dashboard::Dashboard,
    labels::Labels,
    table::{Cell, Table},
};

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The CSV could not be written.
    #[error("Cannot write the table: {0}")]
    Csv(String),
    /// The picture could not be rendered.
    #[error("Cannot render the picture: {0}")]
    Picture(String),
}

/// A rendered picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Png {
    /// The file.
    pub bytes: Vec<u8>,
    /// The letters that no font of this machine has, each once: they are boxes in the picture; tell the user.
    pub missing: String,
}

/// The fonts that pictures are drawn with.
#[derive(Clone)]
pub struct Fonts(Arc<usvg::fontdb::Database>);

impl Fonts {
    /// Those of the machine, read once: it takes a tenth of a second and more. `sans-serif` is set to one that is really there.
    pub fn system() -> Self {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        FONTS
            .get_or_init(|| {
                let mut fonts = usvg::fontdb::Database::new();
                fonts.load_system_fonts();
                Self::of(fonts)
            })
            .clone()
    }

    /// None, as on a bare server: letters are then drawn from a small built-in set.
    pub fn none() -> Self {
        Self(Arc::new(usvg::fontdb::Database::new()))
    }

    fn of(mut fonts: usvg::fontdb::Database) -> Self {
        let families = ["Segoe UI", "Helvetica Neue", "Arial", "Noto Sans", "DejaVu Sans", "Liberation Sans"];
        let has = |name: &str| fonts.faces().any(|face| face.families.iter().any(|(family, _)| family == name));
        let first = || fonts.faces().next().and_then(|face| face.families.first()).map(|(family, _)| family.clone());
        if let Some(family) = families.iter().find(|name| has(name)).map(|name| (*name).to_owned()).or_else(first) {
            fonts.set_sans_serif_family(family);
        }
        Self(Arc::new(fonts))
    }
}

/// Byte order mark: without it spreadsheets on Windows read UTF-8 as the local code page and Chinese is lost. Readers of CSV in code skip it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A table as CSV: the head, the rows with plain numbers (no grouping, no unit; the head has the unit), lines ended as RFC 4180 says.
pub fn table_csv(table: &Table) -> Result<String, ExportError> {
    let head = table.columns.iter().map(|c| harmless(c)).collect();
    let rows = table.rows.iter().map(|row| row.cells.iter().map(plain).collect());
    write_csv(std::iter::once(head).chain(rows))
}

/// The figures of a dashboard as CSV.
pub fn figures_csv(dashboard: &Dashboard, labels: &Labels<'_>) -> Result<String, ExportError> {
    let head = ["figure", "value", "unit", "n", "previous", "formula"];
    let head: Vec<String> =
        head.iter().map(|key| if *key == "n" { "n".to_owned() } else { harmless(&labels.get(&format!("export.{key}"))) }).collect();
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let rows = dashboard.figures.iter().map(|f| {
        let unit = f.currency.map_or_else(|| f.unit.to_string(), |currency| format!("{} {currency}", f.unit));
        vec![harmless(&f.title), number(f.value), unit, f.n.to_string(), number(f.previous), harmless(&f.formula)]
    });
    write_csv(std::iter::once(head).chain(rows))
}

fn write_csv(rows: impl Iterator<Item = Vec<String>>) -> Result<String, ExportError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| ExportError::Csv(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| ExportError::Csv(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| ExportError::Csv(error.to_string()))?;
    Ok(format!("{BYTE_ORDER_MARK}{text}"))
}

fn plain(cell: &Cell) -> String {
    cell.value.map_or_else(|| harmless(&cell.text), |value| value.to_string())
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are not texts and keep their minus.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The chart as a file of its own: colours of the light look, a white ground, a font of its own; title, axis and n are inside already.
pub fn standalone_svg(chart: &Chart) -> String {
    let mut svg = chart.svg.clone();
    for (variable, _, colour) in LIGHT_THEME {
        svg = svg.replace(&format!("=\"var({variable})\""), &format!("=\"{colour}\""));
    }
    let svg = svg.replacen("<svg ", &format!("<svg font-family=\"{ROOT_FONT}\" "), 1);
    svg.replacen("</desc>", "</desc><rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>", 1)
}

/// The chart as a PNG, `scale` times its own size (2 is sharp on most screens).
pub fn png(chart: &Chart, scale: f32, fonts: &Fonts) -> Result<Png, ExportError> {
    render(&standalone_svg(chart), scale, fonts)
}

fn render(svg: &str, scale: f32, fonts: &Fonts) -> Result<Png, ExportError> {
    let picture = |reason: String| ExportError::Picture(reason);
    let drawn = fonts.0.is_empty().then(|| glyphs::draw_text(svg));
    let options = usvg::Options { fontdb: fonts.0.clone(), font_family: "sans-serif".to_owned(), ..usvg::Options::default() };
    let text = drawn.as_ref().map_or(svg, |(drawn, _)| drawn.as_str());
    let tree = usvg::Tree::from_str(text, &options).map_err(|error| picture(error.to_string()))?;
    let mut missing = BTreeSet::new();
    boxes(tree.root(), &mut missing);
    missing.extend(drawn.iter().flat_map(|(_, missing)| missing));
    let size = tree.size().to_int_size().scale_by(scale.clamp(0.5, 8.0)).ok_or_else(|| picture("the size is out of range".to_owned()))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| picture("the size is out of range".to_owned()))?;
    let factor = size.width() as f32 / tree.size().width();
    resvg::render(&tree, tiny_skia::Transform::from_scale(factor, factor), &mut pixels.as_mut());
    let bytes = pixels.encode_png().map_err(|error| picture(error.to_string()))?;
    Ok(Png { bytes, missing: missing.into_iter().collect() })
}

/// The letters that were laid out as the box of their font, since neither it nor any other font has them.
fn boxes(group: &usvg::Group, missing: &mut BTreeSet<char>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => boxes(inner, missing),
            usvg::Node::Text(text) => {
                let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                let boxed = glyphs.filter(|glyph| glyph.id.0 == 0).flat_map(|glyph| glyph.text.chars());
                missing.extend(boxed.filter(|letter| !letter.is_whitespace()));
            }
            usvg::Node::Path(_) | usvg::Node::Image(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
