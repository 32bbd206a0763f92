//! The command line `callctl`.

mod addresses;
mod args;
mod check;
mod demo;
mod emulate;
mod exit;
mod explain;
mod journal;
mod logs;
mod replay;
mod serve;
mod signals;
mod terminal;
mod times;
mod view;

use std::process::ExitCode;

use crate::args::{Arguments, Task};
use clap::Parser;

fn main() -> ExitCode {
    ExitCode::from(match Arguments::parse().task() {
        Task::Demo(demo) => demo.run(),
        Task::Emulate(emulate) => emulate.run(),
        Task::Replay(replay) => replay.run(),
        Task::Check(check) => check.run(),
        Task::Serve(serve) => serve.run(),
        Task::Journal(journal) => journal.run(),
        Task::Explain(explain) => explain.run(),
    })
}
