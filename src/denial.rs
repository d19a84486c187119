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
    /// The Rate Limit Service does not answer, and nothing may pass without it.
    RateLimitUnavailable,
    /// Path and query are too long.
    UrlTooLong,
    /// The body has too many bytes.
    BodyTooLarge,
    /// The body is encoded, so that it cannot be read.
    UnsupportedEncoding,
    /// The text is in a charset other than UTF-8.
    UnsupportedCharset,
    /// The text is not UTF-8.
    InvalidUtf8,
    /// The body is not what its content type says.
    MalformedBody,
    /// The text has too many characters.
    TextTooLong,
    /// The text holds too many URLs.
    TooManyUrls,
    /// The text holds too many phone numbers.
    TooManyPhones,
    /// The answer should be redacted, and cannot be read.
    UnredactableResponse,
    /// It asks the filter itself for something, without the admin key.
    InvalidAdminKey,
}

impl Denial {
    /// The reason without its figures.
    pub const fn reason(self) -> Reason {
        match self {
            Self::HttpsRequired => Reason::HttpsRequired,
            Self::IpDenied => Reason::IpDenied,
            Self::MissingApiKey => Reason::MissingApiKey,
            Self::AmbiguousApiKey => Reason::AmbiguousApiKey,
            Self::InvalidApiKey => Reason::InvalidApiKey,
            Self::ExpiredApiKey => Reason::ExpiredApiKey,
            Self::Blocked { .. } => Reason::Blocked,
            Self::NamespaceDenied => Reason::NamespaceDenied,
            Self::RateLimited { .. } => Reason::RateLimited,
            Self::RateLimitUnavailable => Reason::RateLimitUnavailable,
            Self::UrlTooLong => Reason::UrlTooLong,
            Self::BodyTooLarge => Reason::BodyTooLarge,
            Self::UnsupportedEncoding => Reason::UnsupportedEncoding,
            Self::UnsupportedCharset => Reason::UnsupportedCharset,
            Self::InvalidUtf8 => Reason::InvalidUtf8,
            Self::MalformedBody => Reason::MalformedBody,
            Self::TextTooLong => Reason::TextTooLong,
            Self::TooManyUrls => Reason::TooManyUrls,
            Self::TooManyPhones => Reason::TooManyPhones,
            Self::UnredactableResponse => Reason::UnredactableResponse,
            Self::InvalidAdminKey => Reason::InvalidAdminKey,
        }
    }

    /// The name of the problem: stable, as in `urn:tollgate:problem:<name>` and in metrics.
    pub const fn name(self) -> &'static str {
        self.reason().name()
    }
}

/// A [`Denial`] without its figures: what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the denial of the same name")]
pub enum Reason {
    HttpsRequired,
    IpDenied,
    MissingApiKey,
    AmbiguousApiKey,
    InvalidApiKey,
    ExpiredApiKey,
    Blocked,
    NamespaceDenied,
    RateLimited,
    RateLimitUnavailable,
    UrlTooLong,
    BodyTooLarge,
    UnsupportedEncoding,
    UnsupportedCharset,
    InvalidUtf8,
    MalformedBody,
    TextTooLong,
    TooManyUrls,
    TooManyPhones,
    UnredactableResponse,
    InvalidAdminKey,
}

impl Reason {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 21] = [
        Self::HttpsRequired,
        Self::IpDenied,
        Self::MissingApiKey,
        Self::AmbiguousApiKey,
        Self::InvalidApiKey,
        Self::ExpiredApiKey,
        Self::Blocked,
        Self::NamespaceDenied,
        Self::RateLimited,
        Self::RateLimitUnavailable,
        Self::UrlTooLong,
        Self::BodyTooLarge,
        Self::UnsupportedEncoding,
        Self::UnsupportedCharset,
        Self::InvalidUtf8,
        Self::MalformedBody,
        Self::TextTooLong,
        Self::TooManyUrls,
        Self::TooManyPhones,
        Self::UnredactableResponse,
        Self::InvalidAdminKey,
    ];

    /// The name of the problem.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HttpsRequired => "https-required",
            Self::IpDenied => "ip-denied",
            Self::MissingApiKey => "missing-api-key",
            Self::AmbiguousApiKey => "ambiguous-api-key",
            Self::InvalidApiKey => "invalid-api-key",
            Self::ExpiredApiKey => "expired-api-key",
            Self::Blocked => "blocked",
            Self::NamespaceDenied => "namespace-denied",
            Self::RateLimited => "rate-limited",
            Self::RateLimitUnavailable => "rate-limit-unavailable",
            Self::UrlTooLong => "url-too-long",
            Self::BodyTooLarge => "body-too-large",
            Self::UnsupportedEncoding => "unsupported-encoding",
            Self::UnsupportedCharset => "unsupported-charset",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::MalformedBody => "malformed-body",
            Self::TextTooLong => "text-too-long",
            Self::TooManyUrls => "too-many-urls",
            Self::TooManyPhones => "too-many-phones",
            Self::UnredactableResponse => "unredactable-response",
            Self::InvalidAdminKey => "invalid-admin-key",
        }
    }
}
