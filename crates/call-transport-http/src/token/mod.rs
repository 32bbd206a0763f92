//! Access tokens for requests to the service.

pub(crate) mod client_credentials;
pub(crate) mod provider;
