//! Ends: logout, revocation, introspection; and which pages of other origins may read our answers.

use super::{Application, Person, World, location, read, text};
use crate::harness::soon;
use url::form_urlencoded::Serializer;

const END: &str = "https://app.example/fin";

async fn leave(
    world: &World,
    person: Option<&Person>,
    pairs: &[(&str, &str)],
) -> reqwest::Response {
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    world.visit(&format!("{}?{query}", world.path("/logout")), person).await
}

async fn is_live(world: &World, client: &Application, person: &Person) -> bool {
    world.ask(client, Some(person), &[]).await.headers()["location"]
        .to_str()
        .is_ok_and(|to| to.contains("code="))
}

#[tokio::test]
async fn an_id_token_of_the_session_is_enough_even_an_old_one() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let tokens = world.tokens(&client, &person, "openid").await;
    world.app.clock.advance(std::time::Duration::from_secs(900));
    let id = text(&tokens, "id_token");
    let pairs = [("id_token_hint", id), ("post_logout_redirect_uri", END), ("state", "a b")];
    let answer = leave(&world, Some(&person), &pairs).await;
    let removed = answer.headers()["set-cookie"].to_str().expect("ASCII").to_owned();
    assert!(removed.contains("Max-Age=0"), "{removed}");
    assert_eq!(location(&answer), format!("{END}?state=a+b"));
    assert!(!is_live(&world, &client, &person).await);
    assert_eq!(world.refresh(&client, text(&tokens, "refresh_token")).await.0, 400);
    let events = "SELECT COUNT(*) FROM identity_revocation WHERE kind = 'session' AND subject = ?";
    let count = sqlx::query_scalar::<_, i64>(events).bind(person.session.to_string());
    assert_eq!(count.fetch_one(world.database.pool()).await.expect("counted"), 1);
    let again = leave(&world, None, &pairs).await;
    assert_eq!(location(&again), format!("{END}?state=a+b"), "nothing left to end");
}

#[tokio::test]
async fn anything_less_is_a_question_and_never_a_way_outside() {
    let world = World::new().await;
    let (client, other) = (world.public().await, world.public().await);
    let (person, stranger) = (world.person("pwd").await, world.person("pwd").await);
    let tokens = world.tokens(&client, &person, "openid").await;
    let strange = world.tokens(&client, &stranger, "openid").await;
    let (id, access) = (text(&tokens, "id_token"), text(&tokens, "access_token"));
    let hint = ("id_token_hint", id);
    let evil = "https://evil.example/fin";
    for pairs in [
        vec![],
        vec![("post_logout_redirect_uri", END)],
        vec![("client_id", &*client.id), ("post_logout_redirect_uri", END)],
        vec![hint, ("post_logout_redirect_uri", evil)],
        vec![hint, ("post_logout_redirect_uri", "https://app.example/fin/")],
        vec![hint, ("client_id", &*other.id), ("post_logout_redirect_uri", END)],
        vec![("id_token_hint", access)],
        vec![("id_token_hint", "a.b.c"), ("post_logout_redirect_uri", END)],
        vec![("id_token_hint", text(&strange, "id_token"))],
    ] {
        let answer = leave(&world, Some(&person), &pairs).await;
        assert_eq!(answer.status(), 200, "{pairs:?}");
        let page = answer.text().await.expect("text");
        assert!(page.contains("name=\"jeton\""), "{pairs:?}");
        assert!(is_live(&world, &client, &person).await, "{pairs:?}");
    }
    let twice = leave(&world, Some(&person), &[("state", "a"), ("state", "b")]).await;
    assert_eq!(twice.status(), 400);
    let nobody = leave(&world, None, &[("post_logout_redirect_uri", evil)]).await;
    assert_eq!(nobody.status(), 200);
    assert!(!nobody.text().await.expect("text").contains("evil"));

    let pairs = [("client_id", client.id.as_str()), ("post_logout_redirect_uri", END)];
    let page = leave(&world, Some(&person), &pairs).await.text().await.expect("text");
    let word = page.split("name=\"jeton\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let post = async |word: &str| {
        let form = Serializer::new(String::new())
            .append_pair("jeton", word)
            .append_pair("client_id", &client.id)
            .append_pair("post_logout_redirect_uri", END)
            .finish();
        let request = world.app.client.post(world.app.url(&world.path("/logout")));
        let request = request.header("cookie", &person.cookie).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        soon(request.send()).await.expect("an answer").text().await.expect("text")
    };
    assert!(post("wrong").await.contains("name=\"jeton\""));
    assert!(is_live(&world, &client, &person).await);
    assert!(post(word.expect("a word")).await.contains(&format!("href=\"{END}\"")));
    assert!(!is_live(&world, &client, &person).await);
}

#[tokio::test]
async fn revocation_says_nothing_and_ends_only_ones_own() {
    let world = World::new().await;
    let (client, other) = (world.confidential().await, world.confidential().await);
    let person = world.person("pwd").await;
    let tokens = world.tokens(&client, &person, "openid").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let revoke =
        async |client, token| world.form("/oauth2/revoke", client, &[("token", token)]).await.0;
    for token in ["unknown", "rt_unknown", access, refresh] {
        assert_eq!(revoke(&other, token).await, 200, "not its own");
    }
    assert_eq!(world.opens(&tokens).await, 200);
    assert_eq!(revoke(&client, access).await, 200);
    assert_eq!(world.opens(&tokens).await, 401);
    let (status, next) = world.refresh(&client, refresh).await;
    assert_eq!(status, 200, "the access token only");
    for _ in 0..2 {
        assert_eq!(revoke(&client, text(&next, "refresh_token")).await, 200, "twice");
    }
    assert_eq!(world.opens(&next).await, 401, "with its access tokens");
    assert_eq!(world.refresh(&client, text(&next, "refresh_token")).await.0, 400);
    assert!(is_live(&world, &client, &person).await, "the session stays");
    let again = world.tokens(&client, &person, "openid").await;
    assert_eq!(world.opens(&again).await, 200, "and gives tokens that work");
    let (status, refused) = world.form("/oauth2/revoke", &client, &[]).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_request"));
}

#[tokio::test]
async fn introspection_is_no_oracle() {
    let world = World::new().await;
    let (client, other) = (world.confidential().await, world.confidential().await);
    let person = world.person("pwd").await;
    let tokens = world.tokens(&client, &person, "openid").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let ask =
        async |client, token| world.form("/oauth2/introspect", client, &[("token", token)]).await;
    let (status, told) = ask(&client, access).await;
    assert_eq!(
        (status, &told["active"], &told["token_type"]),
        (200, &true.into(), &"Bearer".into())
    );
    assert_eq!((&told["sub"], &told["scope"]), (&person.user.to_string().into(), &"openid".into()));
    let (_, told) = ask(&client, refresh).await;
    assert_eq!((&told["active"], &told["client_id"]), (&true.into(), &client.id.clone().into()));
    let inactive = (200, serde_json::json!({ "active": false }));
    let changed = format!("{}x", &access[..access.len() - 1]);
    for token in ["unknown", "a.b.c", &changed, text(&tokens, "id_token")] {
        assert_eq!(ask(&client, token).await, inactive, "{token}");
    }
    assert_eq!(ask(&other, access).await, inactive, "another one's");
    assert_eq!(ask(&other, refresh).await, inactive);
    world.form("/oauth2/revoke", &client, &[("token", access)]).await;
    assert_eq!(ask(&client, access).await, inactive, "at once");
    world.app.clock.advance(std::time::Duration::from_secs(8 * 24 * 3600));
    assert_eq!(ask(&client, refresh).await, inactive, "expired");
    let public = world.public().await;
    assert_eq!(ask(&public, access).await.0, 401, "a public application is anybody");
}

#[tokio::test]
async fn only_pages_of_the_applications_own_origins_read_answers() {
    let world = World::new().await;
    world.public().await;
    let allowed = async |method: &str, path: &str, origin: &str| {
        let method = method.parse().expect("a method");
        let request = world.app.client.request(method, world.app.url(&world.path(path)));
        let answer = soon(request.header("origin", origin).send()).await.expect("an answer");
        let allowed = answer.headers().get("access-control-allow-origin").cloned();
        assert!(answer.headers().get("access-control-allow-credentials").is_none());
        allowed.is_some_and(|value| value == origin)
    };
    let own = "https://app.example";
    for path in ["/oauth2/token", "/oauth2/userInfo", "/oauth2/revoke", "/.well-known/jwks.json"] {
        assert!(allowed("OPTIONS", path, own).await, "{path}");
        for other in [
            "https://evil.example",
            "https://app.example.evil.example",
            "http://app.example",
            "null",
        ] {
            assert!(!allowed("OPTIONS", path, other).await, "{path} {other}");
        }
    }
    assert!(allowed("GET", "/.well-known/openid-configuration", own).await);
    assert!(allowed("POST", "/oauth2/token", own).await, "errors too are for the page to read");
    assert!(!allowed("GET", "/oauth2/authorize", own).await);
    assert!(!allowed("OPTIONS", "/oauth2/authorize", own).await);
    let answer = world.app.get(&world.path("/oauth2/userInfo")).await;
    assert_eq!(read(answer).await.0, 401);
}
