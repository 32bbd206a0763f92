//! Calls and operations as the API shows them.

use call_core::{CallId, Receipt, Stay};
use call_engine::CallView;

use crate::view::context::{Context, Evidence};
use crate::view::full::FullView;
use crate::view::mask::Privacy;
use crate::view::operation::OperationView;
use crate::view::sheet::Sheet;

/// Names receipts by the ids of the journal's lines.
struct Kept;

impl Evidence for Kept {
    fn id(&self, receipt: &Receipt) -> String {
        receipt.id()
    }

    fn is_untimed(&self, _: &Receipt) -> bool {
        false
    }
}

fn context(view: &CallView, privacy: Privacy) -> Context<'_> {
    Context { receipts: &Kept, privacy, tracked: Some(&view.operations) }
}

/// Shows an operation of a call by its key: its id or its client context. `None` if there is none.
pub(super) fn operation_of(view: &CallView, key: &str, privacy: Privacy) -> Option<OperationView> {
    context(view, privacy).operation(&view.timeline, key)
}

/// Shows a call: one element of the `calls` of `callctl replay --format json`, and everything that the API reported.
pub(super) fn show(id: &CallId, view: &CallView, privacy: Privacy) -> FullView {
    context(view, privacy).full(id, &view.timeline, view.reference.as_deref(), view.has_ended())
}

/// Shows a call as the page does.
pub(super) fn show_in_page(id: &CallId, view: &CallView, stays: &[Stay], privacy: Privacy) -> Sheet<FullView> {
    context(view, privacy).sheet(show(id, view, privacy), &view.timeline, view.heard_at, stays, None)
}
