//! Exit statuses, as in `--help`.

/// With `--strict`, a part of the log was rejected.
pub(crate) const REJECTED: u8 = 1;
/// A timeline differs from the truth, or a journal is damaged.
pub(crate) const DIFFERS: u8 = 1;
/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// A file cannot be read.
pub(crate) const NO_INPUT: u8 = 66;
/// A result cannot be written, or the network cannot be used.
pub(crate) const IO: u8 = 74;
/// A second signal ended the process, as after SIGTERM without a handler.
pub(crate) const KILLED: u8 = 143;
