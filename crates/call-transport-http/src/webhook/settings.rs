use std::sync::Arc;
use std::time::Duration;

use crate::validation::validator::TokenValidator;

/// Whose posts are believed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Authentication {
    /// Those with a token that is valid.
    Token(Arc<TokenValidator>),
    /// Everybody's. Only for an address of this machine, and not where anybody else can reach it.
    Nobody,
}

/// What a post without a body is answered: the service is known to send some (MicrosoftDocs/msteams-docs#14127).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptyPost {
    /// 400: something is missing.
    Refuse,
    /// 202: there is nothing to do.
    Take,
}

/// The limits of a webhook.
#[derive(Debug, Clone, Copy)]
pub struct WebhookSettings {
    /// Of a post, in bytes.
    pub longest: usize,
    /// How deep a post may be nested.
    pub deepest: usize,
    /// How long a body may take to arrive.
    pub body_within: Duration,
    /// How long the intake may take; what it has begun it ends all the same.
    pub deliver_within: Duration,
    /// How many posts are read and delivered at once.
    pub posts: usize,
    /// What the service is told to wait when there are more.
    pub retry_after: Duration,
    /// What a post without a body is answered.
    pub empty: EmptyPost,
}

impl Default for WebhookSettings {
    /// 4 MiB, 64 levels, 10 s for the body and 10 s for the intake, 256 posts at once, back after 2 s; empty posts are
    /// refused. The roster of a meeting of 1,000 has about 1 MB.
    fn default() -> Self {
        Self {
            longest: 4 << 20,
            deepest: 64,
            body_within: Duration::from_secs(10),
            deliver_within: Duration::from_secs(10),
            posts: 256,
            retry_after: Duration::from_secs(2),
            empty: EmptyPost::Refuse,
        }
    }
}
