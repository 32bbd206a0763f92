use std::collections::BTreeMap;
use std::time::Duration;

use call_core::{CallState, DEFAULT_REORDER_WINDOW, Event, Timeline};
use call_engine::{CallEvent, CallHandle, CreateError, IncomingCalls};
use call_msgraph::{Account, Answer, MediaConfig, Transfer};
use call_transport_mock::{Agreement, ChaosLevel};

use super::{Rig, callback, request};

#[tokio::test(start_paused = true)]
async fn every_timeline_matches_the_knowable_truth() {
    for (seed, chaos) in [(1, ChaosLevel::None), (2, ChaosLevel::Mild), (3, ChaosLevel::Wild), (4, ChaosLevel::Wild)] {
        let Rig { service, engine, incoming, journal } = Rig::in_chaos(seed, chaos).await;
        let mut events = engine.events();
        let mut host = tokio::task::JoinSet::new();
        host.spawn(answer(incoming));
        for number in 0..200 {
            if number % 10 == 9 {
                service.ring(callback().as_str());
                continue;
            }
            let engine = engine.clone();
            host.spawn(async move {
                let call = match engine.create_call(request(number % 10)).await {
                    Ok(call) => call,
                    Err(CreateError::Uncertain(pending, _)) => match pending.adopted().await {
                        Some(call) => call,
                        None => return,
                    },
                    Err(error) => panic!("{error}"),
                };
                follow(call).await;
            });
        }
        let mut timelines = BTreeMap::<_, Timeline>::new();
        let mut ends = BTreeMap::<_, usize>::new();
        let story = async {
            while let Some(event) = events.next().await {
                let CallEvent::Event((call, event)) = event else { panic!("{event:?}") };
                match &*event {
                    Event::Changed(change) => {
                        timelines.entry(call).or_default().apply(change).expect("a change fits");
                    }
                    Event::Ended { .. } => *ends.entry(call).or_default() += 1,
                    Event::EndsUnlessKeptAlive { .. } | Event::TooLate(_) | _ => {}
                }
            }
        };
        // Within a day every call has ended and is forgotten.
        assert!(tokio::time::timeout(Duration::from_secs(24 * 3_600), story).await.is_err());
        assert!(ends.values().all(|ends| *ends == 1), "seed {seed}");
        let counts = engine.counts().await;
        assert_eq!(counts.calls, counts.foreign, "seed {seed}: a call is not forgotten");

        let (ledger, deliveries) = (service.ledger(), journal.deliveries());
        for truth in service.truths() {
            let Some(timeline) = timelines.get(&truth.call) else { continue };
            // Deliveries after the engine forgot the call are not part of its timeline.
            let agreement = Agreement::of(&truth, &ledger, &deliveries, DEFAULT_REORDER_WINDOW, timeline);
            assert_eq!(agreement.disagreement, None, "seed {seed}: {truth:?}");
        }
    }
}

/// Does what the story of a call expects of the bot.
async fn follow(call: CallHandle) {
    if call.wait_has_been(CallState::Established).await.is_err() {
        return;
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    // The request fails if the story does not allow it or the network loses it.
    let whom = Account::new("550fae72-d251-43ec-868c-373732c2704f").expect("an id");
    if call.id().to_string().as_bytes()[0].is_multiple_of(3) {
        drop(call.transfer(Transfer::to(whom)).await);
    }
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    while !call.view().has_ended() {
        if let Ok(hang_up) = call.hang_up().await {
            drop(hang_up.finished().await);
        }
    }
}

async fn answer(mut incoming: IncomingCalls) {
    while let Some(offered) = incoming.next().await {
        tokio::spawn(async move {
            if let Ok(call) = offered.answer(Answer::new(&MediaConfig::service_hosted())).await {
                follow(call).await;
            }
        });
    }
}
