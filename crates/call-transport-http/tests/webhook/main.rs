//! The webhook, against whoever posts to it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod connections;
mod issuer;
mod posts;
mod recorder;
mod tokens;
