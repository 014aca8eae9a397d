//! What the operators are told (`reflex.md` §5.10): every figure that it names, with its labels; and tokens that are
//! not ours, counted and told.

use assurly::platform::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Cases, Person, app, rows};
use crate::harness::app::App;
use crate::harness::tomcat::{Tomcat, free_port};
use crate::harness::{eventually, logs, soon};

/// The value of the first line of this figure that has all these labels.
async fn figure(app: &App, name: &str, labels: &[&str]) -> Option<f64> {
    let lines = app.metrics().await;
    let is_it = |line: &&String| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with('{') || rest.starts_with(' '))
            && labels.iter().all(|label| line.contains(label))
    };
    let line = lines.iter().find(is_it)?;
    line.rsplit(' ').next()?.parse().ok()
}

/// How many tokens that are not ours were seen so.
pub(super) async fn forged(app: &App, by: &str) -> f64 {
    let label = format!("by=\"{by}\"");
    figure(app, "reflex_forged_tokens_total", &[&label]).await.unwrap_or_default()
}

/// Every figure of the reference, with its labels.
const FIGURES: [(&str, &[&str]); 12] = [
    (
        "reflex_proxy_requests_total",
        &["route=\"/cep-core/api/v1/answers\"", "method=\"PUT\"", "status=\"200\""],
    ),
    ("reflex_proxy_seconds_count", &["route=\"/cep-core/api/v1/answers\""]),
    ("reflex_proxy_seconds_bucket", &["le=\"+Inf\""]),
    ("reflex_upstream_errors_total", &["kind=\"connect\""]),
    ("reflex_breaker_state", &[]),
    ("reflex_sessions", &["state=\"DECIDED\""]),
    ("reflex_sessions", &["state=\"IN_PROGRESS\""]),
    ("reflex_decisions_total", &["outcome=\"accept\"", "automatic=\"true\""]),
    ("reflex_callbacks_total", &["result="]),
    ("reflex_poll_lag_seconds_count", &[]),
    ("reflex_kb_info", &["id=\"assurly-emprunteur\"", "version=\"2026.1.0\""]),
    ("reflex_oldest_submission_seconds", &[]),
];

#[tokio::test]
async fn every_figure_of_the_reference_is_counted() {
    let at = format!("127.0.0.1:{}", free_port());
    let mut tomcat = Tomcat::own("figures", Some(at.parse().expect("an address"))).await;
    let app = app(&tomcat, &[("UNDERWRITING__CALLBACK_LISTEN", &at)]).await;
    // The engine signs with its own clock, and a callback is good for five minutes.
    app.clock.set(Clock::system().now());
    let cases = Cases::read();
    let person = Person::at("kim", &app).await;
    person.answers(&app, &cases.answers(cases.named("healthy"))).await;
    assert_eq!(person.submit(&app).await.status(), 200);
    person.decided(&app).await;
    eventually("its callback", async || {
        let seen: Vec<(i64,)> = rows(&app, "SELECT COUNT(*) FROM uw_callback_seen").await;
        (seen[0].0 > 0).then_some(())
    })
    .await;
    let other = Person::at("tam", &app).await;
    tomcat.kill();
    assert_eq!(other.get(&app, "/cep-core/api/v1/questionnaire").await.status(), 503);
    for (name, labels) in FIGURES {
        // Some are counted now and then.
        eventually(name, async || figure(&app, name, labels).await).await;
    }
}

#[tokio::test]
async fn tokens_that_are_not_ours_open_nothing_are_counted_and_told() {
    let tomcat = Tomcat::shared().await;
    let app = app(tomcat, &[]).await;
    let (one, two) = (Person::at("ivan", &app).await, Person::at("judy", &app).await);
    let path = "/cep-core/api/v1/questionnaire";
    let before =
        [forged(&app, "handle").await, forged(&app, "browser").await, forged(&app, "other").await];
    // A handle that opens nothing.
    let invented = Person { handle: format!("uw={}", "A".repeat(43)), ..Person::new("ivan") };
    assert_eq!(invented.get(&app, path).await.status(), 401);
    // Another person's.
    let thief = Person { name: "judy", handle: one.handle.clone(), ..Person::new("judy") };
    assert_eq!(thief.get(&app, path).await.status(), 404);
    // A token that a browser brings: never sent on, with a handle or without.
    let theirs = token(&app, tomcat, &one).await;
    let tokens = ["eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "a.b.c", theirs.as_str()];
    for token in tokens {
        let asked = soon(app.client.get(app.url(path)).bearer_auth(token).send()).await;
        assert_eq!(asked.expect("an answer").status(), 401, "{token}");
        let asked = two.asks(&app, &Method::GET, path).bearer_auth(token);
        let asked = soon(asked.send()).await.expect("an answer");
        assert_eq!(asked.status(), 200, "its handle says who it is");
    }
    let after =
        [forged(&app, "handle").await, forged(&app, "browser").await, forged(&app, "other").await];
    for (place, least) in [1.0, 6.0, 1.0].into_iter().enumerate() {
        assert!(after[place] - before[place] >= least, "{before:?} {after:?}");
    }
    assert!(!logs::holding("a token that opens nothing").is_empty(), "told");
    // The engine itself, without the proxy: the same tokens, altered, and one of another session.
    let url = format!("{}{path}", tomcat.url());
    let own = token(&app, tomcat, &two).await;
    let (head, rest) = own.split_once('.').expect("a token");
    let none = "eyJhbGciOiJub25lIn0";
    for wrong in [format!("{none}.{rest}"), format!("{head}.{rest}x"), format!("{none}.e30.")] {
        let asked = soon(app.client.get(&url).bearer_auth(&wrong).send()).await;
        assert_eq!(asked.expect("an answer").status(), 401, "{wrong}");
    }
    // A token speaks for its own session, whatever a request says besides.
    let put = json!({ "revision": 0, "answers": { "profession": "bureau" } });
    let asked =
        app.client.put(url.replace("questionnaire", "answers")).bearer_auth(&own).json(&put);
    assert_eq!(soon(asked.send()).await.expect("an answer").status(), 200);
    assert_eq!(one.questionnaire(&app).await["revision"], 0, "nobody else's answers");
    assert_eq!(two.questionnaire(&app).await["revision"], 1);
}

/// A token of the engine for this person's session, as its integration service gives it to us alone.
async fn token(app: &App, tomcat: &Tomcat, person: &Person) -> String {
    let sql = "SELECT engine_id FROM uw_session WHERE dossier_id = ?";
    let query = sqlx::query_scalar::<_, String>(sql).bind(person.insured.dossier);
    let id = query.fetch_one(app.opened().pool()).await.expect("a session");
    let key = std::fs::read_to_string(tomcat.secret("integration")).expect("a key");
    let url = format!("{}/cep-core/integration/v1/sessions/{id}/tokens", tomcat.url());
    let asked = soon(app.client.post(url).bearer_auth(key.trim()).send()).await.expect("an answer");
    let answer: Value = asked.json().await.expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}
