//! Keys of other pools: fetched once, renewed, kept through an outage; and servers of keys that are
//! slow, huge, elsewhere, or lie.

use std::sync::Arc;
use std::time::Duration;

use assurly::gateway::authorizer::{AccessSettings, Authorizer, IssuerSettings};
use assurly::kernel::access::PoolKind;
use assurly::platform::access::{Denied, NoLocalIssuers, Revocations};
use assurly::platform::clock::Clock;
use serde_json::json;

use super::issuer::{Issuer, Key, NOW, Script, part};
use super::shape;
use crate::harness::app::{Access, App};

/// An authorizer without a program around it, and the clock that it reads.
fn authorizer(issuers: Vec<IssuerSettings>) -> (Authorizer, Clock) {
    let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().expect("an instant"));
    let settings = AccessSettings { audience: "urn:assurly:api".into(), issuers };
    let local = Arc::new(NoLocalIssuers);
    (Authorizer::new(&settings, local, Revocations::default(), clock.clone()), clock)
}

async fn alone(issuer: &Issuer) -> (Authorizer, Clock) {
    authorizer(vec![issuer.settings(PoolKind::Clients)])
}

/// A good token of `key`, so many seconds later.
fn later(issuer: &Issuer, key: &Key, seconds: i64) -> String {
    let mut header = issuer.header();
    header["kid"] = json!(key.kid);
    let mut claims = issuer.claims("s");
    claims["iat"] = json!(NOW + seconds);
    claims["exp"] = json!(NOW + seconds + 300);
    key.token_of(&header.to_string(), &claims.to_string())
}

fn is_bad(verdict: &Result<impl Sized, Denied>) -> bool {
    matches!(verdict, Err(Denied::BadToken(_)))
}

fn is_unknown(verdict: &Result<impl Sized, Denied>) -> bool {
    matches!(verdict, Err(Denied::KeysUnknown { .. }))
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn keys_are_fetched_once_and_renewed_when_they_are_old() {
    let issuer = Issuer::start("/a").await;
    let (authorizer, clock) = alone(&issuer).await;
    assert_eq!(issuer.asked(), 0, "nothing is fetched before it is needed");
    for _ in 0..20 {
        authorizer.verify(&issuer.token("s")).await.expect("good");
    }
    assert_eq!(issuer.asked(), 1);
    clock.advance(seconds(299));
    authorizer.verify(&later(&issuer, &issuer.key, 299)).await.expect("good");
    assert_eq!(issuer.asked(), 1);
    clock.advance(seconds(1));
    authorizer.verify(&later(&issuer, &issuer.key, 300)).await.expect("good");
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test]
async fn a_server_may_say_for_how_long_within_bounds() {
    for (cache, until) in
        [("max-age=600", 600), ("max-age=1", 60), ("public, max-age=999999", 3600)]
    {
        let issuer = Issuer::start("/a").await;
        issuer.script(Script::Keys(json!({"keys": [issuer.key.jwk()]}), cache));
        let (authorizer, clock) = alone(&issuer).await;
        authorizer.verify(&issuer.token("s")).await.expect("good");
        clock.advance(seconds(until - 1));
        let now = i64::try_from(until).expect("small");
        authorizer.verify(&later(&issuer, &issuer.key, now - 1)).await.expect("good");
        assert_eq!(issuer.asked(), 1, "{cache}");
        clock.advance(seconds(1));
        authorizer.verify(&later(&issuer, &issuer.key, now)).await.expect("good");
        assert_eq!(issuer.asked(), 2, "{cache}");
    }
}

#[tokio::test]
async fn an_outage_is_not_seen_for_a_day_and_then_told() {
    let (issuer, other) = (Issuer::start("/a").await, Issuer::start("/b").await);
    let issuers = vec![issuer.settings(PoolKind::Clients), other.settings(PoolKind::Gestion)];
    let app = App::guarded(Access { issuers, ..Access::default() }).await;
    assert_eq!(app.me(&issuer.token("s")).await, 200);
    issuer.script(Script::Status(503));
    app.clock.advance(seconds(301));
    let token = later(&issuer, &issuer.key, 301);
    for _ in 0..1000 {
        assert_eq!(app.me(&token).await, 200);
    }
    assert_eq!(issuer.asked(), 2, "one try in half a minute");
    app.clock.advance(seconds(30));
    assert_eq!(app.me(&token).await, 200);
    assert_eq!(issuer.asked(), 3);
    app.clock.advance(seconds(86_400 - 331));
    let token = later(&issuer, &issuer.key, 86_400);
    let answer = app.get_as("/v1/me", &format!("Bearer {token}")).await;
    assert_eq!(answer.headers()["retry-after"], "5");
    let (status, challenge, problem) = shape(answer).await;
    assert_eq!((status, challenge), (503, None));
    assert!(problem["type"].as_str().is_some_and(|it| it.ends_with("/authorizer-unavailable")));
    assert_eq!(app.me(&later(&other, &other.key, 86_400)).await, 200, "the others go on");
    issuer.publish(&[&issuer.key]);
    assert_eq!(app.me(&token).await, 503, "not asked again at once");
    app.clock.advance(seconds(5));
    assert_eq!(app.me(&token).await, 200);
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_leaves() {
    let issuer = Issuer::start("/a").await;
    let (authorizer, clock) = alone(&issuer).await;
    let new = Key::ec("k2");
    authorizer.verify(&issuer.token("s")).await.expect("good");
    assert!(is_bad(&authorizer.verify(&later(&issuer, &new, 0)).await), "not published yet");
    assert_eq!(issuer.asked(), 2);
    issuer.publish(&[&issuer.key, &new]);
    assert!(is_bad(&authorizer.verify(&later(&issuer, &new, 0)).await), "asked a moment ago");
    clock.advance(seconds(30));
    authorizer.verify(&later(&issuer, &new, 30)).await.expect("good");
    authorizer.verify(&later(&issuer, &issuer.key, 30)).await.expect("still published");
    assert_eq!(issuer.asked(), 3);
    issuer.publish(&[&new]);
    clock.advance(seconds(300));
    assert!(is_bad(&authorizer.verify(&later(&issuer, &issuer.key, 330)).await));
    authorizer.verify(&later(&issuer, &new, 330)).await.expect("good");
}

#[tokio::test]
async fn ten_thousand_invented_names_are_one_question_in_half_a_minute() {
    let issuer = Issuer::start("/a").await;
    let (authorizer, clock) = alone(&issuer).await;
    authorizer.verify(&issuer.token("s")).await.expect("good");
    for window in 1..=2 {
        for number in 0..5000 {
            let header =
                json!({"alg": "ES256", "typ": "at+jwt", "kid": format!("{window}-{number}")});
            let payload = part(issuer.claims("s").to_string());
            let token = format!("{}.{payload}.AAAA", part(header.to_string()));
            assert!(is_bad(&authorizer.verify(&token).await));
        }
        assert_eq!(issuer.asked(), 1 + window);
        clock.advance(seconds(30));
    }
}

#[tokio::test]
async fn an_issuer_that_is_not_ours_is_never_asked() {
    let (issuer, stranger) = (Issuer::start("/a").await, Issuer::start("/b").await);
    let (authorizer, _) = alone(&issuer).await;
    assert!(is_bad(&authorizer.verify(&stranger.token("s")).await));
    assert_eq!((issuer.asked(), stranger.asked()), (0, 0));
}

#[tokio::test]
async fn a_server_that_does_not_answer_well_is_not_believed() {
    let issuer = Issuer::start("/a").await;
    let right = json!({"keys": [issuer.key.jwk()]}).to_string();
    let json = "application/json";
    let shared = json!({"keys": [{"kty": "oct", "k": "AAAA", "kid": "k1"}]}).to_string();
    let encryption = json!({"keys": [{"kty": "EC", "use": "enc", "kid": "k1"}]}).to_string();
    let long = format!("{{\"keys\":[],\"padding\":\"{}\"}}", "x".repeat(150_000));
    let scripts = [
        ("a status", Script::Status(500)),
        ("an empty answer", Script::Status(204)),
        ("a redirect", Script::Redirect),
        ("another media type", Script::Text("text/html", right.clone())),
        ("no media type", Script::Text("", right.clone())),
        ("not JSON", Script::Text(json, right.replace('}', ""))),
        ("not a set", Script::Text(json, "[]".into())),
        ("an empty set", Script::Text(json, "{\"keys\":[]}".into())),
        ("shared secrets", Script::Text(json, shared)),
        ("keys of encryption", Script::Text(json, encryption)),
        ("too long", Script::Text(json, long)),
    ];
    for (told, script) in scripts {
        let (fresh, _) = alone(&issuer).await;
        issuer.publish(&[&issuer.key]);
        let (old, clock) = alone(&issuer).await;
        old.verify(&issuer.token("s")).await.expect("good");
        issuer.script(script);
        assert!(is_unknown(&fresh.verify(&issuer.token("s")).await), "{told}");
        clock.advance(seconds(301));
        old.verify(&later(&issuer, &issuer.key, 301)).await.expect(told);
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_waited_for_once_and_not_long() {
    let issuer = Issuer::start("/a").await;
    issuer.script(Script::Silence);
    let (authorizer, _) = alone(&issuer).await;
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (authorizer, token) = (authorizer.clone(), issuer.token("s"));
        asked.spawn(async move { is_unknown(&authorizer.verify(&token).await) });
    }
    let verdicts = crate::harness::soon(asked.join_all()).await;
    assert!(verdicts.into_iter().all(|unknown| unknown));
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn who_leaves_does_not_take_the_keys_away_from_the_others() {
    let issuer = Issuer::start("/a").await;
    let (authorizer, _) = alone(&issuer).await;
    let token = issuer.token("s");
    // Asked once, which begins the fetch, and dropped.
    let left = tokio::time::timeout(Duration::ZERO, authorizer.verify(&token)).await;
    assert!(left.is_err(), "still waiting for the keys");
    crate::harness::soon(authorizer.verify(&token)).await.expect("good");
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn discovery_speaks_for_its_issuer_only() {
    let issuer = Issuer::start("/a").await;
    let mut settings = issuer.settings(PoolKind::Clients);
    let jwks_uri = settings.jwks_uri.take().expect("given");
    let (fresh, _) = authorizer(vec![settings.clone()]);
    for document in [
        json!({"issuer": format!("{}/", issuer.name), "jwks_uri": jwks_uri}),
        json!({"issuer": "https://evil.example", "jwks_uri": jwks_uri}),
        json!({"issuer": issuer.name}),
        json!(null),
    ] {
        issuer.discovery(document);
        let (fresh, _) = authorizer(vec![settings.clone()]);
        assert!(is_unknown(&fresh.verify(&issuer.token("s")).await));
    }
    assert_eq!(issuer.asked(), 0);
    issuer.discovery(json!({"issuer": issuer.name, "jwks_uri": jwks_uri}));
    fresh.verify(&issuer.token("s")).await.expect("good");
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn a_private_address_is_asked_only_where_that_was_said() {
    let issuer = Issuer::start("/a").await;
    let mut settings = issuer.settings(PoolKind::Clients);
    settings.allow_private = false;
    for scheme in ["http", "https"] {
        let secure = settings.jwks_uri.as_ref().expect("given").as_str().replace("http", scheme);
        settings.jwks_uri = Some(secure.parse().expect("a URL"));
        let (authorizer, _) = authorizer(vec![settings.clone()]);
        assert!(is_unknown(&authorizer.verify(&issuer.token("s")).await));
    }
    assert_eq!(issuer.asked(), 0);
}

#[tokio::test]
async fn without_a_name_a_key_is_taken_only_when_it_is_the_only_one() {
    let issuer = Issuer::start("/a").await;
    let nameless = issuer.sign(&json!({"alg": "ES256", "typ": "at+jwt"}), &issuer.claims("s"));
    let (one, _) = alone(&issuer).await;
    one.verify(&nameless).await.expect("the only key");
    issuer.publish(&[&issuer.key, &Key::ec("k2")]);
    let (two, _) = alone(&issuer).await;
    assert!(is_bad(&two.verify(&nameless).await));
    for key in [Key::ed("e"), Key::rsa("r")] {
        issuer.publish(&[&issuer.key, &key]);
        let (authorizer, _) = alone(&issuer).await;
        let mut header = issuer.header();
        header["alg"] = json!(key.algorithm());
        header["kid"] = json!(key.kid);
        let token = key.token_of(&header.to_string(), &issuer.claims("s").to_string());
        authorizer.verify(&token).await.expect("good");
        header["kid"] = json!("k1");
        let crossed = key.token_of(&header.to_string(), &issuer.claims("s").to_string());
        assert!(is_bad(&authorizer.verify(&crossed).await), "the key of another algorithm");
    }
}

#[tokio::test]
async fn one_key_of_two_pools_opens_each_of_them_only_by_its_name() {
    // As test servers of Cognito do: every pool has the same key under the same name.
    let (issuer, twin) = (Issuer::start("/a").await, Issuer::start("/b").await);
    twin.publish(&[&issuer.key]);
    let (both, _) =
        authorizer(vec![issuer.settings(PoolKind::Clients), twin.settings(PoolKind::Gestion)]);
    let of_twin = issuer.sign(&issuer.header(), &twin.claims("s"));
    let pool = |caller: assurly::platform::access::Caller| caller.principal().map(|it| it.pool);
    assert_eq!(pool(both.verify(&of_twin).await.expect("good")), Some(PoolKind::Gestion));
    let (one, _) = alone(&issuer).await;
    assert!(is_bad(&one.verify(&of_twin).await), "a pool that is not registered");
}
