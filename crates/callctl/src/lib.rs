//! The command line `callctl`, as a library for its program and its fuzz targets. It has no stable interface for others.

mod addresses;
mod args;
mod check;
mod demo;
mod emulate;
mod exit;
mod explain;
mod journal;
mod logs;
mod page;
mod replay;
mod serve;
mod signals;
mod terminal;
mod times;
mod view;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Task};

/// Runs the command of the process, and returns its exit status.
#[must_use]
pub fn run() -> ExitCode {
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

/// Functions for fuzz targets: each panics if a promise is broken.
#[doc(hidden)]
pub mod fuzz {
    pub use crate::page::attacked::page;
    pub use crate::serve::attacked::{events, settings};
}
