use std::fmt::Write;

use call_core::{DEFAULT_REORDER_WINDOW, Timeline, reconcile};
use call_msgraph::{Creates, Delivery, Record, hearings};
use call_tests::world::{GRACE, Plan, World};
use call_transport_mock::{Agreement, ChaosLevel, Disagreement, Ledger, Truth};

#[test]
fn a_good_network_reveals_the_whole_truth() {
    let world = check(Plan { seed: 1, calls: 1_000, chaos: ChaosLevel::None, has_two_replicas: false });
    let replica = &world.replicas[0];
    for truth in world.service.truths() {
        let states: Vec<_> = truth.steps.iter().map(|step| step.state).collect();
        assert_eq!(replica.calls.get(&truth.call).expect("a bot received it").timeline().states(), states);
    }
}

#[test]
fn delays_within_the_window_hide_little() {
    let world = check(Plan { seed: 2, calls: 10_000, chaos: ChaosLevel::Mild, has_two_replicas: true });
    let deliveries = world.deliveries();
    let is_hidden = |truth: &&Truth| {
        let timeline = world.replicas[0].calls.get(&truth.call).expect("nothing is lost").timeline();
        !Agreement::of(truth, &world.ledger, &deliveries[&truth.call], DEFAULT_REORDER_WINDOW, &timeline)
            .is_order_observable
    };
    // A call can change while a probe is in flight.
    let hidden = world.service.truths().filter(is_hidden).count();
    assert!(hidden < 100, "of {hidden} calls");
}

#[test]
fn a_wild_network_reveals_the_knowable_truth() {
    for seed in 0..3 {
        check(Plan { seed, calls: 10_000, chaos: ChaosLevel::Wild, has_two_replicas: seed % 2 == 0 });
    }
}

#[test]
fn a_seed_reproduces_a_run() {
    let plan = Plan { seed: 5, calls: 300, chaos: ChaosLevel::Wild, has_two_replicas: true };
    let run = || {
        let mut world = World::new(plan);
        world.run();
        world.deliveries()
    };
    assert_eq!(run(), run());
}

/// Runs a plan. Panics if a call does not match the knowable truth, ends twice or never, or is not forgotten.
#[track_caller]
fn check(plan: Plan) -> World {
    let mut world = World::new(plan);
    world.run();
    for replica in &world.replicas {
        assert!(replica.ends.values().all(|ends| *ends == 1), "{plan:?}: a call ended twice");
    }
    world.merge();
    // What one machine knows can refute a 404 that confirmed the end on the other one. Then the bots probe again.
    world.run();
    let now = world.merge();
    let (first, last) = (&world.replicas[0].calls, &world.replicas[world.replicas.len() - 1].calls);
    let same =
        |(id, call): (&_, &call_core::Call)| last.get(id).is_some_and(|other| other.timeline() == call.timeline());
    assert_eq!(first.iter().count(), last.iter().count(), "{plan:?}");
    assert!(first.iter().all(same), "{plan:?}: two machines that know the same do not say the same");

    let deliveries = world.deliveries();
    for truth in world.service.truths() {
        assert!(truth.has_ended(), "{plan:?}: {} goes on", truth.call);
        let (Some(call), Some(deliveries)) = (first.get(&truth.call), deliveries.get(&truth.call)) else { continue };
        assert!(call.has_ended() || !call.is_ours(), "{plan:?}: no bot found out that {} has ended", truth.call);
        let disagreement = |deliveries: &[Delivery], timeline: &Timeline| {
            Agreement::of(truth, &world.ledger, deliveries, DEFAULT_REORDER_WINDOW, timeline).disagreement
        };
        if let Some(found) = disagreement(deliveries, &call.timeline()) {
            panic!("{plan:?}, {}: {found}\n{}", truth.call, smallest(truth, &world.ledger, deliveries));
        }
    }
    let later = now.saturating_add(2 * GRACE);
    for replica in &mut world.replicas {
        let kept = replica.calls.clone();
        replica.wake(later);
        let counts = replica.calls.counts();
        assert_eq!(counts.calls, counts.foreign, "{plan:?}: a call is not forgotten");
        replica.calls = kept;
    }
    world
}

/// Returns the smallest set of receipts that still gives a wrong timeline, as a log for `callctl replay`.
fn smallest(truth: &Truth, ledger: &Ledger, deliveries: &[Delivery]) -> String {
    let mut kept = deliveries.to_vec();
    let is_wrong = |deliveries: &[Delivery]| disagreement(truth, ledger, deliveries).is_some();
    let mut at = 0;
    while is_wrong(&kept) && at < kept.len() {
        let without: Vec<_> =
            kept.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, delivery)| delivery.clone()).collect();
        if is_wrong(&without) { kept = without } else { at += 1 }
    }
    let mut text = String::new();
    let _ = writeln!(text, "what happened: {:?}", truth.steps);
    kept.iter().for_each(|delivery| _ = writeln!(text, "{}", Record::from(delivery.clone())));
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.jsonl", truth.call));
    let lines: String = kept.iter().map(|delivery| format!("{}\n", Record::from(delivery.clone()))).collect();
    match std::fs::write(&path, lines) {
        Ok(()) => text + &format!("callctl replay {}", path.display()),
        Err(_) => text,
    }
}

fn disagreement(truth: &Truth, ledger: &Ledger, deliveries: &[Delivery]) -> Option<Disagreement> {
    let mut creates = Creates::default();
    let decoded = deliveries.iter().flat_map(|delivery| hearings(&delivery.clone().into(), &mut creates).hearings);
    let hearings = decoded.filter(|hearing| hearing.call == truth.call);
    let observations: Vec<_> = hearings.flat_map(|hearing| hearing.observations).collect();
    let timeline = reconcile(&observations, DEFAULT_REORDER_WINDOW);
    Agreement::of(truth, ledger, deliveries, DEFAULT_REORDER_WINDOW, &timeline).disagreement
}
