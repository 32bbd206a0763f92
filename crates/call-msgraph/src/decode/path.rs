//! What a resource path names.

/// A call, and what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResourcePath<'p> {
    pub(super) call: &'p str,
    pub(super) target: Target,
}

/// What of a call a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Call,
    /// Participants, operations or content sharing sessions, all of them or one.
    Part,
    /// Anything else: the path after the call.
    Other(String),
}

impl<'p> ResourcePath<'p> {
    /// Reads what follows the last `calls` segment; `None` if the path names no call.
    ///
    /// Paths come with and without host, version and leading slash, and as `/app/calls/{id}` ("call: answer",
    /// "participant: invite", v1.0 reference). Letter case, empty segments and a query say nothing.
    pub(super) fn read(path: &'p str) -> Option<Self> {
        let path = path.split(['?', '#']).next()?;
        let at = path.to_ascii_lowercase().rfind("/calls/").map(|slash| slash + 1);
        let at = at.or_else(|| path.get(..6).filter(|first| first.eq_ignore_ascii_case("calls/")).map(|_| 0))?;
        let rest = path.get(at + "calls/".len()..)?.trim_matches('/');
        let (call, part) = rest.split_once('/').unwrap_or((rest, ""));
        let target = match part.split('/').find(|segment| !segment.is_empty()) {
            None => Target::Call,
            Some(first) if PARTS.iter().any(|known| known.eq_ignore_ascii_case(first)) => Target::Part,
            Some(_) => Target::Other(part.trim_start_matches('/').to_owned()),
        };
        (!call.is_empty()).then_some(Self { call, target })
    }
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
        ] {
            assert_eq!(ResourcePath::read(path), Some(ResourcePath { call: "C", target: Target::Call }), "{path}");
        }
    }

    #[test]
    fn what_follows_the_call_is_told_apart() {
        for (path, target) in [
            ("participants", Target::Part),
            ("/Participants/p", Target::Part),
            ("operations/participants", Target::Part),
            ("operations/o/", Target::Part),
            ("contentsharingsessions", Target::Part),
            ("contentSharingSessions/s", Target::Part),
            ("audioRoutingGroups/g", Target::Other("audioRoutingGroups/g".to_owned())),
        ] {
            let whole = format!("/communications/calls/C/{path}");
            assert_eq!(ResourcePath::read(&whole), Some(ResourcePath { call: "C", target }), "{path}");
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
            "/callsigns/x",
            "/communications/callRecords/x",
            "ünïcode",
        ] {
            assert_eq!(ResourcePath::read(path), None, "{path}");
        }
    }
}
