//! API keys: made, presented, rotated, revoked; plans that hold them; who sees what.

use std::time::Duration;

use assurly::kernel::access::PoolKind;
use assurly::slices::admission::{KeyOwner, NewKey};
use serde_json::{Value, json};

use super::{AUTHOR, slug};
use crate::access::issuer::Issuer;
use crate::harness::app::{Access, App};
use crate::harness::database::TestDatabase;

async fn copy() -> App {
    let app = App::on_database(&TestDatabase::own().await, &[]).await;
    app.rule(&json!({})).await;
    app
}

#[tokio::test]
async fn every_key_that_is_no_good_is_refused_in_the_same_words() {
    let app = copy().await;
    let good = app.key("wide").await;
    let elsewhere =
        NewKey { plan: "wide".into(), networks: vec!["192.0.2.0/24".into()], ..NewKey::default() };
    let elsewhere = app.key_with(elsewhere).await;
    let end = app.clock.now() + Duration::from_secs(60);
    let short = NewKey { plan: "wide".into(), expires: Some(end), ..NewKey::default() };
    let short = app.key_with(short).await;
    assert_eq!(app.price(&good.secret).await.status(), 200);
    assert_eq!(app.price(&short.secret).await.status(), 200);
    app.clock.advance(Duration::from_secs(60));
    let other_secret = format!("ask_{}_{}", good.prefix, "A".repeat(43));
    let unknown = format!("ask_00000000_{}", "A".repeat(43));
    let mut words = Vec::new();
    for bad in ["", "x", &good.prefix, &other_secret, &unknown, &elsewhere.secret, &short.secret] {
        let answer = app.price(bad).await;
        assert_eq!(answer.status(), 403, "{bad}");
        let mut document: Value = answer.json().await.expect("a problem");
        document["trace_id"] = Value::Null;
        words.push(document);
    }
    assert!(words.windows(2).all(|pair| pair[0] == pair[1]), "{words:#?}");
    let twice = app.client.post(app.url("/v1/simulations")).header("x-api-key", &good.secret);
    let twice = twice.header("x-api-key", &good.secret).json(&crate::quotes::project());
    let twice = twice.send().await.expect("an answer");
    assert_eq!(slug(twice).await, (403, "invalid-api-key".into()));
}

#[tokio::test]
async fn a_key_has_two_live_secrets_and_no_third() {
    let app = copy().await;
    let first = app.key("wide").await;
    let id = first.id.parse().expect("its identifier");
    let soon_over = app.clock.now() + Duration::from_secs(3600);
    let admissions = &app.admissions;
    let second = admissions.rotate_key(AUTHOR, id, None, Some(soon_over)).await.expect("rotated");
    admissions.refresh().await.expect("read");
    assert_eq!(app.price(&first.secret).await.status(), 200);
    assert_eq!(app.price(&second.secret).await.status(), 200);
    assert!(admissions.rotate_key(AUTHOR, id, None, None).await.is_err());
    app.clock.advance(Duration::from_secs(3600));
    assert_eq!(app.price(&first.secret).await.status(), 403);
    assert_eq!(app.price(&second.secret).await.status(), 200);
    let third = admissions.rotate_key(AUTHOR, id, None, None).await.expect("the first is over");
    admissions.revoke_key(AUTHOR, id, Some(&second.prefix)).await.expect("revoked");
    admissions.refresh().await.expect("read");
    assert_eq!(app.price(&second.secret).await.status(), 403);
    assert_eq!(app.price(&third.secret).await.status(), 200);
    admissions.revoke_key(AUTHOR, id, None).await.expect("revoked");
    admissions.refresh().await.expect("read");
    assert_eq!(app.price(&third.secret).await.status(), 403);
    assert!(admissions.rotate_key(AUTHOR, id, None, None).await.is_err());
    let events = admissions.events(10).await.expect("events");
    let acts: Vec<_> = events.iter().map(|event| event.act.as_str()).collect();
    let expected =
        ["key.revoke", "key.revoke", "key.rotate", "key.rotate", "key.create", "rules.apply"];
    assert_eq!(acts, expected);
    assert!(events.iter().all(|event| !event.detail.to_string().contains(&third.secret)));
}

#[tokio::test]
async fn plans_hold_rate_and_cost_and_say_what_is_left() {
    let app = copy().await;
    let plan = json!({"rate_per_s": 1, "burst": 3, "quota": {"day": 100, "month": 500},
        "costs": {"quotes.simulate": 30}});
    app.rule(&json!({"plans": {"small": plan}})).await;
    let key = app.key("small").await;
    let answer = app.price(&key.secret).await;
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().expect("ASCII").to_owned();
    let policy = "\"burst\";q=1;w=1, \"day\";q=100;w=86400, \"month\";q=500;w=2592000";
    assert_eq!(header("ratelimit-policy"), policy);
    // 23 November, ten in the morning in Paris.
    assert_eq!(header("ratelimit"), "\"day\";r=70;t=50400, \"month\";r=470;t=655200");
    assert_eq!(app.price(&key.secret).await.status(), 200);
    assert_eq!(app.price(&key.secret).await.status(), 200);
    let early = app.price(&key.secret).await;
    assert_eq!(early.headers()["retry-after"], "1");
    assert_eq!(slug(early).await, (429, "too-many-requests".into()));
    let shown = app.admissions.show_key(key.id.parse().expect("an identifier")).await.expect("it");
    assert!(shown.usage.iter().all(|usage| usage.used == 0), "not written down yet");
    app.admissions.refresh().await.expect("written down");
    let shown = app.admissions.show_key(key.id.parse().expect("an identifier")).await.expect("it");
    assert!(shown.usage.iter().all(|usage| usage.used == 90), "{:?}", shown.usage);
}

#[tokio::test]
async fn a_key_is_no_identity_and_its_owner_alone_sees_it() {
    let issuer = Issuer::start("/partners").await;
    let other = Issuer::start("/others").await;
    let issuers = [&issuer, &other].map(|issuer| issuer.settings(PoolKind::Partenaires)).to_vec();
    let database = TestDatabase::own().await;
    let app = App::guarded_on(&database, Access { issuers, ..Access::default() }, &[]).await;
    app.rule(&json!({"keys_required": ["quotes.list"]})).await;
    let owner = Some(KeyOwner { issuer: issuer.name.clone(), client: "app".into() });
    let key = app.key_with(NewKey { plan: "wide".into(), owner, ..NewKey::default() }).await;
    let ask = async |path: &str, token: Option<&str>, key: Option<&str>| {
        let mut request = app.client.get(app.url(path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        request.send().await.expect("an answer")
    };
    let mut claims = issuer.claims("machine");
    claims["scope"] = json!("cles:lire devis:lire profil:lire");
    let token = issuer.sign(&issuer.header(), &claims);
    claims["iss"] = json!(other.name);
    let foreign = other.sign(&other.header(), &claims);
    let key_only = ask("/v1/me", None, Some(&key.secret)).await;
    assert_eq!(slug(key_only).await, (401, "unauthenticated".into()));
    assert_eq!(ask("/v1/me", Some(&token), Some(&key.secret)).await.status(), 200);
    let borrowed = ask("/v1/me", Some(&foreign), Some(&key.secret)).await;
    assert_eq!(slug(borrowed).await, (403, "invalid-api-key".into()));
    let without = ask("/v1/quotes", Some(&token), None).await;
    assert_eq!(slug(without).await, (403, "invalid-api-key".into()));
    assert_eq!(ask("/v1/quotes", Some(&token), Some(&key.secret)).await.status(), 200);
    for (token, seen) in [(&token, 1), (&foreign, 0)] {
        let answer = ask("/v1/keys", Some(token), None).await;
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.expect("text");
        assert!(!text.contains(&key.secret));
        let document: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(document["keys"].as_array().map(Vec::len), Some(seen));
    }
    app.admissions.refresh().await.expect("kept");
    let refused = app.admissions.refusals(&key.prefix, 10).await.expect("refusals");
    let whys: Vec<_> = refused.iter().map(|line| (line.status, line.why.as_deref())).collect();
    assert!(whys.contains(&(403, Some("token of another application"))), "{whys:?}");
}

#[tokio::test]
async fn an_operator_is_told_what_cannot_be_done() {
    let app = copy().await;
    let new = |plan: &str, network: &str| NewKey {
        name: "x".into(),
        plan: plan.into(),
        networks: vec![network.into()],
        ..NewKey::default()
    };
    for (wrong, word) in [
        (new("none", "192.0.2.0/24"), "no plan"),
        (new("wide", "192.0.2.1/24"), "not a network"),
        (NewKey { name: " ".into(), ..new("wide", "::/0") }, "name"),
        (NewKey { expires: Some(app.clock.now()), ..new("wide", "::/0") }, "over"),
    ] {
        let refused = app.admissions.create_key(AUTHOR, &wrong).await.expect_err("refused");
        assert!(refused.to_string().contains(word), "{refused}");
    }
    app.key("wide").await;
    let gone = app.admissions.apply_rules(AUTHOR, "", json!({})).await.expect_err("a plan in use");
    assert!(gone.to_string().contains("plans.wide"), "{gone}");
}
