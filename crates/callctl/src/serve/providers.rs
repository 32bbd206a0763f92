//! The validator of notifications, and the source of access tokens.

use std::sync::Arc;

use call_engine::call_transport::BoxError;
use call_transport_http::{ClientCredentials, FixedToken, TokenProvider, TokenValidator};

use crate::serve::settings::{Credentials, WebhookPolicy};

/// Returns the validator of notifications; `None` if every post is accepted.
pub(super) fn validator(policy: WebhookPolicy) -> Result<Option<Arc<TokenValidator>>, BoxError> {
    let WebhookPolicy::Signed(settings) = policy else { return Ok(None) };
    let (policy, keys) = *settings;
    Ok(Some(Arc::new(TokenValidator::new(policy, keys)?)))
}

pub(super) fn tokens(credentials: Credentials) -> Result<Arc<dyn TokenProvider>, BoxError> {
    Ok(match credentials {
        Credentials::Fixed(token) => Arc::new(FixedToken::new(&token)),
        Credentials::Client(settings) => Arc::new(ClientCredentials::new(*settings)?),
    })
}
