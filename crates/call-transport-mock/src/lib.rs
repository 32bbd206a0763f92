//! A simulated calling service that knows the truth of every call, and a simulated network with faults.
//!
//! [`Service`] and [`Chaos`] are pure state machines: inputs with the time, outputs, and the next deadline. A seed decides everything.
//! [`SimulatedService`] runs both in the process of a bot. [`Agreement`] compares a timeline with the truth. The guide is
//! `docs/simulation.md`.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `http` | no | Adds `HttpSettings` and `SigningKey`: the service over HTTP, with signed posts. |
//!
//! ```
//! use call_core::Timestamp;
//! use call_transport_mock::{Carried, Chaos, ChaosLevel, Output, Service, ServiceInput, ServiceSettings};
//!
//! let mut service = Service::new(ServiceSettings::default());
//! let mut network = Chaos::new(ChaosLevel::Mild, 7, 1);
//! let now = Timestamp::from_millis(0);
//! service.handle(ServiceInput::Incoming { callback: "https://bot.contoso.com/callback".to_owned() }, now);
//! let Some(Output::Notification(notification)) = service.poll_output() else { panic!() };
//! network.post(notification, now);
//! let arrives_at = network.next_deadline().unwrap();
//! assert!(matches!(network.poll_output(arrives_at), Some(Carried::Packet(_))));
//! ```

mod judging;
mod network;
mod service;
mod shells;

pub use judging::agreement::{Agreement, Disagreement};
pub use judging::knowable::{Fact, Knowable};
pub use network::chaos::{Carried, Chaos, ChaosLevel, Packet};
pub use network::ledger::Ledger;
pub use service::callbacks::Callbacks;
pub use service::machine::{Notification, Output, Service, ServiceInput, ServiceSettings};
pub use service::samples::sample_requests;
pub use service::story::Story;
pub use service::truth::{News, Report, TrueStep, Truth};
#[cfg(feature = "http")]
pub use shells::http::app::HttpSettings;
#[cfg(feature = "http")]
pub use shells::http::signing_key::{KeyError, SigningKey};
pub use shells::running::Fault;
pub use shells::simulated::{SimulatedService, SimulationSettings};

/// For the other crates of this project only: it may change at any time.
#[doc(hidden)]
pub mod internal {
    pub use crate::judging::agreement::last_write_wins;
}
