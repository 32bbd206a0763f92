//! The typed bodies of operations.

pub(crate) mod audio_routing;
pub(crate) mod builder;
pub(crate) mod calls;
pub(crate) mod incoming;
pub(crate) mod media;
pub(crate) mod participants;
pub(crate) mod party;
pub(crate) mod quality;
