//! The drawing surface: plotters' SVG backend with our colours, our font sizes and what makes an SVG readable by machines.
//!
//! plotters knows only fixed colours and names a font; both must come from the page. So each role is drawn in a colour that nothing else
//! uses, and afterwards the attribute is replaced by a CSS variable. Attributes, not `style`: the window's content policy forbids inline
//! styles. The text is escaped by plotters, so no label can contain such an attribute.

use plotters::{
    coord::Shift,
    prelude::{Circle, DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, PathElement, Rectangle, SVGBackend, Text},
    style::{
        Color, FontStyle, RGBColor, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{Chart, ChartError, ChartKind, Frame, Mark};
use crate::table::Table;

/// plotters divides the size by this on its way into the SVG (it takes sizes as pixel heights).
const SIZE_FACTOR: f64 = 1.24;
/// The font where there is no page to inherit from.
pub(crate) const ROOT_FONT: &str = "system-ui, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', 'Noto Sans CJK SC', 'DejaVu Sans', sans-serif";
/// All charts are this wide; the window scales them by the `viewBox`.
pub(crate) const WIDTH: u32 = 640;
/// Space at the left edge.
pub(crate) const MARGIN: i32 = 16;
/// Where the plot begins, under title and unit.
pub(crate) const TOP: i32 = 56;

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// One of the six colours of series, from 0; counts on from the first after the last.
    Series(usize),
    /// Titles and labels.
    Text,
    /// Units, axes, n.
    Muted,
    /// Lines of the grid.
    Grid,
}

/// Variable, sentinel and the colour of the light look, which files get. Contrast with white is at least 4.5 for text and series.
pub(crate) const LIGHT_THEME: [(&str, (u8, u8, u8), &str); 9] = [
    ("--chart-1", (0xF0, 0x0A, 0x01), "#2563EB"),
    ("--chart-2", (0xF0, 0x0A, 0x02), "#0F766E"),
    ("--chart-3", (0xF0, 0x0A, 0x03), "#B45309"),
    ("--chart-4", (0xF0, 0x0A, 0x04), "#B91C1C"),
    ("--chart-5", (0xF0, 0x0A, 0x05), "#7C3AED"),
    ("--chart-6", (0xF0, 0x0A, 0x06), "#475569"),
    ("--chart-text", (0xF0, 0x0B, 0x01), "#1F2937"),
    ("--chart-muted", (0xF0, 0x0B, 0x02), "#4B5563"),
    ("--chart-grid", (0xF0, 0x0C, 0x01), "#D1D5DB"),
];

impl Role {
    fn colour(self) -> RGBColor {
        let at = match self {
            Self::Series(series) => series % 6,
            Self::Text => 6,
            Self::Muted => 7,
            Self::Grid => 8,
        };
        LIGHT_THEME.get(at).map_or(RGBColor(0, 0, 0), |(_, (r, g, b), _)| RGBColor(*r, *g, *b))
    }
}

/// How a text stands to its point.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Align {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as plotters::prelude::DrawingBackend>::ErrorType>>;

/// A surface with the title and the unit drawn.
pub(crate) struct Canvas<'a> {
    area: Area<'a>,
}

impl<'a> Canvas<'a> {
    /// A label, its middle at height `y`.
    pub(crate) fn text(&self, text: &str, (x, y): (i32, i32), size: f64, role: Role, align: Align) -> Drawn<'a> {
        self.styled(text, (x, y), (size, FontStyle::Normal), role, align)
    }

    fn styled(&self, text: &str, at: (i32, i32), (size, style): (f64, FontStyle), role: Role, align: Align) -> Drawn<'a> {
        let h = match align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let colour = role.colour();
        let font = TextStyle::from(("sans-serif", size * SIZE_FACTOR, style)).color(&colour).pos(Pos::new(h, VPos::Center));
        // plotters escapes markup but lets control characters through, which XML 1.0 forbids.
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        self.area.draw(&Text::new(text, at, font))
    }

    /// A filled box.
    pub(crate) fn block(&self, (x, y): (i32, i32), width: i32, height: i32, role: Role) -> Drawn<'a> {
        self.area.draw(&Rectangle::new([(x, y), (x + width, y + height)], role.colour().filled()))
    }

    /// A line through points.
    pub(crate) fn path(&self, points: Vec<(i32, i32)>, role: Role, width: u32) -> Drawn<'a> {
        self.area.draw(&PathElement::new(points, ShapeStyle::from(role.colour()).stroke_width(width)))
    }

    /// A filled dot.
    pub(crate) fn dot(&self, at: (i32, i32), radius: i32, role: Role) -> Drawn<'a> {
        self.area.draw(&Circle::new(at, radius, role.colour().filled()))
    }
}

/// Draws a chart: title and unit here, the rest by `paint`.
pub(crate) fn draw(
    frame: &Frame,
    kind: ChartKind,
    height: u32,
    (n_text, empty, table): (&str, bool, Table),
    paint: impl for<'a> FnOnce(&Canvas<'a>) -> Result<Vec<Mark>, DrawingAreaErrorKind<std::io::Error>>,
) -> Result<Chart, ChartError> {
    let id: String = frame.id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut svg = String::new();
    let marks = {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        let canvas = Canvas { area };
        let painted = canvas
            .styled(&frame.title, (MARGIN, 18), (14.0, FontStyle::Bold), Role::Text, Align::Start)
            .and_then(|()| canvas.text(&format!("{} · {n_text}", frame.axis), (MARGIN, 38), 11.0, Role::Muted, Align::Start))
            .and_then(|()| paint(&canvas));
        painted.and_then(|marks| canvas.area.present().map(|()| marks))
    }
    .map_err(|error| ChartError { chart: frame.id.clone(), reason: error.to_string() })?;
    let said: Vec<String> = marks.iter().filter(|m| m.value.is_some()).take(12).map(|m| format!("{}: {}", m.label, m.text)).collect();
    let description = format!("{} — {}. {n_text}. {}", frame.title, frame.axis, said.join("; "));
    let svg = finish(&svg, &id, &frame.title, &description);
    Ok(Chart { id, kind, title: frame.title.clone(), description, svg, marks, width: WIDTH, height, empty, table })
}

/// Colours to variables, the font to the page, and a name and a description for who listens.
fn finish(svg: &str, id: &str, title: &str, description: &str) -> String {
    let mut out = svg.replace(" font-family=\"sans-serif\"", "").replace(" opacity=\"1\"", "");
    for (variable, (r, g, b), _) in LIGHT_THEME {
        out = out.replace(&format!("=\"#{r:02X}{g:02X}{b:02X}\""), &format!("=\"var({variable})\""));
    }
    let head = format!(
        "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" {}",
        out.split_once("<svg ").map_or("", |(_, rest)| rest).split_once('>').map_or("", |(attributes, _)| attributes)
    );
    let body = out.split_once('>').map_or("", |(_, rest)| rest);
    format!("{head}>\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>{body}", escape(title), escape(description))
}

/// The five characters that mean something in XML, and the control characters that XML 1.0 does not allow at all.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}

/// Cuts a label that would be wider than `width`. Widths are estimated, since the page's font is not known here: 1 em for East Asian
/// characters, 0.56 em for others, which is a little more than the average of the usual fonts.
pub(crate) fn fit(text: &str, width: i32, size: f64) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let wide = |c: char| if ('\u{1100}'..='\u{ffdc}').contains(&c) || c >= '\u{1f000}' { size } else { size * 0.56 };
    let room = f64::from(width);
    if clean.chars().map(wide).sum::<f64>() <= room {
        return clean;
    }
    let mut used = size;
    let mut out: String = clean
        .chars()
        .take_while(|c| {
            used += wide(*c);
            used <= room
        })
        .collect();
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_cut_to_their_room() {
        assert_eq!(fit("email", 100, 12.0), "email");
        assert_eq!(fit("电子邮件渠道名称", 60, 12.0), "电子邮件…");
        assert!(fit(&"w".repeat(100), 100, 12.0).ends_with('…'));
        assert_eq!(fit("a\u{0}b\nc", 100, 12.0), "abc");
    }
}
