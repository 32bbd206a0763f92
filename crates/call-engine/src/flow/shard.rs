//! A task that owns a subset of the calls. All access goes through its inbox.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use call_core::{
    Action, Call, CallId, CallState, CallTable, Change, Direction, Event, Input, Output, TrackedOperation,
};
use call_msgraph::Hearing;
use tokio::sync::{broadcast, mpsc};

use crate::base::mail::Letter;
use crate::calls::followers::{Followers, Subscription};
use crate::calls::guard::Release;
use crate::calls::ringing::answer_by;
use crate::calls::view::CallView;
use crate::flow::courier::Courier;
use crate::flow::log::{self, ShownCall, shown};

/// Maximum number of letters that are read between two portions of deadlines.
const LETTERS_BETWEEN: usize = 256;

/// Channels for the events and incoming calls of all shards. They close when the last shard ends.
#[derive(Clone)]
pub(crate) struct Outlets {
    pub(crate) events: broadcast::Sender<(CallId, Arc<Event>)>,
    pub(crate) incoming: mpsc::Sender<(CallId, Subscription)>,
}

/// A task that owns a subset of the calls.
pub(crate) struct Shard {
    courier: Arc<Courier>,
    outlets: Outlets,
    calls: CallTable,
    followers: HashMap<CallId, Followers>,
    inbox: mpsc::UnboundedReceiver<Letter>,
}

impl Shard {
    pub(crate) fn new(
        courier: Arc<Courier>,
        outlets: Outlets,
        inbox: mpsc::UnboundedReceiver<Letter>,
        calls: CallTable,
    ) -> Self {
        Self { courier, outlets, calls, followers: HashMap::new(), inbox }
    }

    /// Runs until the engine halts, then processes the letters that are already in the inbox, and returns.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.courier.shared);
        self.ring_again();
        loop {
            let deadline = self.calls.next_deadline().map(|deadline| deadline.at);
            tokio::select! {
                biased; // Deadlines come before new letters, so that a flood of letters cannot delay them.
                () = shared.halted.cancelled() => break,
                () = shared.clock.sleep_until(deadline) => {
                    self.expire();
                    // More calls may be due than one portion, and neither letters nor other tasks shall wait for all of them.
                    if self.calls.next_deadline().is_some_and(|next| Some(next.at) <= deadline) {
                        for _ in 0..LETTERS_BETWEEN {
                            let Ok(received) = self.inbox.try_recv() else { break };
                            self.accept(received);
                        }
                        tokio::task::yield_now().await;
                    }
                }
                received = self.inbox.recv() => match received {
                    Some(received) => self.accept(received),
                    None => break,
                },
            }
        }
        // A delivery in the inbox has been acknowledged, so its events must still be published.
        self.inbox.close();
        while let Ok(received) = self.inbox.try_recv() {
            self.accept(received);
        }
    }

    fn expire(&mut self) {
        self.calls.expire(self.courier.shared.clock.now());
        self.process_outputs();
    }

    fn accept(&mut self, letter: Letter) {
        match letter {
            Letter::Heard(hearing, permit) => {
                self.hear(hearing);
                drop(permit);
            }
            Letter::Suspect(call) => {
                self.calls.handle(&call, Input::EndSuspected, self.courier.shared.clock.now());
                self.process_outputs();
            }
            Letter::Follow(call, answer) => {
                let subscription = self.calls.get(&call).is_some().then(|| self.followers(&call).subscribe());
                // The caller may have stopped waiting.
                drop(answer.send(subscription));
            }
            Letter::Attach(call, attached) => {
                let has_ended = self.calls.get(&call).is_some_and(Call::has_ended);
                match self.followers.get_mut(&call) {
                    _ if has_ended => attached.release(Release::Ended),
                    Some(followers) => followers.guards.push(attached),
                    None => attached.release(Release::Forgotten),
                }
            }
            Letter::Look(call, answer) => {
                drop(answer.send(self.calls.get(&call).map(|call| CallView::of(Some(call)))));
            }
            Letter::Stays(call, answer) => {
                drop(answer.send(self.calls.get(&call).map(Call::stays).unwrap_or_default()));
            }
            Letter::List { after, limit, answer } => {
                let listed = self.calls.after(after.as_ref()).take(limit);
                drop(answer.send(listed.map(|(id, call)| (id.clone(), CallView::of(Some(call)))).collect()));
            }
            Letter::Settle(answer) => drop(answer.send(())),
            Letter::CountStates(answer) => {
                let mut counts = BTreeMap::new();
                for (_, call) in self.calls.iter() {
                    if let Some(state) = call.state() {
                        *counts.entry(state).or_default() += 1;
                    }
                }
                drop(answer.send(counts));
            }
            Letter::Count(answer) => drop(answer.send(self.calls.counts())),
        }
    }

    fn hear(&mut self, hearing: Hearing) {
        let now = self.courier.shared.clock.now();
        let requested = (!hearing.inputs.is_empty()).then(|| hearing.call.clone());
        hearing.apply_to(&mut self.calls, now);
        self.process_outputs();
        if let Some(call) = requested {
            // A request is no event, but the view lists it.
            self.show(&call);
        }
    }

    /// Publishes the events of the table, and passes its actions to the courier.
    fn process_outputs(&mut self) {
        let outputs: Vec<_> = std::iter::from_fn(|| self.calls.poll_output()).collect();
        // All views are updated first: a subscriber that receives an event finds it in the view. A call with several events is
        // shown once, because copying a timeline is the most expensive step here.
        let mut shown = None;
        for (call, output) in &outputs {
            if matches!(output, Output::Event(_)) && shown.replace(call) != Some(call) {
                self.show(call);
            }
        }
        for (call, output) in outputs {
            match output {
                Output::Event(event) => self.publish(&call, event),
                Output::Action(Action::Forget(_)) => self.forget(&call),
                Output::Action(action) => self.courier.carry_out(&call, action),
                _ => {}
            }
        }
    }

    fn show(&self, call: &CallId) {
        // A forgotten call keeps its last view.
        if let (Some(followers), current @ Some(_)) = (self.followers.get(call), self.calls.get(call)) {
            followers.show(CallView::of(current));
        }
    }

    fn publish(&mut self, call: &CallId, event: Event) {
        metrics::counter!("call_engine_events_total").increment(1);
        if is_a_ring(&event) && self.calls.get(call).is_some_and(|call| !call.is_ours()) {
            self.ring(call);
        }
        if let Event::OperationEnded(operation) = &event {
            count_outcome(call, operation);
        }
        if tracing::enabled!(tracing::Level::INFO) {
            log::event(call, &event, self.calls.get(call), self.courier.shared.clock.now());
        }
        let has_ended = matches!(event, Event::Ended { .. });
        let event = Arc::new(event);
        // Fails if there is no subscriber.
        drop(self.outlets.events.send((call.clone(), Arc::clone(&event))));
        if let Some(followers) = self.followers.get_mut(call) {
            followers.publish(event);
            if has_ended {
                followers.release(Release::Ended);
            }
        }
    }

    /// Offers incoming calls to the host that were ringing before the restart, if the service still waits for an answer.
    fn ring_again(&mut self) {
        let now = self.courier.shared.clock.now();
        // The core does not report old changes again, so the state decides here and not an event.
        let rings = |call: &Call| {
            let is_undecided = call.state() == Some(CallState::Incoming) && !call.is_ours();
            is_undecided && answer_by(&call.timeline()).is_some_and(|answer_by| answer_by > now)
        };
        let ringing: Vec<_> = self.calls.iter().filter(|(_, call)| rings(call)).map(|(id, _)| id.clone()).collect();
        ringing.iter().for_each(|call| self.ring(call));
    }

    /// Offers an incoming call to the host, once.
    fn ring(&mut self, call: &CallId) {
        let followers = self.followers(call);
        if std::mem::replace(&mut followers.was_offered, true) {
            return;
        }
        let subscription = followers.subscribe();
        if self.outlets.incoming.try_send((call.clone(), subscription)).is_err() {
            metrics::counter!("call_engine_incoming_missed_total").increment(1);
            let call = ShownCall(call);
            tracing::warn!(%call, "the queue of incoming calls is full or closed, so an incoming call was not offered to the host");
        }
    }

    fn followers(&mut self, call: &CallId) -> &mut Followers {
        let make = || Followers::new(CallView::of(self.calls.get(call)), self.courier.shared.settings.event_buffer);
        self.followers.entry(call.clone()).or_insert_with(make)
    }

    fn forget(&mut self, call: &CallId) {
        tracing::debug!(call = %ShownCall(call), "call forgotten");
        if let Some(mut followers) = self.followers.remove(call) {
            followers.release(Release::Forgotten);
        }
    }
}

/// Counts how an operation ended, and by what it is known.
fn count_outcome(call: &CallId, operation: &TrackedOperation) {
    let Some(end) = &operation.end else { return };
    let known_by = end.how_known.map_or("nothing", |receipt| receipt.source.as_str());
    let outcome = end.outcome.as_str();
    metrics::counter!("call_engine_outcomes_total", "outcome" => outcome, "known_by" => known_by).increment(1);
    let (call, key) = (ShownCall(call), operation.key().to_string());
    tracing::debug!(%call, key = %shown(&key), outcome, known_by, "operation ended");
}

/// Returns whether an event is the first sign of an incoming call.
fn is_a_ring(event: &Event) -> bool {
    let Event::Changed(change) = event else { return false };
    if let Change::Entered { step, .. } = change {
        return step.state == CallState::Incoming;
    }
    matches!(change, Change::DirectionChanged(Some(Direction::Incoming)))
}
