//! Where a token may be: in one `Authorization` header, and nowhere else (RFC 6750 §2; what stands in
//! an address or a form ends up in logs).

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use url::form_urlencoded;

use crate::platform::access::Denied;
use crate::platform::web::body;

/// Longer than any token that is taken.
const LONGEST: usize = 8 * 1024;

const PARAMETER: &str = "access_token";

/// The token that the request presents, if it does. The request is given back with its body.
pub(super) async fn presented(request: Request) -> Result<(Request, Option<String>), Denied> {
    let query = request.uri().query().unwrap_or("");
    if names_a_token(query.as_bytes()) {
        return Err(Denied::Misplaced(
            "Le jeton est attendu dans l’en-tête Authorization, jamais dans l’adresse.",
        ));
    }
    let token = in_headers(request.headers())?.map(str::to_owned);
    let request = without_token_in_form(request).await?;
    Ok((request, token))
}

fn in_headers(headers: &HeaderMap) -> Result<Option<&str>, Denied> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Denied::Misplaced("L’en-tête Authorization apparaît deux fois."));
    }
    let value = value.to_str().map_err(|_| Denied::BadToken("not ASCII"))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denied::BadToken("another scheme than Bearer"));
    }
    if token.len() > LONGEST {
        return Err(Denied::BadToken("too long"));
    }
    Ok(Some(token))
}

/// No operation reads a form: one is looked at for the sake of its answer, which must not suggest that
/// the token would have been taken elsewhere.
async fn without_token_in_form(request: Request) -> Result<Request, Denied> {
    let media = request.headers().get(header::CONTENT_TYPE);
    let form = "application/x-www-form-urlencoded";
    if !media.is_some_and(|it| it.as_bytes().to_ascii_lowercase().starts_with(form.as_bytes())) {
        return Ok(request);
    }
    let (parts, content) = request.into_parts();
    // One that cannot be read is refused by the handler, in its own words.
    let bytes = body::read(content).await.unwrap_or_default();
    if names_a_token(&bytes) {
        return Err(Denied::Misplaced(
            "Le jeton est attendu dans l’en-tête Authorization, jamais dans un formulaire.",
        ));
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn names_a_token(parameters: &[u8]) -> bool {
    form_urlencoded::parse(parameters).any(|(name, _)| name == PARAMETER)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(
        headers: &[&str],
        path: &str,
        form: Option<&str>,
    ) -> Result<Option<String>, Denied> {
        let mut request = Request::builder().uri(path);
        for value in headers {
            request = request.header("authorization", *value);
        }
        if form.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let body = Body::from(form.unwrap_or("").to_owned());
        presented(request.body(body).expect("a request")).await.map(|(_, token)| token)
    }

    #[tokio::test]
    async fn a_token_is_in_one_header_and_nowhere_else() {
        assert_eq!(read(&[], "/v1/x?a=1", Some("a=1")).await, Ok(None));
        assert_eq!(read(&["bEARER abc"], "/v1/x", None).await, Ok(Some("abc".into())));
        let long = format!("Bearer {}", "a".repeat(LONGEST + 1));
        for bad in ["Basic YTpi", "DPoP abc", "Bearer\u{a0}abc", long.as_str()] {
            assert!(matches!(read(&[bad], "/v1/x", None).await, Err(Denied::BadToken(_))), "{bad}");
        }
        for (headers, path, form) in [
            (&["Bearer a", "Bearer a"][..], "/v1/x", None),
            (&[], "/v1/x?access_token=a", None),
            (&[], "/v1/x?b=1&access%5Ftoken", None),
            (&["Bearer a"], "/v1/x?access_token=a", None),
            (&[], "/v1/x", Some("access_token=a")),
        ] {
            let refused = read(headers, path, form).await;
            assert!(matches!(refused, Err(Denied::Misplaced(_))), "{headers:?} {path} {form:?}");
        }
    }
}
