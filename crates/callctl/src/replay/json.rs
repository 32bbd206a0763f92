use std::io::{self, Write};
use std::time::Duration;

use call_core::reconcile;
use serde::{Serialize, Serializer};

use crate::replay::history::{History, RejectedValue};
use crate::view::context::Context;

/// Writes everything as one JSON object, a call at a time.
pub(super) fn write(out: &mut impl Write, history: &History, window: Duration, context: Context<'_>) -> io::Result<()> {
    let document = Document { calls: Calls { history, window, context }, rejected: &history.rejected };
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
    window: Duration,
    context: Context<'c>,
}

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let calls = self.history.calls.iter();
        serializer
            .collect_seq(calls.map(|(id, observations)| self.context.call(id, &reconcile(observations, self.window))))
    }
}
