//! JSON addresses of dossiers. Each handler reads, calls the use-case that the page calls too, answers.
//!
//! Whose a dossier is, its row says: an identifier of somebody else's names nothing here. What is written
//! says which version was seen (`If-Match`); a refusal of the table says what may be done instead.

mod answers;
mod health;
mod inviting;
mod opening;
mod operations;
mod wire;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answering::Seen;
use super::core::Dossiers;
use super::model::{Dossier, DossierId};
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::access::Api;
use crate::platform::web::form::Form;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use wire::{DossierDocument, Eyes};

/// The addresses of this slice.
pub fn api() -> Api<Dossiers> {
    inviting::add(health::add(answers::add(opening::add(Api::default()))))
}

/// A text that is no identifier names nothing.
fn identifier(text: &str) -> Result<DossierId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(Kind::NotFound).detail("Aucun dossier n’a cet identifiant."))
}

/// The dossier, with its version as `ETag`.
fn shown(dossier: &Dossier, eyes: Eyes, status: StatusCode) -> Response {
    let mut response = (status, Json(DossierDocument::of(dossier, eyes))).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", dossier.version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The version that the caller saw: `If-Match` with one strong tag of ours.
fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    if !headers.contains_key(header::IF_MATCH) {
        return Err(Problem::new(Kind::PreconditionRequired));
    }
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let one = values.next().filter(|_| values.next().is_none());
    let text = one.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = version.and_then(|version| version.parse().ok());
    version.map(Seen::Exactly).ok_or_else(|| {
        Problem::new(Kind::Malformed).detail(
            "Donnez dans l’en-tête If-Match la version que vous avez lue, telle que son ETag.",
        )
    })
}

/// What a form complains about, as faults of the document that it was made from: each field has its
/// place there.
fn faults(form: &Form, places: &[(&str, &str)]) -> Problem {
    let faults = form.errors().iter().map(|fault| {
        let known = places.iter().find(|(field, _)| fault.field.starts_with(field));
        let pointer = known.map_or("", |(_, pointer)| pointer);
        Fault::new(pointer, InputRule::JsonValue.code(), fault.message.clone())
    });
    Problem::new(Kind::Invalid).faults(faults.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Option<u32> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, value.parse().expect("a value"));
        }
        match seen(&headers) {
            Ok(Seen::Exactly(version)) => Some(version),
            _ => None,
        }
    }

    #[test]
    fn a_version_is_one_strong_tag() {
        assert_eq!(read(&["\"7\""]), Some(7));
        for wrong in [&[][..], &["7"], &["*"], &["W/\"7\""], &["\"x\""], &["\"1\"", "\"1\""]] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        let none = seen(&HeaderMap::new());
        assert!(none.is_err_and(|problem| problem.kind == Kind::PreconditionRequired));
    }

    #[test]
    fn a_field_of_a_page_has_its_place_in_the_document() {
        let mut form = Form::default();
        form.refuse("cp", "Indiquez le code postal");
        let problem = faults(&form, &[("cp", "/postcode")]);
        assert_eq!(problem.faults[0].pointer, "/postcode");
        assert_eq!(problem.faults[0].detail, "Indiquez le code postal");
    }
}
