//! The API token: given, generated or none.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Which requests may use the API.
pub(super) enum Access {
    /// Those with this token.
    Given(String),
    /// Those with the token that is stored beside the journal. It is generated if there is none.
    Stored,
    /// All.
    Open,
}

/// Name of the file with the generated token.
const FILE: &str = "api-token";

/// Returns the token that is stored in the directory of the journal, and where it is. Generates it if there is none.
///
/// The directory exists, and only its owner can read it.
pub(super) fn stored(journal: &Path) -> io::Result<(String, PathBuf)> {
    let file = journal.join(FILE);
    match fs::read_to_string(&file) {
        Ok(text) if !text.trim().is_empty() => {
            if is_readable_by_others(&file)? {
                tracing::warn!(
                    file = %file.display(),
                    "other users can read the API token; delete the file, so that a new token is generated"
                );
            }
            return Ok((text.trim().to_owned(), file));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // Renamed when it is complete: a crash leaves no half of a token.
    let new = journal.join("api-token.new");
    let mut open = fs::OpenOptions::new();
    open.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    let mut writing = open.open(&new)?;
    writeln!(writing, "{token}")?;
    writing.sync_all()?;
    fs::rename(&new, &file)?;
    Ok((token, file))
}

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(file)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}
