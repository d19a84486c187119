//! Points in time as numbers, and the date formats of the web.
//!
//! There is no clock here: the present is always an argument.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Nanoseconds since 1970-01-01T00:00:00Z, good until the year 2554.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixNanos(pub u64);

impl UnixNanos {
    /// A whole second.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// The second this moment falls in.
    pub const fn seconds(self) -> UnixSeconds {
        UnixSeconds(self.0 / NANOS_PER_SECOND)
    }

    /// RFC 3339 in UTC with milliseconds, as in `2026-11-01T00:00:00.123Z`.
    pub fn to_rfc3339(self) -> String {
        let format =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0));
        moment.unwrap_or(OffsetDateTime::UNIX_EPOCH).format(&format).unwrap_or_default()
    }

    /// Nanoseconds from `earlier` to this moment; 0 when it is not earlier.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This many nanoseconds later.
    pub const fn plus(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }
}

/// Seconds since 1970-01-01T00:00:00Z, until the year 9999.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixSeconds(pub u64);

impl UnixSeconds {
    /// Reads an RFC 3339 date and time, `2026-11-01T00:00:00Z` or with an offset;
    /// parts of a second are dropped. `None` for any other text, or a time before 1970.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        u64::try_from(moment.unix_timestamp()).ok().map(Self)
    }

    /// The date of an HTTP field such as `Sunset`: IMF-fixdate of RFC 9110 section 5.6.7.
    pub fn to_http_date(self) -> String {
        let format = format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        self.to_offset().format(&format).unwrap_or_default()
    }

    /// RFC 3339 in UTC, as in `2026-11-01T00:00:00Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_offset().format(&Rfc3339).unwrap_or_default()
    }

    /// This many days later.
    pub const fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(seconds_of_days(days)))
    }

    /// Whole days from `earlier` to this moment; 0 when it is not earlier.
    pub const fn days_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0) / 86_400
    }

    /// This many days earlier, or 1970.
    pub const fn minus_days(self, days: u32) -> Self {
        Self(self.0.saturating_sub(seconds_of_days(days)))
    }

    fn to_offset(self) -> OffsetDateTime {
        // Beyond the year 9999 there is no RFC 3339 to read one from.
        let seconds = i64::try_from(self.0).unwrap_or(i64::MAX);
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

const fn seconds_of_days(days: u32) -> u64 {
    (days as u64).saturating_mul(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_is_read_with_any_offset() {
        assert_eq!(UnixSeconds::from_rfc3339("1970-01-02T00:00:00Z"), Some(UnixSeconds(86_400)));
        assert_eq!(UnixSeconds::from_rfc3339("1970-01-02T01:00:00.9+01:00"), Some(UnixSeconds(86_400)));
        for wrong in ["", "2026-11-01", "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-11-01 00:00"] {
            assert_eq!(UnixSeconds::from_rfc3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn http_dates_are_imf_fixdates() {
        // The example of RFC 9110 section 5.6.7.
        assert_eq!(UnixSeconds(784_111_777).to_http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn moments_are_written_with_milliseconds() {
        assert_eq!(UnixNanos(1_123_999_999).to_rfc3339(), "1970-01-01T00:00:01.123Z");
        assert_eq!(UnixNanos(0).to_rfc3339(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_date_survives_the_way_there_and_back() {
        let text = "2999-12-31T23:59:59Z";
        assert_eq!(UnixSeconds::from_rfc3339(text).map(UnixSeconds::to_rfc3339).as_deref(), Some(text));
    }
}
