//! Stopping: nothing under way is lost, nothing new is begun, and it ends.

use assurly::gateway::Drained;

use crate::harness::app::App;
use crate::harness::{begun, eventually, raw};

#[tokio::test]
async fn a_request_under_way_is_answered_and_no_new_one_begun() {
    let mut app = App::start().await;
    let waiting = begun(app.client.get(app.url("/test/wait")).send());
    let mut idle = raw::sent(app.public, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    raw::one_answer(&mut idle, "}").await;
    app.entered.recv().await.expect("the handler began");
    app.stop.ask();
    assert_eq!(raw::rest(idle).await, "", "an idle connection is closed");
    let public = app.public;
    eventually("nothing listens any more", async || {
        tokio::net::TcpStream::connect(public).await.err()
    })
    .await;
    let readiness = format!("http://{}/readyz", app.admin);
    let answer = app.client.get(readiness).send().await.expect("operators are answered");
    assert_eq!(answer.status(), 503);
    app.release.add_permits(1);
    let answer = waiting.await.expect("no panic").expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "done");
    assert_eq!(app.ended().await, Drained::Clean);
}

/// The test's own thread runs the program: while it does not wait, the program does not see what
/// the kernel has taken in already.
#[tokio::test]
async fn what_the_kernel_has_received_is_answered() {
    let mut app = App::start().await;
    let request = b"GET /test/cached HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut idle = raw::sent(app.public, request).await;
    raw::one_answer(&mut idle, "x").await;
    let mut idle = idle.into_std().expect("a stream");
    let mut queued = std::net::TcpStream::connect(app.public).expect("in the queue");
    std::io::Write::write_all(&mut idle, request).expect("sent");
    std::io::Write::write_all(&mut queued, request).expect("sent");
    app.stop.ask();
    queued.set_nonblocking(true).expect("a stream");
    for stream in [idle, queued] {
        let stream = tokio::net::TcpStream::from_std(stream).expect("a stream");
        let answer = raw::rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    assert_eq!(app.ended().await, Drained::Clean);
}

#[tokio::test]
async fn a_balancer_sees_the_end_before_it_comes() {
    let app = App::with(&[("SERVER__DRAIN_DELAY_MS", "60000")]).await;
    assert_eq!(app.get("/readyz").await.status(), 200);
    app.stop.ask();
    let answer = app.get("/readyz").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["connection"]),
        (503, &"close".parse().expect("ASCII"))
    );
    let answer = app.get("/test/cached").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["connection"]),
        (200, &"close".parse().expect("ASCII"))
    );
}

#[tokio::test]
async fn a_client_that_does_not_take_its_answer_is_cut() {
    let short = [("SERVER__DRAIN_TIMEOUT_MS", "200"), ("SERVER__REQUEST_TIMEOUT_MS", "200")];
    let mut app = App::with(&short).await;
    let mut stream = raw::sent(app.public, b"GET /test/flood HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // The first bytes of the answer: the request is under way.
    raw::some(&mut stream).await;
    app.stop.ask();
    assert_eq!(app.ended().await, Drained::Cut { connections: 1 });
    assert!(raw::rest(stream).await.len() < 64 << 20);
}

#[tokio::test]
async fn a_second_request_to_stop_is_obeyed_at_once() {
    let mut app = App::with(&[("SERVER__DRAIN_TIMEOUT_MS", "300000")]).await;
    let waiting = begun(app.client.get(app.url("/test/wait")).send());
    app.entered.recv().await.expect("the handler began");
    app.stop.ask();
    app.stop.force();
    assert_eq!(app.ended().await, Drained::Cut { connections: 1 });
    assert!(waiting.await.expect("no panic").is_err());
}
