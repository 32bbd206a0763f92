//! G10: no input makes it panic, loop, or take more than documented time.

use std::time::Duration;

use call_core::{CallState, Claim, Observation, Source, Stamp, Timestamp, reconcile};
use call_msgraph::{Delivery, Line, decode};
use call_tests::strategies::{cases, observations};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn every_set_of_observations_has_a_timeline_in_every_window(observations in observations(40), window: Duration) {
        let timeline = reconcile(&observations, window);
        let has_state = observations.iter().any(|observation| observation.claim.as_state().is_some());
        prop_assert!(has_state || timeline.steps.is_empty());
    }

    #[test]
    fn every_body_is_decoded_or_rejected(body in prop_oneof![".*", "[\\[\\]{}\":,a-z0-9\\\\ \n]*"]) {
        let decoded = decode(&Delivery::notification(Stamp::at(Timestamp::from_millis(0)), body.as_bytes()));
        prop_assert!(decoded.observations.is_empty());
        prop_assert!(!decoded.rejected.is_empty() || decoded.values == 0);
    }

    #[test]
    fn every_line_is_read_or_rejected(line in "\\PC*") {
        if let Err(rejected) = Line::read(&line) {
            prop_assert!(rejected.line == 1 && rejected.column <= line.len() + 1, "{rejected:?}");
        }
    }
}

#[test]
fn a_burst_of_thousands_is_taken_in_the_order_of_its_stamps() {
    let cycle = [CallState::Hold, CallState::Established];
    let observations: Vec<_> = (0..20_000)
        .map(|nth: i64| {
            let stamp = Stamp::at(Timestamp::from_millis(nth));
            Observation::new(stamp, Source::Notification, Claim::state(cycle[nth as usize % 2]))
        })
        .collect();
    let timeline = reconcile(&observations, Duration::from_secs(2));
    // The start and the first `established` are inferred.
    assert_eq!(timeline.steps.len(), 20_002);
}
