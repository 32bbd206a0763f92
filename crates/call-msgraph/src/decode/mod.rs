//! Decodes deliveries into observations of calls.

pub(crate) mod call;
pub(crate) mod created;
pub(crate) mod decoded;
pub(crate) mod decoder;
pub(crate) mod hearings;
pub(crate) mod identity;
pub(crate) mod identity_set;
pub(crate) mod member;
pub(crate) mod notification;
pub(crate) mod operation;
pub(crate) mod path;
pub(crate) mod reply;
pub(crate) mod resource;
pub(crate) mod resources;
pub(crate) mod roster;
pub(crate) mod shape;
pub(crate) mod sharing;
pub(crate) mod subject;
