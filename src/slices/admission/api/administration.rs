//! The API of operators, on the private listener alone: keys, rules, refusals, events. Whoever acts is
//! written down by the name that their token says.

use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Keys;
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized, Employee, Operation};
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;
use crate::slices::admission::keys::{KeyId, KeyOwner, NewKey, NewSecret};
use crate::slices::admission::operations::{
    ChangeKey, ChangeRules, CheckRules, CreateKey, ListEvents, ListRefusals, ListVersions,
    RevokeKey, RollBack, RotateKey, ShowAllKeys, ShowKey, ShowRules,
};
use crate::slices::admission::refusals::RefusalLine;
use crate::slices::admission::rules::{Applied, EventLine, VersionLine};
use crate::slices::admission::service::Admissions;
use crate::slices::admission::shown::KeyLine;

/// Lines of a list.
const MOST: u32 = 200;

type Answer<T> = Result<Json<T>, ApiError>;

/// The addresses of operators.
pub fn administration() -> Api<Admissions> {
    Api::default()
        .operation::<ShowAllKeys, _, _>(handler!(list_all_keys))
        .operation::<CreateKey, _, _>(handler!(create_key))
        .operation::<ShowKey, _, _>(handler!(show_key))
        .operation::<ChangeKey, _, _>(handler!(change_key))
        .operation::<RotateKey, _, _>(handler!(rotate_key))
        .operation::<RevokeKey, _, _>(handler!(revoke_key))
        .operation::<ShowRules, _, _>(handler!(show_rules))
        .operation::<ChangeRules, _, _>(handler!(apply_rules))
        .operation::<CheckRules, _, _>(handler!(check_rules))
        .operation::<ListVersions, _, _>(handler!(list_versions))
        .operation::<RollBack, _, _>(handler!(roll_back))
        .operation::<ListRefusals, _, _>(handler!(list_refusals))
        .operation::<ListEvents, _, _>(handler!(list_events))
}

/// Who acts, for the list of events.
fn author<O: Operation<Actor = Employee>>(caller: &Authorized<O>) -> &str {
    &caller.actor().principal().subject
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyRequest {
    /// What people call it.
    name: String,
    /// Name of its plan.
    plan: String,
    /// Whose it is; a token that comes with it must be this application's.
    #[serde(default)]
    owner: Option<OwnerRequest>,
    /// Networks that it may come from; from anywhere when empty.
    #[serde(default)]
    networks: Vec<String>,
    /// End of its secret, `2027-12-31T23:00:00Z`.
    #[serde(default)]
    expires: Option<String>,
}

/// An application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnerRequest {
    /// The issuer of its tokens.
    issuer: String,
    /// Its name there.
    client: String,
}

/// What changes of a key; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyChange {
    /// Name of its plan.
    #[serde(default)]
    plan: Option<String>,
    /// Networks that it may come from, in the place of those before.
    #[serde(default)]
    networks: Option<Vec<String>>,
}

/// A second secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// End of the new secret.
    #[serde(default)]
    expires: Option<String>,
    /// End of the old one.
    #[serde(default)]
    old_ends: Option<String>,
}

/// What is revoked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Revocation {
    /// Public part of the secret; the whole key when left out.
    #[serde(default)]
    secret: Option<String>,
}

/// Rules to be applied.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesRequest {
    /// Why.
    #[serde(default)]
    note: String,
    /// The document, as `docs/gateway.md` describes it.
    #[schema(value_type = Object)]
    rules: Value,
}

/// Which refusals.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sought {
    #[serde(default)]
    of: String,
}

/// Versions of the rules, the newest first.
#[derive(Serialize, ToSchema)]
struct Versions {
    versions: Vec<VersionLine>,
}

/// Refusals, the newest first.
#[derive(Serialize, ToSchema)]
struct Refusals {
    refusals: Vec<RefusalLine>,
}

/// Events, the newest first.
#[derive(Serialize, ToSchema)]
struct Events {
    events: Vec<EventLine>,
}

fn identifier(text: &str) -> Result<KeyId, ApiError> {
    text.parse().map_err(|_| ApiError(Problem::new(Kind::NotFound)))
}

fn instant(text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let wrong = |_| {
        let detail = "Un instant s’écrit 2027-12-31T23:00:00Z.";
        ApiError(Problem::new(Kind::Malformed).detail(detail))
    };
    text.map(str::parse::<Timestamp>).transpose().map_err(wrong)
}

/// Every API key, those that are revoked last.
#[utoipa::path(get, path = "/v1/gateway/keys", tag = "gateway",
    responses((status = 200, description = "The keys", body = Keys),
        (status = "5XX", description = "Our fault", body = ProblemDocument, content_type = "application/problem+json")))]
async fn list_all_keys(
    _caller: Authorized<ShowAllKeys>,
    State(admissions): State<Admissions>,
) -> Answer<Keys> {
    Ok(Json(Keys { keys: admissions.list_keys(MOST).await? }))
}

/// A new API key; its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/v1/gateway/keys", tag = "gateway", request_body = KeyRequest,
    responses((status = 200, description = "The key", body = NewSecret),
        (status = 422, description = "A value cannot be taken", body = ProblemDocument, content_type = "application/problem+json")))]
async fn create_key(
    caller: Authorized<CreateKey>,
    State(admissions): State<Admissions>,
    Json(asked): Json<KeyRequest>,
) -> Answer<NewSecret> {
    let expires = instant(asked.expires.as_deref())?;
    let owner = asked.owner.map(|it| KeyOwner { issuer: it.issuer, client: it.client });
    let KeyRequest { name, plan, networks, .. } = asked;
    let new = NewKey { name, plan, owner, networks, expires };
    Ok(Json(admissions.create_key(author(&caller), &new).await?))
}

/// One API key, its secrets and what was used.
#[utoipa::path(get, path = "/v1/gateway/keys/{id}", tag = "gateway",
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 200, description = "The key", body = KeyLine),
        (status = 404, description = "No such key", body = ProblemDocument, content_type = "application/problem+json")))]
async fn show_key(
    _caller: Authorized<ShowKey>,
    State(admissions): State<Admissions>,
    Path(id): Path<String>,
) -> Answer<KeyLine> {
    Ok(Json(admissions.show_key(identifier(&id)?).await?))
}

/// Puts a key on another plan, or lets it come from other networks.
#[utoipa::path(patch, path = "/v1/gateway/keys/{id}", tag = "gateway", request_body = KeyChange,
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 200, description = "The key", body = KeyLine),
        (status = 404, description = "No such key", body = ProblemDocument, content_type = "application/problem+json")))]
async fn change_key(
    caller: Authorized<ChangeKey>,
    State(admissions): State<Admissions>,
    Path(id): Path<String>,
    Json(asked): Json<KeyChange>,
) -> Answer<KeyLine> {
    let id = identifier(&id)?;
    let (plan, networks) = (asked.plan.as_deref(), asked.networks.as_deref());
    admissions.change_key(author(&caller), id, plan, networks).await?;
    Ok(Json(admissions.show_key(id).await?))
}

/// A second secret for a key; the first one lives on, until its end if one is given.
#[utoipa::path(post, path = "/v1/gateway/keys/{id}/rotate", tag = "gateway", request_body = Rotation,
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 200, description = "The secret", body = NewSecret),
        (status = 409, description = "Two live secrets already", body = ProblemDocument, content_type = "application/problem+json")))]
async fn rotate_key(
    caller: Authorized<RotateKey>,
    State(admissions): State<Admissions>,
    Path(id): Path<String>,
    Json(asked): Json<Rotation>,
) -> Answer<NewSecret> {
    let (expires, old_ends) =
        (instant(asked.expires.as_deref())?, instant(asked.old_ends.as_deref())?);
    let id = identifier(&id)?;
    Ok(Json(admissions.rotate_key(author(&caller), id, expires, old_ends).await?))
}

/// Ends a key, or one secret of it.
#[utoipa::path(post, path = "/v1/gateway/keys/{id}/revoke", tag = "gateway", request_body = Revocation,
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 200, description = "The key", body = KeyLine),
        (status = 404, description = "No such key", body = ProblemDocument, content_type = "application/problem+json")))]
async fn revoke_key(
    caller: Authorized<RevokeKey>,
    State(admissions): State<Admissions>,
    Path(id): Path<String>,
    Json(asked): Json<Revocation>,
) -> Answer<KeyLine> {
    let id = identifier(&id)?;
    admissions.revoke_key(author(&caller), id, asked.secret.as_deref()).await?;
    Ok(Json(admissions.show_key(id).await?))
}

/// The rules in force.
#[utoipa::path(get, path = "/v1/gateway/rules", tag = "gateway",
    responses((status = 200, description = "The version in force; null when there are no rules yet", body = Option<VersionLine>)))]
async fn show_rules(
    _caller: Authorized<ShowRules>,
    State(admissions): State<Admissions>,
) -> Answer<Option<VersionLine>> {
    Ok(Json(admissions.show_rules(None).await?))
}

/// Puts rules into effect, as another version; nothing changes when one of them is wrong.
#[utoipa::path(put, path = "/v1/gateway/rules", tag = "gateway", request_body = RulesRequest,
    responses((status = 200, description = "In force everywhere in a few seconds", body = Applied),
        (status = 422, description = "Every fault", body = ProblemDocument, content_type = "application/problem+json")))]
async fn apply_rules(
    caller: Authorized<ChangeRules>,
    State(admissions): State<Admissions>,
    Json(asked): Json<RulesRequest>,
) -> Answer<Applied> {
    Ok(Json(admissions.apply_rules(author(&caller), &asked.note, asked.rules).await?))
}

/// Says what is wrong with rules, and changes nothing.
#[utoipa::path(post, path = "/v1/gateway/rules/check", tag = "gateway", request_body = RulesRequest,
    responses((status = 200, description = "They are right"),
        (status = 422, description = "Every fault", body = ProblemDocument, content_type = "application/problem+json")))]
async fn check_rules(
    _caller: Authorized<CheckRules>,
    State(admissions): State<Admissions>,
    Json(asked): Json<RulesRequest>,
) -> Answer<Value> {
    admissions.check_rules(asked.rules)?;
    Ok(Json(json!({ "right": true })))
}

/// The newest versions of the rules.
#[utoipa::path(get, path = "/v1/gateway/rules/versions", tag = "gateway",
    responses((status = 200, description = "Versions", body = Versions)))]
async fn list_versions(
    _caller: Authorized<ListVersions>,
    State(admissions): State<Admissions>,
) -> Answer<Versions> {
    Ok(Json(Versions { versions: admissions.rules_history(MOST).await? }))
}

/// Puts an earlier version into effect again, as another version.
#[utoipa::path(post, path = "/v1/gateway/rules/versions/{version}/rollback", tag = "gateway",
    params(("version" = u32, Path, description = "Number of the version")),
    responses((status = 200, description = "In force everywhere in a few seconds", body = Applied),
        (status = 404, description = "No such version", body = ProblemDocument, content_type = "application/problem+json")))]
async fn roll_back(
    caller: Authorized<RollBack>,
    State(admissions): State<Admissions>,
    Path(version): Path<String>,
) -> Answer<Applied> {
    let version = version.parse().map_err(|_| ApiError(Problem::new(Kind::NotFound)))?;
    Ok(Json(admissions.roll_back(author(&caller), version).await?))
}

/// Who was refused and why, the newest first.
#[utoipa::path(get, path = "/v1/gateway/refusals", tag = "gateway",
    params(("of" = Option<String>, Query, description = "An address, public part of a key, application, problem or request")),
    responses((status = 200, description = "Refusals", body = Refusals)))]
async fn list_refusals(
    _caller: Authorized<ListRefusals>,
    State(admissions): State<Admissions>,
    Query(sought): Query<Sought>,
) -> Answer<Refusals> {
    Ok(Json(Refusals { refusals: admissions.refusals(&sought.of, MOST).await? }))
}

/// What operators did, the newest first.
#[utoipa::path(get, path = "/v1/gateway/events", tag = "gateway",
    responses((status = 200, description = "Events", body = Events)))]
async fn list_events(
    _caller: Authorized<ListEvents>,
    State(admissions): State<Admissions>,
) -> Answer<Events> {
    Ok(Json(Events { events: admissions.events(MOST).await? }))
}
