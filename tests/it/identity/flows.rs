//! Each grant, driven by the `oauth2` crate, which knows nothing of us.

use assurly::slices::identity::model::{Algorithm, ClientKind};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse,
    PkceCodeChallenge, RedirectUrl, RefreshToken, Scope, TokenResponse, TokenUrl,
};

use super::{Application, CALLBACK, ORIGIN, World, location, parameter, part, read, text};
use crate::harness::soon;

/// The transport: `reqwest`, following nothing.
async fn send(
    client: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, reqwest::Error> {
    let answer = client.execute(request.try_into()?).await?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await?.to_vec();
    Ok(response)
}

macro_rules! library {
    ($world:expr, $client:expr) => {{
        let (world, client): (&World, &Application) = ($world, $client);
        let url = |path: &str| world.app.url(&world.path(path));
        let mut library = BasicClient::new(ClientId::new(client.id.clone()));
        if let Some(secret) = &client.secret {
            library = library.set_client_secret(ClientSecret::new(secret.clone()));
        }
        library
            .set_auth_uri(AuthUrl::new(url("/oauth2/authorize")).expect("a URL"))
            .set_token_uri(TokenUrl::new(url("/oauth2/token")).expect("a URL"))
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).expect("a URL"))
    }};
}

async fn a_login_and_a_refresh(world: &World, client: &Application) {
    let library = library!(world, client);
    let http = |request| send(world.app.client.clone(), request);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = library
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("openid".into()))
        .add_scope(Scope::new("devis:lire".into()))
        .set_pkce_challenge(challenge)
        .url();
    let person = world.person("pwd otp").await;
    let path = format!("{}?{}", url.path(), url.query().expect("a query"));
    let back = location(&world.visit(&path, Some(&person)).await);
    assert!(back.starts_with(&format!("{CALLBACK}?code=")), "{back}");
    assert_eq!(parameter(&back, "state").as_ref(), Some(state.secret()));
    assert_eq!(parameter(&back, "iss"), Some(world.issuer()), "RFC 9207");
    let code = AuthorizationCode::new(parameter(&back, "code").expect("a code"));
    let tokens = library.exchange_code(code).set_pkce_verifier(verifier);
    let tokens = soon(tokens.request_async(&http)).await.expect("tokens");
    assert_eq!(tokens.expires_in().map(|it| it.as_secs()), Some(300));
    let first = tokens.refresh_token().expect("it may refresh").clone();
    let again = soon(library.exchange_refresh_token(&first).request_async(&http)).await;
    let again = again.expect("tokens");
    assert_ne!(again.refresh_token().map(RefreshToken::secret), Some(first.secret()));
    assert_eq!(again.scopes().map(Vec::len), Some(2));
    let claims = part(again.access_token().secret(), 1);
    assert_eq!(claims["sub"], person.user.to_string());
    assert_eq!(claims["acr"], "mfa");
}

#[tokio::test]
async fn a_public_and_a_confidential_application_log_somebody_in_and_refresh() {
    let world = World::new().await;
    a_login_and_a_refresh(&world, &world.public().await).await;
    a_login_and_a_refresh(&world, &world.confidential().await).await;
}

#[tokio::test]
async fn with_rsa_keys_too() {
    let world = World::with(Algorithm::Rs256).await;
    a_login_and_a_refresh(&world, &world.public().await).await;
}

#[tokio::test]
async fn a_program_obtains_a_token_of_its_own() {
    let world = World::new().await;
    let client = world.confidential().await;
    let library = library!(&world, &client);
    let http = |request| send(world.app.client.clone(), request);
    let tokens = library.exchange_client_credentials().add_scope(Scope::new("devis:lire".into()));
    let tokens = soon(tokens.request_async(&http)).await.expect("a token");
    assert!(tokens.refresh_token().is_none());
    let token = tokens.access_token().secret();
    let (header, claims) = (part(token, 0), part(token, 1));
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!((&claims["sub"], &claims["client_id"]), (&claims["client_id"], &client.id.into()));
    assert!(claims.get("sid").is_none() && claims.get("groups").is_none(), "{claims}");
    let nobody = world.client(ClientKind::Public, true).await;
    let refused =
        library!(&world, &nobody).exchange_client_credentials().request_async(&http).await;
    assert!(refused.is_err(), "a public application is nobody");
}

#[tokio::test]
async fn tokens_say_what_the_standards_ask() {
    let world = World::new().await;
    let (client, person) = (world.public().await, world.person("pwd").await);
    let scope = "openid email profile";
    let answer = world.ask(&client, Some(&person), &[("scope", scope), ("nonce", "n-1")]).await;
    let code = parameter(&location(&answer), "code").expect("a code");
    let (status, tokens) = world.exchange(&client, &code).await;
    assert_eq!(
        (status, &tokens["token_type"], &tokens["scope"]),
        (200, &"Bearer".into(), &scope.into())
    );
    let access = part(text(&tokens, "access_token"), 1);
    let now = world.app.clock.now().as_second();
    assert_eq!(access["iss"], world.issuer());
    assert_eq!(access["aud"], format!("{ORIGIN}/v1"));
    assert_eq!(access["token_use"], "access");
    assert_eq!((&access["iat"], &access["exp"]), (&now.into(), &(now + 300).into()));
    assert_eq!(access["sid"], person.session.to_string());
    assert_eq!((&access["acr"], &access["amr"][0]), (&"pwd".into(), &"pwd".into()));
    assert!(access["jti"].is_string() && access["groups"].is_array());
    assert!(access.get("email").is_none(), "an access token names nobody");
    let id = part(text(&tokens, "id_token"), 1);
    assert_eq!(part(text(&tokens, "id_token"), 0)["typ"], "JWT");
    assert_eq!((&id["aud"], &id["azp"]), (&client.id.clone().into(), &client.id.clone().into()));
    assert_eq!((&id["nonce"], &id["token_use"]), (&"n-1".into(), &"id".into()));
    assert_eq!((&id["given_name"], &id["email_verified"]), (&"Zoé".into(), &true.into()));
    assert!(id["at_hash"].is_string() && id["auth_time"] == now);

    let url = world.app.url(&world.path("/oauth2/userInfo"));
    let request = world.app.client.post(&url).bearer_auth(text(&tokens, "access_token"));
    let (status, who) = read(soon(request.send()).await.expect("an answer")).await;
    assert_eq!((status, &who["sub"], &who["family_name"]), (200, &id["sub"], &"Prêt".into()));
    let request = world.app.client.get(&url).bearer_auth(text(&tokens, "id_token"));
    let answer = soon(request.send()).await.expect("an answer");
    assert_eq!(answer.status(), 401, "an ID token opens nothing");
    let challenge = answer.headers()["www-authenticate"].to_str().expect("ASCII");
    assert!(challenge.contains("invalid_token"), "{challenge}");
    let answer = soon(world.app.client.get(&url).send()).await.expect("an answer");
    assert_eq!(answer.headers()["www-authenticate"], "Bearer realm=\"assurly\"");
    let plain = world.tokens(&client, &person, "devis:lire").await;
    assert!(plain.get("id_token").is_none());
    assert_eq!(world.opens(&plain).await, 403, "openid is needed");
}
