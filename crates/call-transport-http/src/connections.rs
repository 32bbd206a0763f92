//! HTTP clients with connection pools.

use std::sync::Arc;
use std::time::Duration;

use call_transport::BoxError;
use reqwest::{Client, Response};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;

/// Timeouts of an HTTP client.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Time to connect. Default: 5 s.
    pub connect: Duration,
    /// Time from the start of the request to the last byte of the response. Default: 30 s.
    pub response: Duration,
    /// Time after which an idle connection is closed. Default: 90 s.
    pub idle: Duration,
}

/// Reason why an HTTP client cannot be created.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up TLS; check that this machine has trusted certificates (package ca-certificates)")]
pub struct ClientError(#[source] BoxError);

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), response: Duration::from_secs(30), idle: Duration::from_secs(90) }
    }
}

/// Reach of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// This machine only, without TLS and without a proxy.
    ThisMachine,
    /// Any network, with TLS.
    Network,
    /// Any network, without TLS.
    PlainNetwork,
}

/// Returns an HTTP client.
///
/// It follows no redirect, because an access token must reach only the service that it was issued for.
///
/// # Errors
/// [`ClientError`] if the reach is a network and this machine has no trusted certificates.
pub fn connections(reach: Reach, timeouts: Timeouts) -> Result<Client, ClientError> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.response)
        .pool_idle_timeout(timeouts.idle)
        .user_agent(concat!("call-transport-http/", env!("CARGO_PKG_VERSION")));
    builder = builder.tls_backend_preconfigured(encryption(reach)?);
    builder = match reach {
        Reach::ThisMachine => builder.no_proxy(),
        Reach::Network => builder.https_only(true),
        Reach::PlainNetwork => builder,
    };
    builder.build().map_err(|error| ClientError(error.into()))
}

/// Returns the TLS settings, with the trusted certificates of this machine.
fn encryption(reach: Reach) -> Result<ClientConfig, ClientError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError(error.into()))?;
    let builder = match reach {
        // A machine without trusted certificates can still reach what needs none.
        Reach::ThisMachine | Reach::PlainNetwork => builder.with_root_certificates(rustls::RootCertStore::empty()),
        Reach::Network => builder.with_platform_verifier().map_err(|error| ClientError(error.into()))?,
    };
    Ok(builder.with_no_client_auth())
}

/// The body of a response is larger than this limit, in bytes.
#[derive(Debug, thiserror::Error)]
#[error("the response body is larger than {} MiB", .0 >> 20)]
pub(crate) struct BodyTooLarge(pub(crate) usize);

/// Reads the body of a response; `None` if it is larger than the limit.
pub(crate) async fn body_of(mut response: Response, longest: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > longest {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
