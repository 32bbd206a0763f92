//! Attacks on a running sidecar, on loopback only. `docs/security.md` lists them with what they must not achieve.

#![expect(clippy::print_stdout, reason = "a campaign prints its seed")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod addresses;
mod clocks;
mod corpus;
#[path = "../../crates/callctl/tests/common/debian.rs"]
mod debian;
mod ids;
mod mutations;
#[cfg(unix)]
mod operation;
mod output;
#[path = "../corpus/replay.rs"]
mod replay;
mod rig;
#[path = "../../crates/callctl/tests/common/running.rs"]
mod running;
mod tokens;

/// Returns whether the suite runs at large scale.
fn is_full() -> bool {
    std::env::var_os("HOSTILE").is_some_and(|scale| scale == "full")
}
