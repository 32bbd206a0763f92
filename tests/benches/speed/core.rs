//! One call: an observation in order, all from nothing, a repetition, a merge, and bursts.

use std::sync::Arc;

use call_core::CallState::{Established, Establishing, Hold, TransferAccepted, Transferring};
use call_core::internal::cheapest_order;
use call_core::{Call, CallState, Config, Input, Observation, Stamp, Timestamp, Tolerance, reconcile};

use crate::anchors::{BareRule, burst_table};
use crate::measure::{Timed, compare, plain, prepared};
use crate::report::{Limit, Report};

/// Returns the n-th observation of a call that is established, then held and resumed. Each one is a new step.
pub(crate) fn in_order(nth: usize) -> Observation {
    let states: [CallState; 3] = [Establishing, Established, Hold];
    let state = states[if nth < 2 { nth } else { 2 - nth % 2 }];
    let at = Timestamp::from_millis(1_700_000_000_000 + nth as i64 * 10_000);
    let mut observation = Observation::notified(at, state);
    observation.stamp = Stamp { sequence: nth as u64, ..observation.stamp };
    observation
}

/// Passes in an observation and reads everything that a host reads afterwards.
pub(crate) fn hear(call: &mut Call, observations: impl Into<Input>, now: Timestamp) -> usize {
    call.handle(observations, now);
    let mut outputs = 0;
    while let Some(output) = call.poll_output() {
        std::hint::black_box(output);
        outputs += 1;
    }
    std::hint::black_box(call.next_deadline());
    outputs
}

/// Returns a call with the first observations.
pub(crate) fn call(config: &Arc<Config>, count: usize) -> Call {
    let mut call = Call::new(Arc::clone(config));
    for nth in 0..count {
        let observation = in_order(nth);
        let now = observation.stamp.received_at;
        hear(&mut call, observation, now);
    }
    call
}

fn bare(count: usize) -> Timed<'static> {
    let mut rule = BareRule::new(count);
    plain(move || rule.run())
}

pub(crate) fn measure(report: &mut Report) {
    let config = Arc::new(Config::default());
    report.title("One call", Some("the bare rule on 4 observations of 32 bytes"));
    let gates = [(1, None), (4, Some(15.0)), (8, None), (16, Some(20.0)), (64, None), (128, Some(30.0))];
    for (count, gate) in gates {
        let next = in_order(count - 1);
        let now = next.stamp.received_at;
        // A clone would not have the spare capacity that a call has.
        let ours = prepared(
            || (call(&config, count - 1), Some(next.clone())),
            |(call, next)| next.take().map(|next| hear(call, next, now)),
        );
        report.row(
            &format!("one observation in order, n = {count}"),
            compare(ours, bare(4)),
            gate.and_then(|gate| Limit::new(4.0, gate)),
        );
    }
    for count in [4, 16] {
        let known = call(&config, count);
        let last = in_order(count - 1);
        let now = last.stamp.received_at;
        let ours = prepared(
            || (known.clone(), Some(last.clone())),
            |(call, last)| last.take().map(|last| hear(call, last, now)),
        );
        report.row(&format!("a duplicate, n = {count}"), compare(ours, bare(4)), None);
    }
}

/// Measures several observations that are passed in at once.
pub(crate) fn measure_batches(report: &mut Report) {
    let config = Arc::new(Config::default());
    report.title("Several observations at once", Some("the bare rule on as many"));
    for count in [4, 16, 128] {
        let all: Vec<_> = (0..count).map(in_order).collect();
        let now = all[count - 1].stamp.received_at;
        let ours = prepared(
            || (Call::new(Arc::clone(&config)), Some(all.clone())),
            |(call, all)| all.take().map(|all| hear(call, all, now)),
        );
        report.row(&format!("{count} from nothing"), compare(ours, bare(count)), None);
    }
    for count in [4, 16] {
        let half = |rest: usize| {
            let mut half = Call::new(Arc::clone(&config));
            let observations: Vec<_> = (0..count).filter(|nth| nth % 2 == rest).map(in_order).collect();
            let now = in_order(count).stamp.received_at;
            hear(&mut half, observations, now);
            half
        };
        let (one, other) = (half(0), half(1));
        let now = in_order(count).stamp.received_at;
        let ours = prepared(
            || one.clone(),
            |call| {
                call.merge(&other, now);
                while call.poll_output().is_some() {}
            },
        );
        report.row(&format!("a merge of {count}"), compare(ours, bare(count)), None);
    }
}

/// Measures observations that any order explains.
pub(crate) fn measure_bursts(report: &mut Report) {
    report.title("A burst of four states", Some("its table of costs"));
    for count in [8, 16, 32] {
        let burst = burst(count);
        let (window, mut table) = (Config::default().reorder_window, Vec::new());
        let anchor = plain(move || burst_table(std::hint::black_box([count / 4; 4]), &mut table));
        let tolerance = Tolerance::from(window);
        let measured = compare(plain(|| cheapest_order(&burst, tolerance)), anchor);
        report.row(&format!("the order of a burst of {count}"), measured, Limit::new(1.5, 4.0));
        let mut table = Vec::new();
        let anchor = plain(move || burst_table(std::hint::black_box([count / 4; 4]), &mut table));
        let measured = compare(plain(|| reconcile(&burst, window)), anchor);
        report.row(&format!("the timeline of a burst of {count}"), measured, None);
    }
}

/// Returns observations of four states within the reorder window, which any order explains.
fn burst(count: usize) -> Vec<Observation> {
    let states = [Established, Hold, Transferring, TransferAccepted];
    let at = |nth: usize| Timestamp::from_millis(1_700_000_000_000 + nth as i64 * 10);
    // Neither state comes twice in a row, and no order is regular.
    (0..count).map(|nth| Observation::notified(at(nth), states[(nth + nth / 4) % 4])).collect()
}
