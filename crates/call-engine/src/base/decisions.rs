//! Decisions that a host leaves to the engine, or makes in a hook.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use call_core::CallId;
use call_msgraph::{Answer, JoinResponse, Redirect, RejectReason};

/// What the engine does with incoming calls.
///
/// Only `Offer` uses the stream of [`IncomingCalls`](crate::IncomingCalls). With the others it stays empty, and the calls are in the
/// list and in the events of all calls. A throttled request is repeated until the time to answer is over.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum IncomingPolicy {
    /// Offer each call to the host.
    #[default]
    Offer,
    /// Answer each call.
    Answer(Answer),
    /// Reject each call.
    Reject(RejectReason),
    /// Redirect each call to another party.
    Redirect(Redirect),
    /// Do nothing: the call rings until the service ends it, or another replica answers it.
    LeaveAlone,
}

/// A participant asks to join a call that is recorded by policy ("participantJoiningNotification", v1.0 reference).
#[derive(Clone)]
#[non_exhaustive]
pub struct Joining {
    /// The call; `None` if no path in the post names it.
    pub call: Option<CallId>,
    /// The post, as it was received.
    pub body: Arc<[u8]>,
}

type Deciding = Pin<Box<dyn Future<Output = JoinResponse> + Send>>;

/// Decides about participants who ask to join.
///
/// ```
/// use call_engine::JoinHook;
/// use call_engine::call_msgraph::{JoinResponse, RejectReason};
/// let hook = JoinHook::new(|joining| async move {
///     println!("somebody joins {:?}", joining.call);
///     JoinResponse::Reject(RejectReason::Busy)
/// });
/// ```
#[derive(Clone)]
pub struct JoinHook(Arc<dyn Fn(Joining) -> Deciding + Send + Sync>);

impl JoinHook {
    /// Returns a hook that calls a function. It must decide within [`EngineSettings::join_within`](crate::EngineSettings::join_within);
    /// otherwise the default response is sent.
    #[must_use]
    pub fn new<D>(decide: impl Fn(Joining) -> D + Send + Sync + 'static) -> Self
    where
        D: Future<Output = JoinResponse> + Send + 'static,
    {
        Self(Arc::new(move |joining| Box::pin(decide(joining))))
    }

    pub(crate) fn decide(&self, joining: Joining) -> Deciding {
        (self.0)(joining)
    }
}

impl fmt::Debug for JoinHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinHook")
    }
}

impl fmt::Debug for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joining").field("call", &self.call).field("bytes", &self.body.len()).finish()
    }
}
