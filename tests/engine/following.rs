use std::collections::HashSet;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use call_core::{CallState, CallState::*, Event};
use call_engine::{CallEvent, CallHandle, EngineSettings, Release, WaitError};
use call_msgraph::{Account, PlayPrompt, Prompt, Transfer};
use call_transport_mock::{SimulationSettings, Story};

use serde_json::json;

use super::{Rig, callback, pass};

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_the_state_or_call() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Busy).await;
    assert_eq!(call.wait_has_been(Ringing).await, Ok(()));
    let ended = call.wait_has_been(Established).await;
    let Err(WaitError::Ended(Some(result))) = ended else { panic!("{ended:?}") };
    assert_eq!((result.code, result.subcode), (Some(486), Some(560_486)));
    assert_eq!(call.wait_has_been(Ringing).await, Ok(()), "though it has left it again");
}

#[tokio::test(start_paused = true)]
async fn wait_until_returns_the_first_matching_view() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Busy).await;
    let view = call.wait_until(|view| view.timeline.steps.len() == 2).await.unwrap();
    assert_eq!(view.timeline.states(), [Establishing, Ringing]);
    assert_eq!(call.wait_until(|view| view.has_ended()).await.unwrap().state(), Some(Terminated));
    let never = call.wait_until(|view| view.has_entered(Hold)).await;
    assert!(matches!(never, Err(WaitError::Ended(Some(_)))), "{never:?}");
}

#[tokio::test(start_paused = true)]
async fn handles_to_the_same_call_are_equal() {
    let (rig, other) = (Rig::start().await, Rig::start().await);
    let (call, next) = (rig.create(Story::Endless).await, rig.create(Story::Endless).await);
    let again = rig.engine.call(call.id()).await.unwrap();
    let elsewhere = other.create(Story::Endless).await;
    #[expect(clippy::mutable_key_type, reason = "the hash of a handle depends only on the id of its call")]
    let handles = HashSet::from([call.clone(), again.clone(), next.clone(), elsewhere.clone()]);
    assert!(call == again && call != next && handles.len() == 3);
    assert!(call.id() == elsewhere.id() && call != elsewhere, "the id is the same in another engine");
}

#[tokio::test(start_paused = true)]
async fn views_counts_and_settings_serialize() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    let view = serde_json::to_value(call.view()).unwrap();
    assert_eq!(view["timeline"], serde_json::to_value(call.timeline()).unwrap());
    assert_eq!(view["timeline"]["present"], json!({"certain": "established"}), "{view}");
    assert_eq!(serde_json::to_value(rig.engine.counts().await).unwrap()["calls"], 1);
    let config = serde_json::to_value(EngineSettings::new(callback()).calls).unwrap();
    assert_eq!(config["limits"]["foreignCalls"], 10_000, "{config}");
}

#[tokio::test(start_paused = true)]
async fn waiting_until_settled_outlasts_the_window() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(call.wait_settled().await, Ok(Established));
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert_eq!(call.wait_settled().await, Ok(Established));
}

#[tokio::test(start_paused = true)]
async fn events_rebuild_the_timeline_and_end() {
    let rig = Rig::start().await;
    let call = rig.create(Story::HeldAndResumed).await;
    let mut timeline = (*call.timeline()).clone();
    let mut events = call.events();
    let mut ends = 0;
    while let Some(event) = events.next().await {
        let CallEvent::Event(event) = event else { panic!("{event:?}") };
        if let Event::Changed(change) = &*event {
            timeline.apply(change).expect("a change fits");
        }
        ends += usize::from(matches!(&*event, Event::Ended { .. }));
    }
    assert_eq!(ends, 1);
    assert_eq!(timeline, *call.timeline(), "what is known last can still be looked at");
    assert_eq!(
        timeline.states(),
        [Establishing, Ringing, Established, Hold, Established, Hold, Established, Terminated]
    );
    assert!(rig.engine.call(call.id()).await.is_none(), "the engine forgets it after its grace");
    assert!(call.events().next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_slow_subscriber_receives_lagged() {
    let rig = Rig::with(SimulationSettings::default(), |settings| settings.event_buffer = 2).await;
    let call = rig.create(Story::HeldAndResumed).await;
    let (mut events, mut all) = (call.events(), rig.engine.events());
    call.wait_ended().await.unwrap();
    let Some(CallEvent::Lagged(missed)) = events.next().await else { panic!() };
    assert!(missed > 3, "{missed}");
    assert!(matches!(events.next().await, Some(CallEvent::Event(_))));
    assert!(matches!(all.next().await, Some(CallEvent::Lagged(_))));
}

#[tokio::test(start_paused = true)]
async fn a_transfer_is_requested_and_followed() {
    let rig = Rig::start().await;
    for (story, expected) in [(Story::Transferred, TransferAccepted), (Story::TransferFails, Transferring)] {
        let call = rig.create(story).await;
        call.wait_has_been(Established).await.unwrap();
        pass(Duration::from_secs(10)).await;
        call.transfer(Transfer::to(Account::new("550fae72-d251-43ec-868c-373732c2704f").unwrap())).await.unwrap();
        call.wait_ended().await.unwrap();
        assert_eq!(call.view().has_entered(TransferAccepted), expected == TransferAccepted);
        assert!(call.view().has_entered(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_is_followed_to_its_end() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    call.play_prompt(PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav"))).await.unwrap();
    pass(Duration::from_secs(10)).await;
    let timeline = call.timeline();
    let states: Vec<_> = timeline.operations[0].steps.iter().map(|step| step.state.as_str()).collect();
    assert_eq!(states, ["running", "completed"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_kept_alive_for_hours() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    pass(Duration::from_secs(5 * 3_600)).await;
    assert_eq!(call.state(), Some(Established));
    call.hang_up().await.unwrap();
    call.wait_ended().await.unwrap();
    call.hang_up().await.expect("that it is gone is no error");
    assert_eq!(call.timeline().states(), [Establishing, Ringing, Established, Terminating, Terminated]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_end_is_found() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Answered).await;
    call.wait_has_been(Established).await.unwrap();
    rig.service.connect(Arc::new(super::taking::Deaf));
    assert_eq!(call.wait_ended().await, Ok(None), "by a 404, which does not say why");
}

#[tokio::test(start_paused = true)]
async fn an_attached_guard_is_dropped_exactly_once() {
    let rig = Rig::start().await;
    let freed = Arc::new([const { AtomicUsize::new(0) }; 4]);
    let count = |freed: &Arc<[AtomicUsize; 4]>| {
        let freed = Arc::clone(freed);
        move |release: Release| {
            let place = [Release::Ended, Release::Forgotten, Release::Stopped, Release::Dropped];
            let place = place.iter().position(|known| *known == release).expect("it is one of them");
            freed[place].fetch_add(1, Ordering::Relaxed);
        }
    };
    let counts = || freed.each_ref().map(|count| count.load(Ordering::Relaxed));

    let call = rig.create(Story::Busy).await;
    let guard = call.guard(count(&freed));
    assert!(!guard.is_released());
    call.wait_ended().await.unwrap();
    pass(Duration::from_secs(1)).await;
    assert!(guard.is_released());
    drop(guard);
    assert_eq!(counts(), [1, 0, 0, 0]);

    let late = call.guard(count(&freed));
    pass(Duration::from_secs(1)).await;
    assert!(late.is_released(), "the call is over");
    assert_eq!(counts(), [2, 0, 0, 0]);
    pass(Duration::from_secs(600)).await;
    let later = call.guard(count(&freed));
    pass(Duration::from_secs(1)).await;
    assert!(later.is_released(), "the engine has forgotten the call");
    assert_eq!(counts(), [2, 1, 0, 0]);

    let call = rig.create(Story::Endless).await;
    drop(call.guard(count(&freed)));
    assert_eq!(counts(), [2, 1, 0, 1]);
    let panics = call.guard(|_| panic!("a host that panics"));
    let kept = call.guard(count(&freed));
    rig.engine.shutdown().await;
    assert!(kept.is_released() && panics.is_released());
    assert_eq!(counts(), [2, 1, 1, 1]);
    let stopped = call.guard(count(&freed));
    assert!(stopped.is_released());
    assert_eq!(counts(), [2, 1, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn probes_of_many_calls_are_rate_limited() {
    let adjust = |settings: &mut EngineSettings| settings.requests_per_second = 2;
    let rig = Rig::with(SimulationSettings::default(), adjust).await;
    for _ in 0..20 {
        rig.create(Story::Endless).await;
    }
    // All of them need a keep-alive at about the same time.
    pass(Duration::from_secs(15 * 60 + 3)).await;
    let kept = || async {
        let deliveries = rig.journal.deliveries();
        let is_keep_alive = call_msgraph::DeliveryKind::Accepted(call_core::Command::KeepAlive);
        deliveries.iter().filter(|delivery| delivery.kind == is_keep_alive).count()
    };
    let first = kept().await;
    assert!((1..20).contains(&first), "{first}");
    pass(Duration::from_secs(10)).await;
    assert_eq!(kept().await, 20);
}

/// Reads the view of a call when it is woken.
struct Witness {
    call: CallHandle,
    saw: Mutex<Vec<Option<CallState>>>,
}

impl Wake for Witness {
    fn wake(self: Arc<Self>) {
        self.saw.lock().expect("no code panics while it holds the lock").push(self.call.state());
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_visible_in_the_view() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    let witness = Arc::new(Witness { call: call.clone(), saw: Mutex::default() });
    let waker = Waker::from(Arc::clone(&witness));
    let mut events = call.events();
    let waiting = pin!(events.next()).poll(&mut Context::from_waker(&waker));
    assert!(waiting.is_pending());
    call.hang_up().await.unwrap();
    assert_eq!(*witness.saw.lock().unwrap(), [Some(Terminating)]);
}
