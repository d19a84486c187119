//! Points in time as numbers, and the date formats of the web.
//!
//! There is no clock here: the present is always an argument.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// Nanoseconds in a millisecond.
pub const NANOS_PER_MILLISECOND: u64 = 1_000_000;

/// Bytes of the longest date and time written here.
const RFC3339_BYTES: usize = "2026-11-01T00:00:00.123Z".len();

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
        let mut text = String::with_capacity(RFC3339_BYTES);
        self.seconds().push_date_and_time(&mut text);
        text.push('.');
        push_digits(&mut text, self.0 % NANOS_PER_SECOND / NANOS_PER_MILLISECOND, 3);
        text.push('Z');
        text
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
        let moment = self.to_offset();
        // Their English names begin with what IMF-fixdate calls them.
        let [weekday, month] = [moment.weekday().to_string(), moment.month().to_string()];
        let name = |full: &str| full.get(..3).unwrap_or_default().to_owned();
        let mut text = name(&weekday);
        text.push_str(", ");
        push_digits(&mut text, u64::from(moment.day()), 2);
        text.push_str(&format!(" {} ", name(&month)));
        push_digits(&mut text, u64::from(moment.year().unsigned_abs()), 4);
        text.push(' ');
        push_time(&mut text, moment);
        text.push_str(" GMT");
        text
    }

    /// RFC 3339 in UTC, as in `2026-11-01T00:00:00Z`.
    pub fn to_rfc3339(self) -> String {
        let mut text = String::with_capacity(RFC3339_BYTES);
        self.push_date_and_time(&mut text);
        text.push('Z');
        text
    }

    fn push_date_and_time(self, out: &mut String) {
        let moment = self.to_offset();
        push_digits(out, u64::from(moment.year().unsigned_abs()), 4);
        out.push('-');
        push_digits(out, u64::from(u8::from(moment.month())), 2);
        out.push('-');
        push_digits(out, u64::from(moment.day()), 2);
        out.push('T');
        push_time(out, moment);
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

fn push_time(out: &mut String, moment: OffsetDateTime) {
    push_digits(out, u64::from(moment.hour()), 2);
    out.push(':');
    push_digits(out, u64::from(moment.minute()), 2);
    out.push(':');
    push_digits(out, u64::from(moment.second()), 2);
}

/// Writes the last `digits` digits of a number, at most four, zeros in front. Whatever leaves a
/// record writes its time, and reading a format string for it would take ten times as long.
fn push_digits(out: &mut String, number: u64, digits: usize) {
    let mut text = [b'0'; 4];
    let mut rest = number;
    for digit in text.iter_mut().rev() {
        *digit = b'0' | (rest % 10) as u8;
        rest /= 10;
    }
    let unused = text.len().saturating_sub(digits);
    out.extend(text.into_iter().skip(unused).map(char::from));
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
