//! How a caller is refused, with the challenge that says what would be enough (RFC 6750 §3, RFC 9470
//! §3). Every token that is no good is refused in the same words: why is for the log only.

use std::time::Duration;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::kernel::access::Acr;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::problem::ApiError;

const REALM: &str = "Bearer realm=\"assurly\"";

/// When to ask again after an outage that nobody can date.
const SOON: Duration = Duration::from_secs(5);

/// Why a caller may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// No token was presented.
    Anonymous,
    /// The token is no good; the reason is for the log.
    BadToken(&'static str),
    /// Credentials were presented in a place or in a number that is not allowed.
    Misplaced(&'static str),
    /// The token is good and does not reach so far.
    Forbidden {
        /// The scope that the operation asks for.
        scope: &'static str,
    },
    /// The login is too weak or too old.
    StepUp {
        /// The weakest login that is enough.
        acr: Acr,
        /// The oldest one.
        max_age: Option<Duration>,
    },
    /// The issuer's keys were never seen: nothing can be said of its tokens.
    KeysUnknown {
        /// When to ask again.
        retry_after: Duration,
        /// For the log.
        cause: String,
    },
    /// It is not known which tokens were taken back, and the operation is one that matters.
    RevocationsUnknown,
    /// The request never went through the authorizer: our bug.
    NeverAsked,
}

impl Denied {
    /// The challenge, for refusals that another token would lift.
    fn challenge(&self) -> Option<String> {
        match self {
            Self::Anonymous => Some(REALM.to_owned()),
            Self::BadToken(_) => Some(format!("{REALM}, error=\"invalid_token\"")),
            Self::Misplaced(_) => Some(format!("{REALM}, error=\"invalid_request\"")),
            Self::Forbidden { scope } => {
                Some(format!("{REALM}, error=\"insufficient_scope\", scope=\"{scope}\""))
            }
            Self::StepUp { acr, max_age } => {
                let age = max_age
                    .map_or_else(String::new, |age| format!(", max_age=\"{}\"", age.as_secs()));
                Some(format!(
                    "{REALM}, error=\"insufficient_user_authentication\", acr_values=\"{acr}\"{age}"
                ))
            }
            _ => None,
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Anonymous => Self::new(Kind::Unauthenticated),
            Denied::BadToken(reason) => Self::new(Kind::InvalidToken).cause(reason),
            Denied::Misplaced(detail) => Self::new(Kind::Malformed).detail(detail),
            Denied::Forbidden { .. } => Self::new(Kind::Forbidden),
            Denied::StepUp { .. } => Self::new(Kind::StepUp),
            Denied::KeysUnknown { retry_after, cause } => {
                Self::new(Kind::AuthorizerUnavailable).retry_after(retry_after).cause(cause)
            }
            Denied::RevocationsUnknown => Self::new(Kind::AuthorizerUnavailable)
                .retry_after(SOON)
                .cause("the revocations are too old to be trusted"),
            Denied::NeverAsked => Self::new(Kind::Bug).cause("an operation outside the authorizer"),
        }
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let challenge = self.challenge().and_then(|text| HeaderValue::from_str(&text).ok());
        let headers: HeaderMap =
            challenge.map(|challenge| (WWW_AUTHENTICATE, challenge)).into_iter().collect();
        (headers, ApiError(self.into())).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(denied: Denied) -> (u16, Option<String>) {
        let response = denied.into_response();
        let challenge = response.headers().get(WWW_AUTHENTICATE);
        let challenge = challenge.map(|value| value.to_str().expect("ASCII").to_owned());
        (response.status().as_u16(), challenge)
    }

    #[test]
    fn challenges_are_those_of_the_standards() {
        let realm = |rest: &str| Some(format!("Bearer realm=\"assurly\"{rest}"));
        assert_eq!(seen(Denied::Anonymous), (401, realm("")));
        let bad = Denied::BadToken("why");
        assert_eq!(seen(bad), (401, realm(", error=\"invalid_token\"")));
        assert_eq!(seen(Denied::Misplaced("ici")), (400, realm(", error=\"invalid_request\"")));
        assert_eq!(
            seen(Denied::Forbidden { scope: "devis:lire" }),
            (403, realm(", error=\"insufficient_scope\", scope=\"devis:lire\""))
        );
        let max_age = Some(Duration::from_secs(300));
        assert_eq!(
            seen(Denied::StepUp { acr: Acr::Mfa, max_age }),
            (
                401,
                realm(
                    ", error=\"insufficient_user_authentication\", acr_values=\"mfa\", \
                     max_age=\"300\""
                )
            )
        );
        assert_eq!(seen(Denied::RevocationsUnknown), (503, None));
        assert_eq!(seen(Denied::NeverAsked), (500, None));
    }
}
