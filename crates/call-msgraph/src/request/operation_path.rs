//! The path of an operation below its call, encoded so that no segment can change another.

use std::fmt;
use std::str::FromStr;

use crate::segment::encoded;

/// The path of an operation below its call: `playPrompt`, `participants/invite`, `participants/{id}/mute`.
///
/// Each segment is percent-encoded, so that none of them can leave its place, whatever an id contains.
///
/// ```
/// use call_msgraph::OperationPath;
/// let invite: OperationPath = "participants/invite".parse()?;
/// assert_eq!(invite.as_str(), "participants/invite");
/// let mute = OperationPath::from_segments(["participants", "a/../b?c", "mute"])?;
/// assert_eq!(mute.as_str(), "participants/a%2F..%2Fb%3Fc/mute");
/// assert!("../../../users".parse::<OperationPath>().is_err());
/// # Ok::<(), call_msgraph::InvalidOperationPath>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OperationPath(Box<str>);

/// Reason why a text is not the path of an operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOperationPath {
    /// A segment is empty, `.` or `..`. No encoding makes it safe.
    #[error(
        "the path of an operation has the segment {0:?}, which would leave its call; name it as the API does: `playPrompt`, `participants/invite`"
    )]
    Segment(String),
    /// The path is too long.
    #[error("the path of an operation has {0} bytes; the maximum is {LONGEST}")]
    TooLong(usize),
}

/// Maximum length of a path before it is encoded, in bytes. Participant ids have up to about 150 bytes.
const LONGEST: usize = 1_024;

impl OperationPath {
    /// Reads a path. Its segments are separated by slashes, and not encoded.
    ///
    /// # Errors
    /// [`InvalidOperationPath`]
    pub fn new(path: &str) -> Result<Self, InvalidOperationPath> {
        Self::from_segments(path.split('/'))
    }

    /// Returns the path of some segments. They may contain any character: a slash in an id is encoded.
    ///
    /// # Errors
    /// [`InvalidOperationPath`]
    pub fn from_segments<'s>(segments: impl IntoIterator<Item = &'s str>) -> Result<Self, InvalidOperationPath> {
        let mut path = String::new();
        let mut bytes = 0;
        for segment in segments {
            bytes += segment.len() + 1;
            if bytes > LONGEST {
                return Err(InvalidOperationPath::TooLong(bytes));
            }
            let encoded = encoded(segment).ok_or_else(|| InvalidOperationPath::Segment(segment.to_owned()))?;
            if !path.is_empty() {
                path.push('/');
            }
            path.extend(encoded);
        }
        if path.is_empty() { Err(InvalidOperationPath::Segment(path)) } else { Ok(Self(path.into())) }
    }

    /// Returns the encoded path, without a slash at either end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperationPath {
    type Err = InvalidOperationPath;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        Self::new(path)
    }
}

impl fmt::Display for OperationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_segment_can_change_another_segment() {
        let base = "https://graph.microsoft.com/v1.0/communications/calls/c1";
        let hostile = [
            "..", ".", "", "/", "%2e%2e", "%2E.", "..\\..", "?x", "#x", "a\r\nb", "\t..", "%2f..%2f", "ü", "..;", "//x",
        ];
        for segment in hostile {
            let Ok(path) = OperationPath::from_segments(["participants", segment, "mute"]) else {
                assert!(matches!(segment, ".." | "." | ""), "{segment:?}");
                continue;
            };
            let url = url::Url::parse(&format!("{base}/{path}")).expect("it is a URL");
            let segments: Vec<_> = url.path_segments().expect("it has a path").collect();
            assert_eq!(segments.len(), 7, "{segment:?}");
            assert_eq!((segments[3], segments[4], segments[6]), ("c1", "participants", "mute"), "{segment:?}");
            assert_eq!((url.query(), url.fragment()), (None, None), "{segment:?}");
        }
    }

    #[test]
    fn unsafe_segments_are_refused() {
        for path in
            ["", "/", "../../../users", "playPrompt/", "/playPrompt", "participants//mute", "participants/./mute"]
        {
            assert!(matches!(OperationPath::new(path), Err(InvalidOperationPath::Segment(_))), "{path:?}");
        }
        assert_eq!(OperationPath::new(&"x".repeat(2_000)), Err(InvalidOperationPath::TooLong(2_001)));
        assert!(OperationPath::from_segments([]).is_err());
    }
}
