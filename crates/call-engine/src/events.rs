use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use call_core::{CallId, Event};
use tokio_stream::Stream;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

/// What a subscriber is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CallEvent {
    /// Something is known now.
    Told(Arc<Event>),
    /// So many events were missed, for the subscriber was too slow: read the timeline again.
    Missed(u64),
}

/// The events of one call, from the time of subscription on; it ends when the engine lets go of the call.
#[derive(Debug)]
pub struct CallEvents(Option<BroadcastStream<Arc<Event>>>);

/// The events of all calls. One that missed some says so with [`EngineEvent::Missed`].
#[derive(Debug)]
pub struct EngineEvents(Option<BroadcastStream<(CallId, Arc<Event>)>>);

/// What a subscriber to all calls is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum EngineEvent {
    /// Something is known now of a call.
    Told(CallId, Arc<Event>),
    /// So many events were missed, for the subscriber was too slow.
    Missed(u64),
}

impl CallEvents {
    pub(crate) fn new(receiver: Option<tokio::sync::broadcast::Receiver<Arc<Event>>>) -> Self {
        Self(receiver.map(BroadcastStream::new))
    }

    /// Waits for the next event; `None` once the engine has let go of the call.
    ///
    /// Cancel safety: no event is lost.
    pub async fn next(&mut self) -> Option<CallEvent> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl EngineEvents {
    pub(crate) fn new(receiver: Option<tokio::sync::broadcast::Receiver<(CallId, Arc<Event>)>>) -> Self {
        Self(receiver.map(BroadcastStream::new))
    }

    /// Waits for the next event; `None` once the engine has stopped.
    ///
    /// Cancel safety: no event is lost.
    pub async fn next(&mut self) -> Option<EngineEvent> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for CallEvents {
    type Item = CallEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<CallEvent>> {
        let Some(stream) = &mut self.0 else { return Poll::Ready(None) };
        Poll::Ready(match ready!(Pin::new(stream).poll_next(context)) {
            Some(Ok(event)) => Some(CallEvent::Told(event)),
            Some(Err(BroadcastStreamRecvError::Lagged(missed))) => Some(CallEvent::Missed(missed)),
            None => None,
        })
    }
}

impl Stream for EngineEvents {
    type Item = EngineEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<EngineEvent>> {
        let Some(stream) = &mut self.0 else { return Poll::Ready(None) };
        Poll::Ready(match ready!(Pin::new(stream).poll_next(context)) {
            Some(Ok((call, event))) => Some(EngineEvent::Told(call, event)),
            Some(Err(BroadcastStreamRecvError::Lagged(missed))) => Some(EngineEvent::Missed(missed)),
            None => None,
        })
    }
}
