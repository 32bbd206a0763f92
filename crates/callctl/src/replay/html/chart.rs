//! The chart of a call: its steps on the time axis, and its receipts below them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use call_core::{CallState, Observation, Step, Timestamp};

use crate::replay::history::Replayed;
use crate::replay::html::axis::Axis;
use crate::replay::html::escape::escape;
use crate::replay::html::shown::Shown;
use crate::replay::words::is_inferred;
use crate::view::context::Context;

/// Minimum width of a bar, so that it can be seen and clicked.
const NARROWEST: f64 = 14.0;
/// Approximate width of a letter.
const LETTER: f64 = 6.5;

/// The bar of a step.
struct Bar<'t> {
    step: &'t Step,
    from: f64,
    to: f64,
}

impl Context<'_> {
    /// Draws a call. Its bars link to the rows `{anchor}s{n}` of its table.
    pub(super) fn chart(self, out: &mut impl Write, axis: Axis, call: &Shown<'_>) -> io::Result<()> {
        let Shown { call: Replayed { timeline, observations, .. }, anchor } = call;
        writeln!(out, r#"<svg viewBox="0 0 {} 78" role="group" aria-label="time axis">"#, Axis::WIDTH)?;
        let bars = bars(axis, &timeline.steps);
        for (number, bar) in bars.iter().enumerate() {
            self.bar(out, bar, &format!("{anchor}s{number}"))?;
            let before = if number == 0 { 0.0 } else { bars[number - 1].from };
            // Neighbours can overlap, so they have different heights.
            self.whisker(out, axis, bar.step, before, number % 3 * 3 + 2)?;
        }
        writeln!(out, r#"<line class="axis" x1="0" x2="{}" y1="46" y2="46"/>"#, Axis::WIDTH)?;
        self.arrivals(out, axis, observations)?;
        // A log without times has no labels.
        let is_timed = observations.iter().any(|seen| !self.receipts.is_untimed(&seen.receipt()));
        for (place, at) in axis.marks().into_iter().filter(|_| is_timed) {
            let time = format!("{at:.3}");
            let time = time.split_once('T').map_or("", |(_, time)| time);
            writeln!(out, r#"<text x="{place:.1}" y="74">{time}</text>"#)?;
        }
        writeln!(out, "</svg>")
    }

    fn bar(self, out: &mut impl Write, bar: &Bar<'_>, anchor: &str) -> io::Result<()> {
        let (state, width) = (bar.step.state.as_str(), bar.to - bar.from);
        let basis = if is_inferred(bar.step) { " inferred" } else { "" };
        let end = if bar.step.state == CallState::Terminated { " end" } else { "" };
        write!(
            out,
            r##"<a href="#{anchor}" class="step{basis}{end}"><title>{state}, {}</title>"##,
            self.entered(bar.step, None)
        )?;
        write!(out, r#"<rect x="{:.1}" y="12" width="{width:.1}" height="24" rx="3"/>"#, bar.from)?;
        if state.len() as f64 * LETTER < width {
            write!(out, r#"<text x="{:.1}" y="28">{state}</text>"#, bar.from + 4.0)?;
        }
        writeln!(out, "</a>")
    }

    /// Draws the possible times of entry of a step, open if there is no earliest time.
    fn whisker(self, out: &mut impl Write, axis: Axis, step: &Step, before: f64, y: usize) -> io::Result<()> {
        let Some(not_after) = self.not_after(step).map(|at| axis.place(at)) else { return Ok(()) };
        let (class, from) = match step.not_before {
            Some(bound) => ("whisker", axis.place(bound.at)),
            None => ("whisker open", before.min(not_after)),
        };
        writeln!(out, r#"<path class="{class}" d="M{from:.1} {y}H{not_after:.1}M{not_after:.1} {y}V12"/>"#)
    }

    /// Draws a tick for each receipt. Ticks at the same position are one, with their number.
    fn arrivals(self, out: &mut impl Write, axis: Axis, observations: &[Observation]) -> io::Result<()> {
        let mut ticks: BTreeMap<i64, Vec<_>> = BTreeMap::new();
        for seen in observations {
            #[expect(clippy::cast_possible_truncation, reason = "a place on the axis is small")]
            let place = axis.place(seen.stamp.received_at).round() as i64;
            ticks.entry(place).or_default().push(seen.receipt());
        }
        for (place, receipts) in ticks {
            let names = self.evidence(&receipts);
            let first: Vec<_> = names.iter().take(6).map(|name| escape(name)).collect();
            let more = if names.len() > first.len() {
                format!(" and {} more", names.len() - first.len())
            } else {
                String::new()
            };
            writeln!(
                out,
                r#"<line class="arrival" x1="{place}" x2="{place}" y1="48" y2="60"><title>{}{more}</title></line>"#,
                first.join(" ")
            )?;
        }
        Ok(())
    }
}

/// Returns the bars: each from the latest possible entry to the beginning of the next one.
fn bars(axis: Axis, steps: &[Step]) -> Vec<Bar<'_>> {
    let narrowest = NARROWEST.min(Axis::WIDTH / steps.len().max(1) as f64);
    let mut least = 0.0_f64;
    let mut starts = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let room = (steps.len() - at) as f64 * narrowest;
        let start = entered(step).map_or(least, |at| axis.place(at)).max(least).min((Axis::WIDTH - room).max(least));
        starts.push(start);
        least = start + narrowest;
    }
    let ends = starts.iter().skip(1).copied().chain([Axis::WIDTH.max(least)]);
    starts.iter().zip(ends).zip(steps).map(|((&from, to), step)| Bar { step, from, to }).collect()
}

fn entered(step: &Step) -> Option<Timestamp> {
    let first = step.basis.receipts().first().map(|receipt| receipt.stamp.received_at);
    step.not_after.map(|bound| bound.at).or(first)
}
