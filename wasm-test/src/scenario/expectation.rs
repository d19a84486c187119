//! What must come of one request, and how what came differs.

use super::Observation;
use crate::fixture::holds_key;
use crate::message::{Fields, Request, Response, Seen};
use regex_lite::Regex;

/// What client and upstream must see of one request.
#[derive(Clone, Debug)]
pub struct Expected {
    status: u16,
    problem: Option<&'static str>,
    body: Option<Vec<u8>>,
    body_like: Vec<String>,
    fields: Vec<Check>,
    upstream: Upstream,
}

#[derive(Clone, Debug)]
enum Upstream {
    /// Not a byte may arrive.
    Unseen,
    /// The request must arrive once, whole.
    Seen { fields: Vec<Check>, path: Option<String>, body: Option<Vec<u8>> },
}

/// What must be true of a field.
#[derive(Clone, Debug)]
struct Check {
    name: String,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Is(String),
    Like(String),
    Absent,
}

/// Passes: upstream gets it and its 200 comes back.
pub fn admitted() -> Expected {
    Expected {
        status: 200,
        problem: None,
        body: None,
        body_like: Vec::new(),
        fields: Vec::new(),
        upstream: Upstream::Seen { fields: Vec::new(), path: None, body: None },
    }
}

/// Is refused with this status and problem; upstream sees nothing, not a header.
pub fn refused(status: u16, problem: &'static str) -> Expected {
    Expected { problem: Some(problem), ..answered(status) }
}

/// Is answered by the filter with this status, not as a problem; upstream sees nothing.
pub fn answered(status: u16) -> Expected {
    Expected {
        status,
        problem: None,
        body: None,
        body_like: Vec::new(),
        fields: Vec::new(),
        upstream: Upstream::Unseen,
    }
}

impl Expected {
    /// The answer has this status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The answer has this field with this value.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push(Check::new(name, Value::Is(value.to_owned())));
        self
    }

    /// The answer has this field, and all of its value matches this regular expression.
    #[must_use]
    pub fn field_like(mut self, name: &str, pattern: &str) -> Self {
        self.fields.push(Check::new(name, Value::Like(pattern.to_owned())));
        self
    }

    /// The answer has no such field.
    #[must_use]
    pub fn no_field(mut self, name: &str) -> Self {
        self.fields.push(Check::new(name, Value::Absent));
        self
    }

    /// The answer has this body.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().to_vec());
        self
    }

    /// This regular expression is found in the answer's body.
    #[must_use]
    pub fn body_like(mut self, pattern: &str) -> Self {
        self.body_like.push(pattern.to_owned());
        self
    }

    /// Upstream gets this field with this value, and no other of that name.
    #[must_use]
    pub fn upstream_field(self, name: &str, value: &str) -> Self {
        self.upstream_check(Check::new(name, Value::Is(value.to_owned())))
    }

    /// Upstream gets no such field.
    #[must_use]
    pub fn upstream_lacks(self, name: &str) -> Self {
        self.upstream_check(Check::new(name, Value::Absent))
    }

    /// Upstream gets this path and query.
    #[must_use]
    pub fn upstream_path(mut self, expected: &str) -> Self {
        if let Upstream::Seen { path, .. } = &mut self.upstream {
            *path = Some(expected.to_owned());
        }
        self
    }

    /// Upstream gets this body.
    #[must_use]
    pub fn upstream_body(mut self, expected: impl AsRef<[u8]>) -> Self {
        if let Upstream::Seen { body, .. } = &mut self.upstream {
            *body = Some(expected.as_ref().to_vec());
        }
        self
    }

    fn upstream_check(mut self, check: Check) -> Self {
        match &mut self.upstream {
            Upstream::Seen { fields, .. } => fields.push(check),
            Upstream::Unseen => panic!("{}: upstream sees nothing of this request", check.name),
        }
        self
    }

    /// The status that must come.
    pub fn status_code(&self) -> u16 {
        self.status
    }

    /// Whether upstream must get the request.
    pub fn reaches_upstream(&self) -> bool {
        matches!(self.upstream, Upstream::Seen { .. })
    }

    /// How what came differs from this; empty when it does not.
    pub fn differences(&self, request: &Request, observed: &Observation, development: bool) -> Vec<String> {
        let response = &observed.response;
        let mut differences = Vec::new();
        if response.status != self.status {
            differences.push(format!("status {}, not {} {}", response.status, self.status, response.text()));
        }
        differences.extend(differing(&self.fields, &response.fields));
        if let Some(body) = &self.body
            && *body != response.body
        {
            differences.push(format!("body {:?}", response.text()));
        }
        let text = response.text();
        let unlike = self.body_like.iter().filter(|pattern| {
            !Regex::new(pattern).expect("a pattern of a scenario is right").is_match(&text)
        });
        differences.extend(unlike.map(|pattern| format!("body {text:?}, not like {pattern}")));
        if let Some(problem) = self.problem {
            differences.extend(problem_differences(problem, self.status, request, response, development));
        }
        differences.extend(self.upstream_differences(&observed.upstream, observed.upstream_bytes));
        differences.extend(leaks(observed));
        differences
    }

    fn upstream_differences(&self, seen: &[Seen], bytes: u64) -> Vec<String> {
        match (&self.upstream, seen) {
            (Upstream::Unseen, []) if bytes == 0 => Vec::new(),
            (Upstream::Unseen, seen) => vec![format!("upstream saw {bytes} bytes: {seen:?}")],
            (Upstream::Seen { fields, path, body }, [seen]) => {
                let mut differences = differing(fields, &seen.fields);
                if !seen.complete {
                    differences.push("the request to upstream was cut off".to_owned());
                }
                if let Some(path) = path.as_ref().filter(|path| **path != seen.path) {
                    differences.push(format!("upstream path {}, not {path}", seen.path));
                }
                if let Some(body) = body.as_ref().filter(|body| **body != seen.body) {
                    differences.push(format!(
                        "upstream body of {} bytes, not {}",
                        seen.body.len(),
                        body.len()
                    ));
                }
                differences.into_iter().map(|difference| format!("upstream: {difference}")).collect()
            }
            (Upstream::Seen { .. }, seen) => vec![format!("upstream saw {} requests, not 1", seen.len())],
        }
    }
}

impl Check {
    fn new(name: &str, value: Value) -> Self {
        Self { name: name.to_owned(), value }
    }
}

fn differing(checks: &[Check], fields: &Fields) -> Vec<String> {
    let difference = |check: &Check| {
        let value = fields.text(&check.name);
        let right = match (&check.value, &value) {
            (Value::Is(expected), Some(value)) => expected == value,
            (Value::Like(pattern), Some(value)) => Regex::new(&format!("^(?:{pattern})$"))
                .expect("a pattern of a scenario is right")
                .is_match(value),
            (Value::Absent, None) => true,
            (Value::Absent, Some(_)) | (_, None) => false,
        };
        (!right).then(|| match &check.value {
            Value::Is(expected) => format!("{} {value:?}, not {expected:?}", check.name),
            Value::Like(pattern) => format!("{} {value:?}, not like {pattern}", check.name),
            Value::Absent => format!("{} {value:?} should not be there", check.name),
        })
    };
    checks.iter().filter_map(difference).collect()
}

/// What every refusal must be: RFC 9457, with our members, and nothing of the inside in production.
fn problem_differences(
    name: &str,
    status: u16,
    request: &Request,
    response: &Response,
    development: bool,
) -> Vec<String> {
    let mut differences = Vec::new();
    let content_type = response.fields.text("content-type");
    if content_type.as_deref() != Some("application/problem+json") {
        differences.push(format!("content-type {content_type:?}"));
    }
    if request.method == "HEAD" {
        if !response.body.is_empty() {
            differences.push("an answer to HEAD has a body".to_owned());
        }
        return differences;
    }
    if response.problem().as_deref() != Some(name) {
        differences.push(format!("problem {}, not {name}", response.text()));
    }
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let texts = ["title", "request_id"].iter().filter(|member| !body[**member].is_string());
    differences.extend(texts.map(|member| format!("problem without {member}: {body}")));
    if body["status"] != status {
        differences.push(format!("problem of another status: {body}"));
    }
    if body["detail"].is_string() != development {
        differences.push(format!("a detail belongs to development and only there: {body}"));
    }
    differences
}

fn leaks(observed: &Observation) -> Vec<String> {
    let mut places = vec![("answer", format!("{:?}{}", observed.response.fields, observed.response.text()))];
    places
        .extend(observed.upstream.iter().map(|seen| ("upstream", format!("{:?}{}", seen.fields, seen.path))));
    let leaking = places.into_iter().filter(|(_, text)| holds_key(text));
    leaking.map(|(place, text)| format!("{place} has a key in it: {text}")).collect()
}
