//! What the network does with its packets.

use std::collections::BTreeMap;
use std::time::Duration;

use call_core::Timestamp;
use call_transport::Response;
use call_transport_mock::{Carried, Chaos, ChaosLevel, News, Notification, Packet, Report};
use serde_json::json;

const WINDOW: Duration = Duration::from_secs(2);

fn notification(number: u64) -> Notification {
    Notification {
        // Three calls, each with an address of its own.
        callback: format!("https://bot.contoso.com/callback/token-{}", number % 3),
        message_id: format!("message-{number}"),
        value: json!({ "changeType": "updated", "number": number }),
        report: Report { call: format!("call-{}", number % 3).as_str().into(), step: None, news: News::None },
    }
}

/// The time at which a notification is sent.
fn sent_at(number: u64) -> Timestamp {
    Timestamp::from_millis(i64::try_from(number).expect("a small number") * 100)
}

/// Sends a notification every tenth of a second. Returns what arrives, and when.
fn carry(level: ChaosLevel, seed: u64, count: u64) -> Vec<(Timestamp, Packet)> {
    let mut network = Chaos::new(level, seed, 1);
    let mut arrived = Vec::new();
    let mut take = |network: &mut Chaos, now| {
        while let Some(carried) = network.poll_output(now) {
            let Carried::Packet(packet) = carried else { panic!("nothing else was handed over") };
            arrived.push((now, packet));
        }
    };
    for number in 0..count {
        let now = sent_at(number);
        network.post(notification(number), now);
        take(&mut network, now);
    }
    while let Some(at) = network.next_deadline() {
        take(&mut network, at);
    }
    arrived
}

/// Returns the arrival times of each notification, by its number.
fn arrivals(arrived: &[(Timestamp, Packet)]) -> BTreeMap<u64, Vec<Timestamp>> {
    let mut by_number: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (at, packet) in arrived.iter().filter(|(_, packet)| !packet.body.is_empty()) {
        let body: serde_json::Value = serde_json::from_slice(&packet.body).expect("JSON");
        let values = body["value"].as_array().expect("a list");
        assert_eq!(values.len(), packet.reports.len(), "each element is recorded");
        for value in values {
            by_number.entry(value["number"].as_u64().expect("a number")).or_default().push(*at);
        }
    }
    by_number
}

#[test]
fn a_good_network_delivers_once_and_in_order() {
    let arrived = carry(ChaosLevel::None, 1, 1_000);
    let ids: Vec<_> = arrived.iter().map(|(_, packet)| packet.message_id.clone()).collect();
    assert_eq!(ids, (0..1_000).map(|number| format!("message-{number}")).collect::<Vec<_>>());
}

#[test]
fn a_mild_network_delays_within_the_window() {
    let arrived = carry(ChaosLevel::Mild, 2, 3_000);
    let by_number = arrivals(&arrived);
    assert_eq!(by_number.len(), 3_000);
    for (number, times) in &by_number {
        let sent = sent_at(*number);
        assert!(times.iter().all(|at| at.saturating_since(sent) < WINDOW), "{number}");
    }
    let is_out_of_order = arrived.windows(2).any(|pair| pair[0].1.message_id > pair[1].1.message_id);
    let is_repeated = by_number.values().any(|times| times.len() > 1);
    let is_together = arrived.iter().any(|(_, packet)| packet.reports.len() > 1);
    assert!(is_out_of_order && is_repeated && is_together);
}

#[test]
fn a_wild_network_loses_empties_and_repeats() {
    let arrived = carry(ChaosLevel::Wild, 3, 3_000);
    let by_number = arrivals(&arrived);
    assert!((2_000..3_000).contains(&by_number.len()), "{}", by_number.len());
    assert!(arrived.iter().any(|(_, packet)| packet.body.is_empty() && packet.reports.is_empty()));
    assert!(arrived.iter().any(|(_, packet)| packet.message_id.ends_with("-again")));
    let late = |(number, times): (&u64, &Vec<Timestamp>)| {
        let sent = sent_at(*number);
        times.iter().any(|at| at.saturating_since(sent) > 10 * WINDOW)
    };
    assert!(by_number.iter().any(late));
}

#[test]
fn a_seed_determines_the_whole_run() {
    assert_eq!(carry(ChaosLevel::Wild, 4, 500), carry(ChaosLevel::Wild, 4, 500));
    assert_ne!(carry(ChaosLevel::Wild, 4, 500), carry(ChaosLevel::Wild, 5, 500));
}

#[test]
fn only_a_wild_network_loses_requests() {
    for (level, loses) in [(ChaosLevel::None, false), (ChaosLevel::Mild, false), (ChaosLevel::Wild, true)] {
        let mut network = Chaos::new(level, 6, 1);
        let requests = (0..1_000).filter(|_| network.carries_request()).count();
        for id in 0..1_000 {
            network.respond(id, Response::new(204), Timestamp::from_millis(0));
        }
        let mut responses = 0;
        while let Some(at) = network.next_deadline() {
            while network.poll_output(at).is_some() {
                responses += 1;
            }
        }
        assert_eq!((requests < 1_000, responses < 1_000), (loses, loses), "{level:?}");
    }
}
