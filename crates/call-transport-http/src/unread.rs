//! Reads request bodies that an application did not read to the end.
//!
//! A refusal is often ready before its request has been read: a body that is too long, or one without a valid token. HTTP/1.1
//! cannot use the connection again while a part of the old request is still in it. If the server just closed it, the client
//! could send its next request into a closed connection, or lose the response to a connection reset (RFC 9112, section 9.6).
//! So the server reads the rest of the body and drops it. If the rest is too long or too slow for that, the response says
//! `Connection: close`.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::middleware::Next;
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, Limited};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Maximum size of the unread rest of a body that the server reads and drops, in bytes.
const LONGEST: usize = 8 << 20;

/// Maximum time for which the server reads an unread body before it responds.
const WITHIN: Duration = Duration::from_secs(5);

/// Ensures that the connection is usable after each response, or that the response says that it closes.
pub(crate) async fn read_to_the_end(request: Request<Body>, next: Next) -> Response<Body> {
    // A client that waits for `100 Continue` has not sent its body, and will not send it after the response.
    let waits = request.headers().contains_key(EXPECT);
    let (returned_body, mut returned) = oneshot::channel();
    let request = request.map(|body| Body::new(Lent { body, has_ended: false, back: Some(returned_body) }));
    let mut response = next.run(request).await;
    // The body was not returned if it was read to its end, or if a task still reads it.
    let Ok(unread) = returned.try_recv() else { return response };
    let is_too_slow = response.status() == StatusCode::REQUEST_TIMEOUT;
    if waits || is_too_slow || !read_and_drop(unread).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads the rest of a body within the limits, and returns whether its end was reached.
async fn read_and_drop(body: Body) -> bool {
    if http_body::Body::size_hint(&body).lower() > LONGEST as u64 {
        return false;
    }
    let mut body = Limited::new(body, LONGEST);
    let read = async {
        while let Some(frame) = body.frame().await {
            if frame.is_err() {
                return false;
            }
        }
        true
    };
    timeout(WITHIN, read).await.unwrap_or(false)
}

/// A body that is returned to the server if the application drops it before its end.
struct Lent {
    body: Body,
    has_ended: bool,
    back: Option<oneshot::Sender<Body>>,
}

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.has_ended |= matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.has_ended || http_body::Body::is_end_stream(&self.body) {
            return;
        }
        if let Some(back) = self.back.take() {
            // Fails after the response was sent, when nothing waits for the body.
            drop(back.send(mem::take(&mut self.body)));
        }
    }
}
