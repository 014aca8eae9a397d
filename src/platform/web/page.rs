//! A page and its envelope: status, cache, title; and a refusal shown as a page.
//!
//! A page is a template that extends `shared/layout.html` and implements [`Sheet`]. The cause of a
//! refusal is for the log and never reaches a page.

use std::borrow::Cow;
use std::sync::OnceLock;

use askama::Template;
use axum::extract::OriginalUri;
use axum::handler::Handler;
use axum::routing::{MethodRouter, post};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::facts::{Audience, Facts};
use super::policy::LIVE_POLICY;
use super::problem::Refusal;
use crate::kernel::french;
use crate::kernel::locale::Locale;
use crate::kernel::problem::{Kind, Problem};

/// The name of the company, said once at the start.
static BRAND: OnceLock<Box<str>> = OnceLock::new();

/// Says the name that every page shows. The first word counts.
pub fn set_brand(name: &str) {
    let _ = BRAND.set(name.into());
}

/// The name that every page shows.
pub fn brand() -> &'static str {
    BRAND.get().map_or("Assurly", |name| name)
}

/// The origin of our addresses, said once at the start.
static ORIGIN: OnceLock<Box<str>> = OnceLock::new();

/// Says the origin that addresses shown to people begin with. The first word counts.
pub fn set_origin(origin: &str) {
    let _ = ORIGIN.set(origin.trim_end_matches('/').into());
}

/// The whole address of a path, for a person to keep; the path alone while no origin was said.
pub fn absolute(path: &str) -> String {
    format!("{}{path}", ORIGIN.get().map_or("", |origin| origin))
}

/// What the layout needs to know of a page.
pub trait Sheet {
    /// The heading of the page; the title in the browser is made from it.
    fn title(&self) -> &str;

    /// Whether the page says that answers are to be corrected.
    fn is_refused(&self) -> bool {
        false
    }

    /// Its language; the frame around it speaks the same.
    fn locale(&self) -> Locale {
        Locale::Fr
    }

    /// The part of the house that it belongs to, shown beside the name; empty: the public site.
    fn area(&self) -> &str {
        ""
    }

    /// Colour of that part's band, `#rrggbb`; empty: no band.
    fn accent(&self) -> &str {
        ""
    }

    /// Whether its script may ask us for the price of a form (`web::live`).
    fn is_live(&self) -> bool {
        false
    }

    /// A word of the frame, in the language of the page.
    fn word<'a>(&self, french: &'a str, english: &'a str) -> &'a str {
        match self.locale() {
            Locale::Fr => french,
            Locale::En => english,
        }
    }
}

/// Who may keep a page, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    /// The browser of who asked, which asks again before showing it; going back stays instant.
    Revalidate,
    /// Nobody: health, bank details, codes, documents.
    Never,
    /// Everybody for an hour: pages without any person's data.
    Hour,
}

impl CachePolicy {
    const fn header(self) -> &'static str {
        match self {
            Self::Revalidate => "private, no-cache",
            Self::Never => "no-store",
            Self::Hour => "public, max-age=3600",
        }
    }
}

/// A template with its envelope.
#[derive(Debug)]
pub struct Page<T> {
    sheet: T,
    status: StatusCode,
    cache: CachePolicy,
}

impl<T: Template + Sheet> Page<T> {
    /// A page of a journey: 200, or 422 when answers are to be corrected.
    pub fn new(sheet: T) -> Self {
        let status =
            if sheet.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Self { sheet, status, cache: CachePolicy::Revalidate }
    }

    /// Changes who may keep it.
    #[must_use]
    pub fn cache(mut self, cache: CachePolicy) -> Self {
        self.cache = cache;
        self
    }

    /// Changes its status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl<T: Template + Sheet> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let Ok(text) = self.sheet.render() else {
            return PageError::from(Kind::Bug).into_response();
        };
        let cache = HeaderValue::from_static(self.cache.header());
        let mut page = (self.status, [(header::CACHE_CONTROL, cache)], Html(text)).into_response();
        if self.sheet.is_live() {
            let policy = HeaderValue::from_static(LIVE_POLICY);
            page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        page
    }
}

/// What a page's handler returns when it refuses; words are put to it at the boundary, by
/// [`refusal`].
#[derive(Debug)]
pub struct PageError(pub Problem);

impl<E: Into<Problem>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        Refusal::new(self.0, Some(Audience::Page)).into_response()
    }
}

/// The route of a form that has no page of its own: it stands one step below the page that holds it.
///
/// Its address is in the browser after answers that were refused. Who opens it again (a telephone that
/// brings a tab back, the bar of addresses, «back») is led to that page.
pub fn posted<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    post(handler).get(one_step_up)
}

async fn one_step_up(OriginalUri(uri): OriginalUri) -> Redirect {
    let page = uri.path().rsplit_once('/').map_or("", |(page, _)| page);
    Redirect::to(if page.is_empty() { "/" } else { page })
}

/// What a refusal says to a person.
#[derive(Template)]
#[template(path = "shared/refusal.html")]
struct RefusalPage<'a> {
    words: Words,
    reference: &'a str,
}

impl Sheet for RefusalPage<'_> {
    fn title(&self) -> &str {
        self.words.title
    }
}

struct Words {
    title: &'static str,
    sentence: Cow<'static, str>,
}

/// The page of a refusal, with the reference to give to who can help.
pub fn refusal(problem: &Problem, facts: &Facts) -> String {
    let page = RefusalPage { words: words_of(problem), reference: &facts.trace_id };
    // A template that fails on fixed words would be a bug of ours: words without a page, then.
    page.render().unwrap_or_else(|_| page.words.title.to_owned())
}

/// What was refused this time, where somebody wrote it for people: a conflict has as many causes as the
/// dossier has states.
fn words_of(problem: &Problem) -> Words {
    let detail = match problem.faults.as_slice() {
        [] => problem.detail.as_deref(),
        // Beside a detail, faults are for programs: acts and states by their codes.
        [only] if problem.detail.is_none() => Some(only.detail.as_str()),
        _ => None,
    };
    match detail.filter(|_| problem.kind == Kind::Conflict) {
        Some(detail) => Words {
            title: "Ce n’est pas possible maintenant",
            sentence: french::spaced(detail).into(),
        },
        None => words(problem.kind),
    }
}

/// Plain words for a person who only wanted to read a page.
const fn words(kind: Kind) -> Words {
    let (title, sentence) = match kind {
        Kind::Unauthenticated | Kind::InvalidToken | Kind::StepUp => {
            ("Il faut vous identifier", "Connectez-vous, puis revenez à cette page.")
        }
        Kind::Forbidden | Kind::Protected | Kind::AccessDenied | Kind::InvalidApiKey => (
            "Cette page ne vous est pas ouverte",
            "Votre compte n’y donne pas accès. Repartez de l’accueil.",
        ),
        Kind::WafFiltered => (
            "Nous n’avons pas pu accepter cet envoi",
            "Quelque chose y ressemble à une attaque. Revenez à la page précédente : vos réponses y sont. Retirez les signes qui ont l’air d’un programme, comme « -- », ou appelez-nous avec la référence ci-dessous.",
        ),
        Kind::NotFound => {
            ("Cette page n’existe pas", "Vérifiez l’adresse, ou repartez de l’accueil.")
        }
        Kind::MethodNotAllowed | Kind::NotAcceptable | Kind::UnsupportedMediaType => (
            "Cette adresse ne s’utilise pas ainsi",
            "Repartez de l’accueil pour retrouver la bonne page.",
        ),
        Kind::Gone => (
            "Cette page n’est plus disponible",
            "Son délai est passé. Repartez de l’accueil pour recommencer.",
        ),
        Kind::TooLarge | Kind::UriTooLong | Kind::HeadersTooLarge => (
            "Votre envoi est trop volumineux",
            "Revenez à la page précédente et raccourcissez vos réponses.",
        ),
        Kind::Malformed
        | Kind::Invalid
        | Kind::PreconditionRequired
        | Kind::IdempotencyKeyMissing
        | Kind::IdempotencyKeyReused => (
            "Nous n’avons pas pu lire vos réponses",
            "Revenez à la page précédente, vérifiez vos réponses et recommencez.",
        ),
        Kind::Conflict | Kind::IdempotencyInProgress => {
            ("Cette demande est déjà en cours", "Attendez un instant, puis actualisez la page.")
        }
        Kind::TooMany | Kind::QuotaExceeded => {
            ("Vous avez fait beaucoup de demandes", "Attendez une minute, puis recommencez.")
        }
        Kind::Unavailable
        | Kind::AuthorizerUnavailable
        | Kind::BadGateway
        | Kind::Timeout
        | Kind::RequestTimeout => (
            "Le service est interrompu un instant",
            "Vos réponses restent sur la page précédente. Recommencez dans une minute.",
        ),
        Kind::Bug => (
            "Nous n’arrivons pas à afficher cette page",
            "Le problème vient de nous et il est enregistré. Recommencez dans quelques minutes.",
        ),
    };
    Words { title, sentence: Cow::Borrowed(sentence) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::problem::Fault;
    use crate::platform::web::lint;

    #[test]
    fn every_refusal_is_a_sound_page() {
        for kind in Kind::ALL {
            let page = RefusalPage { words: words(kind), reference: "req-42" };
            let text = page.render().expect("renders");
            lint::check(&text);
            assert!(text.contains("req-42"), "{kind:?}");
        }
    }

    #[test]
    fn a_conflict_says_what_is_not_possible() {
        let said = |problem: &Problem| words_of(problem).sentence.into_owned();
        let why = "Ce dossier a déjà son contrat.";
        assert_eq!(said(&Problem::new(Kind::Conflict).detail(why)), why);
        let fault = || Fault::new("/state", "ILLEGAL_TRANSITION", "Ses réponses ne changent plus.");
        let closed = Problem::new(Kind::Conflict).faults(vec![fault()]);
        assert_eq!(said(&closed), "Ses réponses ne changent plus.");
        let page = RefusalPage { words: words_of(&closed), reference: "req-42" };
        lint::check(&page.render().expect("renders"));
        // What is written for programs, and what another kind says, stays out of a page.
        let acts = Problem::new(Kind::Conflict).detail("L’acte « conclude »").faults(vec![fault()]);
        assert!(said(&acts).starts_with("Attendez un instant"));
        assert!(!said(&Problem::new(Kind::NotFound).detail(why)).contains("contrat"));
    }

    #[test]
    fn a_handler_refuses_to_a_person() {
        let response = PageError::from(Kind::Unavailable).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let refusal = response.extensions().get::<Refusal>();
        let refusal = refusal.expect("carried to the boundary");
        assert_eq!(refusal.audience, Some(Audience::Page));
    }
}
