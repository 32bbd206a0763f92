//! A host that believes nothing but what it is told.

use std::collections::BTreeSet;

use call_core::{Action, Call, CallState, Change, Event, Input, Observation, Output, Receipt, Timeline, Timestamp};

/// Stores the feed of a call, rebuilds the timeline from it, and notes what it was asked to do.
#[derive(Debug, Default)]
pub struct Host {
    /// As the feed tells it.
    pub timeline: Timeline,
    /// The entries that were told, each by its state, whether it was inferred, and its first evidence or that of what
    /// required it.
    pub entries: BTreeSet<(CallState, bool, Receipt)>,
    /// How often the end was told.
    pub ends: Vec<Event>,
    /// What it was asked to do, and when.
    pub actions: Vec<(Timestamp, Action)>,
    /// How often it was warned.
    pub warnings: Vec<Timestamp>,
}

impl Host {
    /// Hands a call an input, then takes everything that it says. Panics if the call breaks its contract.
    pub fn hand(&mut self, call: &mut Call, input: Input, now: Timestamp) {
        call.handle(input, now);
        self.listen(call, now);
    }

    /// Hands a call an observation when it is received.
    pub fn hear(&mut self, call: &mut Call, observation: Observation) {
        let now = observation.stamp.received_at;
        self.hand(call, Input::Observed(observation), now);
    }

    /// Takes everything that a call says, and holds it against what the call is.
    pub fn listen(&mut self, call: &mut Call, now: Timestamp) {
        // Which of the steps were entered just now.
        let mut is_new = vec![false; self.timeline.steps.len()];
        while let Some(output) = call.poll_output() {
            match output {
                Output::Event(Event::Changed(change)) => {
                    self.timeline.apply(&change).expect("a change fits what the changes before it made");
                    if let Change::Entered { at, .. } | Change::Restored { at, .. } = change {
                        is_new.insert(at, matches!(change, Change::Entered { .. }));
                    }
                    if let Change::Withdrawn { at } | Change::Forgotten { at } = change {
                        is_new.remove(at);
                    }
                }
                Output::Event(ended @ Event::Ended { .. }) => self.ends.push(ended),
                Output::Event(Event::EndsUnlessKeptAlive { .. }) => self.warnings.push(now),
                Output::Event(other) => panic!("a call by itself does not say {other:?}"),
                Output::Action(action) => self.actions.push((now, action)),
            }
        }
        assert_eq!(&self.timeline, call.timeline(), "the feed rebuilds the timeline");
        for at in (0..is_new.len()).filter(|&at| is_new[at]) {
            let steps = &self.timeline.steps[at..];
            let grounds = steps.iter().find_map(|step| step.basis.receipts().first());
            let entry =
                (steps[0].state, steps[0].basis.receipts().is_empty(), *grounds.expect("the last step is observed"));
            assert!(self.entries.insert(entry), "{entry:?} was told as entered before");
        }
        assert!(self.ends.len() <= 1, "{:?}", self.ends);
        assert_eq!(self.ends.len() == 1, call.has_ended());
        if let Some(deadline) = call.next_deadline() {
            assert!(deadline.at > now, "at {now:?} there is still {deadline:?}: a host would turn in a circle");
        }
    }

    /// Lets a host's clock run to an instant, so that every deadline is met.
    pub fn run(&mut self, call: &mut Call, until: Timestamp) {
        while let Some(deadline) = call.next_deadline().filter(|deadline| deadline.at <= until) {
            self.hand(call, Input::DeadlineReached, deadline.at);
        }
    }
}
