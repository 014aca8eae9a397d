//! What the holder of API keys sees of them: plans, secrets by their public parts, what was used.

mod administration;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

pub use administration::administration;

use super::service::Admissions;
use super::shown::KeyLine;
use crate::handler;
use crate::kernel::access::PoolKind;
use crate::platform::access::{Api, Authorized, Bearer, Operation};
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};

/// Shows the API keys of the caller's application.
struct ListKeys;

impl Operation for ListKeys {
    const ID: &'static str = "keys.list";
    const SCOPE: &'static str = "cles:lire";
    const POOLS: &'static [PoolKind] = &[PoolKind::Partenaires, PoolKind::Gestion];
    type Actor = Bearer;
}

/// The addresses of the public part of this slice.
pub fn api() -> Api<Admissions> {
    Api::default().operation::<ListKeys, _, _>(handler!(list_keys))
}

/// API keys.
#[derive(Serialize, ToSchema)]
pub(super) struct Keys {
    /// By their names.
    pub(super) keys: Vec<KeyLine>,
}

/// The API keys of your application, with what was used of their quotas.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys",
    responses(
        (status = 200, description = "Your application's keys", body = Keys),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list_keys(
    caller: Authorized<ListKeys>,
    State(admissions): State<Admissions>,
) -> Result<Json<Keys>, ApiError> {
    let keys = admissions.own_keys(caller.actor()).await?;
    Ok(Json(Keys { keys }))
}
