//! The webhook: a tower service that accepts the posts of the service.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod nesting;
mod refusals;
pub(crate) mod service;
pub(crate) mod settings;
