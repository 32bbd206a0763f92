//! The HTTP transport: a client for the service, and a webhook.
//!
//! Outbound, [`HttpTransport`] sends requests with access tokens from a [`TokenProvider`]. [`Retrying`](call_transport::Retrying) adds
//! retries. Inbound, a [`Webhook`] accepts the posts of the service. A [`TokenValidator`] verifies that the service sent them.
//! [`serve`] is an HTTP server with limits, for hosts without one.
//!
//! ```
//! use std::sync::Arc;
//! use call_transport::{RetrySettings, Retrying};
//! use call_transport_http::{FixedToken, HttpTransport, ServiceUrl, Timeouts};
//!
//! let service = ServiceUrl::new("http://127.0.0.1:8080/v1.0")?;
//! let transport = HttpTransport::new(service, Arc::new(FixedToken::new("any")), Timeouts::default())?;
//! let transport = Retrying::new(transport, RetrySettings::default());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! TLS is rustls with ring, and trusts the certificates of the machine. The crate has no features.

mod client;
mod connections;
mod server;
mod service_url;
mod token;
mod unread;
mod validation;
mod webhook;

pub use client::HttpTransport;
pub use connections::{ClientError, Timeouts};
pub use server::{ServerSettings, serve};
pub use service_url::{InvalidServiceUrl, ServiceUrl};
pub use token::client_credentials::{ClientCredentials, ClientSecret, CredentialSettings};
pub use token::provider::{AccessToken, FixedToken, TokenError, TokenProvider};
pub use validation::denied::Denied;
pub use validation::open_id::{KeysUnavailable, OpenIdSettings};
pub use validation::validator::{TokenPolicy, TokenValidator};
pub use webhook::service::Webhook;
pub use webhook::settings::{Authentication, EmptyPost, WebhookSettings};

/// For the other crates of this project only: it may change at any time.
#[doc(hidden)]
pub mod internal {
    pub use crate::connections::{Reach, connections};
}
