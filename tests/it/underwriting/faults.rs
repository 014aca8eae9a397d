//! An engine that is slow, cut, lying or huge: a raw server in its place, for what the real one cannot be
//! made to do. It opens sessions as the real one does, then answers a browser with what the test wrote.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Person, app_at};
use crate::harness::app::App;
use crate::harness::{begun, eventually, soon};

/// What is written to a browser's request.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Say(String),
    /// Says this many bytes.
    Flood(usize),
    /// Says a little now and then, for ever.
    Drip,
    /// Says nothing more, and keeps the connection.
    Hang,
}

/// A server that says what it was told to.
pub(super) struct Liar {
    address: std::net::SocketAddr,
    script: Arc<Mutex<Vec<Step>>>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (script, heads) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let (steps, seen) = (Arc::clone(&script), Arc::clone(&heads));
        drop(begun(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (steps, seen) = (Arc::clone(&steps), Arc::clone(&seen));
                drop(begun(converse(stream, steps, seen)));
            }
        }));
        Self { address, script, heads }
    }

    fn says(&self, steps: &[Step]) {
        *self.script.lock().expect("no panic") = steps.to_vec();
    }

    pub(super) fn answers(&self, head: &str, body: &str) {
        let length = body.len();
        let text = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}");
        self.says(&[Step::Say(text)]);
    }

    pub(super) fn asked(&self) -> Vec<String> {
        let heads = std::mem::take(&mut *self.heads.lock().expect("no panic"));
        // The service looks now and then whether the engine is well: that is nobody's request.
        heads.into_iter().filter(|head| !head.contains("/integration/v1/health ")).collect()
    }

    pub(super) async fn app(&self, over: &[(&str, &str)]) -> App {
        app_at(&self.engine(), over).await
    }

    /// The settings of a program that uses it.
    pub(super) fn engine(&self) -> [(&'static str, String); 9] {
        let key = format!("{}/liar-key-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        std::fs::write(&key, "k".repeat(64)).expect("written");
        [
            ("UNDERWRITING__URL", format!("http://{}", self.address)),
            ("UNDERWRITING__INTEGRATION_KEY_FILE", key),
            ("UNDERWRITING__BREAKER_FAILURES", "1000".to_owned()),
            ("UNDERWRITING__ANSWER_TIMEOUT_MS", "300".to_owned()),
            ("UNDERWRITING__SUBMIT_TIMEOUT_MS", "500".to_owned()),
            ("UNDERWRITING__IDLE_TIMEOUT_MS", "300".to_owned()),
            ("UNDERWRITING__EXCHANGE_TIMEOUT_MS", "1500".to_owned()),
            ("UNDERWRITING__ANSWER_BYTES_MAX", "65536".to_owned()),
            ("UNDERWRITING__POLL_MS", "20".to_owned()),
        ]
    }
}

/// One connection: sessions are opened, everything else gets the script, and the connection's end.
async fn converse(
    mut stream: TcpStream,
    script: Arc<Mutex<Vec<Step>>>,
    heads: Arc<Mutex<Vec<String>>>,
) {
    loop {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read_buf(&mut bytes).await {
                Ok(1..) => {}
                _ => return,
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
        });
        while bytes.len() < end + length.unwrap_or(0) {
            if !matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {
                return;
            }
        }
        let body = String::from_utf8_lossy(&bytes[end..]).into_owned();
        if head.starts_with("POST /cep-core/integration/v1/sessions") {
            let id = head.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
            let id = id.unwrap_or("s");
            let json = format!(
                "{{\"sessionId\":\"{id}\",\"token\":\"aaa.bbb.ccc\",\"expiresIn\":1800,\
                 \"ui\":\"/continue/\",\"kb\":\"x@1\",\"revision\":0}}"
            );
            let text = format!(
                "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
                json.len()
            );
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
            continue;
        }
        heads.lock().expect("no panic").push(head + &body);
        let steps = script.lock().expect("no panic").clone();
        for step in steps {
            let written = match step {
                Step::Say(text) => stream.write_all(text.as_bytes()).await,
                Step::Flood(bytes) => stream.write_all(&vec![b'x'; bytes]).await,
                Step::Drip => drip(&mut stream).await,
                Step::Hang => std::future::pending().await,
            };
            if written.is_err() {
                return;
            }
        }
        return;
    }
}

async fn drip(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    loop {
        beat.tick().await;
        stream.write_all(b"x").await?;
    }
}

pub(super) const QUESTIONNAIRE: &str = "/cep-core/api/v1/questionnaire";
pub(super) const JSON: &str = "200 OK\r\nContent-Type: application/json";

#[tokio::test]
async fn an_answer_that_is_not_of_the_contract_is_replaced_by_our_words() {
    let liar = Liar::start().await;
    let app = liar.app(&[]).await;
    let person = Person::at("ada", &app).await;
    let html = "Content-Type: text/html\r\nSet-Cookie: a=b\r\nServer: Tomcat";
    for (path, head, expected) in [
        (QUESTIONNAIRE, format!("500 Oops\r\n{html}"), 502),
        (QUESTIONNAIRE, format!("200 OK\r\n{html}"), 502),
        (QUESTIONNAIRE, format!("404 Not Found\r\n{html}"), 404),
        (QUESTIONNAIRE, format!("503 Away\r\n{html}"), 503),
        (QUESTIONNAIRE, "302 Found\r\nLocation: https://evil.example/".to_owned(), 502),
        (QUESTIONNAIRE, "201 Created\r\nContent-Type: application/json".to_owned(), 502),
        (QUESTIONNAIRE, format!("{JSON}\r\nContent-Encoding: gzip"), 502),
        (QUESTIONNAIRE, format!("{JSON}\r\nLocation: https://evil.example/"), 502),
        ("/continue/", "303 See Other\r\nLocation: https://evil.example/".to_owned(), 502),
        ("/continue/", "303 See Other\r\nLocation: //evil.example/continue/".to_owned(), 502),
        ("/continue/", "303 See Other\r\nLocation: /ras-web/".to_owned(), 502),
        ("/continue/", "302 Found\r\nLocation: /continue/question/1".to_owned(), 502),
        ("/continue/", "303 See Other\r\nLocation: /continue/question/1".to_owned(), 303),
        ("/continue/", format!("500 Oops\r\n{html}"), 502),
        ("/continue/", format!("404 Not Found\r\n{html}"), 404),
        ("/continue/", "200 OK\r\nContent-Type: application/javascript".to_owned(), 502),
        ("/continue/look/x.css", "200 OK\r\nContent-Type: text/html".to_owned(), 502),
        ("/cep-core/api/v1/documents/x", "200 OK\r\nContent-Type: text/html".to_owned(), 502),
    ] {
        liar.answers(&head, "SECRET-OF-THE-ENGINE");
        let answer = person.get(&app, path).await;
        assert_eq!(answer.status(), expected, "{path}: {head}");
        assert!(answer.headers().get("set-cookie").is_none());
        assert!(!answer.headers().contains_key("server"), "{head}");
        let reference = answer.headers().contains_key("x-request-id");
        let text = answer.text().await.expect("text");
        assert!(!text.contains("SECRET"), "{head}: {text}");
        assert!(reference);
        assert_eq!(liar.asked().len(), 1, "no redirect is followed: {head}");
    }
}

#[tokio::test]
async fn headers_go_both_ways_by_list() {
    let liar = Liar::start().await;
    let app = liar.app(&[]).await;
    let person = Person::at("bob", &app).await;
    liar.answers(
        &format!("{JSON}\r\nSet-Cookie: JSESSIONID=1\r\nX-Powered-By: x\r\nETag: \"e\""),
        "{}",
    );
    let asked = person.asks(&app, &reqwest::Method::GET, &format!("{QUESTIONNAIRE}?a=secret"));
    let asked = asked
        .header("if-none-match", "\"e0\"")
        .header("x-forwarded-for", "6.6.6.6")
        .header("accept-language", "fr");
    let answer = soon(asked.send()).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let headers = answer.headers();
    assert_eq!(
        (&headers["etag"], &headers["cache-control"]),
        (&"\"e\"".parse().unwrap(), &"no-store".parse().unwrap())
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let policy = headers["content-security-policy"].to_str().expect("text");
    for rule in
        ["default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
    {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!headers.contains_key("set-cookie") && !headers.contains_key("x-powered-by"));
    let [head] = liar.asked().try_into().expect("one request");
    let head = head.to_lowercase();
    for right in [
        "authorization: bearer aaa.bbb.ccc",
        "accept-language: fr",
        "x-forwarded-for: 127.0.0.1",
        "traceparent: 00-",
        "if-none-match: \"e0\"",
        "x-request-id: ",
    ] {
        assert!(head.contains(right), "{right}: {head}");
    }
    for wrong in ["cookie", "6.6.6.6", "who=", "sec-fetch", "secret"] {
        assert!(!head.contains(wrong), "{wrong}: {head}");
    }
    assert!(head.contains(&format!("host: {}", liar.address)));
}

#[tokio::test]
async fn slow_cut_and_huge_answers_end_in_time() {
    let liar = Liar::start().await;
    let app = liar.app(&[]).await;
    let person = Person::at("grace", &app).await;
    liar.says(&[Step::Hang]);
    assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 504);
    assert_eq!(person.submit(&app).await.status(), 504);
    liar.asked();
    for (steps, what) in [
        (vec![], "closed at once"),
        (vec![Step::Say("garbage".into())], "no HTTP"),
        (vec![Step::Say("HTTP/1.1 200 OK\r\nX: ".into()), Step::Flood(200_000)], "an endless head"),
    ] {
        liar.says(&steps);
        assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 502, "{what}");
        let put = serde_json::json!({ "revision": 0, "answers": {} });
        assert_eq!(person.put(&app, &put).await.status(), 502, "{what}");
        // What may have been taken is not sent again: the page does that, with its revision.
        assert_eq!(liar.asked().len(), 2, "{what}");
    }
    liar.answers(JSON, &"x".repeat(70_000));
    assert_eq!(
        person.get(&app, QUESTIONNAIRE).await.status(),
        502,
        "more than the limit, announced"
    );
    let begin = |length: &str| Step::Say(format!("HTTP/1.1 {JSON}\r\n{length}\r\n\r\n"));
    for (steps, what) in [
        (vec![begin("Content-Length: 100"), Step::Flood(10)], "cut in the middle"),
        (vec![begin("Content-Length: 100"), Step::Flood(10), Step::Hang], "silent in the middle"),
        (vec![begin("Content-Length: 60000"), Step::Drip], "longer than an exchange takes"),
        (
            vec![
                begin("Transfer-Encoding: chunked"),
                Step::Say("20000\r\n".into()),
                Step::Flood(0x20000),
                Step::Say("\r\n0\r\n\r\n".into()),
            ],
            "more than the limit",
        ),
    ] {
        liar.says(&steps);
        let answer = person.get(&app, QUESTIONNAIRE).await;
        assert_eq!(answer.status(), 200, "its head was right: {what}");
        assert!(soon(answer.bytes()).await.is_err(), "{what}");
    }
}

#[tokio::test]
async fn an_engine_that_hangs_slows_nobody_else() {
    let liar = Liar::start().await;
    // Far longer than this test may take: nobody who hangs is let go by the clock.
    let long = [
        ("UNDERWRITING__ANSWER_TIMEOUT_MS", "110000"),
        ("UNDERWRITING__EXCHANGE_TIMEOUT_MS", "115000"),
        ("SERVER__REQUEST_TIMEOUT_MS", "120000"),
        ("SERVER__DRAIN_TIMEOUT_MS", "120000"),
        ("UNDERWRITING__CONCURRENT_MAX", "4"),
    ];
    let app = Arc::new(liar.app(&long).await);
    let person = Arc::new(Person::at("ken", &app).await);
    liar.says(&[Step::Hang]);
    let asks = (0..4).map(|_| {
        let (app, person) = (Arc::clone(&app), Arc::clone(&person));
        begun(async move { person.get(&app, QUESTIONNAIRE).await.status().as_u16() })
    });
    let asks: Vec<_> = asks.collect();
    let mut heads = 0;
    eventually("every seat hangs", async || {
        heads += liar.asked().len();
        (heads == 4).then_some(())
    })
    .await;
    // A person on another path, a price, and whoever comes too late for a seat are answered meanwhile.
    for path in ["/continuer", "/simuler", "/readyz"] {
        for _ in 0..10 {
            let expected = if path == "/continuer" { 404 } else { 200 };
            assert_eq!(app.get(path).await.status(), expected, "{path}");
        }
    }
    assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 503, "no seat is left");
    for ask in asks {
        assert!(!ask.is_finished(), "they hang still");
        ask.abort();
    }
}

#[tokio::test]
async fn the_breaker_opens_and_closes() {
    let liar = Liar::start().await;
    let few = [
        ("UNDERWRITING__BREAKER_FAILURES", "3"),
        ("UNDERWRITING__BREAKER_WINDOW_MS", "120000"),
        ("UNDERWRITING__BREAKER_OPEN_MS", "120000"),
    ];
    let app = liar.app(&few).await;
    let person = Person::at("ken", &app).await;
    liar.says(&[]);
    let failed = eventually("it is left alone", async || {
        let answer = person.get(&app, QUESTIONNAIRE).await;
        (answer.status() == 503).then_some(answer)
    })
    .await;
    assert_eq!(failed.headers()["retry-after"], "5");
    liar.asked();
    for _ in 0..5 {
        assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 503);
    }
    assert_eq!(liar.asked().len(), 0, "left alone: nobody asks it");
    eventually("the operators read it", async || {
        let ready = app.client.get(format!("http://{}/readyz", app.admin)).send().await.ok()?;
        assert_eq!(ready.status(), 200, "that never makes the service unready");
        ready.text().await.ok()?.contains("degraded").then_some(())
    })
    .await;
    // Another program, which tries again sooner: it closes.
    let soon_again =
        [("UNDERWRITING__BREAKER_FAILURES", "1"), ("UNDERWRITING__BREAKER_OPEN_MS", "50")];
    liar.answers(JSON, "{}");
    let app = liar.app(&soon_again).await;
    let person = Person::at("ray", &app).await;
    liar.says(&[]);
    eventually("it opens", async || {
        (person.get(&app, QUESTIONNAIRE).await.status() == 503).then_some(())
    })
    .await;
    liar.answers(JSON, "{}");
    eventually("it closes", async || {
        (person.get(&app, QUESTIONNAIRE).await.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let liar = Liar::start().await;
    let app = liar.app(&[]).await;
    let person = Person::at("lin", &app).await;
    liar.answers("401 Unauthorized\r\nContent-Type: application/problem+json", "{}");
    let answer = person.put(&app, &serde_json::json!({ "revision": 0, "answers": {} })).await;
    assert_eq!(answer.status(), 401);
    let asked = liar.asked();
    assert_eq!(asked.len(), 2, "once more, and no more");
    assert!(asked.iter().all(|it| it.contains("\"revision\":0")), "the body again");
    assert!(super::figures::forged(&app, "engine").await >= 1.0, "the operators are told");
}

#[tokio::test]
async fn a_decision_that_lies_is_not_taken() {
    let liar = Liar::start().await;
    let app = liar.app(&[]).await;
    let person = Person::at("joan", &app).await;
    let decision = |outcome: &str| {
        format!(
            "{{\"state\":\"DECIDED\",\"revision\":1,\"decision\":{{\"decisionId\":\"d\",\"kb\":\"x@1\",\
             \"asOf\":\"2026-11-23\",\"decidedAt\":\"2026-11-23T09:00:00Z\",\"validUntil\":\"2027-03-23\",\
             \"automatic\":true,\"status\":\"DECIDED\",\"insured\":[{{\"ref\":\"1\",\"guarantees\":[\
             {{\"code\":\"DC\",\"outcome\":\"{outcome}\"}}]}}],\"medical\":{{}}}}}}"
        )
    };
    liar.answers(JSON, &decision("SURE"));
    let submitted = "UPDATE uw_session SET state = 'SUBMITTED', next_poll_at = created_at";
    super::run(&app, submitted).await;
    eventually("it is asked", async || (!liar.asked().is_empty()).then_some(())).await;
    eventually("it is put off", async || {
        let due: Vec<(u32,)> =
            super::rows(&app, "SELECT attempts FROM uw_session WHERE next_poll_at > created_at")
                .await;
        (due == [(1,)]).then_some(())
    })
    .await;
    let standing = app.underwriting.standing(person.insured).await.expect("a database");
    assert!(
        standing.expect("one").decision.is_none(),
        "an outcome that nobody knows is no outcome"
    );
}
