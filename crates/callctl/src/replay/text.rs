//! Timelines for an operator: what happened when, what was only inferred, what is in doubt and what to do about it.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use call_core::{Basis, CallId, Inference, Reason, Receipt, Step, Timeline, Timestamp, reconcile};
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
    for (at, (id, observations)) in calls.enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        context.write_call(out, id, &reconcile(observations, window))?;
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
        let bounds =
            timeline.steps.iter().flat_map(|step| [step.not_before.map(|bound| bound.at), self.not_after(step)]);
        let day = bounds.flatten().min().map(|first| format_time(first).to_string());
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
            writeln!(out, "  {DOUBT}? it may be {others} as well; GET /communications/calls/{id} tells{DOUBT:#}")?;
        }
        for anomaly in self.anomalies(timeline) {
            let (kind, detail) = (anomaly.kind.code(), anomaly.kind.to_string());
            let detail = printable(&self.privacy.apply(&detail));
            let evidence = printable(&self.evidence(&anomaly.evidence).join(" "));
            writeln!(out, "  {FAULT}! {kind}: {detail}{FAULT:#}  {DIM}{evidence}{DIM:#}")?;
        }
        if let Some(reason) = &timeline.fields.termination_reason {
            writeln!(out, "  ended as {}", printable(&self.privacy.apply(reason)))?;
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
            let is_inferred = matches!(step.basis, Basis::Inferred(_));
            let (mark, style) = if is_inferred { ('~', DIM) } else { ('*', Style::new()) };
            let evidence = evidence(&self.evidence(step.basis.receipts()));
            write!(out, "  {style}{mark} {:states$}  {entered:times$}  ", step.state.as_str())?;
            match evidence.as_str() {
                "" => writeln!(out, "{why}{style:#}")?,
                evidence => writeln!(out, "{why:whys$}{style:#}  {DIM}{}{DIM:#}", printable(evidence))?,
            }
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
        let time = |at| time_of(at, day);
        match (step.not_before.map(|bound| time(bound.at)), self.not_after(step).map(time)) {
            (Some(not_before), Some(not_after)) => format!("{not_before} to {not_after}"),
            (None, Some(not_after)) => format!("by {not_after}"),
            (Some(not_before), None) => format!("after {not_before}"),
            (None, None) => "at an unknown time".to_owned(),
        }
    }

    /// Says why a step stands at its place.
    fn why(self, steps: &[Step], at: usize, day: Option<&str>) -> String {
        let step = &steps[at];
        let evidence = match &step.basis {
            Basis::Inferred(Inference::Edge { from, to }) => return format!("inferred: between {from} and {to}"),
            Basis::Inferred(_) => return "inferred: the call starts here".to_owned(),
            Basis::Observed(evidence) => evidence,
        };
        let mut why = sources(evidence.receipts());
        let came = || self.time(&evidence.receipts()[0], day).map_or(String::new(), |time| format!(" ({time})"));
        if evidence.reason() == Reason::PlacedByPhase {
            // The phases are in order.
            let next = steps.get(steps.partition_point(|other| other.state.phase() <= step.state.phase()));
            let next = next.map_or("the end", |next| next.state.as_str());
            why.push_str(&format!("; late{}, but always before {next}", came()));
        } else if evidence.reason() == Reason::SwappedToSaveInferred {
            let next = steps.get(at + 1).map_or("the end", |next| next.state.as_str());
            why.push_str(&format!("; late{}, put before {next} so that no step is missing", came()));
        }
        why
    }

    /// Returns when something was received, unless that was made up.
    fn time(self, receipt: &Receipt, day: Option<&str>) -> Option<String> {
        (!self.receipts.is_untimed(receipt)).then(|| time_of(receipt.stamp.received_at, day))
    }
}

/// Writes a time, without the day if it is the usual one.
fn time_of(at: Timestamp, day: Option<&str>) -> String {
    let time = format_time(at).to_string();
    let short = day.and_then(|day| time.strip_prefix(day)?.strip_prefix('T')?.strip_suffix('Z')).map(str::to_owned);
    short.unwrap_or(time)
}

/// Names the sources of receipts, each once, with how often there was one.
fn sources(receipts: &[Receipt]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for receipt in receipts {
        let source = receipt.source.as_str();
        match counts.iter_mut().find(|(known, _)| *known == source) {
            Some((_, count)) => *count += 1,
            None => counts.push((source, 1)),
        }
    }
    let name = |&(source, count): &(&str, usize)| match count {
        1 => source.to_owned(),
        2 => format!("{source} twice"),
        _ => format!("{source} {count} times"),
    };
    counts.iter().map(name).collect::<Vec<_>>().join(", ")
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
