//! Timelines for an operator: what happened when, what was only inferred, what is in doubt and what to do about it.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use call_core::{Basis, CallId, Inference, Reason, Step, Timeline};
use call_msgraph::format_time;

use super::history::History;
use super::view::Context;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const DOUBT: Style = AnsiColor::Yellow.on_default();
const FAULT: Style = AnsiColor::Red.on_default();

/// Writes a block for each call.
pub(super) fn write(out: &mut impl Write, history: &History, window: Duration, context: Context<'_>) -> io::Result<()> {
    let calls = history.calls.iter();
    if calls.len() == 0 {
        writeln!(out, "no calls")?;
    }
    for (at, (id, call)) in calls.enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        context.write_call(out, id, &call.timeline_within(window))?;
    }
    Ok(())
}

/// The most complaints that are written one by one.
const MOST_COMPLAINTS: usize = 20;

/// Returns what could not be read, for the standard error.
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
        let state = timeline.present.as_ref().map_or("no state known", |present| present.likely().as_str());
        let direction = timeline.direction.map_or("direction unknown", |direction| direction.as_str());
        let id = printable(&id.to_string());
        write!(out, "{BOLD}call {id}{BOLD:#}  {direction}  {BOLD}{state}{BOLD:#}")?;
        let bounds = timeline.steps.iter().flat_map(|step| [step.not_before, step.not_after]);
        let day = bounds.filter_map(|bound| self.bound(bound)).map(|bound| format_time(bound.at).to_string()).min();
        let day = day.and_then(|time| time.split_once('T').map(|(day, _)| day.to_owned()));
        match &day {
            Some(day) => writeln!(out, "  {DIM}{day}, UTC{DIM:#}")?,
            None => writeln!(out)?,
        }
        self.write_steps(out, timeline, day.as_deref())?;
        let others = timeline.present.as_ref().map_or(&[][..], |present| present.alternatives());
        if !others.is_empty() {
            let others: Vec<_> = others.iter().map(|other| other.as_str()).collect();
            let others = others.join(" or ");
            writeln!(out, "  {DOUBT}? it may be {others} as well: GET /communications/calls/{id} tells{DOUBT:#}")?;
        }
        for anomaly in self.anomalies(timeline) {
            let (kind, detail) = (anomaly.kind.code(), anomaly.kind.to_string());
            let detail = printable(&self.privacy.apply(&detail));
            let evidence = printable(&self.evidence(anomaly.evidence.iter().copied()).join(" "));
            writeln!(out, "  {FAULT}! {kind}: {detail}{FAULT:#}  {DIM}{evidence}{DIM:#}")?;
        }
        if let Some(reason) = &timeline.termination_reason {
            writeln!(out, "  ended as {}", printable(&self.privacy.apply(reason)))?;
        }
        Ok(())
    }

    fn write_steps(self, out: &mut impl Write, timeline: &Timeline, day: Option<&str>) -> io::Result<()> {
        let rows: Vec<_> = timeline
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| (step, self.entered(step, day), self.why(&timeline.steps, at)))
            .collect();
        let states = widest(rows.iter().map(|(step, ..)| step.state.as_str()));
        let times = widest(rows.iter().map(|(_, entered, _)| entered.as_str()));
        let whys = widest(rows.iter().map(|(.., why)| why.as_str()));
        for (step, entered, why) in &rows {
            let is_inferred = matches!(step.basis, Basis::Inferred(_));
            let (mark, style) = if is_inferred { ('~', DIM) } else { ('*', Style::new()) };
            let evidence = evidence(&self.evidence(step.basis.receipts().iter().map(|receipt| receipt.stamp)));
            let row = format!("{mark} {:states$}  {entered:times$}  {why:whys$}", step.state.as_str());
            let row = if evidence.is_empty() { row.trim_end() } else { &row };
            writeln!(out, "  {style}{row}{style:#}  {DIM}{}{DIM:#}", printable(&evidence))?;
            if let Some(result) = &step.result {
                let [code, subcode] =
                    [result.code, result.subcode].map(|code| code.map_or("-".into(), |code| code.to_string()));
                let message = printable(&self.privacy.apply(result.message.as_deref().unwrap_or_default()));
                writeln!(out, "  {:states$}    {}", "", format!("result {code}/{subcode} {message}").trim_end())?;
            }
        }
        Ok(())
    }

    /// Says when a step was entered, as far as anything proves it.
    fn entered(self, step: &Step, day: Option<&str>) -> String {
        let time = |bound| {
            let time = format_time(self.bound(bound)?.at).to_string();
            let short = day.and_then(|day| time.strip_prefix(day)?.strip_prefix('T')?.strip_suffix('Z'));
            let short = short.map(str::to_owned);
            Some(short.unwrap_or(time))
        };
        match (time(step.not_before), time(step.not_after)) {
            (Some(not_before), Some(not_after)) => format!("{not_before} to {not_after}"),
            (None, Some(not_after)) => format!("by {not_after}"),
            (Some(not_before), None) => format!("after {not_before}"),
            (None, None) => "at an unknown time".to_owned(),
        }
    }

    /// Says why a step stands at its place.
    fn why(self, steps: &[Step], at: usize) -> String {
        let step = &steps[at];
        let evidence = match &step.basis {
            Basis::Inferred(Inference::Edge { from, to }) => return format!("inferred: it leads from {from} to {to}"),
            Basis::Inferred(_) => return "inferred: a call starts here".to_owned(),
            Basis::Observed(evidence) => evidence,
        };
        let mut sources: Vec<_> = evidence.receipts().iter().map(|receipt| receipt.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut why = sources.join(", ");
        match evidence.receipts().len() {
            1 => {}
            2 => why.push_str(", twice"),
            count => why.push_str(&format!(", {count} times")),
        }
        let next = steps.get(at + 1).map_or("the end", |next| next.state.as_str());
        if evidence.reason() == Reason::PlacedByPhase {
            why.push_str(&format!("; came late, but is before {next} in every call"));
        } else if evidence.reason() == Reason::SwappedToSaveInferred {
            why.push_str(&format!("; came after {next}, put before it: fewer gaps"));
        }
        why
    }
}

fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// Returns the names of the first receipts, and how many more there are.
fn evidence(ids: &[String]) -> String {
    const MOST: usize = 6;
    let mut text = ids[..ids.len().min(MOST)].join(" ");
    if ids.len() > MOST {
        let _ = write!(text, " and {} more", ids.len() - MOST);
    }
    text
}

/// Takes the power from text that came from outside: control characters, and those that turn the writing around.
fn printable(text: &str) -> String {
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect()
}
