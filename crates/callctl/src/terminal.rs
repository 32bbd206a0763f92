//! Terminal output.

use std::io::{self, Write};

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

/// Returns an error with all of its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

/// Escapes foreign text: control characters, and characters that change the writing direction.
pub(crate) fn printable(text: &str) -> String {
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect()
}
