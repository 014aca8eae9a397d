//! What a browser may do with our pages: the text of their Content-Security-Policy.

use axum::http::HeaderValue;

/// Nothing but our own files, no inline style or script, no frame around us.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
    script-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// The same for a page whose script asks for the price while somebody answers (`web::live`).
pub const LIVE_POLICY: &str = "default-src 'none'; style-src 'self'; \
    script-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The same for a page whose form ends at another origin: a browser asks the policy about every
/// redirect behind a form. The usual policy when `origin` cannot stand in one.
pub fn with_forms_to(origin: &str) -> HeaderValue {
    let is_source = !origin.is_empty()
        && origin.bytes().all(|b| b.is_ascii_alphanumeric() || b".:/-[]+".contains(&b));
    let usual = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    if !is_source {
        return usual;
    }
    let wider = format!("form-action 'self' {origin};");
    let text = CONTENT_SECURITY_POLICY.replace("form-action 'self';", &wider);
    HeaderValue::try_from(text).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_added_and_nothing_else_is() {
        let wider = with_forms_to("https://app.example:8443");
        let wider = wider.to_str().expect("text");
        assert!(wider.contains("form-action 'self' https://app.example:8443; frame-ancestors"));
        for odd in ["", "https://a; script-src *", "https://a *", "a'b"] {
            assert_eq!(with_forms_to(odd), CONTENT_SECURITY_POLICY, "{odd}");
        }
    }
}
