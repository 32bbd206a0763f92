//! Connections to services, kept and used again.

use std::sync::Arc;
use std::time::Duration;

use call_transport::BoxError;
use reqwest::{Client, Response};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To connect.
    pub connect: Duration,
    /// From the beginning to the last byte of the response.
    pub response: Duration,
    /// For which a connection that nobody needs is kept.
    pub idle: Duration,
}

/// A client that cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("could not prepare encrypted connections")]
pub struct ClientError(#[source] BoxError);

impl Default for Timeouts {
    /// 5 s to connect, 30 s to respond; idle connections are kept for 90 s.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), response: Duration::from_secs(30), idle: Duration::from_secs(90) }
    }
}

/// How far connections go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// To this machine only, unencrypted, and past any proxy.
    ThisMachine,
    /// Over a network, encrypted.
    Network,
}

/// Makes a client that keeps its connections and uses them again.
///
/// It follows no redirection: a token is for the service that it was made for.
///
/// # Errors
/// [`ClientError`], if a network is to be reached and this machine has no certificates to trust.
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
    };
    builder.build().map_err(|error| ClientError(error.into()))
}

/// Prepares encryption, by the certificates that this machine trusts.
fn encryption(reach: Reach) -> Result<ClientConfig, ClientError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError(error.into()))?;
    let builder = match reach {
        // A machine without any certificates can still talk to itself.
        Reach::ThisMachine => builder.with_root_certificates(rustls::RootCertStore::empty()),
        Reach::Network => builder.with_platform_verifier().map_err(|error| ClientError(error.into()))?,
    };
    Ok(builder.with_no_client_auth())
}

/// Reads the body of a response; `None` if it is longer than anything that the service says.
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
