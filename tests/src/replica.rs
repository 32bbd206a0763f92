//! A bot on one machine in the simulation: a table of calls, the requests in flight, and the reported events.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_core::{Action, CallId, CallState, CallTable, Change, Config, Event, Input, NodeId, Output, Stamp, Timestamp};
use call_msgraph::{Creates, Delivery, Hearing, Intent, Record, Request, Token, hearings};
use call_transport::{Reply, Response};

/// Time after which an uncertain create expires.
const ADOPT_WITHIN: Duration = Duration::from_secs(3_600);
/// Timeout for a response.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bot on one machine.
#[derive(Debug)]
pub struct Replica {
    /// The calls of this bot.
    pub calls: CallTable,
    /// All deliveries, in the order of receipt.
    pub deliveries: Vec<Delivery>,
    /// Number of reported ends of each call.
    pub ends: BTreeMap<CallId, usize>,
    /// The reported states of each call.
    pub entered: Vec<(CallId, CallState)>,
    node: NodeId,
    waiting: BTreeMap<u64, Waiting>,
    creates: Creates,
}

#[derive(Debug)]
struct Waiting {
    request: Request,
    sent_at: Timestamp,
    token: Option<Token>,
}

impl Replica {
    /// Makes a bot without calls.
    #[must_use]
    pub fn new(node: NodeId, config: &Arc<Config>) -> Self {
        Self {
            calls: CallTable::new(Arc::clone(config)),
            deliveries: Vec::new(),
            ends: BTreeMap::new(),
            entered: Vec::new(),
            node,
            waiting: BTreeMap::new(),
            creates: Creates::new(ADOPT_WITHIN),
        }
    }

    /// Records that a request was sent. The request is a create if it has a token.
    pub fn sent(&mut self, id: u64, request: Request, token: Option<Token>, now: Timestamp) {
        if let Some(token) = &token {
            let intended = Record::Intended {
                stamp: self.stamp(now),
                intent: Intent::Create { token: token.clone(), reference: None },
            };
            let nothing = hearings(&intended, &mut self.creates).hearings;
            assert!(nothing.is_empty(), "an intent to create a call names none");
        }
        self.waiting.insert(id, Waiting { request, sent_at: now, token });
    }

    /// Returns when the next request times out.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.sent_at.saturating_add(PATIENCE)).min()
    }

    /// Drops requests that have timed out.
    pub fn give_up(&mut self, now: Timestamp) {
        self.waiting.retain(|_, waiting| waiting.sent_at.saturating_add(PATIENCE) > now);
    }

    /// Takes a response. A response after the timeout is dropped.
    pub fn respond(&mut self, id: u64, response: Response, now: Timestamp) -> Vec<(CallId, Action)> {
        let Some(Waiting { request, sent_at, token }) = self.waiting.remove(&id) else { return Vec::new() };
        let outcome = Reply::read(&request, response);
        if let (Err(error), Some(call)) = (&outcome, request.spec().call)
            && error.hints_at_end()
        {
            self.calls.handle(call, Input::EndSuspected, now);
            return self.listen();
        }
        let Some(mut reply) = Reply::delivery(&outcome, &request, sent_at) else { return Vec::new() };
        reply.token = token;
        let stamp = self.stamp(now);
        self.take(reply.stamped(stamp), now)
    }

    /// Takes a delivery.
    pub fn take(&mut self, delivery: Delivery, now: Timestamp) -> Vec<(CallId, Action)> {
        for Hearing { call, observations, is_ours, .. } in
            hearings(&delivery.clone().into(), &mut self.creates).hearings
        {
            if is_ours {
                self.calls.handle(&call, Input::Adopted, now);
            }
            // The simulation ingests observations one by one, and the engine all together. The results must be equal.
            for observation in observations {
                self.calls.handle(&call, observation, now);
            }
        }
        self.deliveries.push(delivery);
        self.listen()
    }

    /// Advances the clock.
    pub fn wake(&mut self, now: Timestamp) -> Vec<(CallId, Action)> {
        while self.calls.next_deadline().is_some_and(|deadline| deadline.at <= now) {
            self.calls.expire(now);
        }
        self.listen()
    }

    /// Returns the stamp of the next delivery.
    #[must_use]
    pub fn stamp(&self, now: Timestamp) -> Stamp {
        Stamp { node: self.node, sequence: self.deliveries.len() as u64, ..Stamp::at(now) }
    }

    /// Takes the outputs, and returns the requested actions.
    pub fn listen(&mut self) -> Vec<(CallId, Action)> {
        let mut actions = Vec::new();
        while let Some((call, output)) = self.calls.poll_output() {
            match output {
                Output::Event(Event::Ended { .. }) => *self.ends.entry(call).or_default() += 1,
                Output::Event(Event::Changed(Change::Entered { step, .. })) => self.entered.push((call, step.state)),
                Output::Event(_) => {}
                Output::Action(Action::Forget(_)) => {}
                Output::Action(action) => actions.push((call, action)),
                output => panic!("this host does not know {output:?}"),
            }
        }
        actions
    }
}
