//! The result as JSON.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::replay::history::{History, RejectedValue};
use crate::view::context::Context;

/// Writes one JSON object, one call at a time.
pub(super) fn write(out: &mut impl Write, history: &History, context: Context<'_>) -> io::Result<()> {
    let document = Document { calls: Calls { history, context }, rejected: &history.rejected };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'d> {
    calls: Calls<'d>,
    rejected: &'d [RejectedValue],
}

struct Calls<'c> {
    history: &'c History,
    context: Context<'c>,
}

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.history.calls().map(|call| self.context.call(call.id, &call.timeline)))
    }
}
