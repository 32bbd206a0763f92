//! Simulated networks: when each notification is received, how often, and by which machine.

use call_core::Id;
use fastrand::Rng;

use crate::accuracy::calls::{News, What};

/// A network. Probabilities are from 0 to 1, times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Network {
    /// Name in the table.
    pub name: &'static str,
    /// Median of the delay, which is log-normal.
    pub median: f64,
    /// Standard deviation of the logarithm of the delay.
    pub spread: f64,
    /// Probability of a delay of up to a minute instead.
    pub straggles: f64,
    /// Probability of a loss.
    pub lost: f64,
    /// Probability that a notification is received twice.
    pub twice: f64,
    /// Probability that a message has no id, so that its repetition cannot be recognized.
    pub without_id: f64,
    /// How much the clocks of the two machines differ.
    pub skew: i64,
}

const PERFECT: Network = Network {
    name: "perfect",
    median: 0.0,
    spread: 0.0,
    straggles: 0.0,
    lost: 0.0,
    twice: 0.0,
    without_id: 0.0,
    skew: 0,
};

/// Every network, from the best to the worst, and one with skewed clocks.
pub const NETWORKS: [Network; 6] = [
    PERFECT,
    Network { name: "calm", median: 80.0, spread: 0.6, twice: 0.01, ..PERFECT },
    Network { name: "mild", median: 200.0, spread: 0.8, straggles: 0.002, twice: 0.02, without_id: 0.1, ..PERFECT },
    Network {
        name: "rough",
        median: 400.0,
        spread: 1.0,
        straggles: 0.01,
        lost: 0.01,
        twice: 0.05,
        without_id: 0.3,
        ..PERFECT
    },
    Network {
        name: "wild",
        median: 700.0,
        spread: 1.2,
        straggles: 0.05,
        lost: 0.05,
        twice: 0.1,
        without_id: 0.5,
        ..PERFECT
    },
    Network {
        name: "skewed clocks",
        median: 200.0,
        spread: 0.8,
        straggles: 0.002,
        twice: 0.02,
        without_id: 0.1,
        skew: 400,
        ..PERFECT
    },
];

/// A notification as a machine receives it.
#[derive(Debug, Clone)]
pub struct Received {
    /// Instant of the receipt by the true clock.
    pub at: i64,
    /// Instant of the receipt by the clock of the machine.
    pub stamped_at: i64,
    /// The machine.
    pub node: u16,
    /// Id of the message.
    pub message: Option<Id>,
    /// Content.
    pub what: What,
}

impl Network {
    /// Carries the notifications of a call, and returns them in the order of their stamps.
    pub fn carry(&self, news: &[News], rng: &mut Rng) -> Vec<Received> {
        let mut received = Vec::new();
        for (number, news) in news.iter().enumerate() {
            if rng.f64() < self.lost {
                continue;
            }
            let message = (rng.f64() >= self.without_id).then(|| Id::new(&format!("message-{number}")));
            let mut at = news.at + self.delay(rng);
            received.push(self.receive(at, message.clone(), news, rng));
            if rng.f64() < self.twice {
                // The service posts again what was not acknowledged in time.
                at += rng.i64(100..10_000);
                received.push(self.receive(at, message, news, rng));
            }
        }
        received.sort_by_key(|received| (received.stamped_at, received.node));
        received
    }

    fn receive(&self, at: i64, message: Option<Id>, news: &News, rng: &mut Rng) -> Received {
        let node = rng.u16(..2);
        let stamped_at = at + if node == 0 { 0 } else { self.skew };
        Received { at, stamped_at, node, message, what: news.what.clone() }
    }

    fn delay(&self, rng: &mut Rng) -> i64 {
        if rng.f64() < self.straggles {
            return rng.i64(2_000..60_000);
        }
        // Box and Muller: a normal deviate from two uniform ones.
        let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * rng.f64()).cos();
        (self.median * (self.spread * normal).exp()) as i64
    }
}
