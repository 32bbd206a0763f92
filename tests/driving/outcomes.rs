//! How each requested operation ends, whatever arrives, and when it is probed.

use std::sync::Arc;

use call_core::{
    Action, Awaited, Call,
    CallState::{Established, Terminated, TransferAccepted, Transferring},
    Claim, Command, Config, Id, Identity, Input, Limits, Observation, OperationKey, OperationProbe, OperationReport,
    OperationStatus, Outcome, ParticipantKey, ParticipantReport, Probes, Redacted, RequestedOperation, ResultInfo,
    RosterExtent, RosterReport, Silence, Source, Stamp,
};
use call_tests::host::Host;
use call_tests::replies::{accepted, created, gone, snapshot};
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::{at, notified};

/// When the operation of these tests is requested.
const ASKED: i64 = 10;

#[test]
fn reply_and_notification_in_any_order_end_once() {
    for order in [[reply(11), ended(12, Outcome::Completed)], [ended(11, Outcome::Completed), reply(12)]] {
        let (mut call, mut host) = requested(Awaited::Completion);
        order.into_iter().for_each(|observation| host.hear(&mut call, observation));
        host.hear(&mut call, ended(13, Outcome::Completed));
        host.run(&mut call, at(600));
        assert_eq!(outcomes(&host), [Outcome::Completed]);
        assert_eq!(host.outcomes[0].1.key(), key());
        assert!(probes(&host).is_empty());
    }
}

#[test]
fn a_completion_without_an_id_is_recognized() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hear(&mut call, reply(11));
    let mut report = OperationReport::new(OperationKey::ClientContext("c".into()));
    report.status = Some(OperationStatus::Failed);
    report.result = Some(ResultInfo::new(Some(400), Some(8508)));
    host.hear(&mut call, operation(12, Source::Notification, report));
    assert_eq!(outcomes(&host), [Outcome::Failed]);
    let end = host.outcomes[0].1.end.clone().expect("an end");
    assert_eq!(end.result, Some(ResultInfo::new(Some(400), Some(8508))));
}

#[test]
fn the_first_of_two_completions_counts() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hear(&mut call, ended(12, Outcome::Failed));
    host.hear(&mut call, ended(13, Outcome::Completed));
    assert_eq!(outcomes(&host), [Outcome::Failed]);
    assert!(!host.timeline.anomalies.is_empty());
}

#[test]
fn a_status_that_goes_back_changes_nothing() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hear(&mut call, ended(11, Outcome::Completed));
    host.hear(&mut call, reply(12));
    let mut waiting = report();
    waiting.status = Some(OperationStatus::NotStarted);
    host.hear(&mut call, operation(13, Source::Snapshot { sent_at: Some(at(12)) }, waiting));
    host.run(&mut call, at(600));
    assert_eq!(outcomes(&host), [Outcome::Completed]);
    assert_eq!(host.timeline.operations[0].status(), Some(OperationStatus::Completed));
}

#[test]
fn an_operation_of_nobody_ends_nothing() {
    let (mut call, mut host) = requested(Awaited::Completion);
    let mut report = OperationReport::new(OperationKey::Id(Id::new("other")));
    report.status = Some(OperationStatus::Completed);
    host.hear(&mut call, operation(11, Source::Notification, report));
    assert_eq!(outcomes(&host), []);
}

#[test]
fn a_missing_completion_is_probed_then_unknown() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hear(&mut call, reply(11));
    host.run(&mut call, at(600));
    assert_eq!(probes(&host), [30, 40, 60, 100]);
    let probe = Action::ProbeOperation { key: key(), by: OperationProbe::Operation };
    assert_eq!(host.actions[0].1, probe);
    assert_eq!(outcomes(&host), [Outcome::Unknown]);
    assert_eq!(host.outcomes[0].0, at(180), "20 s of patience, then 10 + 20 + 40 + 80 s");
}

#[test]
fn a_running_operation_is_asked_for_until_it_ends() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hear(&mut call, reply(11));
    for second in [30, 40, 60, 100, 180, 260, 340] {
        host.run(&mut call, at(second));
        assert_eq!(probes(&host).last(), Some(&second), "the interval stays at its longest");
        let mut running = report();
        running.status = Some(OperationStatus::Running);
        host.hear(&mut call, operation(second, Source::Snapshot { sent_at: Some(at(second)) }, running));
    }
    host.hear(&mut call, ended(341, Outcome::Completed));
    assert_eq!(outcomes(&host), [Outcome::Completed]);
}

#[test]
fn a_known_length_is_waited_for() {
    let (mut call, mut host) = known();
    let mut long = RequestedOperation::new("playPrompt", "c", Awaited::Completion, at(ASKED));
    long.patience = Some(std::time::Duration::from_secs(100));
    host.hand(&mut call, Input::Requested(Box::new(long)), at(ASKED));
    host.hear(&mut call, reply(11));
    host.run(&mut call, at(115));
    assert_eq!(probes(&host), [110]);
}

#[test]
fn without_an_id_nothing_can_be_asked() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.run(&mut call, at(600));
    assert!(probes(&host).is_empty());
    assert_eq!((outcomes(&host), host.outcomes[0].0), (vec![Outcome::Unknown], at(180)));
}

#[test]
fn without_probes_the_patience_decides() {
    let (mut call, mut host) = (Call::new(Config { probes: None, ..config() }), Host::default());
    host.hear(&mut call, created(at(0), at(0)));
    request(&mut call, &mut host, "c", Awaited::Completion);
    host.run(&mut call, at(600));
    assert_eq!((outcomes(&host), host.outcomes[0].0), (vec![Outcome::Unknown], at(30)));
}

#[test]
fn a_refused_operation_never_started() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hand(&mut call, Input::Refused("c".into()), at(11));
    host.hand(&mut call, Input::Refused("c".into()), at(12));
    assert_eq!(outcomes(&host), [Outcome::NotStarted]);
}

#[test]
fn the_end_waits_for_a_late_completion() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hear(&mut call, reply(11));
    host.hear(&mut call, notified(12, Terminated));
    assert_eq!(outcomes(&host), []);
    let mut late = call.clone();
    late.handle(ended(13, Outcome::Completed), at(13));
    let known = late.operations().next().and_then(|operation| operation.end.clone());
    assert_eq!(known.map(|end| end.outcome), Some(Outcome::Completed));
    host.run(&mut call, at(600));
    assert_eq!((outcomes(&host), host.outcomes[0].0), (vec![Outcome::CallEnded], at(14)));
}

#[test]
fn an_invitation_ends_with_its_participant() {
    let lee = identity("lee");
    // The completion first, then the roster, and the reverse. Without the completion, the roster shows it.
    for order in [
        vec![ended(12, Outcome::Completed), roster(13, Source::Notification, &["bot", "lee"])],
        vec![roster(12, Source::Notification, &["bot", "lee"]), ended(13, Outcome::Completed)],
        vec![roster(12, Source::Notification, &["bot", "lee"])],
    ] {
        let (mut call, mut host) = requested(Awaited::Participants([lee.clone()].into()));
        order.into_iter().for_each(|observation| host.hear(&mut call, observation));
        assert_eq!(outcomes(&host), [Outcome::Completed]);
        let participants = host.outcomes[0].1.end.as_ref().expect("an end").participants.clone();
        assert_eq!(participants.len(), 1);
    }
}

#[test]
fn an_older_roster_says_nothing_of_an_invitation() {
    let (mut call, mut host) = known();
    host.hear(&mut call, roster(5, Source::Notification, &["bot", "lee"]));
    request(&mut call, &mut host, "c", Awaited::Participants([identity("lee")].into()));
    host.run(&mut call, at(ASKED + 5));
    assert_eq!(outcomes(&host), []);
}

#[test]
fn an_invited_participant_is_looked_for_once() {
    let (mut call, mut host) = requested(Awaited::Participants([identity("lee")].into()));
    host.hear(&mut call, ended(12, Outcome::Completed));
    host.run(&mut call, at(600));
    assert_eq!(probes(&host), [14]);
    assert!(matches!(host.actions[0].1, Action::ProbeOperation { by: OperationProbe::Participants, .. }));
    assert_eq!((outcomes(&host), host.outcomes[0].0), (vec![Outcome::Completed], at(24)));
}

#[test]
fn a_transfer_ends_as_the_call_shows() {
    let failed = |second| {
        let claim = Claim::State { state: Established, result: Some(Box::new(ResultInfo::new(Some(500), Some(7000)))) };
        Observation::new(Stamp::at(at(second)), Source::Notification, claim)
    };
    for (then, outcome) in [
        (vec![notified(20, TransferAccepted)], Outcome::Completed),
        (vec![notified(20, Terminated)], Outcome::CallEnded),
        (vec![failed(20)], Outcome::Failed),
    ] {
        let (mut call, mut host) = requested(Awaited::Transfer);
        host.hear(&mut call, accepted(Command::Transfer, at(ASKED), at(11)));
        host.hear(&mut call, notified(12, Transferring));
        then.into_iter().for_each(|observation| host.hear(&mut call, observation));
        host.run(&mut call, at(29));
        assert_eq!(outcomes(&host), [outcome]);
        let end = host.outcomes[0].1.end.as_ref().expect("an end");
        assert_eq!(end.result.is_some(), outcome == Outcome::Failed);
    }
}

#[test]
fn a_transfer_is_probed_by_its_call() {
    let (mut call, mut host) = requested(Awaited::Transfer);
    host.hear(&mut call, accepted(Command::Transfer, at(ASKED), at(11)));
    host.run(&mut call, at(31));
    assert!(matches!(host.actions[0].1, Action::ProbeOperation { by: OperationProbe::Call, .. }));
    host.hear(&mut call, snapshot(at(31), at(32), Established));
    host.run(&mut call, at(60));
    assert_eq!(outcomes(&host), [Outcome::Failed]);
}

#[test]
fn hanging_up_ends_with_the_call() {
    let (mut call, mut host) = requested(Awaited::End);
    host.hear(&mut call, gone(at(12), at(12)));
    assert_eq!(outcomes(&host), [], "a single 404 makes the end only likely");
    host.hear(&mut call, notified(13, Terminated));
    assert_eq!((outcomes(&host), host.outcomes[0].0), (vec![Outcome::Completed], at(13)));
}

#[test]
fn a_replica_learns_of_operations_of_another() {
    let (mut requesting, mut host) = requested(Awaited::Completion);
    let (mut receiving, mut other) = known();
    other.hear(&mut receiving, ended(12, Outcome::Completed));
    requesting.merge(&receiving, at(13));
    host.listen(&mut requesting, at(13));
    receiving.merge(&requesting, at(13));
    other.listen(&mut receiving, at(13));
    for host in [host, other] {
        assert_eq!(outcomes(&host), [Outcome::Completed]);
    }
}

#[test]
fn a_replica_learns_of_refusals_of_another() {
    let (mut refused, mut host) = requested(Awaited::Completion);
    let (mut waiting, mut other) = requested(Awaited::Completion);
    host.hand(&mut refused, Input::Refused("c".into()), at(11));
    for _ in 0..2 {
        waiting.merge(&refused, at(12));
        other.listen(&mut waiting, at(12));
    }
    assert_eq!(outcomes(&other), [Outcome::NotStarted]);
}

#[test]
fn a_clock_that_jumps_back_delays_no_outcome() {
    let (mut call, mut host) = requested(Awaited::Completion);
    host.hand(&mut call, Input::DeadlineReached, at(-3_600));
    host.run(&mut call, at(-3_600 + 170));
    assert_eq!(outcomes(&host), [Outcome::Unknown]);
}

#[test]
fn restarts_do_not_delay_an_outcome_for_ever() {
    let (first, _) = requested(Awaited::Completion);
    // Each restart forgets the probes.
    for second in (10..600).step_by(30) {
        let mut call = first.clone();
        for later in second..second + 30 {
            call.handle(Input::DeadlineReached, at(later));
            while call.poll_output().is_some() {}
        }
        if call.operations().any(|one| one.end.is_some()) {
            assert_eq!(second, 160, "the 170 s count from the request");
            return;
        }
    }
    panic!("it is never known");
}

#[test]
fn too_many_operations_end_as_unknown() {
    let limits = Limits { operations: 3, ..Limits::default() };
    let (mut call, mut host) = (Call::new(Config { limits, ..config() }), Host::default());
    host.hear(&mut call, created(at(0), at(0)));
    for number in 0..1_000 {
        request(&mut call, &mut host, &number.to_string(), Awaited::Completion);
    }
    assert_eq!((host.outcomes.len(), call.operations().count()), (997, 3));
    assert!(outcomes(&host).iter().all(|outcome| *outcome == Outcome::Unknown));
}

proptest! {
    /// Whatever arrives of an operation, in any order: it ends once, and within its documented time.
    #[test]
    fn every_operation_ends_once_in_time(
        heard in subsequence(vec![0, 1, 2, 3, 4, 5, 6, 7, 8], 0..=9).prop_shuffle(),
        awaits in prop_oneof![
            Just(Awaited::Completion),
            Just(Awaited::Participants([identity("lee")].into())),
            Just(Awaited::Transfer),
            Just(Awaited::End),
        ],
    ) {
        let (mut call, mut host) = requested(awaits);
        for (place, kind) in heard.into_iter().enumerate() {
            let second = ASKED + 1 + i64::try_from(place).expect("a small number");
            let observation = match kind {
                0 => reply(second),
                1 => ended(second, Outcome::Completed),
                2 => ended(second, Outcome::Failed),
                3 => roster(second, Source::Notification, &["bot", "lee"]),
                4 => roster(second, Source::Notification, &["bot"]),
                5 => notified(second, Transferring),
                6 => notified(second, Established),
                7 => notified(second, TransferAccepted),
                _ => notified(second, Terminated),
            };
            host.run(&mut call, at(second));
            host.hear(&mut call, observation);
        }
        host.run(&mut call, at(ASKED + 20 + 150));
        prop_assert_eq!(host.outcomes.len(), 1, "{:?}", host.outcomes);
    }
}

fn config() -> Config {
    let probes = Probes { silence: Silence::every_phase(None), confirm: false, ..Probes::default() };
    Config { probes: Some(probes), keep_alive: None, ..Config::default() }
}

fn known() -> (Call, Host) {
    let (mut call, mut host) = (Call::new(config()), Host::default());
    host.hear(&mut call, created(at(0), at(0)));
    host.hear(&mut call, notified(1, Established));
    (call, host)
}

fn requested(awaits: Awaited) -> (Call, Host) {
    let (mut call, mut host) = known();
    request(&mut call, &mut host, "c", awaits);
    (call, host)
}

fn request(call: &mut Call, host: &mut Host, context: &str, awaits: Awaited) {
    let requested = RequestedOperation::new("some", context, awaits, at(ASKED));
    host.hand(call, Input::Requested(Box::new(requested)), at(ASKED));
}

fn key() -> OperationKey {
    OperationKey::Id(Id::new("operation-1"))
}

fn report() -> OperationReport {
    let mut report = OperationReport::new(key());
    report.details.client_context = Some("c".into());
    report
}

fn operation(second: i64, source: Source, report: OperationReport) -> Observation {
    Observation::new(Stamp::at(at(second)), source, Claim::Operation(Box::new(report)))
}

fn reply(second: i64) -> Observation {
    let mut running = report();
    running.status = Some(OperationStatus::Running);
    operation(second, Source::Accepted { command: Command::Other, sent_at: Some(at(ASKED)) }, running)
}

fn ended(second: i64, outcome: Outcome) -> Observation {
    let mut ended = report();
    ended.status =
        Some(if outcome == Outcome::Completed { OperationStatus::Completed } else { OperationStatus::Failed });
    operation(second, Source::Notification, ended)
}

fn identity(id: &str) -> Identity {
    let mut identity = Identity::new("user");
    identity.id = Some(Redacted::new(id));
    identity
}

fn roster(second: i64, source: Source, users: &[&str]) -> Observation {
    let participants = users.iter().map(|user| {
        let mut participant = ParticipantReport::new(ParticipantKey::Id(Id::new(user)));
        participant.identity = Some(Arc::new(identity(user)));
        participant
    });
    let report = RosterReport::new(RosterExtent::Full, participants);
    Observation::new(Stamp::at(at(second)), source, Claim::Roster(Box::new(report)))
}

fn outcomes(host: &Host) -> Vec<Outcome> {
    host.outcomes.iter().filter_map(|(_, operation)| Some(operation.end.as_ref()?.outcome)).collect()
}

/// Returns the seconds at which operations were probed.
fn probes(host: &Host) -> Vec<i64> {
    let probes = host.actions.iter().filter(|(_, action)| matches!(action, Action::ProbeOperation { .. }));
    probes.map(|(at, _)| at.as_nanos() / 1_000_000_000).collect()
}
