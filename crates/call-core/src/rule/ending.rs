//! What claims the end of a call, and which of these claims count.
//!
//! A 404 can be false. So a single one makes the end likely, and a later live report sets it aside. A command that was sent after the
//! end was received claims nothing: the other side was quicker.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::fact::Fact;
use crate::words::command::Command;
use crate::words::observation::{Observation, Source};
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// How long after the receipt of one 404 the request of another must be sent to confirm it.
pub(crate) const CONFIRMS_AFTER: Duration = Duration::from_secs(1);

/// The facts that count, and what is known about the end.
#[derive(Debug)]
pub(crate) struct Ending<'o> {
    /// The facts without false 404s and void commands, in the order of their stamps.
    pub(crate) facts: Vec<Fact<'o>>,
    /// Whether anything but a single 404 claims the end.
    pub(crate) is_claimed: bool,
    pub(crate) anomalies: Vec<Anomaly>,
}

/// Judges the claims of an end, given facts in the order of their stamps.
pub(crate) fn judge(facts: Vec<Fact<'_>>, reorder_window: Duration) -> Ending<'_> {
    let is_doubtful = |fact: &Fact<'_>| matches!(fact.first.source, Source::Gone { .. } | Source::Accepted { .. });
    if !facts.iter().any(is_doubtful) {
        let is_claimed = facts.iter().any(|fact| is_end(fact.first));
        return Ending { facts, is_claimed, anomalies: Vec::new() };
    }
    let mut judge = Judge {
        facts: &facts,
        reorder_window,
        over: None,
        gone: VecDeque::new(),
        void: BTreeSet::new(),
        is_claimed: false,
    };
    let mut anomalies = Vec::new();
    let mut dropped = vec![false; facts.len()];
    for place in 0..facts.len() {
        for false_gone in judge.hear(place) {
            dropped[false_gone] = true;
            let evidence = facts[false_gone].receipts().chain(facts[place].receipts()).collect();
            anomalies.push(Anomaly { kind: AnomalyKind::FalseGone, evidence });
        }
    }
    judge.void.iter().for_each(|&(_, void)| dropped[void] = true);
    let is_claimed = judge.is_claimed;
    let mut dropped = dropped.into_iter();
    let mut facts = facts;
    facts.retain(|_| !dropped.next().unwrap_or(false));
    anomalies.extend(unfulfilled(&facts, reorder_window));
    Ending { facts, is_claimed, anomalies }
}

/// What was claimed so far, fact by fact.
struct Judge<'f, 'o> {
    facts: &'f [Fact<'o>],
    reorder_window: Duration,
    /// When `terminated` was first reported.
    over: Option<Timestamp>,
    /// Places of the 404s that are not set aside.
    gone: VecDeque<usize>,
    /// The commands that claim nothing: when each was sent, and its place.
    void: BTreeSet<(Timestamp, usize)>,
    is_claimed: bool,
}

impl Judge<'_, '_> {
    /// Hears the next fact, and returns the places of the 404s that it proves false.
    fn hear(&mut self, place: usize) -> Vec<usize> {
        let observation = self.facts[place].first;
        match observation.source {
            Source::Gone { .. } if observation.claim.as_state() == Some(CallState::Terminated) => {
                let confirms = |first: &usize| {
                    let sent_at = observation.sent_at().unwrap_or(observation.stamp.received_at);
                    sent_at >= self.received_at(*first).saturating_add(CONFIRMS_AFTER)
                };
                self.is_claimed |= self.gone.front().is_some_and(confirms);
                self.gone.push_back(place);
            }
            Source::Accepted { .. } => match observation.sent_at().filter(|sent_at| self.is_void(*sent_at)) {
                Some(sent_at) => _ = self.void.insert((sent_at, place)),
                None => self.is_claimed |= is_end(observation),
            },
            _ if is_live(observation) && !self.is_claimed => {
                let from = observation.interval(self.reorder_window).earliest();
                let is_false = |gone: &usize| self.received_at(*gone) < from;
                let count = self.gone.iter().take_while(|gone| is_false(gone)).count();
                let set_aside = self.gone.drain(..count).collect();
                self.revive_commands();
                return set_aside;
            }
            _ if is_end(observation) => {
                self.is_claimed = true;
                if observation.claim.as_state() == Some(CallState::Terminated) {
                    self.over.get_or_insert(observation.stamp.received_at);
                }
            }
            Source::Notification | Source::CreateResponse { .. } | Source::Snapshot { .. } | Source::Gone { .. } => {}
        }
        Vec::new()
    }

    fn received_at(&self, place: usize) -> Timestamp {
        self.facts[place].first.stamp.received_at
    }

    /// Returns whether a command that was then sent was sent after the end had been received.
    fn is_void(&self, sent_at: Timestamp) -> bool {
        let gone = self.gone.front().map(|gone| self.received_at(*gone));
        gone.into_iter().chain(self.over).any(|end| sent_at > end)
    }

    /// Counts the commands that only a false 404 made void.
    fn revive_commands(&mut self) {
        while let Some(&(sent_at, place)) = self.void.first()
            && !self.is_void(sent_at)
        {
            self.void.pop_first();
            self.is_claimed |= is_end(self.facts[place].first);
        }
    }
}

/// Returns whether the observation is a report of an end state, or the promise of one.
fn is_end(observation: &Observation) -> bool {
    observation.claim.as_state().is_some_and(|state| state.phase() >= Phase::Terminating)
}

/// Returns whether the observation shows that the call had not begun to end. An accepted command shows nothing.
fn is_live(observation: &Observation) -> bool {
    let is_before_the_end = |state: CallState| state.phase() < Phase::Terminating;
    let shows_life = !matches!(observation.source, Source::Accepted { .. } | Source::Gone { .. });
    shows_life && observation.claim.as_state().is_some_and(is_before_the_end)
}

/// Returns an anomaly for each command that should have ended the call, if the call was reported alive after it was due.
fn unfulfilled(facts: &[Fact<'_>], reorder_window: Duration) -> Vec<Anomaly> {
    let over = |fact: &Fact<'_>| fact.first.is_a_report() && fact.first.claim.as_state() == Some(CallState::Terminated);
    let until = facts.iter().position(over).unwrap_or(facts.len());
    let live: Vec<_> = facts[..until].iter().filter(|fact| is_live(fact.first)).collect();
    let from = |fact: &Fact<'_>| fact.first.interval(reorder_window).earliest();
    let due = |fact: &Fact<'_>| fact.first.stamp.received_at.saturating_add(reorder_window);
    let latest = live.iter().map(|fact| from(fact)).max();
    let of = |command: Command| {
        let is_broken = |fact: &&Fact<'_>| {
            matches!(fact.first.source, Source::Accepted { command: of, .. } if of == command)
                && is_end(fact.first)
                && Some(due(fact)) < latest
        };
        let broken: Vec<_> = facts.iter().filter(is_broken).collect();
        let first_due = broken.iter().map(|fact| due(fact)).min()?;
        let contradicting = live.iter().copied().filter(|fact| from(fact) > first_due);
        let evidence = broken.iter().copied().chain(contradicting).flat_map(|fact| fact.receipts());
        Some(Anomaly { kind: AnomalyKind::Unfulfilled(command), evidence: evidence.collect() })
    };
    [Command::HangUp, Command::Reject].into_iter().filter_map(of).collect()
}
