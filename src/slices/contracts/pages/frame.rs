//! What every page has around its question, for the templates that the journey shares.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::platform::web::form::Form;
use crate::platform::web::insurer::phone;
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
    /// Address of the page before; empty: there is none.
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
    /// The frame of a page of this guest; `back` is below the dossier, and empty where nothing leads back.
    pub(super) fn new(guest: &Guest, title: &str, step: usize, back: &str, form: Form) -> Self {
        let base = format!("/d/{}", guest.visit.dossier);
        Self {
            title: title.to_owned(),
            step,
            back: if back.is_empty() { String::new() } else { format!("{base}/{back}") },
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
    lines: Vec<String>,
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
    let link = ("Aide et contact", "/aide".to_owned());
    said_with(title, lines.iter().map(|&line| line.to_owned()).collect(), link, status)
}

/// Five wrong codes: nothing is signed for a while, and nothing is lost.
pub(super) fn blocked(until: Timestamp, back: String) -> Response {
    let lines = vec![
        format!("Cinq codes ne correspondaient pas. Vous pourrez recommencer à {}.", hour(until)),
        format!("Votre dossier est gardé. Une difficulté\u{202f}? Appelez-nous au {}.", phone()),
    ];
    let title = "Signature bloquée pendant 15\u{a0}minutes";
    said_with(title, lines, ("Revenir à la signature", back), StatusCode::TOO_MANY_REQUESTS)
}

fn said_with(
    title: &'static str,
    lines: Vec<String>,
    (label, address): (&str, String),
    status: StatusCode,
) -> Response {
    let page = Said { title, lines, link: Some((label.to_owned(), address)), act: None };
    Page::new(page).status(status).cache(CachePolicy::Never).into_response()
}

/// The form behind a link came from somewhere else.
pub(super) fn foreign() -> Response {
    let line = "Le formulaire ne vient pas de cette page. Rouvrez votre lien et recommencez.";
    said("Nous n’avons pas pris cette réponse", &[line], StatusCode::FORBIDDEN)
}
