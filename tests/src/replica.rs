//! A bot on one machine, as the simulation has it: a table of calls, the requests it waits for, and what it was told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_core::{Action, CallId, CallState, CallTable, Change, Config, Event, Input, NodeId, Output, Stamp, Timestamp};
use call_msgraph::{Creates, Delivery, Hearing, Intent, Record, Request, Token, hearings};
use call_transport::{Reply, Response};

/// How long it waits for the call of a create whose outcome is unknown.
const ADOPT_WITHIN: Duration = Duration::from_secs(3_600);
/// How long it waits for a response.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bot on one machine.
#[derive(Debug)]
pub struct Replica {
    /// What it knows.
    pub calls: CallTable,
    /// Everything that it received, in order.
    pub deliveries: Vec<Delivery>,
    /// How often it was told of the end of each call.
    pub ends: BTreeMap<CallId, usize>,
    /// The states that calls entered, as it is told.
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
    /// Makes a bot that knows of no call.
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

    /// Takes note that a request was sent, which creates a call if there is a token.
    pub fn sent(&mut self, id: u64, request: Request, token: Option<Token>, now: Timestamp) {
        if let Some(token) = &token {
            let intended = Record::Intended { stamp: self.stamp(now), intent: Intent::Create(token.clone()) };
            let nothing = hearings(&intended, &mut self.creates).hearings;
            assert!(nothing.is_empty(), "an intent to create a call names none");
        }
        self.waiting.insert(id, Waiting { request, sent_at: now, token });
    }

    /// Returns when it gives up on a response.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Timestamp> {
        self.waiting.values().map(|waiting| waiting.sent_at.saturating_add(PATIENCE)).min()
    }

    /// Gives up on what it waited for too long.
    pub fn give_up(&mut self, now: Timestamp) {
        self.waiting.retain(|_, waiting| waiting.sent_at.saturating_add(PATIENCE) > now);
    }

    /// A response arrived; one that nobody waits for any more is not heard.
    pub fn respond(&mut self, id: u64, response: Response, now: Timestamp) -> Vec<(CallId, Action)> {
        let Some(Waiting { request, sent_at, token }) = self.waiting.remove(&id) else { return Vec::new() };
        let outcome = Reply::read(&request, response);
        let Some(mut reply) = Reply::delivery(&outcome, &request, sent_at) else { return Vec::new() };
        reply.token = token;
        let stamp = self.stamp(now);
        self.take(reply.stamped(stamp), now)
    }

    /// Takes what was received.
    pub fn take(&mut self, delivery: Delivery, now: Timestamp) -> Vec<(CallId, Action)> {
        for Hearing { call, observations, is_ours, .. } in
            hearings(&delivery.clone().into(), &mut self.creates).hearings
        {
            if is_ours {
                self.calls.handle(&call, Input::Adopted, now);
            }
            // One by one, though the engine hands them over together: both must come to the same.
            for observation in observations {
                self.calls.handle(&call, observation, now);
            }
        }
        self.deliveries.push(delivery);
        self.listen()
    }

    /// Lets its clock run.
    pub fn wake(&mut self, now: Timestamp) -> Vec<(CallId, Action)> {
        self.calls.expire(now);
        self.listen()
    }

    /// Returns the stamp of what is received now.
    #[must_use]
    pub fn stamp(&self, now: Timestamp) -> Stamp {
        Stamp { node: self.node, sequence: self.deliveries.len() as u64, ..Stamp::at(now) }
    }

    /// Takes what it is told, and returns what it should do.
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
