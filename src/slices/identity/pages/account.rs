//! `/pools/{pool}/account`: name, address and language of who is logged in.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Frame, sheet};
use super::signup::refuse_long_name;
use super::visit::{Answer, Stop, Visit};
use crate::kernel::access::PoolKind;
use crate::kernel::locale::Locale;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::facts::By;
use crate::slices::identity::model::Factor;
use crate::slices::identity::sessions::Current;

/// The page.
#[derive(Template)]
#[template(path = "identity/account.html")]
pub(super) struct AccountPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) email: String,
    /// Whether a second factor is asked.
    pub(super) protected: bool,
    /// Whether what they signed is elsewhere, in the customer's area.
    pub(super) has_area: bool,
}

sheet!(AccountPage, "Votre compte", "Your account", form);

pub(super) async fn show(visit: Visit) -> Answer {
    let current = visit.person().await?;
    let user = &current.user;
    let form = Form::new([
        ("given_name", user.given_name.as_deref().unwrap_or_default()),
        ("family_name", user.family_name.as_deref().unwrap_or_default()),
        ("locale", user.locale.code()),
    ]);
    page(&visit, &current, form).await
}

async fn page(visit: &Visit, current: &Current, form: Form) -> Result<Response, Stop> {
    let frame = visit.own_frame(current);
    let factors = visit.rooms.core.store.factors(current.user.id).await?;
    let page = AccountPage {
        frame: frame.clone(),
        form,
        email: current.user.email.to_string(),
        has_area: visit.pool.kind == PoolKind::Clients,
        protected: factors.iter().any(Factor::is_confirmed),
    };
    Ok(visit.show(page, &frame))
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    let current = visit.sender(&form).await?;
    let frame = visit.own_frame(&current);
    for name in ["given_name", "family_name"] {
        refuse_long_name(&frame, &mut form, name);
    }
    if !form.is_sound() {
        return page(&visit, &current, form).await;
    }
    let names = [form.value("given_name"), form.value("family_name")];
    let locale = Locale::of_tag(form.value("locale")).unwrap_or(current.user.locale);
    let by = By::session(&current.session, &visit.shown_address());
    let accounts = &visit.rooms.accounts;
    accounts.set_profile(&visit.pool, current.user.id, names, locale, &by).await?;
    Ok(Redirect::to(&format!("{}/account?fait=profil", visit.pool.path())).into_response())
}
