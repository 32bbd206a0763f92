//! A host without a runtime: one thread that owns all calls, and a channel for what the webhook receives.
//!
//! ```console
//! $ cargo run --package call-core --example host
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use call_core::{Action, CallId, CallState, CallTable, Config, NodeId, Observation, Output, Stamper, Timestamp};

/// A state that the webhook received.
struct Received {
    call: CallId,
    state: CallState,
}

fn main() {
    let (webhook, inbox) = mpsc::channel();
    let host = thread::spawn(move || run(&inbox));
    // The webhook receives `established` before `establishing`.
    for state in [CallState::Established, CallState::Establishing, CallState::Terminated] {
        let received = Received { call: CallId::new("57dab8b1-894c-409a-b240-bd8beae78896"), state };
        webhook.send(received).expect("the host runs until the webhook is closed");
    }
    drop(webhook);
    host.join().expect("the host does not panic");
}

/// Runs until the webhook is closed and no deadline is left.
fn run(inbox: &Receiver<Received>) {
    let mut calls = CallTable::new(Config { grace: Duration::from_millis(100), ..Config::default() });
    let mut stamper = Stamper::new(NodeId(0));
    loop {
        let wait = calls.next_deadline().map(|deadline| deadline.at.saturating_since(now()));
        let received = match wait {
            Some(wait) => inbox.recv_timeout(wait),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(Received { call, state }) => {
                let stamp = stamper.stamp(now());
                let mut observation = Observation::notified(stamp.received_at, state);
                observation.stamp = stamp;
                calls.handle(&call, observation, now());
            }
            Err(RecvTimeoutError::Disconnected) if wait.is_none() => break,
            // After the webhook is closed, the host still waits for its deadlines.
            Err(RecvTimeoutError::Disconnected) => thread::park_timeout(wait.unwrap_or_default()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        calls.expire(now());
        while let Some((call, output)) = calls.poll_output() {
            match output {
                Output::Event(event) => println!("{call}: {event}"),
                Output::Action(Action::Forget(_)) => println!("{call}: discard what belongs to the call"),
                Output::Action(action) => println!("{call}: send the request for {action:?}"),
                _ => {}
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the host reads the clock, the core does not")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(0).saturating_add(since)
}
