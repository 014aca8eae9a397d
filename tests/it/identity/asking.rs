//! The authorization endpoint: what it refuses, where it sends people, and where it never does.

use super::{CALLBACK, World, location, parameter, text};
use assurly::slices::identity::model::ClientKind;

#[tokio::test]
async fn each_refusal_goes_to_the_application_with_its_code() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let long = "x".repeat(1100);
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "id_token")], "unsupported_response_type"),
        (&[("response_type", "token"), ("nonce", "n")], "unauthorized_client"),
        (&[("response_type", "id_token token"), ("nonce", "n")], "unauthorized_client"),
        (&[("response_mode", "form_post")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("scope", "openid contrat:supprimer")], "invalid_scope"),
        (&[("scope", "openid profil:lire")], "invalid_scope"),
        (&[("scope", "a\"b")], "invalid_scope"),
        (&[("resource", "https://other.example/v1")], "invalid_target"),
        (&[("request", "x.y.z")], "request_not_supported"),
        (&[("request_uri", "https://app.example/r")], "request_uri_not_supported"),
        (&[("registration", "{}")], "registration_not_supported"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("id_token_hint", "a.b.c")], "invalid_request"),
        (&[("nonce", &long)], "invalid_request"),
        (&[("scope", "openid"), ("scope", "openid")], "invalid_request"),
        (&[("prompt", "none"), ("acr_values", "phr")], "login_required"),
    ];
    for (over, code) in table {
        // Each request is younger than the session.
        world.app.clock.advance(std::time::Duration::from_millis(1));
        let back = location(&world.ask(&client, Some(&person), over).await);
        assert!(back.starts_with(CALLBACK), "{over:?}: {back}");
        let error = parameter(&back, "error");
        assert_eq!(error.as_deref(), Some(*code), "{over:?}: {back}");
        assert_eq!(parameter(&back, "iss"), Some(world.issuer()), "{over:?}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("é&=#s"), "{over:?}");
        assert_eq!(parameter(&back, "code"), None);
    }
    let back = location(&world.ask(&client, None, &[("prompt", "none")]).await);
    assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn who_is_in_doubt_is_never_redirected() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    for over in [
        [("client_id", ""), ("x", "")],
        [("client_id", "app_00000000000070008000000000000000"), ("x", "")],
        [("client_id", "no'body"), ("x", "")],
        [("redirect_uri", ""), ("x", "")],
        [("redirect_uri", CALLBACK), ("redirect_uri", CALLBACK)],
        [("client_id", &client.id), ("client_id", &client.id)],
    ] {
        let answer = world.ask(&client, Some(&person), &over).await;
        assert_eq!(answer.status(), 400, "{over:?}");
        assert!(answer.headers().get("location").is_none());
        assert!(answer.text().await.expect("text").contains("<h1>"));
    }
    let answer = world.visit("/pools/nulle-part/oauth2/authorize?client_id=x", None).await;
    assert_eq!(answer.status(), 404);
}

/// Ways to make a checker of addresses and a browser disagree.
const TRICKS: &[&str] = &[
    "https://app.example@evil.example/retour",
    "https://app.example:443@evil.example/retour",
    "https://app.example%40evil.example/retour",
    "https://app.example%2F@evil.example/retour",
    "https://app.example\\@evil.example/retour",
    "https://app.example\\.evil.example/retour",
    "https://app.example#@evil.example/retour",
    "https://app.example?@evil.example/retour",
    "https://app.example.evil.example/retour",
    "https://evilapp.example/retour",
    "https://xapp.example/retour",
    "https://app.example./retour",
    "https://app.example:443/retour",
    "https://app.example:8443/retour",
    "https://APP.EXAMPLE/retour",
    "HTTPS://app.example/retour",
    "http://app.example/retour",
    "//app.example/retour",
    "///app.example/retour",
    "/\\app.example/retour",
    "https:app.example/retour",
    "https:/app.example/retour",
    "https:///app.example/retour",
    "https:\\\\app.example\\retour",
    "https://app.example/retour/",
    "https://app.example/retour?x=1",
    "https://app.example/retour?",
    "https://app.example/retour#",
    "https://app.example/retour#x",
    "https://app.example/retour/../autre",
    "https://app.example/./retour",
    "https://app.example//retour",
    "https://app.example/%72etour",
    "https://app.example/retour%00",
    "https://app.example/retour%0d%0aSet-Cookie:a=b",
    "https://app.example/retour\r\nLocation: https://evil.example",
    " https://app.example/retour",
    "https://app.example/retour ",
    "\thttps://app.example/retour",
    "https://app.example/RETOUR",
    "https://user:pass@app.example/retour",
    "https://app。example/retour",
    "https://app.exаmple/retour",
    "https://[::ffff:127.0.0.1]/retour",
    "javascript:alert(1)",
    "javascript://app.example/retour%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example/retour",
    "about:blank",
    "http://127.0.0.1.evil.example/cb",
    "http://127.0.0.1@evil.example/cb",
    "http://127.0.0.1:80@evil.example/cb",
    "http://127.0.0.1:80\\@evil.example/cb",
    "http://127.0.0.1:0/cb",
    "http://127.0.0.1:99999/cb",
    "http://127.0.0.1:/cb",
    "http://127.0.0.1:8080/autre",
    "http://127.0.0.1:8080/cb/../x",
    "http://127.0.0.1:8080/cb#x",
    "http://127.0.0.1:8080/cb?x",
    "http://127.0.0.1:8080cb",
    "http://127.0.0.1:+80/cb",
    "http://127.0.0.1:080/cb",
    "http://127.1/cb",
    "http://2130706433/cb",
    "http://0x7f.1/cb",
    "http://0177.0.0.1/cb",
    "http://localhost/cb",
    "http://localhost:8080/cb",
    "http://[::1]/cb",
    "http://127.0.0.2/cb",
    "https://127.0.0.1/cb",
    "urn:ietf:wg:oauth:2.0:oob",
    "*",
    "https://*/retour",
    "null",
    "undefined",
];

/// The same, with every mark that may be taken for the end of a host's name.
fn tricks() -> Vec<String> {
    let evil = "evil.example";
    let mut all: Vec<String> = TRICKS.iter().map(|&trick| trick.to_owned()).collect();
    for mark in
        ["", ".", "/", "\\", "@", "%", "%2e", "%2f", "%5c", "%23", "%3f", ";", ",", ":", "&"]
    {
        all.push(format!("https://{evil}{mark}app.example/retour"));
        all.push(format!("https://app.example{mark}{evil}/retour"));
    }
    all
}

#[tokio::test]
async fn no_trick_with_an_address_leads_outside() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let tricks = tricks();
    assert!(tricks.len() >= 100, "{}", tricks.len());
    for trick in tricks {
        let answer = world.ask(&client, Some(&person), &[("redirect_uri", &trick)]).await;
        assert!(answer.headers().get("location").is_none(), "{trick}");
        assert_eq!(answer.status(), 400, "{trick}");
    }
    let other_port = [("redirect_uri", "http://127.0.0.1:49152/cb")];
    let back = location(&world.ask(&client, Some(&person), &other_port).await);
    assert!(back.starts_with("http://127.0.0.1:49152/cb?code="), "RFC 8252 §7.3: {back}");
}

#[tokio::test]
async fn who_must_log_in_goes_to_the_page_and_comes_back() {
    let world = World::new().await;
    let client = world.public().await;
    let answer = world.ask(&client, None, &[]).await;
    let to = location(&answer);
    assert!(to.starts_with(&world.path("/login?login=")), "{to}");
    let cookie = answer.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(cookie.starts_with(&format!("__Host-login-{}=", world.pool)), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let id = parameter(&to, "login").expect("a login");
    let back = world.path(&format!("/oauth2/authorize/continue?login={id}"));
    let mut person = world.person("pwd").await;
    let answer = world.visit(&back, Some(&person)).await;
    assert_eq!(answer.status(), 400, "without the browser's secret there is no login");
    person.cookie = format!("{}; {cookie}", person.cookie);
    let answer = location(&world.visit(&back, Some(&person)).await);
    let code = parameter(&answer, "code").expect("a code");
    assert_eq!(world.exchange(&client, &code).await.0, 200);
    assert_eq!(world.visit(&back, Some(&person)).await.status(), 400, "answered once");
}

#[tokio::test]
async fn a_session_is_enough_only_as_far_as_it_was_asked_for() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    world.app.clock.advance(std::time::Duration::from_secs(100));
    let answers =
        async |over: &[(&str, &str)]| location(&world.ask(&client, Some(&person), over).await);
    assert!(answers(&[("max_age", "100")]).await.starts_with(CALLBACK));
    for over in [
        &[("max_age", "99")][..],
        &[("max_age", "0")],
        &[("prompt", "login")],
        &[("prompt", "select_account")],
        &[("acr_values", "unknown mfa")],
    ] {
        assert!(answers(over).await.contains("/login?login="), "{over:?}");
        let mut quiet = over.to_vec();
        quiet.retain(|(name, _)| *name != "prompt");
        if quiet.len() == over.len() {
            quiet.push(("prompt", "none"));
            let back = answers(&quiet).await;
            assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"), "{quiet:?}");
        }
    }
    let tokens = world.tokens(&client, &person, "openid").await;
    let hint = text(&tokens, "id_token");
    assert!(answers(&[("id_token_hint", hint), ("prompt", "none")]).await.contains("code="));
    let other = world.person("pwd").await;
    let over = [("id_token_hint", hint), ("prompt", "none")];
    let back = location(&world.ask(&client, Some(&other), &over).await);
    assert_eq!(parameter(&back, "error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn other_peoples_applications_need_consent() {
    let world = World::new().await;
    let client = world.client(ClientKind::Public, false).await;
    let person = world.person("pwd").await;
    let to = location(&world.ask(&client, Some(&person), &[]).await);
    assert!(to.starts_with(&world.path("/consent?login=")), "{to}");
    let back = location(&world.ask(&client, Some(&person), &[("prompt", "none")]).await);
    assert_eq!(parameter(&back, "error").as_deref(), Some("consent_required"));
    let id = uuid::Uuid::try_parse(&client.id[4..]).expect("an id");
    let insert = "INSERT INTO identity_consent (user_id, client_id, scopes, granted_at) \
                  VALUES (?, ?, 'openid devis:lire', UTC_TIMESTAMP(6))";
    let query = sqlx::query(insert).bind(person.user).bind(id);
    query.execute(world.database.pool()).await.expect("a consent");
    let answers =
        async |over: &[(&str, &str)]| location(&world.ask(&client, Some(&person), over).await);
    assert!(answers(&[]).await.contains("code="));
    assert!(answers(&[("scope", "openid email")]).await.contains("/consent?"));
    assert!(answers(&[("prompt", "consent")]).await.contains("/consent?"));
}
