//! What an engine holds for each call beside its timeline: its view, its subscribers, its guards, its events.

pub(crate) mod events;
pub(crate) mod followers;
pub(crate) mod guard;
pub(crate) mod ringing;
pub(crate) mod view;
