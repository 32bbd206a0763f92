//! Responses to requests, as deliveries.

use std::sync::Arc;

use call_core::Timestamp;

use crate::decode::created::created_call;
use crate::delivery::{Delivery, DeliveryKind};
use crate::request::call_request::Request;

impl<S> Delivery<S> {
    /// Returns the delivery that a successful response to a request is.
    ///
    /// `sent_at` is the instant at which the request was sent. If the request creates a call, the call is the one that the
    /// body describes.
    #[must_use]
    pub fn reply(stamp: S, request: &Request, sent_at: Timestamp, body: impl Into<Arc<[u8]>>) -> Self {
        let (spec, body) = (request.spec(), body.into());
        let call = spec.call.cloned().or_else(|| created_call(&body, None));
        Self { call, body, sent_at: Some(sent_at), ..Self::new(stamp, spec.reply) }
    }

    /// Returns the delivery that a response 404 to a request about the call itself is: the call is gone.
    #[must_use]
    pub fn gone(stamp: S, request: &Request, sent_at: Timestamp) -> Self {
        let call = request.spec().call.cloned();
        Self { call, sent_at: Some(sent_at), ..Self::new(stamp, DeliveryKind::Gone) }
    }
}
