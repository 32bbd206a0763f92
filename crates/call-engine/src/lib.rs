//! The call lifecycle engine that a calling bot embeds.
//!
//! It creates and answers calls through a [`Transport`](call_transport::Transport), takes webhook posts by its [`Engine::intake`],
//! keeps what it receives in a [`Journal`](call_journal::Journal) before that is acknowledged, and tells what became of each call:
//! one timeline, in the right order, whatever arrived when. Needs a tokio runtime with a timer. The guide is `docs/engine.md`.
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
//! service.tell_next(Story::Busy);
//! let (_, create) = sample_requests(&callback)?.swap_remove(0);
//! let call = engine.create_call(create).await?;
//! assert_eq!(call.wait_ended().await?.and_then(|result| result.code), Some(486));
//! assert_eq!(call.timeline().states(), [CallState::Establishing, CallState::Ringing, CallState::Terminated]);
//! # Ok(())
//! # }
//! ```
//!
//! One task owns each call, and all access goes through its inbox. The engine repeats no command, and no create whose outcome is
//! unknown.

// From the bottom up; a folder imports only from those before it.
//
// calls/  of one call: its view (known), who follows it, what is tied to it (guard), the stream of its events
// base/   mail to the shards, creates in flight, the clock and the stamps, the settings
// flow/   inlet: whatever is received, and intents. courier: whatever is sent. shard: the calls themselves
// past/   the journal: read at the start (restore), discarded in time (retention), cited (evidence)
// host/   the engine, call handles, incoming calls, pending creates, lists of calls
mod base;
mod calls;
mod flow;
mod host;
mod past;

pub use base::settings::EngineSettings;
pub use calls::events::{CallEvent, CallEvents, EngineEvents, Events};
pub use calls::guard::{CallGuard, Release};
pub use calls::view::CallView;
pub use host::engine::{Engine, Stopped};
pub use host::handle::{CallHandle, WaitError};
pub use host::incoming::{IncomingCall, IncomingCalls};
pub use host::pending::{CreateError, PendingCall};
pub use past::evidence::evidence_id;
pub use past::restore::Restored;
pub use past::retention::{Retained, Retention};

pub use {call_core, call_journal, call_msgraph, call_transport};
