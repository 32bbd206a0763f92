//! Prints how often a timeline is right: `cargo run --release --package call-tests --bin accuracy`.

#![expect(clippy::print_stdout, reason = "the table is the output")]

use call_tests::accuracy::SEEDS;
use call_tests::accuracy::table::table;

fn main() {
    for seed in SEEDS {
        println!("## Seed {seed}: 1,000 calls of each kind over each network\n\n{}", table(1_000, seed).trim_end());
    }
}
