//! A real browser: headless Chromium, found or installed, with one tab that is driven and watched.
//!
//! It is spoken to in the Chrome DevTools Protocol over two pipes, so there is no port that others could use, and it
//! ends when they close, however this process ends. What it does is what a person could do: keys and clicks go in as
//! input events, and what is asserted is what the tab shows.

mod keyboard;
mod pipes;
mod watch;

pub use watch::{Complaint, Watch};

use pipes::Pipes;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

/// How long something may take to show.
const SHOWING_MS_MAX: u32 = 20_000;

/// How often it is looked for.
const LOOKING_INTERVAL_MS: u32 = 50;

/// One browser at a time: each takes as much of the machine as it can get.
static TURN: Mutex<()> = Mutex::new(());

/// A browser with one tab. It ends when dropped.
pub struct Browser {
    pipes: Pipes,
    watch: Watch,
    session: Option<String>,
    _turn: MutexGuard<'static, ()>,
}

/// Which colours the operator's system prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Browser {
    /// Starts one, with an empty tab.
    ///
    /// # Panics
    /// When there is no browser to be had. A missing browser is a failure: a skipped proof would look green.
    pub fn start() -> Self {
        // A test that failed with the browser in its hands has ended it.
        let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut browser = Self { pipes: Pipes::open(), watch: Watch::default(), session: None, _turn: turn };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Opens an address and waits until it has loaded.
    pub fn open(&mut self, address: &str) {
        self.watch.loaded = false;
        self.call("Page.navigate", json!({"url": address}));
        while !self.watch.loaded {
            let message = self.pipes.receive();
            self.watch.take(&message);
        }
    }

    /// Makes the tab so large, in CSS pixels, each of `scale` pixels of the screen.
    pub fn resize(&mut self, width: u32, height: u32, scale: f64) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Makes the system prefer these colours.
    pub fn prefer(&mut self, scheme: Scheme) {
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// The value of a JavaScript expression in the tab.
    ///
    /// # Panics
    /// When it throws.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let answer = self.call("Runtime.evaluate", asked);
        let thrown = &answer["exceptionDetails"];
        assert!(thrown.is_null(), "{expression}\nthrew {}", thrown["exception"]["description"]);
        answer["result"]["value"].clone()
    }

    /// The text of a JavaScript expression in the tab.
    pub fn text(&mut self, expression: &str) -> String {
        self.value(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true in the tab.
    ///
    /// # Panics
    /// When it is not in time; says what the tab showed.
    pub fn wait_for(&mut self, expression: &str) {
        let looks = SHOWING_MS_MAX / LOOKING_INTERVAL_MS;
        let showing = self.value(&format!(
            "new Promise((settle) => {{ let looks = {looks}; const look = () => ({expression}) ? settle(true)
               : looks-- ? setTimeout(look, {LOOKING_INTERVAL_MS}) : settle(false); look(); }})"
        ));
        if showing != json!(true) {
            let shown = self.text("document.body.innerText");
            panic!("waited in vain for {expression}\nthe tab shows:\n{shown}");
        }
    }

    /// Clicks on the middle of the first element that a selector finds.
    pub fn click(&mut self, selector: &str) {
        let place = self.value(&format!(
            "(() => {{ const element = document.querySelector({selector:?}); element.scrollIntoView({{block: 'center'}});
               const box = element.getBoundingClientRect();
               return {{x: box.x + box.width / 2, y: box.y + box.height / 2}}; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// The nodes of the accessibility tree: what a screen reader is told.
    pub fn accessible_nodes(&mut self) -> Vec<Value> {
        let tree = self.call("Accessibility.getFullAXTree", json!({}));
        tree["nodes"].as_array().cloned().unwrap_or_default()
    }

    /// Writes a picture of what is in sight, as PNG.
    pub fn photograph(&mut self, path: &Path) {
        let taken = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let picture = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            taken["data"].as_str().unwrap_or_default(),
        );
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, picture.expect("pictures come in base64")).expect("a file can be written");
    }

    /// What was seen of the tab so far.
    pub fn watch(&mut self) -> &mut Watch {
        // Events before this answer are events before now.
        self.value("0");
        &mut self.watch
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.pipes.send(method, parameters, self.session.as_deref());
        loop {
            let message = self.pipes.receive();
            if message["id"] != json!(id) {
                self.watch.take(&message);
                continue;
            }
            assert!(message["error"].is_null(), "{method}: {}", message["error"]);
            return message["result"].clone();
        }
    }
}
