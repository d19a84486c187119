//! Every reason to refuse a request.

use crate::rate_limit::{Answer, Quota};

/// Why a request is refused. What a client is told of it is decided in [`crate::problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// It came over plain HTTP.
    HttpsRequired,
    /// Its address is denied, not allowed, or unknown where addresses matter.
    IpDenied,
    /// It presents no key.
    MissingApiKey,
    /// It presents two different keys.
    AmbiguousApiKey,
    /// It presents a key that nobody has, or one whose time has not come.
    InvalidApiKey,
    /// Its key's time is over.
    ExpiredApiKey,
    /// Its key or its address is blocked.
    Blocked {
        /// Whole seconds until the block ends, at least 1.
        retry_after_s: u64,
    },
    /// Its key is not good for this path or method.
    NamespaceDenied,
    /// Its key has no token left.
    RateLimited {
        /// The limit.
        quota: Quota,
        /// What the bucket said.
        answer: Answer,
    },
    /// Path and query are too long.
    UrlTooLong,
    /// The body has too many bytes.
    BodyTooLarge,
    /// The body is encoded, so that it cannot be read.
    UnsupportedEncoding,
    /// The text is in a charset other than UTF-8.
    UnsupportedCharset,
}

impl Denial {
    /// The name of the problem: stable, as in `urn:tollgate:problem:<name>` and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HttpsRequired => "https-required",
            Self::IpDenied => "ip-denied",
            Self::MissingApiKey => "missing-api-key",
            Self::AmbiguousApiKey => "ambiguous-api-key",
            Self::InvalidApiKey => "invalid-api-key",
            Self::ExpiredApiKey => "expired-api-key",
            Self::Blocked { .. } => "blocked",
            Self::NamespaceDenied => "namespace-denied",
            Self::RateLimited { .. } => "rate-limited",
            Self::UrlTooLong => "url-too-long",
            Self::BodyTooLarge => "body-too-large",
            Self::UnsupportedEncoding => "unsupported-encoding",
            Self::UnsupportedCharset => "unsupported-charset",
        }
    }
}
