//! The parts of a request that rules look at, each decoded once as its own format says.

use std::borrow::Cow;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

use super::checks::Check;
use super::decode::percent;
use super::rules::Place;
use super::{json, multipart, xml};

/// Values of one request that are looked at; one with more is refused, so that nothing hides behind them.
const VALUES_MAX: usize = 20_000;

/// Names of members that are remembered, so that a list of like objects has its names looked at once.
const NAMES_KEPT: usize = 64;

/// Parameters of one request: the same number as the Core Rule Set's.
pub(super) const ARGUMENTS_MAX: usize = 255;

/// One part.
#[derive(Debug)]
pub(super) struct Value<'a> {
    pub(super) place: Place,
    /// The name of the parameter, of the header, of the member.
    pub(super) name: Cow<'a, str>,
    pub(super) bytes: Cow<'a, [u8]>,
    /// Whether its format has escapes of its own.
    pub(super) is_json: bool,
}

/// The parts of a request, and what is odd about its form.
#[derive(Debug, Default)]
pub(super) struct Values<'a> {
    pub(super) list: Vec<Value<'a>>,
    pub(super) odd: Vec<Check>,
    pub(super) arguments: usize,
    /// Whether what is added comes out of JSON.
    pub(super) is_json: bool,
    members: Vec<String>,
}

impl<'a> Values<'a> {
    /// Adds a part, while there is room.
    pub(super) fn add(
        &mut self,
        place: Place,
        name: impl Into<Cow<'a, str>>,
        bytes: impl Into<Cow<'a, [u8]>>,
    ) {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return;
        }
        if self.list.len() >= VALUES_MAX {
            self.arguments = usize::MAX;
        } else {
            self.list.push(Value { place, name: name.into(), bytes, is_json: self.is_json });
        }
    }

    /// Adds the name of a member, unless it was there.
    pub(super) fn member(&mut self, name: &str) {
        if self.members.iter().any(|known| known == name) {
            return;
        }
        if self.members.len() < NAMES_KEPT {
            self.members.push(name.to_owned());
        }
        self.add(Place::Names, name.to_owned(), name.to_owned().into_bytes());
    }

    /// Adds a named argument: its name, and its value.
    pub(super) fn argument(&mut self, name: Cow<'a, [u8]>, value: Cow<'a, [u8]>) {
        self.arguments = self.arguments.saturating_add(1);
        let label = String::from_utf8_lossy(&name).into_owned();
        self.add(Place::Names, label.clone(), name);
        self.add(Place::Args, label, value);
    }

    /// Notes something odd about the form.
    pub(super) fn odd(&mut self, check: Check) {
        self.odd.push(check);
    }
}

/// Headers that are no free text: who asks proves it elsewhere, or the value is one of a few.
const PLAIN: &[HeaderName] = &[
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::DATE,
    header::HOST,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::PRAGMA,
    header::RANGE,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE_INSECURE_REQUESTS,
];

/// The parts of this request.
pub(super) fn of<'a>(parts: &'a Parts, body: &'a [u8]) -> Values<'a> {
    let mut values = Values::default();
    values.add(Place::Path, "", percent(parts.uri.path().as_bytes(), false));
    if let Some(query) = parts.uri.query() {
        pairs(query.as_bytes(), &mut values);
    }
    headers(&parts.headers, &mut values);
    if !body.is_empty() {
        self::body(&parts.headers, body, &mut values);
    }
    if values.arguments > ARGUMENTS_MAX {
        values.odd(Check::TooManyArguments);
    }
    values
}

/// The pairs of a query or a form.
pub(super) fn pairs<'a>(text: &'a [u8], values: &mut Values<'a>) {
    for pair in text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        let middle = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
        let (name, value) = (&pair[..middle], pair.get(middle + 1..).unwrap_or_default());
        values.argument(percent(name, true), percent(value, true));
    }
}

fn headers<'a>(headers: &'a HeaderMap, values: &mut Values<'a>) {
    for (name, value) in headers {
        let (label, bytes) = (name.as_str(), value.as_bytes());
        match *name {
            header::COOKIE => cookies(bytes, values),
            header::USER_AGENT => values.add(Place::Agent, label, bytes),
            header::REFERER => values.add(Place::Referer, label, bytes),
            _ if PLAIN.contains(name) || label.starts_with("sec-") => {}
            _ if is_file_name(label) => values.add(Place::Files, label, bytes),
            _ => values.add(Place::Headers, label, bytes),
        }
    }
}

/// Headers in which upload programs send the name of a file.
fn is_file_name(label: &str) -> bool {
    let bare: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    bare == "xfilename" || bare == "xfile" || bare == "filename"
}

fn cookies<'a>(bytes: &'a [u8], values: &mut Values<'a>) {
    for cookie in bytes.split(|&byte| byte == b';') {
        let cookie = cookie.trim_ascii();
        let middle = cookie.iter().position(|&byte| byte == b'=').unwrap_or(cookie.len());
        let name = &cookie[..middle];
        let label = String::from_utf8_lossy(name).into_owned();
        values.add(Place::Cookies, label.clone(), name);
        values.add(Place::Cookies, label, cookie.get(middle + 1..).unwrap_or_default());
    }
}

/// The media type of a body, in lower case and without its parameters.
pub(super) fn media(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split([';', ',']).next()?.trim().to_ascii_lowercase())
}

fn body<'a>(headers: &'a HeaderMap, body: &'a [u8], values: &mut Values<'a>) {
    let media = media(headers).unwrap_or_default();
    match media.as_str() {
        "application/x-www-form-urlencoded" => pairs(body, values),
        "multipart/form-data" => multipart::read(headers, body, values),
        _ if media.ends_with("json") => json::read(body, values),
        _ if media.ends_with("xml") => xml::read(body, values),
        _ if is_opaque(&media) => {}
        _ => values.add(Place::Args, "", body),
    }
}

/// Media in which text is not text.
fn is_opaque(media: &str) -> bool {
    ["image/", "audio/", "video/", "font/"].iter().any(|kind| media.starts_with(kind))
        || ["application/octet-stream", "application/pdf", "application/zip"].contains(&media)
}
