//! Operations that were started, as values.

use std::fmt;
use std::marker::PhantomData;

use call_core::{OperationEnd, OperationKey, OperationStatus, Outcome, TrackedOperation};
use call_transport::SendError;

use crate::calls::view::CallView;
use crate::host::finished::{Finished, OperationError, OperationResult, finished};
use crate::host::handle::CallHandle;

/// An operation that the service accepted, or whose request was sent without a response.
///
/// It can be dropped at any time: the engine follows the operation without it, and [`CallHandle::operation`] returns it again, also
/// after a restart.
pub struct Started<T = Finished> {
    /// Key of the operation: its id, or its client context if the response has no id. Both stay keys of the operation.
    pub key: OperationKey,
    /// Client context of the operation: the host's, or the one that the engine chose. `None` if it has none.
    pub client_context: Option<Box<str>>,
    /// Status in the response; `None` if it has none.
    pub status: Option<OperationStatus>,
    /// Why no response was received. The service may have carried out the request, so the engine does not send it again.
    /// [`finished`](Self::finished) tells what became of it.
    pub uncertain: Option<SendError>,
    call: CallHandle,
    awaited: PhantomData<fn() -> T>,
}

impl<T: OperationResult> Started<T> {
    pub(super) const fn new(call: CallHandle, key: OperationKey, client_context: Option<Box<str>>) -> Self {
        Self { key, client_context, status: None, uncertain: None, call, awaited: PhantomData }
    }

    /// Returns the call of the operation.
    #[must_use]
    pub const fn call(&self) -> &CallHandle {
        &self.call
    }

    /// Returns whether the end of the operation is known.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        end_in(&self.call.view(), &self.key).is_some()
    }

    /// Waits for the end of the operation. The first end that was learnt counts, however often this is called.
    ///
    /// It never waits for ever. A missing notification is probed. If no probe can tell either, the operation ends as
    /// [`OperationError::Unknown`], with the default settings 170 s after the request or after the last report that it is running,
    /// plus what the request says of its length. If the call ends, the operation ends one reorder window later.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`OperationError`]
    pub async fn finished(&self) -> Result<T, OperationError> {
        let end = self.call.wait_view(|view| end_in(view, &self.key)).await;
        finished(end.flatten().ok_or(OperationError::Unwatched)?)
    }

    /// Returns the same operation with another type of result.
    pub(super) fn awaiting<U: OperationResult>(self) -> Started<U> {
        let Self { key, client_context, status, uncertain, call, .. } = self;
        Started { key, client_context, status, uncertain, call, awaited: PhantomData }
    }
}

/// Returns the end of an operation, or that it is not tracked; `None` while it is open.
fn end_in(view: &CallView, key: &OperationKey) -> Option<Option<OperationEnd>> {
    match view.operations.iter().rev().find(|operation| operation.has_key(key)) {
        Some(TrackedOperation { end: Some(end), .. }) => Some(Some(end.clone())),
        Some(_) => None,
        None if view.has_ended() => {
            let mut end = OperationEnd::new(Outcome::CallEnded, None);
            end.result = view.timeline.result.clone();
            Some(Some(end))
        }
        None => Some(None),
    }
}

impl<T> fmt::Debug for Started<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, status, uncertain, call, .. } = self;
        let mut shown = f.debug_struct("Started");
        shown.field("call", call.id()).field("key", &key.to_string()).field("status", status);
        shown.field("is_uncertain", &uncertain.is_some()).finish()
    }
}
