//! `/pools/{pool}/account/factors`: what somebody proves who they are with, besides the password. Every
//! change asks for a login of a few minutes ago, by the strongest proof that the person has.

use std::time::Duration;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::frame::{Frame, sheet};
use super::sessions::day;
use super::setup::codes_page;
use super::visit::{Answer, Stop, Visit};
use crate::kernel::access::Acr;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::letters::{Said, Sending, Told, send};
use crate::slices::identity::model::{Factor, FactorKind, FactorPolicy};
use crate::slices::identity::progress::{Progress, Then};
use crate::slices::identity::sessions::Current;

/// A login is fresh for so long.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// The page.
#[derive(Template)]
#[template(path = "identity/factors.html")]
pub(super) struct FactorsPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) rows: Vec<FactorRow>,
    pub(super) passkeys: bool,
    /// Recovery codes left.
    pub(super) left: i64,
}

sheet!(FactorsPage, "Sécurité", "Security", form);

/// One factor.
pub(super) struct FactorRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) detail: String,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let current = visit.person().await?;
    page(&visit, &current, Form::default()).await
}

async fn page(visit: &Visit, current: &Current, form: Form) -> Result<Response, Stop> {
    let (frame, store) = (visit.own_frame(current), &visit.rooms.core.store);
    let factors = store.factors(current.user.id).await?;
    let confirmed = factors.iter().filter(|factor| factor.is_confirmed());
    let page = FactorsPage {
        rows: confirmed.map(|factor| row(&frame, factor)).collect(),
        frame: frame.clone(),
        form,
        passkeys: visit.rooms.passkeys.are_possible(),
        left: store.recovery_left(current.user.id).await?,
    };
    Ok(visit.show(page, &frame))
}

fn row(frame: &Frame, factor: &Factor) -> FactorRow {
    let kind = match factor.kind {
        FactorKind::Totp => frame.say("Application de codes", "Code application"),
        FactorKind::Passkey => frame.say("Clé d’accès", "Passkey"),
    };
    let name = match &*factor.label {
        "" => kind.to_owned(),
        label => format!("{kind} ({label})"),
    };
    let since = day(factor.created_at, frame.locale);
    let detail = format!("{} {since}", frame.say("Ajoutée le", "Added on"));
    FactorRow { id: factor.id.to_string(), name, detail }
}

/// Lets through who has logged in a moment ago, by a second proof if they have one; sends others to do so.
pub(super) async fn fresh(visit: &Visit, current: &Current) -> Result<(), Stop> {
    let core = &visit.rooms.core;
    let factors = core.store.factors(current.user.id).await?;
    let needs_second =
        factors.iter().any(Factor::is_confirmed) && visit.pool.second_factor != FactorPolicy::Off;
    let is_recent = current.session.auth_time + FRESH >= core.clock.now();
    let is_strong = !needs_second || current.session.acr() >= Acr::Mfa;
    if is_recent && is_strong {
        return Ok(());
    }
    let progress = Progress { again: true, then: Some(Then::Factors), ..Progress::default() };
    Err(Stop::with(visit.begin(&progress, "login").await?))
}

pub(super) async fn submit(visit: Visit, form: Form) -> Answer {
    let current = visit.sender(&form).await?;
    fresh(&visit, &current).await?;
    match form.value("action") {
        "application" => begin(&visit, &current).await,
        "cle" => {
            let to = format!("{}/account/factors/passkey", visit.pool.path());
            Ok(Redirect::to(&to).into_response())
        }
        "codes" => replace_codes(&visit, &current).await,
        "retirer" => remove(&visit, &current, form).await,
        _ => Ok(back(&visit, "")),
    }
}

fn back(visit: &Visit, done: &str) -> Response {
    Redirect::to(&format!("{}/account/factors?fait={done}", visit.pool.path())).into_response()
}

async fn begin(visit: &Visit, current: &Current) -> Answer {
    let core = &visit.rooms.core;
    let mut transaction = core.store.begin().await?;
    let factor = visit.rooms.totps.begin(&mut transaction, current.user.id).await?;
    core.commit(transaction).await?;
    let base = visit.pool.path();
    let to = format!("{base}/account/factors/application?facteur={factor}");
    Ok(Redirect::to(&to).into_response())
}

async fn replace_codes(visit: &Visit, current: &Current) -> Answer {
    visit.admit()?;
    let (core, user) = (&visit.rooms.core, current.user.id);
    let (codes, hashes) = visit.rooms.recovery.draw(user).await?;
    let mut transaction = core.store.begin().await?;
    core.store.replace_recovery(&mut transaction, user, &hashes, core.clock.now()).await?;
    let by = By::session(&current.session, &visit.shown_address());
    let (pool, kind) = (visit.pool.id, "recovery.replaced");
    note(core, &mut transaction, pool, kind, Some(user), &by, Value::Null).await?;
    core.commit(transaction).await?;
    let way = format!("{}/account/factors", visit.pool.path());
    Ok(codes_page(visit, &visit.own_frame(current), &codes, way))
}

async fn remove(visit: &Visit, current: &Current, mut form: Form) -> Answer {
    let (core, user) = (&visit.rooms.core, &current.user);
    let Ok(id) = form.value("facteur").parse::<Uuid>() else { return Ok(back(visit, "")) };
    let mut transaction = core.store.begin().await?;
    // Two removals at once must not leave a pool's person with none.
    core.store.lock_user(&mut transaction, user.id).await?;
    let factors = core.store.factors_of(&mut transaction, user.id).await?;
    let Some(factor) = factors.iter().find(|factor| factor.id == id) else {
        return Ok(back(visit, ""));
    };
    let others = factors.iter().filter(|other| other.is_confirmed() && other.id != id).count();
    if others == 0 && visit.pool.second_factor == FactorPolicy::Required {
        let frame = visit.own_frame(current);
        let message = frame.say(
            "Cet espace demande une deuxième preuve\u{a0}: ajoutez-en une autre avant de retirer celle-ci",
            "This area asks for a second proof: add another one before you remove this one",
        );
        form.refuse_group("facteur", "", &[], message);
        return page(visit, current, form).await;
    }
    core.store.delete_factor(&mut transaction, user.id, id).await?;
    if others == 0 {
        core.store.delete_factors(&mut transaction, user.id).await?;
    }
    let now = core.clock.now();
    let sending = Sending {
        event: format!("identity/factor/{}", core.entropy.uuid_v7(now)),
        to: &user.email,
        locale: user.locale,
        said: Said::Told(Told::FactorRemoved),
        expires: None,
    };
    send(core, &mut transaction, &visit.pool, sending).await?;
    let by = By::session(&current.session, &visit.shown_address());
    let more = json!({ "kind": factor.kind });
    let (pool, kind) = (visit.pool.id, "factor.removed");
    note(core, &mut transaction, pool, kind, Some(user.id), &by, more).await?;
    core.commit(transaction).await?;
    Ok(back(visit, "retrait"))
}
