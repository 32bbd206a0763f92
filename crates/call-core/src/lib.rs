//! Turns call notifications that arrive late, twice or in the wrong order into one explained timeline per call.
//!
//! Feed what reached you as [`Observation`]s, in whatever order; ask for the [`Timeline`]. Two machines that were fed the
//! same observations give the same timeline ([`reconcile`] says by which rule).
//!
//! ```
//! use call_core::{CallState::*, DEFAULT_REORDER_WINDOW, Observation, Timestamp, reconcile};
//!
//! let received = [(1_250, Established), (1_900, Establishing)];
//! let observations = received.map(|(ms, state)| Observation::notified(Timestamp::from_millis(ms), state));
//! let timeline = reconcile(&observations, DEFAULT_REORDER_WINDOW);
//! assert_eq!(timeline.states(), [Establishing, Established]);
//! // It was received last, but a call cannot be established before it was establishing.
//! assert_eq!(timeline.steps[0].basis.code(), "placedByPhase");
//! // So it was establishing no later than it was seen established.
//! assert_eq!(timeline.steps[0].not_after.unwrap().at, Timestamp::from_millis(1_250));
//! ```
//!
//! The crate does no I/O, spawns nothing, reads no clock, draws no random number and knows no JSON. It never panics, and
//! there is no observation that it refuses: what is odd becomes an [`Anomaly`] beside the timeline.
#![no_std]

extern crate alloc;
// What its derived implementations need.
#[cfg(feature = "arbitrary")]
extern crate std;

mod alignment;
mod anomaly;
mod burst;
mod call;
mod change;
mod claim;
mod config;
mod deadline;
mod direction;
mod fact;
mod feed;
mod id;
mod input;
mod interval;
mod keeping_alive;
pub mod lifecycle;
mod observation;
mod observations;
mod oddities;
mod output;
mod probing;
mod queue;
mod reconcile;
mod stamp;
mod state;
#[cfg(feature = "proptest")]
pub mod strategies;
mod table;
mod time;
mod timeline;
mod walk;

pub use anomaly::{Anomaly, AnomalyKind};
pub use call::Call;
pub use change::{Change, Misfit};
pub use claim::{Claim, Command, Direction, Oddity, ResultInfo};
pub use config::{Config, KeepAlive, Limits, Probes};
pub use deadline::{Deadline, Timer};
pub use id::{CallId, Id};
pub use input::Input;
pub use interval::Interval;
pub use observation::{Observation, Receipt, Source};
pub use output::{Action, Event, ForgetReason, Output, ProbeReason};
pub use reconcile::{DEFAULT_REORDER_WINDOW, reconcile};
pub use stamp::{NodeId, Stamp};
pub use state::{CallState, Phase};
pub use table::{CallTable, Counts, TableInput};
pub use time::Timestamp;
pub use timeline::{Basis, Bound, Evidence, Inference, Present, Reason, Step, Timeline};
