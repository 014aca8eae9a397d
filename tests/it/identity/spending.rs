//! The token endpoint: a code is worth something once, to who it was given to; and how everybody else
//! is refused.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CALLBACK, VERIFIER, World, read, text};
use crate::harness::{begun, soon};

#[tokio::test]
async fn a_code_twice_ends_what_it_gave_the_first_time() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let code = world.code(&client, &person, "openid").await;
    let (status, tokens) = world.exchange(&client, &code).await;
    assert_eq!((status, world.opens(&tokens).await), (200, 200));
    let (status, refused) = world.exchange(&client, &code).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_grant"));
    assert_eq!(world.opens(&tokens).await, 401, "the access token ended");
    assert_eq!(world.refresh(&client, text(&tokens, "refresh_token")).await.0, 400);
    assert!(world.identity.verify_journal(&world.pool).await.expect("read").is_ok());
}

#[tokio::test]
async fn a_code_is_bound_to_its_request() {
    let world = World::new().await;
    let (client, other) = (world.public().await, world.public().await);
    let person = world.person("pwd").await;
    let code = world.code(&client, &person, "openid").await;
    let refused = async |client, over: (&str, &str)| {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        pairs.retain(|(name, _)| *name != over.0);
        pairs.push(over);
        let (status, answer) = world.form("/oauth2/token", client, &pairs).await;
        (status, text(&answer, "error").to_owned())
    };
    let invalid = (400, "invalid_grant".to_owned());
    assert_eq!(refused(&other, ("x", "")).await, invalid, "another application");
    assert_eq!(refused(&client, ("redirect_uri", "http://127.0.0.1/cb")).await, invalid);
    assert_eq!(refused(&client, ("code_verifier", &"a".repeat(43))).await, invalid);
    assert_eq!(refused(&client, ("code_verifier", "short")).await, invalid);
    assert_eq!(refused(&client, ("code", "ac_unknown")).await, invalid);
    for missing in ["code", "redirect_uri", "code_verifier"] {
        let answer = refused(&client, (missing, "")).await;
        assert_eq!(answer, (400, "invalid_request".to_owned()), "{missing}");
    }
    assert_eq!(world.exchange(&client, &code).await.0, 200, "nothing of this spent it");
    let late = world.code(&client, &person, "openid").await;
    world.app.clock.advance(Duration::from_secs(60));
    assert_eq!(world.exchange(&client, &late).await.0, 400, "60 seconds");
    let ended = world.code(&client, &person, "openid").await;
    let end = "UPDATE identity_session SET ended_at = UTC_TIMESTAMP(6) WHERE id = ?";
    sqlx::query(end).bind(person.session).execute(world.database.pool()).await.expect("ended");
    assert_eq!(world.exchange(&client, &ended).await.0, 400, "of a session that has ended");
}

/// A request of the token endpoint: its header, its form, and how it is answered.
type Row<'a> = (Option<&'a str>, String, u16, &'static str);

fn table<'a>(right: &'a str, wrong: &'a str, id: &str, by_form: &str) -> Vec<Row<'a>> {
    let own = |more: &str| format!("grant_type=client_credentials{more}");
    let (request, client) = ("invalid_request", "invalid_client");
    vec![
        (Some(right), own(""), 200, ""),
        (Some(right), own(&format!("&client_id={id}")), 200, ""),
        (None, own(&format!("&{by_form}")), 200, ""),
        (Some(right), own(&format!("&{by_form}")), 400, request),
        (Some(right), own("&client_id=app_x"), 400, request),
        (Some(right), own("&scope=devis:lire&scope=devis:lire"), 400, request),
        (Some(right), own("&scope=openid"), 400, "invalid_scope"),
        (Some(right), own("&scope=contrat:lire"), 400, "invalid_scope"),
        (Some(right), own("&resource=https://x.example"), 400, "invalid_target"),
        (Some(right), "grant_type=urn:x".into(), 400, "unsupported_grant_type"),
        (Some(right), "grant_type=implicit".into(), 400, "unsupported_grant_type"),
        (
            Some(right),
            "grant_type=password&username=a&password=b".into(),
            400,
            "unauthorized_client",
        ),
        (Some(right), String::new(), 400, request),
        (Some(right), "grant_type=refresh_token&refresh_token=rt_x".into(), 400, "invalid_grant"),
        (Some(wrong), own(""), 401, client),
        (None, own(&format!("&client_id={id}")), 401, client),
        (None, own(""), 401, client),
    ]
}

#[tokio::test]
async fn each_error_of_the_token_endpoint_has_its_code() {
    let world = World::new().await;
    let client = world.confidential().await;
    let secret = client.secret.as_deref().expect("it keeps one");
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    let right = basic(format!("{}:{secret}", client.id));
    let wrong = basic(format!("{}:cs_wrong", client.id));
    let by_form = format!("client_id={}&client_secret={secret}", client.id);
    let url = world.app.url(&world.path("/oauth2/token"));
    let form = "application/x-www-form-urlencoded";
    let table = table(&right, &wrong, &client.id, &by_form);
    for (header, body, status, error) in table {
        let mut request =
            world.app.client.post(&url).header("content-type", form).body(body.clone());
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = soon(request.send()).await.expect("an answer");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{body}");
        let challenge = answer.headers().get("www-authenticate").is_some();
        assert_eq!(challenge, status == 401, "{body}");
        let (found, document) = read(answer).await;
        assert_eq!(found, status, "{body}: {document}");
        assert_eq!(document["error"].as_str().unwrap_or_default(), error, "{body}");
    }
    let answer = world.app.get(&world.path("/oauth2/token")).await;
    assert_eq!(answer.status(), 405);
    let answer = world.app.post(&world.path("/oauth2/token"), "application/json", "{}").await;
    assert_eq!(read(answer).await.1["error"], "invalid_request");
    let answer = world.app.post("/pools/nulle-part/oauth2/token", form, "grant_type=x").await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn two_secrets_live_while_one_is_replaced_and_a_disabled_application_is_nobody() {
    let world = World::new().await;
    let mut client = world.confidential().await;
    let works = async |client: &super::Application| {
        world.form("/oauth2/token", client, &[("grant_type", "client_credentials")]).await.0
    };
    let id = client.id.clone();
    let next = world.identity.rotate_secret(&world.pool, &id, false).await.expect("rotated");
    assert_eq!(works(&client).await, 200, "the old one");
    client.secret = Some(next.expose().to_owned());
    assert_eq!(works(&client).await, 200, "the new one");
    world.identity.rotate_secret(&world.pool, &id, true).await.expect("rotated");
    assert_eq!(works(&client).await, 401, "dropped");
    let last = world.identity.rotate_secret(&world.pool, &id, true).await.expect("rotated");
    client.secret = Some(last.expose().to_owned());
    world.identity.enable_client(&world.pool, &id, false).await.expect("disabled");
    assert_eq!(works(&client).await, 401);
    world.identity.enable_client(&world.pool, &id, true).await.expect("enabled");
    assert_eq!(works(&client).await, 200);
}

#[tokio::test]
async fn of_64_uses_of_one_code_at_once_at_most_one_grant_lives() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let code = world.code(&client, &person, "openid").await;
    let body = super::form_of_code(&client, &code);
    let url = world.app.url(&world.path("/oauth2/token"));
    let uses: Vec<_> = (0..64)
        .map(|_| {
            let request = world.app.client.post(&url).body(body.clone());
            begun(request.header("content-type", "application/x-www-form-urlencoded").send())
        })
        .collect();
    let mut given = Vec::new();
    for one in uses {
        let (status, document) = read(soon(one).await.expect("no panic").expect("an answer")).await;
        match status {
            200 => given.push(document),
            400 => assert_eq!(document["error"], "invalid_grant"),
            // A pool of 16 connections may keep somebody waiting too long: nothing was done then.
            other => assert_eq!(other, 503, "{document}"),
        }
    }
    assert!(given.len() <= 1, "{} grants", given.len());
    let families =
        "SELECT COUNT(*) FROM identity_family WHERE session_id = ? AND revoked_at IS NULL";
    let count = sqlx::query_scalar::<_, i64>(families).bind(person.session);
    let living = count.fetch_one(world.database.pool()).await.expect("counted");
    assert!(living <= 1);
}
