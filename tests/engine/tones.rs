//! The keys of the other side: in order, once, with gaps, and collected.

use std::time::Duration;

use call_engine::{DigitsEnd, ToneEvent, Tones};
use call_msgraph::{Dtmf, Received, SubscribeToTone};
use call_transport_mock::Story;
use serde_json::json;

use super::scripted::Rig;
use super::{Rig as Simulated, pass};

/// Posts the notification of a key.
async fn press(rig: &Rig, number: i64, tone: &str) {
    let call = rig.call.id();
    let body = json!({
        "changeType": "updated", "resourceUrl": format!("/communications/calls/{call}"),
        "resourceData": {
            "@odata.type": "#microsoft.graph.call", "state": "established",
            "toneInfo": { "@odata.type": "#microsoft.graph.toneInfo", "sequenceId": number, "tone": tone },
        },
    });
    rig.engine.intake().deliver(Received::post(body.to_string().into_bytes())).await;
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Writes items as text: the key of each number, and `first-last` for those that are missing.
async fn all(tones: &mut Tones, count: usize) -> Vec<String> {
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(match tones.next().await {
            Some(ToneEvent::Pressed(pressed)) => {
                format!("{} {}", pressed.sequence_id, pressed.key.and_then(Dtmf::label).unwrap_or('?'))
            }
            Some(ToneEvent::Missed { first, last }) => format!("{first}-{last}"),
            end => format!("{end:?}"),
        });
    }
    items
}

#[tokio::test(start_paused = true)]
async fn keys_come_in_order_and_once() {
    let rig = Rig::with_call(0).await;
    let mut tones = rig.call.tones();
    for (number, tone) in [(3, "pound"), (1, "tone1"), (1, "tone1"), (2, "Tone2"), (3, "pound"), (4, "buzz")] {
        press(&rig, number, tone).await;
    }
    assert_eq!(all(&mut tones, 4).await, ["1 1", "2 2", "3 #", "4 ?"]);
    assert!(tokio::time::timeout(seconds(600), tones.next()).await.is_err(), "no key comes twice");
    rig.call.hang_up().await.unwrap();
    assert_eq!(tones.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_missing_key_is_a_gap_after_the_window() {
    let rig = Rig::with_call(0).await;
    let mut tones = rig.call.tones();
    press(&rig, 2, "tone2").await;
    assert!(tokio::time::timeout(Duration::from_millis(1_900), tones.next()).await.is_err(), "it may still come");
    assert_eq!(all(&mut tones, 2).await, ["1-1", "2 2"]);
    press(&rig, 1, "tone1").await;
    press(&rig, 7, "tone7").await;
    assert_eq!(all(&mut tones, 2).await, ["3-6", "7 7"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_begins_with_the_next_key() {
    let rig = Rig::with_call(0).await;
    press(&rig, 1, "tone1").await;
    pass(seconds(1)).await;
    let mut tones = rig.call.tones();
    press(&rig, 2, "tone2").await;
    assert_eq!(all(&mut tones, 1).await, ["2 2"]);
    press(&rig, i64::MAX, "tone3").await;
    assert_eq!(all(&mut tones, 2).await, [format!("3-{}", i64::MAX - 1), format!("{} 3", i64::MAX)]);
    assert!(tokio::time::timeout(seconds(9), tones.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn digits_end_by_count_key_pause_or_time() {
    for (keys, every, ended_by, text) in [
        (vec!["tone1", "tone2", "star"], 1, DigitsEnd::Count, "12*"),
        (vec!["tone1", "flash", "pound"], 1, DigitsEnd::Key, "1"),
        (vec!["tone1", "tone2"], 1, DigitsEnd::Pause, "12"),
        (vec!["tone1", "flash", "flash", "flash", "flash"], 4, DigitsEnd::Time, "1"),
        (vec![], 1, DigitsEnd::Time, ""),
    ] {
        let rig = Rig::with_call(0).await;
        let mut tones = rig.call.tones();
        let typing = async {
            for (number, key) in (1..).zip(&keys) {
                pass(seconds(every)).await;
                press(&rig, number, key).await;
            }
        };
        let collecting = tones.collect_digits(3, Some(Dtmf::Pound), seconds(5), seconds(15));
        let (digits, ()) = tokio::join!(collecting, typing);
        assert_eq!((digits.ended_by, digits.text.expose(), digits.missed), (ended_by, text, 0), "{keys:?}");
        assert!(!format!("{digits:?}").contains('1'), "keys may be a passcode: {digits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn missing_digits_are_counted() {
    let rig = Rig::with_call(0).await;
    let mut tones = rig.call.tones();
    for (number, key) in [(1, "tone1"), (4, "tone4")] {
        press(&rig, number, key).await;
    }
    let digits = tones.collect_digits(2, None, seconds(5), seconds(15)).await;
    assert_eq!((digits.text.expose(), digits.missed), ("14", 2));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_call_ends_the_input() {
    let rig = Simulated::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(call_core::CallState::Established).await.unwrap();
    let mut tones = call.tones();
    call.subscribe_to_tone(SubscribeToTone::new()).await.unwrap().finished().await.unwrap();
    let digits = tones.collect_digits(9, None, seconds(60), seconds(600));
    let hanging_up = async {
        pass(seconds(10)).await;
        call.hang_up().await.unwrap();
    };
    let (digits, ()) = tokio::join!(digits, hanging_up);
    assert_eq!((digits.ended_by, digits.text.expose()), (DigitsEnd::CallEnded, "12#"));
}
