//! The rules of the gateway as one document: plans, policies, origins, certificates. It is checked as a
//! whole before it takes effect, kept in versions, and taken back as a whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::network::Networks;
use super::plan::Plan;
use super::policy::{Pattern, Policy};

/// Entries of a list at most: each is looked at for each request.
const MOST: usize = 500;

/// The document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Usage plans by their names.
    pub plans: BTreeMap<String, Plan>,
    /// Operations that are not served without an API key.
    pub keys_required: Vec<Pattern>,
    /// Who may reach what.
    pub policies: Vec<Policy>,
    /// Pages of other origins that may read our answers.
    pub origins: Vec<Origin>,
    /// Client certificates, and the applications that hold them.
    pub certificates: Vec<Certificate>,
    /// What the private listener serves, and to whom.
    pub private: Private,
}

/// A page of another origin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Exactly as browsers send it: `https://app.example`.
    pub origin: String,
    /// Only with tokens of these applications; with any, and without one, when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<String>,
    /// Operations that it may call.
    #[serde(default = "Pattern::all")]
    pub operations: Vec<Pattern>,
}

/// A client certificate that is known by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// What policies call it.
    pub name: String,
    /// SHA-256 of the certificate, 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its subject as `openssl x509 -subject -nameopt RFC2253` writes it; survives a renewal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The application that holds it: tokens of another one are refused with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

/// The endpoint policy of the private listener.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Private {
    /// Operations that it serves.
    pub operations: Vec<Pattern>,
    /// Networks that it serves; all that reach it when empty.
    pub networks: Networks,
}

impl Default for Private {
    fn default() -> Self {
        Self { operations: Pattern::all(), networks: Networks::default() }
    }
}

impl Rules {
    /// Everything that is wrong with them; each with its place. `operations` are those that exist: a
    /// pattern that is nobody's is a typing error that would leave a door open, or shut.
    pub fn faults(&self, operations: &[&str]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |is_right: bool, place: String, what: &str| {
            if !is_right {
                faults.push(format!("{place}: {what}"));
            }
        };
        let sizes =
            [self.plans.len(), self.policies.len(), self.origins.len(), self.certificates.len()];
        fault(sizes.iter().all(|size| *size <= MOST), "rules".into(), "a list has more than 500");
        for (name, plan) in &self.plans {
            let what = if is_name(name) { plan.fault() } else { Some("not a name") };
            fault(what.is_none(), format!("plans.{name}"), what.unwrap_or_default());
            for operation in plan.costs.keys() {
                let known = operations.contains(&operation.as_str());
                fault(known, format!("plans.{name}.costs"), &format!("no operation {operation}"));
            }
        }
        for (place, pattern) in self.patterns() {
            let fits = pattern.to_string() == "*" || operations.iter().any(|it| pattern.fits(it));
            fault(fits, place, &format!("`{pattern}` is no operation that exists"));
        }
        for (place, what) in self.odd_lists() {
            fault(false, place, what);
        }
        faults
    }

    fn patterns(&self) -> impl Iterator<Item = (String, &Pattern)> {
        let of =
            |place: String, all| Vec::from_iter(all).into_iter().map(move |it| (place.clone(), it));
        let policies = self.policies.iter();
        let policies =
            policies.flat_map(move |it| of(format!("policies.{}", it.name), &it.operations));
        let origins = self.origins.iter();
        let origins =
            origins.flat_map(move |it| of(format!("origins.{}", it.origin), &it.operations));
        of("keys_required".into(), &self.keys_required)
            .chain(of("private".into(), &self.private.operations))
            .chain(policies)
            .chain(origins)
    }

    fn odd_lists(&self) -> Vec<(String, &'static str)> {
        let mut odd = Vec::new();
        let certificates: BTreeSet<_> = self.certificates.iter().map(|it| &*it.name).collect();
        for policy in &self.policies {
            let place = || format!("policies.{}", policy.name);
            if !is_name(&policy.name) {
                odd.push((place(), "not a name: letters, digits, - and _"));
            }
            if policy.operations.is_empty() {
                odd.push((place(), "speaks of no operation"));
            }
            if policy.certificates.iter().any(|name| !certificates.contains(name.as_str())) {
                odd.push((place(), "names a certificate that is not in the list"));
            }
            if policy.from.zip(policy.until).is_some_and(|(from, until)| until <= from) {
                odd.push((place(), "ends before it begins"));
            }
        }
        for certificate in &self.certificates {
            let place = || format!("certificates.{}", certificate.name);
            let is_hex = |text: &String| {
                text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            };
            if certificate.sha256.is_none() && certificate.subject.is_none() {
                odd.push((place(), "has neither sha256 nor subject"));
            }
            if !certificate.sha256.as_ref().is_none_or(is_hex) || !is_name(&certificate.name) {
                odd.push((place(), "a name of letters, and 64 hex digits in lower case"));
            }
        }
        if certificates.len() < self.certificates.len() {
            odd.push(("certificates".into(), "two have one name"));
        }
        let origins = self.origins.iter().filter(|it| !is_origin(&it.origin));
        odd.extend(
            origins.map(|it| (format!("origins.{}", it.origin), "not scheme://host[:port]")),
        );
        odd
    }
}

/// Letters, digits, `-`, `_`.
fn is_name(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=60).contains(&text.len()) && text.bytes().all(is_part)
}

/// As browsers write it: no path, no default port, lower case, never `null`, no wildcard.
fn is_origin(text: &str) -> bool {
    let parsed = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.is_some_and(|url| !text.contains('*') && url.origin().ascii_serialization() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["quotes.list", "me.show"];

    fn faults(text: &str) -> Vec<String> {
        toml::from_str::<Rules>(text).expect("a document").faults(KNOWN)
    }

    #[test]
    fn the_example_of_the_guide_is_right() {
        let text = include_str!("../../../docs/examples/gateway-rules.toml");
        let rules: Rules = toml::from_str(text).expect("a document");
        let known = ["quotes.list", "quotes.simulate", "quotes.keep", "me.show"];
        assert_eq!(rules.faults(&known), [""; 0]);
        assert_eq!((rules.plans.len(), rules.policies.len(), rules.origins.len()), (2, 2, 1));
        let json = serde_json::to_string(&rules).expect("JSON");
        assert_eq!(serde_json::from_str::<Rules>(&json).expect("the same"), rules);
    }

    #[test]
    fn each_typing_error_is_found() {
        let policy = |rest: &str| format!("[[policies]]\nname='p'\neffect='deny'\n{rest}");
        for (text, word) in [
            ("[plans.a]\nrate_per_s=0\nburst=1".to_owned(), "rate_per_s"),
            ("[plans.'a b']\nrate_per_s=1\nburst=1".to_owned(), "not a name"),
            ("[plans.a]\nrate_per_s=1\nburst=1\nquota.day=0".to_owned(), "quota"),
            ("[plans.a]\nrate_per_s=1\nburst=1\ncosts.x=1".to_owned(), "no operation x"),
            ("keys_required=['quote.*']".to_owned(), "no operation that exists"),
            (policy("operations=['me.hide']"), "no operation that exists"),
            (policy("operations=[]"), "speaks of no operation"),
            (policy("certificates=['x']"), "not in the list"),
            (policy("from='2026-01-02T00:00:00Z'\nuntil='2026-01-01T00:00:00Z'"), "ends before"),
            ("[[origins]]\norigin='https://a.example/'".to_owned(), "not scheme"),
            ("[[origins]]\norigin='https://*.example'".to_owned(), "not scheme"),
            ("[[origins]]\norigin='null'".to_owned(), "not scheme"),
            ("[[origins]]\norigin='https://A.example'".to_owned(), "not scheme"),
            ("[[certificates]]\nname='a'".to_owned(), "neither"),
            ("[[certificates]]\nname='a'\nsha256='00'".to_owned(), "hex"),
        ] {
            let faults = faults(&text);
            assert!(faults.len() == 1 && faults[0].contains(word), "{text}: {faults:?}");
        }
    }

    #[test]
    fn what_the_document_does_not_know_is_refused() {
        for text in [
            "plan={}",
            "[[policies]]\nname='p'\neffect='maybe'",
            "[[policies]]\nname='p'\neffect='deny'\nnetwork=['10.0.0.0/8']",
            "[[policies]]\nname='p'\neffect='deny'\nnetworks=['10.0.0.1/8']",
            "[[policies]]\nname='p'\neffect='deny'\nhours=['8','19']",
        ] {
            assert!(toml::from_str::<Rules>(text).is_err(), "{text}");
        }
    }
}
