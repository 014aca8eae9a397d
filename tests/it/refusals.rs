//! Refusals and answers in their form: for programs, for persons, and without a word too many.

use crate::harness::app::App;
use crate::harness::logs;

async fn ask(app: &App, path: &str, accept: &str) -> (u16, String, String) {
    let request = app.client.get(app.url(path)).header("accept", accept);
    let answer = request.send().await.expect("an answer");
    let media = answer.headers()["content-type"].to_str().expect("ASCII").to_owned();
    (answer.status().as_u16(), media, answer.text().await.expect("text"))
}

#[tokio::test]
async fn an_unknown_address_is_told_to_programs_and_to_persons() {
    let app = App::start().await;
    let (status, media, text) = ask(&app, "/v1/nowhere?x=1", "*/*").await;
    assert_eq!((status, media.as_str()), (404, "application/problem+json"));
    let problem: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(problem["instance"], "/v1/nowhere");
    assert_eq!(problem["status"], 404);
    let (status, media, text) = ask(&app, "/nulle-part", "text/html").await;
    assert_eq!((status, media.as_str()), (404, "text/html; charset=utf-8"));
    assert!(text.contains("lang=\"fr\"") && text.contains("<h1>"), "{text}");
    let (_, media, _) = ask(&app, "/nulle-part", "application/json").await;
    assert_eq!(media, "application/problem+json");
}

#[tokio::test]
async fn a_wrong_method_says_the_right_ones() {
    let app = App::start().await;
    let request = app.client.delete(app.url("/healthz"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let page = app.client.delete(app.url("/test/long"));
    let page = page.send().await.expect("an answer");
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_panic_is_our_fault_and_its_words_stay_here() {
    let app = App::start().await;
    for (path, media) in [
        ("/v1/test/panic", "application/problem+json"),
        ("/test/panic", "text/html; charset=utf-8"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["content-type"], media);
        let id = answer.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
        let text = answer.text().await.expect("text");
        assert!(!text.contains("hunter2") && text.contains(&id), "{text}");
        let causes: Vec<_> =
            logs::of_request(&id).into_iter().filter(|line| line["level"] == "ERROR").collect();
        assert_eq!(causes.len(), 1, "the cause is logged once: {causes:?}");
    }
    assert_eq!(app.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn browsers_are_told_what_not_to_do() {
    let app = App::start().await;
    for path in ["/healthz", "/nulle-part", "/test/panic"] {
        let answer = app.get(path).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().expect("ASCII");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
        assert!(!headers.contains_key("strict-transport-security"), "http only");
        assert!(!headers.contains_key("server"));
    }
    assert_eq!(app.get("/test/cached").await.headers()["cache-control"], "max-age=60");
    let over_tls = App::with(&[("SERVER__PUBLIC_URL", "https://assurly.example")]).await;
    let answer = over_tls.get("/v1/nowhere").await;
    assert!(answer.headers().contains_key("strict-transport-security"));
    let problem: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(problem["type"], "https://assurly.example/problemes/not-found");
}

#[tokio::test]
async fn long_answers_are_compressed_for_those_who_can_read_it() {
    let app = App::start().await;
    let request = |accept: &'static [u8]| {
        let path = "GET /test/long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        [path.as_bytes(), accept, b"\r\n"].concat()
    };
    let plain = crate::harness::raw::answer(app.public, &request(b"")).await;
    assert!(plain.len() > 10_000);
    let gzip = request(b"Accept-Encoding: gzip\r\n");
    let gzip = crate::harness::raw::answer(app.public, &gzip).await;
    assert!(gzip.contains("content-encoding: gzip") && gzip.len() < 2000, "{}", gzip.len());
}

#[tokio::test]
async fn the_api_describes_itself() {
    let app = App::start().await;
    let document: serde_json::Value = app.get("/v1/openapi.json").await.json().await.expect("JSON");
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert!(document["components"]["schemas"]["ProblemDocument"].is_object());
    let page = app.get("/docs/api/").await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
    assert!(policy.contains("connect-src 'self'") && !policy.contains("unsafe"));
    let text = page.text().await.expect("text");
    assert!(text.contains("swagger-ui") && !text.contains("<script>") && !text.contains("<style>"));
}
