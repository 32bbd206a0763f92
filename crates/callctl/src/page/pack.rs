//! The deliveries of the calls of a report, compressed. Deliveries repeat each other, so they take little room.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::replay::history::{History, Replayed};
use crate::view::mask::Privacy;
use crate::view::payload::line;

/// Number of calls that are compressed together. The page decompresses all of them for one.
const TOGETHER: usize = 100;

/// Compressed deliveries. The separators between calls, and between an id and its lines, are control characters, which JSON escapes.
#[derive(Default)]
pub(super) struct Packs {
    done: Vec<Vec<u8>>,
    open: Option<GzEncoder<Vec<u8>>>,
    calls: usize,
}

impl Packs {
    /// Adds the deliveries of a call, and returns the number of their pack; `None` if they are not kept.
    pub(super) fn add(&mut self, history: &History, call: &Replayed<'_>, privacy: Privacy) -> Option<usize> {
        let mut numbers: Vec<_> = call.observations.iter().map(|seen| (seen.stamp, seen.delivery)).collect();
        numbers.sort_unstable();
        numbers.dedup_by_key(|(_, number)| *number);
        let kept = numbers.into_iter().map(|(stamp, number)| Some((stamp, number, history.kept.of(number)?)));
        let kept: Vec<_> = kept.collect::<Option<_>>()?;
        if self.calls.is_multiple_of(TOGETHER) {
            self.close();
        }
        self.calls += 1;
        let open = self.open.get_or_insert_with(|| GzEncoder::new(Vec::new(), Compression::default()));
        // A buffer in memory takes everything.
        let mut text = format!("{}\u{1f}", serde_json::json!(&*call.id.spelling()));
        for (_, number, value) in kept {
            text.push_str(&line(&history.receipts.label(number), value, privacy));
            text.push('\n');
        }
        text.push('\u{1e}');
        open.write_all(text.as_bytes()).ok()?;
        Some(self.done.len())
    }

    fn close(&mut self) {
        self.done.extend(self.open.take().and_then(|open| open.finish().ok()));
    }

    /// Writes the packs as elements of a page.
    pub(super) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        self.close();
        for (number, pack) in self.done.iter().enumerate() {
            writeln!(out, "<script type=\"text/plain\" id=\"lines-{number}\">{}</script>", STANDARD.encode(pack))?;
        }
        Ok(())
    }
}
