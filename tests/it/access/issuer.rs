//! An issuer of tokens on a port of its own: real keys, a real server of keys, and a script of the ways
//! in which such a server can disappoint.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use assurly::gateway::authorizer::{IssuerSettings, Profile};
use assurly::kernel::access::PoolKind;
use assurly::platform::access::Algorithm;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::begun;

/// Now, on the stopped clock of the tests.
pub(crate) const NOW: i64 = 1_795_424_400;

/// A private key and its name.
pub(crate) struct Key {
    pub(crate) kid: &'static str,
    pair: Pair,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

pub(crate) fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    pub(crate) fn ec(kid: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        Self { kid, pair: Pair::Ec(pair) }
    }

    pub(crate) fn ed(kid: &'static str) -> Self {
        Self { kid, pair: Pair::Ed(Ed25519KeyPair::generate().expect("a key")) }
    }

    pub(crate) fn rsa(kid: &'static str) -> Self {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
        Self { kid, pair: Pair::Rsa(Box::new(pair)) }
    }

    pub(crate) const fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
            Pair::Rsa(_) => "RS256",
        }
    }

    /// As the issuer publishes it.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": part(x), "y": part(y)})
            }
            Pair::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": part(pair.public_key())}),
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let (n, e) = (key.modulus(), key.exponent());
                let (n, e) =
                    (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
                json!({"kty": "RSA", "n": part(n), "e": part(e)})
            }
        };
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message).expect("signed").as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("signed");
                signature
            }
        }
    }

    /// A token of these two texts, signed as they are.
    pub(crate) fn token_of(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", part(header), part(payload));
        let signature = part(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

/// What the server of keys does next.
#[derive(Clone)]
pub(crate) enum Script {
    /// Answers this document, with this `Cache-Control`.
    Keys(Value, &'static str),
    /// Answers this text as this media type.
    Text(&'static str, String),
    /// Answers this status.
    Status(u16),
    /// Sends elsewhere, where the right keys are.
    Redirect,
    /// Never answers.
    Silence,
}

struct Server {
    script: Mutex<Script>,
    discovery: Mutex<Option<Value>>,
    asked: AtomicUsize,
    keys: Mutex<Value>,
}

/// A running issuer.
pub(crate) struct Issuer {
    pub(crate) name: String,
    pub(crate) key: Key,
    server: Arc<Server>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Issuer {
    /// With one key of elliptic curves.
    pub(crate) async fn start(path: &str) -> Self {
        Self::with(path, Key::ec("k1")).await
    }

    pub(crate) async fn with(path: &str, key: Key) -> Self {
        let keys = json!({"keys": [key.jwk()]});
        let server = Arc::new(Server {
            script: Mutex::new(Script::Keys(keys.clone(), "")),
            discovery: Mutex::default(),
            asked: AtomicUsize::new(0),
            keys: Mutex::new(keys),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let name = format!("http://{}{path}", listener.local_addr().expect("an address"));
        let routes = Router::new().fallback(answer).with_state(server.clone());
        let serving = begun(async move { axum::serve(listener, routes).await.expect("serves") });
        Self { name, key, server, serving }
    }

    /// What the server of keys does from now on.
    pub(crate) fn script(&self, script: Script) {
        *self.server.script.lock().expect("no panic") = script;
    }

    /// What discovery says from now on.
    pub(crate) fn discovery(&self, document: Value) {
        *self.server.discovery.lock().expect("no panic") = Some(document);
    }

    /// Publishes these keys.
    pub(crate) fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        self.script(Script::Keys(json!({"keys": keys}), ""));
    }

    /// How often the keys were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.server.asked.load(Ordering::Relaxed)
    }

    /// The settings of the standard's profile for this issuer.
    pub(crate) fn settings(&self, pool: PoolKind) -> IssuerSettings {
        let jwks = format!("{}/jwks", self.name);
        IssuerSettings {
            issuer: self.name.clone(),
            pool,
            profile: Profile::Rfc9068,
            jwks_uri: Some(jwks.parse().expect("a URL")),
            audiences: vec!["assurly".into()],
            client_ids: Vec::new(),
            algs: vec![Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256],
            max_token_age_s: 3600,
            allow_private: true,
            scope_prefix: String::new(),
            groups: [("Gestion".to_owned(), "gestionnaires".to_owned())].into(),
            acr: [("two".to_owned(), assurly::kernel::access::Acr::Mfa)].into(),
            claims: None,
        }
    }

    /// The header of a good token.
    pub(crate) fn header(&self) -> Value {
        json!({"alg": self.key.algorithm(), "kid": self.key.kid, "typ": "at+jwt"})
    }

    /// The claims of a good token for this subject, good for every scope.
    pub(crate) fn claims(&self, subject: &str) -> Value {
        json!({
            "iss": self.name, "sub": subject, "aud": "assurly", "client_id": "app", "jti": "j",
            "scope": "cles:lire devis:lire dossiers:ecrire dossiers:lire passerelle:ecrire \
                passerelle:lire profil:lire sante:ecrire sante:etudier segments:ecrire segments:exporter segments:lire test:lire",
            "iat": NOW, "exp": NOW + 300,
        })
    }

    /// A good token for this subject.
    pub(crate) fn token(&self, subject: &str) -> String {
        self.sign(&self.header(), &self.claims(subject))
    }

    /// A token of these documents.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.key.token_of(&header.to_string(), &claims.to_string())
    }
}

async fn answer(State(server): State<Arc<Server>>, uri: Uri) -> Response {
    if uri.path().ends_with("/openid-configuration") {
        let document = server.discovery.lock().expect("no panic").clone();
        return axum::Json(document).into_response();
    }
    if uri.path().ends_with("/elsewhere") {
        return axum::Json(server.keys.lock().expect("no panic").clone()).into_response();
    }
    server.asked.fetch_add(1, Ordering::Relaxed);
    let script = server.script.lock().expect("no panic").clone();
    match script {
        Script::Keys(keys, cache) => ([("cache-control", cache)], axum::Json(keys)).into_response(),
        Script::Text(media, text) => ([("content-type", media)], text).into_response(),
        Script::Status(status) => {
            axum::http::StatusCode::from_u16(status).expect("a status").into_response()
        }
        Script::Redirect => axum::response::Redirect::temporary("/elsewhere").into_response(),
        Script::Silence => std::future::pending().await,
    }
}
