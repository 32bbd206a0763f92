//! Decides about incoming calls as the settings say.

use std::sync::Arc;
use std::time::Duration;

use call_core::Timestamp;
use call_transport::internal::chain;
use call_transport::{Retry, SendError};
use tokio::sync::mpsc;

use crate::base::decisions::IncomingPolicy;
use crate::flow::courier::Courier;
use crate::flow::log::ShownCall;
use crate::host::incoming::{IncomingCall, IncomingCalls};

/// Time between two attempts of a request that was not sent.
const PAUSE: Duration = Duration::from_millis(500);

/// Returns the incoming calls that the policy leaves to the host.
pub(super) fn applied(mut incoming: IncomingCalls, courier: &Arc<Courier>) -> IncomingCalls {
    let policy = courier.shared.settings.incoming.clone();
    if matches!(policy, IncomingPolicy::Offer) {
        return incoming;
    }
    let (_, nothing) = mpsc::channel(1);
    let left = IncomingCalls::new(nothing, Arc::clone(courier));
    // It ends with the shards, which hold the other end of the stream.
    tokio::spawn(async move {
        while let Some(offered) = incoming.next().await {
            tokio::spawn(decide(offered, policy.clone()));
        }
    });
    left
}

async fn decide(offered: IncomingCall, policy: IncomingPolicy) {
    loop {
        let decided = match policy.clone() {
            IncomingPolicy::Answer(answer) => offered.answer(answer).await,
            IncomingPolicy::Reject(reason) => offered.reject(reason).await,
            IncomingPolicy::Redirect(redirect) => offered.redirect(redirect).await,
            IncomingPolicy::Offer | IncomingPolicy::LeaveAlone => return,
        };
        let Err(error) = decided else { return };
        let Some(pause) = pause(&error).filter(|pause| now(&offered).saturating_add(*pause) < offered.answer_by())
        else {
            let (call, error) = (ShownCall(offered.handle().id()), chain(&error));
            tracing::warn!(%call, error, "the policy for incoming calls could not be applied");
            return;
        };
        tokio::time::sleep(pause).await;
    }
}

/// Returns the time to wait before the request is sent again; `None` if that is not safe, or fails again.
fn pause(error: &SendError) -> Option<Duration> {
    match error.retry() {
        Retry::Safe => Some(PAUSE),
        Retry::SafeAfter(pause) => Some(pause),
        Retry::IfIdempotent | Retry::Never | _ => None,
    }
}

fn now(offered: &IncomingCall) -> Timestamp {
    offered.handle().courier().shared.clock.now()
}
