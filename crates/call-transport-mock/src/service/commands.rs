//! Effects of the commands of the bot.

use std::time::Duration;

use call_core::{CallState, Timestamp};
use fastrand::Rng;
use serde_json::Value;

use crate::service::call::{Draft, SimulatedCall};
use crate::service::story;
use crate::service::story::{Happening, Story};

fn soon(rng: &mut Rng) -> Duration {
    Duration::from_millis(rng.u64(100..500))
}

fn later(rng: &mut Rng) -> Duration {
    Duration::from_millis(rng.u64(6_000..12_000))
}

/// Ends a call that an invitation replaces, once its participant is in the other call.
pub(crate) fn replace(call: &mut SimulatedCall, now: Timestamp) -> Vec<Draft> {
    call.also(Duration::from_millis(1_500), Happening::End(story::REPLACED), now);
    Vec::new()
}

pub(crate) fn hang_up(call: &mut SimulatedCall, rng: &mut Rng, now: Timestamp) -> Vec<Draft> {
    call.plan(vec![(soon(rng), Happening::End(story::HUNG_UP))], now);
    vec![call.enter(CallState::Terminating, None, now)]
}

pub(crate) fn answer(call: &mut SimulatedCall, rng: &mut Rng, body: &Value, now: Timestamp) -> Vec<Draft> {
    if let Some(callback) = body.get("callbackUri").and_then(Value::as_str) {
        call.callback = callback.to_owned();
    }
    call.set_media(&body["mediaConfig"]);
    call.keep_alive(now);
    call.plan(call.story.plan(None, rng), now);
    vec![call.enter(CallState::Establishing, None, now)]
}

pub(crate) fn reject(call: &mut SimulatedCall, rng: &mut Rng, now: Timestamp) -> Vec<Draft> {
    call.hide_state_at_the_end();
    call.plan(vec![(soon(rng), Happening::End(story::HUNG_UP))], now);
    vec![call.enter(CallState::Terminating, None, now)]
}

pub(crate) fn redirect(call: &mut SimulatedCall, rng: &mut Rng, now: Timestamp) -> Vec<Draft> {
    call.plan(vec![(later(rng), Happening::End(story::TRANSFERRED))], now);
    vec![call.enter(CallState::Redirecting, None, now)]
}

pub(crate) fn transfer(call: &mut SimulatedCall, rng: &mut Rng, body: &Value, now: Timestamp) -> Vec<Draft> {
    call.set_consultative(!body["transferTarget"]["replacesCallId"].is_null());
    let next = if call.story == Story::TransferFails {
        [(later(rng), Happening::TransferFailed), (later(rng), Happening::End(story::HUNG_UP))]
    } else {
        let accepted = Happening::Enter(CallState::TransferAccepted);
        [(later(rng), accepted), (later(rng), Happening::End(story::TRANSFERRED))]
    };
    call.plan(next.to_vec(), now);
    vec![call.enter(CallState::Transferring, None, now)]
}
