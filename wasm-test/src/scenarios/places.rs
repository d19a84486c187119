//! Where a key may stand, and that no copy of it goes on.

use super::by_acme;
use crate::fixture::{development, key};
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    [four_places(), queries(), cookies(), authorization(), copies(), two_keys(), configured()].concat()
}

fn four_places() -> Vec<Scenario> {
    let k = key("acme-live");
    let opened = || {
        admitted()
            .upstream_lacks("x-api-key")
            .upstream_lacks("authorization")
            .upstream_lacks("cookie")
            .upstream_path("/v1/acme/x")
    };
    let places = [
        get("/v1/acme/x").field("X-API-Key", &k),
        get("/v1/acme/x").field("x-api-key", format!(" {k}\t")),
        get("/v1/acme/x").field("authorization", format!("Bearer {k}")),
        get(&format!("/v1/acme/x?api_key={k}")),
        get("/v1/acme/x").field("cookie", format!("api_key={k}")),
    ];
    let script = Scenario::new("a key opens from each of its four places, and is gone behind", development());
    let script = places.into_iter().fold(script, |script, request| {
        script.step(request.clone(), opened()).step(request.http2(), opened())
    });
    vec![script]
}

fn queries() -> Vec<Scenario> {
    let k = key("acme-live");
    let escaped: String = k.bytes().map(|byte| format!("%{byte:02x}")).collect();
    vec![
        Scenario::new("a key in the query is read as a form is, and all else stays as it was", development())
            .step(
                get(&format!("/v1/acme/x?api_key={escaped}&q=1")),
                admitted().upstream_path("/v1/acme/x?q=1"),
            )
            .step(
                get(&format!("/v1/acme/x?a=%20b&api_key={k}&c=+d")),
                admitted().upstream_path("/v1/acme/x?a=%20b&c=+d"),
            )
            .step(get(&format!("/v1/acme/x?api%5fkey={k}&z")), admitted().upstream_path("/v1/acme/x?z"))
            .step(get(&format!("/v1/acme/x?z&api_key={k}")), admitted().upstream_path("/v1/acme/x?z"))
            .step(
                get(&format!("/v1/acme/x?api_key={k}&api_key={escaped}")),
                admitted().upstream_path("/v1/acme/x"),
            )
            .step(get("/v1/acme/x?api_key="), refused(401, "missing-api-key"))
            .step(get(&format!("/v1/acme/x?my_api_key={}", "0")), refused(401, "missing-api-key"))
            .step(get("/v1/acme/x?api_key=%zz"), refused(401, "invalid-api-key")),
    ]
}

fn cookies() -> Vec<Scenario> {
    let k = key("acme-live");
    let crumbs = get("/v1/acme/x")
        .http2()
        .field("cookie", "a=1")
        .field("cookie", format!("api_key={k}"))
        .field("cookie", "b=2");
    vec![
        Scenario::new("a key in a cookie is found among others, which stay", development())
            .step(
                get("/v1/acme/x").field("cookie", format!(" api_key={k} ;a=1")),
                admitted().upstream_field("cookie", "a=1"),
            )
            .step(
                get("/v1/acme/x").field("cookie", format!("a=1; api_key={k}; b=2")),
                admitted().upstream_field("cookie", "a=1; b=2"),
            )
            .step(
                get("/v1/acme/x").field("cookie", format!("api_key=\"{k}\"")),
                admitted().upstream_lacks("cookie"),
            )
            .step(crumbs, admitted().upstream_field("cookie", "a=1; b=2"))
            .step(
                get("/v1/acme/x").field("cookie", "a=1").field("cookie", format!("api_key={k}")),
                admitted().upstream_field("cookie", "a=1"),
            )
            .step(
                get("/v1/acme/x").field("cookie", format!("xapi_key={k}", k = "0")),
                refused(401, "missing-api-key"),
            ),
    ]
}

fn authorization() -> Vec<Scenario> {
    let k = key("acme-live");
    vec![
        Scenario::new("a Bearer key is found beside other schemes, which stay", development())
            .step(
                get("/v1/acme/x").field("authorization", format!("bearer  {k} ")),
                admitted().upstream_lacks("authorization"),
            )
            .step(
                get("/v1/acme/x").field("authorization", format!("Basic x,Bearer {k}")),
                admitted().upstream_field("authorization", "Basic x"),
            )
            .step(
                get("/v1/acme/x")
                    .field("authorization", "Basic x")
                    .field("authorization", format!("Bearer {k}")),
                admitted().upstream_field("authorization", "Basic x"),
            )
            .step(
                by_acme("/v1/acme/x").field("authorization", "Basic dXNlcjpwYXNz"),
                admitted().upstream_field("authorization", "Basic dXNlcjpwYXNz"),
            )
            .step(
                get("/v1/acme/x").field("authorization", "Basic dXNlcjpwYXNz"),
                refused(401, "missing-api-key"),
            )
            .step(get("/v1/acme/x").field("authorization", "Bearer"), refused(401, "missing-api-key"))
            .step(
                get("/v1/acme/x").field("authorization", format!("Bearer{k}")),
                refused(401, "missing-api-key"),
            ),
    ]
}

fn copies() -> Vec<Scenario> {
    let k = key("acme-live");
    let everywhere = get(&format!("/v1/acme/x?api_key={k}&q=1"))
        .field("x-api-key", &k)
        .field("x-api-key", &k)
        .field("authorization", format!("Bearer {k}"))
        .field("cookie", format!("api_key={k}; a=1"));
    let gone = admitted()
        .upstream_lacks("x-api-key")
        .upstream_lacks("authorization")
        .upstream_field("cookie", "a=1")
        .upstream_path("/v1/acme/x?q=1");
    vec![
        Scenario::new("one key in all places at once is one key, and every copy is removed", development())
            .step(everywhere.clone(), gone.clone())
            .step(everywhere.http2(), gone),
    ]
}

fn two_keys() -> Vec<Scenario> {
    let (ours, theirs) = (key("acme-live"), key("globex-live"));
    let ambiguous = || refused(400, "ambiguous-api-key").no_field("www-authenticate");
    let requests = [
        get("/v1/acme/x").field("x-api-key", &ours).field("x-api-key", &theirs),
        get("/v1/acme/x").field("x-api-key", &ours).field("authorization", format!("Bearer {theirs}")),
        get("/v1/acme/x")
            .field("authorization", format!("Bearer {ours}"))
            .field("authorization", format!("Bearer {theirs}")),
        get(&format!("/v1/acme/x?api_key={ours}")).field("x-api-key", &theirs),
        get(&format!("/v1/acme/x?api_key={ours}&api_key={theirs}")),
        get("/v1/acme/x").field("cookie", format!("api_key={ours}; api_key={theirs}")),
        get("/v1/acme/x").field("x-api-key", &ours).field("x-api-key", "no such key"),
        get("/v1/acme/x").field("x-api-key", format!("{ours},{theirs}")),
    ];
    let script = Scenario::new("two different keys are refused, wherever they stand", development());
    let script = requests.into_iter().fold(script, |script, request| {
        script.step(request.clone(), ambiguous()).step(request.http2(), ambiguous())
    });
    vec![script]
}

fn configured() -> Vec<Scenario> {
    let k = key("acme-live");
    vec![
        Scenario::new("by default only x-api-key is looked at", development().set("/api_keys", json!({})))
            .step(by_acme("/v1/acme/x"), admitted())
            .step(
                get(&format!("/v1/acme/x?api_key={k}")),
                refused(401, "missing-api-key").field("www-authenticate", "ApiKey realm=\"tollgate\""),
            )
            .step(
                get("/v1/acme/x").field("authorization", format!("Bearer {k}")),
                refused(401, "missing-api-key"),
            ),
        Scenario::new(
            "a place can have another name",
            development().set(
                "/api_keys/sources",
                json!([{"header": "X-Partner-Key"}, {"header": "authorization", "scheme": "ApiKey"}]),
            ),
        )
        .step(get("/v1/acme/x").field("x-partner-key", &k), admitted().upstream_lacks("x-partner-key"))
        .step(
            get("/v1/acme/x").field("authorization", format!("ApiKey {k}")),
            admitted().upstream_lacks("authorization"),
        )
        .step(
            get("/v1/acme/x").field("authorization", format!("Bearer {k}")),
            refused(401, "missing-api-key"),
        ),
    ]
}
