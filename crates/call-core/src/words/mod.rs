//! The vocabulary: states, claims, stamps, observations. Nothing here decides anything.

pub(crate) mod claim;
pub(crate) mod command;
pub(crate) mod direction;
pub(crate) mod field;
pub(crate) mod id;
pub(crate) mod interval;
pub(crate) mod lifecycle;
pub(crate) mod observation;
pub(crate) mod operation;
pub(crate) mod participant;
pub(crate) mod redacted;
pub(crate) mod requested;
pub(crate) mod result;
pub(crate) mod stamp;
pub(crate) mod stamper;
pub(crate) mod state;
pub(crate) mod status;
pub(crate) mod time;
