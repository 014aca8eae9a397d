//! What no pattern can say: the form of the request itself, and the two detectors of libinjection.
//! Each check is the whole of a rule that names it; the rule files give it its number and its weight.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use libinjectionrs::{detect_sqli, detect_xss};
use serde::{Deserialize, Serialize};

use super::multipart::is_known_charset;
use super::values::media;
use crate::kernel::problem::Kind;

/// A check by a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Check {
    /// A method that nothing here takes.
    Method,
    /// A path with characters that a path does not have.
    PathSyntax,
    /// A body behind GET or HEAD.
    BodyOfGet,
    /// `Accept` without a word in it.
    EmptyAccept,
    /// A charset in `Accept` that nobody writes.
    AcceptCharset,
    /// A media type that nothing here reads.
    Media,
    /// `Content-Type` that is none.
    MediaSyntax,
    /// A charset in which ASCII is not ASCII, or two of them.
    Charset,
    /// A body without a media type.
    BodyWithoutType,
    /// A header by which proxies are talked into something.
    RestrictedHeader,
    /// A header that stands once, twice.
    RepeatedHeader,
    /// A range that ends before it begins.
    Range,
    /// A parameter that would change the method.
    MethodOverride,
    /// More parameters than any form.
    TooManyArguments,
    /// A body that is not what its media type says.
    MalformedBody,
    /// A name in a part with signs that two readers read in two ways.
    MultipartName,
    /// A header of a part that is none.
    MultipartHeader,
    /// A part in a charset in which ASCII is not ASCII.
    MultipartCharset,
    /// A part in an encoding that no browser uses.
    MultipartEncoding,
    /// A character 0.
    Nul,
    /// An encoding within an encoding.
    DoubleEncoding,
    /// A letter spelled by its number, outside of JSON.
    SpelledLetter,
    /// More encodings than any client accepts.
    AcceptEncoding,
    /// A session in the address, on the way from elsewhere.
    SessionFixation,
    /// libinjection's reading of SQL.
    LibinjectionSqli,
    /// libinjection's reading of HTML.
    LibinjectionXss,
}

impl Check {
    /// How a request is answered that this check alone refuses: HTTP has a word for some of it.
    pub(super) const fn answer(self) -> Kind {
        match self {
            Self::Media | Self::MediaSyntax | Self::Charset | Self::BodyWithoutType => {
                Kind::UnsupportedMediaType
            }
            _ => Kind::WafFiltered,
        }
    }
}

/// Media types that something here reads, or that browsers send by themselves.
const MEDIA: &[&str] = &[
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
    "application/xml",
    "text/xml",
    "application/soap+xml",
    "application/csp-report",
];

/// Headers by which proxies and frameworks are talked into another address, method or part.
const RESTRICTED: &[&str] = &[
    "proxy",
    "lock-token",
    "content-range",
    "if",
    "translate",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
    "x-middleware-subrequest",
    "accept-charset",
];

/// Headers that stand once.
const ONCE: &[HeaderName] = &[header::CONTENT_TYPE, header::CONTENT_LENGTH, header::USER_AGENT];

/// What is odd about the head of a request. `methods` are those that the address takes.
pub(super) fn head(parts: &Parts, has_body: bool, methods: &[Method]) -> Vec<Check> {
    let headers = &parts.headers;
    let usual = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    let announced = headers.contains_key(header::TRANSFER_ENCODING) || has_body;
    let has_type = headers.contains_key(header::CONTENT_TYPE);
    let blank = |name| headers.get(name).is_some_and(|it| it.as_bytes().trim_ascii().is_empty());
    let found = [
        (Check::Method, !usual.contains(&parts.method) && !methods.contains(&parts.method)),
        (Check::PathSyntax, parts.uri.path().bytes().any(is_odd_in_a_path)),
        (Check::BodyOfGet, is_read && announced),
        (Check::EmptyAccept, blank(header::ACCEPT)),
        (Check::AcceptCharset, has_odd_accept(headers)),
        (Check::Media, has_type && !is_known_media(headers)),
        (Check::MediaSyntax, has_type && !is_media(headers)),
        (Check::Charset, has_odd_charset(headers)),
        (Check::BodyWithoutType, has_body && !has_type),
        (Check::RestrictedHeader, RESTRICTED.iter().any(|name| headers.contains_key(*name))),
        (Check::RepeatedHeader, ONCE.iter().any(|name| headers.get_all(name).iter().count() > 1)),
        (Check::RepeatedHeader, is_torn(headers)),
        (
            Check::AcceptEncoding,
            headers.get_all(header::ACCEPT_ENCODING).iter().any(|it| it.len() > 100),
        ),
        (Check::Range, headers.get_all(header::RANGE).iter().any(|it| !is_range(it.as_bytes()))),
    ];
    found.into_iter().filter(|(_, is)| *is).map(|(check, _)| check).collect()
}

/// A port or a scheme in a path, and what must be percent-coded there (RFC 3986 §3.3).
fn is_odd_in_a_path(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7f || b":\"<>\\^`{|}".contains(&byte)
}

fn is_known_media(headers: &HeaderMap) -> bool {
    let media = media(headers).unwrap_or_default();
    MEDIA.contains(&media.as_str())
        || (media.starts_with("application/") && media.ends_with("+json") && !media.contains('*'))
}

/// `type/subtype`, and parameters `name=value` (RFC 9110 §8.3.1).
fn is_media(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let mut parts = value.split(';');
    let media = parts.next().unwrap_or_default().trim();
    if parts.clone().any(names_a_media) {
        return false;
    }
    let is_type = media.split_once('/').is_some_and(|(a, b)| is_token(a) && is_token(b));
    is_type
        && parts.map(str::trim).all(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
                is_token(name) && quoted.map_or_else(|| is_token(value), |it| !it.contains('"'))
            })
        })
}

/// Another media type where a parameter should stand.
fn names_a_media(parameter: &str) -> bool {
    let parameter = parameter.to_ascii_lowercase();
    let kinds = ["application/", "text/", "multipart/", "image/", "message/", "audio/", "video/"];
    kinds.iter().any(|kind| parameter.contains(kind))
}

fn is_token(text: &str) -> bool {
    let is_sign =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*'%~/:?=(),".contains(&byte);
    !text.is_empty() && text.bytes().all(is_sign)
}

fn charsets(value: &[u8]) -> Vec<Vec<u8>> {
    let value = value.to_ascii_lowercase();
    let starts = memchr::memmem::find_iter(&value, b"charset");
    let after = starts.map(|at| value[at + 7..].trim_ascii_start());
    after.filter_map(|rest| Some(rest.strip_prefix(b"=")?.to_vec())).collect()
}

fn has_odd_charset(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return false };
    let charsets = charsets(value.as_bytes());
    charsets.len() > 1 || charsets.iter().any(|charset| !is_known_charset(charset))
}

fn has_odd_accept(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT).iter();
    all.flat_map(|value| charsets(value.as_bytes())).any(|charset| {
        let charset: Vec<u8> =
            charset.into_iter().take_while(|byte| !b",;".contains(byte)).collect();
        !is_known_charset(&charset)
    })
}

/// `Connection` that says both.
fn is_torn(headers: &HeaderMap) -> bool {
    let all: Vec<_> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|word| word.trim().to_ascii_lowercase())
        .collect();
    let count = |wanted: &str| all.iter().filter(|word| *word == wanted).count();
    let (close, keep) = (count("close"), count("keep-alive"));
    (close > 0 && keep > 0) || close > 1 || keep > 1
}

/// `bytes=`, and ranges that end where they begin, or later.
fn is_range(value: &[u8]) -> bool {
    let Some(ranges) = std::str::from_utf8(value).ok().and_then(|it| it.strip_prefix("bytes="))
    else {
        return false;
    };
    ranges.split(',').map(str::trim).all(|range| {
        range.split_once('-').is_some_and(|(first, last)| {
            let number = |text: &str| text.trim().parse::<u64>().ok();
            match (number(first), number(last)) {
                (Some(first), Some(last)) => first <= last,
                (Some(_), None) => last.trim().is_empty(),
                (None, Some(_)) => first.trim().is_empty(),
                (None, None) => false,
            }
        })
    })
}

/// Whether this parameter would change the method, for a framework that listens to it.
pub(super) fn is_method_override(name: &str, value: &[u8]) -> bool {
    const METHODS: &[&[u8]] =
        &[b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT"];
    name == "_method" && METHODS.contains(&value.trim_ascii().to_ascii_uppercase().as_slice())
}

/// Whether a letter is spelled `\\u0061`, and that not as the text of such a spelling.
pub(super) fn has_spelled_letter(raw: &[u8]) -> bool {
    raw.windows(4).enumerate().any(|(at, window)| {
        let is_plain = at.checked_sub(1).is_none_or(|before| raw[before] != b'\\');
        is_plain && window.eq_ignore_ascii_case(b"\\u00")
    })
}

/// Names of the parameters in which platforms keep a session.
const SESSIONS: &[&str] = &[
    "jsessionid",
    "aspsessionid",
    "asp.net_sessionid",
    "phpsession",
    "phpsessid",
    "weblogicsession",
    "session_id",
    "session-id",
    "sessionid",
    "cfid",
    "cfsid",
    "cftoken",
    "jservsession",
    "jwsession",
    "_session_id",
    "laravel_session",
    "rack.session",
    "connect.sid",
];

/// Whether this parameter would give somebody a session that another one knows.
pub(super) fn is_session(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SESSIONS.contains(&name.as_str())
}

/// Whether the request comes from a page of another site, or says of no page at all.
pub(super) fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let Some(Ok(referer)) = headers.get(header::REFERER).map(|value| value.to_str()) else {
        return true;
    };
    let Some((_, rest)) = referer.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !authority.eq_ignore_ascii_case(host)
}

/// Signs without which no text is read as SQL but as prose.
fn has_sql_sign(text: &[u8]) -> bool {
    text.iter().any(|byte| b"'\"`;(=#@|<>*".contains(byte))
        || memchr::memmem::find(text, b"--").is_some()
}

/// Two letters side by side, or the end of a string: without either it is arithmetic.
fn has_word(text: &[u8]) -> bool {
    let is_word = |pair: &[u8]| pair.iter().all(u8::is_ascii_alphabetic);
    memchr::memchr2(b'\'', b'"', text).is_some() || text.windows(2).any(is_word)
}

/// libinjection's reading of SQL.
pub(super) fn is_sqli(text: &[u8]) -> bool {
    has_sql_sign(text) && has_word(text) && detect_sqli(text).is_injection()
}

/// libinjection's reading of HTML.
pub(super) fn is_xss(text: &[u8]) -> bool {
    memchr::memchr3(b'<', b'>', b'=', text).is_some() && detect_xss(text).is_injection()
}
