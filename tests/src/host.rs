//! A host that checks every output against the contract of the core.

use call_core::{
    Action, Call, CallState, Change, Event, Input, Observation, Output, Present, Receipt, Timeline, Timestamp,
    TrackedOperation,
};

/// What identifies a step: its state, whether it is inferred, and a piece of its evidence or of what required it.
type Key = (CallState, bool, Receipt);

/// Stores the feed of a call, rebuilds the timeline from it, and records the actions.
#[derive(Debug, Default)]
pub struct Host {
    /// The timeline as the feed reports it.
    pub timeline: Timeline,
    /// The keys of each step that was reported and not withdrawn.
    known: Vec<Vec<Key>>,
    /// The keys of the steps that were withdrawn and not restored.
    withdrawn: Vec<Vec<Key>>,
    /// Number of reported ends.
    pub ends: Vec<Event>,
    /// The requested actions, with their times.
    pub actions: Vec<(Timestamp, Action)>,
    /// The operations that were reported to have ended, with their times.
    pub outcomes: Vec<(Timestamp, TrackedOperation)>,
    /// Number of warnings.
    pub warnings: Vec<Timestamp>,
}

impl Host {
    /// Passes an input to a call, then takes all outputs. Panics if the call breaks its contract.
    pub fn hand(&mut self, call: &mut Call, input: impl Into<Input>, now: Timestamp) {
        call.handle(input, now);
        self.listen(call, now);
        call.handle(Input::DeadlineReached, now);
        assert_eq!(call.poll_output(), None, "a deadline that is reported without need changes nothing");
    }

    /// Passes an observation to a call at the time of its receipt.
    pub fn hear(&mut self, call: &mut Call, observation: Observation) {
        let now = observation.stamp.received_at;
        self.hand(call, observation, now);
    }

    /// Takes all outputs of a call, and compares them with the state of the call.
    pub fn listen(&mut self, call: &mut Call, now: Timestamp) {
        // How each new or moved step came to its place.
        let mut news = vec![None; self.known.len()];
        while let Some(output) = call.poll_output() {
            match output {
                Output::Event(Event::Changed(change)) => {
                    self.timeline.apply(&change).expect("a change fits what the changes before it made");
                    if let Change::Entered { at, .. } | Change::Restored { at, .. } = change {
                        self.known.insert(at, Vec::new());
                        news.insert(at, Some(matches!(change, Change::Entered { .. })));
                    }
                    if let Change::Withdrawn { at } | Change::Forgotten { at } = change {
                        news.remove(at);
                        let known = self.known.remove(at);
                        if matches!(change, Change::Withdrawn { .. }) {
                            self.withdraw(known);
                        }
                    }
                }
                Output::Event(ended @ Event::Ended { .. }) => self.ends.push(ended),
                Output::Event(Event::OperationEnded(operation)) => self.outcomes.push((now, *operation)),
                Output::Event(Event::EndsUnlessKeptAlive { .. }) => self.warnings.push(now),
                Output::Event(other) => panic!("a call by itself does not say {other:?}"),
                Output::Action(action) => self.actions.push((now, action)),
                output => panic!("this host does not know {output:?}"),
            }
        }
        assert_eq!(self.timeline, *call.timeline(), "the feed rebuilds the timeline");
        self.recognize(&news, call.evicted() == 0);
        assert!(self.ends.len() <= 1, "{:?}", self.ends);
        // An end that was only assumed can be refuted.
        assert!(!self.ends.is_empty() || !call.has_ended());
        let is_certain = self.timeline.present == Some(Present::Certain(CallState::Terminated));
        assert!(call.has_ended() || !is_certain);
        if let Some(deadline) = call.next_deadline() {
            assert!(deadline.at > now, "at {now:?} there is still {deadline:?}: a host would turn in a circle");
        }
    }

    fn withdraw(&mut self, mut known: Vec<Key>) {
        let is_same = |other: &Vec<Key>| other.iter().any(|key| known.contains(key));
        let (same, others): (Vec<_>, Vec<_>) = self.withdrawn.drain(..).partition(is_same);
        self.withdrawn = others;
        known.extend(same.into_iter().flatten());
        self.withdrawn.push(known);
    }

    /// Panics if a step was reported as new that was reported before, or the reverse.
    fn recognize(&mut self, news: &[Option<bool>], all_is_kept: bool) {
        for (at, news) in news.iter().enumerate() {
            let keys = keys(&self.timeline, at);
            if let Some(is_new) = *news {
                let old = self.withdrawn.iter().position(|known| known.iter().any(|key| keys.contains(key)));
                // The host may know less about evicted steps than the core did.
                assert!(is_new != old.is_some() || !(is_new || all_is_kept), "{is_new}, but {old:?} has {keys:?}");
                self.known[at] = old.map(|old| self.withdrawn.remove(old)).unwrap_or_default();
            }
            if !self.known[at].iter().any(|key| keys.contains(key)) {
                self.known[at].push(keys[0]);
            }
        }
    }

    /// Advances the clock of a host to an instant and meets every deadline.
    pub fn run(&mut self, call: &mut Call, until: Timestamp) {
        while let Some(deadline) = call.next_deadline().filter(|deadline| deadline.at <= until) {
            self.hand(call, Input::DeadlineReached, deadline.at);
        }
    }
}

/// Returns the keys of a step, the earliest evidence first.
fn keys(timeline: &Timeline, at: usize) -> Vec<Key> {
    let steps = &timeline.steps[at..];
    let grounds = steps.iter().map(|step| step.basis.receipts()).find(|receipts| !receipts.is_empty());
    let is_inferred = steps[0].basis.receipts().is_empty();
    grounds.expect("the last step is observed").iter().map(|receipt| (steps[0].state, is_inferred, *receipt)).collect()
}
