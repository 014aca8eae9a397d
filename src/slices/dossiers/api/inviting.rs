//! The other borrower of a dossier: invited by their telephone and their address. Who invites sees how far
//! the invitation is, and nothing that the other person answers.

use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::operations::{Invite, ShowInvitation};
use super::{faults, identifier};
use crate::handler;
use crate::kernel::problem::Problem;
use crate::platform::access::{Api, Authorized};
use crate::platform::web::form::Form;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::slices::dossiers::core::Dossiers;
use crate::slices::dossiers::error::DossierError;
use crate::slices::dossiers::form;
use crate::slices::dossiers::model::{Dossier, Insured};

/// The other borrower, as who begins knows them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationRequest {
    /// First name.
    given_name: String,
    /// Where the link is written to.
    #[schema(example = "sam@exemple.fr")]
    email: String,
    /// Another number than yours: each of you signs on your own.
    #[schema(example = "+33611223344")]
    mobile: String,
}

/// How an invitation stands.
#[derive(Serialize, ToSchema)]
struct InvitationDocument {
    /// `none`, `open`, `over` (its days have passed), `frozen` (three wrong birth dates) or `declined`
    /// («Ce n’est pas moi»).
    state: String,
    /// When the link opens no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Whether the other person has proven their number.
    has_arrived: bool,
    /// Whether their names, address and work are given.
    is_described: bool,
}

impl InvitationDocument {
    /// The last invitation of this person: its state, and when it ends.
    fn of(two: &Insured, last: Option<&(String, Timestamp)>, now: Timestamp) -> Self {
        let state = match last {
            None => "none",
            Some((state, until)) if state == "open" && *until <= now => "over",
            Some((state, _)) => state,
        };
        Self {
            state: state.to_owned(),
            until: last.map(|(_, until)| until.to_string()),
            has_arrived: two.mobile_proven_at.is_some(),
            is_described: two.is_described(),
        }
    }
}

/// With these addresses.
pub(super) fn add(api: Api<Dossiers>) -> Api<Dossiers> {
    api.operation::<ShowInvitation, _, _>(handler!(show))
        .operation::<Invite, _, _>(handler!(invite))
}

/// The other person; a dossier of one has none.
fn other(dossier: &Dossier) -> Result<&Insured, Problem> {
    dossier.at(2).ok_or_else(|| DossierError::Unknown.into())
}

async fn told(dossiers: &Dossiers, two: &Insured) -> Result<InvitationDocument, Problem> {
    let last = dossiers.invitation_state(two.id).await?;
    Ok(InvitationDocument::of(two, last.as_ref(), dossiers.now()))
}

/// How the last invitation stands.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/invitation", tag = "dossiers", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The invitation, or none yet", body = InvitationDocument),
        (status = 404, description = "No such dossier, or nobody to invite", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn show(
    caller: Authorized<ShowInvitation>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
) -> Result<Json<InvitationDocument>, ApiError> {
    let found = dossiers.owned(caller.actor().party(), identifier(&id)?).await;
    let dossier = found.map_err(Problem::from)?;
    Ok(Json(told(&dossiers, other(&dossier)?).await?))
}

/// Invites the other borrower, by SMS and by e-mail; again, and the link before opens no more. At most ten
/// in an hour.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/invitation", tag = "dossiers", request_body = InvitationRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The link leaves", body = InvitationDocument),
        (status = 409, description = "It is signed or over", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Ten invitations have left within the hour", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn invite(
    caller: Authorized<Invite>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    Json(request): Json<InvitationRequest>,
) -> Result<Json<InvitationDocument>, ApiError> {
    let found = dossiers.owned(caller.actor().party(), identifier(&id)?).await;
    let dossier = found.map_err(Problem::from)?;
    other(&dossier)?;
    if dossier.state.is_signed() {
        return Err(Problem::from(DossierError::Closed).into());
    }
    let mut form = Form::new([
        ("prenom", request.given_name.as_str()),
        ("email", &request.email),
        // A program does not mistype: it is not asked twice.
        ("email_vu", &request.email),
        ("mobile", &request.mobile),
    ]);
    let own = dossier.at(1).ok_or(DossierError::Unknown).map_err(Problem::from)?;
    let invited = form::invited(&mut form, own.mobile.as_deref()).ok_or_else(|| {
        faults(&form, &[("prenom", "/given_name"), ("email", "/email"), ("mobile", "/mobile")])
    })?;
    let dossier = dossiers.invite(dossier.id, own.id, &invited).await.map_err(Problem::from)?;
    Ok(Json(told(&dossiers, other(&dossier)?).await?))
}
