//! The call lifecycle engine that a calling bot embeds.
//!
//! The engine creates and answers calls through a [`Transport`](call_transport::Transport), accepts webhook posts through
//! [`Engine::intake`], stores them in a [`Journal`](call_journal::Journal) before they are acknowledged, and follows each call: one
//! explained timeline, in whatever order the notifications are received. It needs a tokio runtime with a timer.
//!
//! ```
//! use std::sync::Arc;
//! use call_engine::call_core::CallState;
//! use call_engine::call_journal::MemoryJournal;
//! use call_engine::call_msgraph::CallbackUri;
//! use call_engine::{Engine, EngineSettings};
//! use call_transport_mock::{SimulatedService, SimulationSettings, Story, sample_requests};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let service = SimulatedService::start(SimulationSettings::default());
//! let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
//! let journal = Arc::new(MemoryJournal::keeping(10_000));
//! let (engine, _incoming) = Engine::start(EngineSettings::new(callback.clone()), service.transport(), journal).await?;
//! service.connect(engine.intake());
//!
//! service.set_next_story(Story::Busy);
//! let (_, create) = sample_requests(&callback)?.swap_remove(0);
//! let call = engine.create_call(create).await?;
//! assert_eq!(call.wait_ended().await?.and_then(|result| result.code), Some(486));
//! assert_eq!(call.timeline().states(), [CallState::Establishing, CallState::Ringing, CallState::Terminated]);
//! # Ok(())
//! # }
//! ```
//!
//! One task owns each call, and all access goes through its inbox. The engine does not repeat commands, nor a create whose
//! outcome is unknown. [`Started::finished`] tells what became of an operation, even if its notification is lost.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `serde` | no | Implements `Serialize` for views, and enables the feature `serde` of `call-core` for timelines, changes and events. |

// From the bottom up. A folder imports only from the folders above it in this list.
//
// calls/  for one call: its view, its subscribers (followers), its guards, the stream of its events
// base/   mail to the shards, creates in flight, the clock, the settings
// flow/   inlet: everything that is received. courier: everything that is sent. shard: the calls
// past/   the journal: read at the start (restore), discarded after a time (retention)
// host/   the engine, call handles, incoming calls, pending creates, lists of calls
mod base;
mod calls;
mod flow;
mod host;
mod past;

pub use base::decisions::{IncomingPolicy, JoinHook, Joining};
pub use base::progress::RestoreProgress;
pub use base::settings::EngineSettings;
pub use calls::events::{CallEvent, CallEvents, EngineEvents, Events};
pub use calls::guard::{CallGuard, Release};
pub use calls::view::CallView;
pub use host::engine::{Engine, Stopped};
pub use host::finished::{Finished, HungUp, Joined, OperationError, OperationResult, Recording, Transferred};
pub use host::handle::{CallHandle, WaitError};
pub use host::health::EngineHealth;
pub use host::incoming::{IncomingCall, IncomingCalls, OfferGone};
pub use host::operations::Operated;
pub use host::pending::{CreateError, PendingCall};
pub use host::started::Started;
pub use host::tones::{Digits, DigitsEnd, PressedKey, ToneEvent, Tones};
pub use past::calendar::ClockState;
pub use past::restore::Restored;
pub use past::retention::{Retained, Retention};

pub use {call_core, call_journal, call_msgraph, call_transport};
