//! Prints what was measured: one line per row, with its ratio to the anchor, its goal and its gate.

use crate::measure::Measured;
use crate::plot::Chart;

/// What a row may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// What is said in public once it is reached.
    pub(crate) goal: f64,
    /// Beyond this the benchmark fails.
    pub(crate) gate: f64,
}

impl Limit {
    pub(crate) const fn new(goal: f64, gate: f64) -> Option<Self> {
        Some(Self { goal, gate })
    }
}

/// The rows so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    over: Vec<String>,
    charts: Vec<Chart>,
}

impl Report {
    /// Begins a part, whose rows have the same anchor, if they have one.
    pub(crate) fn title(&mut self, title: &str, anchor: Option<&str>) {
        match anchor {
            Some(anchor) => println!("\n{title}. The anchor is {anchor}."),
            None => println!("\n{title}"),
        }
        println!(
            "{:<44}{:>12}{:>12}{:>8}{:>8}{:>7}{:>7}",
            "",
            if anchor.is_some() { "time" } else { "figure" },
            "anchor",
            "ratio",
            "allocs",
            "goal",
            "gate"
        );
    }

    /// Begins a part of lines that show growth.
    pub(crate) fn growth_title(&mut self, title: &str) {
        println!("\n{title}");
    }

    /// Adds a time beside that of its anchor.
    pub(crate) fn row(&mut self, name: &str, measured: Measured, limit: Option<Limit>) {
        let Measured { nanos, anchor, allocations } = measured;
        let ratio = nanos / anchor;
        let [goal, gate] = shown(limit);
        let mark = self.mark(name, ratio, limit);
        let (time, anchor) = (time(nanos), time(anchor));
        let allocations = if allocations.is_nan() { String::new() } else { format!("{allocations:.1}") };
        println!("{name:<44}{time:>12}{anchor:>12}{ratio:>8.2}{allocations:>8}{goal:>7}{gate:>7}{mark}");
    }

    /// Adds a figure that has no anchor, such as a number of bytes. At most the gate is allowed.
    pub(crate) fn figure(&mut self, name: &str, figure: f64, unit: &str, limit: Option<Limit>) {
        let [goal, gate] = shown(limit);
        let mark = self.mark(name, figure, limit);
        let figure = format!("{figure:.0} {unit}");
        println!("{name:<44}{figure:>12}{:>28}{goal:>7}{gate:>7}{mark}", "");
    }

    /// Adds a line of growth: nanoseconds by a number.
    pub(crate) fn growth(&mut self, name: &str, by: &str, figures: &[(f64, f64)]) {
        let points: Vec<_> = figures.iter().map(|(count, nanos)| format!("{count}: {}", time(*nanos))).collect();
        println!("{name}, by {by}:\n    {}", points.join(", "));
        if self.charts.last().is_none_or(|chart| !chart.is_by(by)) {
            self.charts.push(Chart::new(by.to_owned()));
        }
        if let Some(chart) = self.charts.last_mut() {
            chart.add(name, figures);
        }
    }

    /// Returns the lines of growth.
    pub(crate) fn charts(&self) -> &[Chart] {
        &self.charts
    }

    fn mark(&mut self, name: &str, figure: f64, limit: Option<Limit>) -> &'static str {
        if limit.is_some_and(|limit| figure > limit.gate) {
            self.over.push(name.to_owned());
            return "  over the gate";
        }
        if limit.is_some_and(|limit| figure <= limit.goal) { "  goal" } else { "" }
    }

    /// Returns the names of the rows that are over their gates.
    pub(crate) fn over(&self) -> &[String] {
        &self.over
    }
}

fn shown(limit: Option<Limit>) -> [String; 2] {
    limit.map_or_else(Default::default, |limit| [limit.goal.to_string(), limit.gate.to_string()])
}

/// Returns a time of nanoseconds in a unit that suits it.
fn time(nanos: f64) -> String {
    match nanos {
        ..1e4 => format!("{nanos:.1} ns"),
        1e4..1e7 => format!("{:.1} µs", nanos / 1e3),
        _ => format!("{:.1} ms", nanos / 1e6),
    }
}
