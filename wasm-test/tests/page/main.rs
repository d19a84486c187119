//! The admin page in a real browser: what an operator sees, does, and cannot be made to do.

mod canned;
mod desk;
mod figures;
mod gate;
mod in_envoy;

use canned::{Canned, KEY};
use desk::{assert_fits, assert_quiet, faint_texts, give_key, names, open, sign_in, table, total, written};
use serde_json::json;
use std::path::PathBuf;
use wasm_test::browser::{Browser, Scheme};
use wasm_test::module::repository;

fn picture(name: &str) -> PathBuf {
    repository().join("target/page").join(name)
}

fn ordinary() -> Canned {
    let (stats, records) = figures::ordinary();
    Canned::start(stats, records)
}

#[test]
fn a_wrong_key_is_told_and_the_right_one_stays_in_memory_alone() {
    let admin = ordinary();
    let mut browser = Browser::start();
    open(&mut browser, admin.address());
    assert_eq!(
        browser.text("document.activeElement.type + document.activeElement.autocomplete"),
        "passwordoff"
    );
    for wrong in ["wrong", "ключ"] {
        give_key(&mut browser, wrong);
        browser
            .wait_for("document.getElementById('sign-in-said').textContent === 'That is not the admin key.'");
        assert_eq!(browser.text("document.activeElement.id"), "key");
    }
    assert_eq!(browser.value("document.getElementById('board').checkVisibility()"), json!(false));

    give_key(&mut browser, KEY); // over the wrong one, which is selected
    browser.wait_for("document.getElementById('said').textContent === 'Live'");
    let kept = "document.documentElement.outerHTML + location.href + document.cookie + JSON.stringify(history.state) \
                + JSON.stringify({...localStorage, ...sessionStorage}) + document.getElementById('key').value";
    assert!(!browser.text(kept).contains(KEY));
    assert!(browser.watch().requests.iter().all(|request| !request.contains(KEY)));

    browser.click("#sign-out");
    browser.wait_for("document.activeElement.id === 'key'");
    let left = browser.text("document.body.textContent");
    for data in ["acme", "1,238,888", "rate-limited", "192.0.2.1", "[EMAIL]"] {
        assert!(!left.contains(data), "{data} is still there after signing out");
    }
    let calls = admin.said().calls.len();
    browser.value("new Promise((settle) => setTimeout(settle, 2500))");
    assert_eq!(admin.said().calls.len(), calls, "it asks on after signing out");
    assert_quiet(&mut browser, admin.address());
}

#[test]
fn what_is_shown_is_what_was_counted() {
    let admin = ordinary();
    let mut browser = Browser::start();
    sign_in(&mut browser, admin.address(), KEY);
    for (name, count) in
        [("allowed", 1_238_888), ("denied", 795), ("aborted", 7), ("violations", 11), ("blocks", 1)]
    {
        assert_eq!(total(&mut browser, name), written(count), "{name}");
    }
    assert_eq!(table(&mut browser, "reasons")[0], ["■ rate-limited", "0", "425"]);
    assert_eq!(table(&mut browser, "redactions"), [["email", "1,900"], ["phone", "31"]]);
    let tenants = table(&mut browser, "tenants");
    assert_eq!(tenants[0], ["acme", "1,234,567", "610", "7", "3", "11", "1", "1,931", "Erase…"]);
    assert_eq!(tenants.iter().map(|row| &*row[0]).collect::<Vec<_>>(), ["acme", "globex", "no tenant"]);
    let keys = table(&mut browser, "keys").into_iter().map(|row| row[0].clone());
    let urgent = ["acme-sooner", "acme-soon", "acme-old", "acme-over", "acme-next", "acme-well"];
    assert_eq!(keys.collect::<Vec<_>>(), urgent, "the most urgent first");
    let records = table(&mut browser, "records");
    assert_eq!(records.len(), 5);
    assert_eq!(records[0][3], "The data of initech was erased.");
    let verdicts: Vec<_> = records.iter().map(|row| row[1].trim()).collect();
    assert_eq!(verdicts, ["erasure", "left early", "200 allowed", "429 rate-limited", "200 allowed"]);

    browser.click("#refused-only");
    let hidden =
        "[...document.querySelectorAll('#records tbody tr')].filter((row) => !row.checkVisibility()).length";
    assert_eq!(browser.value(hidden), json!(1), "all but the one that simply passed");
    assert_quiet(&mut browser, admin.address());
}

#[test]
fn it_goes_on_by_itself_and_for_one_tenant() {
    let admin = ordinary();
    let mut browser = Browser::start();
    sign_in(&mut browser, admin.address(), KEY);
    {
        let mut said = admin.said();
        said.stats["total"]["denied_by_reason"]["rate-limited"] = json!(525);
        said.stats["tenants"]["globex"]["denied_by_reason"]["rate-limited"] = json!(105);
        let mut newer = said.records[1].clone();
        newer["ts"] = json!("2026-11-23T22:30:01.000Z");
        newer["path"] = json!("/v1/acme/newer");
        said.records.push(newer);
    }
    browser.wait_for("document.querySelector('#reasons td')?.textContent === '100'");
    browser.wait_for("document.querySelector('#records tbody tr')?.textContent.includes('/v1/acme/newer')");
    assert_eq!(table(&mut browser, "records").len(), 6, "none twice");
    let drawn = "document.querySelectorAll('#refused path[d^=M]:not(.unwatched)').length";
    assert_eq!(browser.value(drawn), json!(1));
    assert!(
        browser
            .text("document.getElementById('refused').ariaLabel")
            .starts_with("Refused, per second, by reason: ")
    );

    browser.click("#tenants button[aria-label='Show acme']");
    browser.wait_for("document.getElementById('total-allowed').textContent === '1,234,567'");
    assert_eq!(browser.value(drawn), json!(0), "what grew was another tenant's");
    assert_eq!(browser.text("document.getElementById('tenant').value"), "acme");
    browser.wait_for("document.querySelectorAll('#records tbody tr').length === 6");
    assert!(admin.said().calls.iter().any(|call| call.contains("audit") && call.contains("tenant=acme")));

    browser.click("#pause");
    browser.wait_for("document.getElementById('said').textContent === 'Paused'");
    let calls = admin.said().calls.len();
    browser.value("new Promise((settle) => setTimeout(settle, 2500))");
    assert_eq!(admin.said().calls.len(), calls, "paused");
    browser.click("#pause");
    browser.wait_for("document.getElementById('said').textContent === 'Live'");
    assert_quiet(&mut browser, admin.address());
}

#[test]
fn markup_in_values_stays_text() {
    let (stats, records) = figures::hostile();
    let admin = Canned::start(stats, records);
    let mut browser = Browser::start();
    sign_in(&mut browser, admin.address(), KEY);
    browser.click("#records summary");
    browser.click("#tenants td:last-child button");
    browser.wait_for("document.getElementById('erase').open");
    let [tenant, reason, key_id, path, agent, name] = figures::MARKUP;
    assert_eq!(browser.text("document.getElementById('erase-tenant').textContent"), tenant);
    for (place, values) in [
        ("tenants", vec![tenant]),
        ("keys", vec![tenant, key_id]),
        ("records", vec![tenant, reason, key_id, path, agent, name]),
        ("reasons", vec![reason]),
        ("shadowed", vec![reason]),
        ("violations", vec![name]),
        ("redactions", vec![name]),
        ("tenant", vec![tenant]),
    ] {
        let text = browser.text(&format!("document.getElementById('{place}').textContent"));
        values.iter().for_each(|value| assert!(text.contains(value), "{value} is not in {place}: {text}"));
    }
    let made = "document.querySelectorAll('img, iframe, body script ~ script, body style, svg [onload], [onfocus]').length";
    assert_eq!(browser.value(made), json!(0));
    browser.press("Escape");
    browser.wait_for("!document.getElementById('erase').open");
    assert_quiet(&mut browser, admin.address());
}

/// Else nobody would know whether the quiet of the other tests means anything.
#[test]
fn what_the_policy_forbids_is_noticed() {
    let admin = ordinary();
    let mut browser = Browser::start();
    open(&mut browser, admin.address());
    assert_quiet(&mut browser, admin.address());
    browser.value(
        "document.body.innerHTML += '<p style=\"color: red\">styled</p><img src=https://example.org/x.png>'",
    );
    browser.value(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))",
    );
    browser.value("fetch('http://127.0.0.2:1/').catch(() => {})");
    assert_eq!(browser.value("window.ran === true"), json!(false));
    let complaints = browser.watch().complaints_but_of_network();
    for directive in ["style-src", "img-src", "script-src", "connect-src"] {
        let noticed = complaints.iter().any(|complaint| complaint.text.contains(directive));
        assert!(noticed, "{directive}: {complaints:?}");
    }
}

#[test]
fn a_tenant_is_erased_only_after_its_id_was_typed() {
    let admin = ordinary();
    let mut browser = Browser::start();
    sign_in(&mut browser, admin.address(), KEY);
    browser.click("button[aria-label='Erase the data of globex']");
    browser.wait_for("document.activeElement.id === 'erase-typed'");
    browser.type_text("globe");
    browser.press("Enter");
    assert_eq!(browser.value("document.getElementById('erase-now').disabled"), json!(true));
    assert_eq!(admin.said().erasures, <[String; 0]>::default());
    browser.type_text("x");
    browser.press("Enter");
    browser.wait_for("document.getElementById('erase-said').textContent.startsWith('Erased: ')");
    assert_eq!(
        browser.text("document.getElementById('erase-said').textContent"),
        "Erased: audit records 1,234, buckets 2, counters 5, violations 1."
    );
    assert_eq!(admin.said().erasures, ["globex"]);
    browser.press("Enter"); // on Close, where the focus is
    browser.wait_for("document.activeElement.ariaLabel === 'Erase the data of globex'");
    assert_quiet(&mut browser, admin.address());
}

#[test]
fn trouble_is_told_in_words_and_passes() {
    let admin = ordinary();
    let mut browser = Browser::start();
    sign_in(&mut browser, admin.address(), KEY);
    for (trouble, words) in [
        ((404, "{}"), "No admin calls here: see whether the configuration has an admin key"),
        (
            (403, r#"{"title": "Blocked"}"#),
            "This address or connection is refused (Blocked): use HTTPS, or wait",
        ),
        ((503, "no JSON"), "Tollgate answers 503: see Envoy’s log."),
        ((200, "<html>"), "The answer cannot be read: reload this page"),
    ] {
        admin.said().trouble = Some(trouble);
        browser.wait_for(&format!("document.getElementById('said').textContent.startsWith({words:?})"));
        assert!(
            browser.text("document.getElementById('said').textContent").ends_with("what is shown is old.")
        );
        assert_eq!(total(&mut browser, "allowed"), "1,238,888");
    }
    admin.said().trouble = None;
    browser.wait_for("document.getElementById('said').textContent === 'Live'");
    admin.said().key = "another".to_owned();
    browser.wait_for(
        "document.getElementById('sign-in-said').textContent.startsWith('Tollgate no longer takes this key')",
    );
    assert_eq!(table(&mut browser, "records"), <[Vec<String>; 0]>::default());
    give_key(&mut browser, "another");
    browser.wait_for("document.getElementById('said').textContent === 'Live'");
    drop(admin);
    browser.wait_for(
        "document.getElementById('said').textContent.startsWith('No answer: see whether Envoy runs')",
    );
    assert_eq!(browser.watch().complaints_but_of_network(), []);
}

#[test]
fn the_keyboard_reaches_everything_in_order() {
    let admin = ordinary();
    let mut browser = Browser::start();
    open(&mut browser, admin.address());
    browser.press_with_shift("Tab");
    assert_eq!(browser.text("document.activeElement.textContent"), "Skip to content");
    assert_eq!(
        browser.value("document.activeElement.getBoundingClientRect().left >= 0"),
        json!(true),
        "in sight"
    );
    browser.press("Enter");
    browser.wait_for("document.activeElement.id === 'main'");
    browser.press("Tab");
    give_key(&mut browser, KEY);
    browser.wait_for("document.getElementById('said').textContent === 'Live'");
    assert_eq!(browser.text("document.activeElement.id"), "main");

    browser.value(
        "window.reachable = [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex=\"0\"]')]
           .filter((element) => element.checkVisibility()); 0",
    );
    let count = browser.value("reachable.length").as_u64().expect("a count");
    assert!(count > 15, "{count}");
    let steps = 4; // sign out, pause, tenant, and the skip link
    for _ in 0..steps {
        browser.press_with_shift("Tab");
    }
    for index in 0..count {
        let at = browser.value("[reachable.indexOf(document.activeElement), getComputedStyle(document.activeElement).outlineStyle]");
        assert_eq!(at, json!([index, "solid"]), "{}", browser.text("document.activeElement.outerHTML"));
        browser.press("Tab");
    }
    browser.value("document.getElementById('sign-out').focus()");
    browser.press_with_shift("Tab");
    browser.press(" ");
    browser.wait_for("document.getElementById('pause').ariaPressed === 'true'");
    browser.press("Enter");
    browser.wait_for("document.getElementById('pause').ariaPressed === 'false'");
    browser.press("Tab");
    browser.press("Enter");
    browser.wait_for("document.activeElement.id === 'key'");
    assert_quiet(&mut browser, admin.address());
}

#[test]
fn a_screen_reader_is_told_what_everything_is() {
    let admin = ordinary();
    let mut browser = Browser::start();
    open(&mut browser, admin.address());
    assert_eq!(names(&mut browser, "textbox"), ["Admin key"]);
    sign_in(&mut browser, admin.address(), KEY);
    let headings = names(&mut browser, "heading");
    assert_eq!(headings.len(), 6, "{headings:?}");
    for role in ["table", "button", "combobox", "checkbox", "region", "image", "columnheader", "rowheader"] {
        let names = names(&mut browser, role);
        assert!(!names.is_empty() && !names.contains(&String::new()), "{role}: {names:?}");
    }
    assert_eq!(names(&mut browser, "main").len(), 1);
    assert_eq!(names(&mut browser, "status").len(), 1);
    assert_eq!(names(&mut browser, "image").len(), 2, "two charts");
}

#[test]
fn it_can_be_read_in_both_schemes_and_on_small_screens() {
    let admin = ordinary();
    let mut browser = Browser::start();
    for scheme in [Scheme::Light, Scheme::Dark] {
        open(&mut browser, admin.address());
        browser.prefer(scheme);
        give_key(&mut browser, "wrong");
        browser.wait_for("document.getElementById('sign-in-said').textContent !== ''");
        assert_eq!(faint_texts(&mut browser), json!([]), "{scheme:?}, signing in");
        give_key(&mut browser, KEY);
        browser.wait_for("document.getElementById('said').textContent === 'Live'");
        browser.click("#records summary");
        assert_eq!(faint_texts(&mut browser), json!([]), "{scheme:?}");
        browser.click("#tenants td:last-child button");
        assert_eq!(faint_texts(&mut browser), json!([]), "{scheme:?}, erasing");
        browser.press("Escape");
        let ground = browser.text("getComputedStyle(document.body).backgroundColor");
        assert_eq!(ground == "rgb(20, 22, 26)", scheme == Scheme::Dark, "{ground}");
    }
    // 360 CSS pixels are a small telephone; 640 at scale 2 are a window of 1280 at 200 %.
    for (width, scale, name) in [(360, 2.0, "narrow.png"), (640, 2.0, "zoomed.png")] {
        browser.resize(width, 900, scale);
        assert_fits(&mut browser);
        browser.value("scrollTo(0, 0)");
        browser.photograph(&picture(name));
    }
}
