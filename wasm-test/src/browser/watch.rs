//! What a tab does besides showing: what it asks for, and what it complains of.

use serde_json::Value;

/// What was seen of a tab.
#[derive(Debug, Default)]
pub struct Watch {
    pub(super) loaded: bool,
    /// The addresses asked for, in their order, with their methods: `GET http://...`.
    pub requests: Vec<String>,
    /// What was not as it should be.
    pub complaints: Vec<Complaint>,
}

/// Something in the tab that went wrong, as its console would say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Where from: `network`, `security`, `console`, `exception`, `dialog` ...
    pub source: String,
    /// What.
    pub text: String,
}

impl Watch {
    /// Takes note of an event.
    pub(super) fn take(&mut self, message: &Value) {
        let what = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Page.loadEventFired" => self.loaded = true,
            "Page.javascriptDialogOpening" => self.complain("dialog", &what["message"]),
            "Network.requestWillBeSent" => {
                let request = &what["request"];
                let [method, url] = ["method", "url"].map(|part| request[part].as_str().unwrap_or_default());
                self.requests.push(format!("{method} {url}"));
            }
            "Runtime.exceptionThrown" => {
                self.complain("exception", &what["exceptionDetails"]["exception"]["description"]);
            }
            "Runtime.consoleAPICalled" => self.complain("console", &what["args"]),
            "Log.entryAdded" => {
                let entry = &what["entry"];
                self.complain(entry["source"].as_str().unwrap_or("log"), &entry["text"]);
            }
            _ => {}
        }
    }

    /// What was complained of, but for what the network said: that an answer was 401, say.
    pub fn complaints_but_of_network(&self) -> Vec<Complaint> {
        self.complaints.iter().filter(|complaint| complaint.source != "network").cloned().collect()
    }

    fn complain(&mut self, source: &str, text: &Value) {
        let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
        self.complaints.push(Complaint { source: source.to_owned(), text });
    }
}
