//! Calls as the API shows them.

use call_core::{CallId, Receipt, Timeline};

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

/// Shows a call: one element of the `calls` of `callctl replay --format json`.
pub(super) fn show(id: &CallId, timeline: &Timeline) -> impl serde::Serialize + use<> {
    Context { receipts: &Kept, privacy: Privacy::Masked }.call(id, timeline)
}
