//! Create requests: builders for the ten kinds, join links, and a judge for any request ("Create call", v1.0 reference).

pub(crate) mod join_link;
pub(crate) mod judge;
pub(crate) mod kind;
pub(crate) mod media;
pub(crate) mod meeting;
pub(crate) mod party;
pub(crate) mod request;
pub(crate) mod rules;
