//! The page of `serve`, and the report of `replay`, in Chromium. `SKIP_BROWSER=1` skips these tests. Pictures of the page are written to
//! `target/screenshots`.

#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod axe;
mod chromium;
#[path = "../common/debian.rs"]
mod debian;
mod live;
mod report;
#[path = "../common/running.rs"]
mod running;
mod sidecar;
