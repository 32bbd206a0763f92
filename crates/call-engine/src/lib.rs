//! The call lifecycle engine that a calling bot embeds.

mod clock;
mod creates;
mod engine;
mod events;
mod guard;
mod handle;
mod incoming;
mod intake;
mod known;
mod pace;
mod pending;
mod settings;
mod shard;
mod shared;
mod watched;

pub use engine::{Engine, Stopped};
pub use events::{CallEvent, CallEvents, EngineEvent, EngineEvents};
pub use guard::{CallGuard, Release};
pub use handle::{CallHandle, WaitError};
pub use incoming::{IncomingCall, IncomingCalls};
pub use known::Known;
pub use pending::{CreateError, PendingCall};
pub use settings::EngineSettings;

pub use {call_core, call_journal, call_msgraph, call_transport};
