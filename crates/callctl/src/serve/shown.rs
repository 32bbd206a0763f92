//! Calls as the API shows them.

use call_core::{CallId, Receipt, Timeline};
use call_engine::Started;

use crate::view::context::{Context, Evidence};
use crate::view::mask::Privacy;

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

/// Shows an operation that was started, as the timeline has it.
pub(super) fn operation_of(timeline: &Timeline, started: &Started) -> impl serde::Serialize + use<> {
    Context { receipts: &Kept, privacy: Privacy::Masked }.started(
        timeline,
        &started.key,
        started.client_context.as_deref(),
    )
}

/// Shows a call: one element of the `calls` of `callctl replay --format json`.
pub(super) fn show(id: &CallId, timeline: &Timeline) -> impl serde::Serialize + use<> {
    Context { receipts: &Kept, privacy: Privacy::Masked }.call(id, timeline)
}
