//! A limit on everything that a stranger can make grow: each one is reached, and passed by one.

use crate::harness::app::App;
use crate::harness::{begun, eventually, logs, raw};

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("")
}

#[tokio::test]
async fn a_client_that_speaks_slowly_is_closed() {
    let app = App::with(&[("SERVER__HEADER_READ_TIMEOUT_MS", "150")]).await;
    for begun in [&b""[..], b"PRI * HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let answer = raw::answer(app.public, begun).await;
        assert!(!answer.contains("200"), "{answer}");
    }
    // Neither may one stay for ever after a first request.
    let answer = raw::answer(app.public, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(status(&answer), "200");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_closed_and_noted() {
    let app = App::with(&[("SERVER__WRITE_STALL_TIMEOUT_MS", "150")]).await;
    let request = b"GET /test/flood HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let stream = raw::sent(app.public, request).await;
    let port = stream.local_addr().expect("an address").port();
    eventually("its line", async || logs::of_connection(port)).await;
    assert!(raw::rest(stream).await.len() < 64 << 20, "the answer was cut");
    // One that reads gets everything, however long it is.
    assert!(raw::answer(app.public, request).await.len() > 64 << 20);
}

#[tokio::test]
async fn a_hundred_headers_pass_and_one_more_does_not() {
    let app = App::start().await;
    let request = |count: usize| {
        let more: String = (2..count).map(|i| format!("X-{i}: 1\r\n")).collect();
        format!("GET /v1/nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n")
    };
    let answer = raw::answer(app.public, request(100).as_bytes()).await;
    assert_eq!(status(&answer), "404");
    let answer = raw::answer(app.public, request(101).as_bytes()).await;
    assert_eq!(status(&answer), "431");
    assert!(answer.contains("/problemes/headers-too-large"), "{answer}");
    // Far past the limit the library itself refuses, in fewer words.
    let answer = raw::answer(app.public, request(500).as_bytes()).await;
    assert_eq!(status(&answer), "431");
}

#[tokio::test]
async fn long_headers_are_refused() {
    let app = App::start().await;
    for (length, status) in [(8000, 404), (10_300, 431)] {
        let value = "a".repeat(length);
        let request = app.client.get(app.url("/v1/nowhere")).header("x-long", value);
        assert_eq!(request.send().await.expect("an answer").status(), status);
    }
}

#[tokio::test]
async fn a_long_address_is_refused() {
    let app = App::start().await;
    for (length, status) in [(8192, 404), (8193, 414)] {
        let path = format!("/v1/{}", "a".repeat(length - 4));
        assert_eq!(app.get(&path).await.status(), status);
    }
}

#[tokio::test]
async fn a_large_body_is_refused_whether_it_says_its_size_or_not() {
    let app = App::with(&[("SERVER__BODY_BYTES_MAX", "1024")]).await;
    let body = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
    let json = "application/json";
    assert_eq!(app.post("/test/echo", json, body(1024)).await.status(), 200);
    let answer = app.post("/test/echo", json, body(1025)).await;
    assert_eq!(answer.status(), 413);
    let chunked = format!(
        "POST /test/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        1025,
        body(1025)
    );
    assert_eq!(status(&raw::answer(app.public, chunked.as_bytes()).await), "413");
}

#[tokio::test]
async fn a_slow_body_is_given_up() {
    let app = App::with(&[("SERVER__BODY_READ_TIMEOUT_MS", "150")]).await;
    let begun = b"POST /test/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                  Content-Length: 100\r\nConnection: close\r\n\r\n{";
    let answer = raw::answer(app.public, begun).await;
    assert_eq!(status(&answer), "408");
    assert!(answer.contains("/problemes/request-timeout"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let app = App::with(&[("SERVER__REQUEST_TIMEOUT_MS", "150")]).await;
    let answer = app.get("/v1/test/wait").await;
    assert_eq!(answer.status(), 504);
    let problem: serde_json::Value = answer.json().await.expect("JSON");
    assert!(problem["type"].as_str().is_some_and(|kind| kind.ends_with("/problemes/timeout")));
}

#[tokio::test]
async fn without_room_to_work_requests_are_refused_and_health_is_not() {
    let mut app = App::with(&[("SERVER__IN_FLIGHT_MAX", "1")]).await;
    let waiting = begun(app.client.get(app.url("/v1/test/wait")).send());
    app.entered.recv().await.expect("the handler began");
    let refused = app.get("/test/cached").await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(app.get("/healthz").await.status(), 200);
    app.release.add_permits(1);
    assert_eq!(waiting.await.expect("no panic").expect("an answer").status(), 200);
    assert_eq!(app.get("/test/cached").await.status(), 200);
}

#[tokio::test]
async fn one_client_cannot_take_every_connection() {
    let app = App::with(&[("SERVER__CONNECTIONS_PER_IP_MAX", "2")]).await;
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut first = raw::sent(app.public, request).await;
    let mut second = raw::sent(app.public, request).await;
    raw::one_answer(&mut first, "}").await;
    raw::one_answer(&mut second, "}").await;
    assert_eq!(raw::answer(app.public, b"").await, "", "closed without a word");
    drop(first);
    let close = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let again = eventually("a seat given back", async || {
        let mut stream = tokio::net::TcpStream::connect(app.public).await.ok()?;
        tokio::io::AsyncWriteExt::write_all(&mut stream, close).await.ok()?;
        Some(raw::rest(stream).await).filter(|answer| !answer.is_empty())
    });
    assert_eq!(status(&again.await), "200");
}

#[tokio::test]
async fn a_head_that_can_be_read_in_two_ways_is_refused() {
    let app = App::start().await;
    let post = "POST /test/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n";
    for (request, refused) in [
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        (
            "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n".to_owned(),
            "400",
        ),
        ("GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        (format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"), "400"),
        (format!("{post}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{{}}"), "415"),
    ] {
        let answer = raw::answer(app.public, request.as_bytes()).await;
        assert_eq!(status(&answer), refused, "{request}: {answer}");
    }
}

#[tokio::test]
async fn a_request_hidden_behind_another_is_not_read() {
    let app = App::start().await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let json = "POST /test/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    let body = "2\r\n{}\r\n0\r\n\r\n";
    for both in [
        format!("{json}Content-Length: 4\r\n{chunked}\r\n{body}{hidden}"),
        format!("{json}{chunked}Content-Length: 4\r\n\r\n{body}{hidden}"),
        format!("{json}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}} {hidden}"),
        format!("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n{hidden}"),
        format!("{json}Transfer-Encoding: chunked, identity\r\n\r\n{body}{hidden}"),
    ] {
        let answer = raw::answer(app.public, both.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{both}: {answer}");
    }
}
