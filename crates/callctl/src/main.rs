//! The program `callctl`.

use std::process::ExitCode;

fn main() -> ExitCode {
    callctl::run()
}
