//! `ip_allow` and `ip_deny`, global and of a tenant.

use super::by_acme;
use crate::fixture::{development, key};
use crate::scenario::{Scenario, admitted, get, refused};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let denied = || refused(403, "ip-denied");
    vec![
        Scenario::new(
            "a denied address is refused, with or without a key",
            development().set("/ip_deny", json!(["127.6.6.6", "127.7.0.0/16"])),
        )
        .step(by_acme("/v1/acme/x").from("127.6.6.6"), denied())
        .step(get("/v1/acme/x").from("127.6.6.6"), denied())
        .step(by_acme("/v1/acme/x").from("127.7.255.255").http2(), denied())
        .step(by_acme("/v1/acme/x").from("127.6.6.5"), admitted())
        .step(by_acme("/v1/acme/x").from("127.8.0.0"), admitted()),
        Scenario::new(
            "a client cannot choose its address",
            development().set("/ip_deny", json!(["127.6.6.6"])),
        )
        .step(by_acme("/v1/acme/x").from("127.6.6.6").field("x-forwarded-for", "127.0.0.1"), denied())
        .step(by_acme("/v1/acme/x").field("x-forwarded-for", "127.6.6.6"), admitted()),
        Scenario::new(
            "with an allow list all others are refused, and deny wins",
            development().set("/ip_allow", json!(["127.1.0.0/16"])).set("/ip_deny", json!(["127.1.2.3"])),
        )
        .step(by_acme("/v1/acme/x").from("127.1.2.4"), admitted())
        .step(by_acme("/v1/acme/x").from("127.1.2.3"), denied())
        .step(by_acme("/v1/acme/x").from("127.0.0.1"), denied()),
        Scenario::new(
            "addresses of both families, forwarded by a trusted proxy with port 0",
            development().set("/ip_deny", json!(["192.0.2.0/24", "2001:db8:bad::/48", "::1"])),
        )
        .step(by_acme("/v1/acme/x").forwarded_for("192.0.2.77"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("2001:db8:bad::1"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("::1"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("2001:db8:bad1::1"), admitted())
        .step(by_acme("/v1/acme/x").forwarded_for("198.51.100.1"), admitted()),
        Scenario::new(
            "::ffff:a.b.c.d is a.b.c.d, in the list and on the wire",
            development().set("/ip_deny", json!(["192.0.2.1", "::ffff:192.0.2.2"])),
        )
        .step(by_acme("/v1/acme/x").forwarded_for("::ffff:192.0.2.1"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("192.0.2.2"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("::ffff:192.0.2.3"), admitted()),
        Scenario::new(
            "a network holds its own family only, unless it is mapped",
            development().set("/ip_deny", json!(["::/0", "::ffff:192.0.2.0/120"])),
        )
        .step(by_acme("/v1/acme/x").forwarded_for("2001:db8::1"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("192.0.2.9"), denied())
        .step(by_acme("/v1/acme/x").forwarded_for("198.51.100.9"), admitted()),
        Scenario::new(
            "a tenant's lists are for its keys only",
            development()
                .set("/tenants/0/ip_allow", json!(["127.1.0.0/16"]))
                .set("/tenants/1/ip_deny", json!(["127.1.0.0/16"])),
        )
        .step(by_acme("/v1/acme/x").from("127.1.0.1"), admitted())
        .step(by_acme("/v1/acme/x").from("127.2.0.1"), denied())
        .step(get("/v1/globex/x").field("x-api-key", key("globex-live")).from("127.1.0.1"), denied())
        .step(get("/v1/globex/x").field("x-api-key", key("globex-live")).from("127.2.0.1"), admitted()),
    ]
}
