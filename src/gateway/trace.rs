//! The names of a request: its identifier, and its place in a distributed trace (W3C Trace Context).

use axum::http::HeaderMap;

use crate::platform::clock::Entropy;

/// A place in a trace: the whole's name, ours inside it, and whether it is sampled.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trace {
    /// 32 hex digits.
    pub(super) trace_id: String,
    /// 16 hex digits.
    span_id: String,
    /// 2 hex digits.
    flags: String,
}

impl Trace {
    /// The caller's trace, with a part of our own; a new one when there is none that can be read.
    pub(super) fn of(headers: &HeaderMap, entropy: &Entropy) -> Self {
        let (trace_id, flags) = only(headers, "traceparent")
            .and_then(parse)
            .unwrap_or_else(|| (entropy.key(), "00".to_owned()));
        Self { trace_id, span_id: entropy.hex::<8>(), flags }
    }

    /// The header that says so.
    pub(super) fn parent(&self) -> String {
        format!("00-{}-{}-{}", self.trace_id, self.span_id, self.flags)
    }
}

/// The client's name for its request, when it is one that a log can hold.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let sane = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    only(headers, "x-request-id").filter(sane)
}

/// The header's value, when it stands once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values.next().is_none().then(|| first.to_str().ok())?
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, in lower case, nothing all zero (Trace Context §3.2). A later
/// version may have more behind; what we know of it stands at the same place.
fn parse(header: &str) -> Option<(String, String)> {
    let mut parts = header.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let right = is_hex(version, 2)
        && is_hex(trace, 32)
        && is_hex(span, 16)
        && is_hex(flags, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && [trace, span].iter().all(|id| id.bytes().any(|b| b != b'0'));
    right.then(|| (trace.to_owned(), flags.to_owned()))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn a_trace_goes_on_under_its_name_with_a_part_of_ours() {
        let mut headers = HeaderMap::new();
        let sent = format!("00-{TRACE}-00f067aa0ba902b7-01");
        headers.insert("traceparent", HeaderValue::from_str(&sent).expect("ASCII"));
        let trace = Trace::of(&headers, &Entropy::seeded(1));
        assert_eq!(trace.trace_id, TRACE);
        assert_ne!(trace.parent(), sent);
        assert!(trace.parent().ends_with("-01") && parse(&trace.parent()).is_some());
    }

    #[test]
    fn what_is_not_a_trace_starts_one() {
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_sane_names_are_taken_over() {
        let taken = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", HeaderValue::from_static(value));
            request_id(&headers).map(str::to_owned)
        };
        assert_eq!(taken("order-12.b_3").as_deref(), Some("order-12.b_3"));
        assert_eq!(taken(""), None);
        assert_eq!(taken("a b"), None);
        assert_eq!(taken("{\"x\":1}"), None);
        let long: &'static str =
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        assert_eq!((long.len(), taken(long)), (65, None));
    }
}
