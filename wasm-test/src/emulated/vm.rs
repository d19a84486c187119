//! One instance of the module, as each Envoy worker has one.

use super::exchange::{Exchange, Outcome};
use super::host::{Host, Root, Stage};
use super::stream::Hosting;
use super::world::{LogLine, World};
use super::{front, hostcalls, wasi};
use crate::message::{Request, Response};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use wasmtime::{Config, Engine, Instance, Linker, Module, Store, Val};

/// What one callback may spend. A callback that would never end traps here; in Envoy it would hold its worker for ever.
const FUEL_PER_CALLBACK: u64 = 20_000_000_000;

/// A compiled module. Compiling takes seconds, so it is done once a process.
pub struct WasmModule {
    module: Module,
    linker: Linker<Host>,
    metered: bool,
}

impl WasmModule {
    /// The module under test, compiled at the first call.
    ///
    /// # Panics
    /// When it is not there or cannot be compiled.
    pub fn built() -> &'static Self {
        static BUILT: OnceLock<WasmModule> = OnceLock::new();
        BUILT.get_or_init(|| {
            let path = crate::module::path();
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Self::compile(&bytes).unwrap_or_else(|error| panic!("{}: {error:#}", path.display()))
        })
    }

    /// Compiles a module.
    ///
    /// # Errors
    /// When the bytes are not a module that wasmtime takes.
    pub fn compile(bytes: &[u8]) -> wasmtime::Result<Self> {
        Self::compile_metered(bytes, true)
    }

    /// Compiles a module as it is, at its full speed: what it executes is not counted, and nothing ends a callback that
    /// does not end. For measurements.
    ///
    /// # Errors
    /// When the bytes are not a module that wasmtime takes.
    pub fn compile_unmetered(bytes: &[u8]) -> wasmtime::Result<Self> {
        Self::compile_metered(bytes, false)
    }

    fn compile_metered(bytes: &[u8], metered: bool) -> wasmtime::Result<Self> {
        let engine = Engine::new(Config::new().consume_fuel(metered))?;
        let mut linker = Linker::new(&engine);
        hostcalls::link(&mut linker)?;
        wasi::link(&mut linker)?;
        Ok(Self { module: Module::new(&engine, bytes)?, linker, metered })
    }
}

/// A plugin as Envoy's configuration names it.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// `config.name`.
    pub name: String,
    /// `config.root_id`.
    pub root_id: String,
    /// `config.vm_config.vm_id`.
    pub vm_id: String,
    /// `config.configuration`, a `StringValue`.
    pub configuration: String,
}

impl Plugin {
    /// The names of the shipped `envoy.yaml`, with this configuration.
    pub fn new(configuration: &serde_json::Value) -> Self {
        Self {
            name: "tollgate".to_owned(),
            root_id: "tollgate".to_owned(),
            vm_id: "tollgate".to_owned(),
            configuration: configuration.to_string(),
        }
    }
}

/// A configured plugin in a VM: its root context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PluginId(pub(crate) u32);

/// The module did not take its configuration: Envoy would reject the listener.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Lines logged while it was refused.
    pub log: Vec<LogLine>,
    /// The message of a trap. A module refuses by returning false, so there should be none.
    pub trap: Option<String>,
}

/// An instance of the module in a [`World`].
pub struct Vm {
    pub(crate) store: Store<Host>,
    instance: Instance,
    pub(crate) hosting: Hosting,
    next_context: u32,
    metered: bool,
    fuel_used: u64,
    /// Why the VM is dead, once it is. Envoy answers 503 on that worker from then on.
    dead: Option<String>,
}

impl Vm {
    /// Instantiates the module and runs `_initialize`.
    ///
    /// # Panics
    /// When the module imports what no supported Envoy has, or traps: it would not load.
    pub fn start(world: &World, module: &WasmModule, hosting: Hosting) -> Self {
        let mut store = Store::new(module.module.engine(), Host::new(world.clone()));
        if module.metered {
            store.set_fuel(FUEL_PER_CALLBACK).expect("the engine counts fuel");
        }
        let instance = module
            .linker
            .instantiate(&mut store, &module.module)
            .unwrap_or_else(|error| panic!("the module does not load: {error:#}"));
        let metered = module.metered;
        let mut vm = Self { store, instance, hosting, next_context: 1, metered, fuel_used: 0, dead: None };
        vm.call("_initialize", 0, &[]).unwrap_or_else(|trap| panic!("_initialize: {trap}"));
        vm
    }

    /// Starts the VM for a plugin and configures it. On a VM with plugins, this is a configuration update: in Envoy too
    /// the old root context serves on beside the new one.
    ///
    /// # Errors
    /// When the module refuses the configuration.
    pub fn configure(&mut self, plugin: Plugin) -> Result<PluginId, Refused> {
        let logged_before = self.store.data().world.log().len();
        let id = self.new_context();
        let size = i32::try_from(plugin.configuration.len()).expect("a configuration is smaller than 2 GiB");
        self.store.data_mut().roots.insert(id, Root { plugin, tick_ms: 0 });
        let accepted = self.set_up_root(id, size);
        self.store.data_mut().stage = Stage::Serving;
        if let Ok(true) = accepted {
            return Ok(PluginId(id));
        }
        self.store.data_mut().roots.remove(&id);
        let log = self.store.data().world.log().split_off(logged_before);
        Err(Refused { log, trap: accepted.err() })
    }

    /// Plays one request to its end.
    pub fn exchange(&mut self, plugin: PluginId, request: &Request, answer: &Response) -> Outcome {
        let stream = front::stream_of(plugin.0, request);
        Exchange::begin(self, stream, request).run(answer)
    }

    /// Plays one request over TLS, as `connection.tls_version` and `x-forwarded-proto` show it.
    pub fn exchange_over_tls(&mut self, plugin: PluginId, request: &Request, answer: &Response) -> Outcome {
        let stream = front::over_tls(front::stream_of(plugin.0, request));
        Exchange::begin(self, stream, request).run(answer)
    }

    /// The client leaves when this many pieces of the body were sent.
    pub fn cut_exchange(&mut self, plugin: PluginId, request: &Request, pieces: usize) -> Outcome {
        let stream = front::stream_of(plugin.0, request);
        Exchange::begin(self, stream, request).run_cut(pieces)
    }

    /// Calls `on_tick` of a plugin, if it asked for ticks; says whether it did.
    ///
    /// # Panics
    /// When the callback traps.
    pub fn tick(&mut self, plugin: PluginId) -> bool {
        let asked = self.store.data().roots.get(&plugin.0).is_some_and(|root| root.tick_ms > 0);
        if asked {
            self.call("proxy_on_tick", plugin.0, &[]).unwrap_or_else(|trap| panic!("on_tick: {trap}"));
        }
        asked
    }

    /// Why the VM is dead, if it is.
    pub fn death(&self) -> Option<&str> {
        self.dead.as_deref()
    }

    /// All instructions executed so far, as wasmtime counts them: the same in every run. 0 if the module is not metered.
    pub fn fuel_used(&self) -> u64 {
        self.fuel_used
    }

    /// How often each hostcall was made so far, each function of WASI, and each callback that the module has.
    pub fn calls(&self) -> BTreeMap<&'static str, u64> {
        self.store.data().calls.clone()
    }

    /// Bytes of linear memory. It never shrinks.
    pub fn memory_bytes(&mut self) -> usize {
        self.instance.get_memory(&mut self.store, "memory").map_or(0, |memory| memory.data_size(&self.store))
    }

    pub(crate) fn new_context(&mut self) -> u32 {
        let id = self.next_context;
        self.next_context += 1;
        id
    }

    fn set_up_root(&mut self, id: u32, configuration_size: i32) -> Result<bool, String> {
        self.store.data_mut().stage = Stage::Serving;
        self.call("proxy_on_context_create", id, &[0])?;
        if self.call("proxy_on_vm_start", id, &[0])? == Some(0) {
            return Ok(false);
        }
        self.store.data_mut().stage = Stage::Configuring;
        Ok(self.call("proxy_on_configure", id, &[configuration_size])? != Some(0))
    }

    /// Calls an export with a context id and `arguments`. An export that is not there is not called, and is not an
    /// error: a module may leave out callbacks it has no use for.
    pub(crate) fn call(
        &mut self,
        name: &'static str,
        context: u32,
        arguments: &[i32],
    ) -> Result<Option<i32>, String> {
        if let Some(death) = &self.dead {
            return Err(format!("the VM is dead: {death}"));
        }
        let Some(function) = self.instance.get_func(&mut self.store, name) else { return Ok(None) };
        self.store.data_mut().effective = context;
        self.store.data_mut().count(name);
        let mut parameters: Vec<_> = arguments.iter().copied().map(Val::I32).collect();
        if name.starts_with("proxy_") {
            parameters.insert(0, Val::I32(context.cast_signed()));
        }
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        if self.metered {
            self.store.set_fuel(FUEL_PER_CALLBACK).expect("the engine counts fuel");
        }
        let called = function.call(&mut self.store, &parameters, &mut results);
        if self.metered {
            self.fuel_used += FUEL_PER_CALLBACK - self.store.get_fuel().expect("the engine counts fuel");
        }
        match called {
            Ok(()) => Ok(results.first().and_then(Val::i32)),
            Err(error) => {
                let logged = self.last_words();
                let death = format!("{name}: {error:#}{logged}");
                self.dead = Some(death.clone());
                Err(death)
            }
        }
    }

    /// The message of a panic stands in the log, not in the trap.
    fn last_words(&self) -> String {
        let log = self.store.data().world.log();
        log.last().filter(|line| line.level >= 4).map(|line| format!(" ({})", line.text)).unwrap_or_default()
    }
}
