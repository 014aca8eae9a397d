//! The room of the back office where staff see keys, what was used, who was refused and why, and which
//! rules are in force. It changes nothing: keys and rules are changed by the command line and the
//! private API, each act written down.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;

use super::error::AdmissionError;
use super::refusals::RefusalLine;
use super::rules::VersionLine;
use super::service::Admissions;
use super::shown::KeyLine;
use crate::backoffice_page;
use crate::kernel::problem::Problem;
use crate::platform::admission::Finding;
use crate::platform::backoffice::{Admitted, Frame, Room};
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet as _};
use crate::platform::web::query::Query;

/// Keys, refusals and versions that the page shows.
const SHOWN: u32 = 50;

/// The room.
pub struct Gateway;

impl Room for Gateway {
    const TITLE: &'static str = "Passerelle";
    const SUMMARY: &'static str =
        "Les clés d’API et leur consommation, les requêtes refusées, les règles.";
    const PATH: &'static str = "/gestion/passerelle";
    const GROUPS: &'static [&'static str] = &["administrateurs"];
}

/// The addresses of the room, below its own.
pub fn routes() -> Router<Admissions> {
    Router::new().route("/", get(show))
}

/// Whose refusals.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sought {
    #[serde(default)]
    de: String,
}

#[derive(Template)]
#[template(path = "admission/gateway.html")]
struct GatewayPage {
    frame: Frame,
    of: String,
    keys: Vec<KeyLine>,
    refusals: Vec<RefusalLine>,
    versions: Vec<VersionLine>,
    findings: Vec<Finding>,
}

backoffice_page!(GatewayPage, "Passerelle");

async fn show(
    who: Admitted<Gateway>,
    State(admissions): State<Admissions>,
    sought: Result<Query<Sought>, crate::platform::web::problem::ApiError>,
) -> Result<Page<GatewayPage>, PageError> {
    let Query(Sought { de: of }) = sought.map_err(|refused| PageError(refused.0))?;
    let told = |error: AdmissionError| PageError(Problem::from(error));
    let page = GatewayPage {
        frame: who.frame(),
        keys: admissions.list_keys(SHOWN).await.map_err(told)?,
        refusals: admissions.refusals(&of, SHOWN).await.map_err(told)?,
        versions: admissions.rules_history(10).await.map_err(told)?,
        findings: admissions.findings(SHOWN as usize),
        of,
    };
    Ok(Page::new(page).cache(CachePolicy::Never))
}
