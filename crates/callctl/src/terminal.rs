//! What every command does with the terminal.

use std::io::{self, Write};

use crate::exit;

/// Writes to the standard error. If even that fails there is nobody to tell.
pub(crate) fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Returns the exit status of a command whose result was written, or was not.
pub(crate) fn finish(written: io::Result<()>, status: impl FnOnce() -> u8) -> u8 {
    match written {
        Ok(()) => status(),
        // Who closes a pipe has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            complain(&format!("error: cannot write the result: {error}\n"));
            exit::IO
        }
    }
}

/// Returns an error with everything that led to it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

/// Takes the power from text that came from outside: control characters, and those that turn the writing around.
pub(crate) fn printable(text: &str) -> String {
    let is_harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    };
    text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect()
}
