//! The webhook, against valid and hostile posts.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod connections;
mod issuer;
mod posts;
mod recorder;
mod tokens;
