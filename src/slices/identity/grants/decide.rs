//! What comes next for a request that was checked: the answer, a login, or a question to the person.

use jiff::Timestamp;
use uuid::Uuid;

use super::ask::Asked;
use super::error::OAuthError;
use crate::kernel::access::Acr;
use crate::slices::identity::model::{ErrorCode, Prompt};

/// Who is logged in with this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Logged {
    pub(in super::super) user: Uuid,
    pub(in super::super) auth_time: Timestamp,
    pub(in super::super) acr: Acr,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// The answer.
    Answer,
    /// The person proves who they are; `again` even though a session exists.
    Login { again: bool },
    /// The person agrees or not.
    Consent,
}

/// Decides. `agreed`: the person has agreed to these scopes before, or is not asked.
pub(in super::super) fn next_step(
    asked: &Asked,
    logged: Option<Logged>,
    agreed: bool,
    now: Timestamp,
) -> Result<Step, OAuthError> {
    let quiet = asked.prompts(Prompt::None);
    let login = |again| {
        let refused = OAuthError::new(ErrorCode::LoginRequired, "the person must log in");
        if quiet { Err(refused) } else { Ok(Step::Login { again }) }
    };
    let Some(logged) = logged else { return login(false) };
    let proven_for_this = logged.auth_time >= asked.asked_at;
    if asked.subject.is_some_and(|expected| expected != logged.user) {
        // Somebody else even after a login: the application is told (Core §3.1.2.1, id_token_hint).
        let refused = OAuthError::new(ErrorCode::LoginRequired, "another person is logged in");
        return if proven_for_this { Err(refused) } else { login(true) };
    }
    if !proven_for_this && !is_fresh(asked, logged, now) {
        return login(true);
    }
    if asked.acr.is_some_and(|least| logged.acr < least) {
        let code = ErrorCode::UnmetAuthenticationRequirements;
        let refused = OAuthError::new(code, "the login is not as strong as asked");
        return if proven_for_this { Err(refused) } else { login(false) };
    }
    if agreed && !asked.prompts(Prompt::Consent) {
        return Ok(Step::Answer);
    }
    let refused = OAuthError::new(ErrorCode::ConsentRequired, "the person must agree");
    if quiet { Err(refused) } else { Ok(Step::Consent) }
}

/// Whether a login from before the request is recent enough for it.
fn is_fresh(asked: &Asked, logged: Logged, now: Timestamp) -> bool {
    let again = asked.prompts(Prompt::Login) || asked.prompts(Prompt::SelectAccount);
    !again && asked.max_age().is_none_or(|age| logged.auth_time + age >= now)
}
