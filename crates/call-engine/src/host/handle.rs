//! Call handles.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use call_core::{CallId, CallState, ResultInfo, Timeline};
use call_msgraph::Request;
use call_transport::{Reply, SendError};
use tokio::sync::watch;

use crate::base::mail::Letter;
use crate::calls::events::{CallEvents, Events};
use crate::calls::followers::Subscription;
use crate::calls::guard::{CallGuard, Release, new_guard};
use crate::calls::view::CallView;
use crate::flow::courier::Courier;

/// A handle to a call that the engine follows.
///
/// A handle can be cloned, and dropped at any time: the engine follows the call without it. Two handles are equal if they are
/// handles to the same call of the same engine.
#[derive(Clone)]
pub struct CallHandle {
    courier: Arc<Courier>,
    id: CallId,
    subscription: Subscription,
}

/// Reason why a wait ended without success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The call ended first. Contains the result of the call, if it is known.
    #[error("the call ended before the awaited condition was met")]
    Ended(Option<ResultInfo>),
    /// The engine forgot the call, or has stopped.
    #[error("the engine no longer follows the call: it was forgotten, or the engine has stopped")]
    Unwatched,
}

impl CallHandle {
    pub(crate) const fn new(courier: Arc<Courier>, id: CallId, subscription: Subscription) -> Self {
        Self { courier, id, subscription }
    }

    /// Subscribes to a call; `None` if the engine does not follow it.
    pub(crate) async fn follow(courier: &Arc<Courier>, id: &CallId) -> Option<Self> {
        let subscription = courier.shared.mail.ask(id, |answer| Letter::Follow(id.clone(), answer)).await??;
        Some(Self::new(Arc::clone(courier), id.clone(), subscription))
    }

    /// Returns the id of the call.
    #[must_use]
    pub const fn id(&self) -> &CallId {
        &self.id
    }

    /// Returns the view of the call. After the engine has forgotten the call, this is the last view.
    #[must_use]
    pub fn view(&self) -> CallView {
        self.subscription.view.borrow().clone()
    }

    /// Returns the present state, or the most likely one if it is ambiguous; `None` if no state was observed.
    #[must_use]
    pub fn state(&self) -> Option<CallState> {
        self.subscription.view.borrow().state()
    }

    /// Returns the timeline of the call.
    #[must_use]
    pub fn timeline(&self) -> Arc<Timeline> {
        Arc::clone(&self.subscription.view.borrow().timeline)
    }

    /// Waits until the timeline contains a state. The call may have left the state since.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError`] if the call ended without the state, or is no longer followed.
    pub async fn wait_has_been(&self, state: CallState) -> Result<(), WaitError> {
        self.wait_until(|view| view.has_entered(state)).await.map(drop)
    }

    /// Waits until a condition holds for the view of the call, and returns that view.
    ///
    /// The condition is checked for the current view and after each change. A state that the call leaves quickly may never be
    /// the present state of a view: use [`wait_has_been`](Self::wait_has_been) to wait for it.
    ///
    /// ```no_run
    /// # async fn wait(call: call_engine::CallHandle) -> Result<(), call_engine::WaitError> {
    /// let met = call.wait_until(|view| view.timeline.roster.participants.len() > 1).await?;
    /// println!("{} participants", met.timeline.roster.participants.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError`] if the condition does not hold when the call has ended, or the call is no longer followed.
    pub async fn wait_until(&self, mut condition: impl FnMut(&CallView) -> bool) -> Result<CallView, WaitError> {
        let mut views = self.subscription.view.clone();
        loop {
            let view = views.borrow_and_update().clone();
            if condition(&view) {
                return Ok(view);
            }
            if view.has_ended() {
                return Err(WaitError::Ended(view.timeline.result.clone()));
            }
            views.changed().await.map_err(|_| WaitError::Unwatched)?;
        }
    }

    pub(super) fn views(&self) -> watch::Receiver<CallView> {
        self.subscription.view.clone()
    }

    /// Waits until something is found in the view; `None` if it is not in the last view of the call.
    pub(super) async fn wait_view<T>(&self, find: impl Fn(&CallView) -> Option<T>) -> Option<T> {
        let mut views = self.subscription.view.clone();
        loop {
            let found = find(&views.borrow_and_update());
            if found.is_some() || views.changed().await.is_err() {
                return found;
            }
        }
    }

    /// Waits until the present state is settled, and returns it. Notifications that are received later are later in the timeline.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError::Unwatched`]
    pub async fn wait_settled(&self) -> Result<CallState, WaitError> {
        let mut views = self.subscription.view.clone();
        loop {
            let (state, settles_at) = {
                let view = views.borrow_and_update();
                (view.state(), view.settles_at)
            };
            let (Some(state), Some(at)) = (state, settles_at) else {
                views.changed().await.map_err(|_| WaitError::Unwatched)?;
                continue;
            };
            tokio::select! {
                biased; // A state that has settled is returned, even if the view changes at the same time.
                () = self.courier.shared.clock.sleep_until(Some(at)) => return Ok(state),
                changed = views.changed() => changed.map_err(|_| WaitError::Unwatched)?,
            }
        }
    }

    /// Waits until the call has ended, and returns its result, if it is known.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`WaitError::Unwatched`]
    pub async fn wait_ended(&self) -> Result<Option<ResultInfo>, WaitError> {
        Ok(self.wait_until(CallView::has_ended).await?.timeline.result.clone())
    }

    /// Subscribes to the events of the call from here on. The view is updated before an event is published.
    #[must_use]
    pub fn events(&self) -> CallEvents {
        Events::subscribe(&self.subscription.events)
    }

    /// Attaches a guard to the call, which runs a cleanup exactly once: when the call ends, when the engine forgets the call or
    /// stops, or when the guard is dropped. If the call has already ended, the cleanup runs at once.
    ///
    /// The cleanup runs on a task of the engine, so it must not block.
    pub fn guard(&self, cleanup: impl FnOnce(Release) + Send + 'static) -> CallGuard {
        let (guard, attached) = new_guard(cleanup);
        self.courier.shared.mail.send(&self.id, Letter::Attach(self.id.clone(), attached));
        guard
    }

    /// Probes the call with a GET. The timeline contains the snapshot when this returns.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]. After [`SendError::Gone`], the call has probably ended: a second one makes it certain.
    pub async fn snapshot(&self) -> Result<Reply, SendError> {
        self.send(Request::get(self.id.clone())).await
    }

    /// Keeps the call alive. The engine does it by itself, so a host need not.
    ///
    /// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn keep_alive(&self) -> Result<(), SendError> {
        self.send(Request::keep_alive(self.id.clone())).await.map(drop)
    }

    pub(super) const fn courier(&self) -> &Arc<Courier> {
        &self.courier
    }

    pub(super) async fn send(&self, request: Request) -> Result<Reply, SendError> {
        self.courier.send(request, None).await
    }
}

impl std::fmt::Debug for CallHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallHandle").field("id", &self.id).field("state", &self.state()).finish()
    }
}

impl PartialEq for CallHandle {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && Arc::ptr_eq(&self.courier, &other.courier)
    }
}

impl Eq for CallHandle {}

impl Hash for CallHandle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
