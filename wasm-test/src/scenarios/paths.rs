//! Paths that two servers may read in two ways: no namespace is left by them.

use super::by_acme;
use crate::fixture::development;
use crate::scenario::{Scenario, admitted, refused};

pub(super) fn scenarios() -> Vec<Scenario> {
    let outside = || refused(403, "namespace-denied");
    let tricks = [
        "/v1/acme/../globex/x",
        "/v1/acme/..",
        "/v1/acme/./x",
        "/v1/acme/%2e%2e/globex/x",
        "/v1/acme/%2E./globex/x",
        "/v1/acme/.%2e/globex/x",
        "/v1/acme/..%2fglobex/x",
        "/v1/acme/x%2f..%2f..%2fglobex",
        "/v1/acme/%2fglobex",
        "/v1/acme/..%5cglobex/x",
        "/v1/acme/%5c..%5cglobex",
        "/v1/acme/..;/globex/x",
        "/v1/acme/..;a=b/globex/x",
        "/v1/acme/%2e%2e;/globex/x",
        "/v1/acme//x",
        "//v1/acme/x",
        "/v1//acme/x",
        "/v1/acme/%252e%252e/globex/x",
        "/v1/acme/..%252fglobex",
        "/v1/acme/%c0%ae%c0%ae/globex",
        "/v1/acme/%c0%afglobex",
        "/v1/acme/x%00",
        "/v1/acme/%zz",
        "/v1/acme/%",
        "/v1/acme/%ef%bc%8e%ef%bc%8e/x",
        "/v1/ac%6de/../globex",
    ];
    let script = Scenario::new("a path that can be read in two ways is in no namespace", development());
    let script = tricks.iter().fold(script, |script, trick| {
        script.step(by_acme(trick), outside()).step(by_acme(trick).http2(), outside())
    });
    vec![
        script
            .step(by_acme("/v1/acme/\\..\\globex"), outside())
            .step(by_acme("/v1/acme\\..\\globex"), outside()),
        Scenario::new("names with dots, dashes and escaped letters are no tricks", development())
            .step(by_acme("/v1/acme/report.v1.2.pdf"), admitted().upstream_path("/v1/acme/report.v1.2.pdf"))
            .step(by_acme("/v1/acme/...x"), admitted())
            .step(
                by_acme("/v1/acme/caf%C3%A9%20au%20lait"),
                admitted().upstream_path("/v1/acme/caf%C3%A9%20au%20lait"),
            )
            .step(by_acme("/v1/acme/a;version=2"), admitted())
            .step(by_acme("/v1/acme/100%25"), admitted())
            .step(by_acme("/v1/acme/~user/a@b:c"), admitted()),
    ]
}
