//! Timelines as a Mermaid flowchart, with a row of states for each call.

use std::io::{self, Write};

use call_core::{CallId, Timeline};

use crate::replay::history::History;
use crate::terminal::printable;
use crate::view::context::Context;
use crate::view::words::{direction, evidence, is_inferred};

/// Writes a flowchart. Viewers may refuse one of more than 50,000 characters.
pub(super) fn write(out: &mut impl Write, history: &History, context: Context<'_>) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (number, call) in history.calls().enumerate() {
        context.call_graph(out, call.id, &call.timeline, number)?;
    }
    writeln!(out, "classDef inferred stroke-dasharray: 5 5")?;
    writeln!(out, "classDef doubt stroke-dasharray: 2 2")
}

impl Context<'_> {
    fn call_graph(self, out: &mut impl Write, id: &CallId, timeline: &Timeline, number: usize) -> io::Result<()> {
        let day = self.day(timeline);
        let day = day.as_deref();
        let title = label(&[&format!("call {id}"), direction(timeline), day.unwrap_or_default()]);
        // The title of a subgraph would cover its content, so the call is a node.
        writeln!(out, "subgraph c{number}[\" \"]\ndirection LR\nc{number}t([{title}])")?;
        for (at, step) in timeline.steps.iter().enumerate() {
            let basis = if is_inferred(step) { ":::inferred" } else { "" };
            let receipts = evidence(&self.evidence(step.basis.receipts()));
            let result = step.result.as_ref().map_or(String::new(), |result| self.result_words(result));
            let text = label(&[
                step.state.as_str(),
                &self.entered(step, day),
                &self.why(&timeline.steps, at, day),
                &receipts,
                &result,
            ]);
            writeln!(out, "c{number}s{at}[{text}]{basis}")?;
            let before = at.checked_sub(1).map_or("t".to_owned(), |before| format!("s{before}"));
            writeln!(out, "c{number}{before} --> c{number}s{at}")?;
        }
        let others = timeline.present.iter().flat_map(|present| present.alternatives());
        for (at, other) in others.enumerate() {
            writeln!(out, "c{number}o{at}[{}]:::doubt", label(&[&format!("or {other}?")]))?;
            if let Some(last) = timeline.steps.len().checked_sub(1) {
                writeln!(out, "c{number}s{last} -.-> c{number}o{at}")?;
            }
        }
        let anomalies = self.anomalies(timeline).map(|anomaly| self.anomaly_words(anomaly));
        let facts = self.facts(timeline, day).into_iter().map(|fact| format!("{}: {}", fact.name, fact.text));
        let lines: Vec<_> = anomalies.chain(facts).collect();
        if !lines.is_empty() {
            let lines: Vec<_> = lines.iter().map(String::as_str).collect();
            writeln!(out, "c{number}f[{}]", label(&lines))?;
        }
        writeln!(out, "end")
    }
}

/// Returns lines as a quoted label, with all special characters escaped.
fn label(lines: &[&str]) -> String {
    let lines = lines.iter().filter(|line| !line.is_empty()).map(|line| {
        let is_plain = |c: char| c.is_alphanumeric() || " .,:/()?-".contains(c);
        let text = |c: char| match c {
            // Labels are Markdown, where even an escaped character can be special.
            '`' => "'".to_owned(),
            '*' => "\u{2217}".to_owned(),
            '@' => "\u{ff20}".to_owned(),
            c if is_plain(c) => c.to_string(),
            c => format!("#{};", u32::from(c)),
        };
        printable(line).replace("://", "\u{2236}//").chars().map(text).collect::<String>()
    });
    format!("\"{}\"", lines.collect::<Vec<_>>().join("<br/>"))
}
