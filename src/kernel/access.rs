//! Who asks, in words that every floor understands: pools of people, strength of a login, scopes, and
//! the principal that a verified token stands for.
//!
//! Values only. Nothing here reads a token: `gateway::authorizer` makes principals, slices receive
//! them through `platform::access`, and no other room may build one from what a request claims.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// A code that is none of those listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}", .0.join(", "))]
pub struct UnknownCode(pub &'static [&'static str]);

/// Gives an enum its stable codes, both ways.
macro_rules! codes {
    ($name:ident { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $name {
            /// Every code, in the order of the declaration.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::access::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::kernel::access::UnknownCode(Self::CODES)),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use codes;

/// What the people of a pool are to the company. A pool has one kind; a kind may have many pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PoolKind {
    /// Borrowers and insured persons (*assurés*).
    Clients,
    /// Brokers and other partners (*partenaires*): they see what they brought.
    Partenaires,
    /// Our own staff (*gestion*).
    Gestion,
}

codes!(PoolKind { Clients = "clients", Partenaires = "partenaires", Gestion = "gestion" });

/// How strongly somebody proved who they are (`acr`), weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Acr {
    /// By the password grant, which shows the password to a program: opens nothing that matters.
    Legacy,
    /// By one factor: a password, or a code sent to a confirmed address; a program by its secret.
    Pwd,
    /// By two factors.
    Mfa,
    /// By a factor that cannot be phished: a passkey.
    Phr,
}

codes!(Acr { Legacy = "legacy", Pwd = "pwd", Mfa = "mfa", Phr = "phr" });

/// Whether a person or a program asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// A person, by way of an application.
    User,
    /// An application on its own behalf (client credentials).
    Machine,
}

codes!(PrincipalKind { User = "user", Machine = "machine" });

/// Names of what a token may be used for: RFC 6749 §3.3, kept in order, without repetition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<Box<str>>);

impl Scopes {
    /// More scopes than any token of ours carries.
    pub const MOST: usize = 50;

    /// The scopes of a space-separated list; `None` when a character is not allowed in one, or there
    /// are more than [`Self::MOST`].
    pub fn parse(list: &str) -> Option<Self> {
        let mut scopes = Vec::new();
        for scope in list.split(' ').filter(|scope| !scope.is_empty()) {
            let is_name = scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            if !is_name || scopes.len() == Self::MOST {
                return None;
            }
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
        }
        Some(Self(scopes.into_iter().map(Box::from).collect()))
    }

    /// Whether this scope is among them.
    pub fn has(&self, scope: &str) -> bool {
        self.0.iter().any(|known| &**known == scope)
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each of these is also in `other`.
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| other.has(scope))
    }

    /// Those that are also in `other`.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().filter(|scope| other.has(scope)).cloned().collect())
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

/// An account: a subject of an issuer. Neither alone names anybody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// Issuer.
    pub issuer: Arc<str>,
    /// Subject.
    pub subject: Arc<str>,
}

/// Who asks, as a verified token says.
///
/// The pair of `issuer` and `subject` names a person or a program; neither alone does (the same subject
/// may exist at two issuers, the same e-mail in two pools).
#[derive(Clone, Debug)]
pub struct Principal {
    /// `iss` of the token, exactly as configured.
    pub issuer: Arc<str>,
    /// What the people of that issuer are to us.
    pub pool: PoolKind,
    /// `sub` of the token: a user, or the application itself.
    pub subject: Arc<str>,
    /// The application that the token was given to.
    pub client: Arc<str>,
    /// A person or a program.
    pub kind: PrincipalKind,
    /// What the token may be used for.
    pub scopes: Scopes,
    /// The account of ours that its owner linked this one to; `None` when it stands for itself.
    pub linked: Option<Account>,
    /// Groups of the person, mapped from the issuer's own claim.
    pub groups: Vec<Box<str>>,
    /// Strength of the login.
    pub acr: Acr,
    /// When the person logged in; `None` when the issuer does not say.
    pub auth_time: Option<Timestamp>,
    /// End of the token.
    pub expires: Timestamp,
}

impl Principal {
    /// Whose rows are theirs: those of the account that theirs is linked to, else of their own.
    pub fn person(&self) -> Account {
        let own = || Account { issuer: self.issuer.clone(), subject: self.subject.clone() };
        self.linked.clone().unwrap_or_else(own)
    }

    /// Whether the login happened within `age` before `now`. Unknown is no.
    pub fn is_fresh(&self, age: Duration, now: Timestamp) -> bool {
        self.auth_time.is_some_and(|at| at + age >= now)
    }

    /// Whether the person is in this group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|known| &**known == group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_strangers_are_named() {
        for kind in PoolKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
        }
        let error = "admin".parse::<PoolKind>().expect_err("no such pool");
        assert_eq!(error.to_string(), "expected one of clients, partenaires, gestion");
        assert!(Acr::Legacy < Acr::Pwd && Acr::Pwd < Acr::Mfa && Acr::Mfa < Acr::Phr);
        assert_eq!(serde_json::to_string(&Acr::Mfa).expect("a text"), "\"mfa\"");
        assert_eq!(serde_json::from_str::<Acr>("\"phr\"").expect("a code"), Acr::Phr);
    }

    #[test]
    fn scopes_are_a_set_in_order() {
        let scopes = Scopes::parse("openid  devis:lire openid").expect("names");
        assert_eq!(scopes.to_string(), "openid devis:lire");
        assert!(scopes.has("openid") && !scopes.has("devis"));
        let wider = Scopes::parse("devis:lire devis:ecrire openid").expect("names");
        assert!(scopes.within(&wider) && !wider.within(&scopes));
        assert_eq!(wider.and(&scopes).to_string(), "devis:lire openid");
        for wrong in ["a\"b", "é", "a\\b", "a\tb"] {
            assert_eq!(Scopes::parse(wrong), None, "{wrong}");
        }
        let many: String = (0..51).map(|n| format!("s{n} ")).collect();
        assert_eq!(Scopes::parse(&many), None);
    }
}
