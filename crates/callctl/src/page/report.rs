//! The report: the page with the calls of a log, in one file that loads nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};

use call_core::{CallState, Observation, Timeline, Timestamp, stays};
use call_msgraph::explain;
use serde::Serialize;

use crate::page::assets::saved;
use crate::page::pack::Packs;
use crate::replay::history::{History, RejectedValue};
use crate::view::context::Context;
use crate::view::mask::Privacy;
use crate::view::sheet::has_failed;

/// Maximum number of calls in a report.
const MOST_CALLS: usize = 20_000;
/// Maximum number of rejected values that are listed.
const MOST_REJECTED: usize = 100;

/// What a report says beside its calls.
#[derive(Serialize)]
struct Summary<'h> {
    words: String,
    /// Instant of the last receipt, in milliseconds.
    end: Option<i64>,
    /// For each result of an ended call: its words, its codes, the number of calls, and whether it is a failure.
    results: Vec<(String, String, usize, bool)>,
    rejected: &'h [RejectedValue],
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    all: u64,
    rejected: usize,
}

#[derive(Default)]
struct Counts {
    results: BTreeMap<(bool, String, String), usize>,
    active: usize,
    doubtful: usize,
    anomalies: usize,
    reordered: usize,
}

/// Writes the report.
pub(crate) fn write(out: &mut impl Write, history: &History, context: Context<'_>) -> io::Result<()> {
    let (before, after) = saved();
    write!(out, "{before}<script type=\"application/json\" id=\"report\">{{\"calls\":[")?;
    let mut counts = Counts::default();
    let mut packs = Packs::default();
    for (number, call) in history.calls().take(MOST_CALLS).enumerate() {
        let heard = context.last_receipt(call.observations);
        let pack = packs.add(history, &call, context.privacy);
        let view = context.call(call.id, &call.timeline);
        let sheet = context.sheet(view, &call.timeline, heard, &stays(call.observations), pack);
        counts.add(&call.timeline, sheet.reordered());
        if number > 0 {
            out.write_all(b",")?;
        }
        write_plain(out, &sheet)?;
    }
    write!(out, "],\"summary\":")?;
    write_plain(out, &counts.summary(history, context))?;
    writeln!(out, "}}</script>")?;
    packs.write(out)?;
    write!(out, "{after}")
}

impl Context<'_> {
    /// Returns the last time that a log has for some observations.
    fn last_receipt<'o>(self, observations: impl IntoIterator<Item = &'o Observation>) -> Option<Timestamp> {
        let timed = observations.into_iter().filter(|seen| !self.receipts.is_untimed(&seen.receipt()));
        timed.map(|seen| seen.stamp.received_at).max()
    }
}

impl Counts {
    fn add(&mut self, timeline: &Timeline, reordered: usize) {
        let present = timeline.present.as_ref();
        self.doubtful += usize::from(present.is_some_and(|present| !present.alternatives().is_empty()));
        self.anomalies += usize::from(!timeline.anomalies.is_empty());
        self.reordered += usize::from(reordered > 0);
        if present.is_none_or(|present| present.likely() != CallState::Terminated) {
            self.active += 1;
            return;
        }
        let codes = timeline.result.as_ref().and_then(|result| result.code.zip(result.subcode));
        let meaning = codes.and_then(|(code, subcode)| explain(code, subcode));
        let words = meaning.map_or("", |known| known.meaning.trim_end_matches('.'));
        let codes = codes.map_or(String::new(), |(code, subcode)| format!("{code}/{subcode}"));
        *self.results.entry((has_failed(timeline), words.to_owned(), codes)).or_default() += 1;
    }

    fn summary<'h>(self, history: &'h History, context: Context<'_>) -> Summary<'h> {
        let of = |failed: bool| {
            self.results.iter().filter(move |((is_failed, ..), _)| *is_failed == failed).map(|(_, count)| count)
        };
        let (ended, failed): (usize, usize) = (of(false).sum(), of(true).sum());
        let calls = history.calls().len();
        let mut words = format!(
            "{calls} {}: {} active, {ended} ended, {failed} failed, {} doubtful, {} with anomalies, {} reordered; {} rejected",
            if calls == 1 { "call" } else { "calls" },
            self.active,
            self.doubtful,
            self.anomalies,
            self.reordered,
            if history.rejected.len() == 1 {
                "1 part of the log".to_owned()
            } else {
                format!("{} parts of the log", history.rejected.len())
            },
        );
        if context.privacy == Privacy::Masked {
            words.push_str("; names and numbers are masked");
        }
        if calls > MOST_CALLS {
            words
                .push_str(&format!("; only the first {MOST_CALLS} calls are here, the formats text and json have all"));
        }
        let mut results: Vec<_> =
            self.results.into_iter().map(|((failed, words, codes), count)| (words, codes, count, failed)).collect();
        results.sort_by_key(|(_, _, count, failed)| (!failed, usize::MAX - count));
        Summary {
            words,
            end: context.last_receipt(history.observations.values().flatten()).map(Timestamp::as_millis),
            results,
            rejected: &history.rejected[..history.rejected.len().min(MOST_REJECTED)],
            lines: Lines { all: history.values, rejected: history.rejected.len() },
        }
    }
}

/// Writes JSON that is ASCII and ends no element of a page: `<` and everything beyond ASCII are written as escapes.
struct Plain;

impl serde_json::ser::Formatter for Plain {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !c.is_ascii() || c == '<' || c == '\u{7f}') {
            let (plain, from) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let mut characters = from.chars();
            for unit in characters.next().iter().flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())
    }
}

fn write_plain(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Plain)).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element() {
        let mut out = Vec::new();
        write_plain(&mut out, &"a</script><!--<\u{202e}\u{1f600}é").expect("it is JSON");
        assert_eq!(
            String::from_utf8(out).expect("it is text"),
            r#""a\u003c/script>\u003c!--\u003c\u202e\ud83d\ude00\u00e9""#
        );
    }
}
