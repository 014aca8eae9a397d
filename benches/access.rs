//! How long a request's token takes: the authorizer's whole way with keys in memory, beside the bare
//! check of the same signature by `jsonwebtoken`, in one run.
//!
//! Aim: at most 1.3 times the bare check. Figures are in `docs/performance.md`.

use std::hint::black_box;
use std::sync::Arc;

use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use assurly::app::settings::{Sources, load};
use assurly::gateway::authorizer::{AccessSettings, Authorizer};
use assurly::kernel::access::PoolKind;
use assurly::kernel::problem::Problem;
use assurly::platform::access::{Boxed, LocalIssuers, LocalPool, Revocations, VerifyingKey};
use assurly::platform::clock::Clock;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::json;

const NOW: i64 = 1_795_424_400;
const ISSUER: &str = "https://assurly.example/pools/clients";

/// One pool, its keys in memory, as identity keeps them.
struct OnePool(Arc<[VerifyingKey]>);

impl LocalIssuers for OnePool {
    fn owns<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        issuer.strip_prefix("https://assurly.example/pools/")
    }

    fn pool<'a>(&'a self, _slug: &'a str) -> Boxed<'a, Result<Option<LocalPool>, Problem>> {
        let pool = LocalPool {
            issuer: ISSUER.into(),
            kind: PoolKind::Clients,
            audience: "urn:assurly:api".into(),
            keys: self.0.clone(),
        };
        Box::pin(std::future::ready(Ok(Some(pool))))
    }
}

fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn verification(criterion: &mut Criterion) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (part(x), part(y));
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "2026-11", "x": x, "y": y});
    let key = VerifyingKey::from_jwk(&jwk).expect("a key");
    let header = json!({"alg": "ES256", "kid": "2026-11", "typ": "at+jwt"});
    let claims = json!({
        "iss": ISSUER, "sub": "6f1b5c0e-5d0a-4c53-9a37-0b6f7d7c9a11", "aud": "urn:assurly:api",
        "client_id": "mobile", "scope": "openid profil:lire devis:lire devis:ecrire",
        "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 60, "acr": "mfa", "amr": ["pwd", "otp"],
        "jti": "pQ7xT2mK9vLw4nRd", "sid": "Zk8sYh3bQf1uJc6e", "groups": [], "token_use": "access",
    });
    let message = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).expect("signed");
    let signature = part(signature);
    let token = format!("{message}.{signature}");

    let bare = DecodingKey::from_ec_components(&x, &y).expect("a key");
    criterion.bench_function("ES256, the bare check by jsonwebtoken", |bencher| {
        bencher.iter(|| {
            verify(black_box(&signature), message.as_bytes(), &bare, Algorithm::ES256)
                .expect("no error")
        });
    });
    let clock = Clock::fixed(jiff::Timestamp::from_second(NOW).expect("an instant"));
    let settings = AccessSettings { issuers: Vec::new() };
    let local = Arc::new(OnePool([key].into()));
    let authorizer = Authorizer::new(&settings, local, Revocations::default(), clock);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    criterion.bench_function("ES256, the authorizer: from token to caller", |bencher| {
        bencher.iter(|| {
            let caller = runtime.block_on(authorizer.verify(black_box(&token)));
            caller.expect("a good token")
        });
    });
}

/// The check of one password alone, under the parameters that ship.
fn password(criterion: &mut Criterion) {
    let settings = load(&Sources::default()).expect("the shipped settings").identity;
    let params = Params::new(settings.hash_memory_kib, settings.hash_passes, 1, Some(32));
    let argon = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params.expect("sound"));
    let hash = argon.hash_password_with_salt(b"fougere tambour lezard 41", &[7; 16]);
    let hash = hash.expect("a hash");
    criterion.bench_function("argon2id, the check of one password alone", |bencher| {
        bencher.iter(|| argon.verify_password(black_box(b"fougere tambour lezard 41"), &hash));
    });
}

criterion_group!(benches, verification, password);
criterion_main!(benches);
