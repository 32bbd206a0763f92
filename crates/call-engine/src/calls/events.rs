use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use call_core::{CallId, Event};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

/// What a subscriber is told.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CallEvent<T = Arc<Event>> {
    /// Something is known now.
    Event(T),
    /// Number of events that the subscriber missed because it was too slow: read the timeline again.
    Lagged(u64),
}

/// Events from the time of subscription on.
#[derive(Debug)]
pub struct Events<T>(Option<BroadcastStream<T>>);

/// The events of one call. They end when the engine forgets the call.
pub type CallEvents = Events<Arc<Event>>;

/// The events of all calls. They end when the engine stops.
pub type EngineEvents = Events<(CallId, Arc<Event>)>;

impl<T: Clone + Send + 'static> Events<T> {
    pub(crate) fn subscribe(events: &broadcast::WeakSender<T>) -> Self {
        Self(events.upgrade().map(|events| BroadcastStream::new(events.subscribe())))
    }

    /// Waits for the next event; `None` at the end.
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

/// Makes a channel whose subscribers can be up to `capacity` events behind.
pub(crate) fn channel<T: Clone>(capacity: usize) -> broadcast::Sender<T> {
    broadcast::Sender::new(capacity.max(1))
}
