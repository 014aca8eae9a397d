//! SMS through a provider: a real server that records what it is asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post as on_post;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{CODE, message, once, post, row};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::{begun, eventually};

/// What the provider was asked.
#[derive(Clone)]
struct Asked {
    headers: HeaderMap,
    body: Value,
}

#[derive(Clone, Default)]
struct Provider {
    asked: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Provider {
    /// Answers with these statuses, the first one first, and 202 from then on.
    async fn start(answers: &[u16]) -> (Self, String, JoinHandle<()>) {
        let provider = Self::default();
        provider.answers.lock().expect("no holder panics").extend(answers.iter().rev());
        let routes = Router::new().route("/v1/sms", on_post(take)).with_state(provider.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/v1/sms", listener.local_addr().expect("an address"));
        let serving = begun(async move { axum::serve(listener, routes).await.expect("serves") });
        (provider, url, serving)
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no holder panics").clone()
    }
}

async fn take(State(provider): State<Provider>, headers: HeaderMap, body: Bytes) -> Response {
    let body = serde_json::from_slice(&body).expect("JSON");
    provider.asked.lock().expect("no holder panics").push(Asked { headers, body });
    let answer = provider.answers.lock().expect("no holder panics").pop().unwrap_or(202);
    let status = StatusCode::from_u16(answer).expect("a status");
    let elsewhere = [(header::LOCATION, "http://127.0.0.1:1/elsewhere")];
    (status, elsewhere, "x".repeat(1 << 20)).into_response()
}

async fn app(database: &Arc<TestDatabase>, url: &str) -> App {
    let token = format!("{}/sms-token", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&token, "t0ken\n").expect("written");
    let over = [
        ("MESSAGES__SMS_TRANSPORT", "http"),
        ("MESSAGES__SMS__URL", url),
        ("MESSAGES__SMS__TOKEN_FILE", token.as_str()),
        ("MESSAGES__POLL_MS", "20"),
        ("MESSAGES__TEND_MS", "20"),
    ];
    App::on_database(database, &over).await
}

#[tokio::test]
async fn the_provider_is_asked_with_one_key_until_it_takes_the_message() {
    let (provider, url, serving) = Provider::start(&[503, 429, 401, 302]).await;
    let database = TestDatabase::own().await;
    let app = app(&database, &url).await;
    post(&app, message("test/sms", "+33612345678")).await;
    for attempts in 1..=4 {
        eventually("another try", async || {
            row(&app, "test/sms")
                .await
                .filter(|row| row.state == "pending" && row.attempts == attempts)
        })
        .await;
        app.clock.advance(Duration::from_secs(60));
    }
    let sent = once(&app, "test/sms", "sent").await;
    assert_eq!((sent.attempts, sent.has_words), (5, false));
    let asked = provider.asked();
    assert_eq!(asked.len(), 5, "a redirection is not followed");
    let key = |asked: &Asked| asked.headers["idempotency-key"].clone();
    assert!(asked.iter().all(|one| key(one) == key(&asked[0])));
    assert_eq!(asked[0].headers["authorization"], "Bearer t0ken");
    let body = &asked[0].body;
    assert_eq!((&body["to"], &body["from"]), (&"+33612345678".into(), &"Assurly".into()));
    assert_eq!(body["reference"], key(&asked[0]).to_str().expect("ASCII"));
    assert!(body["text"].as_str().expect("a text").starts_with(CODE));
    serving.abort();
}

#[tokio::test]
async fn a_number_that_the_provider_refuses_is_dead_at_once() {
    let (_provider, url, serving) = Provider::start(&[422]).await;
    let database = TestDatabase::own().await;
    let app = app(&database, &url).await;
    post(&app, message("test/refused", "+33612345678")).await;
    let dead = once(&app, "test/refused", "dead").await;
    assert_eq!((dead.attempts, dead.reason.as_deref()), (1, Some("sms_refused")));
    // Nobody there: asked again later.
    serving.abort();
    assert!(serving.await.is_err_and(|error| error.is_cancelled()));
    post(&app, message("test/away", "+33612345678")).await;
    let waits = eventually("it was tried", async || {
        row(&app, "test/away").await.filter(|row| row.state == "pending" && row.attempts == 1)
    })
    .await;
    assert_eq!(waits.reason.as_deref(), Some("sms_away"));
}
