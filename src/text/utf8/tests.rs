#![allow(clippy::arithmetic_side_effects)]

use proptest::prelude::*;

use super::*;

/// A sequence, and whether RFC 3629 allows it. Made from the grammar in
/// section 4 of the RFC: each row at its first and last value, and each of
/// its bytes one step outside.
fn sequences() -> Vec<(Vec<u8>, bool)> {
    // The ranges of the bytes of well-formed sequences.
    let rows: [&[(u8, u8)]; 9] = [
        &[(0x00, 0x7f)],
        &[(0xc2, 0xdf), (0x80, 0xbf)],
        &[(0xe0, 0xe0), (0xa0, 0xbf), (0x80, 0xbf)],
        &[(0xe1, 0xec), (0x80, 0xbf), (0x80, 0xbf)],
        &[(0xed, 0xed), (0x80, 0x9f), (0x80, 0xbf)],
        &[(0xee, 0xef), (0x80, 0xbf), (0x80, 0xbf)],
        &[(0xf0, 0xf0), (0x90, 0xbf), (0x80, 0xbf), (0x80, 0xbf)],
        &[(0xf1, 0xf3), (0x80, 0xbf), (0x80, 0xbf), (0x80, 0xbf)],
        &[(0xf4, 0xf4), (0x80, 0x8f), (0x80, 0xbf), (0x80, 0xbf)],
    ];
    let mut all = Vec::new();
    for row in rows {
        let first: Vec<u8> = row.iter().map(|range| range.0).collect();
        let last: Vec<u8> = row.iter().map(|range| range.1).collect();
        for whole in [&first, &last] {
            all.push((whole.clone(), true));
            // Cut short at every length, alone and before a letter.
            for len in 1..whole.len() {
                all.push((whole[..len].to_vec(), false));
                all.push(([&whole[..len], b"a"].concat(), false));
            }
            // One continuation too many.
            all.push(([whole.as_slice(), &[0x80]].concat(), false));
            // A continuation replaced by what is none, or by one out of range.
            for at in 1..whole.len() {
                for wrong in [0x00, 0x7f, 0xc0, 0xff, row[at].0 - 1, row[at].1.wrapping_add(1)] {
                    let mut bytes = whole.clone();
                    bytes[at] = wrong;
                    all.push((bytes, false));
                }
            }
        }
    }
    // Lonely continuations, every one; lead bytes that no sequence has.
    all.extend((0x80..=0xbf).map(|byte| (vec![byte], false)));
    all.extend([0xc0, 0xc1].into_iter().chain(0xf5..=0xff).map(|byte| (vec![byte], false)));
    // A slash, NUL and the last code point of each length, overlong.
    for overlong in [
        &[0xc0, 0xaf][..],
        &[0xe0, 0x80, 0xaf],
        &[0xf0, 0x80, 0x80, 0xaf],
        &[0xf8, 0x80, 0x80, 0x80, 0xaf],
        &[0xfc, 0x80, 0x80, 0x80, 0x80, 0xaf],
        &[0xc0, 0x80],
        &[0xe0, 0x80, 0x80],
        &[0xf0, 0x80, 0x80, 0x80],
        &[0xc1, 0xbf],
        &[0xe0, 0x9f, 0xbf],
        &[0xf0, 0x8f, 0xbf, 0xbf],
        // Beyond U+10FFFF, and the five and six byte forms of old.
        &[0xf4, 0x90, 0x80, 0x80],
        &[0xf7, 0xbf, 0xbf, 0xbf],
        &[0xfb, 0xbf, 0xbf, 0xbf, 0xbf],
        &[0xfd, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf],
    ] {
        all.push((overlong.to_vec(), false));
    }
    // Every surrogate, alone; and pairs of them, as CESU-8 writes them.
    for surrogate in 0xd800_u32..=0xdfff {
        all.push((three_bytes(surrogate), false));
    }
    all.push(([three_bytes(0xd800), three_bytes(0xdc00)].concat(), false));
    all.push(([three_bytes(0xdbff), three_bytes(0xdfff)].concat(), false));
    // Noncharacters are characters to UTF-8.
    for allowed in ['\u{fffe}', '\u{ffff}', '\u{fdd0}', '\u{1ffff}', '\u{10ffff}', '\u{feff}', '\0', '\u{7f}']
    {
        all.push((allowed.to_string().into_bytes(), true));
    }
    all
}

fn three_bytes(code: u32) -> Vec<u8> {
    [0xe0 | code >> 12, 0x80 | code >> 6 & 0x3f, 0x80 | code & 0x3f].map(|byte| byte as u8).to_vec()
}

fn accepts(chunks: &[&[u8]]) -> bool {
    let mut validator = Utf8Validator::new();
    chunks.iter().all(|chunk| validator.push(chunk).is_ok()) && validator.finish().is_ok()
}

#[test]
fn takes_every_good_and_refuses_every_bad_sequence_in_any_cut() {
    let contexts: [(&[u8], &[u8]); 4] =
        [(b"", b""), (b"a", b"z"), ("é😀".as_bytes(), "€".as_bytes()), (b"\x7f", b"\0")];
    for (sequence, good) in sequences() {
        for (before, after) in contexts {
            let bytes = [before, &sequence, after].concat();
            assert_eq!(accepts(&[&bytes]), good, "{sequence:x?} whole");
            for cut in 0..=bytes.len() {
                let (head, tail) = bytes.split_at(cut);
                assert_eq!(accepts(&[head, tail]), good, "{sequence:x?} cut at {cut}");
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(accepts(&single), good, "{sequence:x?} byte by byte");
        }
    }
}

#[test]
fn every_character_passes_byte_by_byte() {
    for character in '\0'..=char::MAX {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert!(accepts(&single), "{character:?}");
    }
}

#[test]
fn refuses_at_the_first_byte_that_proves_it() {
    let mut validator = Utf8Validator::new();
    validator.push(b"abc\xe0").unwrap();
    assert_eq!(validator.push(b"\x9f"), Err(TextError::InvalidUtf8));
}

proptest! {
    #[test]
    fn says_what_the_standard_library_says(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x80..0xc0_u8, 0xe0..0xf5_u8], 0..40),
        cuts in prop::collection::vec(0_usize..40, 0..4),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(accepts(&chunks), core::str::from_utf8(&bytes).is_ok());
    }
}
