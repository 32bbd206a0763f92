//! G10: no input makes it panic, loop, or take more than documented time.

use std::time::Duration;

use call_core::strategies::observations;
use call_core::{CallState, Claim, Observation, Source, Stamp, Timestamp, reconcile};
use call_msgraph::{Delivery, Line, decode};
use call_tests::strategies::{body, cases};
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
    fn every_body_says_something_or_is_rejected_at_a_place_in_it(body in body()) {
        let decoded = decode(&Delivery::notification(Stamp::at(Timestamp::from_millis(0)), &body));
        let says_something = !decoded.observations.is_empty() || !decoded.rejected.is_empty();
        // An empty batch has nothing to say.
        let has_values = decoded.values > 0 || !body.ends_with(b"\"value\":[]}");
        prop_assert!(says_something || !has_values, "{}", String::from_utf8_lossy(&body));
        for rejected in decoded.rejected {
            prop_assert!(rejected.line == 1 && (1..=body.len() + 1).contains(&rejected.column), "{rejected:?}");
        }
    }

    #[test]
    fn every_text_is_read_as_a_line_or_rejected_at_a_place_in_it(text in prop_oneof![
        body().prop_map(|body| String::from_utf8_lossy(&body).into_owned()),
        "\\PC*",
        "[\\[\\]{}\":,a-z0-9\\\\ \n]*",
    ]) {
        if let Err(rejected) = Line::read(&text) {
            let line = text.split('\n').nth(rejected.line - 1);
            prop_assert!(line.is_some_and(|line| rejected.column <= line.len() + 1), "{rejected:?}");
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
