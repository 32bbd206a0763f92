use std::time::Duration;

/// Why a post is not believed to come from the service. No text of it holds anything of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// There is no `Authorization: Bearer …`.
    #[error("there is no bearer token")]
    Missing,
    /// It is no JWT, or lacks what a token has to say.
    #[error("the token is no JWT with an issuer, an audience and an end")]
    Malformed,
    /// It is signed by another algorithm than RS256, or not at all.
    #[error("the token is not signed by an algorithm that is allowed")]
    Algorithm,
    /// It names no key that the issuer publishes.
    #[error("the token names no key that is known")]
    UnknownKey,
    /// The signature is not by the key that it names.
    #[error("the signature of the token is wrong")]
    Signature,
    /// It has ended.
    #[error("the token has expired")]
    Expired,
    /// It has not begun.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It is for another application.
    #[error("the token is for another audience")]
    Audience,
    /// It is by somebody who is not believed.
    #[error("the token is by another issuer")]
    Issuer,
    /// It is of a tenant that is not on the list.
    #[error("the token is of another tenant")]
    Tenant,
    /// Nobody knows: the keys could not be had. The service may try again.
    #[error("the keys of the issuer could not be had")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

impl Denied {
    /// Returns a word for it: for logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknownKey",
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
