//! One task that owns its share of the calls; everybody else sends it something.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use call_core::{
    Action, Call, CallId, CallState, CallTable, Change, Direction, Event, Input, Observation, Output, TableInput,
};
use tokio::sync::{OwnedSemaphorePermit, broadcast, mpsc, oneshot};

use crate::guard::{Release, Tie};
use crate::handle::CallHandle;
use crate::incoming::IncomingCall;
use crate::known::Known;
use crate::shared::Shared;
use crate::watched::{Subscription, Watched};

/// What a shard is sent. What was received bears a permit, so that there is never more of it than the settings allow.
pub(crate) enum ToShard {
    /// Something was received of a call.
    Heard {
        call: CallId,
        observations: Vec<Observation>,
        /// Whether the call was found by the token of its creation.
        is_adopted: bool,
        permit: Option<Arc<OwnedSemaphorePermit>>,
    },
    /// Somebody wants to follow a call.
    Watch(CallId, oneshot::Sender<Option<Subscription>>),
    /// Somebody ties something to a call.
    Tie(CallId, Tie),
    /// Somebody wants to know of one call.
    Look(CallId, oneshot::Sender<Option<Known>>),
    /// Lists up to so many calls in order of id, starting after one of them.
    List(Option<CallId>, usize, oneshot::Sender<Vec<(CallId, Known)>>),
    /// Somebody wants to know how many calls there are.
    Count(oneshot::Sender<call_core::Counts>),
}

/// Where a shard tells all that it knows. It ends when the last shard does.
#[derive(Clone)]
pub(crate) struct Outlets {
    pub(crate) events: broadcast::Sender<(CallId, Arc<Event>)>,
    pub(crate) incoming: mpsc::Sender<IncomingCall>,
}

/// So long the service waits for an answer ("call: answer", v1.0 reference).
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

pub(crate) struct Shard {
    shared: Arc<Shared>,
    outlets: Outlets,
    calls: CallTable,
    watched: HashMap<CallId, Watched>,
    inbox: mpsc::UnboundedReceiver<ToShard>,
}

impl Shard {
    pub(crate) fn new(
        shared: Arc<Shared>,
        outlets: Outlets,
        inbox: mpsc::UnboundedReceiver<ToShard>,
        calls: CallTable,
    ) -> Self {
        Self { shared, outlets, calls, watched: HashMap::new(), inbox }
    }

    /// Runs until told to stop, then takes what was already accepted into the inbox and returns.
    pub(crate) async fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        self.ring_again();
        loop {
            let deadline = self.calls.next_deadline().map(|deadline| deadline.at);
            tokio::select! {
                biased; // Due before new: a flood must not starve the deadlines.
                () = shared.halted.cancelled() => break,
                () = shared.clock.sleep_until(deadline) => self.expire(),
                received = self.inbox.recv() => match received {
                    Some(received) => self.accept(received),
                    None => break,
                },
            }
        }
        self.inbox.close();
        while let Ok(received) = self.inbox.try_recv() {
            self.accept(received);
        }
    }

    fn expire(&mut self) {
        self.calls.handle(TableInput::DeadlineReached, self.shared.clock.now());
        self.tell();
    }

    fn accept(&mut self, received: ToShard) {
        match received {
            ToShard::Heard { call, observations, is_adopted, permit } => {
                self.hear(&call, observations, is_adopted);
                drop(permit);
            }
            ToShard::Watch(call, answer) => {
                let subscription = self.calls.get(&call).is_some().then(|| self.watched(&call).subscribe());
                // Whoever asked may not wait any more.
                drop(answer.send(subscription));
            }
            ToShard::Tie(call, tie) => {
                let known = self.calls.get(&call);
                match self.watched.get_mut(&call) {
                    _ if known.is_some_and(Call::has_ended) => tie.release(Release::Ended),
                    Some(watched) => watched.ties.push(tie),
                    None => tie.release(Release::Forgotten),
                }
            }
            ToShard::Look(call, answer) => {
                drop(answer.send(self.calls.get(&call).map(|call| Known::of(Some(call)))));
            }
            ToShard::List(after, most, answer) => {
                let listed = self.calls.after(after.as_ref()).take(most);
                drop(answer.send(listed.map(|(id, call)| (id.clone(), Known::of(Some(call)))).collect()));
            }
            ToShard::Count(answer) => drop(answer.send(self.calls.counts())),
        }
    }

    fn hear(&mut self, call: &CallId, observations: Vec<Observation>, is_adopted: bool) {
        let _span = tracing::debug_span!("call", id = %call).entered();
        let now = self.shared.clock.now();
        if is_adopted {
            self.calls.handle(TableInput::Call(call.clone(), Input::Adopted), now);
        }
        if !observations.is_empty() {
            self.calls.handle(TableInput::Call(call.clone(), Input::ObservedAll(observations)), now);
        }
        self.tell();
    }

    /// Tells whoever watches what is new, and has done what is to be done.
    fn tell(&mut self) {
        let outputs: Vec<_> = std::iter::from_fn(|| self.calls.poll_output()).collect();
        // Whoever hears of an event finds it in what is known: what is known comes first.
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
                Output::Action(action) => self.shared.carry_out(call, action),
            }
        }
    }

    fn show(&self, call: &CallId) {
        // Of a call that is let go of, the last that was known stays.
        if let (Some(watched), known @ Some(_)) = (self.watched.get(call), self.calls.get(call)) {
            watched.show(Known::of(known));
        }
    }

    fn publish(&mut self, call: &CallId, event: Event) {
        metrics::counter!("call_engine_events_total").increment(1);
        if is_a_ring(&event) && self.calls.get(call).is_some_and(|call| !call.is_known()) {
            self.ring(call);
        }
        let has_ended = matches!(event, Event::Ended { .. });
        if has_ended {
            tracing::info!(%call, "ended");
        }
        let event = Arc::new(event);
        // Nobody need listen.
        drop(self.outlets.events.send((call.clone(), Arc::clone(&event))));
        if let Some(watched) = self.watched.get_mut(call) {
            watched.tell(event);
            if has_ended {
                watched.release(Release::Ended);
            }
        }
    }

    /// Hands calls to the host that rang when the engine ended, and may ring still.
    fn ring_again(&mut self) {
        let now = self.shared.clock.now();
        let rings = |call: &Call| {
            let state = call.timeline().present.as_ref().map(|present| present.likely());
            let since = call.heard_at().filter(|_| state == Some(CallState::Incoming) && !call.is_known());
            since.is_some_and(|since| since.saturating_add(ANSWER_WITHIN) > now)
        };
        let ringing: Vec<_> = self.calls.iter().filter(|(_, call)| rings(call)).map(|(id, _)| id.clone()).collect();
        ringing.iter().for_each(|call| self.ring(call));
    }

    /// Hands an incoming call to the host, once.
    fn ring(&mut self, call: &CallId) {
        let watched = self.watched(call);
        if std::mem::replace(&mut watched.was_offered, true) {
            return;
        }
        let subscription = watched.subscribe();
        let handle = CallHandle::new(Arc::clone(&self.shared), call.clone(), subscription);
        if self.outlets.incoming.try_send(IncomingCall::new(handle)).is_err() {
            metrics::counter!("call_engine_incoming_missed_total").increment(1);
            tracing::warn!(%call, "an incoming call was left to itself, for the host takes none, or too few");
        }
    }

    fn watched(&mut self, call: &CallId) -> &mut Watched {
        let make = || Watched::new(Known::of(self.calls.get(call)), self.shared.settings.events);
        self.watched.entry(call.clone()).or_insert_with(make)
    }

    fn forget(&mut self, call: &CallId) {
        tracing::debug!(%call, "let go of");
        if let Some(mut watched) = self.watched.remove(call) {
            watched.release(Release::Forgotten);
        }
    }
}

/// Tells whether an event is the first sign of an incoming call that waits for an answer.
fn is_a_ring(event: &Event) -> bool {
    let Event::Changed(change) = event else { return false };
    if let Change::Entered { step, .. } = change {
        return step.state == CallState::Incoming;
    }
    matches!(change, Change::DirectionChanged(Some(Direction::Incoming)))
}

/// Makes the channel of events for a subscriber that may be so far behind.
pub(crate) fn channel<T: Clone>(events: usize) -> broadcast::Sender<T> {
    broadcast::Sender::new(events.max(1))
}
