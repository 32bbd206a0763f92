//! Roster, operations, sharing, tones and fields match their definition in every order of ingestion.

use call_core::strategies::part;
use call_core::{Claim, DEFAULT_REORDER_WINDOW, Field, Observation, Source, Stamp, Timeline, Timestamp, reconcile};
use call_tests::parts;
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn parts_match_their_definition(
        // Some are replies to requests that were sent up to three seconds before.
        claims in proptest::collection::vec((part(), proptest::option::weighted(0.3, 0_i64..4)), 0..12),
    ) {
        let claims = (0..).zip(claims);
        let observations: Vec<Observation> = claims.map(|(second, (claim, took))| observed(second, claim, took)).collect();
        let timeline = reconcile(observations.iter().rev(), DEFAULT_REORDER_WINDOW);
        prop_assert_eq!(present(&timeline), parts::roster(&observations));
        prop_assert_eq!(timeline.roster.gap.is_some(), parts::roster_has_a_gap(&observations));
        let operations: Vec<_> = timeline.operations.iter().map(|one| (one.key.clone(), one.status())).collect();
        prop_assert_eq!(operations, parts::operations(&observations));
        let sharing: Vec<_> = timeline.sharing.iter().map(|one| (one.id.to_string(), one.state())).collect();
        prop_assert_eq!(sharing, parts::sharing(&observations));
        let tones: Vec<_> = timeline.tones.iter().map(|one| (one.sequence_id, one.tone.expose().to_owned())).collect();
        prop_assert_eq!(tones, parts::tones(&observations));
        let fields = observations.iter().filter_map(|one| if let Claim::Field(field) = &one.claim { Some(field) } else { None });
        let last = |name: &str| fields.clone().rfind(|field| field.name() == name).map(|field| Field::clone(field));
        let fields = &timeline.fields;
        prop_assert_eq!(fields.call_chain_id.clone().map(Field::CallChainId), last("callChainId"));
        prop_assert_eq!(fields.media_state.map(Field::MediaState), last("mediaState"));
        prop_assert_eq!(fields.termination_reason.clone().map(Field::TerminationReason), last("terminationReason"));
    }
}

/// Returns an observation by a notification, or by the reply to a request that took some seconds.
fn observed(second: i64, claim: Claim, took: Option<i64>) -> Observation {
    let at = |second: i64| Timestamp::from_millis(second * 1_000);
    let reply = |took: i64| Source::Snapshot { sent_at: Some(at(second - took)) };
    Observation::new(Stamp::at(at(second)), took.map_or(Source::Notification, reply), claim)
}

fn present(timeline: &Timeline) -> Vec<parts::Present> {
    let present = timeline.roster.participants.iter();
    present.map(|one| (one.key.clone(), one.is_in_lobby, one.is_muted, one.is_on_hold)).collect()
}
