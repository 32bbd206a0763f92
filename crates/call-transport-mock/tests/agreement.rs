//! Which timelines agree with the truth.

use call_core::{CallState, Claim, Observation, ResultInfo, Source};
use call_core::{CallState::*, DEFAULT_REORDER_WINDOW, Direction, Stamp, Timeline, Timestamp, reconcile};
use call_msgraph::{Delivery, Request};
use call_transport_mock::internal::last_write_wins;
use call_transport_mock::{
    Agreement, Carried, Chaos, ChaosLevel, Disagreement, Knowable, Ledger, News, Notification, Report, TrueStep, Truth,
};

/// The truth: established at 10 s, on hold from 20 s to 30 s, ended at 40 s.
fn truth() -> Truth {
    let step = |(state, second): (CallState, i64)| TrueStep { state, entered_at: at(second) };
    let steps = [(Establishing, 0), (Established, 10), (Hold, 20), (Established, 30), (Terminated, 40)];
    let result = ResultInfo::new(Some(0), Some(0));
    Truth {
        call: "c1".into(),
        direction: Direction::Outgoing,
        steps: steps.map(step).to_vec(),
        result: Some(result),
        sharing: Vec::new(),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

/// Records that steps of the truth were reported, each at a second.
fn received(steps: &[(usize, i64)]) -> (Ledger, Vec<Delivery>, Vec<Observation>) {
    let truth = truth();
    let (mut ledger, mut deliveries, mut observations) = (Ledger::default(), Vec::new(), Vec::new());
    for (sequence, (step, second)) in (0..).zip(steps) {
        let message_id = format!("m{sequence}");
        let news = if truth.steps[*step].state == Terminated { News::Result } else { News::None };
        let report = Report { call: truth.call.clone(), step: Some(*step), news };
        let mut network = Chaos::new(ChaosLevel::None, 0, 1);
        let callback = "https://bot.contoso.com".to_owned();
        network.post(Notification { callback, message_id: message_id.clone(), value: 7.into(), report }, at(*second));
        let Some(Carried::Packet(packet)) = network.poll_output(at(*second)) else { panic!() };
        ledger.note(&packet);
        let stamp = Stamp { sequence, ..Stamp::at(at(*second)) };
        deliveries.push(Delivery::post(packet.body).with_message_id(&*message_id).stamped(stamp));
        observations.push(Observation::new(stamp, Source::Notification, Claim::state(truth.steps[*step].state)));
    }
    (ledger, deliveries, observations)
}

fn agreement(steps: &[(usize, i64)], timeline: impl FnOnce(&[Observation]) -> Timeline) -> Agreement {
    let (ledger, deliveries, observations) = received(steps);
    let mut timeline = timeline(&observations);
    // In this test, a report about the end contains only the state.
    timeline.result = truth().result.filter(|_| steps.iter().any(|(step, _)| *step == 4));
    Agreement::of(&truth(), &ledger, &deliveries, DEFAULT_REORDER_WINDOW, &timeline)
}

fn reconciled(observations: &[Observation]) -> Timeline {
    reconcile(observations, DEFAULT_REORDER_WINDOW)
}

#[test]
fn ordered_notifications_make_the_whole_truth_knowable() {
    let found = agreement(&[(0, 1), (1, 11), (2, 21), (3, 31), (4, 41)], reconciled);
    assert_eq!(found.expected, [Establishing, Established, Hold, Established, Terminated]);
    assert!(found.is_order_observable && found.disagreement.is_none(), "{found:?}");
}

#[test]
fn unreported_steps_are_unknowable_unless_forced() {
    let found = agreement(&[(2, 21), (4, 41)], reconciled);
    assert_eq!(found.expected, [Establishing, Established, Hold, Terminated]);
    assert_eq!(found.disagreement, None);
    let found = agreement(&[(4, 41)], reconciled);
    assert_eq!((found.expected, found.disagreement), (vec![Establishing, Terminated], None));
    let found = agreement(&[], reconciled);
    assert_eq!((found.expected, found.disagreement), (vec![], None));
}

#[test]
fn a_late_hold_is_not_knowable() {
    let found = agreement(&[(1, 11), (4, 41), (0, 99)], reconciled);
    assert!(found.is_order_observable);
    assert_eq!(found.disagreement, None);
    let found = agreement(&[(1, 11), (3, 31), (2, 35), (4, 41)], reconciled);
    assert!(!found.is_order_observable);
    assert_eq!(found.disagreement, None, "no notification contained it");
    let found = agreement(&[(1, 11), (2, 30), (3, 31), (4, 41)], reconciled);
    assert!(!found.is_order_observable, "they are less than the window apart");
}

#[test]
fn a_wrong_timeline_is_detected() {
    let all = [(0, 1), (1, 11), (2, 21), (3, 31), (4, 41)];
    let without_the_last = agreement(&all, |seen| reconciled(&seen[..4]));
    assert!(matches!(without_the_last.disagreement, Some(Disagreement::States(_))));
    let without_the_hold = agreement(&all, |seen| reconciled(&[&seen[..2], &seen[3..]].concat()));
    assert!(matches!(without_the_hold.disagreement, Some(Disagreement::States(_))));
    let in_disorder = [(0, 1), (1, 11), (3, 31), (2, 35), (4, 41)];
    let never_was = Observation::notified(at(36), Transferring);
    let with_a_transfer = agreement(&in_disorder, |seen| reconciled(&[seen, &[never_was]].concat()));
    assert!(matches!(with_a_transfer.disagreement, Some(Disagreement::States(_))));
    let (ledger, deliveries, observations) = received(&all);
    let timeline = reconciled(&observations);
    let found = Agreement::of(&truth(), &ledger, &deliveries, DEFAULT_REORDER_WINDOW, &timeline);
    assert_eq!(found.disagreement, Some(Disagreement::Result(None)));
}

#[test]
fn the_last_snapshot_decides_the_present() {
    let (ledger, mut deliveries, mut observations) = received(&[(1, 11), (3, 31), (2, 33)]);
    let body = br##"{"@odata.type": "#microsoft.graph.call", "id": "c1", "state": "established"}"##;
    let stamp = Stamp { sequence: 9, ..Stamp::at(at(36)) };
    deliveries.push(Delivery::reply(stamp, &Request::get("c1".into()), at(35), &body[..]));
    let wrong = Agreement::of(&truth(), &ledger, &deliveries, DEFAULT_REORDER_WINDOW, &reconciled(&observations));
    assert_eq!(wrong.disagreement, Some(Disagreement::Present));
    let hearings = call_msgraph::decode(&deliveries[3]).hearings;
    observations.extend(hearings.into_iter().flat_map(|hearing| hearing.observations));
    let right = Agreement::of(&truth(), &ledger, &deliveries, DEFAULT_REORDER_WINDOW, &reconciled(&observations));
    assert_eq!(right.disagreement, None);
}

#[test]
fn last_write_wins_goes_back_and_forth() {
    let (ledger, deliveries, _) = received(&[(1, 11), (0, 12), (4, 41), (2, 45)]);
    let knowable = Knowable::of(&truth(), &ledger, &deliveries, DEFAULT_REORDER_WINDOW);
    assert_eq!(last_write_wins(&knowable), [Established, Establishing, Terminated, Hold]);
}
