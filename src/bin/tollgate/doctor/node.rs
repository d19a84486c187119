//! A place in a document, and the way there.

use serde_json::Value;

use super::document::Document;

/// A value in a document, with its path. Fields are asked for by their names in Protobuf;
/// `vmId` is found for `vm_id`, since both are JSON of the same message.
#[derive(Clone)]
pub(crate) struct Node<'d> {
    pub(crate) document: &'d Document,
    pub(crate) path: String,
    pub(crate) value: &'d Value,
}

impl<'d> Node<'d> {
    pub(crate) fn root(document: &'d Document) -> Self {
        Self { document, path: "$".into(), value: &document.content }
    }

    /// A field of an object; not there where it is `null`.
    pub(crate) fn field(&self, name: &str) -> Option<Self> {
        let object = self.value.as_object()?;
        let camel = camel_case(name);
        let (name, value) = object.get_key_value(name).or_else(|| object.get_key_value(&camel))?;
        (!value.is_null()).then(|| self.below(name, value))
    }

    /// A field of a field of a field: names parted by dots.
    pub(crate) fn at(&self, names: &str) -> Option<Self> {
        names.split('.').try_fold(self.clone(), |node, name| node.field(name))
    }

    /// The entries of a list.
    pub(crate) fn items(&self) -> impl Iterator<Item = Self> + use<'d> {
        let (document, path) = (self.document, self.path.clone());
        let items = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().enumerate().map(move |(i, value)| Self { document, path: format!("{path}[{i}]"), value })
    }

    /// The entries of a list that is a field.
    pub(crate) fn list(&self, names: &str) -> Vec<Self> {
        self.at(names).iter().flat_map(Self::items).collect()
    }

    /// The fields of an object, with their names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'d str, Self)> {
        let object = self.value.as_object().into_iter().flatten();
        object.map(|(name, value)| (name.as_str(), self.below(name, value)))
    }

    pub(crate) fn has(&self, names: &str) -> bool {
        self.at(names).is_some()
    }

    pub(crate) fn text(&self, names: &str) -> Option<&'d str> {
        self.at(names)?.value.as_str()
    }

    /// A number, which JSON of Protobuf may write as a string too.
    pub(crate) fn number(&self, names: &str) -> Option<u64> {
        let value = self.at(names)?.value;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(crate) fn is_true(&self, names: &str) -> bool {
        self.at(names).is_some_and(|node| node.value == &Value::Bool(true))
    }

    /// Whether this is a message of this type, the last part of its name.
    pub(crate) fn is_message(&self, name: &str) -> bool {
        let ends = |text: &str| text.rsplit(['.', '/']).next() == Some(name);
        self.text("@type").is_some_and(ends) || self.text("type_url").is_some_and(ends)
    }

    /// This place and every one below it.
    pub(crate) fn walk(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match self.value {
            Value::Array(_) => self.items().for_each(|item| item.walk(visit)),
            Value::Object(_) => self.fields().for_each(|(_, field)| field.walk(visit)),
            _ => {}
        }
    }

    /// Every place below that is of interest, this one included.
    pub(crate) fn find(&self, wanted: impl Fn(&Self) -> bool) -> Vec<Self> {
        let mut found = Vec::new();
        self.walk(&mut |node| {
            if wanted(node) {
                found.push(node.clone());
            }
        });
        found
    }

    fn below(&self, name: &str, value: &'d Value) -> Self {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let step = match name.bytes().all(plain) {
            true => format!(".{name}"),
            false => format!("[\"{}\"]", name.escape_default()),
        };
        Self { document: self.document, path: format!("{}{step}", self.path), value }
    }
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut camel, part| {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}
