//! Service, network and bots in one thread and in virtual time. A seed determines everything that happens.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use call_core::{Action, CallId, CallState, Config, Limits, NodeId, Timestamp};
use call_msgraph::{
    Account, Answer, CallOperation as _, CallbackUri, Delivery, MediaConfig, PlayPrompt, Prompt, Redirect, Reject,
    RejectReason, Request, Token, Transfer,
};
use call_transport_mock::{
    Carried, Chaos, ChaosLevel, Ledger, Output, Packet, Service, ServiceInput, ServiceSettings, Story, sample_requests,
};
use fastrand::Rng;

use crate::replica::Replica;

/// The parameters of a run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Seed of the run.
    pub seed: u64,
    /// Number of calls. Every eighth call is incoming.
    pub calls: usize,
    /// Quality of the network.
    pub chaos: ChaosLevel,
    /// Whether posts reach either of two machines, or only one.
    pub has_two_replicas: bool,
}

/// Service, network and bots.
pub struct World {
    /// The service, which knows the truth.
    pub service: Service,
    /// The content of each message.
    pub ledger: Ledger,
    /// The bots.
    pub replicas: Vec<Replica>,
    network: Chaos,
    rng: Rng,
    now: Timestamp,
    /// The planned actions of the bots, with their times.
    agenda: BTreeMap<(Timestamp, u64), (usize, Intention)>,
    /// The bot that waits for the response to a request.
    requests: BTreeMap<u64, usize>,
    handled: BTreeSet<(CallId, CallState)>,
    numbers: u64,
}

enum Intention {
    Create(Request, Token),
    Send(Request),
    HangUp(CallId),
    GetCalled,
}

/// The time at which every run starts.
const BEGINNING: Timestamp = Timestamp::from_millis(1_772_359_200_000);

impl World {
    /// Makes a world at the start of a plan.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let plenty = 4 * plan.calls.max(1_000);
        let limits = Limits { foreign_calls: plenty, ended_calls: plenty, ..Limits::default() };
        // Ended calls stay until the run is checked.
        let config = Arc::new(Config { grace: GRACE, limits, ..Config::default() });
        let replicas = (0..if plan.has_two_replicas { 2 } else { 1 }).map(|node| Replica::new(NodeId(node), &config));
        let mut world = Self {
            service: Service::new(ServiceSettings { seed: plan.seed, ..ServiceSettings::default() }),
            ledger: Ledger::default(),
            replicas: replicas.collect(),
            network: Chaos::new(plan.chaos, plan.seed ^ 1, 1),
            rng: Rng::with_seed(plan.seed ^ 2),
            now: BEGINNING,
            agenda: BTreeMap::new(),
            requests: BTreeMap::new(),
            handled: BTreeSet::new(),
            numbers: 0,
        };
        world.make_plans(plan);
        world
    }

    fn make_plans(&mut self, plan: Plan) {
        let base = CallbackUri::new("https://bot.contoso.com/callback").expect("an https address");
        let samples = sample_requests(&base).expect("every part is a constant");
        for number in 0..plan.calls {
            let at = BEGINNING.saturating_add(Duration::from_millis(self.rng.u64(..plan.calls as u64 * 40)));
            let replica = self.rng.usize(..self.replicas.len());
            let intention = if number % 8 == 7 {
                Intention::GetCalled
            } else {
                let token = Token::new(&format!("token-{number}")).expect("letters, digits and a dash");
                let create = samples[number % samples.len()].1.clone().with_callback(&base.with_token(&token));
                Intention::Create(Request::Create(create), token)
            };
            self.plan(at, replica, intention);
        }
    }

    fn plan(&mut self, at: Timestamp, replica: usize, intention: Intention) {
        self.numbers += 1;
        self.agenda.insert((at, self.numbers), (replica, intention));
    }

    /// Runs until every call has ended and the network is empty.
    pub fn run(&mut self) {
        while let Some(next) = self.next_deadline() {
            self.now = self.now.max(next);
            let now = self.now;
            while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= now) {
                let (replica, intention) = entry.remove();
                self.act(replica, intention);
            }
            self.service.handle(ServiceInput::DeadlineReached, now);
            self.hear_service();
            while let Some(carried) = self.network.poll_output(now) {
                self.arrive(carried);
            }
            for at in 0..self.replicas.len() {
                self.replicas[at].give_up(now);
                let actions = self.replicas[at].wake(now);
                self.carry_out(at, actions);
            }
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let agenda = self.agenda.first_key_value().map(|((at, _), _)| *at);
        let happens = [self.service.next_deadline(), self.network.next_deadline(), agenda];
        // The clock of a bot matters as long as the bot has a call that has not ended.
        let watching = self.replicas.iter().filter(|replica| {
            let counts = replica.calls.counts();
            counts.calls > counts.foreign + counts.ended
        });
        let deadlines = watching.filter_map(|replica| Some(replica.calls.next_deadline()?.at));
        let timeouts = self.replicas.iter().filter_map(Replica::next_timeout);
        happens.into_iter().flatten().chain(deadlines).chain(timeouts).min()
    }

    fn act(&mut self, replica: usize, intention: Intention) {
        match intention {
            Intention::GetCalled => {
                let callback = "https://bot.contoso.com/callback".to_owned();
                self.service.handle(ServiceInput::Incoming { callback }, self.now);
                self.hear_service();
            }
            Intention::Create(request, token) => self.send(replica, request, Some(token)),
            Intention::Send(request) => self.send(replica, request, None),
            Intention::HangUp(call) => {
                // Repeated until the end is certain, because the request may be lost and the call is kept alive.
                if self.replicas[replica].calls.get(&call).is_none_or(|call| !call.has_ended()) {
                    self.plan(
                        self.now.saturating_add(Duration::from_secs(60)),
                        replica,
                        Intention::HangUp(call.clone()),
                    );
                    self.send(replica, Request::hang_up(call), None);
                }
            }
        }
    }

    fn send(&mut self, replica: usize, request: Request, token: Option<Token>) {
        self.numbers += 1;
        let id = self.numbers;
        let (method, path, body) = (request.spec().method, request.path(), request.body().map(Cow::into_owned));
        self.replicas[replica].sent(id, request, token, self.now);
        self.requests.insert(id, replica);
        if self.network.carries_request() {
            self.service.handle(ServiceInput::Request { id, method, path, body }, self.now);
            self.hear_service();
        }
    }

    fn hear_service(&mut self) {
        while let Some(output) = self.service.poll_output() {
            match output {
                Output::Response { id, response } => self.network.respond(id, response, self.now),
                Output::Notification(notification) => self.network.post(notification, self.now),
                other => panic!("the service does not do {other:?}"),
            }
        }
    }

    fn arrive(&mut self, carried: Carried) {
        match carried {
            Carried::Response { id, response } => {
                if let Some(at) = self.requests.remove(&id) {
                    let actions = self.replicas[at].respond(id, response, self.now);
                    self.carry_out(at, actions);
                }
            }
            Carried::Packet(packet) => {
                self.ledger.note(&packet);
                let at = self.rng.usize(..self.replicas.len());
                let delivery = delivery(&self.replicas[at], packet, self.now);
                let actions = self.replicas[at].take(delivery, self.now);
                self.carry_out(at, actions);
            }
            carried => panic!("this world does not know {carried:?}"),
        }
    }

    /// Executes the actions that the table of a bot requests, and the bot's own actions for its calls.
    fn carry_out(&mut self, at: usize, actions: Vec<(CallId, Action)>) {
        for (call, action) in actions {
            if let Some(request) = Request::for_action(&call, action) {
                self.send(at, request, None);
            }
        }
        for (call, state) in std::mem::take(&mut self.replicas[at].entered) {
            let Some(story) = self.service.story(&call) else { continue };
            let mut soon = |seconds| self.now.saturating_add(Duration::from_millis(self.rng.u64(seconds) * 1_000));
            let is_transferred = matches!(story, Story::Transferred | Story::TransferFails);
            let planned = if state == CallState::Incoming {
                Some((soon(0..4), Intention::Send(self.answer(&call))))
            } else if state == CallState::Established && is_transferred {
                let whom = Account::new("550fae72-d251-43ec-868c-373732c2704f").expect("an id");
                Some((soon(8..20), Intention::Send(Transfer::to(whom).on(call.clone()).into())))
            } else if state == CallState::Established && story == Story::Endless {
                Some((soon(10..3_000), Intention::HangUp(call.clone())))
            } else if state == CallState::Established {
                let play = PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav"));
                Some((soon(1..9), Intention::Send(play.on(call.clone()).into())))
            } else {
                None
            };
            if let Some((when, intention)) = planned.filter(|_| self.handled.insert((call, state))) {
                self.plan(when, at, intention);
            }
        }
    }

    fn answer(&mut self, call: &CallId) -> Request {
        match self.rng.u8(..6) {
            0 => Reject::new(RejectReason::Busy).on(call.clone()).into(),
            1 => Redirect::to(Account::new("user").expect("an id")).on(call.clone()).into(),
            _ => Answer::new(&MediaConfig::service_hosted()).on(call.clone()).into(),
        }
    }

    /// Returns all receipts about a call at any bot, in the order of their stamps.
    #[must_use]
    pub fn deliveries(&self) -> BTreeMap<CallId, Vec<Delivery>> {
        let by_call = self.ledger.by_call(self.replicas.iter().flat_map(|replica| &replica.deliveries));
        by_call.into_iter().map(|(call, deliveries)| (call, deliveries.into_iter().cloned().collect())).collect()
    }

    /// Merges the two bots with each other, and returns the time.
    pub fn merge(&mut self) -> Timestamp {
        let now = self.now;
        if let [first, second] = self.replicas.as_mut_slice() {
            first.calls.merge(&second.calls, now);
            second.calls.merge(&first.calls, now);
            first.listen();
            second.listen();
        }
        now
    }
}

/// Time for which an ended call stays.
pub const GRACE: Duration = Duration::from_secs(100 * 24 * 3600);

fn delivery(replica: &Replica, packet: Packet, now: Timestamp) -> Delivery {
    let last = packet.callback.rsplit('/').next().filter(|segment| segment.starts_with("token-"));
    let token = last.and_then(|token| Token::new(token).ok());
    let mut delivery = Delivery::post(packet.body).with_message_id(&*packet.message_id).stamped(replica.stamp(now));
    delivery.token = token;
    delivery
}
