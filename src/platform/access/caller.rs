//! Who asks, as the authorizer leaves it in the request: nobody, or the principal of a token that was
//! verified a moment ago. Made by `gateway::authorizer` and nowhere else (`tests/house.rs`).

use std::sync::Arc;

use jiff::Timestamp;

use crate::kernel::access::Principal;

/// Who asks. Its absence from a request is a bug: the authorizer did not see the request.
#[derive(Clone, Debug)]
pub struct Caller(Option<Arc<Known>>);

#[derive(Debug)]
struct Known {
    principal: Principal,
    /// The instant of the verification, against which a login is recent or not.
    at: Timestamp,
    /// Whether it is known which tokens of this issuer were taken back.
    revocations_known: bool,
}

impl Caller {
    /// No token was presented.
    pub(crate) const fn nobody() -> Self {
        Self(None)
    }

    /// A token was verified at `at`.
    pub(crate) fn known(principal: Principal, at: Timestamp, revocations_known: bool) -> Self {
        Self(Some(Arc::new(Known { principal, at, revocations_known })))
    }

    /// Whom the token names.
    pub fn principal(&self) -> Option<&Principal> {
        self.0.as_deref().map(|known| &known.principal)
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.0.as_deref().map(|known| known.at)
    }

    pub(super) fn revocations_known(&self) -> bool {
        self.0.as_deref().is_some_and(|known| known.revocations_known)
    }
}

#[cfg(test)]
pub(super) fn sample(
    pool: crate::kernel::access::PoolKind,
    kind: crate::kernel::access::PrincipalKind,
) -> Principal {
    use crate::kernel::access::{Acr, Scopes};
    let at: Timestamp = "2026-11-23T09:00:00Z".parse().expect("an instant");
    Principal {
        issuer: "https://id.example/pools/x".into(),
        pool,
        subject: "subject".into(),
        client: "client".into(),
        kind,
        scopes: Scopes::parse("devis:lire").expect("scopes"),
        linked: None,
        groups: Vec::new(),
        acr: Acr::Pwd,
        auth_time: Some(at),
        expires: at + std::time::Duration::from_secs(300),
    }
}
