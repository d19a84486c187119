//! `tollgate render`: an Envoy configuration from a template and the environment.
//!
//! A template is the YAML that Envoy reads, with placeholders. They are filled in after the
//! YAML was parsed, so that a value stays in its place whatever it holds: it is never read as
//! YAML.
//!
//! | in the template | becomes |
//! |---|---|
//! | `${NAME}` | the value of the variable; unset or empty is a problem |
//! | `${NAME:-default}` | the same, or `default` (perhaps nothing) where it is unset or empty |
//! | `$${` | `${` itself |
//! | `!int ${NAME:-8443}` | a whole number, for ports, hops, sizes; else a problem |
//! | `!each` | a list, an entry for each comma-separated part of a value; none for an empty one |
//! | `!file tollgate.json` | the text of a file, named from the template's directory |
//!
//! ```yaml
//! address: ${UPSTREAM_HOST}
//! port_value: !int ${UPSTREAM_PORT:-8080}
//! allow_origin_string_match: !each
//!   of: ${ALLOWED_ORIGINS:-}            # https://a.example,https://b.example
//!   item: { exact: "${item}" }          # quoted: { } would end a plain scalar in a flow mapping
//! configuration:
//!   "@type": type.googleapis.com/google.protobuf.StringValue
//!   value: !file tollgate.json          # as `tollgate check` reads it
//! ```
//!
//! Names are `[A-Z_][A-Z0-9_]*`. Placeholders stand in values only: not in the names of fields,
//! and not in the JSON text of the plugin's configuration, out of which a value could break.
//!
//! What is written to disk is no secret. So a placeholder must not name a variable that the
//! filter is given by `host_env_keys` (Envoy passes it itself), nor one that is called
//! `..._KEY`, `..._SECRET`, `..._TOKEN` or `..._PASSWORD`; values and files that hold a private
//! key are refused. A path to a secret is none: call it `TLS_KEY_FILE`. What Envoy reads by
//! itself needs no placeholder: `filename`, `environment_variable`, SDS.
//!
//! The result is then held to what `tollgate doctor` asks of it, and is only written when
//! nothing is unsafe: no origin that is `*`, `null` or not `https`, to name one. With
//! `--development` that is said, and written all the same.
