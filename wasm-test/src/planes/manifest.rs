//! Shipped manifests, as documents that can be read and edited.

use crate::envoy::at;
use crate::module::repository;
use serde::Deserialize as _;
use serde_norway::{Deserializer, Value};
use std::fs;

/// A file of Kubernetes objects.
#[derive(Clone, Debug)]
pub struct Manifest {
    objects: Vec<Value>,
}

impl Manifest {
    /// A file of this repository, by its path below `envoy/`: `istio/wasmplugin.yaml`.
    ///
    /// # Panics
    /// When it is not there, or is no YAML.
    pub fn shipped(file: &str) -> Self {
        let path = repository().join("envoy").join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::parse(&text)
    }

    /// From text.
    ///
    /// # Panics
    /// When it is no YAML.
    pub fn parse(text: &str) -> Self {
        let read = |document| Value::deserialize(document).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let objects = Deserializer::from_str(text).map(read).filter(|object| !object.is_null());
        Self { objects: objects.collect() }
    }

    /// All objects, as JSON.
    pub fn objects(&self) -> Vec<serde_json::Value> {
        self.objects.iter().map(json).collect()
    }

    /// The one object of that kind, as JSON.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub fn object(&self, kind: &str) -> serde_json::Value {
        json(&self.objects[self.position(kind)])
    }

    /// Sets a value of the one object of that kind, at a path of keys and indices parted by `/`, and prints that.
    ///
    /// # Panics
    /// When there is no such object.
    pub fn set(&mut self, kind: &str, path: &str, value: &serde_json::Value) {
        println!("  {kind} {path}: {value}");
        let position = self.position(kind);
        *at(&mut self.objects[position], path) = serde_norway::to_value(value).expect("JSON is YAML");
    }

    /// Without the one object of that kind.
    ///
    /// # Panics
    /// When there is no such object.
    pub fn remove(&mut self, kind: &str) {
        let position = self.position(kind);
        self.objects.remove(position);
    }

    /// The plugin's configuration in a manifest that has one: an EnvoyExtensionPolicy's, a WasmPlugin's, or that of the
    /// filter in an EnvoyFilter.
    ///
    /// # Panics
    /// When there is none.
    pub fn plugin_configuration(&self) -> serde_json::Value {
        let has = |kind: &str| self.objects.iter().any(|object| object["kind"] == kind);
        if has("EnvoyExtensionPolicy") {
            self.object("EnvoyExtensionPolicy")["spec"]["wasm"][0]["config"].clone()
        } else if has("WasmPlugin") {
            self.object("WasmPlugin")["spec"]["pluginConfig"].clone()
        } else {
            let wasm = self.wasm_of_envoyfilter();
            let text = wasm["config"]["configuration"]["value"].as_str().expect("a StringValue").to_owned();
            serde_json::from_str(&text).expect("the shipped configuration is JSON")
        }
    }

    /// The whole `Wasm` message that an EnvoyFilter adds.
    ///
    /// # Panics
    /// When it adds none.
    pub fn wasm_of_envoyfilter(&self) -> serde_json::Value {
        let filter = self.object("EnvoyFilter");
        let patches = filter["spec"]["configPatches"].as_array().expect("patches are a list");
        let added = patches.iter().find(|patch| patch["applyTo"] == "EXTENSION_CONFIG");
        added.expect("it adds a resource")["patch"]["value"]["typed_config"].clone()
    }

    /// As text.
    pub fn to_yaml(&self) -> String {
        let text = |object| serde_norway::to_string(object).expect("a YAML document can be written");
        self.objects.iter().map(text).collect::<Vec<_>>().join("---\n")
    }

    fn position(&self, kind: &str) -> usize {
        let mut of_kind =
            self.objects.iter().enumerate().filter(|(_, object)| object["kind"] == kind).map(|(at, _)| at);
        let first = of_kind.next().unwrap_or_else(|| panic!("no {kind} among the manifests"));
        assert!(of_kind.next().is_none(), "more than one {kind} among the manifests");
        first
    }
}

fn json(object: &Value) -> serde_json::Value {
    serde_json::to_value(object).expect("a manifest is JSON too")
}
