//! The reasons for which a token is denied.

use std::time::Duration;

/// Reason why a post is not accepted as a post of the service. Its texts contain no part of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The post has no header `Authorization: Bearer …`.
    #[error("the post has no bearer token")]
    Missing,
    /// The token is not a JWT, or lacks a claim.
    #[error("the token is not a JWT with key id, issuer, audience and expiry")]
    Malformed,
    /// The token names extensions that must be understood (`crit`, RFC 7515, section 4.1.11), and none is.
    #[error("the token requires an extension that is not supported (crit)")]
    Critical,
    /// The token is not signed with RS256.
    #[error("the token is not signed with RS256")]
    Algorithm,
    /// The issuers do not publish the key of the token. They may do so soon, so the service can post again.
    #[error("the key of the token is not among the published keys of the issuers")]
    UnknownKey {
        /// Time after which the service should post again.
        retry_after: Duration,
    },
    /// The signature is invalid.
    #[error("the signature of the token is invalid")]
    Signature,
    /// The token has expired.
    #[error("the token has expired")]
    Expired,
    /// The token is not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The token is for another application.
    #[error("the token is for another audience")]
    Audience,
    /// The issuer is not trusted.
    #[error("the issuer of the token is not trusted")]
    Issuer,
    /// The tenant is not allowed.
    #[error("the tenant of the token is not allowed")]
    Tenant,
    /// The signing keys could not be fetched, so the token cannot be verified now. The service can post again.
    #[error("could not fetch the signing keys of the issuer, so the token cannot be verified now")]
    Unavailable {
        /// Time after which the service should post again.
        retry_after: Duration,
    },
}

impl Denied {
    /// Returns a word for logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Critical => "critical",
            Self::UnknownKey { .. } => "unknownKey",
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::NotYetValid => "notYetValid",
            Self::Audience => "audience",
            Self::Issuer => "issuer",
            Self::Tenant => "tenant",
            Self::Unavailable { .. } => "unavailable",
        }
    }
}
