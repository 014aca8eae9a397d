//! The two grants that should not be used: shut by default, opened by two locks, for a time.

use std::sync::Arc;
use std::time::Duration;

use assurly::kernel::problem::Problem;
use assurly::platform::access::Boxed;
use assurly::slices::identity::model::{Grant, Pool};
use assurly::slices::identity::{Device, Legacy, PasswordCheck, PasswordVerdict, api};

use crate::harness::logs;

use super::{Application, World, location, parameter, part, read, text};

fn terms() -> Legacy {
    Legacy { days: 30, reason: "an application that cannot change yet".into() }
}

const WANTED: &[(&str, &str)] = &[
    ("response_type", "id_token token"),
    ("nonce", "n-1"),
    ("scope", "openid devis:lire"),
    ("code_challenge", ""),
    ("code_challenge_method", ""),
];

#[tokio::test]
async fn implicit_needs_both_locks_and_gives_little() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd otp").await);
    let (pool, identity) = (world.pool.as_str(), &world.identity);
    let asked =
        async |over: &[(&str, &str)]| location(&world.ask(&client, Some(&person), over).await);
    let refused = async || parameter(&asked(WANTED).await, "error");
    let closed = Some("unauthorized_client".to_owned());
    assert_eq!(refused().await, closed, "by default");
    identity.open_pool_legacy(pool, &terms()).await.expect("opened");
    assert_eq!(refused().await, closed, "one lock");
    identity.close_pool_legacy(pool).await.expect("shut");
    let (scopes, terms) = ("openid devis:lire", terms());
    let open = identity.open_client_legacy(pool, &client.id, Grant::Implicit, scopes, &terms).await;
    open.expect("opened");
    assert_eq!(refused().await, closed, "the other lock");
    identity.open_pool_legacy(pool, &terms).await.expect("opened");
    identity.prepare().await.expect("as at each start");
    let warned = logs::holding("implicit or password is open");
    assert!(warned.iter().any(|line| line["client"] == client.id.as_str()), "it is said");

    let back = asked(WANTED).await;
    let (address, fragment) = back.split_once('#').expect("a fragment");
    assert!(address == super::CALLBACK && !fragment.contains("refresh"), "{back}");
    assert_eq!(parameter(&back, "iss"), Some(world.issuer()));
    assert_eq!(parameter(&back, "state").as_deref(), Some("é&=#s"));
    let access = part(&parameter(&back, "access_token").expect("a token"), 1);
    assert_eq!((&access["acr"], &access["scope"]), (&"pwd".into(), &scopes.into()), "capped");
    let id = part(&parameter(&back, "id_token").expect("a token"), 1);
    assert!(id["nonce"] == "n-1" && id["at_hash"].is_string());
    let metrics = world.app.metrics().await;
    assert!(metrics.iter().any(|line| line.starts_with("legacy_grant_total{grant=\"implicit\"}")));
    for (over, code) in [
        (("nonce", ""), "invalid_request"),
        (("state", ""), "invalid_request"),
        (("response_mode", "query"), "invalid_request"),
        (("scope", "openid devis:ecrire"), "invalid_scope"),
        (("redirect_uri", "http://127.0.0.1/cb"), "unauthorized_client"),
    ] {
        let mut pairs: Vec<_> =
            WANTED.iter().copied().filter(|(name, _)| *name != over.0).collect();
        pairs.push(over);
        let back = asked(&pairs).await;
        assert!(back.contains('#'), "{over:?}");
        assert_eq!(parameter(&back, "error").as_deref(), Some(code), "{over:?}");
    }
    let path = world.path("/.well-known/openid-configuration");
    let (_, document) = read(world.app.get(&path).await).await;
    assert!(document["grant_types_supported"].to_string().contains("implicit"));
    world.app.clock.advance(Duration::from_secs(30 * 24 * 3600));
    let (_, document) = read(world.app.get(&path).await).await;
    assert!(!document["grant_types_supported"].to_string().contains("implicit"), "over");
    let late = world.person("pwd").await;
    let back = location(&world.ask(&client, Some(&late), WANTED).await);
    assert_eq!(parameter(&back, "error"), closed, "over");
}

#[tokio::test]
async fn locks_open_for_a_reason_and_a_time() {
    let world = World::new().await;
    let (pool, identity) = (world.pool.as_str(), &world.identity);
    let (public, confidential) = (world.public().await, world.confidential().await);
    for (days, reason) in [(0, "a reason"), (181, "a reason"), (30, " ")] {
        let terms = Legacy { days, reason: reason.into() };
        assert!(identity.open_pool_legacy(pool, &terms).await.is_err(), "{days} {reason}");
    }
    for (client, grant) in [
        (&public, Grant::Password),
        (&confidential, Grant::Implicit),
        (&public, Grant::AuthorizationCode),
    ] {
        let open = identity.open_client_legacy(pool, &client.id, grant, "openid", &terms()).await;
        assert!(open.is_err(), "{grant}");
    }
    identity.open_pool_legacy(pool, &terms()).await.expect("opened");
    let events = "SELECT e.data FROM identity_event e JOIN identity_pool p ON p.id = e.pool_id \
                  WHERE p.slug = ? AND e.kind = 'legacy.pool_opened'";
    let data = sqlx::query_scalar::<_, String>(events).bind(pool);
    let data = data.fetch_one(world.database.pool()).await.expect("an event");
    assert!(data.contains("cannot change yet"), "{data}");
}

/// Knows one person and three answers.
struct StandIn(assurly::slices::identity::model::User);

impl PasswordCheck for StandIn {
    fn check<'a>(
        &'a self,
        _pool: &'a Pool,
        name: &'a str,
        password: &'a str,
        _device: &'a Device,
    ) -> Boxed<'a, Result<PasswordVerdict, Problem>> {
        let verdict = match (name, password) {
            ("zoe", "right") => PasswordVerdict::Right(Box::new(self.0.clone())),
            ("careful", "right") => PasswordVerdict::SecondFactorNeeded,
            ("tired", _) => PasswordVerdict::Later(Duration::from_secs(7)),
            _ => PasswordVerdict::Wrong,
        };
        Box::pin(std::future::ready(Ok(verdict)))
    }
}

/// The program's routes once more, with the stand-in behind them.
async fn beside(world: &World, stand_in: StandIn) -> String {
    let identity = world.identity.clone().with_passwords(Arc::new(stand_in));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let routes = api::routes().with_state(identity);
    drop(crate::harness::begun(async move { axum::serve(listener, routes).await }));
    format!("http://{address}{}", world.path("/oauth2/token"))
}

async fn try_password(
    world: &World,
    url: &str,
    client: &Application,
    name: &str,
    password: &str,
) -> (u16, serde_json::Value) {
    let form = [
        ("grant_type", "password"),
        ("username", name),
        ("password", password),
        ("client_id", &client.id),
        ("client_secret", client.secret.as_deref().expect("it keeps one")),
    ];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = world.app.client.post(url).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    read(crate::harness::soon(request.send()).await.expect("an answer")).await
}

#[tokio::test]
async fn the_password_grant_is_weak_and_tells_nothing() {
    let world = World::new().await;
    let (client, person) = (world.confidential().await, world.person("pwd").await);
    let user = assurly::slices::identity::model::User {
        id: person.user,
        pool_id: uuid::Uuid::nil(),
        email: "zoe@exemple.fr".into(),
        email_verified_at: Some(world.app.clock.now()),
        given_name: None,
        family_name: None,
        locale: assurly::kernel::locale::Locale::Fr,
        has_password: true,
        not_before: None,
        disabled_at: None,
    };
    let url = beside(&world, StandIn(user)).await;
    let asked = async |name, password| try_password(&world, &url, &client, name, password).await;
    let (status, refused) = asked("zoe", "right").await;
    assert_eq!((status, text(&refused, "error")), (400, "unauthorized_client"));
    let (pool, identity) = (world.pool.as_str(), &world.identity);
    identity.open_pool_legacy(pool, &terms()).await.expect("opened");
    assert_eq!(asked("zoe", "right").await.1["error"], "unauthorized_client", "one lock");
    let (scopes, terms) = ("devis:lire", terms());
    let open = identity.open_client_legacy(pool, &client.id, Grant::Password, scopes, &terms).await;
    open.expect("opened");
    let (status, tokens) = asked("zoe", "right").await;
    assert_eq!(status, 200, "{tokens}");
    let claims = part(text(&tokens, "access_token"), 1);
    assert_eq!((&claims["acr"], &claims["scope"]), (&"legacy".into(), &scopes.into()));
    assert!(tokens.get("refresh_token").is_none() && claims.get("sid").is_none());
    let wrong = asked("zoe", "wrong").await;
    assert_eq!((wrong.0, text(&wrong.1, "error")), (400, "invalid_grant"));
    assert_eq!(asked("nobody", "right").await, wrong);
    assert_eq!(asked("careful", "right").await, wrong, "who has a second factor");
    assert_eq!(asked("tired", "x").await.0, 429);
    identity.close_client_legacy(pool, &client.id).await.expect("shut");
    assert_eq!(asked("zoe", "right").await.1["error"], "unauthorized_client");
}
