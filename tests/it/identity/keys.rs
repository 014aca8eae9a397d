//! What programs read first, and the keys that everything hangs on: their schedule on a real clock, and
//! an operator in an emergency.

use std::time::Duration;

use assurly::app::state::Platform;
use assurly::kernel::access::PoolKind;
use assurly::platform::access::VerifyingKey;
use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::crypto::Opaque;
use assurly::platform::db::Instant;
use assurly::slices::identity::NewPool;
use assurly::slices::identity::model::Algorithm;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{ORIGIN, World, part, read, text};
use crate::harness::eventually;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn key_set(world: &World) -> Vec<Value> {
    let answer = world.app.get(&world.path("/.well-known/jwks.json")).await;
    let (status, document) = read(answer).await;
    assert_eq!(status, 200, "{document}");
    document["keys"].as_array().expect("keys").clone()
}

/// Verifies as a stranger would, with the published keys alone.
fn verifies(keys: &[Value], token: &str) -> bool {
    let kid = part(token, 0)["kid"].clone();
    let Some(jwk) = keys.iter().find(|jwk| jwk["kid"] == kid) else { return false };
    let key = VerifyingKey::from_jwk(jwk).expect("a public key");
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let way = jwk["alg"].as_str().expect("an algorithm").parse().expect("known");
    key.verify(way, message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).expect("base64url"))
}

#[tokio::test]
async fn discovery_tells_the_truth_at_both_addresses() {
    let world = World::new().await;
    let oidc = world.path("/.well-known/openid-configuration");
    let oauth = format!("/.well-known/oauth-authorization-server/pools/{}", world.pool);
    let answer = world.app.get(&oidc).await;
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    let tag = answer.headers()["etag"].clone();
    let (_, document) = read(answer).await;
    assert_eq!(document["issuer"], format!("{ORIGIN}/pools/{}", world.pool));
    assert_eq!(read(world.app.get(&oauth).await).await.1, document);
    assert_eq!(document["token_endpoint"], format!("{}/oauth2/token", world.issuer()));
    assert_eq!(document["response_types_supported"], serde_json::json!(["code"]));
    let grants = ["authorization_code", "refresh_token", "client_credentials"];
    assert_eq!(document["grant_types_supported"], serde_json::json!(grants));
    assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    let request = world.app.client.get(world.app.url(&oidc)).header("if-none-match", tag);
    assert_eq!(request.send().await.expect("an answer").status(), 304);
    assert_eq!(
        world.app.get("/pools/nulle-part/.well-known/openid-configuration").await.status(),
        404
    );
    for (name, value) in document.as_object().expect("an object") {
        let Some(url) = value.as_str().filter(|_| name.ends_with("_endpoint")) else { continue };
        let path = url.strip_prefix(ORIGIN).expect("ours");
        assert_ne!(world.app.get(path).await.status(), 404, "{name}");
    }
}

#[tokio::test]
async fn keys_follow_each_other_and_no_living_token_fails() {
    let world = World::new().await;
    let client = world.confidential().await;
    let token = async || {
        let pairs = [("grant_type", "client_credentials")];
        let (status, answer) = world.form("/oauth2/token", &client, &pairs).await;
        assert_eq!(status, 200, "{answer}");
        text(&answer, "access_token").to_owned()
    };
    let first = key_set(&world).await;
    assert_eq!(
        (first.len(), &first[0]["use"], &first[0]["alg"]),
        (1, &"sig".into(), &"ES256".into())
    );
    assert!(first[0].get("d").is_none(), "the public half only");
    assert!(verifies(&first, &token().await));
    world.app.clock.advance(84 * DAY);
    let both = key_set(&world).await;
    assert_eq!(both.len(), 2, "the next one is announced");
    assert!(verifies(&first, &token().await), "and does not sign yet");
    world.app.clock.advance(6 * DAY - Duration::from_secs(1));
    let last = token().await;
    world.app.clock.advance(Duration::from_secs(1));
    let next = token().await;
    assert!(!verifies(&first, &next) && verifies(&both, &next));
    assert!(verifies(&key_set(&world).await, &last), "both are honoured for a while");
    world.app.clock.advance(Duration::from_secs(2 * 3600));
    assert_eq!(key_set(&world).await.len(), 1, "then the old one is gone");
}

#[tokio::test]
async fn an_operator_rotates_and_drops_keys() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let tokens = world.tokens(&client, &person, "openid").await;
    let kid = part(text(&tokens, "access_token"), 0)["kid"].as_str().expect("a kid").to_owned();
    let next = world.identity.rotate_key(&world.pool, false).await.expect("rotated");
    let keys = world.identity.pool_keys(&world.pool).await.expect("keys");
    let of = |kid: &str| keys.iter().find(|key| &*key.kid == kid).expect("listed");
    assert!(of(&kid).signs && of(&next).published && !of(&next).signs);
    world.identity.revoke_key(&world.pool, &kid).await.expect("dropped");
    assert_eq!(world.opens(&tokens).await, 401, "its tokens are refused");
    assert!(!key_set(&world).await.iter().any(|jwk| jwk["kid"] == kid.as_str()));
    let again = world.tokens(&client, &person, "openid").await;
    assert_eq!(world.opens(&again).await, 200, "another one signs at once");
    assert!(world.identity.revoke_key(&world.pool, &kid).await.is_err(), "once");
    assert!(world.identity.verify_journal(&world.pool).await.expect("read").is_ok());
}

#[tokio::test]
async fn a_pool_that_was_asked_for_too_early_is_there_soon() {
    // What is there is remembered for longer than the test waits.
    let world = World::over(&[("IDENTITY__CACHE_S", "300")]).await;
    let early = format!("{}-tot", world.pool);
    let path = format!("/pools/{early}/.well-known/jwks.json");
    assert_eq!(world.app.get(&path).await.status(), 404);
    let new = NewPool {
        slug: early,
        kind: PoolKind::Clients,
        name_fr: "Tôt".into(),
        name_en: "Early".into(),
        accent: "#0f6e5b".into(),
        algorithm: Algorithm::Es256,
    };
    world.identity.add_pool(&new).await.expect("a pool");
    eventually("the pool is there", async || {
        (world.app.get(&path).await.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn several_copies_make_one_first_key() {
    let world = World::new().await;
    let copies: Vec<_> = (0..8)
        .map(|_| {
            let copy = assurly::app::state::identity(&world.platform).expect("identity");
            let pool = world.pool.clone();
            crate::harness::begun(async move { copy.pool_keys(&pool).await.map(|keys| keys.len()) })
        })
        .collect();
    let mut counts = Vec::new();
    for copy in copies {
        counts.push(copy.await.expect("no panic"));
    }
    // Judged when all have ended: none is left in the middle of a transaction.
    for count in counts {
        assert_eq!(count.expect("keys"), 1);
    }
}

#[tokio::test]
async fn local_issuers_are_known_by_their_exact_name() {
    let world = World::new().await;
    let issuers = world.identity.issuers();
    let issuer = world.issuer();
    assert_eq!(issuers.owns(&issuer), Some(world.pool.as_str()));
    for other in [
        format!("{issuer}/"),
        format!("http://id.example/pools/{}", world.pool),
        issuer.to_uppercase(),
    ] {
        assert_eq!(issuers.owns(&other), None, "{other}");
    }
    let pool = issuers.pool(&world.pool).await.expect("read").expect("there");
    assert_eq!((&*pool.issuer, &*pool.audience), (issuer.as_str(), "https://id.example/v1"));
    assert_eq!(pool.keys.len(), 1);
    assert!(issuers.pool("nulle-part").await.expect("read").is_none());
}

#[tokio::test]
async fn what_is_revoked_reaches_the_picture_of_every_copy() {
    use assurly::platform::access::TokenNames;
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let tokens = world.tokens(&client, &person, "openid").await;
    let claims = part(text(&tokens, "access_token"), 1);
    let issuer = world.issuer();
    let is_revoked = || {
        world.platform.revocations.is_revoked(&TokenNames {
            issuer: &issuer,
            subject: text(&claims, "sub"),
            session: claims["sid"].as_str(),
            token: claims["jti"].as_str(),
            issued_at: world.app.clock.now(),
        })
    };
    world.identity.read_revocations().await.expect("read");
    assert!(!is_revoked() && world.platform.revocations.are_known(world.app.clock.now()));
    let pairs = [("token", text(&tokens, "refresh_token"))];
    assert_eq!(world.form("/oauth2/revoke", &client, &pairs).await.0, 200);
    world.identity.read_revocations().await.expect("read");
    assert!(is_revoked());
    world.app.clock.advance(Duration::from_secs(2 * 3600));
    world.identity.read_revocations().await.expect("read");
    assert!(!is_revoked(), "no such token is alive any more");
}

/// The tools on a database of its own: what is forgotten here is forgotten for every test.
async fn tools() -> (crate::harness::database::TestDatabase, Platform, Clock) {
    let database = crate::harness::database::TestDatabase::empty().await;
    let (url, keyring) = (database.url(), super::keyring());
    let mut over = super::over(&keyring);
    over.push(("DATABASE__URL", &url));
    let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().expect("an instant"));
    let settings = crate::harness::app::settings(&over);
    let platform = Platform::with(settings, clock.clone(), Entropy::system());
    let platform = platform.expect("the tools");
    platform.database.migrate().await.expect("migrated");
    (database, platform, clock)
}

#[tokio::test]
async fn an_account_that_nobody_confirms_is_forgotten_after_a_week() {
    let (_database, platform, clock) = tools().await;
    let identity = assurly::app::state::identity(&platform).expect("identity");
    identity.prepare().await.expect("the pools");
    let pool = platform.database.pool();
    let insert = "INSERT INTO identity_user (id, pool_id, name_hash, email, email_verified_at, locale, \
                  created_at) SELECT ?, id, ?, ?, ?, 'fr', ? FROM identity_pool WHERE slug = 'clients'";
    let now = clock.now();
    let rows = [("never", None, 0), ("proven", Some(Instant(now)), 0), ("young", None, 1)];
    for (name, proven, later) in rows {
        let id = Entropy::system().uuid_v7(now);
        let row = sqlx::query(insert).bind(id).bind(Opaque::hash_of(name).as_slice()).bind(name);
        let row = row.bind(proven).bind(Instant(now + later * DAY));
        row.execute(pool).await.expect("inserted");
        let join = "INSERT INTO identity_membership VALUES (?, 'x', UTC_TIMESTAMP(6))";
        sqlx::query(join).bind(id).execute(pool).await.expect("joined");
    }
    let left = async || {
        identity.forget_old().await.expect("forgotten");
        let names = "SELECT email FROM identity_user JOIN identity_membership ON user_id = id ORDER BY email";
        sqlx::query_scalar::<_, String>(names).fetch_all(pool).await.expect("read")
    };
    clock.advance(7 * DAY);
    assert_eq!(left().await, ["never", "proven", "young"]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(left().await, ["proven", "young"]);
    let members = "SELECT COUNT(*) FROM identity_membership";
    let members = sqlx::query_scalar::<_, i64>(members).fetch_one(pool).await.expect("counted");
    assert_eq!(members, 2, "its groups too");
    let events = "SELECT COUNT(*) FROM identity_event WHERE kind = 'user.forgotten'";
    let events = sqlx::query_scalar::<_, i64>(events).fetch_one(pool).await.expect("counted");
    assert_eq!(events, 1);
    assert!(identity.verify_journal("clients").await.expect("read").is_ok());
    platform.database.close().await;
}

#[tokio::test]
async fn what_is_over_is_forgotten_after_a_day() {
    let (_database, platform, clock) = tools().await;
    let pool = platform.database.pool();
    let rows = [
        "INSERT INTO identity_code VALUES (REPEAT('a', 32), REPEAT('a', 16), REPEAT('a', 16), '{}', \
         REPEAT('a', 16), '2026-11-23 09:00', '2026-11-23 09:01', NULL, NULL, NULL)",
        "INSERT INTO identity_family VALUES (REPEAT('a', 16), REPEAT('a', 16), REPEAT('a', 16), \
         REPEAT('a', 16), REPEAT('a', 16), '', '2026-11-23', '', 'pwd', '2026-11-23', \
         '2026-11-23 09:01', NULL, NULL)",
        "INSERT INTO identity_refresh_token VALUES (REPEAT('a', 32), REPEAT('a', 16), NULL, \
         REPEAT('a', 16), '2026-11-23', NULL, NULL)",
        "INSERT INTO identity_revocation VALUES (REPEAT('a', 16), REPEAT('a', 16), 'pool', '', \
         '2026-11-23', '2026-11-23', '2026-11-23 09:01')",
    ];
    for row in rows {
        sqlx::query(row).execute(pool).await.expect("inserted");
    }
    let left = async || {
        assurly::app::state::identity(&platform)
            .expect("identity")
            .forget_old()
            .await
            .expect("forgotten");
        let count = "SELECT (SELECT COUNT(*) FROM identity_code) + (SELECT COUNT(*) FROM identity_family) \
                     + (SELECT COUNT(*) FROM identity_refresh_token) \
                     + (SELECT COUNT(*) FROM identity_revocation)";
        sqlx::query_scalar::<_, i64>(count).fetch_one(pool).await.expect("counted")
    };
    assert_eq!(left().await, 4, "spent ones still betray a theft");
    clock.advance(DAY);
    assert_eq!(left().await, 3, "the revocation");
    clock.advance(Duration::from_secs(61));
    assert_eq!(left().await, 0);
    platform.database.close().await;
}
