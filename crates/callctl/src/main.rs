//! `callctl`: what became of a call, at the command line.

mod args;
mod check;
mod demo;
mod emulate;
mod exit;
mod explain;
mod replay;
mod terminal;

use std::process::ExitCode;

use args::{Arguments, Task};
use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(match Arguments::parse().task() {
        Task::Demo(demo) => demo.run(),
        Task::Emulate(emulate) => emulate.run(),
        Task::Replay(replay) => replay.run(),
        Task::Check(check) => check.run(),
        Task::Explain(explain) => explain.run(),
    })
}
