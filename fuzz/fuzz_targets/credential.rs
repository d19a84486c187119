//! Once every copy of the credential was taken away there is none to be found.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::credential::{Source, Sources};
use tollgate::denial::Denial;
use tollgate::request::{Edit, Field, Head};

fn sources() -> Sources {
    Sources::new(vec![
        Source::Header { name: "x-api-key".into(), scheme: None },
        Source::Header { name: "authorization".into(), scheme: Some("Bearer".into()) },
        Source::Header { name: "authorization".into(), scheme: Some("Key".into()) },
        Source::Query("k".into()),
        Source::Query("key".into()),
        Source::Cookie("k".into()),
    ])
}

fn apply(head: &mut Vec<Field>, edits: Vec<Edit>) {
    for edit in edits {
        match edit {
            Edit::Remove(name) => head.retain(|(n, _)| *n != name),
            Edit::Set(name, value) => {
                assert!(head.iter().filter(|(n, _)| *n == name).count() <= 1);
                head.retain(|(n, _)| *n != name);
                head.push((name, value));
            }
        }
    }
}

fuzz_target!(|values: (Vec<u8>, Vec<Vec<u8>>, Vec<Vec<u8>>, Vec<Vec<u8>>)| {
    let (path, keys, authorizations, cookies) = values;
    let mut head: Vec<Field> = vec![(":path".into(), path)];
    for (name, values) in [("x-api-key", keys), ("authorization", authorizations), ("cookie", cookies)] {
        head.extend(values.into_iter().map(|value| (name.to_string(), value)));
    }
    let mut edits = Vec::new();
    let _ = sources().find(Head::new(&head));
    sources().strip(Head::new(&head), &mut edits);
    apply(&mut head, edits);
    assert_eq!(sources().find(Head::new(&head)), Err(Denial::MissingApiKey));
});
