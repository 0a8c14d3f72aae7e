//! Horizontal bars: one row a group, with value and n beside the bar.

use mercator_domain::facts::DrillKey;

use super::{
    Chart, ChartError, ChartKind, Frame, Mark,
    canvas::{Align, Canvas, MARGIN, Role, TOP, WIDTH, draw, fit},
    round_up, tick,
};
use crate::{
    figures::Unit,
    labels::Labels,
    numbers,
    table::{Cell, Row, Table},
};

const ROW: i32 = 28;
const BAR: i32 = 16;
/// Where the bars begin; labels stand before.
const LEFT: i32 = 208;
/// Where the axis ends; values stand after.
const RIGHT: i32 = 504;

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Its length; `None` when there is nothing to count, which is drawn as a dash and not as 0.
    pub value: Option<f64>,
    /// Of how many.
    pub n: i64,
    /// What a click lists.
    pub drill: Option<DrillKey>,
}

/// A chart of bars.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Name, axis, unit.
    pub frame: Frame,
    /// Of how many in all.
    pub n: i64,
    /// From the top.
    pub bars: Vec<Bar>,
}

impl Bars {
    /// Draws it.
    pub fn chart(&self, labels: &Labels<'_>) -> Result<Chart, ChartError> {
        let rows = self.bars.len() as i32;
        let bottom = TOP + rows * ROW;
        let n_text = labels.fill("chart.n", &[("n", &numbers::grouped(self.n))]);
        let said = (n_text.as_str(), self.n == 0, self.table(labels));
        draw(&self.frame, ChartKind::Bars, (bottom + 32).unsigned_abs(), said, |canvas| {
            let end = self.end();
            for step in 0..=4 {
                let x = LEFT + (RIGHT - LEFT) * step / 4;
                let tick = tick(labels, self.frame.unit, self.frame.currency, end * f64::from(step) / 4.0);
                canvas.path(vec![(x, TOP - 4), (x, bottom)], Role::Grid, 1)?;
                canvas.text(&tick, (x, bottom + 14), 10.0, Role::Muted, Align::Middle)?;
            }
            let mut marks = Vec::with_capacity(self.bars.len());
            for (at, bar) in self.bars.iter().enumerate() {
                marks.push(self.row(canvas, labels, bar, TOP + at as i32 * ROW, end)?);
            }
            Ok(marks)
        })
    }

    fn row(
        &self,
        canvas: &Canvas<'_>,
        labels: &Labels<'_>,
        bar: &Bar,
        y: i32,
        end: f64,
    ) -> Result<Mark, plotters::drawing::DrawingAreaErrorKind<std::io::Error>> {
        let middle = y + ROW / 2;
        let length = bar.value.map_or(0.0, |v| (v / end).clamp(0.0, 1.0) * f64::from(RIGHT - LEFT)).round() as i32;
        let shown = numbers::show(labels, self.frame.unit, self.frame.currency, bar.value);
        let text = if self.frame.unit == Unit::Count {
            shown
        } else {
            format!("{shown} · {}", labels.fill("chart.n", &[("n", &numbers::grouped(bar.n))]))
        };
        canvas.text(&fit(&bar.label, LEFT - MARGIN - 10, 12.0), (LEFT - 8, middle), 12.0, Role::Text, Align::End)?;
        if length > 0 {
            canvas.block((LEFT, middle - BAR / 2), length, BAR, Role::Series(0))?;
        }
        canvas.text(&text, (LEFT + length + 8, middle), 11.0, Role::Text, Align::Start)?;
        let width = (WIDTH as i32) - MARGIN - MARGIN;
        Ok(Mark { x: MARGIN, y, width, height: ROW, label: bar.label.clone(), value: bar.value, text, n: bar.n, drill: bar.drill.clone() })
    }

    /// Per cents always run to 100, so that two charts can be compared at a glance.
    fn end(&self) -> f64 {
        let most = self.bars.iter().filter_map(|bar| bar.value).fold(0.0, f64::max);
        match self.frame.unit {
            Unit::Percent => 100.0,
            Unit::Score => 5.0,
            // Four steps of whole things: an axis of 1 would show quarters.
            Unit::Count => round_up(most).max(4.0),
            Unit::Days | Unit::DurationMs | Unit::Money => round_up(most),
        }
    }

    fn table(&self, labels: &Labels<'_>) -> Table {
        let counts = self.frame.unit == Unit::Count;
        let mut columns = vec![self.frame.of.clone(), self.frame.axis.clone()];
        if !counts {
            columns.push("n".to_owned());
        }
        let row = |bar: &Bar| {
            let mut cells = vec![Cell::text(bar.label.clone()), Cell::number(labels, self.frame.unit, self.frame.currency, bar.value)];
            if !counts {
                cells.push(Cell::count(labels, bar.n));
            }
            Row { cells, drill: bar.drill.clone() }
        };
        Table { key: self.frame.id.clone(), title: self.frame.title.clone(), columns, rows: self.bars.iter().map(row).collect() }
    }
}
