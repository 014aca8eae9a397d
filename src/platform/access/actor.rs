//! Whom a handler and a store see. An actor is made from a verified caller and has no public field, so
//! that a parameter of a request can narrow what somebody sees and never widen it.

use std::fmt;

use crate::kernel::access::{PoolKind, Principal, PrincipalKind};
use crate::platform::digest::sha256;

/// Somebody who acts. Stores take one where a row belongs to somebody.
pub trait Actor: Sized + Send + 'static {
    /// The actor behind this caller; `None` when the caller is not one.
    fn resolve(principal: &Principal) -> Option<Self>;
}

/// Names one person or program for ever: SHA-256 of issuer and subject, because neither alone names
/// anybody, and because a row needs no name to belong to somebody.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Party([u8; 32]);

impl Party {
    /// Who asks.
    pub fn of(principal: &Principal) -> Self {
        Self::named(&principal.issuer, &principal.subject)
    }

    /// Who has this name at this issuer, by whatever way they were recognised.
    pub fn named(issuer: &str, subject: &str) -> Self {
        Self(sha256(&[b"party", issuer.as_bytes(), subject.as_bytes()]))
    }

    /// As a column holds it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Party(…)")
    }
}

/// Gives an actor its private fields and its one way in.
macro_rules! actors {
    ($($(#[$doc:meta])* $name:ident if $test:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug)]
            pub struct $name {
                party: Party,
                principal: Principal,
            }

            impl $name {
                /// The name under which rows belong to them.
                pub const fn party(&self) -> Party {
                    self.party
                }

                /// Whether their token was given for this.
                pub fn may(&self, scope: &str) -> bool {
                    self.principal.scopes.has(scope)
                }

                /// What their token says of them.
                pub const fn principal(&self) -> &Principal {
                    &self.principal
                }
            }

            impl Actor for $name {
                fn resolve(principal: &Principal) -> Option<Self> {
                    let test: fn(&Principal) -> bool = $test;
                    let party = Party::of(principal);
                    test(principal).then(|| Self { party, principal: principal.clone() })
                }
            }
        )+
    };
}

actors! {
    /// Anybody with a token: a person or a program of any pool.
    Bearer if |_| true;
    /// A customer, in person.
    Customer if |it| it.pool == PoolKind::Clients && it.kind == PrincipalKind::User;
    /// A partner: its people, or its programs.
    Partner if |it| it.pool == PoolKind::Partenaires;
    /// One of our staff, in person.
    Employee if |it| it.pool == PoolKind::Gestion && it.kind == PrincipalKind::User;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::access::caller::sample;

    #[test]
    fn an_actor_is_of_its_pool_and_kind() {
        let person = |pool| sample(pool, PrincipalKind::User);
        let program = |pool| sample(pool, PrincipalKind::Machine);
        assert!(Customer::resolve(&person(PoolKind::Clients)).is_some());
        assert!(Customer::resolve(&program(PoolKind::Clients)).is_none());
        assert!(Customer::resolve(&person(PoolKind::Gestion)).is_none());
        assert!(Partner::resolve(&program(PoolKind::Partenaires)).is_some());
        assert!(Employee::resolve(&person(PoolKind::Gestion)).is_some());
        assert!(Employee::resolve(&program(PoolKind::Gestion)).is_none());
        assert!(Bearer::resolve(&program(PoolKind::Clients)).is_some());
    }

    #[test]
    fn one_subject_of_two_issuers_is_two_parties() {
        let here = sample(PoolKind::Clients, PrincipalKind::User);
        let there = Principal { issuer: "https://other.example".into(), ..here.clone() };
        assert_ne!(Party::of(&here), Party::of(&there));
        assert_eq!(Party::of(&here), Party::of(&here.clone()));
        assert_eq!(format!("{:?}", Party::of(&here)), "Party(…)");
    }
}
