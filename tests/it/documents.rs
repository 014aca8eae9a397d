//! Documents through the door of HTTP: what the extractor refuses, and how.

use serde_json::Value;

use crate::harness::app::App;

async fn refusal(app: &App, media: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
    let request = app
        .client
        .post(app.url("/test/echo"))
        .header("content-type", media)
        .header("accept", "application/json");
    let answer = request.body(body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    (status, answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_right_document_comes_back() {
    let app = App::start().await;
    let answer = app.post("/test/echo", "application/json; charset=utf-8", "{\"é\":[1]}").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.text().await.expect("text"), "{\"é\":[1]}");
}

#[tokio::test]
async fn another_media_type_is_not_read() {
    let app = App::start().await;
    for media in ["text/plain", "application/x-www-form-urlencoded"] {
        let (status, problem) = refusal(&app, media, "{}").await;
        assert_eq!(status, 415, "{problem}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_told_with_its_place() {
    let app = App::start().await;
    let json = "application/json";
    let (status, problem) = refusal(&app, json, "{\n \"a\": }").await;
    assert_eq!((status, &problem["errors"][0]["code"]), (400, &"JSON_SYNTAX".into()));
    let detail = problem["errors"][0]["detail"].as_str().expect("text");
    assert!(detail.contains("ligne 2"), "{detail}");
    let (status, problem) = refusal(&app, json, &b"{\"\xff\":1}"[..]).await;
    assert_eq!((status, &problem["errors"][0]["code"]), (400, &"JSON_UTF8".into()));
    let (status, problem) = refusal(&app, json, "{\"a\":{\"b\":1,\"b\":2}}").await;
    assert_eq!((status, &problem["errors"][0]["code"]), (422, &"JSON_DUPLICATE_KEY".into()));
    assert_eq!(problem["errors"][0]["pointer"], "/a/b");
}

#[tokio::test]
async fn a_list_is_no_object_and_an_object_no_name() {
    let app = App::without_database(&[]).await;
    let example = include_str!("../../docs/examples/one-loan.json");
    let project: Value = serde_json::from_str(example).expect("JSON");
    for (pointer, value) in [
        ("", serde_json::json!(["2026-06-05", "residence_principale"])),
        ("/options", serde_json::json!([30])),
        ("/loans/0", serde_json::json!(["main"])),
        ("/insured/0/occupation", serde_json::json!({ "salarie_cadre": null })),
        ("/purpose", serde_json::json!({ "residence_principale": [] })),
    ] {
        let mut document = project.clone();
        *document.pointer_mut(pointer).expect("in the example") = value;
        let answer = app.post("/v1/simulations", "application/json", document.to_string()).await;
        let (status, problem): (_, Value) =
            (answer.status(), answer.json().await.expect("a problem"));
        assert_eq!(status, 422, "{problem}");
        assert_eq!(problem["errors"][0]["code"], "JSON_TYPE", "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}
