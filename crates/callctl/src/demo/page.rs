//! The report of the demonstration as a page.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use call_engine::call_core::{DEFAULT_REORDER_WINDOW, Stamp, Timestamp};
use call_engine::call_msgraph::{Delivery, Record};

use crate::demo::stage::SPEED;
use crate::page::report;
use crate::replay::history::History;
use crate::view::context::Context;
use crate::view::mask::Privacy;

/// Writes the page of everything that was received, with times in real seconds.
pub(super) fn write_page(file: &Path, deliveries: &[Delivery]) -> io::Result<()> {
    let began_at = deliveries.iter().map(|delivery| delivery.stamp.received_at).min().unwrap_or(Timestamp::MIN);
    let slow = |at: Timestamp| began_at.saturating_add(at.saturating_since(began_at) * SPEED);
    let mut log = Vec::new();
    for delivery in deliveries {
        let mut delivery = delivery.clone();
        delivery.stamp = Stamp { received_at: slow(delivery.stamp.received_at), ..delivery.stamp };
        delivery.sent_at = delivery.sent_at.map(slow);
        writeln!(log, "{}", Record::Delivered(delivery))?;
    }
    let history = History::new(DEFAULT_REORDER_WINDOW, None, true).read(log.as_slice())?;
    let context = Context { receipts: &history.receipts, privacy: Privacy::Masked, tracked: None };
    let mut out = BufWriter::new(File::create(file)?);
    report::write(&mut out, &history, context)?;
    out.flush()
}
