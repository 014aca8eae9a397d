//! Tokens that are no good, each in its own way, all refused in the same words.

use assurly::kernel::access::PoolKind;
use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::issuer::{Issuer, Key, NOW, part};
use super::shape;
use crate::harness::app::{Access, App};

type Cases = Vec<(String, String)>;

/// The good token of `issuer` with one member of its claims replaced, or removed by `null`.
fn claim(issuer: &Issuer, name: &str, value: &Value) -> String {
    issuer.sign(&issuer.header(), &replaced(issuer.claims("s"), name, value))
}

fn replaced(mut document: Value, name: &str, value: &Value) -> Value {
    let members = document.as_object_mut().expect("an object");
    if value.is_null() {
        members.remove(name)
    } else {
        members.insert(name.into(), value.clone())
    };
    document
}

fn claims(issuer: &Issuer, other: &Issuer) -> Cases {
    let long = "x".repeat(256);
    let wrong = [
        ("iss", json!("https://unknown.example")),
        ("iss", json!(format!("{}/", issuer.name))),
        ("iss", json!(issuer.name.to_uppercase())),
        ("iss", json!(other.name)),
        ("iss", json!([issuer.name])),
        ("iss", json!("")),
        ("iss", Value::Null),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", json!(long)),
        ("aud", Value::Null),
        ("aud", json!("another")),
        ("aud", json!(["another", "Assurly"])),
        ("aud", json!({"assurly": true})),
        ("aud", json!([["assurly"]])),
        ("client_id", Value::Null),
        ("client_id", json!(["app"])),
        ("exp", json!(NOW - 30)),
        ("exp", json!(NOW - 86_400)),
        ("exp", Value::Null),
        ("exp", json!((NOW + 300).to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(NOW + 3601)),
        ("exp", json!(-1)),
        ("iat", Value::Null),
        ("iat", json!(NOW + 61)),
        ("iat", json!(NOW - 86_400)),
        ("iat", json!(NOW + 300)),
        ("iat", json!(i64::MIN)),
        ("nbf", json!(NOW + 31)),
        ("nbf", json!("soon")),
        ("nbf", json!(i64::MAX)),
        ("auth_time", json!(NOW + 3600)),
        ("auth_time", json!(true)),
        ("scope", json!({"devis": "lire"})),
        ("scope", json!("dev\"is")),
        ("scope", json!("é")),
        ("groups", json!({"a": 1})),
        ("cnf", json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})),
    ];
    let named = wrong.into_iter().map(|(name, value)| {
        (format!("claim {name}: {value}").chars().take(90).collect(), claim(issuer, name, &value))
    });
    named.collect()
}

fn headers(issuer: &Issuer) -> Cases {
    let jwk = Key::ec("k1").jwk();
    let wrong = [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("")),
        ("alg", json!("es256")),
        ("alg", json!("RS256")),
        ("alg", json!("ES384")),
        ("alg", json!("HS256")),
        ("alg", json!(["ES256"])),
        ("alg", Value::Null),
        ("kid", json!("k2")),
        ("kid", json!("")),
        ("kid", json!(1)),
        ("kid", json!("../../../../dev/null")),
        ("kid", json!("k1' OR '1'='1")),
        ("typ", Value::Null),
        ("typ", json!("JWT")),
        ("typ", json!("logout+jwt")),
        ("typ", json!(7)),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AAAA"])),
        ("jwk", jwk),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
    ];
    let named = wrong.into_iter().map(|(name, value)| {
        let header = replaced(issuer.header(), name, &value);
        let told = format!("header {name}: {value}").chars().take(90).collect();
        (told, issuer.sign(&header, &issuer.claims("s")))
    });
    named.collect()
}

fn forms(issuer: &Issuer, other: &Issuer) -> Cases {
    let good = issuer.token("s");
    let (header, rest) = good.split_once('.').expect("parts");
    let (payload, signature) = rest.split_once('.').expect("parts");
    let (header_text, claims_text) = (issuer.header().to_string(), issuer.claims("s").to_string());
    let changed = part(claims_text.replace("\"s\"", "\"t\""));
    let mut flipped = issuer.key.sign(format!("{header}.{payload}").as_bytes());
    flipped[10] ^= 1;
    let signed = |signature: &str| format!("{header}.{payload}.{signature}");
    [
        ("nothing", String::new()),
        ("one part", "abc".into()),
        ("two parts", format!("{header}.{payload}")),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as JWE", format!("{header}..{payload}.{payload}.{signature}")),
        ("no signature", signed("")),
        ("a signature of nothing but zeros", signed(&part([0; 64]))),
        ("a changed signature", signed(&part(&flipped))),
        ("a cut signature", signed(&signature[..80])),
        ("a long signature", signed(&format!("{signature}AAAA"))),
        ("padding", signed(&format!("{signature}=="))),
        ("not base64", signed("%%%")),
        ("not base64url", signed(&format!("+/{}", &signature[2..]))),
        ("another key's", Key::ec("k1").token_of(&header_text, &claims_text)),
        ("another pool's key of that name", other.key.token_of(&header_text, &claims_text)),
        ("a space inside", format!("{header} .{payload}.{signature}")),
        ("a space after", format!("{good} x")),
        ("a second token after", format!("{good},{good}")),
        ("another payload", format!("{header}.{changed}.{signature}")),
        ("not UTF-8", format!("{header}.{}.{signature}", part([0xff, 0xfe]))),
    ]
    .map(|(told, token)| (told.to_owned(), token))
    .into()
}

/// Payloads and headers that two readers would read differently, or that no reader should.
fn documents(issuer: &Issuer) -> Cases {
    let (header, claims) = (issuer.header().to_string(), issuer.claims("s").to_string());
    let twice = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    let deep = format!("\"deep\":{}{}", "[".repeat(3000), "]".repeat(3000));
    let padding = format!("\"padding\":\"{}\"", "x".repeat(6200));
    let of = |payload: &str| issuer.key.token_of(&header, payload);
    [
        ("the claim sub twice", of(&twice(&claims, "\"sub\":\"t\""))),
        ("the claim iss twice", of(&twice(&claims, "\"iss\":\"t\""))),
        ("a name twice, deep", of(&twice(&claims, "\"a\":{\"b\":1,\"b\":2}"))),
        ("alg twice", issuer.key.token_of(&twice(&header, "\"alg\":\"none\""), &claims)),
        ("kid twice", issuer.key.token_of(&twice(&header, "\"kid\":\"k2\""), &claims)),
        ("text after the payload", of(&format!("{claims}x"))),
        ("a second payload", of(&format!("{claims}{claims}"))),
        ("a list as payload", of(&format!("[{claims}]"))),
        ("a token in a token", of(&format!("\"{}\"", issuer.token("s")))),
        ("deeper than any token", of(&twice(&claims, &deep))),
        ("longer than any token", of(&twice(&claims, &padding))),
    ]
    .map(|(told, token)| (told.to_owned(), token))
    .into()
}

/// The public key as the secret of an HMAC: as text, and as its point.
fn confused(issuer: &Issuer) -> Cases {
    let header = replaced(issuer.header(), "alg", &json!("HS256"));
    let message = format!("{}.{}", part(header.to_string()), part(issuer.claims("s").to_string()));
    let jwk = issuer.key.jwk();
    let secrets = [jwk.to_string(), jwk["x"].as_str().expect("x").to_owned(), String::new()];
    let signed = secrets.into_iter().map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = part(hmac::sign(&key, message.as_bytes()));
        (format!("HMAC with {secret:?}"), format!("{message}.{tag}"))
    });
    signed.collect()
}

fn uses(issuer: &Issuer) -> Cases {
    let id = json!({"aud": "app", "azp": "app", "nonce": "n", "email": "a@b.example"});
    let mut id_claims = issuer.claims("s");
    id_claims.as_object_mut().expect("an object").extend(id.as_object().expect("one").clone());
    let id_header = replaced(issuer.header(), "typ", &json!("JWT"));
    let refresh = replaced(issuer.header(), "typ", &json!("refresh+jwt"));
    vec![
        ("an ID token".into(), issuer.sign(&id_header, &id_claims)),
        ("a refresh token".into(), issuer.sign(&refresh, &issuer.claims("s"))),
        ("an opaque token".into(), "rt_0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I".into()),
    ]
}

#[tokio::test]
async fn every_bad_token_is_refused_in_the_same_words() {
    let (issuer, other) = (Issuer::start("/a").await, Issuer::start("/b").await);
    let issuers = vec![issuer.settings(PoolKind::Clients), other.settings(PoolKind::Gestion)];
    let app = App::guarded(Access { issuers, ..Access::default() }).await;
    assert_eq!(app.me(&issuer.token("s")).await, 200, "the good token is good");
    let cases: Cases = [claims(&issuer, &other), headers(&issuer), forms(&issuer, &other)]
        .into_iter()
        .chain([documents(&issuer), confused(&issuer), uses(&issuer)])
        .flatten()
        .collect();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let first = shape(app.get_as("/v1/me", "Bearer x.y.z").await).await;
    let challenge = "Bearer realm=\"assurly\", error=\"invalid_token\"";
    assert_eq!((first.0, first.1.as_deref()), (401, Some(challenge)));
    for (told, token) in cases {
        let answer = app.get_as("/v1/me", &format!("Bearer {token}")).await;
        assert_eq!(shape(answer).await, first, "{told}");
    }
    assert_eq!(app.me(&issuer.token("s")).await, 200, "and still is");
}

#[tokio::test]
async fn a_bad_token_is_refused_even_where_none_is_needed() {
    let app = App::guarded(Access::default()).await;
    let answer = app.get_as("/v1/quotes/quo_x", "Bearer x.y.z").await;
    assert_eq!(shape(answer).await.0, 401);
    for scheme in ["Basic YTpi", "DPoP x.y.z", "Bearer", ""] {
        assert_eq!(app.get_as("/v1/me", scheme).await.status(), 401, "{scheme}");
    }
}

#[tokio::test]
async fn a_token_in_another_place_or_twice_is_a_wrong_request() {
    let issuer = Issuer::start("/a").await;
    let issuers = vec![issuer.settings(PoolKind::Clients)];
    let app = App::guarded(Access { issuers, ..Access::default() }).await;
    let token = issuer.token("s");
    let bearer = format!("Bearer {token}");
    let (status, challenge, _) = shape(app.get("/v1/me").await).await;
    assert_eq!((status, challenge.as_deref()), (401, Some("Bearer realm=\"assurly\"")));
    let in_query = app.get(&format!("/v1/me?access_token={token}")).await;
    assert_eq!(shape(in_query).await.0, 400);
    let both = app.get_as(&format!("/v1/me?access_token={token}"), &bearer).await;
    assert_eq!(shape(both).await.0, 400);
    let form = "application/x-www-form-urlencoded";
    let in_form = app.post("/v1/simulations", form, format!("access_token={token}")).await;
    assert_eq!(shape(in_form).await.0, 400);
    let other_form = app.post("/v1/simulations", form, "a=1").await;
    assert_eq!(shape(other_form).await.0, 415);
    let twice = app.client.get(app.url("/v1/me"));
    let twice = twice.header("authorization", &bearer).header("authorization", &bearer);
    let (status, challenge, _) = shape(twice.send().await.expect("an answer")).await;
    assert_eq!(status, 400);
    assert!(challenge.is_some_and(|text| text.contains("error=\"invalid_request\"")));
}

#[tokio::test]
async fn clocks_may_be_half_a_minute_apart() {
    let issuer = Issuer::start("/a").await;
    let issuers = vec![issuer.settings(PoolKind::Clients)];
    let app = App::guarded(Access { issuers, ..Access::default() }).await;
    for (name, offset, expected) in [
        ("exp", -29, 200),
        ("exp", -30, 401),
        ("nbf", 30, 200),
        ("nbf", 31, 401),
        ("iat", 60, 200),
        ("iat", 61, 401),
        ("auth_time", 60, 200),
        ("auth_time", 61, 401),
    ] {
        let mut claims = issuer.claims("s");
        claims["iat"] = json!(NOW - 100);
        claims[name] = json!(NOW + offset);
        let token = issuer.sign(&issuer.header(), &claims);
        assert_eq!(app.me(&token).await, expected, "{name} {offset}");
    }
    let mut longest = issuer.claims("s");
    longest["exp"] = json!(NOW + 3600);
    assert_eq!(app.me(&issuer.sign(&issuer.header(), &longest)).await, 200);
}
