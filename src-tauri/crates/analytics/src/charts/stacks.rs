//! Stacked bars of shares: each row fills 100 %, each colour is one part, and the legend names it.

use mercator_domain::facts::DrillKey;

use super::{
    Chart, ChartError, ChartKind, Frame, Mark,
    canvas::{Align, Canvas, MARGIN, Role, TOP, WIDTH, draw, fit},
};
use crate::{
    figures::largest_remainder,
    labels::Labels,
    numbers,
    table::{Cell, Row, Table},
};

const ROW: i32 = 30;
const BAR: i32 = 18;
const LEFT: i32 = 208;
const RIGHT: i32 = 560;
const LEGEND: i32 = 26;

/// One part of a row.
#[derive(Clone, Debug)]
pub struct Part {
    /// How many.
    pub count: i64,
    /// What a click lists.
    pub drill: Option<DrillKey>,
}

/// One row; as many parts as the chart has series.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Its name.
    pub label: String,
    /// In the order of the series.
    pub parts: Vec<Part>,
}

/// A chart of shares.
#[derive(Clone, Debug)]
pub struct Stacks {
    /// Name, axis, unit.
    pub frame: Frame,
    /// The names of the parts.
    pub series: Vec<String>,
    /// From the top.
    pub rows: Vec<Stack>,
}

impl Stack {
    fn n(&self) -> i64 {
        self.parts.iter().map(|part| part.count).sum()
    }

    /// Tenths of a per cent that add up to 1000.
    fn shares(&self) -> Vec<i64> {
        largest_remainder(&self.parts.iter().map(|part| part.count).collect::<Vec<_>>(), 1000)
    }
}

type Drawn<T> = Result<T, plotters::drawing::DrawingAreaErrorKind<std::io::Error>>;

impl Stacks {
    /// Draws it.
    pub fn chart(&self, labels: &Labels<'_>) -> Result<Chart, ChartError> {
        let n: i64 = self.rows.iter().map(Stack::n).sum();
        let top = TOP + LEGEND;
        let bottom = top + self.rows.len() as i32 * ROW;
        let n_text = labels.fill("chart.n", &[("n", &numbers::grouped(n))]);
        let said = (n_text.as_str(), n == 0, self.table(labels));
        draw(&self.frame, ChartKind::Stacks, (bottom + 32).unsigned_abs(), said, |canvas| {
            self.legend(canvas)?;
            for step in 0..=4 {
                let x = LEFT + (RIGHT - LEFT) * step / 4;
                let tick = labels.fill("format.percent", &[("n", &(step * 25).to_string())]);
                canvas.path(vec![(x, top - 4), (x, bottom)], Role::Grid, 1)?;
                canvas.text(&tick, (x, bottom + 14), 10.0, Role::Muted, Align::Middle)?;
            }
            let mut marks = Vec::new();
            for (at, row) in self.rows.iter().enumerate() {
                self.row(canvas, labels, row, top + at as i32 * ROW, &mut marks)?;
            }
            Ok(marks)
        })
    }

    fn legend(&self, canvas: &Canvas<'_>) -> Drawn<()> {
        let slot = ((WIDTH as i32) - 2 * MARGIN) / (self.series.len() as i32).max(1);
        for (at, name) in self.series.iter().enumerate() {
            let x = MARGIN + slot * at as i32;
            canvas.block((x, TOP), 12, 12, Role::Series(at))?;
            canvas.text(&fit(name, slot - 22, 11.0), (x + 18, TOP + 6), 11.0, Role::Text, Align::Start)?;
        }
        Ok(())
    }

    fn row(&self, canvas: &Canvas<'_>, labels: &Labels<'_>, row: &Stack, y: i32, marks: &mut Vec<Mark>) -> Drawn<()> {
        let middle = y + ROW / 2;
        let n = row.n();
        canvas.text(&fit(&row.label, LEFT - MARGIN - 10, 12.0), (LEFT - 8, middle), 12.0, Role::Text, Align::End)?;
        let place = |tenths: i64| LEFT + (f64::from(RIGHT - LEFT) * tenths as f64 / 1000.0).round() as i32;
        let mut before = 0;
        for (at, (part, share)) in row.parts.iter().zip(row.shares()).enumerate() {
            let (from, to) = (place(before), place(before + share));
            before += share;
            let percent = labels.fill("format.percent", &[("n", &format!("{:.1}", share as f64 / 10.0))]);
            if to > from {
                canvas.block((from, middle - BAR / 2), to - from, BAR, Role::Series(at))?;
            }
            if part.count == 0 {
                continue;
            }
            let series = self.series.get(at).map_or("", String::as_str);
            marks.push(Mark {
                x: from,
                y,
                width: (to - from).max(6),
                height: ROW,
                label: format!("{} · {series}", row.label),
                value: Some(part.count as f64),
                text: format!("{percent} ({})", numbers::grouped(part.count)),
                n,
                drill: part.drill.clone(),
            });
        }
        let text = labels.fill("chart.n", &[("n", &numbers::grouped(n))]);
        canvas.text(&text, (RIGHT + 8, middle), 11.0, Role::Text, Align::Start)
    }

    fn table(&self, labels: &Labels<'_>) -> Table {
        let mut columns = vec![self.frame.of.clone()];
        for series in &self.series {
            columns.push(series.clone());
            columns.push(format!("{series} %"));
        }
        columns.push("n".to_owned());
        let row = |row: &Stack| {
            let mut cells = vec![Cell::text(row.label.clone())];
            for (part, share) in row.parts.iter().zip(row.shares()) {
                cells.push(Cell::count(labels, part.count));
                cells.push(Cell { text: format!("{:.1}", share as f64 / 10.0), value: Some(share as f64 / 10.0) });
            }
            cells.push(Cell::count(labels, row.n()));
            Row { cells, drill: None }
        };
        Table { key: self.frame.id.clone(), title: self.frame.title.clone(), columns, rows: self.rows.iter().map(row).collect() }
    }
}
