//! The native command, as an operator runs it.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Runs the command with standard input, and with the variables given and no others of ours.
fn tollgate(arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(arguments)
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command was built");
    let mut stdin = child.stdin.take().expect("it was piped");
    // A command that refuses its arguments does not read its input.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends by itself")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("it prints UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("it prints UTF-8")
}

fn lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

/// A file that goes away with the test.
struct Written(std::path::PathBuf);

impl Written {
    fn new(name: &str, text: &str) -> Self {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("the target directory can be written to");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

const DEVELOPMENT: &str = r#"{"environment": "development",
    "tenants": [{"id": "acme", "keys": [{"id": "k1", "env": "ACME_KEY"}],
        "namespaces": [{"path": "/v1/acme/"}], "redaction": {"mode": "strict"}}]}"#;

#[test]
fn a_new_key_is_good_at_once_and_only_its_digest_is_in_the_entry() {
    let made = tollgate(&["keygen", "--tenant", "acme", "--days", "30"], "", &[]);
    assert!(made.status.success());
    let (key, entry) = stdout(&made).split_once('\n').expect("the key, then its entry");
    assert!(key.starts_with("tg_") && key.len() == 50, "{key}");
    assert!(!entry.contains(key));
    let entry: Value = serde_json::from_str(entry).expect("the entry is JSON");

    let hashed = tollgate(&["hash"], &format!("{key}\n"), &[]);
    assert_eq!(stdout(&hashed).trim_end(), entry["sha256"]);

    let config = json!({"require_https": true, "tenants": [{"id": "acme", "keys": [entry]}]}).to_string();
    let checked = tollgate(&["check", "-"], &config, &[]);
    assert_eq!(stdout(&checked), "ok: 1 tenants, 1 keys\n");
    let config = Written::new("keygen.json", &config);
    let request = format!("GET / HTTP/1.1\r\nx-api-key: {key}\r\n\r\n");
    let explained = tollgate(&["explain", config.path(), "-"], &request, &[]);
    assert!(stdout(&explained).contains("verdict  allowed"), "{}", stdout(&explained));
    assert!(!stdout(&explained).contains(key));
}

#[test]
fn two_keys_are_never_the_same() {
    let key = || stdout(&tollgate(&["keygen", "--tenant", "a"], "", &[])).lines().next().map(str::to_owned);
    assert_ne!(key(), key());
}

#[test]
fn what_cannot_be_a_key_is_refused_with_a_reason() {
    let empty = tollgate(&["hash"], "\n", &[]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(stderr(&empty).contains("there is no key"));
    let tenant = tollgate(&["keygen", "--tenant", "Acme Inc"], "", &[]);
    assert_eq!(tenant.status.code(), Some(2));
    assert!(stderr(&tenant).contains("$.tenants[0].id: must match"), "{}", stderr(&tenant));
}

#[test]
fn check_prints_every_problem_and_fails() {
    let wrong =
        r#"{"tenats": [], "tenants": [{"id": "acme", "keys": [{"id": "k", "plaintext": "s3cret"}]}]}"#;
    let checked = tollgate(&["check", "-"], wrong, &[]);
    assert_eq!(checked.status.code(), Some(1));
    let found: Vec<&str> = stdout(&checked).lines().collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("$.tenats: unknown field; did you mean `tenants`?"), "{found:?}");
    assert!(
        found[1].starts_with("$.tenants[0].keys[0].plaintext: is not allowed in production"),
        "{found:?}"
    );
    assert!(!stdout(&checked).contains("s3cret"));
    assert_eq!(tollgate(&["check", "no/such/file"], "", &[]).status.code(), Some(2));
}

#[test]
fn check_reads_the_environment_or_is_told_not_to() {
    let config = r#"{"tenants": [{"id": "acme", "keys": [{"id": "k", "env": "SOME_UNSET_KEY"}]}]}"#;
    assert_eq!(tollgate(&["check", "-"], config, &[]).status.code(), Some(1));
    assert_eq!(tollgate(&["check", "-"], config, &[("SOME_UNSET_KEY", "x")]).status.code(), Some(0));
    assert_eq!(tollgate(&["check", "-", "--assume-env"], config, &[]).status.code(), Some(0));
}

#[test]
fn explain_says_what_and_why() {
    let config = Written::new("explain.json", DEVELOPMENT);
    let explain =
        |request: &str| tollgate(&["explain", config.path(), "-"], request, &[("ACME_KEY", "acme-key")]);

    let refused = explain("GET /v1/globex/x HTTP/1.1\r\nx-api-key: acme-key\r\n\r\n");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stdout(&refused).starts_with("verdict  refused, 403 namespace-denied\nwhy      "),
        "{}",
        stdout(&refused)
    );

    let request = "POST /v1/acme/x HTTP/1.1\r\nx-api-key: acme-key\r\n\r\nwrite to jo@example.org";
    let allowed = explain(request);
    assert_eq!(allowed.status.code(), Some(0));
    for line in [
        "upstream without x-api-key",
        "upstream x-tollgate-tenant: acme",
        "upstream gets the body write to [EMAIL]",
        "text     23 characters, 0 URLs, 0 phones, 1 emails, 0 cards",
    ] {
        assert!(stdout(&allowed).contains(line), "{line}: {}", stdout(&allowed));
    }
}

#[test]
fn the_schema_is_one_and_knows_every_field() {
    let schema: Value =
        serde_json::from_str(stdout(&tollgate(&["schema"], "", &[]))).expect("a JSON document");
    assert_eq!(schema["required"], json!(["tenants"]));
    assert_eq!(schema["additionalProperties"], json!(false));
    for field in [
        "environment",
        "api_keys",
        "rate_limit",
        "waf",
        "input",
        "redaction",
        "identity_headers",
        "audit",
        "admin",
    ] {
        assert!(schema["properties"][field].is_object(), "{field}");
    }
}

#[test]
fn scan_finds_counts_and_redacts() {
    let text =
        json!({"text": "\u{e9} jo@example.org, +1 202 555 0143, https://a.example/x, 4111 1111 1111 1111"});
    let json =
        json!({"body_b64": "eyJhIjoiam9cdTAwNDBleGFtcGxlLm9yZyJ9", "content_type": "application/json"});
    let bad = json!({"body_b64": "/w=="});
    let scanned = tollgate(&["scan"], &format!("{text}\n{json}\n{bad}\n"), &[]);
    let found = lines(&scanned);
    assert_eq!(
        found[0],
        json!({"urls": 1, "phones": 1, "emails": 1, "cards": 1, "chars": 75, "reject": null,
            "spans": [
                {"type": "EMAIL", "start": 2, "end": 16},
                {"type": "PHONE", "start": 18, "end": 33},
                {"type": "URL", "start": 35, "end": 54},
                {"type": "CREDIT_CARD", "start": 56, "end": 75},
            ],
            "redacted": "\u{e9} [EMAIL], [PHONE], https://a.example/x, [CREDIT_CARD]"})
    );
    assert_eq!(found[1]["redacted"], r#"{"a":"[EMAIL]"}"#);
    assert_eq!(found[2]["reject"], "invalid-utf8");
    let wrong = tollgate(&["scan"], "{\"txt\": 1}\n", &[]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("line 1: must be"), "{}", stderr(&wrong));
}

#[test]
fn scan_refuses_by_the_limits_of_a_configuration() {
    let config = Written::new(
        "scan.json",
        r#"{"environment": "development", "tenants": [], "waf": {"max_urls": 1}, "redaction": {"operator": "mask", "phone_regions": ["DE"]}}"#,
    );
    let text = json!({"text": "http://a.example http://b.example, Tel. 030 901820, jo@example.org"});
    let found = lines(&tollgate(&["scan", "--config", config.path()], &text.to_string(), &[]));
    assert_eq!((&found[0]["reject"], &found[0]["phones"]), (&json!("too-many-urls"), &json!(1)));
    assert_eq!(found[0]["redacted"], "http://a.example http://b.example, Tel. ******1820, **********.org");
}
