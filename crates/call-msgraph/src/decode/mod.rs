//! Deliveries read into observations of calls.

mod call;
mod decoded;
mod decoder;
mod notification;
mod path;
mod reply;
mod resource;
mod shape;
mod subject;

pub use decoded::Decoded;
pub use decoder::decode;
