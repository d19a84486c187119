//! Any text is a policy, or a list of what is wrong with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::policy::Policy;

const VALUE: &str = "value-of-a-variable";

fuzz_target!(|text: &str| {
    if let Err(problems) = Policy::load(text, &|_| Some(VALUE.into())) {
        assert!(!problems.is_empty());
        let shown = problems.to_string().contains(VALUE);
        assert!(!shown || text.contains(VALUE));
    }
});
