//! A line over days. A day without anything to count breaks the line instead of touching 0.

use mercator_domain::facts::DrillKey;

use super::{
    Chart, ChartError, ChartKind, Frame, Mark,
    canvas::{Align, Canvas, MARGIN, Role, TOP, WIDTH, draw},
    round_up, tick,
};
use crate::{
    figures::Unit,
    labels::Labels,
    numbers,
    table::{Cell, Row, Table},
};

const HEIGHT: i32 = 240;
const LEFT: i32 = 64;
const BOTTOM: i32 = HEIGHT - 44;
/// How many days are named under the axis at most: more would overlap.
const MOST_LABELS: usize = 8;

/// A day, or a week when the span is long.
#[derive(Clone, Debug)]
pub struct Point {
    /// Days since the epoch.
    pub first_day: i64,
    /// The last day that it holds; the same one for a day.
    pub last_day: i64,
    /// The number; `None` when there is nothing to count.
    pub value: Option<f64>,
    /// Of how many.
    pub n: i64,
    /// What a click lists; the days are filled in here.
    pub drill: Option<DrillKey>,
}

/// A chart of one line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name, axis, unit.
    pub frame: Frame,
    /// Oldest first, without holes.
    pub points: Vec<Point>,
}

type Drawn<T> = Result<T, plotters::drawing::DrawingAreaErrorKind<std::io::Error>>;

impl Line {
    /// Draws it.
    pub fn chart(&self, labels: &Labels<'_>) -> Result<Chart, ChartError> {
        let n: i64 = self.points.iter().map(|point| point.n).sum();
        let n_text = labels.fill("chart.n", &[("n", &numbers::grouped(n))]);
        let said = (n_text.as_str(), n == 0, self.table(labels));
        draw(&self.frame, ChartKind::Line, HEIGHT.unsigned_abs(), said, |canvas| {
            let end = self.end();
            self.axes(canvas, labels, end)?;
            self.line(canvas, end)?;
            canvas.text(&self.frame.of, ((LEFT + self.right()) / 2, HEIGHT - 10), 10.0, Role::Muted, Align::Middle)?;
            Ok(self.points.iter().enumerate().map(|(at, point)| self.mark(labels, at, point, end)).collect())
        })
    }

    fn axes(&self, canvas: &Canvas<'_>, labels: &Labels<'_>, end: f64) -> Drawn<()> {
        for step in 0..=4 {
            let value = end * f64::from(step) / 4.0;
            let y = self.y(value, end);
            let tick = tick(labels, self.frame.unit, self.frame.currency, value);
            canvas.path(vec![(LEFT, y), (self.right(), y)], Role::Grid, 1)?;
            canvas.text(&tick, (LEFT - 8, y), 10.0, Role::Muted, Align::End)?;
        }
        let every = self.points.len().div_ceil(MOST_LABELS).max(1);
        for (at, point) in self.points.iter().enumerate().filter(|(at, _)| at % every == 0) {
            let day = numbers::day(point.first_day);
            let short = day.split_once('-').map_or(day.as_str(), |(_, month_and_day)| month_and_day);
            canvas.text(short, (self.x(at), BOTTOM + 14), 10.0, Role::Muted, Align::Middle)?;
        }
        Ok(())
    }

    fn line(&self, canvas: &Canvas<'_>, end: f64) -> Drawn<()> {
        let mut run = Vec::new();
        for (at, point) in self.points.iter().enumerate() {
            let Some(value) = point.value else {
                self.run(canvas, std::mem::take(&mut run))?;
                continue;
            };
            let place = (self.x(at), self.y(value, end));
            canvas.dot(place, 3, Role::Series(0))?;
            run.push(place);
        }
        self.run(canvas, run)
    }

    fn run(&self, canvas: &Canvas<'_>, run: Vec<(i32, i32)>) -> Drawn<()> {
        if run.len() > 1 { canvas.path(run, Role::Series(0), 2) } else { Ok(()) }
    }

    fn mark(&self, labels: &Labels<'_>, at: usize, point: &Point, end: f64) -> Mark {
        let value = numbers::show(labels, self.frame.unit, self.frame.currency, point.value);
        let n = labels.fill("chart.n", &[("n", &numbers::grouped(point.n))]);
        let drill = point.drill.clone().map(|key| DrillKey { first_day: Some(point.first_day), last_day: Some(point.last_day), ..key });
        Mark {
            x: self.x(at) - 6,
            y: point.value.map_or(BOTTOM, |v| self.y(v, end)) - 6,
            width: 12,
            height: 12,
            label: day_label(point),
            value: point.value,
            text: format!("{value} · {n}"),
            n: point.n,
            drill,
        }
    }

    fn end(&self) -> f64 {
        let most = self.points.iter().filter_map(|point| point.value).fold(0.0, f64::max);
        match self.frame.unit {
            Unit::Percent => 100.0,
            Unit::Score => 5.0,
            _ => round_up(most).max(4.0),
        }
    }

    const fn right(&self) -> i32 {
        WIDTH as i32 - MARGIN - 8
    }

    fn x(&self, at: usize) -> i32 {
        let steps = self.points.len().saturating_sub(1);
        // One point stands in the middle.
        let share = if steps == 0 { 0.5 } else { at as f64 / steps as f64 };
        LEFT + 10 + (f64::from(self.right() - LEFT - 20) * share).round() as i32
    }

    fn y(&self, value: f64, end: f64) -> i32 {
        BOTTOM - (f64::from(BOTTOM - TOP - 4) * (value / end).clamp(0.0, 1.0)).round() as i32
    }

    fn table(&self, labels: &Labels<'_>) -> Table {
        let row = |point: &Point| Row {
            cells: vec![
                Cell::text(day_label(point)),
                Cell::number(labels, self.frame.unit, self.frame.currency, point.value),
                Cell::count(labels, point.n),
            ],
            drill: point.drill.clone().map(|key| DrillKey { first_day: Some(point.first_day), last_day: Some(point.last_day), ..key }),
        };
        Table {
            key: self.frame.id.clone(),
            title: self.frame.title.clone(),
            columns: vec![self.frame.of.clone(), self.frame.axis.clone(), "n".to_owned()],
            rows: self.points.iter().map(row).collect(),
        }
    }
}

fn day_label(point: &Point) -> String {
    let first = numbers::day(point.first_day);
    if point.first_day == point.last_day { first } else { format!("{first} – {}", numbers::day(point.last_day)) }
}
