//! The page as the module in a real Envoy serves it.

use crate::desk::{assert_quiet, give_key, open, sign_in, table, total, written};
use crate::gate::{Gate, admin_key};
use crate::picture;
use serde_json::{Value, json};
use wasm_test::browser::{Browser, Scheme};

#[test]
fn in_a_real_envoy_it_shows_what_the_filter_answers() {
    let gate = Gate::start();
    gate.play_all_kinds();
    let mut browser = Browser::start();
    open(&mut browser, &gate.page());
    give_key(&mut browser, "wrong");
    browser.wait_for("document.getElementById('sign-in-said').textContent === 'That is not the admin key.'");
    give_key(&mut browser, &admin_key());
    browser.wait_for("document.getElementById('said').textContent === 'Live'");

    let stats = gate.stats();
    assert_shows(&mut browser, &stats, &gate.records());
    assert_eq!(stats["total"]["violations"]["admin-key"], json!(1), "{stats:#}");
    assert_eq!(stats["total"]["denied_by_reason"]["too-many-urls"], json!(1), "{stats:#}");
    let keys = table(&mut browser, "keys").into_iter().map(|row| format!("{}: {}", row[0], row[2]));
    assert_eq!(
        keys.collect::<Vec<_>>(),
        [
            "initech-a: to be replaced",
            "acme-2026-08: to be replaced",
            "globex-1: to be replaced",
            "acme-2025: expired",
            "acme-2026-11: good"
        ]
    );

    gate.play_all_kinds();
    let stats = gate.stats();
    let refused = stats["total"]["denied"].as_u64().expect("a count");
    browser.wait_for(&format!("document.getElementById('total-denied').textContent === '{refused}'"));
    browser.wait_for(&format!(
        "document.querySelectorAll('#records tbody tr').length === {}",
        gate.records().len()
    ));
    assert_shows(&mut browser, &stats, &gate.records());
    let lately: u64 =
        table(&mut browser, "reasons").iter().map(|row| row[1].parse::<u64>().expect("a count")).sum();
    assert!(lately > 0 && lately < refused, "{lately} of {refused} came while the page was open");

    browser.click("button[aria-label='Erase the data of globex']");
    browser.type_text("globex");
    browser.press("Enter");
    browser
        .wait_for("document.getElementById('erase-said').textContent.startsWith('Erased: audit records ')");
    browser.press("Enter");
    browser.wait_for(
        "document.querySelector('#records tbody tr')?.textContent.includes('The data of globex was erased.')",
    );
    let globex: Vec<_> = table(&mut browser, "tenants").swap_remove(1);
    assert_eq!(globex[..8], ["globex", "0", "0", "0", "0", "0", "0", "0"]);
    assert!(table(&mut browser, "records").iter().all(|row| !row[2].contains("globex")));
    assert_quiet(&mut browser, &gate.page());
}

/// The page shows these, to the unit.
fn assert_shows(browser: &mut Browser, stats: &Value, records: &[Value]) {
    let count = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value} is no count"));
    let sum = |counts: &Value| counts.as_object().expect("by name").values().map(count).sum::<u64>();
    let cells = |scope: &Value| {
        ["allowed", "denied", "aborted"].map(|name| count(&scope[name])).into_iter().chain([
            sum(&scope["shadowed_by_reason"]),
            sum(&scope["violations"]),
            count(&scope["blocks"]),
            sum(&scope["redactions"]),
        ])
    };
    let names = ["allowed", "denied", "aborted", "shadowed", "violations", "blocks", "redactions"];
    for (name, count) in names.into_iter().zip(cells(&stats["total"])) {
        assert_eq!(total(browser, name), written(count), "{name} of {:#}", stats["total"]);
    }
    let tenants = stats["tenants"].as_object().expect("by id").iter();
    let scopes =
        tenants.map(|(id, scope)| (id.as_str(), scope)).chain([("no tenant", &stats["without_tenant"])]);
    for (row, (id, scope)) in table(browser, "tenants").iter().zip(scopes) {
        assert_eq!(row[0], id);
        assert_eq!(row[1..8], *cells(scope).map(written).collect::<Vec<_>>(), "{id}: {scope:#}");
    }
    for (id, counts) in [
        ("reasons", "denied_by_reason"),
        ("shadowed", "shadowed_by_reason"),
        ("violations", "violations"),
        ("redactions", "redactions"),
    ] {
        let mut shown: Vec<_> = table(browser, id)
            .iter()
            .map(|row| (row[0].replace("■ ", ""), row[row.len() - 1].clone()))
            .collect();
        shown.sort();
        let counts = stats["total"][counts].as_object().expect("by name").iter();
        let counted: Vec<_> = counts.map(|(name, value)| (name.clone(), written(count(value)))).collect();
        assert_eq!(shown, counted, "{id}");
    }
    let requests = "[...document.querySelectorAll('#records tbody tr')].map((row) => \
                    [row.querySelector('time').title, row.querySelector('summary')?.textContent ?? '']).reverse()";
    let recorded: Vec<_> = records
        .iter()
        .map(|record| {
            json!([
                record["ts"],
                format!("{} {}", record["method"].as_str().unwrap(), record["path"].as_str().unwrap())
            ])
        })
        .collect();
    assert_eq!(browser.value(requests), json!(recorded));
}

/// How long the gate is watched before the pictures are taken, in tens of seconds: as many columns of the charts.
/// `TOLLGATE_PICTURE_COLUMNS` asks for others; 60 fill the charts.
const PICTURE_COLUMNS: u64 = 2;

#[test]
fn pictures_are_taken_of_a_busy_gate_in_both_schemes() {
    let asked = std::env::var("TOLLGATE_PICTURE_COLUMNS").ok();
    let columns = asked.map_or(PICTURE_COLUMNS, |asked| asked.parse().expect("a number"));
    let gate = Gate::start();
    let busy = gate.keep_busy();
    let mut browser = Browser::start();
    sign_in(&mut browser, &gate.page(), &admin_key());
    browser.resize(1180, 1000, 1.0);
    for _ in 0..columns {
        browser.value("new Promise((settle) => setTimeout(settle, 10000))");
    }
    for (scheme, name) in [(Scheme::Light, "light.png"), (Scheme::Dark, "dark.png")] {
        browser.prefer(scheme);
        browser.value("scrollTo(0, 0)");
        browser.photograph(&picture(name));
        browser.value("document.getElementById('keys-title').scrollIntoView()");
        browser.value("document.querySelector('#records summary').click()");
        browser.photograph(&picture(&format!("records-{name}")));
    }
    // Where a moment without a refusal, or a poll that came late, leaves no column, none is missing.
    for (chart, columns_min) in [("#allowed .hue-a", columns.min(60) * 9 / 10), ("#refused .hue-0", 1)] {
        let drawn = format!("document.querySelector('{chart}').getAttribute('d').split('M').length - 1");
        assert!(browser.value(&drawn).as_u64() >= Some(columns_min), "{chart} lacks columns");
    }
    busy.abort();
    assert_quiet(&mut browser, &gate.page());
}
