use std::borrow::Cow;

use super::*;

#[test]
fn a_cluster_is_named_as_a_grpc_service() {
    // envoy_grpc { cluster_name: "ratelimit" } within GrpcService.
    assert_eq!(grpc_service("ratelimit").as_bytes(), b"\x0a\x0b\x0a\x09ratelimit");
    assert_eq!(grpc_service(&"c".repeat(100)).len(), 104);
}

#[test]
fn a_request_is_encoded_field_by_field() {
    let descriptor = Descriptor {
        entries: vec![("tenant", Cow::from("a")), ("key", Cow::from("b"))],
        limit: (200, Unit::Second),
        hits: 0,
    };
    let expected = [
        &b"\x0a\x01d"[..],                  // domain
        b"\x12\x1e",                        // descriptors
        b"\x0a\x0b\x0a\x06tenant\x12\x01a", // entries
        b"\x0a\x08\x0a\x03key\x12\x01b",
        b"\x12\x05\x08\xc8\x01\x10\x01", // limit: 200 per second
        b"\x1a\x00",                     // hits_addend: there, and 0
    ];
    let mut expected = expected.concat();
    expected[4] = u8::try_from(expected.len() - 5).unwrap();
    assert_eq!(request("d", &[descriptor]), expected);
}

#[test]
fn statuses_are_read_and_what_is_new_is_passed_over() {
    // OK, limit 10 a second, 7 left, reset in 1 s, and fields of other numbers and types.
    let status = b"\x08\x01\x12\x04\x08\x0a\x10\x01\x18\x07\x22\x02\x08\x01\x79\0\0\0\0\0\0\0\0\x7d\0\0\0\0";
    let mut response = vec![0x08, 0x01, 0x12, u8::try_from(status.len()).unwrap()];
    response.extend_from_slice(status);
    response.extend_from_slice(b"\x12\x02\x08\x02");
    assert_eq!(
        super::response(&response),
        Some(vec![
            Status { over_limit: false, has_limit: true, remaining: 7 },
            Status { over_limit: true, has_limit: false, remaining: 0 },
        ])
    );
}

#[test]
fn whatever_is_no_response_is_none() {
    let endless = [0xff; 11];
    let wrong: [&[u8]; 9] = [
        b"\x12",                                         // a field without a value
        b"\x12\x05\x08\x01",                             // shorter than it says
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // longer than anything
        &endless,                                        // a number without an end
        b"\x0b",                                         // a group, which proto3 does not have
        b"\x12\x02\x08\x07",                             // an unknown code
        b"\x12\x00",                                     // no code
        b"\x12\x08\x08\x01\x18\xff\xff\xff\xff\x7f",     // more left than 32 bits hold
        b"<html>502</html>",
    ];
    for bytes in wrong {
        assert_eq!(response(bytes), None, "{bytes:02x?}");
    }
    assert_eq!(response(&b"\x12\x02\x08\x01".repeat(DESCRIPTORS_MAX + 1)), None);
    assert_eq!(response(&vec![0; RESPONSE_BYTES_MAX + 1]), None);
    assert_eq!(response(b""), Some(vec![]));
}
