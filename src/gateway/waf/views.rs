//! One value under the lights that the rules ask for: as it was sent, and as a database, a shell, a
//! file system or a browser would read it. Each view is made once per value, from the one before,
//! and only when it differs.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::decode::{entities, escapes, fold, percent};

/// How often an encoding within an encoding is undone, beyond the one that HTTP itself has.
const ROUNDS: usize = 3;

/// Shorter texts in base64 are names and numbers.
const HIDDEN_MIN: usize = 16;

/// A light under which a value is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum View {
    /// As the protocol hands it over: decoded once, nothing else.
    Raw,
    /// Every encoding undone, look-alikes folded, lower case, white space squeezed.
    Text,
    /// The same as a database reads it: comments are spaces.
    Sql,
    /// The same as a shell reads it: quoting is gone.
    Shell,
    /// The same as a file system reads it: one kind of slash, one at a time.
    Path,
    /// The same without any white space.
    Tight,
}

impl View {
    /// Every view.
    pub(super) const ALL: [Self; 6] =
        [Self::Raw, Self::Text, Self::Sql, Self::Shell, Self::Path, Self::Tight];

    /// Its place among them.
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

/// A value, looked at.
pub(super) struct Views<'a> {
    raw: &'a [u8],
    text: Vec<u8>,
    others: [Option<Vec<u8>>; 4],
    /// Rounds in which a percent was undone: more than none is an encoding within an encoding.
    pub(super) layers: usize,
}

impl<'a> Views<'a> {
    /// Looks at a value that was decoded as the protocol says.
    pub(super) fn of(raw: &'a [u8]) -> Self {
        let (opened, layers) = open(raw);
        let text = fold(&opened);
        let others = [sql(&text), shell(&text), path(&text), tight(&text)];
        Self { raw, text, others, layers }
    }

    /// Whether it looks the same under every light but the raw one.
    pub(super) fn are_one(&self) -> bool {
        self.others.iter().all(Option::is_none)
    }

    /// The value under this light.
    pub(super) fn get(&self, view: View) -> &[u8] {
        let other = |index: usize| self.others[index].as_deref().unwrap_or(&self.text);
        match view {
            View::Raw => self.raw,
            View::Text => &self.text,
            View::Sql => other(0),
            View::Shell => other(1),
            View::Path => other(2),
            View::Tight => other(3),
        }
    }
}

/// Undoes encodings until there is none left, or somebody is playing.
fn open(raw: &[u8]) -> (Cow<'_, [u8]>, usize) {
    let mut current = Cow::Borrowed(raw);
    let mut layers = 0;
    for _ in 0..ROUNDS {
        let percent = percent(&current, false);
        layers += usize::from(percent.len() != current.len());
        let entities = entities(&percent);
        let opened = escapes(&entities);
        if *opened == *current {
            break;
        }
        current = Cow::Owned(opened.into_owned());
    }
    (current, layers)
}

/// Comments are spaces; the text of a conditional comment is not one.
fn sql(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(text, b"/*")?;
    let mut output = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = memchr::memmem::find(rest, b"/*") {
        output.extend_from_slice(&rest[..start]);
        output.push(b' ');
        rest = &rest[start + 2..];
        if let Some(conditional) = rest.strip_prefix(b"!") {
            let digits = conditional.iter().take_while(|byte| byte.is_ascii_digit()).count();
            rest = &conditional[digits..];
            continue;
        }
        let end = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2);
        rest = &rest[end..];
    }
    output.extend_from_slice(rest);
    Some(fold(&output))
}

/// Without what a shell takes away before it reads a word.
fn shell(text: &[u8]) -> Option<Vec<u8>> {
    let is_quoting = |byte: u8| matches!(byte, b'\'' | b'"' | b'\\' | b'^' | b'$');
    if !text.iter().any(|&byte| is_quoting(byte)) {
        return None;
    }
    let mut output = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let gap = [&b"${ifs}"[..], b"$ifs$9", b"$ifs"].into_iter().find(|it| rest.starts_with(it));
        let nothing = [&b"$@"[..], b"$*"].into_iter().find(|it| rest.starts_with(it));
        if let Some(gap) = gap {
            output.push(b' ');
            at += gap.len();
            continue;
        }
        if let Some(nothing) = nothing {
            at += nothing.len();
            continue;
        }
        if !matches!(byte, b'\'' | b'"' | b'\\' | b'^') {
            output.push(byte);
        }
        at += 1;
    }
    Some(output)
}

/// One kind of slash, one at a time, and no step that leads nowhere.
fn path(text: &[u8]) -> Option<Vec<u8>> {
    let is_odd = text.contains(&b'\\')
        || memchr::memmem::find(text, b"//").is_some()
        || memchr::memmem::find(text, b"/.").is_some();
    if !is_odd {
        return None;
    }
    let mut output: Vec<u8> = Vec::with_capacity(text.len());
    for &byte in text {
        let byte = if byte == b'\\' { b'/' } else { byte };
        if byte == b'/' && output.ends_with(b"/.") && !output.ends_with(b"/..") {
            output.pop();
            continue;
        }
        if byte == b'/' && output.last() == Some(&b'/') {
            continue;
        }
        output.push(byte);
    }
    Some(output)
}

/// Nothing between the letters.
fn tight(text: &[u8]) -> Option<Vec<u8>> {
    let is_white = |byte: u8| matches!(byte, b' ' | b'\n');
    if !text.iter().any(|&byte| is_white(byte)) {
        return None;
    }
    Some(text.iter().copied().filter(|&byte| !is_white(byte)).collect())
}

/// The text that a value hides in base64, when it is one that a person could read.
pub(super) fn hidden(raw: &[u8]) -> Option<Vec<u8>> {
    let bare = raw.strip_suffix(b"==").or_else(|| raw.strip_suffix(b"=")).unwrap_or(raw);
    let is_code = |&byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    if bare.len() < HIDDEN_MIN || !bare.iter().all(is_code) {
        return None;
    }
    let text = STANDARD_NO_PAD.decode(bare).or_else(|_| URL_SAFE_NO_PAD.decode(bare)).ok()?;
    let is_text = std::str::from_utf8(&text)
        .is_ok_and(|text| text.chars().all(|char| !char.is_control() || char.is_whitespace()));
    is_text.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(value: &str, view: View) -> String {
        String::from_utf8_lossy(Views::of(value.as_bytes()).get(view)).into_owned()
    }

    #[test]
    fn encodings_within_encodings_are_undone() {
        assert_eq!(seen("%253Cscript%253E", View::Text), "<script>");
        assert_eq!(seen("%26lt%3Bscript", View::Text), "<script");
        assert_eq!(Views::of(b"%2541").layers, 2);
        assert_eq!(Views::of(b"plain").layers, 0);
    }

    #[test]
    fn a_database_sees_no_comments() {
        assert_eq!(seen("UNI/**/ON/* x */SELECT", View::Sql), "uni on select");
        assert_eq!(seen("/*!50000UNION*/ SELECT 1", View::Sql), " union*/ select 1");
        assert_eq!(seen("a /* open", View::Sql), "a ");
    }

    #[test]
    fn a_shell_sees_no_quoting() {
        assert_eq!(seen("c'a't${IFS}/etc/pas\\swd", View::Shell), "cat /etc/passwd");
        assert_eq!(seen("w$@hoami", View::Shell), "whoami");
    }

    #[test]
    fn a_file_system_sees_one_kind_of_slash() {
        assert_eq!(seen("..\\..//./etc/./passwd", View::Path), "../../etc/passwd");
        assert_eq!(seen("/../a", View::Path), "/../a");
    }

    #[test]
    fn a_text_in_base64_is_read_and_bytes_are_not() {
        assert_eq!(
            hidden(b"PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==").as_deref(),
            Some(&b"<script>alert(1)</script>"[..])
        );
        assert_eq!(hidden(b"j0KCQiA1NebBhDDARIsAANiDD3"), None);
        assert_eq!(hidden(b"contrat"), None);
    }
}
