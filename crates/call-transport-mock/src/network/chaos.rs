//! The simulated network between service and bot, which delays, repeats, reorders, empties and loses messages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use call_core::Timestamp;
use call_transport::Response;
use fastrand::Rng;

use crate::service::bodies;
use crate::service::machine::Notification;
use crate::service::truth::Report;

/// A simulated network. A seed decides its faults.
///
/// ```
/// use call_core::Timestamp;
/// use call_transport_mock::{Carried, Chaos, ChaosLevel};
/// use call_transport::Response;
/// let mut network = Chaos::new(ChaosLevel::None, 7, 1);
/// let now = Timestamp::from_millis(0);
/// network.respond(1, Response::new(204), now);
/// assert!(matches!(network.poll_output(now), Some(Carried::Response { id: 1, .. })));
/// assert_eq!(network.next_deadline(), None);
/// ```
#[derive(Debug)]
pub struct Chaos {
    odds: Odds,
    rng: Rng,
    speed: u32,
    latency: Duration,
    /// Messages in flight, by their time of arrival.
    carried: BTreeMap<(Timestamp, u64), Carried>,
    /// Posts that wait to be combined with another one to the same address.
    waiting: BTreeMap<String, (Timestamp, Packet)>,
    numbers: u64,
}

/// Level of the faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ChaosLevel {
    /// No faults: everything arrives at once, in order.
    None,
    /// Usual faults: delays below the default reorder window, out of order, sometimes repeated or combined.
    #[default]
    Mild,
    /// Severe faults: also lost, empty, a minute late, and lost responses.
    Wild,
}

/// A post on arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Address of the post.
    pub callback: String,
    /// Id of the message.
    pub message_id: String,
    /// Body; empty if the network lost it.
    pub body: Arc<[u8]>,
    /// Content of each element, for comparisons; empty if the body was lost.
    pub reports: Vec<Report>,
    values: Vec<serde_json::Value>,
}

/// Something that arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Carried {
    /// A post to the bot.
    Packet(Packet),
    /// A response to a request of the bot.
    Response {
        /// The request.
        id: u64,
        /// The response.
        response: Response,
    },
}

/// Maximum time that a post waits for another one to the same address.
const LONGEST_WAIT: Duration = Duration::from_millis(450);

/// Probabilities of the faults, in thousandths.
#[derive(Debug, Clone, Copy)]
struct Odds {
    late_by_millis: u64,
    straggles: u32,
    twice: u32,
    under_another_id: u32,
    together: u32,
    empty: u32,
    lost: u32,
    request_lost: u32,
    response_lost: u32,
}

impl ChaosLevel {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::None, Self::Mild, Self::Wild];

    /// Returns the word of the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mild => "mild",
            Self::Wild => "wild",
        }
    }

    const fn odds(self) -> Odds {
        let none = Odds {
            late_by_millis: 0,
            straggles: 0,
            twice: 0,
            under_another_id: 0,
            together: 0,
            empty: 0,
            lost: 0,
            request_lost: 0,
            response_lost: 0,
        };
        match self {
            Self::None => none,
            Self::Mild => Odds { late_by_millis: 1_500, twice: 100, together: 50, ..none },
            Self::Wild => Odds {
                late_by_millis: 1_800,
                straggles: 80,
                twice: 200,
                under_another_id: 300,
                together: 100,
                empty: 30,
                lost: 100,
                request_lost: 20,
                response_lost: 40,
            },
        }
    }
}

impl Chaos {
    /// Returns a network. `speed` is a multiple of real time.
    #[must_use]
    pub fn new(level: ChaosLevel, seed: u64, speed: u32) -> Self {
        Self {
            odds: level.odds(),
            rng: Rng::with_seed(seed),
            speed: speed.max(1),
            latency: Duration::ZERO,
            carried: BTreeMap::new(),
            waiting: BTreeMap::new(),
            numbers: 0,
        }
    }

    /// Adds a delay to everything, whatever the speed.
    #[must_use]
    pub const fn with_latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Returns whether a request reaches the service.
    pub fn carries_request(&mut self) -> bool {
        !self.happens(self.odds.request_lost)
    }

    /// Sends a response of the service to the bot.
    pub fn respond(&mut self, id: u64, response: Response, now: Timestamp) {
        if !self.happens(self.odds.response_lost) {
            let at = now.saturating_add(self.delay());
            self.carry(at, Carried::Response { id, response });
        }
    }

    /// Sends a notification of the service to the bot.
    pub fn post(&mut self, notification: Notification, now: Timestamp) {
        let Notification { callback, message_id, value, report } = notification;
        if let Some((_, mut waiting)) = self.waiting.remove(&callback) {
            waiting.values.push(value);
            waiting.reports.push(report);
            waiting.body = bodies::envelope(&waiting.values);
            self.launch(waiting, now);
            return;
        }
        let values = vec![value];
        let body = bodies::envelope(&values);
        let packet = Packet { callback, message_id, body, reports: vec![report], values };
        if self.happens(self.odds.together) {
            let until = now.saturating_add(LONGEST_WAIT / self.speed);
            self.waiting.insert(packet.callback.clone(), (until, packet));
        } else {
            self.launch(packet, now);
        }
    }

    /// Returns the next arrival up to now; `None` when all are drained.
    #[must_use]
    pub fn poll_output(&mut self, now: Timestamp) -> Option<Carried> {
        while let Some(callback) = self.tired_of_waiting(now) {
            if let Some((until, packet)) = self.waiting.remove(&callback) {
                self.launch(packet, until);
            }
        }
        let entry = self.carried.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// Returns when to call [`poll_output`](Self::poll_output) again, unless something is sent first.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let arrives_at = self.carried.first_key_value().map(|((at, _), _)| *at);
        self.waiting.values().map(|(until, _)| *until).chain(arrives_at).min()
    }

    fn tired_of_waiting(&self, now: Timestamp) -> Option<String> {
        let mut waiting = self.waiting.iter();
        waiting.find(|(_, (until, _))| *until <= now).map(|(callback, _)| callback.clone())
    }

    fn launch(&mut self, packet: Packet, now: Timestamp) {
        if self.happens(self.odds.lost) {
            return;
        }
        if self.happens(self.odds.twice) {
            let mut again = packet.clone();
            if self.happens(self.odds.under_another_id) {
                again.message_id.push_str("-again");
            }
            let at = now.saturating_add(self.delay());
            self.carry(at, Carried::Packet(again));
        }
        let at = now.saturating_add(self.delay());
        let packet = if self.happens(self.odds.empty) {
            Packet { body: Arc::default(), reports: Vec::new(), ..packet }
        } else {
            packet
        };
        self.carry(at, Carried::Packet(packet));
    }

    fn carry(&mut self, at: Timestamp, carried: Carried) {
        self.numbers += 1;
        self.carried.insert((at, self.numbers), carried);
    }

    fn delay(&mut self) -> Duration {
        let late_by = self.odds.late_by_millis;
        let millis = if self.happens(self.odds.straggles) { late_by..60_000 } else { 0..late_by.max(1) };
        self.latency + Duration::from_millis(self.rng.u64(millis)) / self.speed
    }

    fn happens(&mut self, thousandths: u32) -> bool {
        thousandths > 0 && self.rng.u32(..1_000) < thousandths
    }
}
