//! The configuration of one VM: read once, shared by all its streams.

use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use log::{error, info, warn};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use tollgate::fleet::{Desk, Patience};
use tollgate::policy::{Policy, Surroundings};
use tollgate::stats;
use tollgate::time::UnixNanos;

use crate::errands::{Errands, REST_TICK};
use crate::host;
use crate::meters::{self, Meters};
use crate::stream::Stream;

/// Holds the configuration that new streams are judged by.
pub(crate) struct Root {
    id: u32,
    configured: Option<Rc<Configured>>,
    errands: Rc<Errands>,
    looked_after_at: Cell<UnixNanos>,
}

impl Root {
    pub(crate) fn new(id: u32) -> Self {
        Self { id, configured: None, errands: Rc::default(), looked_after_at: Cell::default() }
    }
}

/// A configuration in force.
pub(crate) struct Configured {
    pub(crate) policy: Policy,
    pub(crate) meters: Meters,
    pub(crate) desk: Desk,
}

impl Configured {
    /// What a request meets now.
    pub(crate) fn surroundings(&self, patience: Patience) -> Surroundings<'_> {
        Surroundings {
            store: &host::SharedData,
            downstream: &host::Connection,
            meters: &self.meters,
            desk: &self.desk,
            patience,
            now: host::now(),
        }
    }

    fn look_after(&self, now: UnixNanos) {
        self.set_key_gauges(now);
        self.policy.sweep(&host::SharedData, now);
    }

    fn set_key_gauges(&self, now: UnixNanos) {
        let now = now.seconds();
        stats::key_gauges(&self.policy, now).for_each(|(name, value)| meters::set_gauge(name, value));
    }
}

impl Context for Root {
    fn on_grpc_call_response(&mut self, token: u32, status: u32, response_bytes: usize) {
        const OK: u32 = 0;
        let answer = if status == OK { host::grpc_answer(response_bytes) } else { None };
        self.errands.answered(self.id, token, answer);
    }
}

impl RootContext for Root {
    /// `false` makes Envoy reject the configuration and keep the one before.
    fn on_configure(&mut self, configuration_bytes: usize) -> bool {
        let text =
            |range: Range<usize>| host::plugin_configuration(range.start..range.end.min(configuration_bytes));
        match Policy::read(&text, &|name| std::env::var(name).ok()) {
            Ok(policy) => {
                policy.warnings().iter().for_each(|warning| warn!("configuration: {warning}"));
                let (tenants, keys) = policy.size();
                info!("configured: {tenants} tenants, {keys} keys");
                let desk = Desk::new(policy.services().len());
                let configured = Configured { policy, meters: Meters::default(), desk };
                configured.set_key_gauges(host::now());
                host::set_tick_period(REST_TICK);
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
        let Some(configured) = &self.configured else { return };
        self.errands.tick(self.id, configured);
        let now = host::now();
        if u128::from(now.since(self.looked_after_at.get())) >= REST_TICK.as_nanos() {
            self.looked_after_at.set(now);
            configured.look_after(now);
        }
    }

    fn create_http_context(&self, id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream::new(id, self.configured.clone(), Rc::clone(&self.errands))))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
