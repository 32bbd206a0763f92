//! A call on the page, with the anchors of its rows.

use crate::replay::history::Replayed;

/// A call on the page. Its bars link to the rows `{anchor}s{n}` of its table.
pub(super) struct Shown<'s> {
    pub(super) call: Replayed<'s>,
    pub(super) anchor: String,
}
