//! Measures a piece of code beside its anchor: the rounds of both alternate, and the medians count.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Number of rounds. Half of them may be disturbed without an effect on the median.
const ROUNDS: usize = 21;
/// Number of inputs that are prepared at once, so that they stay in the cache.
const AT_ONCE: usize = 16;
/// Time that a round should take.
const ROUND: Duration = Duration::from_millis(2);

/// Code to measure: runs a number of times, and returns the elapsed time.
pub(crate) type Timed<'t> = Box<dyn FnMut(u32) -> Duration + 't>;

/// Times code that needs no preparation.
pub(crate) fn plain<'t, T>(mut run: impl FnMut() -> T + 't) -> Timed<'t> {
    Box::new(move |times| {
        let began = Instant::now();
        for _ in 0..times {
            black_box(run());
        }
        began.elapsed()
    })
}

/// Times code whose input is prepared for each run. Neither the preparation nor dropping what is left counts.
pub(crate) fn prepared<'t, I, T>(
    mut prepare: impl FnMut() -> I + 't,
    mut run: impl FnMut(&mut I) -> T + 't,
) -> Timed<'t> {
    Box::new(move |times| {
        let mut elapsed = Duration::ZERO;
        for first in (0..times).step_by(AT_ONCE) {
            let count = (times - first).min(AT_ONCE as u32);
            let mut inputs: Vec<I> = uncounted(|| (0..count).map(|_| prepare()).collect());
            let began = Instant::now();
            for input in &mut inputs {
                black_box(run(input));
            }
            elapsed += began.elapsed();
            uncounted(|| drop(inputs));
        }
        elapsed
    })
}

/// Runs something whose allocations are not counted.
pub(crate) fn uncounted<T>(run: impl FnOnce() -> T) -> T {
    let mut result = None;
    allocation_counter::opt_out(|| result = Some(run()));
    result.expect("it was run")
}

/// What was measured of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Median time of a run, in nanoseconds.
    pub(crate) nanos: f64,
    /// Median time of a run of the anchor, in nanoseconds.
    pub(crate) anchor: f64,
    /// Number of allocations of a run.
    pub(crate) allocations: f64,
}

/// Measures code beside its anchor.
pub(crate) fn compare(mut ours: Timed<'_>, mut anchor: Timed<'_>) -> Measured {
    let (times, anchor_times) = (calibrated(&mut ours), calibrated(&mut anchor));
    let (mut figures, mut anchors) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        anchors.push(nanos_each(&mut anchor, anchor_times));
        figures.push(nanos_each(&mut ours, times));
    }
    let counted = allocation_counter::measure(|| _ = ours(64));
    Measured { nanos: median(figures), anchor: median(anchors), allocations: counted.count_total as f64 / 64.0 }
}

fn nanos_each(code: &mut Timed<'_>, times: u32) -> f64 {
    code(times).as_secs_f64() * 1e9 / f64::from(times)
}

/// Returns how often code runs in a round.
fn calibrated(code: &mut Timed<'_>) -> u32 {
    let mut times = 1;
    loop {
        let elapsed = code(times);
        if elapsed >= ROUND / 4 || times >= 1 << 20 {
            let each = elapsed.as_secs_f64() / f64::from(times);
            return ((ROUND.as_secs_f64() / each.max(1e-9)) as u32).clamp(1, 1 << 16);
        }
        times *= 4;
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Returns the bytes that something holds after it was made.
pub(crate) fn bytes_of<T>(make: impl FnOnce() -> T) -> f64 {
    let mut made = None;
    let counted = allocation_counter::measure(|| made = Some(make()));
    drop(made);
    counted.bytes_current as f64
}
