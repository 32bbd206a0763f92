//! Creates that failed, or whose outcome is unknown.

use std::fmt;
use std::sync::Arc;

use call_core::CallId;
use call_journal::JournalError;
use call_msgraph::Token;
use call_transport::SendError;

use crate::base::creates::Bound;
use crate::flow::courier::Courier;
use crate::host::handle::CallHandle;

/// Reason why [`Engine::create_call`](crate::Engine::create_call) returned no call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The service refused the request, or the request was not sent. No call was created.
    #[error("the call was not created")]
    Failed(#[source] SendError),
    /// No response was received, so the call may exist. Do not create it again: the engine adopts it when its first notification
    /// is received, which [`PendingCall::adopted`] waits for.
    #[error(
        "no response was received, so the call may exist; do not create it again: the engine adopts it when its first \
         notification arrives"
    )]
    Uncertain(PendingCall, #[source] SendError),
    /// The reference belongs to a call that was created before, and that the engine no longer follows. No call was created.
    #[error("the reference belongs to the call {0}, which was created before and is no longer followed")]
    Used(CallId),
    /// The journal could not store the intent, so the request was not sent. It is safe to retry.
    #[error(
        "the journal could not store the intent to create the call, so the request was not sent; it is safe to retry"
    )]
    NotKept(#[source] JournalError),
    /// The engine has stopped. No call was created.
    #[error("the engine has stopped, so the call was not created")]
    Stopped,
    /// The operating system returned no random numbers for the token of the call. No call was created.
    #[error("the operating system returned no random numbers for the token of the call")]
    NoRandomness,
}

/// A call that may exist, because the response to its create was not received.
pub struct PendingCall {
    courier: Arc<Courier>,
    token: Token,
    bound: Bound,
}

impl PendingCall {
    pub(crate) const fn new(courier: Arc<Courier>, token: Token, bound: Bound) -> Self {
        Self { courier, token, bound }
    }

    /// Returns the token in the callback address of the call. It is a secret between the bot and the service.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// Waits until the engine adopts the call; `None` if no notification was received within
    /// [`EngineSettings::adopt_within`](crate::EngineSettings::adopt_within), or the engine has stopped.
    ///
    /// Cancel safety: the engine adopts the call even if the future is dropped.
    pub async fn adopted(mut self) -> Option<CallHandle> {
        let bound = self.bound.wait_for(Option::is_some).await.ok()?.clone()?;
        CallHandle::follow(&self.courier, &bound).await
    }
}

impl fmt::Debug for PendingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").field("call", &*self.bound.borrow()).finish_non_exhaustive()
    }
}
