//! Explanations of result codes. The data is in `code_book.json`.

use std::sync::LazyLock;

use call_core::ResultInfo;

/// Explanation of a result ("resultInfo resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct Explanation {
    /// Class of the outcome.
    pub code: i64,
    /// The outcome.
    pub subcode: i64,
    /// What happened.
    pub meaning: Box<str>,
    /// The most likely cause.
    pub cause: Box<str>,
    /// Whether a retry helps.
    pub retry: RetryAdvice,
    /// Source of the explanation.
    pub source: Box<str>,
}

/// Whether a retry helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RetryAdvice {
    /// A retry does not help, or nothing failed.
    No,
    /// A retry may help at once.
    Yes,
    /// A retry may help later, when the callee is available.
    Later,
    /// A retry helps after the cause is fixed.
    AfterFix,
    /// The codes do not say.
    Unclear,
}

#[derive(serde::Deserialize)]
struct Book {
    /// Sorted by code and subcode.
    explained: Vec<Explanation>,
    /// Pairs that were seen in logs and have no explanation.
    seen: Vec<(i64, i64)>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let book = serde_json::from_str(include_str!("code_book.json"));
    book.unwrap_or(Book { explained: Vec::new(), seen: Vec::new() })
});

/// Returns the explanation of a code and a subcode; `None` if there is none.
///
/// ```
/// let explanation = call_msgraph::explain(408, 8537).expect("this one is known");
/// assert_eq!(&*explanation.meaning, "The call was not kept alive.");
/// assert_eq!(call_msgraph::explain(500, 3003), None);
/// ```
#[must_use]
pub fn explain(code: i64, subcode: i64) -> Option<&'static Explanation> {
    explanations().iter().find(|known| (known.code, known.subcode) == (code, subcode))
}

/// Returns whether a result says that an operation was cancelled: 400/8508 ("call: cancelMediaProcessing", v1.0 reference).
#[must_use]
pub fn is_cancelled(result: &ResultInfo) -> bool {
    (result.code, result.subcode) == (Some(400), Some(8508))
}

/// Returns the explanation of the error code in a response with a status.
///
/// The codes 7500 to 7606 and 8500 to 8613 mean the same with any status, unless the pair has an explanation of its own.
#[must_use]
pub(crate) fn explain_reply(status: u16, code: i64) -> Option<&'static Explanation> {
    let is_general = (7_500..=7_606).contains(&code) || (8_500..=8_613).contains(&code);
    let general = || explanations().iter().find(|known| is_general && known.subcode == code);
    explain(status.into(), code).or_else(general)
}

/// Returns all explanations, sorted by code and subcode.
#[must_use]
pub fn explanations() -> &'static [Explanation] {
    &BOOK.explained
}

/// Returns the pairs that were seen in logs and have no explanation.
#[must_use]
pub fn unexplained() -> &'static [(i64, i64)] {
    &BOOK.seen
}

impl RetryAdvice {
    /// Returns a phrase for tables and pages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Later => "later",
            Self::AfterFix => "after the cause is fixed",
            Self::Unclear => "unclear from the codes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_occurs_once_and_in_order() {
        let pairs: Vec<_> = explanations().iter().map(|known| (known.code, known.subcode)).collect();
        assert!(pairs.len() > 50 && pairs.is_sorted_by(|a, b| a < b), "{pairs:?}");
        assert!(!unexplained().is_empty() && unexplained().iter().all(|pair| !pairs.contains(pair)));
    }

    #[test]
    fn every_pair_of_the_reference_is_explained() {
        let ended = [4097, 4521, 5000, 5001, 5002, 5003, 5007, 5010, 5012, 5013, 5014, 5020, 5030, 5300, 5855, 7000];
        let ended = ended.iter().chain(&[7015, 10550, 18503, 540_000, 560_000, 0, 8515]).map(|&subcode| (200, subcode));
        let others = [
            (0, 0),
            (0, 4097),
            (0, 5000),
            (0, 5003),
            (0, 5300),
            (0, 7015),
            (0, 560_000),
            (400, 8508),
            (408, 1106),
            (408, 8537),
            (408, 8544),
            (408, 10057),
            (410, 301_004),
            (410, 301_005),
            (412, 9999),
            (480, 10037),
            (480, 10076),
            (480, 10077),
            (480, 10078),
            (480, 10134),
            (480, 10199),
            (486, 560_486),
            (487, 0),
            (487, 10003),
            (487, 10004),
            (487, 10024),
            (487, 540_487),
            (500, 1005),
            (500, 7000),
            (500, 7700),
            (603, 0),
        ];
        for (code, subcode) in ended.chain(others) {
            assert!(explain(code, subcode).is_some(), "{code}/{subcode}");
        }
    }
}
