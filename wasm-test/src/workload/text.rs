//! Bodies.

use super::BODY_BYTES;

/// What a small answer says.
pub(super) const SMALL: &str = r#"{"id":17,"status":"shipped"}"#;

const PROSE: &str = "The committee met on a rainy afternoon and talked at length about the new reading room, its light, \
    its chairs and the long table that nobody wanted to part with.";

/// Five addresses, three numbers of phones, two of cards. More phones would be a violation.
const ENTITIES: [&str; 10] = [
    "anna.berg@example.com",
    "415-555-2671",
    "j.roe@example.org",
    "4111 1111 1111 1111",
    "sales@example.net",
    "+49 30 901820",
    "billing@example.com",
    "5555-5555-5555-4444",
    "+33 1 42 68 53 00",
    "team.lead@example.org",
];

/// 8 KiB of JSON without anything to be found.
pub(super) fn clean() -> String {
    orders(|_| "nobody")
}

/// 8 KiB of JSON with ten entities, spread over it.
pub(super) fn with_entities() -> String {
    orders(|number| if number % 3 == 1 { ENTITIES.get(number / 3).unwrap_or(&"nobody") } else { "nobody" })
}

fn orders(contact: impl Fn(usize) -> &'static str) -> String {
    const END: &str = r#""}]}"#;
    let mut text = r#"{"orders":["#.to_owned();
    for number in 0.. {
        let order = format!(r#"{{"id":{number},"contact":"{}","note":"{PROSE}"}},"#, contact(number));
        if text.len() + order.len() > BODY_BYTES - 100 {
            break;
        }
        text.push_str(&order);
    }
    // The last one is as long as it takes.
    text.push_str(r#"{"note":""#);
    let missing = BODY_BYTES - text.len() - END.len();
    text.extend(PROSE.chars().cycle().take(missing));
    text.push_str(END);
    text
}
