//! A configuration made of a template and the environment.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder that goes away with the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
                .expect("the target directory can be written to"),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("the folder can be written to");
        path
    }
}

/// Renders with these variables and no others.
fn render(template: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("render")
        .arg(template)
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .expect("the command was built")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("it prints UTF-8")
}

fn document(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    serde_norway::from_slice(&output.stdout).expect("it prints YAML")
}

/// A bootstrap with nothing in it that the doctor would mind, around what is to be tried.
fn bootstrap(rest: &str) -> String {
    format!("static_resources: {{}}\nnode:\n{rest}")
}

#[test]
fn values_stay_in_their_places() {
    let folder = Folder::new();
    let template =
        folder.write("t.yaml", &bootstrap("  id: ${ID}\n  cluster: 'a-${ID:-x}-$${ID}-${UNSET:-b: c}'\n"));
    // What would be something else to a YAML parser.
    for value in [
        "no", "y", "~", "null", "010", "1e3", "0x1F", "12:30:45", "- a", "a: b", "a # b", "[a]", "{a: b}",
        "\"", "'", "\\n", "*a", "&a", "!int 1", "| x", "%a", "@a", "`a`", " a ", "\u{2028}", "e\u{301}",
        "<<", ".inf",
    ] {
        let rendered = document(&render(&template, &[], &[("ID", value)]));
        let cluster = format!("a-{value}-${{ID}}-b: c");
        assert_eq!(rendered, json!({"static_resources": {}, "node": {"id": value, "cluster": cluster}}));
    }
}

/// Envoy's YAML parser takes a plain `no` for a boolean, so no text may be plain.
#[test]
fn every_text_is_quoted() {
    let folder = Folder::new();
    let template = folder.write("t.yaml", &bootstrap("  id: ${ID}\n  cluster: 'off'\n"));
    let rendered = render(&template, &[], &[("ID", "no")]);
    let name = template.display();
    assert_eq!(
        text(&rendered.stdout),
        format!(
            "# Made by `tollgate render` of {name}; edit that.\nstatic_resources: {{}}\nnode:\n  id: \"no\"\n  cluster: \"off\"\n"
        )
    );
}

#[test]
fn numbers_lists_and_files_are_what_they_are_said_to_be() {
    let folder = Folder::new();
    let file = "{\n  \"a\": \"$X\",\n\n  \"b\": 1\n}\n";
    folder.write("plugin.json", file);
    let template = folder.write(
        "t.yaml",
        &bootstrap(
            "  id: !int ${PORT:-8443}\n  \
               user_agent_name: !file ${FILE:-plugin.json}\n  \
               listening_addresses: !each\n    of: ${LIST:-}\n    item: { exact: \"${item}\", of: [\"x-${item}\"] }\n",
        ),
    );
    let node = |variables: &[(&str, &str)]| document(&render(&template, &[], variables))["node"].clone();
    assert_eq!(node(&[]), json!({"id": 8443, "user_agent_name": file, "listening_addresses": []}));
    let list = node(&[("LIST", "https://a.example, b"), ("PORT", "1")]);
    assert_eq!(list["id"], 1);
    assert_eq!(
        list["listening_addresses"],
        json!([{"exact": "https://a.example", "of": ["x-https://a.example"]}, {"exact": "b", "of": ["x-b"]}])
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_nothing_written() {
    let folder = Folder::new();
    folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
    let template = folder.write(
        "t.yaml",
        &bootstrap(
            "  a: ${MISSING}\n  \
               b: ${EMPTY}\n  \
               c: ${not a name}\n  \
               d: ${OPEN\n  \
               e: ${item}\n  \
               f: !int ${WORD}\n  \
               g: !each { of: \"${LIST}\", item: x }\n  \
               h: !each [a]\n  \
               i: !file key.pem\n  \
               j: !file no-such-file\n  \
               k: !env X\n  \
               l: ${PASSED}\n  \
               m: ${DB_PASSWORD}\n  \
               n: ${PEM}\n  \
               o: ${LINES}\n  \
               p: '{\"a\": \"${WORD}\"}'\n  \
               ${WORD}: q\n  \
               host_env_keys: [PASSED]\n",
        ),
    );
    let output = folder.path("out.yaml");
    let variables = [
        ("EMPTY", ""),
        ("WORD", "word-s3cret"),
        ("LIST", "a,,b"),
        ("PASSED", "s3cret"),
        ("DB_PASSWORD", "s3cret"),
        ("PEM", "-----BEGIN EC PRIVATE KEY-----"),
        ("LINES", "a\nadmin: s3cret"),
    ];
    let rendered = render(&template, &["--output", output.to_str().expect("UTF-8")], &variables);
    assert_eq!(rendered.status.code(), Some(1));
    assert!(rendered.stdout.is_empty());
    let said: Vec<&str> = text(&rendered.stderr).lines().collect();
    let expected = [
        "$.node.a: MISSING is not set; set it, or write ${MISSING:-default}",
        "$.node.b: EMPTY is not set; set it, or write ${EMPTY:-default}",
        "$.node.c: a placeholder is ${NAME} or ${NAME:-default}; $${ stands for ${",
        "$.node.d: a placeholder is ${NAME} or ${NAME:-default}; $${ stands for ${",
        "$.node.e: ${item} stands outside of !each",
        "$.node.f: ${WORD} is not a whole number",
        "$.node.g: ${LIST} has an empty part; is there a comma too many?",
        "$.node.h: !each is followed by two fields",
        "$.node.i: ",
        "$.node.j: cannot read ",
        "$.node.k: !env is none of !int, !each and !file",
        "$.node.l: PASSED is a secret of the filter's",
        "$.node.m: DB_PASSWORD is a secret by its name",
        "$.node.n: PEM holds a private key",
        "$.node.o: LINES holds a line end or another control character",
        "$.node.p: a placeholder must not stand in JSON text",
        "$.node.${WORD}: a placeholder must not stand in the name of a field",
    ];
    let (summary, said) = said.split_last().expect("how many they are");
    assert_eq!(*summary, "17 problems, nothing written");
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        let said = said.strip_prefix(&format!("{}: ", template.display())).expect("the file comes first");
        assert!(said.starts_with(expected), "{said}\n{expected}");
    }
    assert!(!text(&rendered.stderr).contains("s3cret"));
    assert!(!output.exists());
}

/// The demo with origins from the environment.
fn template_with_origins(folder: &Folder) -> PathBuf {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("envoy/demo/envoy.yaml");
    let demo = std::fs::read_to_string(demo).expect("it is shipped");
    let (list, each) = (
        "allow_origin_string_match: [{ exact: \"https://app.example.com\" }]",
        "allow_origin_string_match: !each { of: \"${ALLOWED_ORIGINS:-}\", item: { exact: \"${item}\" } }",
    );
    assert!(demo.contains(list));
    folder.write("envoy.yaml", &demo.replace(list, each))
}

#[test]
fn origins_are_listed_and_unsafe_ones_refused() {
    const ORIGINS: &str = "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/typed_per_filter_config/envoy.filters.http.cors/allow_origin_string_match";
    let folder = Folder::new();
    let template = template_with_origins(&folder);
    let origins = |value: &str| {
        let rendered = document(&render(&template, &[], &[("ALLOWED_ORIGINS", value)]));
        rendered.pointer(ORIGINS).expect("the list is there").clone()
    };
    assert_eq!(origins(""), json!([]));
    assert_eq!(
        origins("https://a.example,https://b.example:8443"),
        json!([{"exact": "https://a.example"}, {"exact": "https://b.example:8443"}])
    );
    for (value, finding) in [
        ("*", "cors-wildcard"),
        ("https://a.example,*", "cors-wildcard"),
        ("null", "cors-origin"),
        ("http://a.example", "cors-origin"),
        ("a.example", "cors-origin"),
        ("https://a.example/", "cors-origin"),
    ] {
        let refused = render(&template, &[], &[("ALLOWED_ORIGINS", value)]);
        assert_eq!(refused.status.code(), Some(1), "{value}");
        assert!(text(&refused.stderr).contains(finding), "{value}: {}", text(&refused.stderr));
        assert!(refused.stdout.is_empty(), "{value}");
        let development = render(&template, &["--development"], &[("ALLOWED_ORIGINS", value)]);
        assert_eq!(development.status.code(), Some(0), "{value}");
        assert!(text(&development.stderr).contains(finding), "{value}");
        assert!(!development.stdout.is_empty(), "{value}");
    }
}

#[test]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    let folder = Folder::new();
    let template = template_with_origins(&folder);
    let output = folder.write("out.yaml", "before");
    let path = output.to_str().expect("UTF-8");
    let read = || std::fs::read_to_string(&output).expect("it is there");

    let refused = render(&template, &["--output", path], &[("ALLOWED_ORIGINS", "*")]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(read(), "before");

    let written = render(&template, &["--output", path], &[]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert!(written.stdout.is_empty());
    assert!(read().starts_with("# Made by `tollgate render` of "));
    let left: Vec<_> = std::fs::read_dir(folder.0.path()).expect("it can be listed").collect();
    assert_eq!(left.len(), 2, "{left:?}");

    let nowhere = folder.path("no/such/folder/out.yaml");
    let failed = render(&template, &["--output", nowhere.to_str().expect("UTF-8")], &[]);
    assert_eq!(failed.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn envoy_may_read_it_as_another_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let output = folder.path("out.yaml");
    let rendered =
        render(&template_with_origins(&folder), &["--output", output.to_str().expect("UTF-8")], &[]);
    assert_eq!(rendered.status.code(), Some(0));
    let mode = std::fs::metadata(&output).expect("it is there").permissions().mode() & 0o777;
    assert!(mode == 0o644 || mode == 0o640 || mode == 0o600, "{mode:o}: the umask may take away, not add");
}

#[test]
fn what_envoy_would_not_read_is_no_template() {
    let folder = Folder::new();
    for (template, said) in [("a: b\n", "is neither a bootstrap nor a listener"), ("a: [\n", "is not YAML")] {
        let refused = render(&folder.write("t.yaml", template), &[], &[]);
        assert_eq!(refused.status.code(), Some(2), "{template}");
        assert!(text(&refused.stderr).contains(said), "{}", text(&refused.stderr));
    }
}

/// Every shipped template names what it needs, renders with that, and what it makes is safe.
#[test]
fn shipped_templates_render() {
    let mut templates = Vec::new();
    find_templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("envoy"), &mut templates);
    for template in templates {
        let asked = render(&template, &[], &[]);
        let words = text(&asked.stderr).lines().filter_map(|line| line.split_once(" is not set;"));
        let mut variables: Vec<(&str, &str)> = words
            .filter_map(|(before, _)| before.rsplit(' ').next())
            .map(|name| (name, "service.internal.example"))
            .collect();
        variables.push(("ALLOWED_ORIGINS", "https://app.example.com"));
        let rendered = render(&template, &[], &variables);
        let said = text(&rendered.stderr);
        assert_eq!(rendered.status.code(), Some(0), "{} with {variables:?}: {said}", template.display());
    }
}

fn find_templates(folder: &Path, templates: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("it is shipped") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            find_templates(&path, templates);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            let text = std::fs::read_to_string(&path).expect("it can be read");
            if [" !each", " !int ", " !file "].iter().any(|tag| text.contains(tag)) {
                templates.push(path);
            }
        }
    }
}
