//! Numbering plans: calling codes, lengths, and how each country writes a
//! number at home.
//!
//! The sources are ITU-T E.164 (calling codes, at most 15 digits) and the
//! national plans ITU publishes; forms are the ones people use. Prefixes that
//! are not assigned today are not held against a number: what is written like
//! a phone number is read as one.

mod further;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A country whose national phone numbers are recognized, by its ISO 3166-1
/// alpha-2 code. Made by parsing: `"DE".parse::<Region>()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u8);

impl Region {
    /// Codes of all supported regions.
    pub fn supported() -> impl Iterator<Item = &'static str> {
        plans().map(|plan| plan.region)
    }

    /// The ISO 3166-1 alpha-2 code.
    pub fn code(self) -> &'static str {
        self.plan().region
    }

    pub(super) fn plan(self) -> &'static Plan {
        // A `Region` is only made from an index into the tables.
        plans().nth(usize::from(self.0)).unwrap_or(&PLAN_US)
    }
}

impl FromStr for Region {
    type Err = UnknownRegion;

    /// Upper case only, as ISO 3166 writes it.
    ///
    /// # Errors
    ///
    /// [`UnknownRegion`] for anything that is not in [`Region::supported`].
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        plans()
            .position(|plan| plan.region == code)
            .and_then(|index| u8::try_from(index).ok())
            .map(Region)
            .ok_or(UnknownRegion)
    }
}

impl TryFrom<&str> for Region {
    type Error = UnknownRegion;

    fn try_from(code: &str) -> Result<Self, Self::Error> {
        code.parse()
    }
}

/// The code names no region whose numbering plan is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRegion;

impl fmt::Display for UnknownRegion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown phone region; supported are")?;
        for (index, code) in Region::supported().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(formatter, "{comma} {code}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownRegion {}

/// How one country numbers its phones.
pub(super) struct Plan {
    pub(super) region: &'static str,
    /// Calling code (E.164).
    pub(super) code: u16,
    /// Fewest and most digits behind the calling code.
    pub(super) national: (u8, u8),
    /// Fewest and most digits of a number dialled at home with the trunk
    /// prefix 0, that 0 included; `(0, 0)` where there is no such prefix.
    pub(super) trunk: (u8, u8),
    /// Other forms, in the notation of [`super::shapes`].
    pub(super) forms: &'static [&'static str],
}

const fn plan(
    region: &'static str,
    code: u16,
    national: (u8, u8),
    trunk: (u8, u8),
    forms: &'static [&'static str],
) -> Plan {
    Plan { region, code, national, trunk, forms }
}

const NO_TRUNK: (u8, u8) = (0, 0);

/// The North American plan, shared by its countries.
const NANP: &[&str] = &[
    "Ndd ddd dddd",
    "(Ndd) ddd dddd",
    "(Ndd) ddddddd",
    "1 Ndd ddd dddd",
    "1 (Ndd) ddd dddd",
    "Ndd ddddddd",
    "?Nddddddddd",
    "?1Nddddddddd",
    "?Ndd dddd",
];

const PLAN_US: Plan = plan("US", 1, (10, 10), NO_TRUNK, NANP);

/// All plans, those written by hand first.
fn plans() -> impl Iterator<Item = &'static Plan> {
    PLANS.iter().chain(further::PLANS)
}

#[rustfmt::skip] // one country a paragraph, not one form a line
const PLANS: &[Plan] = &[
    PLAN_US,
    plan("CA", 1, (10, 10), NO_TRUNK, NANP),
    plan("GB", 44, (7, 10), (10, 11), &[]),
    plan("IE", 353, (7, 10), (8, 10), &["1[58][0259]0 ddd ddd"]),
    plan("AU", 61, (6, 10), (10, 10), &[
        "1[38]00 ddd ddd", "?1[38]00dddddd", "?13 dd dd", "?Pddd dddd", "?Pddddddd",
    ]),
    plan("NZ", 64, (7, 10), (9, 11), &["?Pdd dddd", "?Pdddddd"]),
    plan("DE", 49, (5, 14), (8, 14), &[]),
    plan("AT", 43, (5, 13), (8, 14), &["ddd-ddd-ddd"]),
    plan("CH", 41, (9, 12), (10, 10), &["ddd-ddd-ddd"]),
    plan("FR", 33, (9, 9), (10, 10), &["?P dd dd dd dd"]),
    plan("BE", 32, (8, 9), (9, 10), &[]),
    plan("NL", 31, (7, 11), (10, 10), &["0[89]00 dddd", "?6dddddddd", "?6 dddddddd"]),
    plan("LU", 352, (5, 11), NO_TRUNK, &[
        "6dd~ddd~ddd", "?6dd ddd ddd", "?6dddddddd", "2d dd dd dd", "?dd dd dd", "?2ddddddd", "?d ddd dd",
        "?dddddd", "?dd dddd",
    ]),
    plan("ES", 34, (9, 9), NO_TRUNK, &[
        "[5-9]dd~ddd~ddd", "[5-9]dd-ddd-ddd", "?[5-9]dd ddd ddd", "[5-9]dd dd dd dd", "9d ddd dd dd", "9d ddd dddd", "?[6-9]dddddddd",
        "[6-9]dd dddddd",
    ]),
    plan("PT", 351, (9, 9), NO_TRUNK, &[
        "[2389]dd~ddd~ddd", "[2389]dd-ddd-ddd", "?[2389]dd ddd ddd", "2d ddd dddd",
        "2d ddd dd dd", "9d ddd dd dd", "[78]0d ddd ddd", "?[29]dddddddd",
    ]),
    plan("IT", 39, (6, 12), NO_TRUNK, &[
        "3dd ddd dddd", "3dd ddddddd", "3dd ddd dd dd", "3dd dd dd ddd", "?3ddddddddd", "?3dddddddd", "?3dddddddddd",
        "0d dddd dddd", "0dd dddddd", "0dd ddddddd", "0dd ddd dddd", "0ddd dddddd", "0ddd ddddd",
        "0d ddddddd", "0d dddddddd", "0d dddddd", "0dddddddddd", "0ddddddddd", "?0dddddddd",
        "?0ddddddd", "800 ddd ddd", "800dddddd", "0dd ddddd", "0ddd dddd", "0ddd ddd ddd",
        "8[49]d ddd ddd", "0dd dddddddd", "0ddd ddddddd",
    ]),
    plan("DK", 45, (8, 8), NO_TRUNK, &[
        "Pd dd dd dd", "Pddd~dddd", "?Pddd dddd", "Pd~dddddd", "?Pddddddd",
    ]),
    plan("SE", 46, (6, 10), (8, 10), &[]),
    plan("NO", 47, (8, 8), NO_TRUNK, &["Pd dd dd dd", "Pdd~dd~ddd", "?Pddd dddd", "?Pddddddd"]),
    plan("FI", 358, (6, 12), (8, 11), &[]),
    plan("PL", 48, (9, 10), NO_TRUNK, &[
        "Pdd~ddd~ddd", "Pdd-ddd-ddd", "?Pdd ddd ddd", "Pd ddd dd dd", "Pd ddd dddd", "?Pdddddddd",
    ]),
    plan("CZ", 420, (9, 12), NO_TRUNK, &["Ndd~ddd~ddd", "?Ndd ddd ddd", "?[2-9]dddddddd"]),
    plan("SK", 421, (7, 9), (10, 10), &[]),
    plan("HU", 36, (8, 9), NO_TRUNK, &[
        "06 dd ddd dddd", "06 d ddd dddd", "06 dd ddd ddd", "(06 dd) ddd dddd", "(06 d) ddd dddd",
        "(06) dd ddd dddd", "(06) d ddd dddd", "(Pd) ddd dddd", "Pd/ddd dddd", "06dddddddd",
        "06ddddddddd", "06 dd ddddddd", "(06dd) ddd dddd", "06dd ddd dddd", "?Pd ddd dddd",
        "06 dd dddddd",
    ]),
    plan("RO", 40, (9, 9), (10, 10), &[]),
    plan("GR", 30, (10, 12), NO_TRUNK, &[
        "2d dddd dddd", "2dd ddd dddd", "2dd ddddddd", "2ddd dddddd", "2ddd ddd ddd",
        "2dddd ddddd", "2dddd dd ddd", "69d ddd dddd", "69dd dddddd", "69dd ddd ddd",
        "?69dddddddd", "?2[1-8]dddddddd", "69 dddd dddd", "800 ddd dddd", "2ddd dd dddd",
        "2ddd dd dd dd",
    ]),
    plan("TR", 90, (7, 13), (11, 11), &[
        "Ndd ddd dd dd", "(Ndd) ddd dd dd", "(Ndd) ddd dddd", "?5ddddddddd", "444 d ddd",
        "?ddd d ddd", "(ddd) ddd dddd", "?Ndd ddd dddd",
    ]),
    plan("RU", 7, (10, 10), NO_TRUNK, &[
        "8 ddd ddd dd dd", "8 (ddd) ddd dd dd", "8 ddd ddd dddd", "8 (ddd) ddd dddd",
        "8[3489]ddddddddd", "(ddd) ddd dd dd", "8ddd ddd dd dd", "?[78]dddddddddd", "?ddd-dd-dd",
        "?9ddddddddd", "9dd ddd dd dd", "8 dddd dd dd dd", "8 (dddd) dd dd dd", "8(dddd) ddd ddd",
    ]),
    plan("UA", 380, (9, 10), (10, 10), &["?ddd-dd-dd", "?ddd dd dd"]),
    plan("BR", 55, (8, 11), (11, 12), &[
        "(Pd) dddd dddd", "(Pd) 9dddd dddd", "(Pd) 9 dddd dddd", "Pd dddd dddd", "Pd 9dddd dddd",
        "Pd 9 dddd dddd", "?9dddd-dddd", "?Pddd dddd", "?Pd9dddddddd", "?Pddddddddd",
        "0[3589]00 ddd dddd", "0[3589]00 dd dddd", "4004 dddd", "4003 dddd", "(Pd) ddddddddd",
        "(Pd) dddddddd", "?Pd ddddddddd",
    ]),
    plan("MX", 52, (10, 11), NO_TRUNK, &[
        "ddd ddd dddd", "(ddd) ddd dddd", "Pd dddd dddd", "(Pd) dddd dddd", "1 ddd ddd dddd",
        "01 ddd ddd dddd", "044 dd dddd dddd", "045 ddd ddd dddd", "?Pddddddddd", "0dddddddddd",
        "Pdd ddd dd dd", "(ddd)ddd dddd",
    ]),
    plan("AR", 54, (9, 11), (11, 13), &[
        "11 dddd dddd", "Pdd ddd dddd", "(Pdd) ddd dddd", "15 dddd dddd", "Pddd dd dddd",
        "?dddd-dddd", "(011) dddd dddd", "11 15 dddd dddd",
    ]),
    plan("CL", 56, (9, 11), NO_TRUNK, &[
        "[29] dddd dddd", "(2) dddd dddd", "[2-7]d ddd dddd", "(dd) ddd dddd", "(dd) dddd ddd",
        "?[29]dddddddd", "[68]00 ddd ddd", "600 ddd dddd", "?9dddddddd",
    ]),
    plan("CO", 57, (8, 11), NO_TRUNK, &[
        "3dd ddd dddd", "3dd ddddddd", "3dd ddd dd dd", "60d ddd dddd", "(60d) ddddddd",
        "(60d) ddd dddd", "60d ddddddd", "60d ddd dd dd", "?3[0-5]dddddddd", "?60[1-8]ddddddd",
        "57 60d ddd dd dd", "57 3dd ddd dd dd", "57 3dd ddd dddd", "01 800 ddddddd",
        "01 800 ddd dddd", "01 800d ddd ddd", "01800ddddddd", "?Pdd dd dd", "?Pdddddd",
        "?573ddddddddd", "?5760dddddddd", "01 [89]00 dddd ddd",
    ]),
    plan("IN", 91, (8, 13), (11, 11), &[
        "[6-9]dddd ddddd", "[6-9]dd ddd dddd", "[6-9]ddd ddd ddd", "?Pddddddddd", "1800 ddd dddd",
        "1800 dd dddd", "[2-8]d dddd dddd", "1800 ddd ddd", "186d ddd dddd", "91 ddddd ddddd",
        "[6-9]ddd dddddd",
    ]),
    plan("JP", 81, (8, 11), (10, 11), &["dd-dddd-dddd"]),
    plan("KR", 82, (8, 11), (9, 11), &["1[568]dd~dddd", "?1[568]dd-dddd"]),
    plan("CN", 86, (7, 12), (10, 12), &[
        "1[3-9]d dddd dddd", "1[3-9]ddddddddd", "[48]00 ddd dddd", "[48]00 dddd ddd",
        "1[3-9]d dddddddd", "?400ddddddd", "1[3-9]d ddd ddddd",
    ]),
    plan("TW", 886, (7, 11), (9, 10), &[]),
    plan("HK", 852, (8, 11), NO_TRUNK, &["[2-9]ddd~dddd", "?[2-9]ddd dddd", "?[2-9]ddddddd"]),
    plan("SG", 65, (8, 11), NO_TRUNK, &[
        "[3689]ddd~dddd", "?[3689]ddd dddd", "?[3689]ddddddd", "1800 ddd dddd",
    ]),
    plan("MY", 60, (8, 10), (9, 11), &["1 [378]00 dd dddd", "1 [378]00 ddd ddd"]),
    plan("TH", 66, (8, 13), (9, 10), &["1800 ddd ddd"]),
    plan("ID", 62, (7, 13), (9, 13), &[]),
    plan("PH", 63, (8, 13), (10, 11), &["1800 dd ddd dddd", "1800 d ddd dddd", "9dd ddd dddd",
        "?1800dddddddd", "?1800ddddddd", "?[2-8]dddddddd",
   ]),
    plan("VN", 84, (7, 10), (9, 11), &["1[89]00 dddd", "1[89]00 dddddd", "1[89]00 ddd ddd"]),
    plan("IL", 972, (7, 12), (9, 10), &["1 [5789]dd ddd ddd", "1[57]dd dddddd", "?5d ddd dddd"]),
    plan("SA", 966, (8, 10), (9, 10), &[
        "9200 ddddd", "?5dddddddd", "800 ddd dddd", "?5d ddd dddd",
    ]),
    plan("AE", 971, (7, 12), (9, 10), &[
        "800 dddd", "?800ddddd", "?600dddddd", "600 dddddd", "800 ddddddd", "?[2-9]00dddd",
        "?5d ddd dddd", "?800ddddddd", "?800dddd", "?800dddddd",
    ]),
    plan("EG", 20, (8, 10), (9, 11), &["?1dddddddddd"]),
    plan("ZA", 27, (7, 10), (10, 10), &[]),
    plan("NG", 234, (8, 11), (9, 11), &[]),
    plan("KE", 254, (7, 10), (9, 10), &[]),
];

/// The calling code that `digits` start with, as its digit count, and how many
/// digits may follow it. `None` where no country answers.
pub(super) fn calling_code(digits: &[u8]) -> Option<(usize, (u8, u8))> {
    let prefix = |count: usize| {
        digits
            .get(..count)?
            .iter()
            .try_fold(0u16, |value, digit| value.checked_mul(10)?.checked_add(u16::from(*digit)))
    };
    let length = match prefix(1)? {
        0 => return None,
        1 | 7 => 1,
        _ if is_two_digits(prefix(2)?) => 2,
        _ => 3,
    };
    let national = *NATIONAL.get(usize::from(prefix(length)?))?;
    (national != UNASSIGNED).then_some((length, national))
}

/// No country answers.
const UNASSIGNED: (u8, u8) = (0, 0);

/// Fewest and most digits behind each calling code.
static NATIONAL: LazyLock<Vec<(u8, u8)>> = LazyLock::new(|| {
    (0..1000u16)
        .map(|code| match PLANS.iter().find(|plan| plan.code == code) {
            Some(plan) => plan.national,
            None if code < 100 || is_three_digits(code) => further::ANY_LENGTH,
            None => UNASSIGNED,
        })
        .collect()
});

/// Calling codes of two digits (ITU-T E.164, list of assigned codes).
fn is_two_digits(code: u16) -> bool {
    matches!(code, 20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98)
}

/// Calling codes of three digits (ITU-T E.164, list of assigned codes).
fn is_three_digits(code: u16) -> bool {
    matches!(code,
        211..=213 | 216 | 218 | 220..=258 | 260..=269 | 290 | 291 | 297..=299
        | 350..=359 | 370..=378 | 380..=383 | 385..=387 | 389 | 420 | 421 | 423
        | 500..=509 | 590..=599 | 670 | 672..=683 | 685..=692 | 800 | 808
        | 850 | 852 | 853 | 855 | 856 | 870 | 878 | 880..=883 | 886 | 888
        | 960..=968 | 970..=977 | 979 | 992..=996 | 998)
}
