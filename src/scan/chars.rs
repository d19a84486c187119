//! What single characters are good for: hosts, local parts, paths, words.

/// Whether people write this script without spaces between words (Han, Kana,
/// Hangul, Thai and neighbours). Beside such a character an ASCII word begins
/// and ends as if a space stood there.
pub(super) fn is_unspaced(char: char) -> bool {
    matches!(u32::from(char),
        0x0e00..=0x0eff        // Thai, Lao
        | 0x1000..=0x109f      // Myanmar
        | 0x1100..=0x11ff      // Hangul Jamo
        | 0x1780..=0x17ff      // Khmer
        | 0x2e80..=0x2fdf      // CJK radicals
        | 0x3005..=0x3007      // iteration mark, closing mark, zero
        | 0x3031..=0x318f      // Kana, Bopomofo, Hangul compatibility
        | 0x31a0..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa960..=0xa97f
        | 0xac00..=0xd7ff
        | 0xf900..=0xfaff
        | 0xff66..=0xffdc      // half-width Kana and Hangul
        | 0x1b000..=0x1b16f
        | 0x20000..=0x3ffff)
}

/// Whether a non-ASCII character ends a URL or an address whatever stands
/// before it: white space, controls, direction marks, quotation marks and the
/// punctuation of East Asian scripts.
pub(super) fn is_wide_stop(char: char) -> bool {
    matches!(u32::from(char),
        0x80..=0xa0
        | 0xab | 0xb7 | 0xbb   // guillemets, middle dot
        | 0x060c | 0x061b | 0x061f | 0x06d4 // Arabic comma, semicolon, question, stop
        | 0x0964 | 0x0965      // danda
        | 0x1680
        | 0x2000..=0x200b      // spaces; zero width non-joiner and joiner stay inside words
        | 0x200e | 0x200f
        | 0x2014..=0x206f      // dashes, quotes, bullets, separators, direction marks
        | 0x3000..=0x3004 | 0x3008..=0x3020 | 0x3030
        | 0x30fb               // Katakana middle dot
        | 0xfe10..=0xfe1f | 0xfe30..=0xfe4f
        | 0xfeff
        | 0xff01..=0xff0f | 0xff1a..=0xff20 | 0xff3b..=0xff40 | 0xff5b..=0xff65
        | 0xfff9..=0xfffd)
}

/// The value of a decimal digit, ASCII or full-width (U+FF10 to U+FF19).
pub(super) fn digit(char: char) -> Option<u8> {
    let code = u32::from(char);
    let value = match code {
        0x30..=0x39 => code.wrapping_sub(0x30),
        0xff10..=0xff19 => code.wrapping_sub(0xff10),
        _ => return None,
    };
    u8::try_from(value).ok()
}

/// Whether a character is a blank that people type inside numbers. Tabs and
/// line ends part columns and lines, so they are none.
pub(super) fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Whether a character is one of the hyphens, dashes and minus signs that
/// people and word processors put inside numbers.
pub(super) fn is_dash(char: char) -> bool {
    matches!(char, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}')
}
