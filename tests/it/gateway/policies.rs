//! Policies through the running program: deny wins, the table, the private listener, proxies.

use std::time::Duration;

use serde_json::{Value, json};

use super::{AUTHOR, slug};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::{eventually, logs};

async fn app(over: &[(&str, &str)]) -> App {
    App::on_database(&TestDatabase::own().await, over).await
}

async fn status(app: &App, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = app.client.get(app.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer").status().as_u16()
}

fn policy(effect: &str, over: &Value) -> Value {
    let mut policy = json!({"name": effect, "effect": effect});
    policy.as_object_mut().expect("an object").extend(over.as_object().expect("one").clone());
    policy
}

#[tokio::test]
async fn an_explicit_deny_wins_and_says_no_more_than_that() {
    let app = app(&[]).await;
    app.rule(&json!({})).await;
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 404);
    let deny = policy("deny", &json!({"operations": ["quotes.find"]}));
    let allow = policy("allow", &json!({}));
    app.rule(&json!({"policies": [allow, deny]})).await;
    let answer = app.get("/v1/quotes/x").await;
    let text = answer.text().await.expect("text");
    let document: Value = serde_json::from_str(&text).expect("a problem");
    assert_eq!(document["status"], 403);
    assert!(document["trace_id"].is_string() && !text.contains("deny"), "{text}");
    // A token that is no good is not even looked at.
    let lie = [("authorization", "Bearer x")];
    assert_eq!(status(&app, "/v1/quotes/x", &lie).await, 403);
    // Nor is the rest: the firewall has nothing to say.
    let attack = app.get("/v1/quotes/x?q=1%27%20UNION%20SELECT%20password%20FROM%20users--").await;
    assert_eq!(slug(attack).await, (403, "access-denied".to_owned()));
    // Silent and allow: on to the operation, which asks for a token all the same.
    assert_eq!(status(&app, "/v1/me", &[]).await, 401);
    app.admissions.refresh().await.expect("kept");
    let refusals = app.admissions.refusals("access-denied", 10).await.expect("refusals");
    assert_eq!(refusals.iter().map(|it| it.times).sum::<u32>(), 3);
    assert!(refusals.iter().all(|it| it.why.as_deref() == Some("policy deny")), "{refusals:?}");
    assert!(refusals.iter().all(|it| it.route == "/v1/quotes/{id}"));
    app.admissions.roll_back(AUTHOR, 1).await.expect("back");
    app.admissions.refresh().await.expect("read");
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 404);
}

#[tokio::test]
async fn networks_and_times_open_and_close() {
    let app = app(&[]).await;
    let not_here = policy("deny", &json!({"not_networks": ["127.0.0.0/8"]}));
    app.rule(&json!({"policies": [not_here]})).await;
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 404);
    let end = app.clock.now() + Duration::from_secs(60);
    let here = json!({"networks": ["127.0.0.1"], "until": end.to_string()});
    app.rule(&json!({"policies": [policy("deny", &here)]})).await;
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 403);
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 404);
}

#[tokio::test]
async fn a_proxy_of_ours_is_believed_and_nobody_else() {
    let closed = json!({"policies": [policy("deny", &json!({"networks": ["192.0.2.0/24"]}))]});
    let stranger = app(&[]).await;
    stranger.rule(&closed).await;
    let from = [("x-forwarded-for", "192.0.2.7"), ("forwarded", "for=192.0.2.7")];
    assert_eq!(status(&stranger, "/v1/quotes/x", &from).await, 404);
    let proxied = App::on_database_with(|settings| {
        settings.server.trusted_proxies =
            assurly::platform::admission::Networks::parse(&["127.0.0.1"]).expect("a network");
    })
    .await;
    proxied.rule(&closed).await;
    for (header, value, expected) in [
        ("x-forwarded-for", "192.0.2.7", 403),
        ("x-forwarded-for", "192.0.2.7, 203.0.113.1", 404),
        ("x-forwarded-for", "203.0.113.1, 192.0.2.7", 403),
        ("forwarded", "for=192.0.2.7", 404),
        ("x-real-ip", "192.0.2.7", 404),
    ] {
        assert_eq!(status(&proxied, "/v1/quotes/x", &[(header, value)]).await, expected, "{value}");
    }
    let named = [("x-forwarded-for", "203.0.113.9"), ("x-request-id", "behind-a-proxy-0001")];
    assert_eq!(status(&proxied, "/v1/quotes/x", &named).await, 404);
    let line = eventually("the access line", async || logs::access("behind-a-proxy-0001").pop());
    assert_eq!(line.await["client"], "203.0.113.9");
}

#[tokio::test]
async fn the_private_listener_serves_what_the_rules_say_and_the_public_one_has_no_operators() {
    let app = app(&[]).await;
    app.rule(&json!({})).await;
    let private = async |path: &str| {
        app.client.get(app.private_url(path)).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(private("/v1/gateway/keys").await, 401);
    assert_eq!(slug(app.get("/v1/gateway/keys").await).await, (404, "not-found".into()));
    assert_eq!(private("/v1/quotes/x").await, 404);
    app.rule(&json!({"private": {"operations": ["gateway.*"]}})).await;
    assert_eq!(private("/v1/quotes/x").await, 403);
    assert_eq!(private("/v1/gateway/keys").await, 401);
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 404);
    app.rule(&json!({"private": {"networks": ["10.0.0.0/8"]}})).await;
    assert_eq!(private("/v1/gateway/keys").await, 403);
    let only_private = policy("deny", &json!({"listener": "public"}));
    app.rule(&json!({"policies": [only_private]})).await;
    assert_eq!(status(&app, "/v1/quotes/x", &[]).await, 403);
    assert_eq!(private("/v1/quotes/x").await, 404);
}
