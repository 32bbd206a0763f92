//! Creations under way, by the token of the address that the service tells of them at.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use call_core::CallId;
use call_msgraph::Token;
use tokio::sync::watch;

/// The creations that no call is known of yet.
#[derive(Debug, Default)]
pub(crate) struct Creates {
    waiting: Mutex<HashMap<Token, watch::Sender<Option<CallId>>>>,
}

impl Creates {
    /// Waits for the call that belongs to a token.
    pub(crate) fn wait(&self, token: Token) -> watch::Receiver<Option<CallId>> {
        let (sender, receiver) = watch::channel(None);
        self.waiting().insert(token, sender);
        receiver
    }

    /// Waits for the call of a token, as it did before the engine was started again; nobody else does any more.
    pub(crate) fn wait_again(&self, token: Token) {
        drop(self.wait(token));
    }

    /// Returns who waits for the call of a token, to be told of it once that is followed.
    pub(crate) fn take(&self, token: &Token) -> Option<watch::Sender<Option<CallId>>> {
        self.waiting().remove(token)
    }

    /// Waits no more.
    pub(crate) fn give_up(&self, token: &Token) {
        drop(self.take(token));
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting().len()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Token, watch::Sender<Option<CallId>>>> {
        // Whoever panicked left the map whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
