//! Who is measured.

use wasm_test::workload::Work;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    /// Envoy alone.
    Bare,
    /// A module on the stock SDK whose callbacks do nothing.
    Noop,
    /// The filter of this repository.
    Tollgate,
    /// Envoy's own filters: `rbac`, `api_key_auth`, `local_ratelimit`, `buffer`.
    Native,
    /// A script in Envoy's Lua filter.
    Lua,
    /// A gRPC service on the loopback.
    ExtAuthz,
}

impl Contender {
    /// All of them, in the order in which they are measured and shown.
    pub(crate) const ALL: [Self; 6] =
        [Self::Bare, Self::Noop, Self::Tollgate, Self::Native, Self::Lua, Self::ExtAuthz];

    /// As commands and tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Noop => "noop",
            Self::Tollgate => "tollgate",
            Self::Native => "native",
            Self::Lua => "lua",
            Self::ExtAuthz => "ext_authz",
        }
    }

    /// Whether it has anything to do there.
    pub(crate) fn does(self, work: Work) -> bool {
        match work {
            // The others keep no records.
            Work::GetRecorded => self == Self::Tollgate,
            Work::Get | Work::PostClean | Work::PostEntities => true,
            // The others do not look at answers.
            Work::LargeAnswer => matches!(self, Self::Bare | Self::Noop | Self::Tollgate | Self::Native),
            Work::NoKey | Work::WrongKey | Work::Limited => !matches!(self, Self::Bare | Self::Noop),
        }
    }
}
