//! Keys, pressed one after the other.

use super::Browser;
use serde_json::json;

impl Browser {
    /// Presses a key by its name in the UI Events specification (`Tab`, `Enter`, `Escape`, ` `), or one that types
    /// itself.
    pub fn press(&mut self, key: &str) {
        self.strike(key, 0);
    }

    /// Presses it with shift held.
    pub fn press_with_shift(&mut self, key: &str) {
        const SHIFT: u32 = 8;
        self.strike(key, SHIFT);
    }

    /// Types a text, key by key.
    pub fn type_text(&mut self, text: &str) {
        for key in text.chars() {
            self.press(&key.to_string());
        }
    }

    fn strike(&mut self, key: &str, modifiers: u32) {
        let text = match key {
            "Enter" => "\r",
            _ if key.chars().count() == 1 => key,
            _ => "",
        };
        // What elements do by themselves when a key is pressed is decided by its number.
        let number = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            " " => 32,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({"type": kind, "key": key, "text": text, "modifiers": modifiers,
                "windowsVirtualKeyCode": number});
            self.call("Input.dispatchKeyEvent", event);
        }
    }
}
