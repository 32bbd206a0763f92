//! Turns call notifications that arrive late, twice or in the wrong order into one explained timeline per call.
//!
//! A host passes in what it received, with the time, and drains the outputs. It comes back at the next deadline:
//!
//! ```
//! use call_core::{Action, CallId, CallState::*, CallTable, Config, Event, Observation, Output, Timestamp};
//!
//! let mut calls = CallTable::new(Config::default());
//! let id = CallId::new("57dab8b1-894c-409a-b240-bd8beae78896");
//! // The webhook received `established` before `establishing`, and the end twice.
//! for (ms, state) in [(1_250, Established), (1_900, Establishing), (60_000, Terminated), (60_100, Terminated)] {
//!     let now = Timestamp::from_millis(ms);
//!     calls.handle(&id, Observation::notified(now, state), now);
//! }
//! assert_eq!(calls.get(&id).unwrap().timeline().states(), [Establishing, Established, Terminated]);
//!
//! let mut ends = 0;
//! loop {
//!     while let Some((call, output)) = calls.poll_output() {
//!         match output {
//!             Output::Event(Event::Ended { .. }) => ends += 1,
//!             Output::Event(event) => println!("{call}: {event}"),   // store or publish the event
//!             Output::Action(Action::Forget(_)) => {}                // discard what you hold for the call
//!             Output::Action(action) => println!("to do: {action:?}"), // send the request
//!             _ => {}
//!         }
//!     }
//!     // A host waits here until it receives something or until the deadline.
//!     let Some(deadline) = calls.next_deadline() else { break };
//!     calls.expire(deadline.at);
//! }
//! assert_eq!(ends, 1);
//! ```
//!
//! [`reconcile`] is the rule: a pure function from a set of observations to a timeline. Two machines that have the same
//! observations get the same timeline. [`Call`] and [`CallTable`] apply the rule. The crate does no I/O, reads no clock,
//! starts no thread, draws no random number and knows no JSON. The crate `call-msgraph` reads observations from the
//! deliveries of the service.
//!
//! # Inputs
//!
//! An [`Observation`] is one claim, such as "the call is `established`", from one [`Source`], such as a notification or the
//! response to a GET, under one [`Stamp`]. The node that receives a delivery assigns the stamp with a [`Stamper`], and the
//! host stores the stamp with the delivery. The order in which observations are passed in does not matter, and passing one in
//! twice changes nothing. So after a restart, the host can pass in everything again.
//!
//! # Outputs
//!
//! * [`Event::Changed`] contains a typed [`Change`] of the timeline. The changes, applied in order with [`Timeline::apply`],
//!   rebuild the timeline exactly. [`Change::Entered`] occurs at most once for each step. A host that acts when a call enters
//!   a state acts on this change.
//! * [`Event::Ended`] occurs exactly once, whatever showed the end. A single 404 makes the end only likely.
//! * An [`Action`] asks the host to probe a call, to list its participants, to keep it alive, or to forget it. [`Config`] says
//!   when, and can turn each of them off.
//!
//! A [`Timeline`] contains the states that the call went through, and its participants ([`Roster`]), media operations
//! ([`Operation`]), content sharing sessions ([`SharingSession`]), pressed keys ([`Tone`]) and fields ([`Fields`]).
//! [`Call::timeline`] returns all of it at any time. [`Call::as_known_at`] returns what was known at an instant.
//! [`Call::settles_at`] returns how long a host should wait that must not act too early.
//!
//! # The contract
//!
//! * After each `handle`, `expire` and `merge`, call `poll_output` until it returns `None`. Then read `next_deadline`, which
//!   costs nothing and changes nothing.
//! * At the deadline, call [`CallTable::expire`], or pass [`Input::DeadlineReached`] to a [`Call`]. An early, late or repeated
//!   call is harmless. Afterwards no deadline is due at the same instant, unless more than 1,024 calls were due: then come back at
//!   once. The deadline contains its purpose ([`Timer`]).
//! * A clock that stands still is harmless. So is a clock that jumps back: no wait gets longer than it would have been.
//! * Between the changes of one input, the rebuilt timeline may be inconsistent. After the last one it is legal.
//! * An action needs no reply other than observations. The core repeats an action that had no effect, at growing intervals.
//! * The same inputs at the same times give the same outputs, byte for byte.
//! * No input causes an error or a panic. An observation that makes no sense becomes an [`Anomaly`] of the timeline.
//!
//! # Limits
//!
//! [`Limits`] bounds the observations of each call, the number of foreign calls and the number of ended calls. Which
//! observations of a call are kept depends only on the set of its observations, so replicas agree. Evicted observations are
//! counted ([`Counts`], [`Call::evicted`]), and the call has an anomaly that says so. The host is told to forget an evicted
//! call. An observation that comes after all others costs 0.2 µs. Any other one costs at most two computations of the timeline:
//! tens of microseconds as a rule, and some milliseconds in the worst case within the default limits.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `serde` | no | Implements `Serialize` and `Deserialize` for timelines, changes, outputs and observations. |
//! | `proptest` | no | Adds the module `strategies` for property tests: observations, orders of delivery, faults. |
//! | `arbitrary` | no | Implements `Arbitrary` for inputs, for fuzzers. |
#![no_std]

extern crate alloc;
// What its derived implementations need.
#[cfg(feature = "arbitrary")]
extern crate std;

mod feed;
mod machine;
mod rule;
#[cfg(feature = "proptest")]
pub mod strategies;
mod words;

/// Parts of the crate for its benchmarks. They have no stable interface.
#[doc(hidden)]
pub mod internal {
    pub use crate::machine::deadline_queue::DeadlineQueue;
    pub use crate::rule::explanation::cheapest_order;
}

pub use feed::change::{ApplyError, Change};
pub use feed::output::{Action, Event, ForgetReason, OperationProbe, Output, ProbeReason};
pub use machine::call::Call;
pub use machine::config::{Config, KeepAlive, Limits, Probes, Silence};
pub use machine::deadline::{Deadline, Timer};
pub use machine::input::Input;
pub use machine::table::{CallTable, Counts};
pub use rule::anomaly::{Anomaly, AnomalyKind};
pub use rule::operations::Operation;
pub use rule::outcome::{OperationEnd, Outcome, TrackedOperation};
pub use rule::reconcile::reconcile;
pub use rule::roster::{Participant, Roster};
pub use rule::sharing::SharingSession;
pub use rule::stays::{Stay, stays};
pub use rule::step::{Basis, Bound, Evidence, Inference, Placement, Step};
pub use rule::timeline::{Present, Timeline};
pub use rule::tolerance::{DEFAULT_REORDER_WINDOW, Tolerance};
pub use words::claim::{Claim, Oddity};
pub use words::command::Command;
pub use words::direction::Direction;
pub use words::field::{Field, Fields, IncomingContext, MediaKind, MediaState, TranscriptionState};
pub use words::id::{CallId, Id, Spelling};
pub use words::interval::Interval;
pub use words::lifecycle::Lifecycle;
pub use words::observation::{Observation, Receipt, Source};
pub use words::operation::{OperationDetails, OperationKey, OperationReport, Tone};
pub use words::participant::{Identity, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};
pub use words::redacted::Redacted;
pub use words::requested::{Awaited, RequestedOperation};
pub use words::result::ResultInfo;
pub use words::stamp::{NodeId, Stamp};
pub use words::stamper::Stamper;
pub use words::state::{CallState, InvalidCallState, Phase};
pub use words::status::{OperationStatus, SharingReport, SharingState};
pub use words::time::Timestamp;
