//! The authorization server from outside: real sockets, a real database, an independent client. People
//! and their sessions are written straight into the tables, so that no page is needed.

mod asking;
mod flows;
mod keys;
mod leaving;
mod legacy;
mod linking;
mod outage;
mod refreshing;
mod secrets;
mod spending;

use std::sync::Arc;
use std::time::Duration;

use assurly::app::state::{self, Platform};
use assurly::kernel::access::PoolKind;
use assurly::platform::clock::Entropy;
use assurly::platform::crypto::Opaque;
use assurly::platform::db::{Database, Instant};
use assurly::slices::identity::model::{Algorithm, ClientKind, Grant};
use assurly::slices::identity::{Identity, Invitation, NewClient, NewPool};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Response;
use serde_json::Value;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::harness::app::{Access, App, PATIENT, settings};
use crate::harness::database::TestDatabase;
use crate::harness::soon;
use crate::harness::surfer::Surfer;

/// Origin of the program, as the world calls it.
pub(super) const ORIGIN: &str = "https://id.example";

/// Where the application of the tests takes its answers.
pub(super) const CALLBACK: &str = "https://app.example/retour";

/// RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The password of whoever has one.
pub(super) const PASSWORD: &str = "fougère tambour lézard 41";

/// A running program with a pool of its own.
pub(super) struct World {
    pub(super) app: App,
    pub(super) identity: Identity,
    pub(super) database: Database,
    pub(super) pool: String,
    pub(super) platform: Platform,
}

/// Somebody who is logged in.
pub(super) struct Person {
    pub(super) user: Uuid,
    pub(super) session: Uuid,
    pub(super) cookie: String,
}

/// An application.
pub(super) struct Application {
    pub(super) id: String,
    pub(super) secret: Option<String>,
}

/// The file of keys at rest, the same for every test: they share a database.
pub(super) fn keyring() -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("identity-keyring");
    if !path.exists() {
        let own = path.with_extension(Entropy::system().key());
        let line = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
        std::fs::write(&own, line).expect("written");
        std::fs::rename(&own, &path).expect("put in place at once");
    }
    path.display().to_string()
}

pub(super) fn over(keyring: &str) -> Vec<(&str, &str)> {
    vec![
        PATIENT,
        ("SERVER__PUBLIC_URL", ORIGIN),
        ("CRYPTO__KEYRING_FILE", keyring),
        ("IDENTITY__CACHE_S", "0"),
        ("IDENTITY__REVOCATION_POLL_MS", "50"),
    ]
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(Algorithm::Es256).await
    }

    pub(super) async fn with(algorithm: Algorithm) -> Self {
        let shared = TestDatabase::shared().await;
        Self::made((algorithm, shared), Access::default(), &[]).await
    }

    /// With these keys over those of every world; `DATABASE__URL` is where its program finds the shared
    /// database.
    pub(super) async fn over(more: &[(&str, &str)]) -> Self {
        let shared = TestDatabase::shared().await;
        Self::made((Algorithm::Es256, shared), Access::default(), more).await
    }

    /// That takes the tokens of these issuers too. On a database of its own: a copy with another clock
    /// would take its letters for stale.
    pub(super) async fn guarded(access: Access) -> Self {
        Self::made((Algorithm::Es256, TestDatabase::own().await), access, &[]).await
    }

    async fn made(
        (algorithm, database): (Algorithm, Arc<TestDatabase>),
        access: Access,
        more: &[(&str, &str)],
    ) -> Self {
        let keyring = keyring();
        let mut all = over(&keyring);
        all.extend(more);
        let app = App::guarded_on(&database, access, &all).await;
        let url = app.database().url();
        let mut over = over(&keyring);
        over.push(("DATABASE__URL", &url));
        let platform = Platform::with(settings(&over), app.clock.clone(), Entropy::system());
        let platform = platform.expect("the tools");
        let identity = state::identity(&platform).expect("identity");
        let pool = format!("p{}", Entropy::system().hex::<6>());
        let new = NewPool {
            slug: pool.clone(),
            kind: PoolKind::Clients,
            name_fr: "Essai".into(),
            name_en: "Trial".into(),
            accent: "#0f6e5b".into(),
            algorithm,
        };
        identity.add_pool(&new).await.expect("a pool");
        let database = platform.database.clone();
        Self { app, identity, database, pool, platform }
    }

    /// Another pool of the same program.
    pub(super) async fn beside(&self) -> Self {
        Self::made((Algorithm::Es256, self.app.shared_database()), Access::default(), &[]).await
    }

    pub(super) fn issuer(&self) -> String {
        format!("{ORIGIN}/pools/{}", self.pool)
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/pools/{}{rest}", self.pool)
    }

    /// An application; confidential ones get a secret.
    pub(super) async fn client(&self, kind: ClientKind, first_party: bool) -> Application {
        let mut grants = vec![Grant::AuthorizationCode, Grant::RefreshToken];
        if kind == ClientKind::Confidential {
            grants.push(Grant::ClientCredentials);
        }
        let new = NewClient {
            name: "Application d’essai".into(),
            kind,
            grants,
            redirect_uris: vec![CALLBACK.into(), "http://127.0.0.1/cb".into()],
            logout_uris: vec!["https://app.example/fin".into()],
            scopes: "openid profile email offline_access devis:lire devis:ecrire".into(),
            first_party,
            access_ttl: None,
        };
        let (client, secret) = self.identity.add_client(&self.pool, &new).await.expect("a client");
        let secret = secret.map(|secret| secret.expose().to_owned());
        Application { id: client.public_id(), secret }
    }

    /// A public application with these scopes.
    pub(super) async fn application(&self, scopes: &str) -> Application {
        let new = NewClient {
            name: "Mobile".into(),
            kind: ClientKind::Public,
            grants: vec![Grant::AuthorizationCode, Grant::RefreshToken],
            redirect_uris: vec![CALLBACK.into()],
            logout_uris: Vec::new(),
            scopes: scopes.into(),
            first_party: true,
            access_ttl: None,
        };
        let (client, _) = self.identity.add_client(&self.pool, &new).await.expect("a client");
        Application { id: client.public_id(), secret: None }
    }

    pub(super) async fn public(&self) -> Application {
        self.client(ClientKind::Public, true).await
    }

    pub(super) async fn confidential(&self) -> Application {
        self.client(ClientKind::Confidential, true).await
    }

    /// Somebody who logged in just now, by these methods.
    pub(super) async fn person(&self, amr: &str) -> Person {
        let entropy = Entropy::system();
        let now = self.app.clock.now();
        let (user, session) = (entropy.uuid_v7(now), entropy.uuid_v7(now));
        let email = format!("{}@exemple.fr", entropy.hex::<6>());
        let secret = Opaque::draw("", &entropy);
        let pool = sqlx::query_scalar::<_, Uuid>("SELECT id FROM identity_pool WHERE slug = ?");
        let pool = pool.bind(&self.pool).fetch_one(self.database.pool()).await.expect("the pool");
        let insert = "INSERT INTO identity_user (id, pool_id, name_hash, email, email_verified_at, \
                      given_name, family_name, locale, created_at) \
                      VALUES (?, ?, ?, ?, ?, 'Zoé', 'Prêt', 'fr', ?)";
        sqlx::query(insert)
            .bind(user)
            .bind(pool)
            .bind(Opaque::hash_of(&email).as_slice())
            .bind(&email)
            .bind(Instant(now))
            .bind(Instant(now))
            .execute(self.database.pool())
            .await
            .expect("a user");
        let insert = "INSERT INTO identity_session (id, token_hash, pool_id, user_id, auth_time, amr, \
                      acr, created_at, last_seen_at, expires_at, address, user_agent) \
                      VALUES (?, ?, ?, ?, ?, ?, 'pwd', ?, ?, ?, '', '')";
        sqlx::query(insert)
            .bind(session)
            .bind(secret.hash().as_slice())
            .bind(pool)
            .bind(user)
            .bind(Instant(now))
            .bind(amr)
            .bind(Instant(now))
            .bind(Instant(now))
            .bind(Instant(now + Duration::from_secs(12 * 3600)))
            .execute(self.database.pool())
            .await
            .expect("a session");
        let cookie = format!("__Host-session-{}={}", self.pool, secret.expose());
        Person { user, session, cookie }
    }

    /// GETs a path with somebody's cookie.
    pub(super) async fn visit(&self, path: &str, person: Option<&Person>) -> Response {
        let mut request = self.app.client.get(self.app.url(path));
        if let Some(person) = person {
            request = request.header("cookie", &person.cookie);
        }
        soon(request.send()).await.expect("an answer")
    }

    /// An authorization request: the usual one, with these parameters over it (empty: left out).
    pub(super) async fn ask(
        &self,
        client: &Application,
        person: Option<&Person>,
        over: &[(&str, &str)],
    ) -> Response {
        let query = request(client, over);
        self.visit(&format!("{}?{query}", self.path("/oauth2/authorize")), person).await
    }

    /// A code for somebody.
    pub(super) async fn code(&self, client: &Application, person: &Person, scope: &str) -> String {
        let answer = self.ask(client, Some(person), &[("scope", scope)]).await;
        parameter(&location(&answer), "code").expect("a code")
    }

    /// POSTs a form with the application's credentials in it.
    pub(super) async fn form(
        &self,
        path: &str,
        client: &Application,
        pairs: &[(&str, &str)],
    ) -> (u16, Value) {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(pairs).append_pair("client_id", &client.id);
        if let Some(secret) = &client.secret {
            form.append_pair("client_secret", secret);
        }
        let media = "application/x-www-form-urlencoded";
        read(self.app.post(&self.path(path), media, form.finish()).await).await
    }

    /// Exchanges a code.
    pub(super) async fn exchange(&self, client: &Application, code: &str) -> (u16, Value) {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.form("/oauth2/token", client, &pairs).await
    }

    /// Uses a refresh token.
    pub(super) async fn refresh(&self, client: &Application, token: &str) -> (u16, Value) {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.form("/oauth2/token", client, &pairs).await
    }

    /// Tokens of a whole login.
    pub(super) async fn tokens(&self, client: &Application, person: &Person, scope: &str) -> Value {
        let code = self.code(client, person, scope).await;
        let (status, tokens) = self.exchange(client, &code).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// Whether an access token opens UserInfo.
    pub(super) async fn opens(&self, tokens: &Value) -> u16 {
        let url = self.app.url(&self.path("/oauth2/userInfo"));
        let request = self.app.client.get(url).bearer_auth(text(tokens, "access_token"));
        soon(request.send()).await.expect("an answer").status().as_u16()
    }
}

/// A token with another signature, whatever it was: the last sign of one may hold no more than two bits.
pub(super) fn broken(token: &str) -> String {
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{message}.{other}{}", &signature[1..])
}

/// Somebody with a password, who has not logged in.
pub(super) async fn account(world: &World, name: &str) -> String {
    let email = format!("{name}.{}@exemple.fr", world.pool);
    let who = Invitation { email: &email, ..Invitation::default() };
    let link = world.identity.invite(&world.pool, &who).await.expect("invited");
    let mut browser = Surfer::new(&world.app);
    let page = browser.open(link.strip_prefix(ORIGIN).expect("ours")).await;
    let done = browser.send(&page, "/reset", &[("password", PASSWORD)]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    email
}

/// The query of an authorization request.
pub(super) fn request(client: &Application, over: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", client.id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("state", "é&=#s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let is_over = |name: &str| over.iter().any(|(known, _)| *known == name);
    let mut query = Serializer::new(String::new());
    query.extend_pairs(usual.iter().filter(|(name, _)| !is_over(name)));
    query.extend_pairs(over.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}

/// Where an answer sends the browser.
#[track_caller]
pub(super) fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), 303);
    answer.headers()["location"].to_str().expect("ASCII").to_owned()
}

/// A parameter of an address, in its query or its fragment.
pub(super) fn parameter(location: &str, name: &str) -> Option<String> {
    let (_, values) = location.split_once(['?', '#'])?;
    let mut pairs = url::form_urlencoded::parse(values.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Status and document of an answer.
pub(super) async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("text");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[track_caller]
pub(super) fn text<'a>(document: &'a Value, name: &str) -> &'a str {
    document[name].as_str().expect("a text")
}

/// A part of a token: 0 its header, 1 its claims.
pub(super) fn part(token: &str, place: usize) -> Value {
    let part = token.split('.').nth(place).expect("three parts");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The form that exchanges a public application's code.
pub(super) fn form_of_code(client: &Application, code: &str) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("client_id", &client.id)
        .append_pair("code", code)
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("code_verifier", VERIFIER);
    form.finish()
}
