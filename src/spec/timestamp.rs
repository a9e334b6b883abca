//! Time, as a number.

use std::time::Duration;

/// A moment: milliseconds since the Unix epoch, or since any other moment that the caller keeps to.
///
/// The core never reads a clock. Whoever calls it says what time it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment that many milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to this moment; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// It as RFC 3339 has it, in UTC, as milliseconds since the Unix epoch.
    ///
    /// ```
    /// use registrette::spec::Timestamp;
    ///
    /// let leap_day = Timestamp::from_millis(951_782_400_001);
    /// assert_eq!(leap_day.rfc3339(), "2000-02-29T00:00:00.001Z");
    /// ```
    #[must_use]
    pub fn rfc3339(self) -> String {
        let (seconds, millis) = (self.0 / 1000, self.0 % 1000);
        let (year, month, day) = date(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }

    /// It as HTTP has dates (RFC 9110, section 5.6.7), to the second.
    ///
    /// ```
    /// use registrette::spec::Timestamp;
    ///
    /// let example = Timestamp::from_millis(784_111_777_999);
    /// assert_eq!(example.http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
    /// ```
    #[must_use]
    pub fn http_date(self) -> String {
        const DAYS: &str = "ThuFriSatSunMonTueWed";
        const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
        let seconds = self.0 / 1000;
        let days = seconds / 86_400;
        let (year, month, day) = date(days);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        let name = |names: &'static str, number: u64| {
            let at = usize::try_from(number)
                .unwrap_or_default()
                .saturating_mul(3);
            names.get(at..at.saturating_add(3)).unwrap_or_default()
        };
        format!(
            "{}, {day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} GMT",
            name(DAYS, days % 7),
            name(MONTHS, month.saturating_sub(1))
        )
    }

    /// The moment that much later; the end of time when there is none.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)),
        )
    }
}

/// Year, month and day of a day since 1970-01-01, by counting from the last 29th of February: then every month begins
/// at a day that is linear in its number (Hinnant, `civil_from_days`).
#[expect(
    clippy::arithmetic_side_effects,
    reason = "of days that fit into milliseconds, nothing overflows"
)]
fn date(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let year = era * 400 + year + u64::from(month >= 10);
    (
        year,
        if month < 10 { month + 3 } else { month - 9 },
        day - (153 * month + 2) / 5 + 1,
    )
}
