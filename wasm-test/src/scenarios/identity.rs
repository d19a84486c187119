//! Who the caller is, said to upstream by the filter and by nobody else.

use super::by_acme;
use crate::fixture::development;
use crate::scenario::{Scenario, admitted};
use serde_json::json;

pub(super) fn scenarios() -> Vec<Scenario> {
    let acme = || {
        admitted()
            .upstream_field("x-tollgate-tenant", "acme")
            .upstream_field("x-tollgate-key-id", "acme-live")
    };
    let spoofs = [
        by_acme("/v1/acme/x").field("x-tollgate-tenant", "globex"),
        by_acme("/v1/acme/x").field("X-Tollgate-Tenant", "globex").field("x-tollgate-tenant", "admin"),
        by_acme("/v1/acme/x").field("x-tollgate-key-id", "globex-live"),
    ];
    let alike = [
        by_acme("/v1/acme/x").field("x_tollgate_tenant", "globex"),
        by_acme("/v1/acme/x").field("x-tollgate_tenant", "globex").field("X_Tollgate-Key_Id", "root"),
    ];
    let script = Scenario::new(
        "an identity that a client claims is removed, and the true one set once",
        development(),
    );
    let script = spoofs
        .into_iter()
        .fold(script, |script, spoof| script.step(spoof.clone(), acme()).step(spoof.http2(), acme()));
    let unlike = || {
        acme()
            .upstream_lacks("x_tollgate_tenant")
            .upstream_lacks("x-tollgate_tenant")
            .upstream_lacks("x_tollgate-key_id")
    };
    let script = alike
        .into_iter()
        .fold(script, |script, spoof| script.step(spoof.clone(), unlike()).step(spoof.http2(), unlike()));
    vec![
        script,
        Scenario::new(
            "the names can be others",
            development().set("/identity_headers", json!({"tenant": "x-customer", "key": "x-credential"})),
        )
        .step(
            by_acme("/v1/acme/x").field("x-customer", "globex").field("x_credential", "root"),
            admitted()
                .upstream_field("x-customer", "acme")
                .upstream_field("x-credential", "acme-live")
                .upstream_lacks("x_credential")
                .upstream_lacks("x-tollgate-tenant"),
        ),
    ]
}
