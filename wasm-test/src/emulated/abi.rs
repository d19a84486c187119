//! Numbers of the proxy-wasm ABI 0.2.1, and the byte form of header maps.

#[cfg(test)]
mod tests;

use crate::message::Fields;

/// What a hostcall answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Status {
    Ok = 0,
    NotFound = 1,
    BadArgument = 2,
    ParseFailure = 4,
    CasMismatch = 8,
}

/// Which header map a hostcall means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MapKind {
    RequestHeaders,
    RequestTrailers,
    ResponseHeaders,
    ResponseTrailers,
    /// Of a callout: there never is one here.
    Callout,
}

impl MapKind {
    /// The map of that number, where the ABI has it.
    pub(crate) fn of(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::RequestHeaders),
            1 => Some(Self::RequestTrailers),
            2 => Some(Self::ResponseHeaders),
            3 => Some(Self::ResponseTrailers),
            4..=7 => Some(Self::Callout),
            _ => None,
        }
    }
}

/// Which buffer a hostcall means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BufferKind {
    RequestBody,
    ResponseBody,
    VmConfiguration,
    PluginConfiguration,
    /// Connections and callouts: always empty here.
    Other,
}

impl BufferKind {
    /// The buffer of that number, where the ABI has it.
    pub(crate) fn of(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::RequestBody),
            1 => Some(Self::ResponseBody),
            2..=5 | 8 => Some(Self::Other),
            6 => Some(Self::VmConfiguration),
            7 => Some(Self::PluginConfiguration),
            _ => None,
        }
    }
}

/// `Action::Pause`; everything else is `Continue`.
pub(crate) const PAUSE: i32 = 1;

/// More pairs than this, and Envoy reads a map as empty (pairs_util.cc).
pub(crate) const PAIRS_MAX: u32 = 1024;

/// A map as the module reads it: a count, the lengths of each name and value, then these, each closed by a zero byte.
pub(crate) fn encode_pairs(fields: &Fields) -> Vec<u8> {
    let mut bytes = length(fields.len()).to_vec();
    for (name, value) in fields.iter() {
        bytes.extend(length(name.len()));
        bytes.extend(length(value.len()));
    }
    for (name, value) in fields.iter() {
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.extend(value);
        bytes.push(0);
    }
    bytes
}

/// A map as the module wrote it, or nothing when the bytes are not one.
pub(crate) fn decode_pairs(bytes: &[u8]) -> Option<Fields> {
    if bytes.is_empty() {
        return Some(Fields::new());
    }
    let (count, rest) = split_length(bytes)?;
    if count > PAIRS_MAX {
        return Some(Fields::new());
    }
    let mut lengths = Vec::new();
    let mut rest = rest;
    for _ in 0..count {
        let (name, after_name) = split_length(rest)?;
        let (value, after_value) = split_length(after_name)?;
        lengths.push((name as usize, value as usize));
        rest = after_value;
    }
    let mut fields = Fields::new();
    for (name_length, value_length) in lengths {
        let (name, after_name) = rest.split_at_checked(name_length)?;
        let (value, after_value) = after_name.strip_prefix(&[0])?.split_at_checked(value_length)?;
        fields.push(std::str::from_utf8(name).ok()?, value);
        rest = after_value.strip_prefix(&[0])?;
    }
    Some(fields)
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).expect("a header map is smaller than 4 GiB").to_le_bytes()
}

fn split_length(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}
