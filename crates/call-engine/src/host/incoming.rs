//! Incoming calls.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use call_core::CallId;
use call_msgraph::{Answer, Redirect, Reject};
use call_transport::SendError;
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt};

use crate::calls::followers::Subscription;
use crate::flow::courier::Courier;
use crate::host::handle::CallHandle;

/// An incoming call. The bot has 15 seconds to answer it ("call: answer", v1.0 reference).
///
/// If it is dropped, the engine does nothing: the service ends the call, or another replica answers it.
#[derive(Debug)]
#[must_use = "a call that is neither answered nor rejected rings until the service ends it"]
pub struct IncomingCall(CallHandle);

/// A stream of the incoming calls. It ends when the engine stops.
pub struct IncomingCalls {
    offered: mpsc::Receiver<(CallId, Subscription)>,
    courier: Arc<Courier>,
}

impl IncomingCalls {
    pub(crate) const fn new(offered: mpsc::Receiver<(CallId, Subscription)>, courier: Arc<Courier>) -> Self {
        Self { offered, courier }
    }

    /// Waits for the next incoming call; `None` after the engine has stopped.
    ///
    /// Cancel safety: no call is lost.
    pub async fn next(&mut self) -> Option<IncomingCall> {
        StreamExt::next(self).await
    }
}

impl Stream for IncomingCalls {
    type Item = IncomingCall;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<IncomingCall>> {
        self.offered.poll_recv(context).map(|offered| {
            let (call, subscription) = offered?;
            Some(IncomingCall(CallHandle::new(Arc::clone(&self.courier), call, subscription)))
        })
    }
}

impl IncomingCall {
    /// Returns the handle of the call, to follow the call before it is answered.
    pub const fn handle(&self) -> &CallHandle {
        &self.0
    }

    /// Answers the call.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn answer(self, answer: Answer) -> Result<CallHandle, SendError> {
        self.0.carry_out(answer).await?;
        Ok(self.0)
    }

    /// Rejects the call.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn reject(self, reject: impl Into<Reject>) -> Result<CallHandle, SendError> {
        self.0.carry_out(reject.into()).await?;
        Ok(self.0)
    }

    /// Redirects the call to another party.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn redirect(self, redirect: Redirect) -> Result<CallHandle, SendError> {
        self.0.carry_out(redirect).await?;
        Ok(self.0)
    }
}

impl fmt::Debug for IncomingCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingCalls").field("waiting", &self.offered.len()).finish_non_exhaustive()
    }
}
