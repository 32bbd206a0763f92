use call_msgraph::{Answer, Redirect, RejectReason};
use call_transport::SendError;
use tokio::sync::mpsc;

use crate::handle::CallHandle;

/// Somebody calls the bot, which has 15 seconds to answer ("call: answer", v1.0 reference).
///
/// One that is dropped is left to itself: the service ends it, or another replica answers.
#[derive(Debug)]
#[must_use = "a call that is neither answered nor rejected rings until the service ends it"]
pub struct IncomingCall(CallHandle);

/// The calls that come in.
#[derive(Debug)]
pub struct IncomingCalls(pub(crate) mpsc::Receiver<IncomingCall>);

impl IncomingCalls {
    /// Waits for the next call; `None` once the engine has stopped.
    ///
    /// Cancel safety: no call is lost.
    pub async fn next(&mut self) -> Option<IncomingCall> {
        self.0.recv().await
    }
}

impl IncomingCall {
    pub(crate) const fn new(handle: CallHandle) -> Self {
        Self(handle)
    }

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
