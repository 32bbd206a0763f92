//! Streams of events for subscribers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use call_core::{CallId, Event};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

/// An item of an event stream.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CallEvent<T = Arc<Event>> {
    /// An event.
    Event(T),
    /// Number of events that the subscriber missed because its buffer was full. Read the timeline again.
    Lagged(u64),
}

/// A stream of events, from the subscription on.
///
/// A subscriber that falls further behind than [`EngineSettings::event_buffer`](crate::EngineSettings::event_buffer)
/// receives [`CallEvent::Lagged`].
#[derive(Debug)]
pub struct Events<T>(Option<BroadcastStream<T>>);

/// The events of one call. The stream ends when the engine forgets the call.
pub type CallEvents = Events<Arc<Event>>;

/// The events of all calls. The stream ends when the engine stops.
pub type EngineEvents = Events<(CallId, Arc<Event>)>;

impl<T: Clone + Send + 'static> Events<T> {
    pub(crate) fn subscribe(events: &broadcast::WeakSender<T>) -> Self {
        Self(events.upgrade().map(|events| BroadcastStream::new(events.subscribe())))
    }

    /// Waits for the next event; `None` at the end of the stream.
    ///
    /// Cancel safety: no event is lost.
    pub async fn next(&mut self) -> Option<CallEvent<T>> {
        StreamExt::next(self).await
    }
}

impl<T: Clone + Send + 'static> Stream for Events<T> {
    type Item = CallEvent<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.0 else { return Poll::Ready(None) };
        Pin::new(stream).poll_next(context).map(|next| {
            next.map(|received| match received {
                Ok(event) => CallEvent::Event(event),
                Err(BroadcastStreamRecvError::Lagged(missed)) => CallEvent::Lagged(missed),
            })
        })
    }
}

/// Returns a channel that buffers up to `capacity` events for each subscriber.
pub(crate) fn channel<T: Clone>(capacity: usize) -> broadcast::Sender<T> {
    broadcast::Sender::new(capacity.max(1))
}
