//! `/v1/me/links`: the other accounts of who asks. A link is made by showing two tokens, one in the header and
//! one in the document, each of a login of a moment ago.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::handler;
use crate::kernel::access::{PoolKind, PrincipalKind};
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::access::{Api, Authorized, Bearer, Denied, Operation, Verifier};
use crate::platform::digest::hex;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::slices::identity::core::Identity;
use crate::slices::identity::facts::By;
use crate::slices::identity::linking::{Linking, Unlinkable};
use crate::slices::identity::model::{Pool, User};
use crate::slices::identity::store::LinkRow;

/// How old the two logins may be.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// What these addresses work with.
#[derive(Clone)]
pub struct Links {
    identity: Identity,
    verifier: Arc<dyn Verifier>,
}

impl Links {
    /// On identity, and on who verifies the second token.
    pub fn new(identity: Identity, verifier: Arc<dyn Verifier>) -> Self {
        Self { identity, verifier }
    }
}

/// Lists the accounts that are linked to the caller's.
struct ListLinks;

impl Operation for ListLinks {
    const ID: &'static str = "me.links.list";
    const SCOPE: &'static str = "profil:lire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    type Actor = Bearer;
}

/// Links another account to the caller's.
struct AddLink;

impl Operation for AddLink {
    const ID: &'static str = "me.links.add";
    const SCOPE: &'static str = "profil:ecrire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    const MAX_AGE: Option<Duration> = Some(FRESH);
    type Actor = Bearer;
}

/// Removes a link of the caller's.
struct RemoveLink;

impl Operation for RemoveLink {
    const ID: &'static str = "me.links.remove";
    const SCOPE: &'static str = "profil:ecrire";
    const POOLS: &'static [PoolKind] = PoolKind::ALL;
    const MAX_AGE: Option<Duration> = Some(FRESH);
    type Actor = Bearer;
}

/// The operations of this slice.
pub fn operations() -> Api<Links> {
    Api::default()
        .operation::<ListLinks, _, _>(handler!(list_links))
        .operation::<AddLink, _, _>(handler!(add_link))
        .operation::<RemoveLink, _, _>(handler!(remove_link))
}

/// The second proof.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLink {
    /// An access token of the other account, of a login of less than ten minutes ago.
    token: String,
}

/// An account that is linked to yours.
#[derive(Serialize, ToSchema)]
struct LinkView {
    /// Names the link.
    id: String,
    /// Issuer of the other account.
    issuer: String,
    /// Its name at the issuer.
    subject: String,
    /// Since when.
    since: String,
}

/// The accounts that are linked to yours.
#[derive(Serialize, ToSchema)]
struct LinkList {
    /// The oldest first.
    links: Vec<LinkView>,
}

impl From<LinkRow> for LinkView {
    fn from(row: LinkRow) -> Self {
        Self {
            id: hex(&row.hash),
            issuer: row.account.issuer.to_string(),
            subject: row.account.subject.to_string(),
            since: row.since.to_string(),
        }
    }
}

/// The person of the token: an account of one of our pools, which is not itself linked to another.
async fn owner(links: &Links, who: &Bearer) -> Result<(Arc<Pool>, User), Problem> {
    let (core, principal) = (&links.identity.core, who.principal());
    let refused = || {
        Problem::new(Kind::Conflict).detail(
            "Présentez dans l’en-tête le jeton d’un compte de nos espaces qui n’est relié à aucun autre.",
        )
    };
    let is_own = principal.kind == PrincipalKind::User && principal.linked.is_none();
    let slug = principal.issuer.strip_prefix(&*core.origin);
    let slug = slug.and_then(|path| path.strip_prefix("/pools/")).filter(|_| is_own);
    let pool = core.pool(slug.ok_or_else(refused)?).await?;
    let id: Uuid = principal.subject.parse().map_err(|_| refused())?;
    let found = core.store.user(pool.id, id).await?.map(|(user, _)| user);
    Ok((pool, found.filter(User::is_open).ok_or_else(refused)?))
}

/// Lists the accounts that are linked to yours.
#[utoipa::path(
    get, path = "/v1/me/links", tag = "me",
    responses(
        (status = 200, description = "The links", body = LinkList),
        (status = "4XX", description = "What is wrong, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list_links(
    caller: Authorized<ListLinks>,
    State(links): State<Links>,
) -> Result<Json<LinkList>, ApiError> {
    let (_, user) = owner(&links, caller.actor()).await?;
    let rows = Linking::new(links.identity.core.clone()).of(user.id).await?;
    Ok(Json(LinkList { links: rows.into_iter().map(Into::into).collect() }))
}

/// Links another account to yours: show a token of each.
#[utoipa::path(
    post, path = "/v1/me/links", tag = "me", request_body = NewLink,
    responses(
        (status = 201, description = "The links, the new one last", body = LinkList),
        (status = "4XX", description = "What is wrong, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn add_link(
    caller: Authorized<AddLink>,
    State(links): State<Links>,
    Json(new): Json<NewLink>,
) -> Result<(StatusCode, Json<LinkList>), ApiError> {
    let (pool, user) = owner(&links, caller.actor()).await?;
    let (linking, now) =
        (Linking::new(links.identity.core.clone()), links.identity.core.clock.now());
    let other = match links.verifier.verify(&new.token).await {
        Ok(other) => other,
        Err(denied @ Denied::KeysUnknown { .. }) => return Err(denied.into()),
        Err(_) => return Err(bad_token().into()),
    };
    let other = other.principal().ok_or_else(bad_token)?;
    let is_person = other.kind == PrincipalKind::User && other.is_fresh(FRESH, now);
    if !is_person {
        return Err(bad_token().into());
    }
    if other.linked.is_some() {
        return Err(refusal(Unlinkable::Taken).into());
    }
    let by = By::person(user.id, Some(caller.actor().principal().acr), "");
    let account = other.person();
    match linking.link(&pool, &user, (&account, other.pool), &by).await? {
        Err(why) => Err(refusal(why).into()),
        Ok(()) => {
            let rows = linking.of(user.id).await?;
            let list = LinkList { links: rows.into_iter().map(Into::into).collect() };
            Ok((StatusCode::CREATED, Json(list)))
        }
    }
}

/// Removes a link.
#[utoipa::path(
    delete, path = "/v1/me/links/{id}", tag = "me", params(("id" = String, Path, description = "Name of the link")),
    responses(
        (status = 204, description = "It is removed"),
        (status = "4XX", description = "What is wrong, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn remove_link(
    caller: Authorized<RemoveLink>,
    State(links): State<Links>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (pool, user) = owner(&links, caller.actor()).await?;
    let linking = Linking::new(links.identity.core.clone());
    let by = By::person(user.id, Some(caller.actor().principal().acr), "");
    let found = linking.of(user.id).await?.into_iter().find(|link| hex(&link.hash) == id);
    let link = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
    if linking.unlink(&pool, &user, &link.hash, &by).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(Kind::NotFound).into())
    }
}

fn bad_token() -> Problem {
    let detail = "Ce jeton n’est pas valable, n’est pas celui d’une personne, ou sa connexion date de plus de \
                  dix minutes.";
    Problem::new(Kind::Invalid).faults(vec![Fault::new(
        "/token",
        InputRule::JsonValue.code(),
        detail,
    )])
}

fn refusal(why: Unlinkable) -> Problem {
    Problem::new(Kind::Conflict).detail(match why {
        Unlinkable::Itself => "Les deux jetons sont du même compte.",
        Unlinkable::OtherKind => "Ces deux comptes ne sont pas de la même sorte.",
        Unlinkable::Taken => "Cet autre compte est déjà relié.",
        Unlinkable::NotFirst => "Votre compte est lui-même relié à un autre.",
        Unlinkable::HasLinks => {
            "D’autres comptes sont reliés à cet autre compte\u{a0}: retirez-les d’abord."
        }
        Unlinkable::TooMany => "Dix comptes sont déjà reliés\u{a0}: retirez-en un d’abord.",
    })
}
