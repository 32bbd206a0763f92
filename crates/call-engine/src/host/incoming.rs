//! Incoming calls.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use call_core::{CallId, CallState, Identity, Phase, ResultInfo, Timestamp};
use call_msgraph::{Answer, CallOperation, Redirect, Reject};
use call_transport::SendError;
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt};

use crate::calls::followers::Subscription;
use crate::calls::ringing::answer_by;
use crate::calls::view::CallView;
use crate::flow::courier::Courier;
use crate::host::handle::CallHandle;

/// The offer of an incoming call. The bot has 15 seconds to answer it ("call: answer", v1.0 reference).
///
/// An offer survives a failed request, so a throttled answer can be repeated. If it is dropped, the engine does nothing: the service
/// ends the call, or another replica answers it.
#[derive(Debug)]
#[must_use = "a call that is neither answered nor rejected rings until the service ends it"]
pub struct IncomingCall {
    handle: CallHandle,
    /// Whether a request was sent that may have decided about the call.
    is_decided: AtomicBool,
}

/// Why an offer is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OfferGone {
    /// This bot answered, rejected or redirected the call.
    Decided,
    /// Another replica of the bot, or another endpoint, answered the call.
    AnsweredElsewhere,
    /// The call ended: the caller hung up, or the service gave up. Contains the result of the call, if it is known.
    Ended(Option<ResultInfo>),
    /// The time to answer is over.
    TooLate,
    /// The engine forgot the call, or has stopped.
    Unwatched,
}

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
            Some(IncomingCall::new(CallHandle::new(Arc::clone(&self.courier), call, subscription)))
        })
    }
}

impl IncomingCall {
    const fn new(handle: CallHandle) -> Self {
        Self { handle, is_decided: AtomicBool::new(false) }
    }

    /// Returns the handle of the call, to follow the call before it is answered.
    pub const fn handle(&self) -> &CallHandle {
        &self.handle
    }

    /// Returns the identity of the caller, if the service told it.
    #[must_use]
    pub fn caller(&self) -> Option<Identity> {
        self.handle.timeline().fields.source.clone()
    }

    /// Returns the identities of those that were called, the bot among them.
    #[must_use]
    pub fn called(&self) -> Vec<Identity> {
        self.handle.timeline().fields.targets.as_deref().unwrap_or_default().to_vec()
    }

    /// Returns the identity of the party that answered, if the service told it: after a redirect, or if another endpoint did.
    #[must_use]
    pub fn answered_by(&self) -> Option<Identity> {
        self.handle.timeline().fields.answered_by.clone()
    }

    /// Returns the instant by which the service expects an answer: 15 s after the receipt of the call, 5 s for policy-based recording.
    #[must_use]
    pub fn answer_by(&self) -> Timestamp {
        answer_by(&self.handle.timeline()).unwrap_or_else(|| self.handle.courier().shared.clock.now())
    }

    /// Waits until the offer is gone, and returns the reason.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn gone(&self) -> OfferGone {
        let gone = self.handle.wait_view(|view| self.gone_in(view));
        tokio::select! {
            biased; // An offer that was taken in time is not too late.
            gone = gone => gone.unwrap_or(OfferGone::Unwatched),
            () = self.handle.courier().shared.clock.sleep_until(Some(self.answer_by())) => OfferGone::TooLate,
        }
    }

    /// Answers the call.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn answer(&self, answer: Answer) -> Result<CallHandle, SendError> {
        self.decide(answer).await
    }

    /// Rejects the call.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn reject(&self, reject: impl Into<Reject>) -> Result<CallHandle, SendError> {
        self.decide(reject.into()).await
    }

    /// Redirects the call to another party.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn redirect(&self, redirect: Redirect) -> Result<CallHandle, SendError> {
        self.decide(redirect).await
    }

    async fn decide(&self, decision: impl CallOperation) -> Result<CallHandle, SendError> {
        let before = self.is_decided.swap(true, Ordering::Relaxed);
        let decided = self.handle.carry_out(decision).await;
        if let Err(error) = &decided
            && !matches!(error, SendError::Uncertain(_))
        {
            self.is_decided.store(before, Ordering::Relaxed);
        }
        decided.map(|_| self.handle.clone())
    }

    fn gone_in(&self, view: &CallView) -> Option<OfferGone> {
        let state = view.state()?;
        if self.is_decided.load(Ordering::Relaxed) && state != CallState::Incoming {
            return Some(OfferGone::Decided);
        }
        match state.phase() {
            Phase::Incoming => None,
            Phase::Terminating | Phase::Terminated => Some(OfferGone::Ended(view.timeline.result.clone())),
            Phase::Redirecting | Phase::Establishing | Phase::Ringing | Phase::Connected | _ => {
                Some(OfferGone::AnsweredElsewhere)
            }
        }
    }
}

impl fmt::Debug for IncomingCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingCalls").field("waiting", &self.offered.len()).finish_non_exhaustive()
    }
}
