//! What every page has around its question, for the templates that the journey shares.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, Sheet};
use crate::slices::contracts::core::moment;
use crate::slices::dossiers::pages::{Guest, Stop};

/// What a handler answers.
pub(super) type Answer = Result<Response, Stop>;

/// Around a question.
pub(super) struct Frame {
    pub(super) title: String,
    /// From 1; 0 outside the steps.
    pub(super) step: usize,
    /// Address of the page before.
    pub(super) back: String,
    /// `/d/{id}`.
    pub(super) base: String,
    pub(super) version: u32,
    /// Word of the forms of this session.
    pub(super) word: String,
    pub(super) saved: String,
    /// «15 h 04».
    pub(super) until: String,
    /// Seconds until then.
    pub(super) lasts_s: u64,
    pub(super) notice: String,
    pub(super) conflict: String,
    pub(super) form: Form,
}

impl Frame {
    /// The frame of a page of this guest.
    pub(super) fn new(guest: &Guest, title: &str, step: usize, back: &str, form: Form) -> Self {
        let base = format!("/d/{}", guest.visit.dossier);
        Self {
            title: title.to_owned(),
            step,
            back: format!("{base}/{back}"),
            base,
            version: 0,
            word: guest.word.clone(),
            saved: String::new(),
            until: hour(guest.visit.ends_at),
            lasts_s: guest.visit.lasts.as_secs(),
            notice: String::new(),
            conflict: String::new(),
            form,
        }
    }

    /// «Étape 6 sur 6 : signature».
    pub(super) fn step_line(&self) -> String {
        format!("Étape {} sur 6\u{a0}: signature", self.step)
    }
}

/// An hour as it is read in Paris: «14 h 32».
pub(super) fn hour(at: Timestamp) -> String {
    moment(at).split_once("à ").map(|(_, hour)| hour.to_owned()).unwrap_or_default()
}

/// A page that nobody keeps.
pub(super) fn unkept<T: Template + Sheet>(page: T) -> Response {
    Page::new(page).cache(CachePolicy::Never).into_response()
}

/// Gives a page its title and says whether answers are to be corrected.
macro_rules! sheets {
    ($($name:ident),+) => {$(
        impl Sheet for $name {
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

/// A page that only says something.
#[derive(Template)]
#[template(path = "dossiers/notice.html")]
struct Said {
    title: &'static str,
    lines: Vec<&'static str>,
    link: Option<(String, String)>,
    act: Option<(String, String)>,
}

impl Sheet for Said {
    fn title(&self) -> &str {
        self.title
    }
}

/// These words in the place of the page that was asked for.
pub(super) fn said(title: &'static str, lines: &[&'static str], status: StatusCode) -> Response {
    let link = Some(("Aide et contact".to_owned(), "/aide".to_owned()));
    let page = Said { title, lines: lines.to_vec(), link, act: None };
    Page::new(page).status(status).cache(CachePolicy::Never).into_response()
}

/// The form behind a link came from somewhere else.
pub(super) fn foreign() -> Response {
    let line = "Le formulaire ne vient pas de cette page. Rouvrez votre lien et recommencez.";
    said("Nous n’avons pas pris cette réponse", &[line], StatusCode::FORBIDDEN)
}
