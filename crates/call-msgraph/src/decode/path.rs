//! Resource paths.

use crate::segment::is_segment;

/// A call, and a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourcePath<'p> {
    pub(super) call: &'p str,
    pub(super) target: Target,
}

/// The part of a call that a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Call,
    /// All participants, or the one with this id.
    Participants(Option<String>),
    /// All media operations, or the one with this id.
    Operations(Option<String>),
    /// All content sharing sessions, or the one with this id.
    Sharing(Option<String>),
    /// Anything else, with the path after the call.
    Other(String),
}

impl Target {
    /// Returns the id of the participant, operation or session; `None` if the path leads to all of them.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Participants(id) | Self::Operations(id) | Self::Sharing(id) => id.as_deref(),
            Self::Call | Self::Other(_) => None,
        }
    }

    /// Reads the path after a call. A roster may be below `operations` ("participant: invite", v1.0 reference), so the
    /// last known word counts.
    fn read(part: &str) -> Self {
        let segments: Vec<_> = part.split('/').filter(|segment| !segment.is_empty()).collect();
        let Some(first) = segments.first() else { return Self::Call };
        let word = |segment: &str| PARTS.into_iter().find(|part| part.eq_ignore_ascii_case(segment));
        let last = segments.iter().rposition(|segment| word(segment).is_some());
        let Some(last) = last.filter(|_| word(first).is_some()) else { return Self::Other(segments.join("/")) };
        let id = segments.get(last + 1).map(|&id| id.to_owned());
        match word(segments[last]) {
            Some("operations") => Self::Operations(id),
            Some("participants") => Self::Participants(id),
            _ => Self::Sharing(id),
        }
    }
}

impl<'p> ResourcePath<'p> {
    /// Reads the path after the last segment `calls`, or after a call as a key; `None` if it contains no call id.
    ///
    /// The service sends paths with and without host, version and leading slash, and as `/app/calls/{id}` ("call: answer",
    /// "participant: invite", v1.0 reference), and OData also writes `calls('{id}')`. Letter case, empty segments and a query are
    /// ignored.
    pub(super) fn read(path: &'p str) -> Option<Self> {
        if let Some(call) = path.strip_prefix("/communications/calls/").filter(|call| !has_any(call, b"/?#()")) {
            // Almost all paths are spelled like this.
            return is_segment(call).then_some(Self { call, target: Target::Call });
        }
        let path = if has_any(path, b"?#") { path.split(['?', '#']).next()? } else { path };
        let by_key = if has_any(path, b"()") { after(path, "calls('").and_then(key) } else { None };
        let (call, part) = by_key.or_else(|| {
            let rest = after(path, "calls/")?.trim_matches('/');
            Some(rest.split_once('/').unwrap_or((rest, "")))
        })?;
        is_segment(call).then(|| Self { call, target: Target::read(part) })
    }
}

/// Returns whether a path contains one of some bytes. Most contain none, and it is then the fastest way to look at every byte.
#[inline]
fn has_any<const N: usize>(path: &str, some: &[u8; N]) -> bool {
    some.iter().any(|one| path.bytes().fold(0, |found, byte| found | u8::from(byte == *one)) > 0)
}

/// Returns what follows the last segment that begins with a word, in upper or lower case.
fn after<'p>(path: &'p str, word: &str) -> Option<&'p str> {
    let mut end = path.len();
    loop {
        let slash = path.get(..end)?.rfind('/');
        let start = slash.map_or(0, |slash| slash + 1);
        match path.get(start..).and_then(|rest| rest.split_at_checked(word.len())) {
            Some((found, rest)) if found.eq_ignore_ascii_case(word) => return Some(rest),
            _ => end = slash?,
        }
    }
}

/// Splits the rest of a path with a key, `{id}')/…`, into the id and the path after it.
fn key(rest: &str) -> Option<(&str, &str)> {
    let (call, part) = rest.split_once("')")?;
    (!call.contains('/') && (part.is_empty() || part.starts_with('/'))).then_some((call, part))
}

const PARTS: [&str; 3] = ["participants", "operations", "contentSharingSessions"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_in_every_published_spelling() {
        for path in [
            "/communications/calls/C",
            "communications/calls/C",
            "calls/C",
            "/app/calls/C",
            "/communications/Calls/C/",
            "//communications//calls//C//",
            "/v1.0/communications/calls/C?x=/calls/y",
            "https://graph.microsoft.com/beta/communications/calls/C#calls/y",
            "https://calls.example/calls/of/calls/C",
            "/communications/calls('C')",
            "communications/Calls('C')/",
            "calls('C')?x=1",
        ] {
            assert_eq!(ResourcePath::read(path), Some(ResourcePath { call: "C", target: Target::Call }), "{path}");
        }
    }

    #[test]
    fn the_rest_of_the_path_decides_the_resource() {
        let id = |id: &str| Some(id.to_owned());
        for (path, target) in [
            ("participants", Target::Participants(None)),
            ("/Participants/p", Target::Participants(id("p"))),
            ("operations/participants", Target::Participants(None)),
            ("operations//participants/p", Target::Participants(id("p"))),
            ("operations", Target::Operations(None)),
            ("operations/o/", Target::Operations(id("o"))),
            ("contentsharingsessions", Target::Sharing(None)),
            ("contentSharingSessions/s", Target::Sharing(id("s"))),
            ("audioRoutingGroups/g", Target::Other("audioRoutingGroups/g".to_owned())),
        ] {
            let whole = format!("/communications/calls/C/{path}");
            assert_eq!(ResourcePath::read(&whole), Some(ResourcePath { call: "C", target: target.clone() }), "{path}");
            let by_key = format!("/communications/calls('C')/{path}");
            assert_eq!(ResourcePath::read(&by_key), Some(ResourcePath { call: "C", target }), "{by_key}");
        }
    }

    #[test]
    fn a_path_without_a_call_names_none() {
        for path in [
            "",
            "/",
            "/communications",
            "/communications/calls",
            "/communications/calls/",
            "/communications/calls/..",
            "/communications/calls/./participants",
            "/callsigns/x",
            "/communications/calls('')",
            "/communications/calls('..')",
            "/communications/calls('C'",
            "/communications/calls('C')x",
            "/communications/callRecords/x",
            "ünïcode",
        ] {
            assert_eq!(ResourcePath::read(path), None, "{path}");
        }
    }
}
