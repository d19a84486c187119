use super::*;

#[test]
fn pairs_survive_the_way_into_the_module_and_back() {
    let mut fields = Fields::new();
    fields.push(":path", "/v1");
    fields.push("x-raw", [0x80, 0, 0xff]);
    fields.push("x-empty", "");
    assert_eq!(decode_pairs(&encode_pairs(&fields)), Some(fields));
}

#[test]
fn cut_pairs_are_not_a_map() {
    let bytes = encode_pairs(&Fields::from_iter([("a", "b")]));
    for end in 1..bytes.len() {
        assert_eq!(decode_pairs(&bytes[..end]), None, "cut at {end}");
    }
}
