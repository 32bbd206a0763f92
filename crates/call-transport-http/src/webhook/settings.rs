//! Settings of the webhook.

use std::sync::Arc;
use std::time::Duration;

use crate::validation::validator::TokenValidator;

/// Authentication of posts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Authentication {
    /// Accepts posts with a valid token.
    Token(Arc<TokenValidator>),
    /// Accepts every post. Only for tests on this machine, at an address that no other machine can reach.
    None,
}

/// Response to a post without a body. The service is known to send such posts (MicrosoftDocs/msteams-docs#14127).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptyPost {
    /// Response 400.
    Refuse,
    /// Response 202.
    Accept,
}

/// Limits of a webhook.
#[derive(Debug, Clone, Copy)]
pub struct WebhookSettings {
    /// Maximum body size, in bytes. The roster of a meeting of 1,000 has about 1 MB. Default: 4 MiB.
    pub max_body_bytes: usize,
    /// Maximum nesting depth of a body. Default: 64.
    pub max_depth: usize,
    /// Time within which a body must be received. Default: 10 s.
    pub body_timeout: Duration,
    /// Time within which the intake must answer. After it, the intake still finishes its work. Default: 10 s.
    pub intake_timeout: Duration,
    /// Maximum number of posts in flight. When the limit is reached, the webhook answers 503 with `Retry-After`. Default: 256.
    pub max_posts_in_flight: usize,
    /// Value of `Retry-After`. Default: 2 s.
    pub retry_after: Duration,
    /// Response to a post without a body. Default: [`EmptyPost::Refuse`].
    pub empty_post: EmptyPost,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            max_body_bytes: 4 << 20,
            max_depth: 64,
            body_timeout: Duration::from_secs(10),
            intake_timeout: Duration::from_secs(10),
            max_posts_in_flight: 256,
            retry_after: Duration::from_secs(2),
            empty_post: EmptyPost::Refuse,
        }
    }
}
