//! Whether what was made of a call is what can be known of it.
//!
//! The truth is only known as far as something tells of it. A state that nothing tells of is missing, unless the lifecycle leads
//! no other way; and inside of the connected phase, where a call can go round, the order is known only if the receipts tell it:
//! each two of different states by spans that do not overlap, in the order of the truth. Where they do, the timeline must be that
//! part of the truth, step by step. Where they do not, it must be so outside of the connected phase, hold no state inside that the
//! call was never in, and end in what the last snapshot showed. This rule looks at the truth first and at the receipts second; the
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

/// What can be known of a call, and whether a timeline says it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Agreement {
    /// The states that the call is known to have gone through, in the order of the truth.
    pub expected: Vec<CallState>,
    /// Whether the receipts tell the order of the connected phase.
    pub is_order_observable: bool,
    /// Where the timeline says something else.
    pub disagreement: Option<Disagreement>,
}

/// Where a timeline is not what can be known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disagreement {
    /// The call went through other states, or in another order.
    States(Vec<CallState>),
    /// It says that the call ended otherwise.
    Result(Option<ResultInfo>),
    /// It says something else of the content that was shared.
    Sharing,
    /// It says something else of the operations that were asked for.
    Operations,
    /// The present is not what the last snapshot showed.
    Present,
}

impl Agreement {
    /// Compares a timeline that was made of these receipts with the truth.
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

/// Returns the states of which something tells, in the order of the truth, and what must lie between them.
fn expected(knowable: &Knowable) -> Vec<CallState> {
    let mut told: Vec<_> = knowable.facts.iter().map(|fact| (fact.step, fact.state)).collect();
    told.sort_unstable();
    let Some((_, first)) = told.first() else { return Vec::new() };
    let is_incoming = knowable.tells_incoming || matches!(first, CallState::Incoming | CallState::Redirecting);
    let mut walk = vec![if is_incoming { CallState::Incoming } else { CallState::Establishing }];
    for (_, state) in told {
        walk.extend(shortest(walk[walk.len() - 1], state));
    }
    walk
}

/// Returns the shortest way from one state to another, without the first.
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

/// Returns the states through which a handler takes a call that believes whatever came last.
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
