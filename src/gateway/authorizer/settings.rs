//! The `access` section of the configuration: whose tokens are taken, and what they mean.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::kernel::access::{Acr, PoolKind};
use crate::platform::access::Algorithm;
use crate::platform::limits::Complaints;

/// Whose tokens open the API.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AccessSettings {
    /// The audience of tokens of our own pools.
    pub audience: String,
    /// Pools that are not ours.
    #[serde(default)]
    pub issuers: Vec<IssuerSettings>,
}

/// One pool that is not ours.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    /// `iss` of its tokens, to the letter.
    pub issuer: String,
    /// What its people are to us.
    pub pool: PoolKind,
    /// How its tokens say what they say.
    pub profile: Profile,
    /// Where its keys are; by discovery when it is left out.
    #[serde(default)]
    pub jwks_uri: Option<Url>,
    /// Audiences of ours, of which a token must name one.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// Applications whose tokens are taken; all of them when empty.
    #[serde(default)]
    pub client_ids: Vec<String>,
    /// Signatures that are taken.
    pub algs: Vec<Algorithm>,
    /// The longest life of a token that is taken.
    pub max_token_age_s: u64,
    /// Whether its keys may be at a private address, over plain http.
    #[serde(default)]
    pub allow_private: bool,
    /// What its scopes begin with; those that do not are passed over.
    #[serde(default)]
    pub scope_prefix: String,
    /// Its groups and ours; those not listed are passed over.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// Its values of `acr` and ours; those not listed are one factor.
    #[serde(default)]
    pub acr: BTreeMap<String, Acr>,
    /// Where its claims are: for the profile `generic`, and for no other.
    #[serde(default)]
    pub claims: Option<GenericClaims>,
}

/// How the tokens of an issuer say what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The standard of access tokens (RFC 9068).
    Rfc9068,
    /// Amazon Cognito.
    Cognito,
    /// Keycloak.
    Keycloak,
    /// Another provider, told by `claims`.
    Generic,
}

/// Where a provider without a profile of its own keeps its claims: the name of a claim, or a JSON
/// pointer to one (`/realm_access/roles`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GenericClaims {
    /// The claim that only access tokens have.
    pub access_claim: String,
    /// Its value; any value when left out.
    #[serde(default)]
    pub access_value: Option<String>,
    /// The application.
    pub client: String,
    /// The scopes: a text with spaces, or a list.
    pub scopes: String,
    /// The groups: a list.
    #[serde(default)]
    pub groups: Option<String>,
}

impl AccessSettings {
    /// Complains about every value that makes no sense.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.unless(!self.audience.is_empty(), "access.audience", "is empty");
        let mut names = BTreeSet::new();
        for (place, issuer) in self.issuers.iter().enumerate() {
            let key = |name: &str| format!("access.issuers[{place}].{name}");
            complaints.unless(names.insert(&issuer.issuer), &key("issuer"), "is there twice");
            issuer.check(&key, complaints);
        }
    }
}

impl IssuerSettings {
    fn check(&self, key: &dyn Fn(&str) -> String, complaints: &mut Complaints) {
        let is_url = self.issuer.parse().is_ok_and(|url| self.may_be_fetched(&url));
        let needs_url = self.jwks_uri.is_none();
        complaints.unless(!self.issuer.is_empty(), &key("issuer"), "is empty");
        complaints.unless(
            is_url || !needs_url,
            &key("issuer"),
            "is not https://: discovery needs an address (or give jwks_uri, or allow_private)",
        );
        let fetchable = self.jwks_uri.as_ref().is_none_or(|url| self.may_be_fetched(url));
        complaints.unless(fetchable, &key("jwks_uri"), "is not https:// (or allow_private)");
        complaints.unless(!self.algs.is_empty(), &key("algs"), "is empty");
        complaints.range(&key("max_token_age_s"), self.max_token_age_s, 60..=604_800);
        let audience = matches!(self.profile, Profile::Rfc9068 | Profile::Generic);
        complaints.unless(
            !audience || !self.audiences.is_empty(),
            &key("audiences"),
            "is empty: any token of this issuer would do",
        );
        let clients = matches!(self.profile, Profile::Cognito | Profile::Keycloak);
        complaints.unless(
            !clients || !self.client_ids.is_empty(),
            &key("client_ids"),
            "is empty: tokens of this profile are known by their application",
        );
        complaints.unless(
            (self.profile == Profile::Generic) == self.claims.is_some(),
            &key("claims"),
            "belongs to the profile generic, and only there",
        );
        let aims = self.claims.iter().all(|claims| !claims.access_claim.is_empty());
        complaints.unless(aims, &key("claims.access_claim"), "is empty");
    }

    fn may_be_fetched(&self, url: &Url) -> bool {
        let secure = url.scheme() == "https" || (self.allow_private && url.scheme() == "http");
        secure && url.has_host()
    }
}
