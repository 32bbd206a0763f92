//! The subscribers of a call, and its guards.

use std::sync::Arc;

use call_core::Event;
use tokio::sync::{broadcast, watch};

use crate::calls::events::channel;
use crate::calls::guard::{AttachedGuard, Release};
use crate::calls::view::CallView;

/// The subscribers of a call, and the guards that are attached to it.
pub(crate) struct Followers {
    view: watch::Sender<CallView>,
    events: broadcast::Sender<Arc<Event>>,
    pub(crate) guards: Vec<AttachedGuard>,
    /// Whether the call was offered to the host as an incoming call.
    pub(crate) was_offered: bool,
}

/// A subscription to a call.
#[derive(Clone)]
pub(crate) struct Subscription {
    pub(crate) view: watch::Receiver<CallView>,
    /// Weak, so that the stream ends when the engine forgets the call.
    pub(crate) events: broadcast::WeakSender<Arc<Event>>,
}

impl Followers {
    pub(crate) fn new(view: CallView, event_buffer: usize) -> Self {
        let (view, events) = (watch::Sender::new(view), channel(event_buffer));
        Self { view, events, guards: Vec::new(), was_offered: false }
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription { view: self.view.subscribe(), events: self.events.downgrade() }
    }

    pub(crate) fn show(&self, view: CallView) {
        self.view.send_replace(view);
    }

    pub(crate) fn publish(&self, event: Arc<Event>) {
        // Fails if there is no subscriber.
        drop(self.events.send(event));
    }

    pub(crate) fn release(&mut self, release: Release) {
        self.guards.drain(..).for_each(|guard| guard.release(release));
    }
}
