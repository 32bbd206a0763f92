//! The trait that sends requests to the service.

use async_trait::async_trait;
use call_msgraph::Request;

use crate::error::SendError;
use crate::response::Reply;

/// Sends requests to the service.
///
/// An implementation sends a request, with the headers that the service requires (an access token, a request id), waits for the
/// response within a timeout of its own, and reads it with [`Reply::read`]. It retries a request only if that is safe
/// ([`SendError::retry`]).
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a request and waits for the response.
    ///
    /// Cancel safety: if the future is dropped, the service may have carried out the request. The transport can still be used.
    ///
    /// # Errors
    /// [`SendError`]
    async fn send(&self, request: &Request) -> Result<Reply, SendError>;
}

#[async_trait]
impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        (**self).send(request).await
    }
}
