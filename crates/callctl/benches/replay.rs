//! How fast `callctl replay --format json` reads a log, for each core that it uses: `cargo bench --package callctl --bench replay [-- MEGABYTES]`.
//!
//! Fails below 120 MB/s. The goal is 500 MB/s.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use call_core::{Stamp, Timestamp};
use call_msgraph::{Delivery, Record};

/// The slowest rate that is allowed, in megabytes per second.
const GATE: f64 = 120.0;
/// States that each call goes through.
const STATES: [&str; 6] = ["establishing", "ringing", "established", "hold", "established", "terminated"];

fn main() -> ExitCode {
    let megabytes = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_u64);
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log.jsonl");
    write(&log, megabytes * 1_000_000);
    let mut rates: Vec<f64> = (0..3).map(|_| replay(&log)).collect();
    rates.sort_by(f64::total_cmp);
    println!("median {:.0} MB/s per core; goal 500, gate {GATE}", rates[1]);
    if rates[1] < GATE { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Replays a log, and returns the megabytes for each second of processor time.
fn replay(log: &Path) -> f64 {
    let megabytes = log.metadata().unwrap().len() as f64 / 1e6;
    let began = Instant::now();
    // `time` is part of the shell, and knows the processor time of its children.
    let script = format!("time {} replay --format json {}", env!("CARGO_BIN_EXE_callctl"), log.display());
    let mut command = Command::new("bash");
    command.env("TIMEFORMAT", "%U %S").args(["-c", &script]).stdout(Stdio::null());
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let elapsed = began.elapsed().as_secs_f64();
    let said = String::from_utf8_lossy(&output.stderr);
    let processor: f64 = said.lines().last().unwrap().split(' ').map(|seconds| seconds.parse::<f64>().unwrap()).sum();
    println!("{megabytes:.0} MB in {elapsed:.2} s, {processor:.2} s of processor time");
    megabytes / processor
}

/// Writes a log of about as many bytes.
fn write(path: &Path, bytes: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let (mut written, mut sequence) = (0_u64, 0_u64);
    while written < bytes {
        // A thousand calls at a time, each with all of its states.
        let (call, state) = (sequence / 6_000 * 1_000 + sequence % 1_000, STATES[(sequence / 1_000 % 6) as usize]);
        let id = format!("57dab8b1-894c-409a-b240-{call:012x}");
        let body = format!(
            r##"{{"@odata.type":"#microsoft.graph.commsNotifications","value":[{{"@odata.type":"#microsoft.graph.commsNotification","changeType":"updated","resourceUrl":"/communications/calls/{id}","callbackUri":"https://bot.contoso.com/callback","resourceData":{{"@odata.type":"#microsoft.graph.call","state":"{state}","direction":"outgoing","id":"{id}"}}}}]}}"##
        );
        let stamp =
            Stamp { sequence, ..Stamp::at(Timestamp::from_millis(1_700_000_000_000 + sequence.cast_signed() * 10)) };
        let line = Record::from(Delivery::post(body.into_bytes()).stamped(stamp)).to_string();
        writeln!(out, "{line}").unwrap();
        written += line.len() as u64 + 1;
        sequence += 1;
    }
}
