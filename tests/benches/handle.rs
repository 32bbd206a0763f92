//! Measures the cost of one more notification for a call with a long history: `cargo bench --package call-tests`.
//!
//! The time per notification must stay constant along a row.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

use std::time::Instant;

use call_core::{Call, CallState, CallState::*, Config, Observation, Timestamp};

/// A pattern of notifications: the states in turn, and the milliseconds between them.
const FLOODS: [(&str, &[CallState], i64); 4] = [
    ("established again and again", &[Established], 1_000),
    ("held and resumed, 10 s each", &[Established, Hold], 10_000),
    ("held and resumed, 1 s each", &[Established, Hold], 1_000),
    ("every connected state, 60 ms each", &[Established, Hold, Transferring, TransferAccepted], 60),
];

fn main() {
    println!("nanoseconds per notification, by how many came before");
    for (name, states, pause) in FLOODS {
        let figures: Vec<_> = [1_000, 10_000, 100_000]
            .into_iter()
            // The last pattern is the worst case. Its cost is bounded, so a short history is enough.
            .filter(|count| pause > 100 || *count <= 1_000)
            .map(|count| format!("{count:>9}: {:>8}", nanos_each(states, pause, count)))
            .collect();
        println!("{name:<36}{}", figures.join(""));
    }
}

fn nanos_each(states: &[CallState], pause: i64, count: i64) -> u128 {
    let mut call = Call::new(Config::default());
    let start = Instant::now();
    for (nth, state) in (0..count).zip(states.iter().cycle()) {
        let now = Timestamp::from_millis(nth * pause);
        call.handle(Observation::notified(now, *state), now);
        while call.poll_output().is_some() {}
    }
    start.elapsed().as_nanos() / count.unsigned_abs() as u128
}
