//! The address of the caller's own account of themselves.

use serde::Serialize;
use utoipa::ToSchema;

use crate::handler;
use crate::kernel::access::PoolKind;
use crate::platform::access::{Api, Authorized, Bearer, Operation};
use crate::platform::web::json::Json;
use crate::platform::web::problem::ProblemDocument;

/// Says who the caller is.
struct ShowMe;

impl Operation for ShowMe {
    const ID: &'static str = "me.show";
    const SCOPE: &'static str = "profil:lire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    type Actor = Bearer;
}

/// The addresses of this slice.
pub fn api() -> Api {
    Api::default().operation::<ShowMe, _, _>(handler!(show_me))
}

/// What your token says of you.
#[derive(Serialize, ToSchema)]
struct Me {
    /// Who issued it.
    issuer: String,
    /// Your name at the issuer.
    subject: String,
    /// The account that yours is linked to: what is its is yours.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked_to: Option<LinkedTo>,
    /// `clients`, `partenaires` or `gestion`.
    pool: &'static str,
    /// `user` or `machine`.
    kind: &'static str,
    /// The application that it was given to.
    client: String,
    /// What it is good for.
    scopes: Vec<String>,
    /// Your groups.
    groups: Vec<String>,
    /// How you logged in: `legacy`, `pwd`, `mfa` or `phr`.
    acr: &'static str,
    /// When you logged in, if the issuer says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<String>,
    /// Its end.
    expires: String,
}

/// An account of ours.
#[derive(Serialize, ToSchema)]
struct LinkedTo {
    /// Who issues its tokens.
    issuer: String,
    /// Its name there.
    subject: String,
}

/// Who you are to us: what your token says, as it was understood.
#[utoipa::path(
    get, path = "/v1/me", tag = "me",
    responses(
        (status = 200, description = "What your token says", body = Me),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn show_me(caller: Authorized<ShowMe>) -> Json<Me> {
    let it = caller.actor().principal();
    Json(Me {
        issuer: it.issuer.to_string(),
        subject: it.subject.to_string(),
        linked_to: it.linked.as_ref().map(|account| LinkedTo {
            issuer: account.issuer.to_string(),
            subject: account.subject.to_string(),
        }),
        pool: it.pool.code(),
        kind: it.kind.code(),
        client: it.client.to_string(),
        scopes: it.scopes.iter().map(str::to_owned).collect(),
        groups: it.groups.iter().map(ToString::to_string).collect(),
        acr: it.acr.code(),
        auth_time: it.auth_time.map(|at| at.to_string()),
        expires: it.expires.to_string(),
    })
}
