use super::*;

fn marks(bytes: [u8; 8], is_marked: impl Fn(u8) -> bool) -> u64 {
    u64::from_le_bytes(bytes.map(|byte| if is_marked(byte) { 0x80 } else { 0 }))
}

#[test]
fn each_byte_is_judged_for_itself_whatever_stands_beside() {
    for byte in 0..=255u8 {
        for beside in [0, b'0', b'9', b':', b'a', b'\n', 0x7f, 0x80, 0xff] {
            let bytes = [beside, byte, beside, byte, byte, beside, beside, byte];
            let word = u64::from_le_bytes(bytes);
            assert_eq!(digits(word), marks(bytes, |byte| byte.is_ascii_digit()));
            assert_eq!(letters(word), marks(bytes, |byte| byte.is_ascii_alphabetic() || byte >= 0x80));
            assert_eq!(equal(word, b'\n'), marks(bytes, |byte| byte == b'\n'));
            let leading = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            assert_eq!(leading_digits(word), leading);
            for (value, byte) in digit_values(word).into_iter().zip(bytes).take(leading) {
                assert_eq!(value, byte - b'0');
            }
        }
    }
}

#[test]
fn marks_are_counted_and_found() {
    assert_eq!((count(0), first(0), behind_last(0)), (0, 8, 0));
    for places in 1..=255u8 {
        let marks = (0..8).filter(|place| places >> place & 1 == 1).map(|place| 0x80 << (8 * place)).sum();
        assert_eq!(count(marks), places.count_ones() as usize);
        assert_eq!(first(marks), places.trailing_zeros() as usize);
        assert_eq!(behind_last(marks), 8 - places.leading_zeros() as usize);
    }
}
