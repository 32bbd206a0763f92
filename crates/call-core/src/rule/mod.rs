//! The rule: from a set of observations to a timeline, as a pure function.

pub(crate) mod anomaly;
pub(crate) mod burst;
pub(crate) mod cost;
pub(crate) mod direction;
pub(crate) mod ending;
pub(crate) mod explanation;
pub(crate) mod fact;
pub(crate) mod fields;
pub(crate) mod operations;
pub(crate) mod outcome;
pub(crate) mod reconcile;
pub(crate) mod roster;
pub(crate) mod sharing;
pub(crate) mod sighting;
pub(crate) mod stays;
pub(crate) mod step;
pub(crate) mod timeline;
pub(crate) mod tolerance;
pub(crate) mod tones;
pub(crate) mod verdict;
pub(crate) mod walk;
