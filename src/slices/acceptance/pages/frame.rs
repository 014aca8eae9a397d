//! What every page has around what it says, for the templates that the journey shares, and who is on it.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::kernel::problem::Problem;
use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, Sheet};
use crate::slices::acceptance::core::Acceptances;
use crate::slices::acceptance::following::Case;
use crate::slices::dossiers::pages::{Guest, Stop, guest};

/// What a handler answers.
pub(super) type Answer = Result<Response, Stop>;

/// Around what a page says.
pub(super) struct Frame {
    pub(super) title: String,
    /// From 1.
    pub(super) step: usize,
    /// Address of the page before.
    pub(super) back: String,
    /// `/d/{id}`.
    pub(super) base: String,
    /// Word of the forms of this session.
    pub(super) word: String,
    pub(super) notice: String,
    pub(super) conflict: String,
    pub(super) form: Form,
}

impl Frame {
    /// The frame of a page of this guest.
    pub(super) fn new(guest: &Guest, title: &str, form: Form) -> Self {
        let base = format!("/d/{}", guest.visit.dossier);
        Self {
            title: title.to_owned(),
            step: 5,
            back: base.clone(),
            base,
            word: guest.word.clone(),
            notice: String::new(),
            conflict: String::new(),
            form,
        }
    }

    /// «Étape 5 sur 6 : santé».
    pub(super) fn step_line(&self) -> String {
        format!("Étape {} sur 6\u{a0}: santé", self.step)
    }
}

/// Somebody on their own page of health, and how their dossier is now.
pub(super) struct Own {
    pub(super) guest: Guest,
    pub(super) case: Case,
}

/// Who is on this page: the person of the session, on their own, of a dossier that is not signed.
pub(super) async fn own(
    acceptances: &Acceptances,
    headers: &HeaderMap,
    (id, who): (&str, &str),
) -> Result<Own, Stop> {
    let guest = guest(&acceptances.core.dossiers, headers, id).await?;
    guest.is_own(who)?;
    guest.is_unsigned()?;
    if !guest.knows_cover() {
        return Err(Stop::with(to(&guest, "")));
    }
    let case = acceptances.case(guest.visit.dossier, guest.visit.insured).await?;
    Ok(Own { guest, case })
}

/// Where a form of this dossier leads.
pub(super) fn to(guest: &Guest, path: &str) -> Redirect {
    let base = format!("/d/{}", guest.visit.dossier);
    Redirect::to(&if path.is_empty() { base } else { format!("{base}/{path}") })
}

/// A page that nobody keeps.
pub(super) fn unkept<T: Template + Sheet>(page: T) -> Response {
    Page::new(page).cache(CachePolicy::Never).into_response()
}

/// The same with another status.
pub(super) fn unkept_with<T: Template + Sheet>(page: T, status: StatusCode) -> Response {
    Page::new(page).cache(CachePolicy::Never).status(status).into_response()
}

/// The refusal of a use-case, for a page that does not show it itself.
pub(super) fn refused(problem: Problem) -> Stop {
    Stop::from(problem)
}

/// Gives a page its title and says whether answers are to be corrected.
macro_rules! sheets {
    ($($name:ident),+) => {$(
        impl crate::platform::web::page::Sheet for $name {
            fn title(&self) -> &str {
                &self.frame.title
            }

            fn is_refused(&self) -> bool {
                !self.frame.form.is_sound()
            }
        }
    )+};
}

pub(super) use sheets;
