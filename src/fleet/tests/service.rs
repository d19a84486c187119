//! The Rate Limit Service as its source has it (`src/redis/fixed_cache_impl.go`), in memory.

use std::collections::BTreeMap;

use super::super::message::{Fields, Value, put_bytes, put_number};
use crate::time::UnixNanos;

#[derive(Default)]
pub(super) struct Service {
    counts: BTreeMap<String, u64>,
    /// `STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT`.
    pub(super) stops_when_over: bool,
    /// Whether it knows no domain.
    pub(super) knows_nothing: bool,
    pub(super) calls: usize,
}

struct Asked {
    counter: String,
    limit: u64,
    hits: u64,
}

impl Service {
    pub(super) fn should_rate_limit(&mut self, request: &[u8], now: UnixNanos) -> Vec<u8> {
        self.calls += 1;
        let asked: Vec<Asked> = fields(request)
            .into_iter()
            .filter_map(|(field, value)| match (field, value) {
                (2, Value::Bytes(descriptor)) => Some(Asked::parse(descriptor, now)),
                _ => None,
            })
            .collect();
        let is_over = |service: &Self, a: &Asked| service.count(&a.counter) + a.hits > a.limit;
        let any_over = self.stops_when_over && asked.iter().any(|a| is_over(self, a));
        let mut response = Vec::new();
        for a in &asked {
            let counted = !any_over || is_over(self, a);
            let count = self.counts.entry(a.counter.clone()).or_default();
            *count += if counted { a.hits } else { 0 };
            put_bytes(&mut response, 2, &self.status(*self.counts.get(&a.counter).unwrap(), a.limit));
        }
        response
    }

    fn status(&self, count: u64, limit: u64) -> Vec<u8> {
        let mut status = Vec::new();
        let over = !self.knows_nothing && count > limit;
        put_number(&mut status, 1, if over { 2 } else { 1 });
        if !self.knows_nothing {
            let mut current = Vec::new();
            put_number(&mut current, 1, limit);
            put_bytes(&mut status, 2, &current);
            put_number(&mut status, 3, limit.saturating_sub(count));
        }
        status
    }

    fn count(&self, counter: &str) -> u64 {
        self.counts.get(counter).copied().unwrap_or_default()
    }
}

impl Asked {
    fn parse(descriptor: &[u8], now: UnixNanos) -> Self {
        let mut asked = Self { counter: String::new(), limit: 0, hits: 1 };
        for (field, value) in fields(descriptor) {
            let Value::Bytes(bytes) = value else { panic!("{field}") };
            match field {
                1 => {
                    let parts = fields(bytes).into_iter().map(|(_, part)| text(part));
                    asked.counter += &format!("{}_", parts.collect::<Vec<_>>().join("="));
                }
                2 => {
                    asked.limit = number(bytes, 1);
                    let seconds = match number(bytes, 2) {
                        1 => 1,
                        4 => 86_400,
                        unit => panic!("unit {unit}"),
                    };
                    asked.counter += &(now.seconds().0 / seconds * seconds).to_string();
                }
                3 => asked.hits = number(bytes, 1),
                other => panic!("a descriptor has no field {other}"),
            }
        }
        asked
    }
}

fn fields(message: &[u8]) -> Vec<(u64, Value<'_>)> {
    Fields(message).map(|field| field.expect("a field")).collect()
}

fn number(message: &[u8], wanted: u64) -> u64 {
    let found = fields(message).into_iter().find(|(field, _)| *field == wanted);
    match found {
        Some((_, Value::Number(number))) => number,
        _ => 0,
    }
}

fn text(value: Value<'_>) -> String {
    let Value::Bytes(bytes) = value else { panic!("a text") };
    String::from_utf8(bytes.to_vec()).unwrap()
}
