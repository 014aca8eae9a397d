//! The few pages that belong to the protocol itself: a request that cannot be answered anywhere else,
//! and leaving.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::platform::web::page::{CachePolicy, Page, Sheet};
use crate::slices::identity::grants::PageOnly;

#[derive(Template)]
#[template(path = "identity/protocol_refused.html")]
struct RefusedPage {
    french: &'static str,
    english: &'static str,
    code: &'static str,
}

impl Sheet for RefusedPage {
    fn title(&self) -> &str {
        "Nous ne pouvons pas vous connecter"
    }
}

/// A refusal that no application is told.
pub(super) fn refused(why: PageOnly) -> Response {
    let [french, english] = why.sentences();
    let page = RefusedPage { french, english, code: why.code() };
    Page::new(page).status(StatusCode::BAD_REQUEST).cache(CachePolicy::Never).into_response()
}

/// The question before leaving.
#[derive(Template)]
#[template(path = "identity/protocol_leave.html")]
pub(super) struct LeavePage {
    /// Where the form goes.
    pub(super) action: String,
    /// The word that proves that the form is ours.
    pub(super) word: String,
    /// What the application asked, sent again with the answer.
    pub(super) kept: Vec<(&'static str, String)>,
}

impl Sheet for LeavePage {
    fn title(&self) -> &str {
        "Voulez-vous vous déconnecter\u{202f}?"
    }
}

/// After leaving.
#[derive(Template)]
#[template(path = "identity/protocol_left.html")]
pub(super) struct LeftPage {
    /// Where the person may go on.
    pub(super) target: Option<String>,
}

impl Sheet for LeftPage {
    fn title(&self) -> &str {
        "Vous êtes déconnecté"
    }
}

/// A page that nobody keeps.
pub(super) fn page<T: Template + Sheet>(sheet: T) -> Response {
    Page::new(sheet).cache(CachePolicy::Never).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::web::lint;

    #[test]
    fn the_pages_are_sound() {
        let [french, english] = PageOnly::Over.sentences();
        lint::check(&RefusedPage { french, english, code: "x" }.render().expect("renders"));
        let kept = vec![("state", "<\"é>".to_owned())];
        let (action, word) = ("/pools/a/logout".to_owned(), "w".to_owned());
        let text = LeavePage { action, word, kept }.render().expect("renders");
        lint::check(&text);
        assert!(!text.contains("<\"é>"), "escaped");
        let target = Some("https://app.example/?a=1&b=2".to_owned());
        lint::check(&LeftPage { target }.render().expect("renders"));
    }
}
