//! The trait that a webhook delivers to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use call_msgraph::Received;

/// Receives webhook posts from a transport.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Processes a post. Returns [`IntakeAnswer::Accepted`] only after the post is stored durably.
    ///
    /// The transport must have verified that the service sent the post.
    ///
    /// Cancel safety: the post is processed even if the future is dropped.
    async fn deliver(&self, post: Received) -> IntakeAnswer;
}

/// Answer to a post ("cloud communications: notifications").
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntakeAnswer {
    /// The post is stored. Response 202.
    Accepted,
    /// The post is stored, and the service expects this body. Response 200.
    Reply(Arc<[u8]>),
    /// Another deployment owns the call, at this address. Response 302.
    Redirected(String),
    /// The post is in an older format. The service sends it again in the current one after the response 204.
    SendAgain,
    /// No part of the post can be read. Response 400.
    Unreadable,
    /// The intake is overloaded, and the post is not stored. Response 503 with `Retry-After`.
    Busy {
        /// Time after which the service should send the post again.
        retry_after: Duration,
    },
}
