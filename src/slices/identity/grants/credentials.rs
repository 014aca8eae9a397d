//! How an application says who it is at the token endpoint (RFC 6749 §2.3): its secret in the header or
//! in the form, or none when it can keep no secret. One way per request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::error::OAuthError;
use super::params::Params;
use crate::platform::crypto::{Opaque, equal};
use crate::slices::identity::model::{Client, ClientKind};

/// What an application presented.
pub(in super::super) struct Presented {
    pub(in super::super) client_id: String,
    secret: Option<String>,
}

/// Reads the credentials of a request; `authorization` are the values of that header.
pub(in super::super) fn presented(
    authorization: &[&str],
    params: &Params,
) -> Result<Presented, OAuthError> {
    let in_form = (params.get("client_id"), params.get("client_secret"));
    if params.get("client_assertion").is_some() || params.get("client_assertion_type").is_some() {
        return Err(OAuthError::client());
    }
    let header = match authorization {
        [] => None,
        [one] => Some(basic(one).ok_or(OAuthError::client())?),
        _ => return Err(OAuthError::request("more than one Authorization header")),
    };
    match (header, in_form) {
        (Some(_), (_, Some(_))) => Err(OAuthError::request("two ways of authentication")),
        (Some((id, _)), (Some(other), None)) if id != other => {
            Err(OAuthError::request("two different client_id"))
        }
        (Some((client_id, secret)), _) => Ok(Presented { client_id, secret: Some(secret) }),
        (None, (Some(id), secret)) => {
            Ok(Presented { client_id: id.to_owned(), secret: secret.map(str::to_owned) })
        }
        (None, (None, _)) => Err(OAuthError::client()),
    }
}

/// RFC 7617, with both parts in the form's encoding first (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id), decoded(secret)))
}

/// One value of a form.
fn decoded(text: &str) -> String {
    // As the name of a pair without a value: nothing in a value of ours ends it.
    let pair = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(pair.as_bytes()).next().map_or_else(String::new, |(name, _)| name.into())
}

/// Whether they prove that this application asks. One that can keep a secret must show it; one that
/// cannot must not have one.
pub(in super::super) fn proves(client: &Client, presented: &Presented) -> bool {
    let Some(secret) = &presented.secret else { return client.kind == ClientKind::Public };
    let hash = Opaque::hash_of(secret);
    // Both are compared, so that the time does not tell which one is in use.
    let right = client.secrets.map(|known| known.is_some_and(|known| equal(&known, &hash)));
    client.kind == ClientKind::Confidential && (right[0] | right[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[&str], form: &str) -> Result<(String, Option<String>), OAuthError> {
        let params = Params::parse(form.as_bytes()).expect("a form");
        presented(headers, &params).map(|it| (it.client_id, it.secret))
    }

    fn header(pair: &str) -> String {
        format!("Basic {}", STANDARD.encode(pair))
    }

    #[test]
    fn one_way_per_request() {
        let basic = header("app_1:s%2Fe+c%3D");
        let right = ("app_1".to_owned(), Some("s/e c=".to_owned()));
        assert_eq!(read(&[&basic], ""), Ok(right.clone()));
        assert_eq!(read(&[&basic], "client_id=app_1"), Ok(right));
        let form = ("app_1".to_owned(), Some("x".to_owned()));
        assert_eq!(read(&[], "client_id=app_1&client_secret=x"), Ok(form));
        assert_eq!(read(&[], "client_id=app_1"), Ok(("app_1".to_owned(), None)));
        for (headers, form) in [
            (vec![basic.as_str()], "client_secret=x"),
            (vec![basic.as_str()], "client_id=app_2"),
            (vec![basic.as_str(), basic.as_str()], ""),
            (vec!["Bearer x"], "client_id=app_1"),
            (vec!["Basic !"], "client_id=app_1"),
            (vec![], "client_secret=x"),
            (vec![], "client_id=a&client_assertion=x"),
        ] {
            assert!(read(&headers, form).is_err(), "{headers:?} {form}");
        }
    }
}
