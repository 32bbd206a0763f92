//! Turns call notifications that arrive late, twice or in the wrong order into one explained timeline per call.
//!
//! Pure: it does no I/O, spawns nothing, reads no clock, draws no random number, and knows no JSON.
#![no_std]

extern crate alloc;

mod id;
mod stamp;
mod state;
mod time;

pub use id::{CallId, Id};
pub use stamp::{NodeId, Stamp};
pub use state::{CallState, Phase};
pub use time::Timestamp;
