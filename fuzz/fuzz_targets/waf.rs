//! The firewall on any request at all: every decoder, every view, every rule. It must give a verdict, the
//! same one each time, and never panic, loop or pile up memory.
//!
//! Input: one byte for the method and the media type, one for the length of the query, one for that of a
//! header, then the three texts.

#![no_main]

use std::sync::LazyLock;

use assurly::gateway::waf::Waf;
use assurly::gateway::waf::settings::WafSettings;
use assurly::platform::clock::Clock;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Uri};
use libfuzzer_sys::fuzz_target;

const MEDIA: [&str; 8] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "application/xml",
    "text/plain",
    "application/json; charset=utf-16",
    "multipart/form-data",
    "text/xml",
];

static WAF: LazyLock<Waf> = LazyLock::new(|| {
    let defaults: toml::Table =
        include_str!("../../config/default.toml").parse().expect("a document");
    let settings: WafSettings = defaults["waf"].clone().try_into().expect("its section");
    Waf::new(&settings, &serde_json::Value::Null, Clock::system()).expect("the rules that ship")
});

/// The head of a request with these texts where HTTP can say them.
fn head(choice: u8, query: &[u8], value: &[u8]) -> Option<Parts> {
    let method = if choice & 8 == 0 { Method::POST } else { Method::GET };
    let media = MEDIA[usize::from(choice & 7)];
    let mut address = Vec::from(*b"/v1/x?");
    address.extend(query.iter().filter(|byte| byte.is_ascii_graphic() && **byte != b'#'));
    let uri = Uri::try_from(address).ok()?;
    let request = Request::builder().method(method).uri(uri).header("content-type", media);
    let mut request = request.header("host", "assurly.example").body(()).ok()?;
    if let Ok(value) = HeaderValue::from_bytes(value) {
        let name = if choice & 16 == 0 { "x-note" } else { "cookie" };
        request.headers_mut().insert(name, value);
    }
    Some(request.into_parts().0)
}

fuzz_target!(|input: &[u8]| {
    let [choice, query, header, rest @ ..] = input else { return };
    let (query, rest) = rest.split_at(usize::from(*query).min(rest.len()));
    let (header, body) = rest.split_at(usize::from(*header).min(rest.len()));
    let Some(head) = head(*choice, query, header) else { return };
    let verdict = WAF.look(&head, body, None);
    let weighs: u32 = verdict.hits.iter().map(|hit| hit.score).sum();
    assert_eq!(verdict.is_refused, weighs >= 5, "the verdict is the sum of what was found");
    let again = WAF.look(&head, body, None);
    let rules = |verdict: &assurly::gateway::waf::Verdict| {
        verdict.hits.iter().map(|hit| hit.rule.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(rules(&verdict), rules(&again), "the same request is judged alike");
});
