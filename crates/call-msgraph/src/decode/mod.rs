//! Deliveries read into observations of calls.

mod call;
mod created;
mod decoded;
mod decoder;
mod hearings;
mod identity;
mod member;
mod notification;
mod operation;
mod path;
mod reply;
mod resource;
mod roster;
mod shape;
mod sharing;
mod subject;

pub use created::created_call;
pub use decoded::{Decoded, Hearing};
pub use decoder::decode;
pub use hearings::{Creates, hearings};
