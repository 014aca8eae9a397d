//! What the optional script of a page asks for while somebody answers: the price, and nothing else.
//!
//! A page that has it says so by `Sheet::is_live`. The same form is sent as by its button; the answer is one
//! sentence for the page's `<output>` instead of the page. Nothing is kept, and a form that cannot be
//! read yet has no price: that is no error.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// What the script says that it accepts.
const PART: &str = "partiel=prix";

/// Whether only the price of this form is asked for.
pub fn asks_for_price(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains(PART))
}

/// One sentence; empty while there is no price.
pub fn sentence(text: String) -> Response {
    let unkept = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (unkept, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_not_a_part_of_it() {
        let asks = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            asks_for_price(&headers)
        };
        assert!(asks("text/html; partiel=prix"));
        assert!(!asks("text/html,application/xhtml+xml") && !asks_for_price(&HeaderMap::new()));
    }
}
