use std::fmt;
use std::sync::Arc;

use call_core::CallId;
use call_msgraph::{Answer, Redirect, RejectReason};
use call_transport::SendError;
use tokio::sync::mpsc;

use crate::calls::followers::Subscription;
use crate::flow::courier::Courier;
use crate::host::handle::CallHandle;

/// Somebody calls the bot, which has 15 seconds to answer ("call: answer", v1.0 reference).
///
/// One that is dropped is left to itself: the service ends it, or another replica answers.
#[derive(Debug)]
#[must_use = "a call that is neither answered nor rejected rings until the service ends it"]
pub struct IncomingCall(CallHandle);

/// The calls that come in.
pub struct IncomingCalls {
    offered: mpsc::Receiver<(CallId, Subscription)>,
    courier: Arc<Courier>,
}

impl IncomingCalls {
    pub(crate) const fn new(offered: mpsc::Receiver<(CallId, Subscription)>, courier: Arc<Courier>) -> Self {
        Self { offered, courier }
    }

    /// Waits for the next call; `None` once the engine has stopped.
    ///
    /// Cancel safety: no call is lost.
    pub async fn next(&mut self) -> Option<IncomingCall> {
        let (call, subscription) = self.offered.recv().await?;
        Some(IncomingCall(CallHandle::new(Arc::clone(&self.courier), call, subscription)))
    }
}

impl IncomingCall {
    /// Returns the call, to follow it before it is answered.
    pub const fn handle(&self) -> &CallHandle {
        &self.0
    }

    /// Takes the call.
    ///
    /// Cancel safety: what is dropped may be done all the same.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn answer(self, answer: Answer) -> Result<CallHandle, SendError> {
        self.0.answer(answer).await?;
        Ok(self.0)
    }

    /// Rejects the call.
    ///
    /// Cancel safety: what is dropped may be done all the same.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn reject(self, reason: RejectReason) -> Result<CallHandle, SendError> {
        self.0.reject(reason).await?;
        Ok(self.0)
    }

    /// Sends the call on to somebody else.
    ///
    /// Cancel safety: what is dropped may be done all the same.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn redirect(self, redirect: Redirect) -> Result<CallHandle, SendError> {
        self.0.redirect(redirect).await?;
        Ok(self.0)
    }
}

impl fmt::Debug for IncomingCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingCalls").field("waiting", &self.offered.len()).finish_non_exhaustive()
    }
}
