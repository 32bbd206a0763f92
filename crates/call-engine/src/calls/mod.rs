//! What an engine holds of one call beside its timeline: what is known of it, who follows it, what is tied to it.

pub(crate) mod events;
pub(crate) mod followers;
pub(crate) mod guard;
pub(crate) mod view;
