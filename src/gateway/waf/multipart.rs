//! The parts of a `multipart/form-data` body: names, values, names of files, and what no browser sends.
//! What is in a file is not looked at.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};

use super::checks::Check;
use super::rules::Place;
use super::values::Values;

/// Parts that are looked at.
const PARTS_MAX: usize = 256;

/// Adds the fields of the body, and the names of its files.
pub(super) fn read<'a>(headers: &HeaderMap, body: &'a [u8], values: &mut Values<'a>) {
    let Some(boundary) = boundary(headers) else {
        values.odd(Check::MalformedBody);
        values.add(Place::Args, "", body);
        return;
    };
    let delimiter = format!("--{boundary}");
    let starts: Vec<_> =
        memchr::memmem::find_iter(body, delimiter.as_bytes()).take(PARTS_MAX + 1).collect();
    if starts.is_empty() {
        values.odd(Check::MalformedBody);
        values.add(Place::Args, "", body);
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(body.len());
        let part = &body[start + delimiter.len()..end];
        if !part.starts_with(b"--") {
            self::part(part.trim_ascii_start(), values);
        }
    }
}

/// The boundary that the header announces.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (_, rest) = value.split_once("boundary=")?;
    let boundary = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split(';').next()?.trim_end(),
    };
    (1..=200).contains(&boundary.len()).then(|| boundary.to_owned())
}

fn part<'a>(part: &'a [u8], values: &mut Values<'a>) {
    let (head, content) = [&b"\r\n\r\n"[..], b"\n\n"]
        .into_iter()
        .filter_map(|gap| Some((memchr::memmem::find(part, gap)?, gap.len())))
        .min()
        .map_or((part, &b""[..]), |(at, gap)| (&part[..at], &part[at + gap..]));
    let (mut name, mut file) = (None, None);
    for line in head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        let middle = line.iter().position(|&byte| byte == b':').unwrap_or(line.len());
        let (field, value) = (&line[..middle], line.get(middle + 1..).unwrap_or_default());
        look_at_header(field, value, values);
        if field.eq_ignore_ascii_case(b"content-disposition") {
            (name, file) = (parameter(value, b"name="), parameter(value, b"filename="));
        }
    }
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let name = name.unwrap_or_default();
    look_at_name(&name, values);
    let label = String::from_utf8_lossy(&name).into_owned();
    if label == "_charset_" && !is_known_charset(content) {
        values.odd(Check::MultipartCharset);
    }
    match file {
        Some(file) => {
            look_at_name(&file, values);
            values.add(Place::Names, label.clone(), name);
            values.add(Place::Files, label, file);
        }
        None => values.argument(name, Cow::Borrowed(content)),
    }
}

/// A parameter of a header, quoted or not, with its escapes as they are.
fn parameter<'a>(value: &'a [u8], name: &[u8]) -> Option<Cow<'a, [u8]>> {
    let at = value.windows(name.len()).enumerate().find(|(at, window)| {
        let is_start = at.checked_sub(1).is_none_or(|before| b"; \t".contains(&value[before]));
        is_start && window.eq_ignore_ascii_case(name)
    });
    let rest = &value[at?.0 + name.len()..];
    let Some(quoted) = rest.strip_prefix(b"\"") else {
        let end = rest.iter().position(|&byte| byte == b';').unwrap_or(rest.len());
        return Some(Cow::Borrowed(rest[..end].trim_ascii()));
    };
    let mut is_escaped = false;
    let end = quoted.iter().position(|&byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    Some(Cow::Borrowed(&quoted[..end.unwrap_or(quoted.len())]))
}

/// What no browser writes into a name: signs by which two readers could see two names.
fn look_at_name(name: &[u8], values: &mut Values<'_>) {
    let name = strip_letters(name);
    if name.iter().any(|byte| b"\"';=\\".contains(byte) || byte.is_ascii_control()) {
        values.odd(Check::MultipartName);
    }
}

/// The name without the entities of letters, which a browser writes where its page has another charset.
fn strip_letters(name: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(start) = memchr::memchr(b'&', rest) {
        output.extend_from_slice(&rest[..start]);
        rest = &rest[start + 1..];
        let length =
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        if (2..=8).contains(&length) && rest.get(length) == Some(&b';') {
            rest = &rest[length + 1..];
        }
    }
    output.extend_from_slice(rest);
    output
}

fn look_at_header(field: &[u8], value: &[u8], values: &mut Values<'_>) {
    if field.iter().any(|&byte| !(33..=126).contains(&byte)) {
        values.odd(Check::MultipartHeader);
    }
    let value = value.to_ascii_lowercase();
    if field.eq_ignore_ascii_case(b"content-transfer-encoding") {
        values.odd(Check::MultipartEncoding);
    }
    if field.eq_ignore_ascii_case(b"content-type")
        && let Some(at) = memchr::memmem::find(&value, b"charset")
        && let charset = value[at + 7..].trim_ascii_start()
        && let Some(charset) = charset.strip_prefix(b"=")
        && !is_known_charset(charset)
    {
        values.odd(Check::MultipartCharset);
    }
}

/// Charsets in which the characters below 128 are ASCII.
pub(super) fn is_known_charset(charset: &[u8]) -> bool {
    let is_sign = |&byte: &u8| byte.is_ascii_whitespace() || b"\"';".contains(&byte);
    let bare: Vec<u8> = charset
        .iter()
        .copied()
        .skip_while(is_sign)
        .take_while(|byte| !is_sign(byte))
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    [&b"utf-8"[..], b"utf8", b"iso-8859-1", b"iso-8859-15", b"windows-1252", b"us-ascii", b"ascii"]
        .contains(&bare.as_slice())
}
