//! Two cores: one for Envoy, one for the load.

use core_affinity::CoreId;

/// Where the two sides run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cores {
    /// Envoy alone.
    pub(crate) envoy: CoreId,
    /// The load, and the services.
    pub(crate) load: CoreId,
}

impl Cores {
    /// The first two that this process may run on.
    pub(crate) fn of_this_machine() -> Result<Self, String> {
        match core_affinity::get_core_ids().unwrap_or_default()[..] {
            [envoy, load, ..] => Ok(Self { envoy, load }),
            _ => Err("two cores are needed: one for Envoy, one for the load".to_owned()),
        }
    }

    /// Keeps this thread, and what it starts from now on, on a core.
    pub(crate) fn keep_to(core: CoreId) {
        assert!(core_affinity::set_for_current(core), "this thread cannot be kept on core {}", core.id);
    }
}
