use alloc::boxed::Box;
use core::fmt;

/// Why something ended: `code`, `subcode` and `message` of a `resultInfo`.
///
/// `Debug` hides the message, so that what is logged holds no phone number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ResultInfo {
    /// The outcome's class, modelled on HTTP statuses.
    pub code: Option<i64>,
    /// The outcome itself, to be read together with `code`.
    pub subcode: Option<i64>,
    /// The service's own words. They may hold a phone number.
    pub message: Option<Box<str>>,
}

impl fmt::Debug for ResultInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_ref().map(|_| format_args!("***"));
        let mut result = f.debug_struct("ResultInfo");
        result.field("code", &self.code).field("subcode", &self.subcode).field("message", &message).finish()
    }
}
