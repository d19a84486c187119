#![allow(clippy::arithmetic_side_effects)]

use super::{Triggers, is_trigger};
use proptest::prelude::*;

proptest! {
    #[test]
    fn finds_what_a_plain_loop_finds(
        text in "[a-z0-9@:/wW\u{ff10}\u{ff0c} ]{0,200}",
        jumps in proptest::collection::vec(0usize..70, 0..40),
    ) {
        let bytes = text.as_bytes();
        let mut triggers = Triggers::new(bytes);
        let mut from = 0;
        for jump in jumps {
            let plain = (from..bytes.len())
                .find(|&at| is_trigger(bytes[at], bytes.get(at + 1).copied().unwrap_or(0)));
            prop_assert_eq!(triggers.next(from), plain);
            from = plain.unwrap_or(from) + jump;
        }
    }
}
