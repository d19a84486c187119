//! What an operator does at the page, and sees there.

use serde_json::{Value, json};
use wasm_test::browser::{Browser, Scheme};

/// Opens the page and waits for it to ask for the key.
pub(crate) fn open(browser: &mut Browser, address: &str) {
    browser.resize(1280, 900, 1.0);
    browser.prefer(Scheme::Light);
    browser.open(address);
    browser.wait_for("document.activeElement.id === 'key'");
}

/// Opens it and signs in, by keyboard.
pub(crate) fn sign_in(browser: &mut Browser, address: &str, key: &str) {
    open(browser, address);
    give_key(browser, key);
    browser.wait_for("document.getElementById('said').textContent === 'Live'");
}

/// Types a key where it is asked for.
pub(crate) fn give_key(browser: &mut Browser, key: &str) {
    browser.type_text(key);
    browser.press("Enter");
}

/// A table of the page: its rows, each the texts of its cells.
pub(crate) fn table(browser: &mut Browser, id: &str) -> Vec<Vec<String>> {
    let rows = browser.value(&format!(
        "[...document.querySelectorAll('#{id} tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    ));
    serde_json::from_value(rows).expect("texts")
}

/// The total of that name, as `total-allowed`.
pub(crate) fn total(browser: &mut Browser, name: &str) -> String {
    browser.text(&format!("document.getElementById('total-{name}').textContent"))
}

/// A count as the page writes it: 1,234.
pub(crate) fn written(count: u64) -> String {
    let digits = count.to_string();
    let triples: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    triples.join(",")
}

/// Nothing was complained of, and nothing was asked for but of where the page came from.
pub(crate) fn assert_quiet(browser: &mut Browser, address: &str) {
    let watch = browser.watch();
    assert_eq!(watch.complaints_but_of_network(), []);
    let strangers: Vec<_> =
        watch.requests.iter().filter(|request| !request.contains(&format!(" {address}"))).collect();
    assert!(strangers.is_empty() && !watch.requests.is_empty(), "{strangers:?}");
}

/// Texts in sight whose contrast is less than WCAG 2.2 asks for (1.4.3, 1.4.11): 4.5, or 3 where they are large or only
/// colour a chart.
pub(crate) fn faint_texts(browser: &mut Browser) -> Value {
    browser.value(include_str!("contrast.js"))
}

/// Nothing is wider than the window.
pub(crate) fn assert_fits(browser: &mut Browser) {
    let [wide, window] = ["document.documentElement.scrollWidth", "document.documentElement.clientWidth"]
        .map(|width| browser.value(width).as_u64().expect("a width"));
    assert!(wide <= window, "{wide} pixels in a window of {window}");
}

/// What a screen reader is told of these roles: names, in the order of the page.
pub(crate) fn names(browser: &mut Browser, role: &str) -> Vec<String> {
    let nodes = browser.accessible_nodes();
    let of_role =
        nodes.iter().filter(|node| node["ignored"] == json!(false) && node["role"]["value"] == json!(role));
    of_role.map(|node| node["name"]["value"].as_str().unwrap_or_default().to_owned()).collect()
}
