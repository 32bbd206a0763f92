//! Timelines as text for an operator.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use call_core::{CallId, Timeline};

use crate::replay::history::History;
use crate::terminal::printable;
use crate::view::context::Context;
use crate::view::words::{direction, evidence, is_inferred, others, state};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const DOUBT: Style = AnsiColor::Yellow.on_default();
const FAULT: Style = AnsiColor::Red.on_default();

/// Writes a block for each call.
pub(super) fn write(out: &mut impl Write, history: &History, context: Context<'_>) -> io::Result<()> {
    let calls = history.calls();
    if calls.len() == 0 {
        writeln!(out, "no calls")?;
    }
    for (at, call) in calls.enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        context.write_call(out, call.id, &call.timeline)?;
    }
    Ok(())
}

/// Maximum number of rejected values that are listed.
const MOST_COMPLAINTS: usize = 20;

/// Returns the rejected values, for the standard error.
pub(super) fn complaints(name: &str, history: &History, is_strict: bool) -> String {
    let mut text = String::new();
    let rejected = &history.rejected;
    for fault in rejected.iter().take(MOST_COMPLAINTS) {
        let _ =
            writeln!(text, "error: {}:{}:{}: {}", printable(name), fault.line, fault.column, printable(&fault.reason));
    }
    if rejected.len() > MOST_COMPLAINTS {
        let more = rejected.len() - MOST_COMPLAINTS;
        let _ = writeln!(text, "error: and {more} more; `--format json` lists them all");
    }
    if !rejected.is_empty() {
        let hint = if is_strict { "" } else { "; `--strict` makes that exit with status 1" };
        let (count, values) = (rejected.len(), history.values);
        let _ = writeln!(text, "  {count} rejected among {values} values, the rest counts{hint}");
    }
    text
}

impl Context<'_> {
    fn write_call(self, out: &mut impl Write, id: &CallId, timeline: &Timeline) -> io::Result<()> {
        let (state, direction) = (state(timeline), direction(timeline));
        let id = printable(&id.spelling());
        write!(out, "{BOLD}call {id}{BOLD:#}  {direction}  {BOLD}{state}{BOLD:#}")?;
        let day = self.day(timeline);
        match &day {
            Some(day) => writeln!(out, "  {DIM}{day}, UTC{DIM:#}")?,
            None => writeln!(out)?,
        }
        self.write_steps(out, timeline, day.as_deref())?;
        let others = others(timeline);
        if !others.is_empty() {
            writeln!(out, "  {DOUBT}? it may also be {others}; GET /communications/calls/{id} to decide{DOUBT:#}")?;
        }
        for anomaly in self.anomalies(timeline) {
            let words = printable(&self.anomaly_words(anomaly));
            let evidence = printable(&self.evidence(&anomaly.evidence).join(" "));
            writeln!(out, "  {FAULT}! {words}{FAULT:#}  {DIM}{evidence}{DIM:#}")?;
        }
        let facts = self.facts(timeline, day.as_deref());
        let names = widest(facts.iter().map(|fact| fact.name));
        for fact in &facts {
            writeln!(out, "  {DIM}{:names$}{DIM:#}  {}", fact.name, printable(&fact.text))?;
        }
        Ok(())
    }

    fn write_steps(self, out: &mut impl Write, timeline: &Timeline, day: Option<&str>) -> io::Result<()> {
        let rows: Vec<_> = timeline
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| (step, self.entered(step, day), self.why(&timeline.steps, at, day)))
            .collect();
        let states = widest(rows.iter().map(|(step, ..)| step.state.as_str()));
        let times = widest(rows.iter().map(|(_, entered, _)| entered.as_str()));
        let whys = widest(rows.iter().map(|(.., why)| why.as_str()));
        for (step, entered, why) in &rows {
            let (mark, style) = if is_inferred(step) { ('~', DIM) } else { ('*', Style::new()) };
            let evidence = evidence(&self.evidence(step.basis.receipts()));
            write!(out, "  {style}{mark} {:states$}  {entered:times$}  ", step.state.as_str())?;
            match evidence.as_str() {
                "" => writeln!(out, "{why}{style:#}")?,
                evidence => writeln!(out, "{why:whys$}{style:#}  {DIM}{}{DIM:#}", printable(evidence))?,
            }
            if let Some(result) = &step.result {
                let result = printable(&self.result_words(result));
                writeln!(out, "  {:states$}    result {result}", "")?;
            }
        }
        Ok(())
    }
}

fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}
