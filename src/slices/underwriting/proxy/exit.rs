//! The way out of the questionnaire: back to the person's own dossier, which the browser's handle names.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::refuse;
use super::relay::visitor;
use crate::slices::underwriting::service::Underwriting;

/// `GET /questionnaire/suite`.
pub(super) async fn leave(
    State(underwriting): State<Underwriting>,
    headers: HeaderMap,
) -> Response {
    let shared = &underwriting.0;
    match visitor(shared, &headers).await {
        Ok(visitor) => Redirect::to(&(shared.journey)(visitor.session.insured)).into_response(),
        Err(problem) => refuse(problem),
    }
}
