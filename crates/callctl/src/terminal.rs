//! Terminal output.

use std::io::{self, Write};

use call_engine::call_msgraph::internal::Shown;
pub(crate) use call_engine::call_transport::internal::chain;

use crate::exit;

/// Writes to the standard error. A failure is ignored, because there is nowhere to report it.
pub(crate) fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Returns the exit status for the outcome of writing the result.
pub(crate) fn finish(written: io::Result<()>, status: impl FnOnce() -> u8) -> u8 {
    match written {
        Ok(()) => status(),
        // A reader that closes the pipe has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            complain(&format!("error: cannot write the result: {error}\n"));
            exit::IO
        }
    }
}

/// Maximum length of a shown text, in bytes.
const LONGEST: usize = 4_096;

/// Returns foreign text as it can be shown in one line.
pub(crate) fn printable(text: &str) -> String {
    Shown(text, LONGEST).to_string()
}
