//! The picture of one call: on the left what arrived, in order of arrival; on the right what happened, in order; lines between them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use call_core::{CallState, Step, Timestamp};

use crate::replay::history::Replayed;
use crate::terminal::printable;
use crate::view::arrivals::Arrival;
use crate::view::context::Context;
use crate::view::sheet::has_failed;
use crate::view::words::{is_inferred, others, state};

/// Maximum number of deliveries, and of steps, in a picture: the first and the last ones.
const MOST: usize = 50;
/// Height of a row, and of the heading.
const ROW: usize = 22;
const HEAD: usize = 64;
const WIDTH: usize = 640;
/// Where the claims begin.
const CLAIM: usize = 78;
/// Where the lines begin and end.
const FROM: usize = 216;
const TO: usize = 348;
/// Maximum number of characters of a claim.
const LONGEST: usize = 20;

const STYLE: &str = "text{font:13px 'DejaVu Sans',Verdana,sans-serif;fill:#1b1c1f}.dim{fill:#61646d}.head{font-weight:bold}.late{fill:#1d5fc9}\
path{fill:none;stroke:#d4d6d9;stroke-width:1.4}path.late{fill:none;stroke:#1d5fc9;stroke-width:1.8}.back{fill:#fff}\
.incoming{fill:#8b5cf6}.establishing{fill:#8a94a6}.ringing{fill:#d99a1b}.established{fill:#2f9e5f}.hold{fill:#3b82c4}\
.transferring{fill:#a855b5}.ended{fill:#b9bcc2}.failed{fill:#d64545}.inferred{font-style:italic}\
@media(prefers-color-scheme:dark){text{fill:#eceded}.dim{fill:#a0a3ab}.late{fill:#7fabf7}path{stroke:#3b3e44}path.late{stroke:#7fabf7}\
.back{fill:#1b1c1f}.incoming{fill:#a78bfa}.established{fill:#3dc178}.hold{fill:#5b9fe0}.transferring{fill:#c77dd3}.ended{fill:#62656d}\
.failed{fill:#f07070}}";

/// Writes the picture of a call.
pub(crate) fn write(out: &mut impl Write, call: &Replayed<'_>, context: Context<'_>) -> io::Result<()> {
    out.write_all(Picture { call, context }.text().as_bytes())
}

struct Picture<'p> {
    call: &'p Replayed<'p>,
    context: Context<'p>,
}

/// A row of one side.
enum Row<T> {
    Shown(usize, T),
    /// Number of rows that are left out here.
    Left(usize),
}

impl Picture<'_> {
    fn text(&self) -> String {
        let Self { call, context } = *self;
        let timeline = &call.timeline;
        let arrived = context.arrivals(timeline).all;
        let bounds =
            timeline.steps.iter().flat_map(|step| [step.not_before.map(|bound| bound.at), context.not_after(step)]);
        let start = arrived.iter().map(|arrival| arrival.at).chain(bounds).flatten().min();
        let (left, right) = (rows(&arrived), rows(&timeline.steps));
        let rows = left.len().max(right.len()).max(1);
        let height = HEAD + rows * ROW + 12;
        let top = |rows_of_side: usize| HEAD + (rows - rows_of_side) * ROW / 2 + ROW / 2;

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
             <title>{}</title>\n<style>{STYLE}</style>\n<rect class=\"back\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
            escape(&format!("What arrived of call {}, and what happened", call.id))
        );
        let others = others(timeline);
        let present =
            if others.is_empty() { state(timeline).to_owned() } else { format!("{} or {others}", state(timeline)) };
        text(&mut svg, 16, 24, "", "start", &format!("call {}, {present}", call.id));
        text(&mut svg, 16, 50, "head", "start", "As it arrived");
        text(&mut svg, WIDTH - 16, 50, "head", "end", "As it happened");

        let mut places = BTreeMap::new();
        let (mut lines, mut late_lines) = (String::new(), String::new());
        for (row, step) in right.iter().enumerate() {
            let y = top(right.len()) + row * ROW;
            match step {
                Row::Left(count) => text(&mut svg, TO + 22, y + 4, "dim", "start", &left_out(*count, "step", "steps")),
                Row::Shown(number, step) => {
                    places.insert(*number, y);
                    self.step(&mut svg, y, step, start);
                }
            }
        }
        for (row, arrival) in left.iter().enumerate() {
            let y = top(left.len()) + row * ROW;
            let Row::Shown(number, Arrival { at, kind, claim, step, is_late, .. }) = arrival else {
                if let Row::Left(count) = arrival {
                    text(&mut svg, CLAIM, y + 4, "dim", "start", &left_out(*count, "delivery", "deliveries"));
                }
                continue;
            };
            let time = at.zip(start).map_or_else(|| format!("#{}", number + 1), |(at, start)| since(at, start));
            text(&mut svg, 16, y + 4, "dim", "start", &time);
            let shown: String = claim.chars().take(LONGEST).collect();
            text(&mut svg, CLAIM, y + 4, "", "start", &shown);
            text(&mut svg, FROM - 6, y + 4, if *is_late { "late" } else { "dim" }, "end", kind);
            let Some(to) = step.and_then(|step| places.get(&step)) else { continue };
            let (class, middle) = (if *is_late { " class=\"late\"" } else { "" }, (FROM + TO) / 2);
            let lines = if *is_late { &mut late_lines } else { &mut lines };
            let end = TO - 6;
            let _ = writeln!(lines, "<path{class} d=\"M{FROM} {y}C{middle} {y} {middle} {to} {end} {to}\"/>");
        }
        // Lines of late evidence are above the others.
        svg + &lines + &late_lines + "</svg>\n"
    }

    fn step(&self, svg: &mut String, y: usize, step: &Step, start: Option<Timestamp>) {
        let (glyph, kind) = sign(step.state, has_failed(&self.call.timeline));
        text(svg, TO + 6, y + 4, kind, "middle", glyph);
        let (class, note) = if is_inferred(step) { ("inferred", " (inferred)") } else { ("", "") };
        text(svg, TO + 22, y + 4, class, "start", &format!("{}{note}", step.state));
        let bounds = (step.not_before.map(|bound| bound.at), self.context.not_after(step), start);
        let bounds = match bounds {
            (Some(after), Some(by), Some(start)) if after != by => {
                format!("{} … {}", since(after, start), since(by, start))
            }
            (_, Some(by), Some(start)) => format!("by {}", since(by, start)),
            (Some(after), None, Some(start)) => format!("after {}", since(after, start)),
            _ => String::new(),
        };
        text(svg, WIDTH - 16, y + 4, "dim", "end", &bounds);
    }
}

/// Returns the rows of one side: all, or the first and the last ones.
fn rows<T>(all: &[T]) -> Vec<Row<&T>> {
    let half = MOST / 2;
    let shown = |(number, one)| Row::Shown(number, one);
    if all.len() <= MOST {
        return all.iter().enumerate().map(shown).collect();
    }
    let first = all.iter().enumerate().take(half).map(shown);
    let last = all.iter().enumerate().skip(all.len() - half).map(shown);
    first.chain([Row::Left(all.len() - MOST)]).chain(last).collect()
}

fn left_out(count: usize, one: &str, more: &str) -> String {
    format!("… {count} {} left out", if count == 1 { one } else { more })
}

/// Returns the glyph and the class of a state. States and glyphs are those of the page.
const fn sign(state: CallState, has_failed: bool) -> (&'static str, &'static str) {
    match state {
        CallState::Incoming | CallState::Redirecting => ("◇", "incoming"),
        CallState::Establishing => ("○", "establishing"),
        CallState::Ringing => ("◔", "ringing"),
        CallState::Established => ("●", "established"),
        CallState::Hold => ("‖", "hold"),
        CallState::Transferring | CallState::TransferAccepted => ("⇄", "transferring"),
        CallState::Terminated if has_failed => ("✕", "failed"),
        CallState::Terminating | CallState::Terminated | _ => ("■", "ended"),
    }
}

/// Returns the time since the start, as the page does: seconds, or from 100 seconds on minutes and hours too.
fn since(at: Timestamp, start: Timestamp) -> String {
    let past = at.saturating_since(start).max(start.saturating_since(at)).as_millis();
    let sign = if at < start { '−' } else { '+' };
    let (hours, minutes, seconds) = (past / 3_600_000, past / 60_000 % 60, past / 1_000 % 60);
    match past {
        0..100_000 => format!("{sign}{}.{:02}", past / 1_000, past / 10 % 100),
        100_000..3_600_000 => format!("{sign}{minutes}:{seconds:02}.{}", past / 100 % 10),
        _ => format!("{sign}{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn text(svg: &mut String, x: usize, y: usize, class: &str, anchor: &str, words: &str) {
    if words.is_empty() {
        return;
    }
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\"{class}{anchor}>{}</text>", escape(words));
}

/// Cuts foreign text to the length of the longest heading, and escapes markup and control characters.
fn escape(text: &str) -> String {
    let cut: String = text.chars().take(100).collect();
    printable(&cut).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
