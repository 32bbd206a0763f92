//! Calls as everybody who asks is shown them.

use call_core::{CallId, Receipt, Timeline};
use call_engine::evidence_id;

use crate::view::context::{Context, Evidence};
use crate::view::mask::Privacy;

/// Receipts as the journal's lines are called.
struct Kept;

impl Evidence for Kept {
    fn id(&self, receipt: &Receipt) -> String {
        evidence_id(receipt)
    }

    fn is_untimed(&self, _: &Receipt) -> bool {
        false
    }
}

/// Shows a call: one element of the `calls` of `callctl replay --format json`.
pub(super) fn show(id: &CallId, timeline: &Timeline) -> impl serde::Serialize + use<> {
    Context { receipts: &Kept, privacy: Privacy::Masked }.call(id, timeline)
}
