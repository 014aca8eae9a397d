//! `/espace/donnees.json`: what is kept of who is logged in, to be taken away.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::core::{POOL, Rights};
use crate::kernel::problem::{Kind, Problem};
use crate::slices::dossiers::pages::{Stop, visitor};

/// The routes of the area.
pub fn routes() -> Router<Rights> {
    Router::new().route("/espace/donnees.json", get(own))
}

async fn own(State(rights): State<Rights>, headers: HeaderMap) -> Result<Response, Stop> {
    let tools = &rights.tools;
    let Some(customer) = tools.identity.visitor(POOL, &headers).await? else {
        return Ok(Redirect::to(&format!("/pools/{POOL}/account")).into_response());
    };
    let visit = visitor(&tools.dossiers, &headers).await?;
    let file = rights.own(&customer, visit).await?;
    let text = serde_json::to_string_pretty(&file);
    let text = text.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
    tracing::info!("somebody took away what is kept of them");
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mes-donnees.json\""),
    ];
    Ok((headers, text).into_response())
}
