//! `/pools/{pool}/mfa`: the second proof, by a code of an application or by a recovery code.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::frame::{Frame, sheet};
use super::login::{conclude, half_proven};
use super::visit::{Answer, Visit, come_back, in_words};
use crate::kernel::problem::Problem;
use crate::platform::db::Transaction;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::letters::{Said, Sending, Told, send};
use crate::slices::identity::login::Login;
use crate::slices::identity::model::{Factor, FactorKind, Method, User};
use crate::slices::identity::throttle::{Admission, Counted};

/// The page.
#[derive(Template)]
#[template(path = "identity/mfa.html")]
pub(super) struct MfaPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    /// A recovery code is asked.
    pub(super) recovery: bool,
    /// The person has an application of codes.
    pub(super) totp: bool,
    /// The person has a passkey.
    pub(super) passkeys: bool,
}

sheet!(MfaPage, "Prouvez que c’est vous", "Prove that it is you", form);

/// Whether the person has a confirmed factor of this sort.
pub(super) fn has(factors: &[Factor], kind: FactorKind) -> bool {
    factors.iter().any(|factor| factor.is_confirmed() && factor.kind == kind)
}

pub(super) async fn show(visit: Visit) -> Answer {
    let (login, progress) = visit.open_login().await?;
    let (_, factors) = half_proven(&visit, &login, &progress).await?;
    let recovery = visit.query.is("par", "secours");
    if !recovery && !has(&factors, FactorKind::Totp) && visit.rooms.passkeys.are_possible() {
        let to = format!("{}/passkey?login={}", visit.pool.path(), login.id.as_str());
        return Ok(Redirect::to(&to).into_response());
    }
    Ok(page(&visit, &login, &factors, recovery, Form::default()))
}

fn page(visit: &Visit, login: &Login, factors: &[Factor], recovery: bool, form: Form) -> Response {
    let frame = visit.frame(login);
    let page = MfaPage {
        frame: frame.clone(),
        form,
        recovery,
        totp: has(factors, FactorKind::Totp),
        passkeys: has(factors, FactorKind::Passkey) && visit.rooms.passkeys.are_possible(),
    };
    visit.show(page, &frame)
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    let (login, mut progress) = visit.sent_login(&form).await?;
    let (user, factors) = half_proven(&visit, &login, &progress).await?;
    visit.admit()?;
    let (frame, recovery) = (visit.frame(&login), form.is("par", "secours"));
    if form.value("code").is_empty() {
        form.refuse("code", frame.say("Saisissez le code", "Enter the code"));
        return Ok(page(&visit, &login, &factors, recovery, form));
    }
    let counted = Counted::Factor(user.id);
    if let Admission::Later(wait) = visit.rooms.throttle.count(&visit.pool, counted).await? {
        let words =
            frame.say("Trop d’essais\u{a0}: recommencez dans", "Too many tries: start again in");
        form.refuse("code", format!("{words} {}", in_words(&frame, wait)));
        let mut answer = page(&visit, &login, &factors, recovery, form);
        *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        come_back(&mut answer, wait);
        return Ok(answer);
    }
    let code = form.value("code").to_owned();
    let old = visit.current().await?;
    let taken = if recovery {
        take_recovery(&visit, &user, &code).await?
    } else {
        take_code(&visit, &factors, &code).await?
    };
    let Some(transaction) = taken else {
        form.refuse("code", refused(&frame, recovery));
        return Ok(page(&visit, &login, &factors, recovery, form));
    };
    progress.prove(user.id, if recovery { Method::Recovery } else { Method::Otp });
    let answer = conclude(&visit, (transaction, old), &login, progress, &user).await?;
    visit.rooms.throttle.forgive(&visit.pool, counted).await?;
    Ok(answer)
}

fn refused(frame: &Frame, recovery: bool) -> &'static str {
    if recovery {
        frame.say(
            "Ce code de secours n’existe pas ou a déjà servi",
            "This recovery code does not exist or was used already",
        )
    } else {
        frame.say(
            "Ce code ne correspond pas\u{a0}: attendez le suivant, puis recommencez",
            "This code does not match: wait for the next one, then try again",
        )
    }
}

/// A transaction in which the code is used; `None` when it is none, or was used.
async fn take_code(
    visit: &Visit,
    factors: &[Factor],
    typed: &str,
) -> Result<Option<Transaction>, Problem> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let mut transaction = visit.rooms.core.store.begin().await?;
    let is_taken = visit.rooms.totps.take(&mut transaction, factors, &code).await?;
    Ok(is_taken.then_some(transaction))
}

/// The same for a recovery code; its owner is told.
async fn take_recovery(
    visit: &Visit,
    user: &User,
    typed: &str,
) -> Result<Option<Transaction>, Problem> {
    let (core, recovery) = (&visit.rooms.core, &visit.rooms.recovery);
    let Some(hash) = recovery.hash(user.id, typed).await? else { return Ok(None) };
    let before = core.store.recovery_left(user.id).await?;
    let mut transaction = core.store.begin().await?;
    if !recovery.take(&mut transaction, user.id, &hash).await? {
        return Ok(None);
    }
    let left = before.saturating_sub(1);
    let now = core.clock.now();
    let sending = Sending {
        event: format!("identity/recovery/{}", core.entropy.uuid_v7(now)),
        to: &user.email,
        locale: user.locale,
        said: Said::Told(Told::RecoveryUsed { left }),
        expires: None,
    };
    send(core, &mut transaction, &visit.pool, sending).await?;
    let by = By::person(user.id, None, &visit.shown_address());
    let more = json!({ "left": left });
    let pool = visit.pool.id;
    note(core, &mut transaction, pool, "recovery.used", Some(user.id), &by, more).await?;
    Ok(Some(transaction))
}
