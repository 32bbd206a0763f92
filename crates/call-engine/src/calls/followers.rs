use std::sync::Arc;

use call_core::Event;
use tokio::sync::{broadcast, watch};

use crate::calls::events::channel;
use crate::calls::guard::{Release, Tie};
use crate::calls::view::CallView;

/// Those who follow a call, and what is tied to it.
pub(crate) struct Followers {
    view: watch::Sender<CallView>,
    events: broadcast::Sender<Arc<Event>>,
    pub(crate) ties: Vec<Tie>,
    /// Whether the call was offered to the host as an incoming one.
    pub(crate) was_offered: bool,
}

/// How a call is followed.
#[derive(Clone)]
pub(crate) struct Subscription {
    pub(crate) view: watch::Receiver<CallView>,
    /// Weak, so that the stream ends when the engine lets go of the call.
    pub(crate) events: broadcast::WeakSender<Arc<Event>>,
}

impl Followers {
    pub(crate) fn new(view: CallView, events: usize) -> Self {
        Self { view: watch::Sender::new(view), events: channel(events), ties: Vec::new(), was_offered: false }
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription { view: self.view.subscribe(), events: self.events.downgrade() }
    }

    pub(crate) fn show(&self, view: CallView) {
        self.view.send_replace(view);
    }

    pub(crate) fn tell(&self, event: Arc<Event>) {
        // Nobody need listen.
        drop(self.events.send(event));
    }

    pub(crate) fn release(&mut self, release: Release) {
        self.ties.drain(..).for_each(|tie| tie.release(release));
    }
}
