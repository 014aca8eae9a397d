//! What must not get through the proxy, tried against the real engine behind it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Person, app, rows};
use crate::harness::app::App;
use crate::harness::tomcat::Tomcat;
use crate::harness::{raw, soon};

/// A request written byte by byte, with this person's cookies.
async fn written(app: &App, person: &Person, head: &str, body: &str) -> String {
    let cookies = format!("Cookie: who={}; {}", person.name, person.handle);
    let text =
        format!("{head}\r\nHost: {}\r\n{cookies}\r\nConnection: close\r\n\r\n{body}", app.public);
    soon(raw::answer(app.public, text.as_bytes())).await
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or(answer)
}

#[tokio::test]
async fn no_path_leads_out_of_the_list() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("mallory", &app).await;
    for (path, expected) in [
        ("/continue/..;/ras-web/api/v1/cases", "400"),
        ("/continue/..;a=b/ras-web/api/v1/cases", "400"),
        ("/continue/%2e%2e/ras-web/api/v1/cases", "400"),
        ("/continue/%2E%2E%2Fras-web/api", "400"),
        ("/continue/%252e%252e/ras-web/api", "400"),
        ("/continue/../ras-web/api/v1/cases", "400"),
        ("/continue/./question/1", "400"),
        ("/continue//question/1", "400"),
        ("/continue/question/1;jsessionid=x", "400"),
        ("/continue/..%5cras-web", "400"),
        ("/continue/%00", "400"),
        ("/continue/%", "400"),
        ("/continue/%c0%ae%c0%ae/ras-web", "400"),
        ("/cep-core/api/v1/..;/..;/integration/v1/health", "400"),
        ("/cep-core/%69ntegration/v1/health", "404"),
        ("/cep-core/integration/v1/health", "404"),
        ("/cep-core/integration/v1/sessions", "404"),
        ("/continue/WEB-INF/web.xml", "404"),
        ("/continue/question/1000", "404"),
        ("//ras-web/api/v1/cases", "404"),
        ("/ras-web/api/v1/cases", "404"),
        ("/ras-web/", "404"),
        ("/dcs/api/v1/documents", "404"),
        ("/manager/html", "404"),
    ] {
        let answer = written(&app, &person, &format!("GET {path} HTTP/1.1"), "").await;
        // The firewall may be faster than the list.
        let is_right = [expected, "403"].contains(&status(&answer));
        assert!(is_right, "{path}: {answer}");
    }
    for method in ["DELETE", "TRACE", "CONNECT", "OPTIONS", "PATCH"] {
        let answer =
            written(&app, &person, &format!("{method} /continue/question/1 HTTP/1.1"), "").await;
        assert_eq!(status(&answer), "405", "{method}: {answer}");
        assert!(answer.to_lowercase().contains("allow: get, post"), "{answer}");
    }
    assert_eq!(person.questionnaire(&app).await["revision"], 0);
}

#[tokio::test]
async fn a_body_that_ends_in_two_places_is_refused_and_nothing_follows_it() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("eve", &app).await;
    let start = "POST /continue/envoi HTTP/1.1\r\nSec-Fetch-Site: same-origin\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n";
    let hidden = "0\r\n\r\nGET /cep-core/api/v1/questionnaire HTTP/1.1\r\nHost: x\r\n\r\n";
    for framing in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4, 4",
        "Content-Length: +4",
        "Content-Length: 0x4",
        "Content-Length: 4\r\nUpgrade: h2c\r\nHTTP2-Settings: x",
    ] {
        let answer = written(&app, &person, &format!("{start}{framing}"), hidden).await;
        assert_eq!(status(&answer), "400", "{framing}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{framing}: {answer}");
    }
    assert_eq!(person.questionnaire(&app).await["status"], "OPEN");
}

#[tokio::test]
async fn what_a_browser_claims_to_be_changes_nothing() {
    let app = app(Tomcat::shared().await, &[]).await;
    let one = Person::at("trent", &app).await;
    for (name, value) in [
        ("authorization", "Bearer eyJhbGciOiJub25lIn0.e30."),
        ("x-reflex-internal", "forged"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "for=127.0.0.1;host=evil.example"),
        ("x-http-method-override", "DELETE"),
        ("connection", "x-reflex-internal, authorization"),
    ] {
        let asked = one.asks(&app, &Method::GET, "/cep-core/api/v1/questionnaire");
        let answer = soon(asked.header(name, value).send()).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{name}");
    }
    // Without the handle, or with one that is none, no token helps.
    let forged = "who=trent; uw=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let twice = format!("who=trent; {}; uw=other", one.handle);
    let nobody = format!("who=; {}", one.handle);
    for cookies in ["who=trent".to_owned(), forged, twice] {
        let url = app.url("/cep-core/api/v1/questionnaire");
        let asked = app.client.get(url).header("cookie", &cookies).bearer_auth("x.y.z");
        assert_eq!(soon(asked.send()).await.expect("an answer").status(), 401, "{cookies}");
    }
    let url = app.url("/cep-core/api/v1/questionnaire");
    let asked = app.client.get(url).header("cookie", nobody);
    assert_eq!(soon(asked.send()).await.expect("an answer").status(), 404);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("peggy", &app).await;
    let origin = format!("http://{}", app.public);
    let put = json!({ "revision": 0, "answers": { "profession": "bureau" } });
    let cookies = format!("who=peggy; {}", person.handle);
    for (name, value, expected) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "none", 403),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("accept", "*/*", 403),
        ("origin", origin.as_str(), 200),
    ] {
        let url = app.url("/cep-core/api/v1/answers");
        let asked = app.client.put(url).header("cookie", &cookies).header(name, value).json(&put);
        let answer = soon(asked.send()).await.expect("an answer");
        assert_eq!(answer.status(), expected, "{name}: {value}");
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let asked = person.asks(&app, &Method::PUT, "/cep-core/api/v1/answers");
        let asked = asked.header("content-type", media).body(put.to_string());
        assert_eq!(soon(asked.send()).await.expect("an answer").status(), 415, "{media}");
    }
}

#[tokio::test]
async fn sizes_and_rates_have_their_limits() {
    let small = [("UNDERWRITING__RATE_PER_S", "1"), ("UNDERWRITING__RATE_BURST", "8")];
    let app = app(Tomcat::shared().await, &small).await;
    let person = Person::at("walter", &app).await;
    let long = json!({ "revision": 0, "answers": { "profession": "x".repeat(300_000) } });
    assert_eq!(person.put(&app, &long).await.status(), 413);
    let asked = person.asks(&app, &Method::POST, "/continue/question/1");
    let form = asked.form(&[("reponse", "x".repeat(20_000))]);
    assert_eq!(soon(form.send()).await.expect("an answer").status(), 413);
    let right = json!({ "revision": 0, "answers": { "profession": "x".repeat(200_000) } });
    let refused = person.put(&app, &right).await;
    assert_eq!(refused.status(), 422, "the engine's own refusal: {:?}", refused.text().await);
    let mut seen = Vec::new();
    for _ in 0..12 {
        seen.push(person.get(&app, "/cep-core/api/v1/questionnaire").await.status().as_u16());
    }
    assert!(seen.contains(&200) && seen.last() == Some(&429), "{seen:?}");
}

#[tokio::test]
async fn an_old_token_is_renewed_once_and_a_foreign_one_is_no_help() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("oscar", &app).await;
    // The engine's own refusal of a token is answered by a new one, also for what has a body.
    let before: Vec<(Vec<u8>,)> = rows(&app, "SELECT token_sealed FROM uw_session").await;
    app.clock.advance(std::time::Duration::from_secs(1790));
    let put = json!({ "revision": 0, "answers": { "profession": "bureau" } });
    assert_eq!(person.put(&app, &put).await.status(), 200);
    let after: Vec<(Vec<u8>,)> = rows(&app, "SELECT token_sealed FROM uw_session").await;
    assert_ne!(before, after, "renewed before it ended");
    let view: Value = person.questionnaire(&app).await;
    assert_eq!(view["revision"], 1);
}

#[tokio::test]
async fn a_callback_that_nobody_signed_is_refused() {
    let at = format!("127.0.0.1:{}", crate::harness::tomcat::free_port());
    let tomcat = Tomcat::shared().await;
    let app = app(tomcat, &[("UNDERWRITING__CALLBACK_LISTEN", &at)]).await;
    let url = format!("http://{at}/internal/reflex/callback");
    let now = app.clock.now().as_second().to_string();
    let body = r#"{"type":"session.decided","sessionId":"x","revision":1}"#;
    for (id, timestamp, signature) in
        [("m1", now.as_str(), "v1,AAAA"), ("m1", "1", "v1,AAAA"), ("", now.as_str(), "")]
    {
        let asked = app.client.post(&url).header("webhook-id", id);
        let asked = asked.header("webhook-timestamp", timestamp);
        let asked = asked.header("webhook-signature", signature).body(body);
        assert_eq!(soon(asked.send()).await.expect("an answer").status(), 401, "{id} {timestamp}");
    }
    let large = app.client.post(&url).body("x".repeat(5000));
    assert_eq!(soon(large.send()).await.expect("an answer").status(), 413);
    let outside = app.post("/internal/reflex/callback", "application/json", body).await.status();
    assert!(outside == 404 || outside == 403, "not at the public address: {outside}");

    // A good one is taken once, whatever it says of a session that nobody knows.
    let key = std::fs::read_to_string(tomcat.secret("callback")).expect("a key");
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.trim().as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, format!("m2.{now}.{body}").as_bytes());
    let signature =
        format!("v1,{}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, tag));
    for expected in [202, 200] {
        let asked = app.client.post(&url).header("webhook-id", "m2");
        let asked = asked.header("webhook-timestamp", &now);
        let asked = asked.header("webhook-signature", &signature).body(body);
        assert_eq!(soon(asked.send()).await.expect("an answer").status(), expected);
    }
}
