//! Creations that did not go as they should.

use std::fmt;
use std::sync::Arc;

use call_journal::JournalError;
use call_transport::SendError;

use crate::base::creates::Bound;
use crate::flow::courier::Courier;
use crate::host::handle::CallHandle;

/// Why there is no call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// The service refused it, or never heard of it.
    #[error("no call was created")]
    Failed(#[source] SendError),
    /// Nobody knows: do not repeat it. A notification that bears the creation's token adopts the call.
    #[error("the call may exist: do not create it again, but wait for it to turn up")]
    Uncertain(PendingCall, #[source] SendError),
    /// The journal fails, so that the call could not be found again after a crash: it was not asked for.
    #[error("no call was created, for nothing can be kept of it")]
    NotKept(#[source] JournalError),
    /// The engine has stopped.
    #[error("the engine has stopped")]
    Stopped,
    /// The system has no random numbers to make a token of.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// A call that may exist.
pub struct PendingCall {
    courier: Arc<Courier>,
    bound: Bound,
}

impl PendingCall {
    pub(crate) const fn new(courier: Arc<Courier>, bound: Bound) -> Self {
        Self { courier, bound }
    }

    /// Waits for the call to turn up; `None` if it did not within the time of the settings, or the engine has stopped.
    ///
    /// Cancel safety: the call is adopted whether or not somebody waits.
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
