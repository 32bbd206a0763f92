//! Finds an operation by its name, or by its method and path.

use crate::odata::short_name;
use crate::operation::table::ApiOperation;
use crate::request::spec::Method;

impl ApiOperation {
    /// Finds the operation with a name, as the API spells it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.spec().name == name)
    }

    /// Finds the operation at a path after `/communications/calls/`, and the ids in the path. Segments are given decoded. Their case
    /// does not matter, and neither does the namespace that some clients write: `microsoft.graph.playPrompt`.
    ///
    /// ```
    /// use call_msgraph::{ApiOperation, Method};
    /// let found = ApiOperation::at(Method::Post, &["c1", "microsoft.graph.PlayPrompt"]);
    /// assert_eq!(found, Some((ApiOperation::PlayPrompt, vec!["c1"])));
    /// ```
    #[must_use]
    pub fn at<'p>(method: Method, path: &[&'p str]) -> Option<(Self, Vec<&'p str>)> {
        let ids = |operation: Self| {
            let known: Vec<_> = operation.spec().path.split('/').collect();
            let mut ids = Vec::new();
            for (known, segment) in known.iter().zip(path) {
                if known.starts_with('{') {
                    ids.push(*segment);
                } else if !known.eq_ignore_ascii_case(short_name(segment)) {
                    return None;
                }
            }
            (known.len() == path.len()).then_some(ids)
        };
        let mut here = Self::ALL.iter().copied().filter(|operation| operation.spec().method == method);
        here.find_map(|operation| Some((operation, ids(operation)?)))
    }
}
