//! A simulated calling service that knows the truth of every call, and a network that does its worst.
//!
//! [`Service`] and [`Chaos`] are pure machines: inputs go in with the time, outputs are drained, the next deadline is asked for, and a
//! seed decides everything. [`SimulatedService`] runs both beside a bot in one process. [`Agreement`] tells whether what was made of a
//! call is what can be known of it. With the feature `http`, the service stands on a socket too. The guide is `docs/simulation.md`.
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

mod agreement;
mod bodies;
mod call;
mod chaos;
mod commands;
#[cfg(feature = "http")]
mod http;
mod in_process;
mod knowable;
mod ledger;
mod samples;
mod service;
mod simulated;
mod story;
mod truth;

pub use agreement::{Agreement, Disagreement, last_write_wins};
pub use chaos::{Carried, Chaos, ChaosLevel, Packet};
#[cfg(feature = "http")]
pub use http::{HttpSettings, KeyError, SigningKey};
pub use knowable::{Fact, Knowable};
pub use ledger::Ledger;
pub use samples::sample_requests;
pub use service::{Notification, Output, Service, ServiceInput, ServiceSettings};
pub use simulated::{Fault, SimulatedService, SimulationSettings};
pub use story::Story;
pub use truth::{News, Report, TrueStep, Truth};
