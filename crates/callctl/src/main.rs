//! `callctl`: what became of a call, at the command line.

mod args;
mod exit;
mod replay;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(args::Arguments::parse().replay().run())
}
