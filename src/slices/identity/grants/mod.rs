//! The rules of OAuth 2 and OpenID Connect, as functions on values: requests read, held against an
//! application, answered. No I/O, no clock, no randomness: what is not a value is a parameter.

mod answer;
mod ask;
mod credentials;
mod decide;
mod error;
mod params;
mod pkce;
mod redirects;
mod refresh;
mod token_request;

pub(super) use answer::Answer;
pub(super) use ask::{Asked, Setting, addressee, read};
pub(super) use credentials::{Presented, presented, proves};
pub(super) use decide::{Logged, Step, next_step};
pub(super) use error::{OAuthError, PageOnly, Refusal};
pub(super) use params::Params;
pub use redirects::UriFault;
pub(super) use redirects::{origin, registrable};
pub(super) use refresh::{FamilyState, TokenState, Verdict, judge};
pub(super) use token_request::{TokenRequest, read as read_token_request};

/// Whether a verifier answers a challenge (RFC 7636 §4.6).
pub(super) use pkce::answers;
