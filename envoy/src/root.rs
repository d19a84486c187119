//! The configuration of one VM: read once, shared by all its streams.

use std::rc::Rc;

use log::{error, info, warn};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;
use tollgate::policy::Policy;

use crate::host;
use crate::stream::Stream;

/// Holds the policy that new streams are judged by.
#[derive(Default)]
pub(crate) struct Root {
    policy: Option<Rc<Policy>>,
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
                self.policy = Some(Rc::new(policy));
                true
            }
            Err(problems) => {
                error!("configuration: rejected, nothing was changed; {} problems", problems.count());
                problems.iter().for_each(|problem| error!("configuration: {problem}"));
                false
            }
        }
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream::new(self.policy.clone())))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
