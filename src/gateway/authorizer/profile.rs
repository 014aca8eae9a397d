//! Claim profiles: whether a verified token is an access token made for us, and whom it names. One
//! function per profile, each a short list of what must hold.

use std::collections::BTreeMap;

use super::claims::Claims;
use super::settings::{GenericClaims, IssuerSettings, Profile};
use super::token::bad;
use crate::kernel::access::{Acr, PrincipalKind, Scopes};
use crate::platform::access::Denied;

/// Whom a token names, and what it is good for.
pub(super) struct Reading {
    pub(super) client: Box<str>,
    pub(super) kind: PrincipalKind,
    pub(super) scopes: Scopes,
    pub(super) groups: Vec<Box<str>>,
    pub(super) acr: Acr,
}

/// Reads the claims of a token of another pool.
pub(super) fn external(
    of: &IssuerSettings,
    typ: Option<&str>,
    claims: &Claims,
) -> Result<Reading, Denied> {
    let reading = match (of.profile, &of.claims) {
        (Profile::Rfc9068, _) => rfc9068(of, typ, claims),
        (Profile::Cognito, _) => cognito(of, claims),
        (Profile::Keycloak, _) => keycloak(of, claims),
        (Profile::Generic, Some(places)) => generic(of, places, claims),
        (Profile::Generic, None) => Err(bad("a profile without its claims")),
    }?;
    if !of.client_ids.is_empty() && !of.client_ids.iter().any(|known| **known == *reading.client) {
        return Err(bad("another application's token"));
    }
    Ok(reading)
}

/// Reads the claims of a token of our own pools: the standard's, and a few more.
pub(super) fn local(audience: &str, typ: Option<&str>, claims: &Claims) -> Result<Reading, Denied> {
    is_access_token(typ)?;
    has_audience(claims, &[audience])?;
    if claims.text("token_use")? != Some("access") {
        return Err(bad("not an access token"));
    }
    let client = claims.name("client_id")?;
    let kind = kind(client, claims)?;
    // Our pools always say how somebody logged in; a program has proved one thing, its secret.
    let acr = match (claims.text("acr")?, kind) {
        (Some(acr), _) => acr.parse().map_err(|_| bad("an unknown acr"))?,
        (None, PrincipalKind::Machine) => Acr::Pwd,
        (None, PrincipalKind::User) => return Err(bad("a person without acr")),
    };
    let groups = claims.texts("groups")?.into_iter().map(Box::from).collect();
    let scopes = claims.scopes("scope", "")?;
    Ok(Reading { client: client.into(), kind, scopes, groups, acr })
}

/// RFC 9068: the type in the header, and our audience.
fn rfc9068(of: &IssuerSettings, typ: Option<&str>, claims: &Claims) -> Result<Reading, Denied> {
    is_access_token(typ)?;
    has_audience(claims, &of.audiences)?;
    let client = claims.name("client_id")?;
    read(of, claims, client, kind(client, claims)?, "scope", Some("groups"))
}

/// Cognito: access tokens have no audience; their use and their application are known by claims.
fn cognito(of: &IssuerSettings, claims: &Claims) -> Result<Reading, Denied> {
    if claims.text("token_use")? != Some("access") {
        return Err(bad("not an access token"));
    }
    let client = claims.name("client_id")?;
    read(of, claims, client, kind(client, claims)?, "scope", Some("cognito:groups"))
}

/// Keycloak: the type is in the payload, the application in `azp`, the roles under the realm. A
/// program's account is named after it.
fn keycloak(of: &IssuerSettings, claims: &Claims) -> Result<Reading, Denied> {
    if claims.text("typ")? != Some("Bearer") {
        return Err(bad("not an access token"));
    }
    if !of.audiences.is_empty() {
        has_audience(claims, &of.audiences)?;
    }
    let client = claims.name("azp")?;
    let account = claims.text("preferred_username")?.unwrap_or("");
    // Names of accounts are in lower case there, names of applications are not.
    let named = account.strip_prefix("service-account-");
    let is_program = named.is_some_and(|name| name.eq_ignore_ascii_case(client));
    let kind = if is_program { PrincipalKind::Machine } else { PrincipalKind::User };
    read(of, claims, client, kind, "scope", Some("/realm_access/roles"))
}

/// Any other provider, as its settings say.
fn generic(
    of: &IssuerSettings,
    places: &GenericClaims,
    claims: &Claims,
) -> Result<Reading, Denied> {
    has_audience(claims, &of.audiences)?;
    let mark = claims.at(&places.access_claim).ok_or(bad("not an access token"))?;
    if places.access_value.as_deref().is_some_and(|value| mark.as_str() != Some(value)) {
        return Err(bad("not an access token"));
    }
    let client = claims.name(&places.client)?;
    let kind = kind(client, claims)?;
    read(of, claims, client, kind, &places.scopes, places.groups.as_deref())
}

fn read(
    of: &IssuerSettings,
    claims: &Claims,
    client: &str,
    kind: PrincipalKind,
    scopes: &str,
    groups: Option<&str>,
) -> Result<Reading, Denied> {
    let theirs = groups.map_or(Ok(Vec::new()), |place| claims.texts(place))?;
    let acr = claims.at("acr").and_then(serde_json::Value::as_str).unwrap_or("");
    Ok(Reading {
        client: client.into(),
        kind,
        scopes: claims.scopes(scopes, &of.scope_prefix)?,
        groups: ours(&of.groups, &theirs),
        acr: of.acr.get(acr).copied().unwrap_or(Acr::Pwd),
    })
}

/// The groups that are listed, under our names.
fn ours(map: &BTreeMap<String, String>, theirs: &[&str]) -> Vec<Box<str>> {
    theirs.iter().filter_map(|name| map.get(*name)).map(|name| name.as_str().into()).collect()
}

/// A program's token names the program twice.
fn kind(client: &str, claims: &Claims) -> Result<PrincipalKind, Denied> {
    let is_program = claims.name("sub")? == client;
    Ok(if is_program { PrincipalKind::Machine } else { PrincipalKind::User })
}

fn is_access_token(typ: Option<&str>) -> Result<(), Denied> {
    let typ = typ.unwrap_or("");
    let known =
        typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt");
    if known { Ok(()) } else { Err(bad("another type than at+jwt")) }
}

fn has_audience(claims: &Claims, ours: &[impl AsRef<str>]) -> Result<(), Denied> {
    let theirs = claims.texts("aud")?;
    let known = theirs.iter().any(|name| ours.iter().any(|our| our.as_ref() == *name));
    if known { Ok(()) } else { Err(bad("another audience")) }
}
