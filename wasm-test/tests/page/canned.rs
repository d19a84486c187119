//! A stand-in for Tollgate's admin calls: the page as it is shipped, and figures that a test makes up, so that what no
//! filter would say can be said too.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tollgate::admin::page;

/// The key that is right to begin with.
pub(crate) const KEY: &str = "tgk_the-admin-key-of-this-test";

/// It stops when dropped.
pub(crate) struct Canned {
    address: String,
    said: Arc<Mutex<Said>>,
    _runtime: Runtime,
}

/// What it says, and was asked.
pub(crate) struct Said {
    /// The admin key.
    pub(crate) key: String,
    /// The answer to `stats`.
    pub(crate) stats: Value,
    /// The records, oldest first.
    pub(crate) records: Vec<Value>,
    /// Answered to every call instead: a status and a body.
    pub(crate) trouble: Option<(u16, &'static str)>,
    /// The tenants that were to be erased.
    pub(crate) erasures: Vec<String>,
    /// The calls, with their queries.
    pub(crate) calls: Vec<String>,
}

impl Canned {
    /// Listens on a free port of the loopback.
    pub(crate) fn start(stats: Value, records: Vec<Value>) -> Self {
        let said = Said {
            key: KEY.to_owned(),
            stats,
            records,
            trouble: None,
            erasures: Vec::new(),
            calls: Vec::new(),
        };
        let said = Arc::new(Mutex::new(said));
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = format!("http://{}/tollgate/", listener.local_addr().expect("it is bound"));
        runtime.spawn(accept(listener, said.clone()));
        Self { address, said, _runtime: runtime }
    }

    /// Where the page is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What it says from now on, and was asked so far.
    pub(crate) fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().expect("no test panics with it in its hands")
    }
}

async fn accept(listener: TcpListener, said: Arc<Mutex<Said>>) {
    while let Ok((socket, _)) = listener.accept().await {
        let said = said.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = said.lock().expect("no test panics with it in its hands").answer(&request);
                async { Ok::<_, Infallible>(answer) }
            });
            drop(
                auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(socket), service)
                    .await,
            );
        });
    }
}

type Answer = Response<Full<Bytes>>;

impl Said {
    fn answer(&mut self, request: &Request<Incoming>) -> Answer {
        let path = request.uri().path().strip_prefix("/tollgate/");
        if path == Some("") {
            return page_answer();
        }
        let presented = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if let Some((status, body)) = self.trouble {
            return answer(status, "application/problem+json", body);
        }
        if presented != Some(&format!("Bearer {}", self.key)) {
            return answer(401, "application/problem+json", r#"{"title": "The admin key is not good"}"#);
        }
        self.calls.push(request.uri().path_and_query().map(ToString::to_string).unwrap_or_default());
        match (request.method(), path) {
            (&Method::GET, Some("stats")) => answer(200, "application/json", &self.stats.to_string()),
            (&Method::GET, Some("audit")) => {
                let lines = self.records.iter().map(|record| format!("{record}\n"));
                answer(200, "application/x-ndjson", &lines.collect::<String>())
            }
            (&Method::DELETE, Some(path)) => self.erase(path),
            _ => answer(404, "application/problem+json", "{}"),
        }
    }

    fn erase(&mut self, path: &str) -> Answer {
        let tenant = path.strip_prefix("tenants/").and_then(|rest| rest.strip_suffix("/data"));
        self.erasures.push(tenant.unwrap_or(path).to_owned());
        let erased = json!({"audit_records": 1234, "counters": 5, "violations": 1, "buckets": 2});
        answer(200, "application/json", &json!({"tenant": tenant, "erased": erased}).to_string())
    }
}

fn page_answer() -> Answer {
    let page = page::document();
    let mut answer = answer(401, "text/html; charset=utf-8", &page.html);
    let policy = page.security_policy.parse().expect("a field value");
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer
}

fn answer(status: u16, content_type: &'static str, body: &str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body.to_owned())));
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status");
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    answer
}
