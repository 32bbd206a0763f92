//! Exit statuses, as `--help` lists them.

/// With `--strict`, something was rejected.
pub(crate) const REJECTED: u8 = 1;
/// In the demonstration, something is not as it was.
pub(crate) const DIFFERS: u8 = 1;
/// Something is not set as it must be.
pub(crate) const USAGE: u8 = 2;
/// A file cannot be read.
pub(crate) const NO_INPUT: u8 = 66;
/// Results cannot be written, or the network cannot be used.
pub(crate) const IO: u8 = 74;
