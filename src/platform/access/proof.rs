//! The proof that an operation was authorized: a value that only this room can make, and that the
//! handler of the operation must take.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::actor::Actor;
use super::caller::Caller;
use super::operation::{Operation, PublicOperation};
use super::refusal::Denied;
use crate::kernel::access::{Acr, Principal};

/// The caller may do `O`. Made by the extractor below and by nothing else.
#[derive(Debug)]
pub struct Authorized<O: Operation> {
    actor: O::Actor,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> Authorized<O> {
    /// Whom the handler works for.
    pub const fn actor(&self) -> &O::Actor {
        &self.actor
    }
}

/// Anybody may do `O`, and this is who asks, if they said so.
#[derive(Debug)]
pub struct Anyone<O: PublicOperation> {
    caller: Caller,
    operation: PhantomData<fn() -> O>,
}

impl<O: PublicOperation> Anyone<O> {
    /// Whom the presented token names.
    pub fn principal(&self) -> Option<&Principal> {
        self.caller.principal()
    }

    /// Who acts, when a token says so and they are such an actor.
    pub fn actor<A: Actor>(&self) -> Option<A> {
        self.principal().and_then(A::resolve)
    }
}

impl<O: Operation, S: Send + Sync> FromRequestParts<S> for Authorized<O> {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Denied> {
        let actor = authorize::<O>(caller(parts)?)?;
        Ok(Self { actor, operation: PhantomData })
    }
}

impl<O: PublicOperation, S: Send + Sync> FromRequestParts<S> for Anyone<O> {
    type Rejection = Denied;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Denied> {
        Ok(Self { caller: caller(parts)?.clone(), operation: PhantomData })
    }
}

/// A request that the authorizer never saw is refused: closed, not open.
fn caller(parts: &Parts) -> Result<&Caller, Denied> {
    parts.extensions.get::<Caller>().ok_or(Denied::NeverAsked)
}

/// From what costs nothing to change (another login) to what does not change (who one is): a caller
/// of the wrong pool is not sent to log in again.
fn authorize<O: Operation>(caller: &Caller) -> Result<O::Actor, Denied> {
    let (Some(principal), Some(now)) = (caller.principal(), caller.at()) else {
        return Err(Denied::Anonymous);
    };
    let forbidden = Denied::Forbidden { scope: O::SCOPE };
    if !O::POOLS.contains(&principal.pool) || !principal.scopes.has(O::SCOPE) {
        return Err(forbidden);
    }
    let actor = O::Actor::resolve(principal).ok_or(forbidden)?;
    let is_fresh = O::MAX_AGE.is_none_or(|age| principal.is_fresh(age, now));
    if principal.acr < O::MIN_ACR || !is_fresh {
        return Err(Denied::StepUp { acr: O::MIN_ACR, max_age: O::MAX_AGE });
    }
    if O::MIN_ACR >= Acr::Mfa && !caller.revocations_known() {
        return Err(Denied::RevocationsUnknown);
    }
    Ok(actor)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Request;

    use super::*;
    use crate::kernel::access::{PoolKind, PrincipalKind, Scopes};
    use crate::platform::access::{Customer, caller::sample};

    #[derive(Debug)]
    struct Strong;

    impl Operation for Strong {
        const ID: &'static str = "test.strong";
        const SCOPE: &'static str = "devis:lire";
        const POOLS: &'static [PoolKind] = &[PoolKind::Clients];
        const MIN_ACR: Acr = Acr::Mfa;
        const MAX_AGE: Option<Duration> = Some(Duration::from_secs(300));
        type Actor = Customer;
    }

    fn decision(change: impl FnOnce(&mut Principal), known: bool) -> Option<Denied> {
        let mut principal = sample(PoolKind::Clients, PrincipalKind::User);
        principal.acr = Acr::Mfa;
        change(&mut principal);
        let at = principal.expires;
        authorize::<Strong>(&Caller::known(principal, at, known)).err()
    }

    #[test]
    fn each_condition_has_its_refusal() {
        let step_up = Denied::StepUp { acr: Acr::Mfa, max_age: Some(Duration::from_secs(300)) };
        let forbidden = Denied::Forbidden { scope: "devis:lire" };
        assert_eq!(decision(|_| {}, true), None);
        assert_eq!(decision(|it| it.acr = Acr::Phr, true), None);
        assert_eq!(decision(|it| it.pool = PoolKind::Gestion, true), Some(forbidden.clone()));
        assert_eq!(decision(|it| it.scopes = Scopes::default(), true), Some(forbidden.clone()));
        assert_eq!(decision(|it| it.kind = PrincipalKind::Machine, true), Some(forbidden));
        assert_eq!(decision(|it| it.acr = Acr::Pwd, true), Some(step_up.clone()));
        let early = |it: &mut Principal| it.auth_time = Some(it.expires - Duration::from_secs(301));
        assert_eq!(decision(early, true), Some(step_up.clone()));
        assert_eq!(decision(|it| it.auth_time = None, true), Some(step_up));
        assert_eq!(decision(|_| {}, false), Some(Denied::RevocationsUnknown));
        assert_eq!(authorize::<Strong>(&Caller::nobody()).err(), Some(Denied::Anonymous));
    }

    #[tokio::test]
    async fn without_the_authorizer_the_door_is_closed() {
        let (mut parts, ()) = Request::new(()).into_parts();
        let refused = Authorized::<Strong>::from_request_parts(&mut parts, &()).await;
        assert_eq!(refused.err(), Some(Denied::NeverAsked));
    }
}
