//! Requests that create a call: ten kinds that cannot be built wrong, links that lead to a meeting, and the judge of any
//! request, wherever it comes from ("Create call", v1.0 reference).

pub(crate) mod join_link;
pub(crate) mod judge;
pub(crate) mod kind;
pub(crate) mod media;
pub(crate) mod meeting;
pub(crate) mod party;
pub(crate) mod request;
pub(crate) mod rules;
