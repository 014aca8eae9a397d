//! Refresh tokens: replaced each time, worthless afterwards, and what happens when one comes back.

use std::time::Duration;

use super::{Application, Person, World, read, text};
use crate::harness::{begun, soon};

async fn logged_in(scope: &str) -> (World, Application, Person, serde_json::Value) {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let tokens = world.tokens(&client, &person, scope).await;
    (world, client, person, tokens)
}

#[tokio::test]
async fn a_token_that_comes_back_ends_the_family() {
    let (world, client, _, tokens) = logged_in("openid").await;
    let first = text(&tokens, "refresh_token");
    let (_, second) = world.refresh(&client, first).await;
    let (status, third) = world.refresh(&client, text(&second, "refresh_token")).await;
    assert_eq!(status, 200);
    let (status, refused) = world.refresh(&client, first).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_grant"));
    assert_eq!(world.refresh(&client, text(&third, "refresh_token")).await.0, 400, "all of it");
    assert_eq!(world.opens(&third).await, 401, "access tokens too");
    let events = "SELECT COUNT(*) FROM identity_event e JOIN identity_pool p ON p.id = e.pool_id \
                  WHERE p.slug = ? AND e.kind = 'refresh.reused'";
    let count = sqlx::query_scalar::<_, i64>(events).bind(&world.pool);
    assert_eq!(count.fetch_one(world.database.pool()).await.expect("counted"), 1);
}

#[tokio::test]
async fn an_answer_that_was_lost_may_be_asked_for_again() {
    let (world, client, _, tokens) = logged_in("openid").await;
    let first = text(&tokens, "refresh_token");
    let (_, lost) = world.refresh(&client, first).await;
    world.app.clock.advance(Duration::from_secs(30));
    let (status, again) = world.refresh(&client, first).await;
    assert_eq!(status, 200, "{again}");
    assert_eq!(world.opens(&lost).await, 401, "the lost access token");
    assert_eq!(world.opens(&again).await, 200);
    // Whoever has the lost one is not who asked again.
    assert_eq!(world.refresh(&client, text(&lost, "refresh_token")).await.0, 400);
    assert_eq!(world.refresh(&client, text(&again, "refresh_token")).await.0, 400);
}

#[tokio::test]
async fn after_half_a_minute_it_is_no_lost_answer() {
    let (world, client, _, tokens) = logged_in("openid").await;
    let first = text(&tokens, "refresh_token");
    let (_, second) = world.refresh(&client, first).await;
    world.app.clock.advance(Duration::from_secs(31));
    assert_eq!(world.refresh(&client, first).await.0, 400);
    assert_eq!(world.refresh(&client, text(&second, "refresh_token")).await.0, 400);
}

#[tokio::test]
async fn scopes_shrink_and_never_grow() {
    let (world, client, _, tokens) = logged_in("openid devis:lire").await;
    let with = async |token: &str, scope: &str| {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        world.form("/oauth2/token", &client, &pairs).await
    };
    let first = text(&tokens, "refresh_token");
    let (status, refused) = with(first, "openid devis:ecrire").await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_scope"));
    let (status, fewer) = with(first, "devis:lire").await;
    assert_eq!((status, &fewer["scope"]), (200, &"devis:lire".into()), "not spent by the refusal");
    assert!(fewer.get("id_token").is_none());
    let (_, all) = world.refresh(&client, text(&fewer, "refresh_token")).await;
    assert_eq!(all["scope"], "openid devis:lire", "the family keeps its own");
    assert_eq!(super::part(text(&all, "id_token"), 1)["sub"].as_str().map(str::len), Some(36));
}

#[tokio::test]
async fn families_end_with_the_session_unless_they_may_outlive_it() {
    let (world, client, _, short) = logged_in("openid").await;
    let person = world.person("pwd").await;
    let long = world.tokens(&client, &person, "openid offline_access").await;
    world.app.clock.advance(Duration::from_secs(12 * 3600));
    assert_eq!(world.refresh(&client, text(&short, "refresh_token")).await.0, 400);
    let (status, mut tokens) = world.refresh(&client, text(&long, "refresh_token")).await;
    assert_eq!(status, 200);
    for _ in 0..4 {
        world.app.clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
        let (status, next) = world.refresh(&client, text(&tokens, "refresh_token")).await;
        assert_eq!(status, 200, "used every week");
        tokens = next;
    }
    world.app.clock.advance(Duration::from_secs(2 * 24 * 3600));
    assert_eq!(world.refresh(&client, text(&tokens, "refresh_token")).await.0, 400, "30 days");
    let person = world.person("pwd").await;
    let idle = world.tokens(&client, &person, "openid offline_access").await;
    world.app.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(world.refresh(&client, text(&idle, "refresh_token")).await.0, 400, "idle");
}

#[tokio::test]
async fn a_shut_account_and_another_application_refresh_nothing() {
    let (world, client, person, tokens) = logged_in("openid").await;
    let token = text(&tokens, "refresh_token");
    assert_eq!(world.refresh(&world.public().await, token).await.0, 400, "not its own");
    let shut = "UPDATE identity_user SET disabled_at = UTC_TIMESTAMP(6) WHERE id = ?";
    sqlx::query(shut).bind(person.user).execute(world.database.pool()).await.expect("shut");
    assert_eq!(world.refresh(&client, token).await.0, 400);
    assert_eq!(world.opens(&tokens).await, 401);
    let open = "UPDATE identity_user SET disabled_at = NULL WHERE id = ?";
    sqlx::query(open).bind(person.user).execute(world.database.pool()).await.expect("open");
    assert_eq!(world.refresh(&client, token).await.0, 200, "none of this spent it");
}

#[tokio::test]
async fn of_64_uses_of_one_refresh_token_at_once_one_living_token_remains() {
    let (world, client, person, tokens) = logged_in("openid").await;
    let body = format!(
        "grant_type=refresh_token&client_id={}&refresh_token={}",
        client.id,
        text(&tokens, "refresh_token")
    );
    let url = world.app.url(&world.path("/oauth2/token"));
    let uses: Vec<_> = (0..64)
        .map(|_| {
            let request = world.app.client.post(&url).body(body.clone());
            begun(request.header("content-type", "application/x-www-form-urlencoded").send())
        })
        .collect();
    for one in uses {
        let (status, document) = read(soon(one).await.expect("no panic").expect("an answer")).await;
        assert!([200, 400, 503].contains(&status), "{status} {document}");
    }
    let living = "SELECT COUNT(*) FROM identity_refresh_token t JOIN identity_family f \
                  ON f.id = t.family_id WHERE f.session_id = ? AND f.revoked_at IS NULL \
                  AND t.used_at IS NULL AND t.revoked_at IS NULL";
    let count = sqlx::query_scalar::<_, i64>(living).bind(person.session);
    assert_eq!(count.fetch_one(world.database.pool()).await.expect("counted"), 1);
}
