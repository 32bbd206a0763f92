use call_core::{CallId, Observation, Timeline};

/// A call as it is shown; its bars lead to the rows `{anchor}s{n}` of its table.
pub(super) struct Shown<'s> {
    pub(super) id: &'s CallId,
    pub(super) observations: &'s [Observation],
    pub(super) timeline: &'s Timeline,
    pub(super) anchor: String,
}
