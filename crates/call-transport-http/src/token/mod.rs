mod client_credentials;
mod provider;

pub use client_credentials::{ClientCredentials, ClientSecret, CredentialSettings};
pub use provider::{AccessToken, FixedToken, TokenError, TokenProvider};
