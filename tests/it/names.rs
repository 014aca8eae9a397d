//! Every request has a name, a place in a trace, and one line in the log.

use crate::harness::app::App;
use crate::harness::{eventually, logs, raw};

fn header<'a>(answer: &'a reqwest::Response, name: &str) -> &'a str {
    answer.headers()[name].to_str().expect("ASCII")
}

#[tokio::test]
async fn a_sane_name_is_taken_over_and_any_other_replaced() {
    let app = App::start().await;
    let ask =
        |id: &'static str| app.client.get(app.url("/healthz")).header("x-request-id", id).send();
    let answer = ask("order-12.b_3").await.expect("an answer");
    assert_eq!(header(&answer, "x-request-id"), "order-12.b_3");
    for odd in ["a b", "{\"x\":1}", "é"] {
        let answer = app.client.get(app.url("/healthz"));
        let answer = answer.header("x-request-id", odd.as_bytes()).send().await.expect("an answer");
        let id = header(&answer, "x-request-id").to_owned();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    }
    let (one, two) = (app.get("/healthz").await, app.get("/healthz").await);
    assert_ne!(header(&one, "x-request-id"), header(&two, "x-request-id"));
}

#[tokio::test]
async fn a_trace_goes_on_and_reaches_the_problem() {
    let app = App::start().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let request = app.client.get(app.url("/v1/nowhere")).header("traceparent", &parent);
    let answer = request.send().await.expect("an answer");
    let back = header(&answer, "traceparent").to_owned();
    assert!(back.starts_with(&format!("00-{trace}-")) && back.ends_with("-01"), "{back}");
    assert_ne!(back, parent);
    let problem: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(problem["trace_id"], trace);
}

#[tokio::test]
async fn an_answer_a_refusal_and_a_panic_have_one_access_line_each() {
    let app = App::start().await;
    for (path, status, route) in [
        ("/healthz?secret=1", 200, "/healthz"),
        ("/nowhere", 404, "unmatched"),
        ("/test/panic", 500, "/test/panic"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), status);
        let lines = logs::access(header(&answer, "x-request-id"));
        assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        assert_eq!(lines[0]["status"], status);
        assert_eq!(lines[0]["route"], route);
        assert_eq!(lines[0]["client"], "127.0.0.1");
        assert!(lines[0]["duration_ms"].as_f64().is_some_and(|ms| ms >= 0.0));
        assert!(!lines[0].to_string().contains("secret=1"), "a query is not logged");
    }
}

#[tokio::test]
async fn a_refusal_is_named_in_its_line_without_its_values() {
    let app = App::start().await;
    let answer = app.post("/test/echo", "application/json", "{\"secret\":1,\"secret\":2}").await;
    let line = logs::access(header(&answer, "x-request-id")).pop().expect("its line");
    assert_eq!((&line["slug"], &line["codes"]), (&"invalid".into(), &"JSON_DUPLICATE_KEY".into()));
    assert!(!line.to_string().contains("secret"), "{line}");
    let thousandths = line["duration_ms"].as_f64().expect("a number") * 1000.0;
    assert!((thousandths - thousandths.round()).abs() < 1e-6, "{line}");
    let well = app.get("/healthz").await;
    assert_eq!(logs::access(header(&well, "x-request-id"))[0]["level"], "DEBUG");
}

#[tokio::test]
async fn a_client_that_leaves_has_its_line_too() {
    let mut app = App::start().await;
    let request = b"GET /test/wait HTTP/1.1\r\nHost: x\r\nX-Request-Id: left-early\r\n\r\n";
    let stream = raw::sent(app.public, request).await;
    app.entered.recv().await.expect("the handler began");
    assert!(logs::access("left-early").is_empty());
    drop(stream);
    let line = eventually("its access line", async || logs::access("left-early").pop()).await;
    assert_eq!(line["status"], 499);
}
