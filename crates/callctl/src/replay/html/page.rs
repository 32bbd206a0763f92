//! The HTML page around the charts, and the tables that they link to.

use std::io::{self, Write};

use call_core::Observation;

use crate::replay::history::{History, Replayed};
use crate::replay::html::axis::Axis;
use crate::replay::html::escape::escape;
use crate::replay::html::shown::Shown;
use crate::replay::words::{direction, evidence, is_inferred, others, state};
use crate::view::context::Context;

/// Maximum number of calls on a page.
const MOST_CALLS: usize = 2_000;

const HATCH: &str = r##"<svg width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line x1="0" x2="0" y1="0" y2="6" stroke="#2f6fb3" stroke-width="2"/></pattern></defs></svg>"##;

/// Writes the page.
pub(crate) fn write(out: &mut impl Write, history: &History, context: Context<'_>) -> io::Result<()> {
    writeln!(
        out,
        r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Timelines of calls</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{}</style></head><body>"#,
        include_str!("page.css")
    )?;
    let (calls, rejected) = (history.calls().len(), history.rejected.len());
    writeln!(out, "<h1>Timelines of {calls} {}</h1>", if calls == 1 { "call" } else { "calls" })?;
    writeln!(
        out,
        "<p>A bar is a state, from its latest possible entry. A hatched bar is an inferred state. The whisker above its \
        beginning shows the possible times of its entry, dotted if there is no earliest time. The ticks below the line are \
        receipts. A bar links to its explanation.</p>"
    )?;
    if rejected > 0 {
        writeln!(out, r#"<p class="fault">{rejected} rejected among {} values.</p>"#, history.values)?;
    }
    if calls > MOST_CALLS {
        writeln!(
            out,
            r#"<p class="fault">Only the first {MOST_CALLS} calls are shown; the formats text and json contain all.</p>"#
        )?;
    }
    writeln!(out, "{HATCH}<main>")?;
    let axis = context.axis(history.observations.values().take(MOST_CALLS).flatten());
    for (number, call) in history.calls().take(MOST_CALLS).enumerate() {
        context.section(out, axis, &Shown { call, anchor: format!("c{number}") })?;
    }
    writeln!(out, "</main></body></html>")
}

impl Context<'_> {
    /// Returns the common axis of all calls, over the observations that have a time.
    fn axis<'o>(self, observations: impl Iterator<Item = &'o Observation> + Clone) -> Axis {
        let timed = observations.clone().filter(|seen| !self.receipts.is_untimed(&seen.receipt()));
        let mut timed = timed.map(|seen| seen.stamp.received_at).peekable();
        match timed.peek() {
            Some(_) => Axis::over(timed),
            None => Axis::over(observations.map(|seen| seen.stamp.received_at)),
        }
    }

    fn section(self, out: &mut impl Write, axis: Axis, call: &Shown<'_>) -> io::Result<()> {
        let Shown { call: Replayed { id, timeline, .. }, anchor } = call;
        let (state, direction) = (state(timeline), direction(timeline));
        let id = escape(id.as_str());
        writeln!(out, r#"<section class="call" id="{anchor}"><h2>call {id}, {direction}, {state}</h2>"#)?;
        self.chart(out, axis, call)?;
        let others = others(timeline);
        if !others.is_empty() {
            writeln!(
                out,
                r#"<p class="doubt">It may also be {others}. GET /communications/calls/{id} to decide.</p>"#
            )?;
        }
        for anomaly in self.anomalies(timeline) {
            let words = escape(&self.anomaly_words(anomaly));
            let receipts = escape(&evidence(&self.evidence(&anomaly.evidence)));
            writeln!(out, r#"<p class="fault">{words} ({receipts})</p>"#)?;
        }
        self.details(out, axis, call)?;
        writeln!(out, "</section>")
    }

    /// Writes the table that a bar links to, and the other facts.
    fn details(self, out: &mut impl Write, axis: Axis, call: &Shown<'_>) -> io::Result<()> {
        let Shown { call: Replayed { timeline, observations, .. }, anchor } = call;
        let day = self.day(timeline);
        let day = day.as_deref();
        let summary = day.map_or(String::new(), |day| format!(" ({day}, UTC)"));
        writeln!(out, "<details open><summary>Steps and other facts{summary}</summary>")?;
        let own = self.axis(observations.iter());
        if axis.crowds(own) && !timeline.steps.is_empty() {
            self.chart(out, own, call)?;
        }
        if !timeline.steps.is_empty() {
            writeln!(
                out,
                "<table><thead><tr><th>state<th>basis<th>entered<th>why<th>evidence<th>result</tr></thead><tbody>"
            )?;
            for (number, step) in timeline.steps.iter().enumerate() {
                let basis = if is_inferred(step) { "inferred" } else { "observed" };
                let why = escape(&self.why(&timeline.steps, number, day));
                let receipts = escape(&evidence(&self.evidence(step.basis.receipts())));
                let result = step.result.as_ref().map_or(String::new(), |result| escape(&self.result_words(result)));
                writeln!(
                    out,
                    r#"<tr id="{anchor}s{number}"><td>{}<td>{basis}<td>{}<td>{why}<td>{receipts}<td>{result}</tr>"#,
                    step.state,
                    self.entered(step, day)
                )?;
            }
            writeln!(out, "</tbody></table>")?;
        }
        let facts = self.facts(timeline, day);
        if !facts.is_empty() {
            writeln!(out, "<dl>")?;
            facts.iter().try_for_each(|fact| writeln!(out, "<dt>{}<dd>{}", fact.name, escape(&fact.text)))?;
            writeln!(out, "</dl>")?;
        }
        writeln!(out, "</details>")
    }
}
