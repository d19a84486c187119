use serde_json::{Value, json};

use super::*;
use crate::rate_limit::{Bucket, Quota};
use crate::time::UnixNanos;

fn audience(environment: Environment, request_id: Option<&[u8]>) -> Audience<'_> {
    Audience { environment, bearer: true, request_id }
}

fn production(denial: Denial) -> Reply {
    reply(denial, audience(Environment::Production, Some(b"3f1c-9")))
}

fn body(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

fn header<'r>(reply: &'r Reply, name: &str) -> Option<&'r str> {
    reply.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_problem_is_of_rfc_9457() {
    let reply = production(Denial::NamespaceDenied);
    assert_eq!(header(&reply, "content-type"), Some("application/problem+json"));
    assert_eq!(header(&reply, "cache-control"), Some("no-store"));
    assert_eq!(
        body(&reply),
        json!({
            "type": "urn:tollgate:problem:namespace-denied",
            "title": "The API key is not good for this path or method",
            "status": 403,
            "request_id": "3f1c-9",
        })
    );
}

#[test]
fn production_does_not_tell_an_expired_key_from_a_wrong_one() {
    assert_eq!(production(Denial::ExpiredApiKey), production(Denial::InvalidApiKey));
    let development = reply(Denial::ExpiredApiKey, audience(Environment::Development, None));
    assert_eq!(body(&development)["type"], "urn:tollgate:problem:expired-api-key");
    assert_eq!(body(&development)["detail"], "The key's not_after is over.");
}

#[test]
fn a_401_challenges() {
    let missing = production(Denial::MissingApiKey);
    assert_eq!(
        header(&missing, "www-authenticate"),
        Some("Bearer realm=\"tollgate\", ApiKey realm=\"tollgate\"")
    );
    let invalid = production(Denial::InvalidApiKey);
    assert!(header(&invalid, "www-authenticate").unwrap().contains("error=\"invalid_token\""));
}

#[test]
fn a_429_says_when_to_come_back() {
    let quota = Quota::new(1, 1).unwrap();
    let (_, empty) = Bucket::full(quota, UnixNanos(0)).take(quota, UnixNanos(0));
    let (answer, _) = empty.take(quota, UnixNanos(0));
    let reply = production(Denial::RateLimited { quota, answer });
    assert_eq!(reply.status, 429);
    assert_eq!(header(&reply, "retry-after"), Some("1"));
    assert_eq!(header(&reply, "ratelimit"), Some("\"default\";r=0;t=1"));
    assert_eq!(header(&reply, "ratelimit-policy"), Some("\"default\";q=1;w=1"));
}

#[test]
fn request_ids_that_could_harm_are_left_out() {
    for id in [&b""[..], b"a\r\nb", b"<script>", b"a b", b"\xff", &[b'a'; 129]] {
        let reply = reply(Denial::IpDenied, audience(Environment::Production, Some(id)));
        assert_eq!(body(&reply).get("request_id"), None);
    }
}
