//! The result of a call or an operation.

use core::fmt;

use crate::words::redacted::Redacted;

/// Why a call or an operation ended ("resultInfo resource type", v1.0 reference).
///
/// `Display` writes the codes as `code/subcode`, with `-` for a missing one. It omits the message.
///
/// ```
/// use call_core::ResultInfo;
/// assert_eq!(ResultInfo::new(Some(200), Some(5002)).to_string(), "200/5002");
/// assert_eq!(ResultInfo::new(Some(500), None).to_string(), "500/-");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct ResultInfo {
    /// Class of the outcome, modelled on the status codes of HTTP.
    pub code: Option<i64>,
    /// The outcome. Its meaning depends on `code`.
    pub subcode: Option<i64>,
    /// Message of the service. It may contain a phone number.
    pub message: Option<Redacted>,
}

impl ResultInfo {
    /// Returns a result without a message.
    #[must_use]
    pub const fn new(code: Option<i64>, subcode: Option<i64>) -> Self {
        Self { code, subcode, message: None }
    }

    /// Returns the result with a message.
    #[must_use]
    pub fn with_message(self, message: &str) -> Self {
        Self { message: Some(Redacted::new(message)), ..self }
    }
}

impl fmt::Display for ResultInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |f: &mut fmt::Formatter<'_>, number| match number {
            Some(number) => write!(f, "{number}"),
            None => f.write_str("-"),
        };
        number(f, self.code)?;
        f.write_str("/")?;
        number(f, self.subcode)
    }
}
