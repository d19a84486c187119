//! The built module as a file: what it imports and exports against what the shipped `envoy.yaml` allows, and its size.
//!
//! Envoy says nothing of a gap in `capability_restriction_config`: a callback that is missing there is never called,
//! and requests pass unseen; an import that is missing there panics when it is called.

use std::collections::BTreeSet;
use wasm_test::envoy::Bootstrap;
use wasm_test::module;
use wasmparser::{Parser, Payload};

/// What the SDK imports and the filter never calls. Not allowed in `envoy.yaml`; to call one, allow it there first.
const WITHHELD_IMPORTS: [&str; 15] = [
    "proxy_add_header_map_value",
    "proxy_call_foreign_function",
    "proxy_dequeue_shared_queue",
    "proxy_done",
    "proxy_enqueue_shared_queue",
    "proxy_get_header_map_value",
    "proxy_get_status",
    "proxy_grpc_cancel",
    "proxy_grpc_close",
    "proxy_grpc_send",
    "proxy_grpc_stream",
    "proxy_http_call",
    "proxy_register_shared_queue",
    "proxy_resolve_shared_queue",
    "proxy_set_header_map_pairs",
];

/// Without any of these some requests or answers pass unseen, shared limits stand still, or contexts leak. The SDK
/// exports more; Envoy would make those too, with every request, so `scripts/link-wasm` leaves them out.
const NEEDED_CALLBACKS: [&str; 14] = [
    "proxy_on_context_create",
    "proxy_on_vm_start",
    "proxy_on_configure",
    "proxy_on_request_headers",
    "proxy_on_request_body",
    "proxy_on_request_trailers",
    "proxy_on_response_headers",
    "proxy_on_response_body",
    "proxy_on_response_trailers",
    "proxy_on_log",
    "proxy_on_delete",
    "proxy_on_tick",
    "proxy_on_grpc_receive",
    "proxy_on_grpc_close",
];

/// What every supported Envoy offers of WASI.
const WASI: [&str; 6] =
    ["clock_time_get", "environ_get", "environ_sizes_get", "fd_write", "proc_exit", "random_get"];

/// Workers, the main thread and a canary each hold one; and it is what users download.
const MODULE_BYTES_MAX: usize = 1140 << 10;

struct Module {
    bytes: Vec<u8>,
    imports: BTreeSet<String>,
    wasi_imports: BTreeSet<String>,
    exports: BTreeSet<String>,
    custom_sections: BTreeSet<String>,
}

impl Module {
    fn built() -> Self {
        let bytes = std::fs::read(module::path()).expect("the module can be read");
        let mut module = Self {
            bytes: bytes.clone(),
            imports: BTreeSet::new(),
            wasi_imports: BTreeSet::new(),
            exports: BTreeSet::new(),
            custom_sections: BTreeSet::new(),
        };
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.expect("a module") {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import.expect("an import");
                        let set = match import.module {
                            "env" => &mut module.imports,
                            "wasi_snapshot_preview1" => &mut module.wasi_imports,
                            other => panic!("no Envoy offers {other}.{}", import.name),
                        };
                        set.insert(import.name.to_owned());
                    }
                }
                Payload::ExportSection(exports) => {
                    module
                        .exports
                        .extend(exports.into_iter().map(|export| export.expect("an export").name.to_owned()));
                }
                Payload::CustomSection(section) => {
                    module.custom_sections.insert(section.name().to_owned());
                }
                _ => {}
            }
        }
        module
    }

    fn callbacks(&self) -> BTreeSet<String> {
        self.exports.iter().filter(|name| name.starts_with("proxy_on_")).cloned().collect()
    }
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

fn allowed() -> BTreeSet<String> {
    Bootstrap::shipped_capabilities().into_iter().collect()
}

#[test]
fn envoy_allows_every_import_but_those_the_filter_never_calls() {
    let module = Module::built();
    let withheld = set(WITHHELD_IMPORTS);
    let imports: BTreeSet<_> = module.imports.union(&module.wasi_imports).cloned().collect();
    let needed: BTreeSet<_> = imports.difference(&withheld).cloned().collect();
    let allowed: BTreeSet<_> = allowed().into_iter().filter(|name| !name.starts_with("proxy_on_")).collect();
    assert_eq!(needed, allowed, "left: imported and not withheld; right: allowed in envoy.yaml");
    assert!(
        withheld.is_subset(&imports),
        "withheld, but no longer imported: {:?}",
        withheld.difference(&imports)
    );
}

#[test]
fn the_module_has_the_callbacks_it_needs_and_envoy_makes_them() {
    let module = Module::built();
    let mut callbacks = module.callbacks();
    // Allocation is not subject to the restriction.
    assert!(callbacks.remove("proxy_on_memory_allocate"), "{callbacks:?}");
    assert_eq!(callbacks, set(NEEDED_CALLBACKS), "left: exported; right: needed");
    let allowed: BTreeSet<_> = allowed().into_iter().filter(|name| name.starts_with("proxy_on_")).collect();
    assert_eq!(callbacks, allowed, "left: exported; right: allowed in envoy.yaml");
}

#[test]
fn the_module_needs_no_more_of_wasi_than_the_oldest_envoy_offers() {
    let module = Module::built();
    let beyond: Vec<_> = module.wasi_imports.difference(&set(WASI)).cloned().collect();
    assert!(beyond.is_empty(), "{beyond:?}");
}

#[test]
fn the_module_names_its_abi_and_its_functions_and_is_small() {
    let module = Module::built();
    assert!(module.exports.contains("proxy_abi_version_0_2_1"), "{:?}", module.exports);
    assert!(module.custom_sections.contains("name"), "backtraces of Envoy would have no names");
    let bytes = module.bytes.len();
    assert!(bytes <= MODULE_BYTES_MAX, "{bytes} bytes");
}
