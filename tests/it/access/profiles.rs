//! What the tokens of each kind of provider mean, and which of their tokens are not for us.

use assurly::gateway::authorizer::{GenericClaims, IssuerSettings, Profile};
use assurly::kernel::access::PoolKind;
use serde_json::{Value, json};

use super::issuer::{Issuer, Key, NOW};
use crate::harness::app::{Access, App};

async fn guarded(settings: IssuerSettings) -> App {
    App::guarded(Access { issuers: vec![settings], ..Access::default() }).await
}

/// What `/v1/me` answers to a token with these claims; its status when it is refused.
async fn me(app: &App, issuer: &Issuer, typ: &str, claims: &Value) -> Result<Value, u16> {
    let mut header = issuer.header();
    header["typ"] = json!(typ);
    let bearer = format!("Bearer {}", issuer.sign(&header, claims));
    let answer = app.get_as("/v1/me", &bearer).await;
    let status = answer.status().as_u16();
    if status == 200 { Ok(answer.json().await.expect("JSON")) } else { Err(status) }
}

/// Each change, alone, makes the token one that is not for us.
async fn refuses(app: &App, issuer: &Issuer, typ: &str, claims: &Value, changes: &[(&str, Value)]) {
    for (name, value) in changes {
        let mut changed = claims.clone();
        changed[*name] = value.clone();
        let verdict = me(app, issuer, typ, &changed).await;
        assert_eq!(verdict.err(), Some(401), "{name}: {value}");
    }
}

#[tokio::test]
async fn tokens_of_the_standard() {
    let issuer = Issuer::start("/a").await;
    let mut settings = issuer.settings(PoolKind::Gestion);
    settings.client_ids = vec!["app".into()];
    let app = guarded(settings).await;
    let mut claims = issuer.claims("s");
    claims["aud"] = json!(["other", "assurly"]);
    claims["groups"] = json!(["Gestion", "Inconnu"]);
    claims["acr"] = json!("two");
    claims["auth_time"] = json!(NOW - 60);
    let seen = me(&app, &issuer, "application/at+JWT", &claims).await.expect("good");
    assert_eq!(
        seen,
        json!({
            "issuer": issuer.name, "subject": "s", "pool": "gestion", "kind": "user",
            "client": "app",
            "scopes": [
                "cles:lire", "devis:lire", "dossiers:ecrire", "dossiers:lire", "passerelle:ecrire",
                "passerelle:lire", "profil:lire", "sante:ecrire", "sante:etudier",
                "segments:ecrire", "segments:exporter", "segments:lire", "test:lire",
            ],
            "groups": ["gestionnaires"], "acr": "mfa", "auth_time": "2026-11-23T08:59:00Z",
            "expires": "2026-11-23T09:05:00Z",
        })
    );
    claims["acr"] = json!("unheard of");
    let weak = me(&app, &issuer, "at+jwt", &claims).await.expect("good");
    assert_eq!(weak["acr"], "pwd");
    claims["sub"] = json!("app");
    let program = me(&app, &issuer, "at+jwt", &claims).await.expect("good");
    assert_eq!(program["kind"], "machine");
    refuses(&app, &issuer, "at+jwt", &claims, &[("client_id", json!("other"))]).await;
}

#[tokio::test]
async fn tokens_of_cognito() {
    let issuer = Issuer::with("/eu-west-3_Example", Key::rsa("k1")).await;
    let mut settings = issuer.settings(PoolKind::Clients);
    settings.profile = Profile::Cognito;
    settings.audiences = Vec::new();
    settings.client_ids = vec!["4f9".into()];
    settings.scope_prefix = "assurly/".into();
    let app = guarded(settings).await;
    // The claims of an access token of Cognito, which names no audience.
    let claims = json!({
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "cognito:groups": ["Gestion", "x"],
        "iss": issuer.name, "version": 2, "client_id": "4f9", "origin_jti": "o", "event_id": "e",
        "token_use": "access", "scope": "openid assurly/profil:lire assurly/devis:lire",
        "auth_time": NOW - 5, "exp": NOW + 3600, "iat": NOW, "jti": "j", "username": "anne",
    });
    let seen = me(&app, &issuer, "JWT", &claims).await.expect("good");
    assert_eq!(seen["scopes"], json!(["profil:lire", "devis:lire"]));
    assert_eq!((&seen["groups"], &seen["kind"]), (&json!(["gestionnaires"]), &json!("user")));
    let changes = [
        ("token_use", json!("id")),
        ("token_use", json!("refresh")),
        ("token_use", Value::Null),
        ("client_id", json!("5a0")),
        ("exp", json!(NOW + 3601)),
    ];
    refuses(&app, &issuer, "JWT", &claims, &changes).await;
    let mut unprefixed = claims;
    unprefixed["scope"] = json!("profil:lire");
    assert_eq!(me(&app, &issuer, "JWT", &unprefixed).await, Err(403), "not our resource server");
}

#[tokio::test]
async fn tokens_of_keycloak() {
    let issuer = Issuer::start("/realms/courtiers").await;
    let mut settings = issuer.settings(PoolKind::Partenaires);
    settings.profile = Profile::Keycloak;
    settings.client_ids = vec!["Portail".into()];
    let app = guarded(settings).await;
    let claims = json!({
        "exp": NOW + 300, "iat": NOW, "auth_time": NOW, "jti": "j", "iss": issuer.name,
        "aud": ["assurly", "account"], "sub": "f:1:anne", "typ": "Bearer", "azp": "Portail",
        "session_state": "s", "acr": "two", "realm_access": {"roles": ["Gestion", "offline_access"]},
        "scope": "openid profil:lire", "sid": "s", "preferred_username": "anne",
    });
    let seen = me(&app, &issuer, "JWT", &claims).await.expect("good");
    assert_eq!((&seen["groups"], &seen["acr"]), (&json!(["gestionnaires"]), &json!("mfa")));
    assert_eq!((&seen["client"], &seen["kind"]), (&json!("Portail"), &json!("user")));
    let changes = [
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("typ", json!("Offline")),
        ("azp", json!("other")),
        ("azp", Value::Null),
        ("aud", json!("account")),
        ("realm_access", json!({"roles": "Gestion,x"})),
    ];
    let changes: Vec<_> = changes.into_iter().take(6).collect();
    refuses(&app, &issuer, "JWT", &claims, &changes).await;
    let mut program = claims.clone();
    program["preferred_username"] = json!("service-account-portail");
    let program = me(&app, &issuer, "JWT", &program).await.expect("good");
    assert_eq!(program["kind"], "machine");
}

#[tokio::test]
async fn tokens_of_any_other_provider() {
    let issuer = Issuer::with("/tenant/v2.0", Key::ed("k1")).await;
    let mut settings = issuer.settings(PoolKind::Gestion);
    settings.profile = Profile::Generic;
    settings.claims = Some(GenericClaims {
        access_claim: "token_type".into(),
        access_value: Some("access".into()),
        client: "azp".into(),
        scopes: "scp".into(),
        groups: Some("/https:~1~1example.com~1access/roles".into()),
    });
    let app = guarded(settings).await;
    let claims = json!({
        "iss": issuer.name, "sub": "s", "aud": "assurly", "azp": "app", "token_type": "access",
        "scp": ["profil:lire", "devis:lire"], "iat": NOW, "exp": NOW + 60,
        "https://example.com/access": {"roles": ["Gestion"]},
    });
    let seen = me(&app, &issuer, "JWT", &claims).await.expect("good");
    assert_eq!(seen["scopes"], json!(["profil:lire", "devis:lire"]));
    assert_eq!(seen["groups"], json!(["gestionnaires"]));
    let changes = [
        ("token_type", json!("id")),
        ("token_type", Value::Null),
        ("aud", json!("app")),
        ("azp", Value::Null),
        ("https://example.com/access", json!({"roles": [1]})),
    ];
    refuses(&app, &issuer, "JWT", &claims, &changes).await;
}
