//! A simulated calling service that knows the truth of every call.

mod bodies;
mod call;
mod chaos;
mod commands;
mod service;
mod story;
mod truth;

pub use chaos::{Carried, Chaos, ChaosLevel, Packet};
pub use service::{Notification, Output, Service, ServiceInput, ServiceSettings};
pub use story::Story;
pub use truth::{News, Report, TrueStep, Truth};
