//! Phrases about steps, for text and the page.

use std::fmt::Write as _;

use call_core::{Anomaly, Basis, Inference, Placement, Receipt, ResultInfo, Step, Timeline, Timestamp};
use call_msgraph::explain;

use crate::view::context::Context;

impl Context<'_> {
    /// Returns the first known day of the call.
    pub(crate) fn day(self, timeline: &Timeline) -> Option<String> {
        let bounds =
            timeline.steps.iter().flat_map(|step| [step.not_before.map(|bound| bound.at), self.not_after(step)]);
        let first = format!("{:.3}", bounds.flatten().min()?);
        first.split_once('T').map(|(day, _)| day.to_owned())
    }

    /// Returns a phrase for the bounds of a step.
    pub(crate) fn entered<S>(self, step: &Step<S>, day: Option<&str>) -> String {
        let time = |at| time_of(at, day);
        match (step.not_before.map(|bound| time(bound.at)), self.not_after(step).map(time)) {
            (Some(not_before), Some(not_after)) => format!("{not_before} to {not_after}"),
            (None, Some(not_after)) => format!("by {not_after}"),
            (Some(not_before), None) => format!("after {not_before}"),
            (None, None) => "at an unknown time".to_owned(),
        }
    }

    /// Returns a phrase for the basis of a step.
    pub(crate) fn why(self, steps: &[Step], at: usize, day: Option<&str>) -> String {
        let step = &steps[at];
        let evidence = match &step.basis {
            Basis::Inferred(Inference::Edge { from, to }) => return format!("inferred: between {from} and {to}"),
            Basis::Inferred(_) => return "inferred: the call starts here".to_owned(),
            Basis::Observed(evidence) => evidence,
        };
        let mut why = sources(evidence.receipts());
        let came = || self.time(&evidence.receipts()[0], day).map_or(String::new(), |time| format!(" ({time})"));
        if evidence.placement() == Placement::PlacedByPhase {
            // The phases are in order.
            let next = steps.get(steps.partition_point(|other| other.state.phase() <= step.state.phase()));
            let next = next.map_or("the end", |next| next.state.as_str());
            why.push_str(&format!("; late{}, but always before {next}", came()));
        } else if evidence.placement() == Placement::SwappedToSaveInferred {
            let next = steps.get(at + 1).map_or("the end", |next| next.state.as_str());
            why.push_str(&format!("; late{}, put before {next} so that no step is missing", came()));
        }
        why
    }

    /// Returns a phrase for a result: codes, message of the service, explanation.
    pub(crate) fn result_words(self, result: &ResultInfo) -> String {
        let mut words = result.to_string();
        if let Some(message) = &result.message {
            words += &format!(" {}", self.privacy.apply(message.expose()));
        }
        if let (Some(code), Some(subcode)) = (result.code, result.subcode) {
            let meaning = explain(code, subcode).map_or("unknown codes", |known| &known.meaning);
            words += &format!(" ({})", meaning.trim_end_matches('.'));
        }
        words
    }

    /// Returns a phrase for an anomaly.
    pub(crate) fn anomaly_words(self, anomaly: &Anomaly) -> String {
        format!("{}: {}", anomaly.kind.code(), self.privacy.apply(&anomaly.kind.to_string()))
    }

    /// Returns the time of a receipt, unless the log has none.
    pub(crate) fn time(self, receipt: &Receipt, day: Option<&str>) -> Option<String> {
        (!self.receipts.is_untimed(receipt)).then(|| time_of(receipt.stamp.received_at, day))
    }
}

/// Returns the present state, or the most likely one.
pub(crate) fn state(timeline: &Timeline) -> &'static str {
    timeline.present.as_ref().map_or("no state known", |present| present.likely().as_str())
}

/// Returns the direction.
pub(crate) fn direction(timeline: &Timeline) -> &'static str {
    timeline.direction.map_or("direction unknown", |direction| direction.as_str())
}

/// Returns the alternatives to the present state.
pub(crate) fn others(timeline: &Timeline) -> String {
    let others = timeline.present.iter().flat_map(|present| present.alternatives());
    others.map(|other| other.as_str()).collect::<Vec<_>>().join(" or ")
}

pub(crate) const fn is_inferred(step: &Step) -> bool {
    matches!(step.basis, Basis::Inferred(_))
}

/// Returns a time, without the day if it is the first day of the call.
fn time_of(at: Timestamp, day: Option<&str>) -> String {
    let time = format!("{at:.3}");
    let short = day.and_then(|day| time.strip_prefix(day)?.strip_prefix('T')?.strip_suffix('Z')).map(str::to_owned);
    short.unwrap_or(time)
}

/// Returns the sources of receipts, with their numbers.
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

/// Returns the ids of the first receipts, and the number of the others.
pub(crate) fn evidence(ids: &[String]) -> String {
    const MOST: usize = 6;
    let mut text = ids[..ids.len().min(MOST)].join(" ");
    if ids.len() > MOST {
        let _ = write!(text, " and {} more", ids.len() - MOST);
    }
    text
}
