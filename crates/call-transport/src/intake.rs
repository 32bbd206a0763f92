use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use call_msgraph::Received;

/// What a transport delivers webhook posts into.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Takes a post, and returns what to answer once nothing of it can be lost any more, or at once if it is not taken.
    ///
    /// The transport has made sure that the service sent it.
    ///
    /// Cancel safety: what was begun is done, whether or not somebody waits for the answer.
    async fn deliver(&self, post: Received) -> IntakeAnswer;
}

/// What the service is to be answered ("cloud communications: notifications").
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntakeAnswer {
    /// It is kept: 202.
    Taken,
    /// It is kept, and the service waits for this body: 200.
    Reply(Arc<[u8]>),
    /// Its call belongs to another deployment, at this address: 302.
    GoElsewhere(String),
    /// It is to come again in the current format: 204.
    SendAgain,
    /// It says nothing that can be read, and would not the next time either: 400.
    Unreadable,
    /// There is too much to do, and nothing of it is kept: 503 and `Retry-After`.
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
}
