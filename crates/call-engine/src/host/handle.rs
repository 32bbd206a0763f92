//! One call, for the host that follows it.

use std::sync::Arc;

use call_core::{CallId, CallState, ResultInfo, Timeline};
use call_msgraph::{Answer, OperationPath, Redirect, RejectReason, Request, Transfer};
use call_transport::{Reply, SendError};
use serde_json::Value;

use crate::base::mail::Letter;
use crate::calls::events::{CallEvents, Events};
use crate::calls::followers::Subscription;
use crate::calls::guard::{CallGuard, Release, tie};
use crate::calls::view::CallView;
use crate::flow::courier::Courier;

/// A call that this engine created, or that somebody called it by.
///
/// A handle can be cloned, and dropped at any time: the call goes on without it.
#[derive(Clone)]
pub struct CallHandle {
    courier: Arc<Courier>,
    id: CallId,
    subscription: Subscription,
}

/// Why what was waited for will not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The call ended before.
    #[error("the call has ended")]
    Ended(Option<ResultInfo>),
    /// The engine let go of the call, or has stopped.
    #[error("the engine does not follow the call any more")]
    Unwatched,
}

impl CallHandle {
    pub(crate) const fn new(courier: Arc<Courier>, id: CallId, subscription: Subscription) -> Self {
        Self { courier, id, subscription }
    }

    /// Follows a call; `None` if the engine does not know it.
    pub(crate) async fn follow(courier: &Arc<Courier>, id: &CallId) -> Option<Self> {
        let subscription = courier.ground.mail.ask(id, |answer| Letter::Follow(id.clone(), answer)).await??;
        Some(Self::new(Arc::clone(courier), id.clone(), subscription))
    }

    /// Returns the call's id.
    #[must_use]
    pub const fn id(&self) -> &CallId {
        &self.id
    }

    /// Returns what is known of the call; the last that was, once the engine has let go of it.
    #[must_use]
    pub fn view(&self) -> CallView {
        self.subscription.view.borrow().clone()
    }

    /// Returns the state that the call is in, the likeliest if there is doubt; `None` if nothing is known yet.
    #[must_use]
    pub fn state(&self) -> Option<CallState> {
        self.subscription.view.borrow().state()
    }

    /// Returns what the call went through.
    #[must_use]
    pub fn timeline(&self) -> Arc<Timeline> {
        Arc::clone(&self.subscription.view.borrow().timeline)
    }

    /// Waits until the call is known to have been in a state: it may have left it again.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError`] if it will not be.
    pub async fn wait_has_been(&self, state: CallState) -> Result<(), WaitError> {
        let mut view = self.subscription.view.clone();
        loop {
            {
                let now = view.borrow_and_update();
                if now.has_entered(state) {
                    return Ok(());
                }
                if now.has_ended() {
                    return Err(WaitError::Ended(now.timeline.result.clone()));
                }
            }
            view.changed().await.map_err(|_| WaitError::Unwatched)?;
        }
    }

    /// Waits until the present is settled: whatever is still notified comes after it.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError::Unwatched`]
    pub async fn wait_settled(&self) -> Result<CallState, WaitError> {
        let mut view = self.subscription.view.clone();
        loop {
            let (state, settles_at) = {
                let now = view.borrow_and_update();
                (now.state(), now.settles_at)
            };
            let (Some(state), Some(at)) = (state, settles_at) else {
                view.changed().await.map_err(|_| WaitError::Unwatched)?;
                continue;
            };
            tokio::select! {
                biased; // What is settled by now is settled.
                () = self.courier.ground.clock.sleep_until(Some(at)) => return Ok(state),
                changed = view.changed() => changed.map_err(|_| WaitError::Unwatched)?,
            }
        }
    }

    /// Waits until the call is over, and returns how it ended, as far as anything tells.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError::Unwatched`]
    pub async fn wait_ended(&self) -> Result<Option<ResultInfo>, WaitError> {
        self.wait_has_been(CallState::Terminated).await?;
        Ok(self.timeline().result.clone())
    }

    /// Returns what becomes known of the call from here on. Whoever hears of an event finds it in [`view`](Self::view).
    #[must_use]
    pub fn events(&self) -> CallEvents {
        Events::subscribe(&self.subscription.events)
    }

    /// Ties something to the call, to be freed when that is over: a media session, a row, a file. It is freed exactly once, at
    /// once if the call is over already.
    ///
    /// What frees it runs where the engine runs: it must not block.
    pub fn guard(&self, free: impl FnOnce(Release) + Send + 'static) -> CallGuard {
        let (guard, tie) = tie(free);
        self.courier.ground.mail.send(&self.id, Letter::Tie(self.id.clone(), tie));
        guard
    }

    /// Asks the service what the call is doing, and returns what is known with that.
    ///
    /// Cancel safety: what was asked for is done all the same, and what the reply says is taken in.
    ///
    /// # Errors
    /// [`SendError`]; that the call is gone is known from then on.
    pub async fn snapshot(&self) -> Result<Reply, SendError> {
        self.send(Request::Get(self.id.clone())).await
    }

    /// Ends the call. That there is no such call any more is no error.
    ///
    /// Cancel safety: what was asked for is done all the same, and what the reply says is taken in.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn hang_up(&self) -> Result<(), SendError> {
        match self.send(Request::HangUp(self.id.clone())).await {
            Ok(_) | Err(SendError::Gone(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Hands the call to another party. What becomes of that, the timeline tells.
    ///
    /// Cancel safety: what was asked for is done all the same, and what the reply says is taken in.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn transfer(&self, transfer: Transfer) -> Result<(), SendError> {
        self.send(Request::Transfer(self.id.clone(), transfer)).await.map(drop)
    }

    /// Does anything else with the call: `playPrompt`, `mute`, `participants/invite`, …, with the body that the reference gives.
    ///
    /// Cancel safety: what was asked for is done all the same, and what the reply says is taken in.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn operate(&self, path: OperationPath, body: Value) -> Result<Reply, SendError> {
        self.send(Request::Operation { call: self.id.clone(), path, body }).await
    }

    pub(crate) async fn answer(&self, answer: Answer) -> Result<(), SendError> {
        self.send(Request::Answer(self.id.clone(), answer)).await.map(drop)
    }

    pub(crate) async fn reject(&self, reason: RejectReason) -> Result<(), SendError> {
        self.send(Request::Reject(self.id.clone(), reason)).await.map(drop)
    }

    pub(crate) async fn redirect(&self, redirect: Redirect) -> Result<(), SendError> {
        self.send(Request::Redirect(self.id.clone(), redirect)).await.map(drop)
    }

    async fn send(&self, request: Request) -> Result<Reply, SendError> {
        self.courier.send(request).await
    }
}

impl std::fmt::Debug for CallHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallHandle").field("id", &self.id).field("state", &self.state()).finish()
    }
}
