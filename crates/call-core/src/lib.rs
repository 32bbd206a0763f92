//! Turns call notifications that arrive late, twice or in the wrong order into one explained timeline per call.
//!
//! Hand in what reached you, in whatever order, with the time; take what is now known and what to do; come back when told
//! to. That is all of a host:
//!
//! ```
//! use call_core::{
//!     Action, CallState::*, CallTable, Config, Event, Input, Observation, Output, TableInput, Timestamp,
//! };
//!
//! let mut calls = CallTable::new(Config::default());
//! // What a webhook received of one call. It is established before it is establishing, and its end is reported twice.
//! let received = [(1_250, Established), (1_900, Establishing), (60_000, Terminated), (60_100, Terminated)];
//! let received = received.map(|(ms, state)| Observation::notified(Timestamp::from_millis(ms), state));
//! let mut inbox = received.into_iter().peekable();
//! let mut ends = Vec::new();
//! loop {
//!     // A host waits here: for its inbox or until the next deadline, whichever comes first.
//!     let deadline = calls.next_deadline().map(|deadline| deadline.at);
//!     let received = inbox.next_if(|next| deadline.is_none_or(|at| next.stamp.received_at < at));
//!     let (input, now) = match (received, deadline) {
//!         (Some(observation), _) => {
//!             let now = observation.stamp.received_at;
//!             (TableInput::Call("57dab8b1-894c".into(), Input::Observed(observation)), now)
//!         }
//!         (None, Some(at)) => (TableInput::DeadlineReached, at),
//!         (None, None) => break,
//!     };
//!     calls.handle(input, now);
//!     while let Some((call, output)) = calls.poll_output() {
//!         match output {
//!             Output::Event(Event::Ended { result, .. }) => ends.push((call, result)),
//!             Output::Event(event) => println!("{call}: {event:?}"), // store it, publish it
//!             Output::Action(Action::Probe(_)) => {}                 // GET the call, hand in what comes back
//!             Output::Action(Action::KeepAlive) => {}                // POST keepAlive, hand in what comes back
//!             _ => {}                                                // discard what you hold for a forgotten call
//!         }
//!     }
//! }
//! assert_eq!(ends.len(), 1);
//! ```
//!
//! The rule by which two machines that know the same come to the same timeline is one function, [`reconcile`]. [`Call`] and
//! [`CallTable`] stand around it. There is no I/O here, no clock, no thread, no randomness and no JSON; `call-msgraph` reads
//! observations from deliveries.
//!
//! # What goes in
//!
//! An [`Observation`] is one claim (the call is `established`), from one [`Source`] (a notification, the answer to a GET, a
//! 404, …), under one [`Stamp`]: when it was received, by which node, as which. Whoever receives stamps, once, and keeps the
//! stamp with the delivery. The order in which observations are handed in means nothing, and handing one in twice changes
//! nothing, so that after a restart everything can be handed in again.
//!
//! # What comes out
//!
//! * [`Event::Changed`]: a typed [`Change`] of the timeline. Stored and applied in order, the changes rebuild it exactly
//!   ([`Timeline::apply`]). A host that does something when a call enters a state does it on [`Change::Entered`], which comes
//!   at most once for each step, however often the step is reported, amended, withdrawn and restored.
//! * [`Event::Ended`]: exactly once, however the end became known.
//! * [`Action`]: GET a call whose present is in doubt or of which nothing was heard for long, list its participants when a
//!   report of them is missing, keep it alive, forget it.
//!   [`Config`] says when, and turns each of them off.
//!
//! Beside the states that the call went through, a [`Timeline`] says who takes part in it ([`Roster`]), what it was asked to
//! do ([`Operation`]), whether content is shared ([`SharingSession`]), which keys were pressed ([`Tone`]), and what else its
//! resource says ([`Fields`]). All of it follows from the set of observations, and is told by the same feed.
//!
//! [`Call::timeline`] is the whole at any time, [`Call::as_known_at`] what was known at an instant, and
//! [`Call::settles_at`] says how long a host should wait that must not act too early.
//!
//! # Driving it
//!
//! * After each `handle` (and `merge`), drain `poll_output` to `None`, then read `next_deadline`. Asking costs nothing and
//!   changes nothing.
//! * When the deadline is reached, hand in `DeadlineReached`. Early, late and twice are harmless, and no deadline is left
//!   that is due already. The deadline says what for ([`Timer`]).
//! * A clock that stands still is harmless, and so is one that jumps back: nothing is then waited for longer than a wait takes.
//! * Between the outputs of one input the timeline that a host rebuilds may be on its way; after the last it is legal.
//! * An action needs no answer but an observation. What stays unanswered is asked again, more rarely each time.
//! * The same inputs at the same times give the same outputs, byte for byte.
//! * No input is refused, and none makes it panic. What makes no sense becomes an [`Anomaly`] beside the timeline.
//!
//! # How much it holds
//!
//! [`Limits`] caps what is kept of a call, and the number of calls that nobody here created and of those that have ended.
//! What is kept of a call depends on the set of its observations alone, so that replicas still agree. What is let go of is
//! counted ([`Counts`], [`Call::evicted`]) and reported: a call says so in an anomaly, a call that is dropped by
//! [`Action::Forget`]. One more observation costs at most what computing the timeline of all that is kept of its call costs:
//! tens of microseconds as a rule, and some milliseconds in the worst case that the default limits allow.
//!
//! # Features
//!
//! * `serde`: timelines, changes and outputs can be stored.
//! * `proptest`: `strategies` for property tests of what is built on
//!   this crate: observations, orders of delivery, chaos.
//! * `arbitrary`: observations from a fuzzer's bytes.
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

pub use feed::change::{ApplyError, Change};
pub use feed::output::{Action, Event, ForgetReason, Output, ProbeReason};
pub use machine::call::Call;
pub use machine::config::{Config, KeepAlive, Limits, Probes};
pub use machine::deadline::{Deadline, Timer};
pub use machine::input::Input;
pub use machine::table::{CallTable, Counts, TableInput};
pub use rule::anomaly::{Anomaly, AnomalyKind};
pub use rule::operations::Operation;
pub use rule::reconcile::{DEFAULT_REORDER_WINDOW, reconcile};
pub use rule::roster::{Participant, Roster};
pub use rule::sharing::SharingSession;
pub use rule::step::{Basis, Bound, Evidence, Inference, Placement, Step};
pub use rule::timeline::{Present, Timeline};
pub use words::claim::{Claim, Oddity};
pub use words::command::Command;
pub use words::direction::Direction;
pub use words::field::{Field, Fields, IncomingContext, MediaState, TranscriptionState};
pub use words::id::{CallId, Id};
pub use words::interval::Interval;
pub use words::lifecycle::Lifecycle;
pub use words::observation::{Observation, Receipt, Source};
pub use words::operation::{OperationDetails, OperationKey, OperationReport, Tone};
pub use words::participant::{Identity, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};
pub use words::redacted::Redacted;
pub use words::result::ResultInfo;
pub use words::stamp::{NodeId, Stamp};
pub use words::stamper::Stamper;
pub use words::state::{CallState, InvalidCallState, Phase};
pub use words::status::{OperationStatus, SharingReport, SharingState};
pub use words::time::Timestamp;
