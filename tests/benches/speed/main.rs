//! The speed of the decoder and of the core, each figure beside an anchor that is measured in the same run:
//! `cargo bench --package call-tests --bench speed [-- decode core batch burst memory table restart growth]`.
//!
//! With a file that ends in `.svg`, relative to the root of the repository, it also draws the growth there.
//!
//! Fails if a figure is over its gate. `docs/performance.md` explains the anchors.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

mod anchors;
mod bodies;
mod core;
mod decode;
mod growth;
mod measure;
mod memory;
mod plot;
mod report;
mod restart;
mod table;

use std::path::Path;
use std::process::ExitCode;

use crate::report::Report;

/// Measures some rows.
type Measure = fn(&mut Report);

/// The parts of the benchmark, by the word that selects them.
const PARTS: [(&str, Measure); 8] = [
    ("decode", decode::measure),
    ("core", core::measure),
    ("batch", core::measure_batches),
    ("burst", core::measure_bursts),
    ("memory", memory::measure),
    ("table", table::measure),
    ("restart", restart::measure),
    ("growth", growth::measure),
];

fn main() -> ExitCode {
    let words = std::env::args().skip(1).filter(|word| !word.starts_with('-'));
    let (files, words): (Vec<_>, Vec<_>) = words.partition(|word| word.ends_with(".svg"));
    let mut report = Report::default();
    for (word, measure) in PARTS {
        if words.is_empty() || words.iter().any(|wanted| wanted == word) {
            measure(&mut report);
        }
    }
    for file in files {
        // Cargo runs a benchmark in the directory of its package.
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        match plot::write(report.charts(), &file) {
            Ok(()) => println!("\nthe growth is drawn in {}", file.display()),
            Err(error) => {
                println!("\ncannot draw the growth in {}: {error}", file.display());
                return ExitCode::FAILURE;
            }
        }
    }
    if report.over().is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\nover their gates: {}", report.over().join("; "));
    ExitCode::FAILURE
}
