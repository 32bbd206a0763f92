//! How costs grow: with the history of one call, with the number of calls, and with the size of a roster.

use std::time::Instant;

use call_core::CallState::{Established, Hold, TransferAccepted, Transferring};
use call_core::{Call, CallState, Config, Observation, Timestamp};
use call_msgraph::decode;

use crate::bodies;
use crate::core::hear;
use crate::report::Report;
use crate::table::Resident;

/// A pattern of notifications: the states in turn, and the milliseconds between them.
const FLOODS: [(&str, &[CallState], i64); 4] = [
    ("established again and again", &[Established], 1_000),
    ("held and resumed, 10 s each", &[Established, Hold], 10_000),
    ("held and resumed, 1 s each", &[Established, Hold], 1_000),
    ("every connected state, 60 ms each", &[Established, Hold, Transferring, TransferAccepted], 60),
];

/// The last flood is the worst case, whose cost is bounded, so a short history shows it.
const WORST: i64 = 1_000;

pub(crate) fn measure(report: &mut Report) {
    report.growth_title("Growth");
    for (name, states, pause) in FLOODS {
        let counts = [1, 10, 100, 1_000, 10_000, 100_000].into_iter().filter(|count| pause > 100 || *count <= WORST);
        let figures = counts.map(|count| (count as f64, flood(states, pause, count)));
        report.growth(name, "notification of one call, by those before it", &figures.collect::<Vec<_>>());
    }
    let figures = [1_000, 10_000, 100_000, 1_000_000].map(|calls| (calls as f64, one_of(calls)));
    report.growth("held and resumed", "notification of one of many calls, by their number", &figures);
    let figures = [10, 30, 100, 300, 1_000].map(|count| (count as f64, roster(count)));
    report.growth("decoded and processed", "participant of a roster, by their number", &figures);
}

/// Returns the nanoseconds of a notification after `count` others: the mean of those that follow.
fn flood(states: &[CallState], pause: i64, count: i64) -> f64 {
    let mut call = Call::new(Config::default());
    let measured = (count / 10).clamp(100, 1_000);
    let mut began = Instant::now();
    for (nth, state) in (0..count + measured).zip(states.iter().cycle()) {
        if nth == count {
            began = Instant::now();
        }
        let now = Timestamp::from_millis(nth * pause);
        hear(&mut call, Observation::notified(now, *state), now);
    }
    began.elapsed().as_secs_f64() * 1e9 / measured as f64
}

fn one_of(calls: usize) -> f64 {
    let times = calls.clamp(10_000, 100_000);
    Resident::new(calls).hear_some(times).as_secs_f64() * 1e9 / times as f64
}

/// Returns the nanoseconds of a participant of a roster that is received again and again.
fn roster(count: usize) -> f64 {
    let (mut call, mut delivery) = (Call::new(Config::default()), bodies::post(bodies::roster(count)));
    let times = (20_000 / count).max(10);
    let began = Instant::now();
    for _ in 0..times {
        delivery.stamp.sequence += 1;
        for hearing in decode(&delivery).hearings {
            hear(&mut call, hearing.observations, delivery.stamp.received_at);
        }
    }
    began.elapsed().as_secs_f64() * 1e9 / (times * count) as f64
}
