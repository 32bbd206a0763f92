//! Durations and instants, as people write them.

use std::time::Duration;

use call_core::Timestamp;

/// Reads a duration: `2s`, `500ms`, `1m`, `7d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.trim_end().parse::<u32>().ok());
    let days = days.map(|days| Duration::from_secs(u64::from(days) * 24 * 3_600));
    let other = || Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok();
    days.or_else(other).ok_or_else(|| "expected a duration such as `2s`, `500ms`, `1m` or `7d`".to_owned())
}

/// Reads an RFC 3339 time.
pub(crate) fn time(text: &str) -> Result<Timestamp, &'static str> {
    call_msgraph::internal::parse_time(text).ok_or("expected an RFC 3339 time such as `2026-03-01T10:00:01.250Z`")
}
