//! How large a request may be, as far as its head tells.

use crate::denial::Denial;
use crate::request::Head;
use crate::text::{Charset, ContentType};

/// Limits on one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputLimits {
    /// Count and log, but let pass.
    pub shadow: bool,
    /// Bytes of the body.
    pub body_bytes_max: usize,
    /// Bytes of path and query.
    pub url_bytes_max: usize,
}

impl InputLimits {
    /// Judges what the head declares.
    ///
    /// # Errors
    /// `url-too-long`, `body-too-large`, `unsupported-encoding`, `unsupported-charset`.
    pub fn check_head(&self, head: Head<'_>) -> Result<(), Denial> {
        if head.target().len() > self.url_bytes_max {
            return Err(Denial::UrlTooLong);
        }
        if head.all("content-length").any(|length| !self.fits(length)) {
            return Err(Denial::BodyTooLarge);
        }
        if !head.all("content-encoding").all(is_identity) {
            return Err(Denial::UnsupportedEncoding);
        }
        if ContentType::parse(head.all("content-type")).charset != Charset::Utf8 {
            return Err(Denial::UnsupportedCharset);
        }
        Ok(())
    }

    /// A length that is no number does not get past the host; here it is too large.
    fn fits(&self, length: &[u8]) -> bool {
        let digits = std::str::from_utf8(length).unwrap_or_default().trim();
        digits.parse::<usize>().is_ok_and(|bytes| bytes <= self.body_bytes_max)
    }
}

/// Whether a `content-encoding` (RFC 9110 section 8.4) names nothing but `identity`.
pub(crate) fn is_identity(value: &[u8]) -> bool {
    let codings = value.split(|b| *b == b',').map(<[u8]>::trim_ascii);
    codings.filter(|c| !c.is_empty()).all(|c| c.eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: InputLimits = InputLimits { shadow: false, body_bytes_max: 100, url_bytes_max: 10 };

    fn check(fields: &[(&str, &str)]) -> Result<(), Denial> {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        LIMITS.check_head(Head::new(&fields))
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(check(&[(":path", "/123456789"), ("content-length", "100")]), Ok(()));
        assert_eq!(check(&[(":path", "/123456789a")]), Err(Denial::UrlTooLong));
        assert_eq!(check(&[("content-length", "101")]), Err(Denial::BodyTooLarge));
        assert_eq!(check(&[("content-length", "99999999999999999999999")]), Err(Denial::BodyTooLarge));
        assert_eq!(check(&[("content-length", "1"), ("content-length", "101")]), Err(Denial::BodyTooLarge));
    }

    #[test]
    fn only_identity_can_be_read() {
        for value in ["identity", "IDENTITY", "", "identity, identity"] {
            assert_eq!(check(&[("content-encoding", value)]), Ok(()), "{value}");
        }
        for value in ["gzip", "identity, br", "gzip,identity", "x"] {
            assert_eq!(check(&[("content-encoding", value)]), Err(Denial::UnsupportedEncoding), "{value}");
        }
    }

    #[test]
    fn only_utf8_can_be_read() {
        for value in [
            "text/plain",
            "text/plain; charset=utf-8",
            "text/plain;CHARSET=\"UTF-8\"",
            "a/b; charset=us-ascii; x=y",
            "a/b; boundary=\"; charset=latin1\"",
        ] {
            assert_eq!(check(&[("content-type", value)]), Ok(()), "{value}");
        }
        for value in [
            "text/plain; charset=latin1",
            "text/plain; charset = latin1",
            "a/b;x=y; charset=\"utf-16\"",
            "a/b;charset=utf-8;charset=utf-7",
        ] {
            assert_eq!(check(&[("content-type", value)]), Err(Denial::UnsupportedCharset), "{value}");
        }
    }
}
