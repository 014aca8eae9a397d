//! The header by which a client makes an act happen once, however often it sends the request
//! (draft-ietf-httpapi-idempotency-key-header).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;

use super::problem::ApiError;
use crate::kernel::problem::{Kind, Problem};

const HEADER: &str = "idempotency-key";

/// A key of 1 to 255 visible ASCII characters, without the quotes that some clients put around it.
#[derive(Debug, IntoParams)]
#[into_params(names("Idempotency-Key"), parameter_in = Header)]
pub struct IdempotencyKey(
    /// New and random for each act, 1 to 255 visible characters; remembered for 30 days.
    String,
);

impl IdempotencyKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let one = values.next().filter(|_| values.next().is_none());
        let text = one.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::new(Kind::IdempotencyKeyMissing).into());
        }
        Ok(Self(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn read(values: &[&str]) -> Option<String> {
        let mut request = Request::builder();
        for value in values {
            request = request.header(HEADER, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        IdempotencyKey::from_request_parts(&mut parts, &()).await.ok().map(|key| key.0)
    }

    #[tokio::test]
    async fn one_visible_key_and_nothing_else() {
        assert_eq!(read(&["abc"]).await.as_deref(), Some("abc"));
        assert_eq!(read(&["\"abc\""]).await.as_deref(), Some("abc"));
        let long = "x".repeat(256);
        for values in [&[][..], &[""], &["a b"], &["\"\""], &["a", "b"], &[long.as_str()]] {
            assert_eq!(read(values).await, None, "{values:?}");
        }
    }
}
