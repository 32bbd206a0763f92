//! A simulated calling service that knows the truth of every call.

mod agreement;
mod bodies;
mod call;
mod chaos;
mod commands;
mod in_process;
mod knowable;
mod ledger;
mod samples;
mod service;
mod story;
mod truth;

pub use agreement::{Agreement, Disagreement, last_write_wins};
pub use chaos::{Carried, Chaos, ChaosLevel, Packet};
pub use in_process::{Fault, SimulatedService, SimulationSettings};
pub use knowable::{Fact, Knowable};
pub use ledger::Ledger;
pub use samples::sample_requests;
pub use service::{Notification, Output, Service, ServiceInput, ServiceSettings};
pub use story::Story;
pub use truth::{News, Report, TrueStep, Truth};
