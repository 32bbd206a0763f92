//! `callctl serve`, as the service and a bot in another language use it.

#![expect(clippy::print_stdout, reason = "a campaign says what it did")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod bot;
mod damaged;
#[path = "../common/debian.rs"]
mod debian;
mod decisions;
#[cfg(target_os = "linux")]
mod full;
mod killed;
mod listed;
mod operations;
mod page;
mod posts;
#[path = "../common/running.rs"]
mod running;
mod settings;
