//! Compares a timeline with the truth, as far as the truth was observable.
//!
//! A state that no receipt shows is unknown, unless every legal walk contains it. Inside the connected phase, the order is known only if
//! the receipts show it: the intervals of any two different states must not overlap, and be in the order of the truth. If they show
//! it, the timeline must equal that part of the truth, step by step. Otherwise it must equal it outside the connected phase, contain
//! no state inside that the call was never in, and end in the state of the last snapshot. This comparison starts from the truth. The
//! reconciler has only the receipts.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use call_core::Lifecycle;
use call_core::{CallState, OperationKey, OperationStatus, Phase, ResultInfo, SharingState, Step, Timeline};
use call_msgraph::Delivery;

use crate::judging::knowable::{Fact, Knowable};
use crate::network::ledger::Ledger;
use crate::service::truth::Truth;

/// Comparison of a timeline with the observable truth.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Agreement {
    /// Observable states of the call, in the order of the truth.
    pub expected: Vec<CallState>,
    /// Whether the receipts show the order of the connected phase.
    pub is_order_observable: bool,
    /// First difference between timeline and truth; `None` if they agree.
    pub disagreement: Option<Disagreement>,
}

/// A difference between a timeline and the observable truth.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disagreement {
    /// The states, or their order, differ.
    States(Vec<CallState>),
    /// The results differ.
    Result(Option<ResultInfo>),
    /// The content sharing sessions differ.
    Sharing,
    /// The operations differ.
    Operations,
    /// The present is not the state of the last snapshot.
    Present,
}

impl Agreement {
    /// Compares a timeline with the truth, given the deliveries from which it was made.
    #[must_use]
    pub fn of<'r>(
        truth: &Truth,
        ledger: &Ledger,
        deliveries: impl IntoIterator<Item = &'r Delivery>,
        reorder_window: Duration,
        timeline: &Timeline,
    ) -> Self {
        let knowable = Knowable::of(truth, ledger, deliveries, reorder_window);
        let (expected, is_order_observable) = (expected(&knowable), is_order_observable(&knowable.facts));
        let disagreement = disagreement(truth, &knowable, &expected, is_order_observable, timeline);
        Self { expected, is_order_observable, disagreement }
    }
}

/// Returns the observable states in the order of the truth, with the states that must be between them.
fn expected(knowable: &Knowable) -> Vec<CallState> {
    let mut reported: Vec<_> = knowable.facts.iter().map(|fact| (fact.step, fact.state)).collect();
    reported.sort_unstable();
    let Some((_, first)) = reported.first() else { return Vec::new() };
    let is_incoming = knowable.tells_incoming || matches!(first, CallState::Incoming | CallState::Redirecting);
    let mut walk = vec![if is_incoming { CallState::Incoming } else { CallState::Establishing }];
    for (_, state) in reported {
        walk.extend(shortest(walk[walk.len() - 1], state));
    }
    walk
}

/// Returns the shortest walk from one state to another, without the first state.
fn shortest(from: CallState, to: CallState) -> Vec<CallState> {
    let mut ways = vec![vec![from]];
    for _ in CallState::ALL {
        if let Some(way) = ways.iter().find(|way| way.last() == Some(&to)) {
            return way[1..].to_vec();
        }
        let longer = |way: &Vec<CallState>| {
            let next = way.last().map_or(&[][..], |last| last.successors());
            next.iter().map(|next| way.iter().copied().chain([*next]).collect()).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    Vec::new()
}

fn is_order_observable(facts: &[Fact]) -> bool {
    let connected: Vec<_> = facts.iter().filter(|fact| is_connected(fact.state)).collect();
    connected.iter().all(|earlier| {
        let mut later = connected.iter().filter(|fact| fact.step > earlier.step && fact.state != earlier.state);
        later.all(|later| earlier.until < later.from)
    })
}

fn is_connected(state: CallState) -> bool {
    state.phase() == Phase::Connected
}

fn disagreement(
    truth: &Truth,
    knowable: &Knowable,
    expected: &[CallState],
    is_order_observable: bool,
    timeline: &Timeline,
) -> Option<Disagreement> {
    let states = timeline.states();
    let outside =
        |states: &[CallState]| states.iter().copied().filter(|state| !is_connected(*state)).collect::<Vec<_>>();
    let inside = |states: &[CallState]| states.iter().copied().filter(|state| is_connected(*state)).collect::<Vec<_>>();
    let was_entered = |state: &CallState| truth.steps.iter().any(|step| step.state == *state);
    let agrees = match is_order_observable {
        true => states == expected,
        false => outside(&states) == outside(expected) && inside(&states).iter().all(was_entered),
    };
    if !agrees {
        return Some(Disagreement::States(states));
    }
    let result = truth.result.clone().filter(|_| knowable.tells_result);
    if timeline.result != result {
        return Some(Disagreement::Result(timeline.result.clone()));
    }
    let sharing =
        timeline.sharing.iter().map(|session| (session.id.to_string(), is_over(&session.steps, SharingState::Ended)));
    if sharing.collect::<BTreeMap<_, _>>() != knowable.sharing {
        return Some(Disagreement::Sharing);
    }
    let operations = timeline.operations.iter().map(|operation| {
        let OperationKey::Id(id) = &operation.key else { return Default::default() };
        (id.to_string(), is_over(&operation.steps, OperationStatus::Completed))
    });
    if operations.collect::<BTreeMap<_, _>>() != knowable.operations {
        return Some(Disagreement::Operations);
    }
    let last = knowable.facts.iter().filter(|fact| fact.is_snapshot).max_by_key(|fact| fact.received_at);
    let last = last.filter(|last| knowable.facts.iter().all(|fact| fact == *last || fact.until < last.from));
    let present = timeline.present.as_ref().map(|present| present.likely());
    if last.is_some_and(|last| present != Some(last.state)) {
        return Some(Disagreement::Present);
    }
    None
}

fn is_over<S: PartialEq>(steps: &[Step<S>], end: S) -> bool {
    steps.last().is_some_and(|step| step.state == end)
}

/// Returns the states of a call for a handler that believes the last notification.
#[must_use]
pub fn last_write_wins(knowable: &Knowable) -> Vec<CallState> {
    let mut facts = knowable.facts.clone();
    facts.sort_by_key(|fact| fact.received_at);
    let mut states: Vec<_> = facts.iter().map(|fact| fact.state).collect();
    states.dedup();
    states
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::States(states) => {
                let words: Vec<_> = states.iter().map(|state| state.as_str()).collect();
                write!(f, "the timeline says {}", words.join(" "))
            }
            Self::Result(Some(result)) => {
                write!(f, "the timeline says that it ended with {:?}/{:?}", result.code, result.subcode)
            }
            Self::Result(None) => f.write_str("the timeline does not say how it ended"),
            Self::Sharing => f.write_str("the timeline says something else of the content that was shared"),
            Self::Operations => f.write_str("the timeline says something else of the operations that were asked for"),
            Self::Present => f.write_str("the present is not what the last snapshot showed"),
        }
    }
}
