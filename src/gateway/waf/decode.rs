//! The encodings under which an attack hides: percents, HTML entities, escapes of JavaScript, and
//! characters that only look like others. One pass each, and nothing ever grows: an attacker cannot
//! buy more of our time than the bytes he sends.

use std::borrow::Cow;

/// Undoes `%41`, `%u0041`, and `+` for a space where `plus` says so. What is not an escape stays.
pub(super) fn percent(input: &[u8], plus: bool) -> Cow<'_, [u8]> {
    let is_special = |byte: u8| byte == b'%' || (plus && byte == b'+');
    let Some(first) = input.iter().position(|&byte| is_special(byte)) else {
        return Cow::Borrowed(input);
    };
    let mut output = Vec::with_capacity(input.len());
    output.extend_from_slice(&input[..first]);
    let mut at = first;
    while let Some(&byte) = input.get(at) {
        let rest = &input[at + 1..];
        match byte {
            b'+' if plus => output.push(b' '),
            b'%' => {
                if let Some(code) = hex(rest, 2) {
                    output.push(low(code));
                    at += 2;
                } else if rest.first().is_some_and(|u| u.eq_ignore_ascii_case(&b'u'))
                    && let Some(code) = hex(&rest[1..], 4)
                {
                    push_char(&mut output, code);
                    at += 5;
                } else {
                    output.push(byte);
                }
            }
            _ => output.push(byte),
        }
        at += 1;
    }
    Cow::Owned(output)
}

/// Undoes `&lt;`, `&#60;`, `&#x3c`, with or without the semicolon, as a browser does.
pub(super) fn entities(input: &[u8]) -> Cow<'_, [u8]> {
    if !input.contains(&b'&') {
        return Cow::Borrowed(input);
    }
    let mut output = Vec::with_capacity(input.len());
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        match (byte == b'&').then(|| entity(&input[at + 1..])).flatten() {
            Some((code, length)) => {
                push_char(&mut output, code);
                at += 1 + length;
            }
            None => {
                output.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(output)
}

/// The names of entities that matter to an attack; the others are letters.
const NAMED: &[(&[u8], u32)] = &[
    (b"lt", 0x3c),
    (b"gt", 0x3e),
    (b"quot", 0x22),
    (b"apos", 0x27),
    (b"amp", 0x26),
    (b"colon", 0x3a),
    (b"lpar", 0x28),
    (b"rpar", 0x29),
    (b"newline", 0x0a),
    (b"tab", 0x09),
    (b"sol", 0x2f),
    (b"semi", 0x3b),
    (b"equals", 0x3d),
    (b"nbsp", 0x20),
    (b"lsqb", 0x5b),
    (b"rsqb", 0x5d),
    (b"lcub", 0x7b),
    (b"rcub", 0x7d),
    (b"grave", 0x60),
    (b"comma", 0x2c),
    (b"period", 0x2e),
];

/// The character behind `&`, and how many bytes its name takes.
fn entity(rest: &[u8]) -> Option<(u32, usize)> {
    if rest.first() == Some(&b'#') {
        let is_hex = rest.get(1).is_some_and(|x| x.eq_ignore_ascii_case(&b'x'));
        let (start, radix) = if is_hex { (2, 16) } else { (1, 10) };
        let digits = rest[start.min(rest.len())..].iter().take(7);
        let digits: usize = digits.take_while(|&&byte| char::from(byte).is_digit(radix)).count();
        let text = std::str::from_utf8(rest.get(start..start + digits)?).ok()?;
        let code = u32::from_str_radix(text, radix).ok()?;
        return Some((code, closed(rest, start + digits)));
    }
    let length = rest.iter().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let name = rest.get(..length)?;
    let (_, code) = NAMED.iter().find(|(known, _)| name.eq_ignore_ascii_case(known))?;
    // A name without its semicolon is the beginning of a parameter more often than an entity.
    (rest.get(length) == Some(&b';')).then_some((*code, length + 1))
}

fn closed(rest: &[u8], length: usize) -> usize {
    length + usize::from(rest.get(length) == Some(&b';'))
}

/// Undoes `\u0041`, `\u{41}`, `\x41` and the continuation of a line.
pub(super) fn escapes(input: &[u8]) -> Cow<'_, [u8]> {
    if !input.contains(&b'\\') {
        return Cow::Borrowed(input);
    }
    let mut output = Vec::with_capacity(input.len());
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        match (byte == b'\\').then(|| escape(&input[at + 1..])).flatten() {
            Some((Escaped::Byte(code), length)) => {
                output.push(code);
                at += 1 + length;
            }
            Some((Escaped::Char(code), length)) => {
                push_char(&mut output, code);
                at += 1 + length;
            }
            None => {
                output.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(output)
}

enum Escaped {
    Byte(u8),
    Char(u32),
}

fn escape(rest: &[u8]) -> Option<(Escaped, usize)> {
    match rest.first()? {
        b'u' if rest.get(1) == Some(&b'{') => {
            let digits = rest[2..].iter().take(6).take_while(|it| it.is_ascii_hexdigit()).count();
            let is_closed = rest.get(2 + digits) == Some(&b'}');
            let code = hex(&rest[2..], digits).filter(|_| is_closed)?;
            Some((Escaped::Char(code), digits + 3))
        }
        b'u' => Some((Escaped::Char(hex(&rest[1..], 4)?), 5)),
        b'x' | b'X' => Some((Escaped::Byte(low(hex(&rest[1..], 2)?)), 3)),
        _ => None,
    }
}

/// The number in the first `digits` bytes.
fn hex(bytes: &[u8], digits: usize) -> Option<u32> {
    let digits = bytes.get(..digits).filter(|it| !it.is_empty())?;
    digits.iter().try_fold(0_u32, |sum, &byte| Some(sum * 16 + char::from(byte).to_digit(16)?))
}

/// The last eight bits.
fn low(code: u32) -> u8 {
    code.to_le_bytes()[0]
}

/// Writes a character; what is none is dropped.
fn push_char(output: &mut Vec<u8>, code: u32) {
    if let Some(char) = char::from_u32(code) {
        output.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Writes `input` in lower case, with characters that look like others in the place of which they
/// stand, without control characters, and with each run of white space as one space or line end.
pub(super) fn fold(input: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(input.len());
    for chunk in input.utf8_chunks() {
        for char in chunk.valid().chars() {
            fold_char(char, &mut output);
        }
        for &byte in chunk.invalid() {
            // US-ASCII with the high bit set, which old browsers read without it; an overlong form
            // of a slash or a dot ends in such a byte, too.
            let masked = byte & 0x7f;
            if (0xa0..0xc0).contains(&byte) {
                fold_char(char::from(masked), &mut output);
            }
        }
    }
    output
}

fn fold_char(char: char, output: &mut Vec<u8>) {
    let folded = match char {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char).to_ascii_lowercase()
        }
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{02b9}' | '\u{02bc}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{2033}' => '"',
        '\u{2215}' | '\u{2044}' => '/',
        '\u{2028}' | '\u{2029}' | '\r' | '\n' => '\n',
        '\0' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}' => return,
        _ if char.is_whitespace() || char.is_ascii_control() => ' ',
        _ => char.to_ascii_lowercase(),
    };
    match (folded, output.last().copied()) {
        (' ', Some(b' ' | b'\n')) | ('\n', Some(b'\n')) => {}
        // Nothing white stands before a space: it would have taken the space in.
        ('\n', Some(b' ')) => {
            output.pop();
            output.push(b'\n');
        }
        _ => output.extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[test]
    fn percents_are_undone_and_what_is_none_stays() {
        for (input, wanted) in [
            ("%3Cscript%3e", "<script>"),
            ("%u003c%u00e9", "<é"),
            ("100% de %zz %4", "100% de %zz %4"),
            ("a+b", "a+b"),
            ("%", "%"),
        ] {
            assert_eq!(text(&percent(input.as_bytes(), false)), wanted, "{input}");
        }
        assert_eq!(text(&percent(b"a+b%2B", true)), "a b+");
    }

    #[test]
    fn entities_are_undone_as_a_browser_does() {
        for (input, wanted) in [
            ("&lt;&#115;&#x63;&#X72 &GT;", "<scr >"),
            ("&#60script", "<script"),
            ("a&b=c&lt=2", "a&b=c&lt=2"),
            ("&; &# &#x &#99999999;", "&; &# &#x 9;"),
            ("R&D", "R&D"),
        ] {
            assert_eq!(text(&entities(input.as_bytes())), wanted, "{input}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        for (input, wanted) in [
            (r"\u0061lert\x28\u{31}", "alert(1"),
            (r"C:\users \u12 \x \u{}", r"C:\users \u12 \x \u{}"),
            ("\\", "\\"),
        ] {
            assert_eq!(text(&escapes(input.as_bytes())), wanted, "{input}");
        }
    }

    #[test]
    fn look_alikes_and_white_space_are_folded() {
        assert_eq!(text(&fold("＜ＳＣＲＩＰＴ＞".as_bytes())), "<script>");
        assert_eq!(text(&fold("L’été\u{202f}: «\u{a0}oui\u{a0}»".as_bytes())), "l'été : « oui »");
        assert_eq!(text(&fold(b"a \t\x0b b\r\n\r\nc \n d\0e\x01f")), "a b\nc\nde f");
        assert_eq!(text(&fold(b"\xbcscript\xbe")), "<script>");
        assert_eq!(text(&fold(b"..\xc0\xaf..")), "../..");
    }
}
