//! A pool: people of one kind, under one issuer, with rules of their own.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::access::{PoolKind, codes};
use crate::kernel::locale::Locale;

/// Name of a pool in addresses: lower-case letters, digits and hyphens, 2 to 40, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(Box<str>);

/// A text that is no slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("2 to 40 lower-case letters, digits and hyphens, a letter first")]
pub struct NotASlug;

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = NotASlug;

    fn from_str(text: &str) -> Result<Self, NotASlug> {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let is_slug = starts && (2..=40).contains(&text.len()) && text.bytes().all(is_part);
        if is_slug { Ok(Self(text.into())) } else { Err(NotASlug) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a pool's tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256: short and fast.
    Es256,
    /// RSA of 2048 bits, for libraries and gateways that know nothing else.
    Rs256,
}

codes!(Algorithm { Es256 = "ES256", Rs256 = "RS256" });

/// Whether a second factor is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactorPolicy {
    /// Never.
    Off,
    /// Of those who have one.
    Optional,
    /// Of everybody: who has none sets one up at the first login.
    Required,
}

codes!(FactorPolicy { Off = "off", Optional = "optional", Required = "required" });

/// A pool as it is stored.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Identifier.
    pub id: Uuid,
    /// Name in addresses.
    pub slug: Slug,
    /// What its people are to us.
    pub kind: PoolKind,
    /// Name shown to people, in French.
    pub name_fr: Box<str>,
    /// Name shown to people, in English.
    pub name_en: Box<str>,
    /// Colour of the band on its pages, `#rrggbb`.
    pub accent: Box<str>,
    /// What its tokens are signed with.
    pub algorithm: Algorithm,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of a family of refresh tokens, however often it is used.
    pub refresh_ttl: Duration,
    /// Life of one refresh token that nobody uses.
    pub refresh_idle: Duration,
    /// Life of a browser's session, however often it is used.
    pub session_ttl: Duration,
    /// Life of a browser's session that nobody uses.
    pub session_idle: Duration,
    /// Whether a second factor is asked.
    pub second_factor: FactorPolicy,
    /// Whether people may create their own account.
    pub sign_up: bool,
    /// Until when implicit and password grants are possible: one of their two locks.
    pub legacy_until: Option<Timestamp>,
}

impl Pool {
    /// The issuer of the pool's tokens, for the service at `origin` (no slash at its end).
    pub fn issuer(&self, origin: &str) -> String {
        format!("{origin}{}", self.path())
    }

    /// Path that all its addresses begin with.
    pub fn path(&self) -> String {
        format!("/pools/{}", self.slug)
    }

    /// Name shown to people.
    pub fn name(&self, locale: Locale) -> &str {
        match locale {
            Locale::Fr => &self.name_fr,
            Locale::En => &self.name_en,
        }
    }

    /// Whether the pool's lock on implicit and password grants is open.
    pub fn allows_legacy(&self, now: Timestamp) -> bool {
        self.legacy_until.is_some_and(|until| now < until)
    }
}

/// What a new pool is made of; everything else has its default by kind.
#[derive(Clone, Copy, Debug)]
pub struct PoolSeed {
    /// Name in addresses.
    pub slug: &'static str,
    /// What its people are to us.
    pub kind: PoolKind,
    /// Name shown to people, in French.
    pub name_fr: &'static str,
    /// Name shown to people, in English.
    pub name_en: &'static str,
    /// Colour of its pages.
    pub accent: &'static str,
}

impl PoolSeed {
    /// The pools that every installation has.
    pub const DEFAULTS: [Self; 3] = [
        Self {
            slug: "clients",
            kind: PoolKind::Clients,
            name_fr: "Espace client",
            name_en: "Customer area",
            accent: "#0f6e5b",
        },
        Self {
            slug: "partenaires",
            kind: PoolKind::Partenaires,
            name_fr: "Espace partenaires",
            name_en: "Partner area",
            accent: "#1d4e9e",
        },
        Self {
            slug: "gestion",
            kind: PoolKind::Gestion,
            name_fr: "Espace gestion",
            name_en: "Staff area",
            accent: "#8a3b12",
        },
    ];
}

impl Pool {
    /// A pool of this kind with the usual rules: staff always has a second factor and short sessions,
    /// customers may create their own account.
    pub fn new(id: Uuid, slug: Slug, kind: PoolKind, names: [&str; 2], accent: &str) -> Self {
        const HOUR: u64 = 3600;
        const DAY: u64 = 24 * HOUR;
        let (refresh_idle, session_idle) = match kind {
            PoolKind::Clients => (7 * DAY, HOUR / 2),
            PoolKind::Partenaires => (7 * DAY, HOUR),
            PoolKind::Gestion => (12 * HOUR, HOUR / 2),
        };
        let refresh = if kind == PoolKind::Gestion { 12 * HOUR } else { 30 * DAY };
        Self {
            id,
            slug,
            kind,
            name_fr: names[0].into(),
            name_en: names[1].into(),
            accent: accent.into(),
            algorithm: Algorithm::Es256,
            access_ttl: Duration::from_secs(300),
            refresh_ttl: Duration::from_secs(refresh),
            refresh_idle: Duration::from_secs(refresh_idle),
            session_ttl: Duration::from_secs(12 * HOUR),
            session_idle: Duration::from_secs(session_idle),
            second_factor: match kind {
                PoolKind::Gestion => FactorPolicy::Required,
                PoolKind::Clients | PoolKind::Partenaires => FactorPolicy::Optional,
            },
            sign_up: kind == PoolKind::Clients,
            legacy_until: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_safe_in_addresses() {
        for right in ["clients", "courtage-2", "ab"] {
            assert!(right.parse::<Slug>().is_ok(), "{right}");
        }
        let long = "a".repeat(41);
        for wrong in ["", "a", "2a", "Clients", "a b", "a/b", "é", "-a", long.as_str()] {
            assert_eq!(wrong.parse::<Slug>(), Err(NotASlug), "{wrong}");
        }
    }

    #[test]
    fn the_lock_of_old_grants_is_shut_by_default_and_shuts_again() {
        let slug = "clients".parse().expect("a slug");
        let mut pool = Pool::new(Uuid::nil(), slug, PoolKind::Clients, ["a", "b"], "#000000");
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().expect("an instant");
        assert!(!pool.allows_legacy(now));
        pool.legacy_until = Some(now + Duration::from_secs(1));
        assert!(pool.allows_legacy(now));
        assert!(!pool.allows_legacy(now + Duration::from_secs(1)));
        assert_eq!(pool.issuer("https://a.example"), "https://a.example/pools/clients");
    }
}
