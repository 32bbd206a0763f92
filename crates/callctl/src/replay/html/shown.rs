use crate::replay::history::Replayed;

/// A call as it is shown; its bars lead to the rows `{anchor}s{n}` of its table.
pub(super) struct Shown<'s> {
    pub(super) call: Replayed<'s>,
    pub(super) anchor: String,
}
