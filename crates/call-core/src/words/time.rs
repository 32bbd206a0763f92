//! The only clock type: an instant that the host passes in.

use core::fmt;
use core::num::NonZeroU64;
use core::time::Duration;

/// The bit of the sign.
const SIGN: u64 = 1 << 63;

/// An instant, in nanoseconds since the Unix epoch. Negative values are before it. The years are 1677 to 2262.
///
/// The core never reads a clock. Arithmetic saturates, so that no input causes an overflow.
///
/// `Display` and `Debug` write the instant in UTC as in RFC 3339, with as many digits as it has. A precision cuts further
/// digits off: `{:.3}` writes milliseconds.
///
/// ```
/// use call_core::Timestamp;
/// use core::time::Duration;
/// let noon = Timestamp::from_millis(1_700_000_000_000);
/// assert_eq!(noon.saturating_add(Duration::from_secs(2)).as_millis(), 1_700_000_002_000);
/// assert_eq!(noon.to_string(), "2023-11-14T22:13:20Z");
/// assert_eq!(format!("{noon:.3}"), "2023-11-14T22:13:20.000Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(
    /// One more than the nanoseconds since [`Timestamp::MIN`]. Zero is left for `Option`, which then needs no more memory.
    NonZeroU64,
);

impl Timestamp {
    /// The earliest instant.
    pub const MIN: Self = Self::from_nanos(-i64::MAX);
    /// The latest instant.
    pub const MAX: Self = Self::from_nanos(i64::MAX);

    /// Returns the instant at a number of nanoseconds since the Unix epoch. `i64::MIN` is [`Timestamp::MIN`] too.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        // Flipping the sign keeps the order, and maps `i64::MIN` to zero.
        match NonZeroU64::new(nanos.cast_unsigned() ^ SIGN) {
            Some(nanos) => Self(nanos),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// Returns the instant at a number of milliseconds since the Unix epoch. Saturates.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self::from_nanos(millis.saturating_mul(1_000_000))
    }

    /// Returns the nanoseconds since the Unix epoch.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        (self.0.get() ^ SIGN).cast_signed()
    }

    /// Returns the milliseconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.as_nanos().div_euclid(1_000_000)
    }

    /// Returns the instant `duration` later, or [`Timestamp::MAX`].
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self::from_nanos(self.as_nanos().saturating_add(nanos(duration)))
    }

    /// Returns the instant `duration` earlier, or [`Timestamp::MIN`].
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self::from_nanos(self.as_nanos().saturating_sub(nanos(duration)))
    }

    /// Returns the nanoseconds since `earlier`, or zero if `earlier` is later.
    pub(crate) const fn nanos_since(self, earlier: Self) -> u64 {
        self.0.get().saturating_sub(earlier.0.get())
    }

    /// Returns the time since `earlier`, or zero if `earlier` is later.
    #[must_use]
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.nanos_since(earlier))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.as_nanos())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::from_nanos)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECOND: i64 = 1_000_000_000;
        let (seconds, nanos) = (self.as_nanos().div_euclid(SECOND), self.as_nanos().rem_euclid(SECOND));
        let (year, month, day) = date(seconds.div_euclid(86_400));
        let (hour, minute, second) =
            (seconds.rem_euclid(86_400) / 3_600, seconds.rem_euclid(3_600) / 60, seconds.rem_euclid(60));
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        let digits = f.precision().unwrap_or_else(|| significant_digits(nanos)).min(9);
        if let Some(cut) = u32::try_from(9 - digits).ok().filter(|cut| *cut < 9) {
            write!(f, ".{:0digits$}", nanos / 10_i64.pow(cut))?;
        }
        f.write_str("Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Returns year, month and day of a number of days since the Unix epoch, in the Gregorian calendar.
///
/// The year is counted from March, so that the day of the leap year is the last one (H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", `civil_from_days`).
const fn date(days: i64) -> (i64, i64, i64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    // The distance from 0000-03-01 to 1970-01-01.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next_year, month, day)
}

/// Returns the number of digits after the decimal point, without trailing zeros.
const fn significant_digits(nanos: i64) -> usize {
    let (mut nanos, mut digits) = (nanos, 9);
    while digits > 0 && nanos % 10 == 0 {
        nanos /= 10;
        digits -= 1;
    }
    digits
}

#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for Timestamp {
    /// Generates mostly instants within half a minute, because order matters only between close instants.
    fn arbitrary(bytes: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        match bytes.arbitrary::<u8>()? {
            tick @ ..250 => Ok(Self::from_millis(i64::from(tick) * 100)),
            250.. => bytes.arbitrary().map(Self::from_nanos),
        }
    }
}

/// Returns the nanoseconds of a duration, at most those of 292 years.
fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        assert_eq!(Timestamp::MAX.saturating_add(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.saturating_sub(Duration::from_nanos(1)), Timestamp::MIN);
        assert_eq!(Timestamp::MAX.saturating_since(Timestamp::MIN), Duration::from_nanos(u64::MAX - 1));
        assert_eq!(Timestamp::MIN.saturating_since(Timestamp::MAX), Duration::ZERO);
    }

    #[test]
    fn display_writes_only_the_digits_needed() {
        let at = |nanos| Timestamp::from_nanos(nanos).to_string();
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(250_000_000), "1970-01-01T00:00:00.25Z");
        assert_eq!(at(-1), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(alloc::format!("{:.3}", Timestamp::from_nanos(-1)), "1969-12-31T23:59:59.999Z");
        assert_eq!(alloc::format!("{:.0}", Timestamp::from_nanos(-1)), "1969-12-31T23:59:59Z");
        assert_eq!(Timestamp::MIN.to_string(), "1677-09-21T00:12:43.145224193Z");
        assert_eq!(Timestamp::MAX.to_string(), "2262-04-11T23:47:16.854775807Z");
    }

    #[test]
    fn milliseconds_round_down_before_the_epoch_too() {
        assert_eq!(Timestamp::from_nanos(-1).as_millis(), -1);
    }
}
