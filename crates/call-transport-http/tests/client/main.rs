//! The client, against a service that breaks the protocol.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

mod sending;
mod socket;
mod tokens;
