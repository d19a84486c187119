//! The two messages of the Rate Limit Service in the protobuf encoding
//! (<https://protobuf.dev/programming-guides/encoding/>): `RateLimitRequest` and
//! `RateLimitResponse` of `envoy.service.ratelimit.v3`. A crate for it would be larger than
//! these few fields.

#[cfg(test)]
mod tests;

/// Largest answer that is read, in bytes, and most statuses of it.
const RESPONSE_BYTES_MAX: usize = 16 << 10;
/// Most descriptors of a request.
pub(super) const DESCRIPTORS_MAX: usize = 32;

/// What the service is asked to count, and against which limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor<'a> {
    /// Its entries, which name the counter.
    pub(super) entries: Vec<(&'static str, std::borrow::Cow<'a, str>)>,
    /// The limit (`RateLimitOverride`).
    pub(super) limit: (u32, Unit),
    /// What to add; 0 only reads.
    pub(super) hits: u32,
}

/// `envoy.type.v3.RateLimitUnit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second = 1,
    Day = 4,
}

/// What the service said of one descriptor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Status {
    /// Whether the code is `OVER_LIMIT`.
    pub(super) over_limit: bool,
    /// Whether it has a `current_limit`; without one nothing was counted.
    pub(super) has_limit: bool,
    /// `limit_remaining`.
    pub(super) remaining: u32,
}

/// Codes of `RateLimitResponse`.
const OK: u64 = 1;
const OVER_LIMIT: u64 = 2;

/// A `GrpcService` that names a cluster: `envoy_grpc { cluster_name }`. The name is cut where
/// a length would take more than a byte; configurations with such names are refused.
pub(super) fn grpc_service(cluster: &str) -> String {
    let mut envoy_grpc = Vec::new();
    put_bytes(&mut envoy_grpc, 1, cluster.as_bytes());
    let mut service = Vec::new();
    put_bytes(&mut service, 1, &envoy_grpc);
    String::from_utf8(service).unwrap_or_default()
}

/// A `RateLimitRequest`.
pub(super) fn request(domain: &str, descriptors: &[Descriptor<'_>]) -> Vec<u8> {
    let mut request = Vec::new();
    put_bytes(&mut request, 1, domain.as_bytes());
    for descriptor in descriptors {
        put_bytes(&mut request, 2, &descriptor.to_bytes());
    }
    request
}

impl Descriptor<'_> {
    fn to_bytes(&self) -> Vec<u8> {
        let mut descriptor = Vec::new();
        for (key, value) in &self.entries {
            let mut entry = Vec::new();
            put_bytes(&mut entry, 1, key.as_bytes());
            put_bytes(&mut entry, 2, value.as_bytes());
            put_bytes(&mut descriptor, 1, &entry);
        }
        let (requests_per_unit, unit) = self.limit;
        let mut limit = Vec::new();
        put_number(&mut limit, 1, u64::from(requests_per_unit));
        put_number(&mut limit, 2, unit as u64);
        put_bytes(&mut descriptor, 2, &limit);
        // A wrapped number: that it is there makes 0 mean 0.
        let mut hits = Vec::new();
        put_number(&mut hits, 1, u64::from(self.hits));
        put_bytes(&mut descriptor, 3, &hits);
        descriptor
    }
}

/// The statuses of a `RateLimitResponse`, one for each descriptor that was asked about;
/// `None` for whatever is not such a response.
pub(super) fn response(bytes: &[u8]) -> Option<Vec<Status>> {
    if bytes.len() > RESPONSE_BYTES_MAX {
        return None;
    }
    let mut statuses = Vec::new();
    for field in Fields(bytes) {
        if let (2, Value::Bytes(status)) = field? {
            if statuses.len() == DESCRIPTORS_MAX {
                return None;
            }
            statuses.push(self::status(status)?);
        }
    }
    Some(statuses)
}

fn status(bytes: &[u8]) -> Option<Status> {
    let mut status = Status::default();
    let mut code = 0;
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(number)) => code = number,
            (2, Value::Bytes(_)) => status.has_limit = true,
            (3, Value::Number(number)) => status.remaining = u32::try_from(number).ok()?,
            _ => {}
        }
    }
    status.over_limit = code == OVER_LIMIT;
    (code == OK || code == OVER_LIMIT).then_some(status)
}

/// A field's value, by wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// `VARINT`.
    Number(u64),
    /// `LEN`.
    Bytes(&'a [u8]),
    /// `I32` or `I64`, of which neither message has one.
    Fixed,
}

/// The fields of a message; `None` where they end in the middle of one, or are none.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = self.number()?;
        let value = match key & 7 {
            0 => Value::Number(self.number()?),
            1 => self.skip(8)?,
            2 => {
                let length = usize::try_from(self.number()?).ok()?;
                Value::Bytes(self.bytes(length)?)
            }
            5 => self.skip(4)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }

    /// A varint: seven bits a byte, the lowest first, ten bytes at most.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn skip(&mut self, count: usize) -> Option<Value<'a>> {
        self.bytes(count).map(|_| Value::Fixed)
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }
}

pub(super) fn put_bytes(message: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(message, (field << 3) | 2);
    put_varint(message, bytes.len() as u64);
    message.extend_from_slice(bytes);
}

/// Zero is what a number is that is not there.
pub(super) fn put_number(message: &mut Vec<u8>, field: u64, number: u64) {
    if number > 0 {
        put_varint(message, field << 3);
        put_varint(message, number);
    }
}

fn put_varint(message: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        message.push(number as u8 | 0x80);
        number >>= 7;
    }
    message.push(number as u8);
}
