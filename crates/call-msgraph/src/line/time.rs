//! Reads RFC 3339 times.

use call_core::Timestamp;

/// Reads an RFC 3339 time with any offset; `None` if it is invalid, or outside of the years 1678 to 2261.
///
/// More than nine decimal places are invalid. A leap second is read as the second before it.
///
/// ```
/// use call_core::Timestamp;
/// use call_msgraph::internal::parse_time;
/// assert_eq!(parse_time("1970-01-01T01:00:00.25+01:00"), Some(Timestamp::from_millis(250)));
/// assert_eq!(parse_time("yesterday"), None);
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    // The parser also accepts other forms of ISO 8601, and time zones in brackets. RFC 3339 does not.
    let bytes = text.as_bytes();
    if bytes.get(4) != Some(&b'-') || bytes.get(16) != Some(&b':') || text.contains('[') {
        return None;
    }
    let nanos = text.parse::<jiff::Timestamp>().ok()?.as_nanosecond();
    i64::try_from(nanos).ok().map(Timestamp::from_nanos)
}
