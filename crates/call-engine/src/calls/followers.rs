use std::sync::Arc;

use call_core::Event;
use tokio::sync::{broadcast, watch};

use crate::calls::events::channel;
use crate::calls::guard::{Release, Tie};
use crate::calls::known::Known;

/// Those who follow a call, and what is tied to it.
pub(crate) struct Followers {
    known: watch::Sender<Known>,
    events: broadcast::Sender<Arc<Event>>,
    pub(crate) ties: Vec<Tie>,
    /// Whether the call was offered to the host as an incoming one.
    pub(crate) was_offered: bool,
}

/// How a call is followed.
#[derive(Clone)]
pub(crate) struct Subscription {
    pub(crate) known: watch::Receiver<Known>,
    /// Weak, so that the stream ends when the engine lets go of the call.
    pub(crate) events: broadcast::WeakSender<Arc<Event>>,
}

impl Followers {
    pub(crate) fn new(known: Known, events: usize) -> Self {
        Self { known: watch::Sender::new(known), events: channel(events), ties: Vec::new(), was_offered: false }
    }

    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription { known: self.known.subscribe(), events: self.events.downgrade() }
    }

    pub(crate) fn show(&self, known: Known) {
        self.known.send_replace(known);
    }

    pub(crate) fn tell(&self, event: Arc<Event>) {
        // Nobody need listen.
        drop(self.events.send(event));
    }

    pub(crate) fn release(&mut self, release: Release) {
        self.ties.drain(..).for_each(|tie| tie.release(release));
    }
}
