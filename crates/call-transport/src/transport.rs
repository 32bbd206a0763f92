use async_trait::async_trait;
use call_msgraph::Request;

use crate::error::SendError;
use crate::reply::Reply;

/// Brings requests to the service.
///
/// An implementation sends each request once, adds what the service wants of every request (a token, an id), waits for the
/// response within a time of its own, and reads it by [`Reply::read`]. It repeats a request only where that does no harm
/// ([`SendError::repeat`]). Over HTTP, in one process, or recorded: the engine does not know which.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request and waits for the response.
    ///
    /// Cancel safety: a request whose future is dropped may have been done; that is [`SendError::Uncertain`] to the caller.
    /// Nothing else of the transport is left in disorder.
    ///
    /// # Errors
    /// [`SendError`] says whether the request was done, and whether it may be repeated.
    async fn send(&self, request: &Request) -> Result<Reply, SendError>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        (**self).send(request).await
    }
}
