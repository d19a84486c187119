//! What is read: files and folders of YAML and JSON, and of what kind each document is.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;

use super::node::Node;

/// Files a folder may hold at most; more than that is not a folder of manifests.
const FILES_MAX: usize = 1_000;
/// Folders within folders, likewise.
const DEPTH_MAX: usize = 8;

/// One document of a file.
#[derive(Debug)]
pub(crate) struct Document {
    /// The file, with the document's number where the file holds several.
    pub(crate) origin: String,
    pub(crate) kind: Kind,
    pub(crate) content: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An Envoy's bootstrap.
    Bootstrap,
    /// What an Envoy's admin interface answers to `/config_dump`.
    ConfigDump,
    /// Listeners, as a file that Envoy watches holds them.
    Listeners,
    /// The filter's own configuration.
    Plugin,
    /// Istio's.
    WasmPlugin,
    EnvoyFilter,
    /// Envoy Gateway's.
    ExtensionPolicy,
    PatchPolicy,
    ClientTrafficPolicy,
    SecurityPolicy,
    EnvoyProxy,
    /// What `tollgate render` fills in.
    Template,
    /// Anything else, of which nothing can be said.
    Other,
}

/// Reads what was named. In a folder, what is of no known kind is passed over; a file that was
/// named must be of one.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<Document>, String> {
    let mut documents = Vec::new();
    for path in paths {
        let of_folder = path.is_dir();
        let mut files = Vec::new();
        match of_folder {
            true => list(path, DEPTH_MAX, &mut files)?,
            false => files.push(path.clone()),
        }
        for file in files {
            let read = read(&file)?;
            if !of_folder && read.iter().all(|document| document.kind == Kind::Other) {
                return Err(format!("{}: {KNOWN}", file.display()));
            }
            documents.extend(read);
        }
    }
    if documents.iter().all(|document| document.kind == Kind::Other) {
        return Err(format!("there is nothing to judge: no file {KNOWN}"));
    }
    Ok(documents)
}

const KNOWN: &str = "is an Envoy bootstrap, a config_dump, a listener, a WasmPlugin, an EnvoyFilter, \
     a policy of Envoy Gateway or a configuration of the filter";

fn read(file: &Path) -> Result<Vec<Document>, String> {
    let bytes = crate::read(file)?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", file.display()))?;
    parse(&file.display().to_string(), &text)
}

/// The documents in a text, which is YAML, of which JSON is a part.
pub(crate) fn parse(origin: &str, text: &str) -> Result<Vec<Document>, String> {
    // Large dumps are JSON, for which there is a faster parser.
    let values = match serde_json::from_str(text) {
        Ok(value) => vec![(value, false)],
        Err(_) => parse_yaml(text).map_err(|error| format!("{origin} is neither YAML nor JSON: {error}"))?,
    };
    let values: Vec<_> = values.into_iter().flat_map(unpack).collect();
    let several = values.len() > 1;
    let numbered = (1..).zip(values);
    let document = |(number, (content, tagged)): (usize, (Value, bool))| Document {
        origin: if several { format!("{origin}#{number}") } else { origin.to_owned() },
        kind: if tagged { Kind::Template } else { kind_of(&content) },
        content,
    };
    Ok(numbered.map(document).collect())
}

/// Each document, and whether there are tags in it, which Envoy does not know and templates use.
fn parse_yaml(text: &str) -> Result<Vec<(Value, bool)>, serde_norway::Error> {
    let mut values = Vec::new();
    for document in serde_norway::Deserializer::from_str(text) {
        let value = serde_norway::Value::deserialize(document)?;
        let tagged = has_tag(&value);
        values.push((if tagged { Value::Null } else { serde_norway::from_value(value)? }, tagged));
    }
    Ok(values)
}

fn has_tag(value: &serde_norway::Value) -> bool {
    match value {
        serde_norway::Value::Tagged(_) => true,
        serde_norway::Value::Sequence(items) => items.iter().any(has_tag),
        serde_norway::Value::Mapping(fields) => fields.iter().any(|(k, v)| has_tag(k) || has_tag(v)),
        _ => false,
    }
}

/// What `kubectl get -o yaml` puts into one `List`, one by one.
fn unpack((value, tagged): (Value, bool)) -> Vec<(Value, bool)> {
    match value {
        Value::Object(mut fields) if fields.get("kind").is_some_and(|kind| kind == "List") => {
            match fields.remove("items") {
                Some(Value::Array(items)) => items.into_iter().map(|item| (item, tagged)).collect(),
                _ => Vec::new(),
            }
        }
        // What stands between two `---`, or after the last.
        Value::Null if !tagged => Vec::new(),
        value => vec![(value, tagged)],
    }
}

fn kind_of(content: &Value) -> Kind {
    let is_list_of = |field: &str, mark: &str| {
        let items = content.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().any(|item| item["@type"].as_str().is_some_and(|name| name.contains(mark)))
    };
    let has = |field: &str| content.get(field).is_some();
    if let (Some(group), Some(kind)) = (content["apiVersion"].as_str(), content["kind"].as_str()) {
        return kind_of_resource(group, kind);
    }
    if is_list_of("configs", "envoy.admin.") {
        Kind::ConfigDump
    } else if ["static_resources", "staticResources", "dynamic_resources", "dynamicResources"]
        .into_iter()
        .any(has)
    {
        Kind::Bootstrap
    } else if is_list_of("resources", "envoy.config.listener.") || has("filter_chains") || has("filterChains")
    {
        Kind::Listeners
    } else if content.get("tenants").is_some_and(Value::is_array) {
        Kind::Plugin
    } else {
        Kind::Other
    }
}

fn kind_of_resource(group: &str, kind: &str) -> Kind {
    match (group.split('/').next().unwrap_or_default(), kind) {
        ("extensions.istio.io", "WasmPlugin") => Kind::WasmPlugin,
        ("networking.istio.io", "EnvoyFilter") => Kind::EnvoyFilter,
        ("gateway.envoyproxy.io", "EnvoyExtensionPolicy") => Kind::ExtensionPolicy,
        ("gateway.envoyproxy.io", "EnvoyPatchPolicy") => Kind::PatchPolicy,
        ("gateway.envoyproxy.io", "ClientTrafficPolicy") => Kind::ClientTrafficPolicy,
        ("gateway.envoyproxy.io", "SecurityPolicy") => Kind::SecurityPolicy,
        ("gateway.envoyproxy.io", "EnvoyProxy") => Kind::EnvoyProxy,
        _ => Kind::Other,
    }
}

/// The YAML and JSON files in a folder and below, in order of their names.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error| format!("cannot read {}: {error}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        entries.push(entry.map_err(failed)?.path());
    }
    entries.sort();
    for path in entries {
        let is_file = |ending| path.extension().is_some_and(|found| found == ending);
        if path.is_dir() && depth > 0 {
            list(&path, depth.saturating_sub(1), files)?;
        } else if ["yaml", "yml", "json"].into_iter().any(is_file) {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(format!("{} holds more than {FILES_MAX} files", folder.display()));
        }
    }
    Ok(())
}

impl Document {
    pub(crate) fn root(&self) -> Node<'_> {
        Node::root(self)
    }
}
