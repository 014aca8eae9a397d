//! Forms that act for who is logged in must come from our own page.
//!
//! Two proofs, both needed: the browser says where the form comes from (`Sec-Fetch-Site`, else
//! `Origin`), and the form carries a word derived from the secret cookie, which no other site can know.
//! Nothing is stored.

use axum::http::{HeaderMap, header};

use crate::platform::crypto::equal;
use crate::platform::digest::{hex, sha256};

/// Name of the hidden field.
pub const FIELD: &str = "jeton";

/// The word for the forms of whoever holds this cookie.
pub fn word(cookie: &str) -> String {
    hex(&sha256(&[b"csrf", cookie.as_bytes()]))
}

/// Whether a form that was sent with these headers and this word is one of ours. `origin` is our own,
/// without a slash at its end.
pub fn is_ours(headers: &HeaderMap, origin: &str, cookie: &str, sent: &str) -> bool {
    comes_from_us(headers, origin) && equal(word(cookie).as_bytes(), sent.as_bytes())
}

/// What the browser says; one that says nothing (an old one, a program) is left to the word.
pub fn comes_from_us(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    text(header::ORIGIN.as_str()).is_none_or(|from| from == origin)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)], sent: &str) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        is_ours(&headers, "https://a.example", "secret", sent)
    }

    #[test]
    fn a_form_of_another_site_or_without_the_word_is_refused() {
        let right = word("secret");
        assert!(ours(&[], &right));
        assert!(ours(&[("sec-fetch-site", "same-origin")], &right));
        assert!(ours(&[("origin", "https://a.example")], &right));
        for site in ["cross-site", "same-site", "anything"] {
            let pair: &'static str = site;
            assert!(!ours(&[("sec-fetch-site", pair)], &right), "{site}");
        }
        assert!(!ours(&[("origin", "https://evil.example")], &right));
        assert!(!ours(&[("origin", "null")], &right));
        assert!(!ours(&[("sec-fetch-site", "same-origin")], &word("another")));
        assert!(!ours(&[], ""));
    }
}
