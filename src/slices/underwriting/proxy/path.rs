//! One path has one meaning: decoded once, looked at segment by segment, written again. What two servers
//! could read in two ways is refused: Tomcat takes `/continue/..;/ras-web/` for `/ras-web/`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but what a segment of a path may hold as it is (RFC 3986, `pchar` without the disputable).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A path that could be read in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Disputable;

/// The decoded segments of a path. A slash at the end is an empty last segment, and allowed there alone.
pub(super) fn segments(raw: &str) -> Result<Vec<String>, Disputable> {
    let rest = raw.strip_prefix('/').ok_or(Disputable)?;
    let parts: Vec<_> = rest.split('/').collect();
    let last = parts.len() - 1;
    let read = |(place, part): (usize, &&str)| {
        let is_end = part.is_empty() && place == last;
        if is_end { Ok(String::new()) } else { segment(part) }
    };
    parts.iter().enumerate().map(read).collect()
}

fn segment(raw: &str) -> Result<String, Disputable> {
    // A lone `%`, or one before what is not two digits, is not an encoding at all.
    let bytes = raw.as_bytes();
    let is_code = |at: usize| {
        let digits = bytes.get(at + 1..at + 3);
        digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let mut signs = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%');
    if !signs.all(|(at, _)| is_code(at)) {
        return Err(Disputable);
    }
    let decoded = percent_decode_str(raw).decode_utf8().map_err(|_| Disputable)?;
    let is_disputable =
        |character: char| matches!(character, ';' | '\\' | '/' | '%') || character.is_control();
    let is_plain = !decoded.is_empty()
        && decoded != "."
        && decoded != ".."
        && !decoded.contains(is_disputable);
    if is_plain { Ok(decoded.into_owned()) } else { Err(Disputable) }
}

/// The path of these segments, as it is sent.
pub(super) fn written(segments: &[String]) -> String {
    let encoded = segments.iter().map(|it| utf8_percent_encode(it, SEGMENT).to_string());
    encoded.fold(String::new(), |path, segment| path + "/" + &segment)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for raw in [
            "",
            "continue",
            "//ras-web/api/v1/cases",
            "/continue//x",
            "/continue/../ras-web/api",
            "/continue/./x",
            "/continue/..;/ras-web/api/v1/cases",
            "/continue/..;a=b/ras-web",
            "/continue/x;jsessionid=1",
            "/continue/%2e%2e/ras-web/api",
            "/continue/%2E%2e/ras-web",
            "/continue/.%2e/ras-web",
            "/continue/%2e/x",
            "/continue/%252e%252e/ras-web",
            "/continue/..%2fras-web",
            "/continue/%2F/ras-web",
            "/continue%2f..%2fras-web",
            "/continue/..%5cras-web",
            "/continue/..\\ras-web",
            "/continue/%3b/x",
            "/continue/..%3b/ras-web",
            "/continue/%00",
            "/continue/a%0d%0aHost:x",
            "/continue/%7f",
            "/continue/%",
            "/continue/%2",
            "/continue/%zz",
            "/continue/%c0%ae%c0%ae/ras-web",
            "/continue/%ff",
            "/continue/%25",
        ] {
            assert_eq!(segments(raw), Err(Disputable), "{raw}");
        }
    }

    #[test]
    fn a_plain_path_is_itself() {
        for (raw, sent) in [
            ("/continue/", "/continue/"),
            ("/continue/question/12", "/continue/question/12"),
            ("/%63ontinue/", "/continue/"),
            ("/continue/look/a%20b", "/continue/look/a%20b"),
            ("/continue/é", "/continue/%C3%A9"),
            ("/", "/"),
        ] {
            let segments = segments(raw).expect(raw);
            assert_eq!(written(&segments), sent, "{raw}");
        }
    }

    proptest! {
        /// What is sent reads as what was looked at, and as nothing else.
        #[test]
        fn writing_and_reading_agree(raw in "/[ -~]{0,40}") {
            if let Ok(read) = segments(&raw) {
                let sent = written(&read);
                prop_assert_eq!(segments(&sent), Ok(read));
                let is_name = |segment: &str| segment != "." && segment != "..";
                prop_assert!(!sent.contains(';') && sent.split('/').all(is_name));
            }
        }
    }
}
