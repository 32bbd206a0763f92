//! Turns call notifications that arrive late, twice or in the wrong order into one explained timeline per call.
//!
//! Feed what reached you as [`Observation`]s, in whatever order; ask for the [`Timeline`]. Two machines that were fed the
//! same observations give the same timeline ([`reconcile`] says by which rule).
//!
//! ```
//! use call_core::{Call, CallState::*, Claim, Observation, Source, Stamp, Timestamp};
//!
//! let mut call = Call::default();
//! for (received_ms, state) in [(1_250, Established), (1_900, Establishing)] {
//!     let stamp = Stamp::at(Timestamp::from_millis(received_ms));
//!     call.observe(Observation::new(stamp, Source::Notification, Claim::state(state)));
//! }
//! let timeline = call.timeline();
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

mod anomaly;
mod burst;
mod call;
mod claim;
mod direction;
mod fact;
mod id;
mod interval;
pub mod lifecycle;
mod observation;
mod oddities;
mod reconcile;
mod stamp;
mod state;
mod table;
mod time;
mod timeline;
mod walk;

pub use anomaly::{Anomaly, AnomalyKind};
pub use call::Call;
pub use claim::{Claim, Command, Direction, Oddity, ResultInfo};
pub use id::{CallId, Id};
pub use interval::Interval;
pub use observation::{Observation, Receipt, Source};
pub use reconcile::{DEFAULT_REORDER_WINDOW, reconcile};
pub use stamp::{NodeId, Stamp};
pub use state::{CallState, Phase};
pub use table::CallTable;
pub use time::Timestamp;
pub use timeline::{Basis, Bound, Evidence, Inference, Present, Reason, Step, Timeline};
