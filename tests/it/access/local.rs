//! Pools of our own, by the seam that identity fills: their keys, what was taken back, and what happens
//! when nobody knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use assurly::kernel::access::PoolKind;
use assurly::kernel::problem::{Kind, Problem};
use assurly::platform::access::{
    Boxed, LocalIssuers, LocalPool, Revocations, Snapshot, VerifyingKey,
};
use serde_json::{Value, json};

use super::issuer::{Issuer, Key, NOW};
use super::roles::of_tests;
use crate::harness::app::{Access, App};

const BASE: &str = "https://assurly.example/pools/";

/// As many pools as there are names that begin with `p`, one key for all of them.
struct Pools {
    keys: Arc<[VerifyingKey]>,
    read: AtomicUsize,
}

impl LocalIssuers for Pools {
    fn owns<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        issuer.strip_prefix(BASE)
    }

    fn pool<'a>(&'a self, slug: &'a str) -> Boxed<'a, Result<Option<LocalPool>, Problem>> {
        self.read.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if slug == "away" {
                return Err(Problem::new(Kind::Unavailable).cause("the database is away"));
            }
            Ok(is_there(slug).then(|| LocalPool {
                issuer: format!("{BASE}{slug}").into(),
                kind: PoolKind::Gestion,
                audience: "urn:assurly:api".into(),
                keys: self.keys.clone(),
            }))
        })
    }
}

fn is_there(slug: &str) -> bool {
    slug.starts_with('p') && slug.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

struct Town {
    app: App,
    key: Key,
    pools: Arc<Pools>,
    revocations: Revocations,
}

impl Town {
    async fn start() -> Self {
        let key = Key::ec("k1");
        let keys = [VerifyingKey::from_jwk(&key.jwk()).expect("a key")].into();
        let pools = Arc::new(Pools { keys, read: AtomicUsize::new(0) });
        let revocations = Revocations::default();
        let access = Access {
            local: pools.clone(),
            revocations: revocations.clone(),
            operations: of_tests(),
            ..Access::default()
        };
        let app = App::guarded(access).await;
        revocations.replace(Snapshot::default(), app.clock.now());
        Self { app, key, pools, revocations }
    }

    /// The status at `path` of a good local token with these members replaced.
    async fn status(&self, path: &str, changes: &[(&str, Value)]) -> u16 {
        let header = json!({"alg": "ES256", "kid": "k1", "typ": "at+jwt"});
        let mut claims = json!({
            "iss": format!("{BASE}p1"), "sub": "s", "aud": "urn:assurly:api", "client_id": "app",
            "scope": "profil:lire test:lire", "exp": NOW + 300, "iat": NOW, "jti": "j",
            "auth_time": NOW, "acr": "mfa", "amr": ["pwd", "otp"], "sid": "login", "groups": [],
            "token_use": "access",
        });
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        let token = self.key.token_of(&header.to_string(), &claims.to_string());
        let bearer = format!("Bearer {token}");
        self.app.get_as(path, &bearer).await.status().as_u16()
    }
}

#[tokio::test]
async fn a_token_of_our_own_pool_is_held_to_its_whole_form() {
    let town = Town::start().await;
    assert_eq!(town.pools.read.load(Ordering::Relaxed), 0, "no pool is read at the start");
    assert_eq!(town.status("/v1/me", &[]).await, 200);
    assert_eq!(town.pools.read.load(Ordering::Relaxed), 1);
    for (name, value) in [
        ("iss", json!(format!("{BASE}nobody"))),
        ("iss", json!(format!("{BASE}p1/"))),
        ("aud", json!("assurly")),
        ("token_use", json!("id")),
        ("token_use", Value::Null),
        ("acr", json!("strong")),
        ("acr", Value::Null),
        ("jti", Value::Null),
        ("sid", json!(1)),
        ("client_id", Value::Null),
        ("exp", json!(NOW + 3601)),
    ] {
        let told = format!("{name} {value}");
        assert_eq!(town.status("/v1/me", &[(name, value)]).await, 401, "{told}");
    }
    let away = [("iss", json!(format!("{BASE}away")))];
    assert_eq!(town.status("/v1/me", &away).await, 503);
}

#[tokio::test]
async fn what_was_taken_back_is_refused_by_each_of_its_names() {
    let town = Town::start().await;
    let issuer = format!("{BASE}p1");
    let later = town.app.clock.now() + Duration::from_secs(1);
    for number in 0..4 {
        let mut snapshot = Snapshot::default();
        match number {
            0 => snapshot.token(&issuer, "j"),
            1 => snapshot.session(&issuer, "login"),
            2 => snapshot.subject_before(&issuer, "s", later),
            _ => snapshot.issuer_before(&issuer, later),
        }
        town.revocations.replace(snapshot, town.app.clock.now());
        assert_eq!(town.status("/v1/me", &[]).await, 401, "{number}");
        let elsewhere = [("iss", json!(format!("{BASE}p2")))];
        assert_eq!(town.status("/v1/me", &elsewhere).await, 200, "{number}");
    }
    town.revocations.replace(Snapshot::default(), town.app.clock.now());
    assert_eq!(town.status("/v1/me", &[]).await, 200);
}

#[tokio::test]
async fn when_nobody_knows_what_was_taken_back_what_matters_is_closed() {
    let town = Town::start().await;
    assert_eq!(town.status("/v1/test/staff", &[]).await, 200);
    town.app.clock.advance(Duration::from_secs(31));
    assert_eq!(town.status("/v1/test/staff", &[]).await, 503);
    assert_eq!(town.status("/v1/me", &[]).await, 200, "what asks for one factor goes on");
    town.revocations.replace(Snapshot::default(), town.app.clock.now());
    assert_eq!(town.status("/v1/test/staff", &[]).await, 200);
}

#[tokio::test]
async fn an_issuer_of_the_configuration_cannot_take_the_name_of_a_pool_of_ours() {
    let impostor = Issuer::start("/x").await;
    let mut settings = impostor.settings(PoolKind::Gestion);
    settings.issuer = format!("{BASE}p1");
    let local = Arc::new(Pools { keys: [].into(), read: AtomicUsize::new(0) });
    let access = Access { issuers: vec![settings], local, ..Access::default() };
    let app = App::guarded(access).await;
    let mut claims = impostor.claims("s");
    claims["iss"] = json!(format!("{BASE}p1"));
    assert_eq!(app.me(&impostor.sign(&impostor.header(), &claims)).await, 401);
    assert_eq!(impostor.asked(), 0);
}
