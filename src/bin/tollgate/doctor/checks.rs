//! Everything the doctor looks for: its name, why it matters, and the mend.

/// What the doctor looks for.
#[derive(Debug)]
pub(crate) struct Check {
    /// Stable: scripts may rely on it.
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    pub(crate) why: &'static str,
    pub(crate) mend: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Requests pass unjudged, secrets are seen, or what is configured cannot work: fails.
    Unsafe,
    /// To be known, and not to be mended here, or not for everybody: does not fail.
    Note,
}

impl Severity {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unsafe => "unsafe",
            Self::Note => "note",
        }
    }
}

macro_rules! checks {
    ($($constant:ident: $severity:ident $name:literal, $why:literal, $mend:literal;)*) => {
        $(pub(crate) const $constant: &Check =
            &Check { name: $name, severity: Severity::$severity, why: $why, mend: $mend };)*
        /// All there are.
        pub(crate) const ALL: &[&Check] = &[$($constant),*];
    };
}

checks! {
    // The filter itself.
    FILTER_MISSING: Unsafe "filter-missing",
        "requests reach an upstream, and no Tollgate stands before it",
        "add the filter, with root_id tollgate";
    FILTER_DISABLED: Unsafe "filter-disabled",
        "a filter that is switched off for a route lets its requests pass unjudged",
        "take it away; paths that need no key are listed in public_paths";
    WAY_AROUND: Unsafe "way-around",
        "another listener reaches the same upstream without Tollgate",
        "put the filter there too, or let that listener redirect or answer itself";
    FAIL_OPEN: Unsafe "fail-open",
        "once an instance of the filter has died, its worker lets every request pass unjudged",
        "failure_policy: FAIL_RELOAD (WasmPlugin: failStrategy: FAIL_RELOAD; EnvoyExtensionPolicy: failOpen: false)";
    NO_RELOAD: Unsafe "no-reload",
        "a worker whose instance of the filter has died answers 503 until Envoy is started anew",
        "failure_policy: FAIL_RELOAD (WasmPlugin: failStrategy: FAIL_RELOAD; EnvoyExtensionPolicy: by an EnvoyPatchPolicy beside it)";
    HOLD_FLAG_MISSING: Unsafe "hold-flag-missing",
        "the filter is told to hold requests, and Envoy is not told to let it: requests with a body hang",
        "allow_on_headers_stop_iteration: true, or \"hold_request\": false where it cannot be set (WasmPlugin)";
    NOT_HELD: Note "not-held",
        "a body may be refused after the upstream saw the request's headers",
        "allow_on_headers_stop_iteration: true and \"hold_request\": true, where both can be set (an EnvoyFilter can, a WasmPlugin cannot)";
    ENVOY_TOO_OLD: Unsafe "envoy-too-old",
        "before 1.35 Envoy does not know allow_on_headers_stop_iteration, and cannot hold requests",
        "a newer Envoy, or \"hold_request\": false";
    DEFAULT_VM_ID: Unsafe "default-vm-id",
        "buckets, blocks and records lie in data that every other plugin without a vm_id can read and write",
        "vm_id: tollgate; a WasmPlugin has none: run no plugin beside it that you do not trust, or use an EnvoyFilter";
    NO_CAPABILITY_LIST: Unsafe "no-capability-list",
        "the module may ask of Envoy whatever a plugin can, HTTP calls to any cluster included",
        "capability_restriction_config as in envoy/demo/envoy.yaml";
    CAPABILITY_MISSING: Unsafe "capability-missing",
        "a callback that is not listed is never called, and requests pass unjudged; a call that is not listed fails, and the filter with it",
        "list it in allowed_capabilities; envoy/demo/envoy.yaml has them all";
    CAPABILITY_UNNEEDED: Note "capability-unneeded",
        "the module does not need it",
        "take it out of allowed_capabilities";
    MODULE_UNPINNED: Note "module-unpinned",
        "whoever can write where the module is fetched from decides what runs",
        "give its sha256, or a digest (@sha256:...) in the address";

    // Its configuration.
    STRUCT_CONFIGURATION: Unsafe "struct-configuration",
        "a Struct reaches a plugin as Protobuf, which is no JSON: the filter refuses to start",
        "\"@type\": type.googleapis.com/google.protobuf.StringValue, with the JSON text as value";
    CONFIGURATION_INVALID: Unsafe "configuration-invalid",
        "the filter refuses a configuration with a mistake in it, and the listener with it",
        "mend it; `tollgate check` judges a configuration alone";
    DEVELOPMENT: Note "development",
        "environment development lets pass what production refuses, and tells clients more",
        "leave environment out where it is reached by others";
    ENV_KEY_MISSING: Unsafe "env-key-missing",
        "Envoy passes a variable to the filter only where it is listed",
        "add it to host_env_keys (WasmPlugin: vmConfig.env with valueFrom: HOST; EnvoyExtensionPolicy: env.hostKeys)";
    SECRET_IN_FILE: Unsafe "secret-in-file",
        "a secret that is written here is in the repository, and in Envoy's config_dump",
        "pass it from the environment: host_env_keys (WasmPlugin: valueFrom: HOST)";
    RATELIMIT_CLUSTER: Unsafe "ratelimit-cluster",
        "the Rate Limit Service cannot be reached, so each Envoy limits alone, or refuses all",
        "add the cluster that rate_limit.distributed names, with http2_protocol_options: it speaks gRPC";

    // What Envoy does before and after it.
    BUFFER_LIMIT: Unsafe "buffer-limit",
        "bodies that the filter would allow are refused by Envoy (HTTP/1.1): 413, without a reason",
        "per_connection_buffer_limit_bytes of at least max_body_bytes, better twice (ClientTrafficPolicy: connection.bufferLimit)";
    STREAM_WINDOW: Unsafe "stream-window",
        "bodies that the filter would allow are refused by Envoy (HTTP/2): 413, without a reason",
        "initial_stream_window_size of at least max_body_bytes, better twice (ClientTrafficPolicy: http2.initialStreamWindowSize)";
    CLIENT_ADDRESS: Unsafe "client-address",
        "clients can name the address they are judged by in x-forwarded-for, and https in x-forwarded-proto",
        "use_remote_address: true, with xff_num_trusted_hops the number of proxies before Envoy that are yours";
    CORS_AFTER_FILTER: Unsafe "cors-after-filter",
        "a preflight carries no key, so the filter refuses it before the cors filter can answer",
        "put envoy.filters.http.cors before Tollgate";
    PREFLIGHT_REFUSED: Note "preflight-refused",
        "Istio places it before cors, so it meets preflights, which carry no key",
        "an EnvoyFilter with INSERT_BEFORE the router, where browsers call";
    CORS_WILDCARD: Unsafe "cors-wildcard",
        "scripts of any site may read the answers",
        "list the origins that are yours, each with exact";
    CORS_ORIGIN: Unsafe "cors-origin",
        "it lets in others than one site over https",
        "an exact origin, scheme and host and perhaps port, such as https://app.example.com";
    DECOMPRESSOR_BEHIND: Unsafe "decompressor-behind",
        "what a later filter unpacks was not what Tollgate judged",
        "put envoy.filters.http.decompressor before Tollgate, or switch off its request direction";
    KEY_IN_ACCESS_LOG: Unsafe "key-in-access-log",
        "requests that were refused are logged with the key in them",
        "log what the filter makes of the request: %FILTER_STATE(wasm.tollgate:PLAIN)%, or %REQ_WITHOUT_QUERY(:PATH)%";
    KEY_IN_TRACE: Unsafe "key-in-trace",
        "spans carry the whole URL, and keys in the query with it",
        "take keys from a header only (api_keys.sources), or trace in the upstream";
    HTTPS_IMPOSSIBLE: Unsafe "https-impossible",
        "require_https is on, and this listener has neither TLS nor a trusted proxy before it: every request is refused",
        "a transport_socket with TLS, or xff_num_trusted_hops where a proxy of yours ends TLS";
    PLAIN_HTTP: Note "plain-http",
        "keys and answers travel in the clear, unless TLS ends before this listener",
        "a transport_socket with TLS, and require_https";
    TLS_TOO_OLD: Unsafe "tls-too-old",
        "TLS 1.0 and 1.1 are broken, and forbidden by RFC 8996",
        "tls_minimum_protocol_version: TLSv1_2 (ClientTrafficPolicy: tls.minVersion: \"1.2\")";
    ADMIN_EXPOSED: Unsafe "admin-exposed",
        "whoever reaches Envoy's admin interface can stop it and read its configuration",
        "address: 127.0.0.1; let a listener of your own serve what monitoring needs";

    // Istio and Envoy Gateway.
    ENVOYFILTER_IGNORED: Unsafe "envoyfilter-ignored",
        "Istio takes this patch and does nothing with it, without a word",
        "EXTENSION_CONFIG ADD of a name of your own, and HTTP_FILTER INSERT_BEFORE the router with config_discovery of that name";
    ENVOYFILTER_DUPLICATE: Unsafe "envoyfilter-duplicate",
        "a WasmPlugin has this name already: a fresh Envoy answers 500 to everything",
        "a name of your own, and no WasmPlugin beside it";
    ENVOYFILTER_UNPAIRED: Unsafe "envoyfilter-unpaired",
        "an EXTENSION_CONFIG without an HTTP_FILTER of the same name is never used, and one that is missing answers 500",
        "both, under one name";
    ENVOYFILTER_FRAGILE: Note "envoyfilter-fragile",
        "it hangs on a name that Istio gives, and has changed between versions",
        "EXTENSION_CONFIG ADD of a name of your own and HTTP_FILTER INSERT_BEFORE, without a WasmPlugin";
    PATCH_MISSES: Unsafe "patch-misses",
        "a patch that finds no filter changes nothing",
        "name the rootID of the EnvoyExtensionPolicy in jsonPath, and the message envoy.config.listener.v3.Listener as type";
    NOT_SEEN: Note "not-seen",
        "it is set elsewhere, and was not among the files",
        "give that file too, or the config_dump of the running Envoy";
}
