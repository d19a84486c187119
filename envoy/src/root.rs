//! The configuration of one VM: read once, shared by all its streams.

use std::rc::Rc;
use std::time::Duration;

use log::{error, info, warn};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use tollgate::policy::{Policy, Surroundings};
use tollgate::stats;

use crate::host;
use crate::meters::{self, Meters};
use crate::stream::Stream;

/// How often what changes by itself is looked after: ages of keys, expired records.
const TICK_PERIOD: Duration = Duration::from_secs(60);

/// Holds the configuration that new streams are judged by.
#[derive(Default)]
pub(crate) struct Root {
    configured: Option<Rc<Configured>>,
}

/// A configuration in force.
pub(crate) struct Configured {
    pub(crate) policy: Policy,
    pub(crate) meters: Meters,
}

impl Configured {
    /// What a request meets now.
    pub(crate) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            store: &host::SharedData,
            downstream: &host::Connection,
            meters: &self.meters,
            now: host::now(),
        }
    }

    fn set_key_gauges(&self) {
        let now = host::now().seconds();
        stats::key_gauges(&self.policy, now).for_each(|(name, value)| meters::set_gauge(name, value));
    }
}

impl Context for Root {}

impl RootContext for Root {
    /// `false` makes Envoy reject the configuration and keep the one before.
    fn on_configure(&mut self, configuration_bytes: usize) -> bool {
        let bytes = host::plugin_configuration(configuration_bytes).unwrap_or_default();
        let Ok(text) = String::from_utf8(bytes) else {
            error!("configuration: $: is not UTF-8; give the JSON document as a StringValue");
            return false;
        };
        match Policy::load(&text, &|name| std::env::var(name).ok()) {
            Ok(policy) => {
                policy.warnings().iter().for_each(|warning| warn!("configuration: {warning}"));
                let (tenants, keys) = policy.size();
                info!("configured: {tenants} tenants, {keys} keys");
                let configured = Configured { policy, meters: Meters::default() };
                configured.set_key_gauges();
                host::set_tick_period(TICK_PERIOD);
                self.configured = Some(Rc::new(configured));
                true
            }
            Err(problems) => {
                error!("configuration: rejected, nothing was changed; {} problems", problems.count());
                problems.iter().for_each(|problem| error!("configuration: {problem}"));
                false
            }
        }
    }

    fn on_tick(&mut self) {
        if let Some(configured) = &self.configured {
            configured.set_key_gauges();
            configured.policy.audit().ring.sweep(&host::SharedData, host::now());
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream::new(self.configured.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
