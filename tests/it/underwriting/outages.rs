//! An engine that is away: whose address never answers, whose volume is lost, and whom that stops.

use std::time::{Duration, Instant};

use assurly::kernel::problem::Kind;
use assurly::slices::underwriting::SessionState;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::faults::{JSON, Liar, QUESTIONNAIRE};
use super::{Person, app, app_on, rows};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::tomcat::Tomcat;
use crate::harness::{begun, eventually};

/// A machine that takes no connection and refuses none: its queue is full, and nobody empties it.
struct Deaf {
    url: String,
    _listener: TcpListener,
    _queue: Vec<JoinHandle<std::io::Result<TcpStream>>>,
}

impl Deaf {
    async fn start() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        let listener = socket.listen(0).expect("a queue of one");
        let address = listener.local_addr().expect("an address");
        let queue: Vec<_> = (0..8).map(|_| begun(TcpStream::connect(address))).collect();
        eventually("its queue is full", async || {
            queue.iter().any(JoinHandle::is_finished).then_some(())
        })
        .await;
        Self { url: format!("http://{address}"), _listener: listener, _queue: queue }
    }
}

#[tokio::test]
async fn an_address_that_never_answers_is_given_up_within_the_time_to_connect() {
    let (liar, database) = (Liar::start().await, TestDatabase::own().await);
    let well = app_on(&database, &liar.engine(), &[]).await;
    let person = Person::at("hana", &well).await;
    // Another copy of the program, for which the engine is a machine that is not there.
    let deaf = Deaf::start().await;
    let over = [
        ("UNDERWRITING__URL", deaf.url.as_str()),
        ("UNDERWRITING__CONNECT_TIMEOUT_MS", "200"),
        // Far longer: it is the time to connect that ends it.
        ("UNDERWRITING__ANSWER_TIMEOUT_MS", "110000"),
        ("UNDERWRITING__SUBMIT_TIMEOUT_MS", "110000"),
        ("UNDERWRITING__EXCHANGE_TIMEOUT_MS", "115000"),
    ];
    let away = app_on(&database, &liar.engine(), &over).await;
    let since = Instant::now();
    let answer = person.get(&away, QUESTIONNAIRE).await;
    assert_eq!(answer.status(), 503, "{:?}", answer.text().await);
    assert_eq!(answer.headers()["retry-after"], "5");
    let tried_twice = Duration::from_millis(2 * 200 + 200);
    assert!(since.elapsed() >= tried_twice, "a reading is tried once more, 200 ms later");
    let put = serde_json::json!({ "revision": 0, "answers": {} });
    assert_eq!(person.put(&away, &put).await.status(), 503);
    let mut late = Person::new("late");
    assert_eq!(late.open(&away).await.expect_err("away").kind, Kind::Unavailable);
    let standing = away.underwriting.standing(late.insured).await.expect("a database");
    assert_eq!(standing.expect("begun").state, SessionState::Created);
    let metrics = away.metrics().await;
    let is_told =
        |line: &String| line.starts_with("reflex_upstream_errors_total{kind=\"connect\"}");
    assert!(metrics.iter().any(is_told), "counted");
    // The same person at the copy that has an engine.
    liar.answers(JSON, "{}");
    assert_eq!(person.get(&well, QUESTIONNAIRE).await.status(), 200);
    late.open(&well).await.expect("the opening that was begun is gone on with");
}

/// Nobody is told that their session is over because the database is away.
#[tokio::test]
async fn who_cannot_be_looked_up_is_not_taken_for_nobody() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("unknowable", &app).await;
    for path in [QUESTIONNAIRE, "/questionnaire/suite"] {
        let answer = person.get(&app, path).await;
        assert_eq!(answer.status(), 503, "{path}: {:?}", answer.text().await);
    }
}

/// How many are stopped.
async fn stopped(app: &App) -> i64 {
    let count: Vec<(i64,)> =
        rows(app, "SELECT COUNT(*) FROM uw_session WHERE stopped_at IS NOT NULL").await;
    count[0].0
}

#[tokio::test]
async fn whom_an_outage_stops_in_the_middle_is_noted_until_they_go_on() {
    let (liar, database) = (Liar::start().await, TestDatabase::own().await);
    let app = app_on(&database, &liar.engine(), &[]).await;
    let person = Person::at("mina", &app).await;
    liar.answers("422 No\r\nContent-Type: application/problem+json", "{}");
    assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 422);
    assert_eq!(stopped(&app).await, 0, "who asks for something wrong is not stopped");
    liar.answers("503 Away\r\nContent-Type: application/problem+json", "{}");
    for _ in 0..3 {
        assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 503);
        assert_eq!(stopped(&app).await, 1);
    }
    liar.answers(JSON, "{}");
    assert_eq!(person.get(&app, QUESTIONNAIRE).await.status(), 200);
    assert_eq!(stopped(&app).await, 0, "they go on");
}

#[tokio::test]
async fn who_answered_before_the_volume_was_lost_is_told_and_begins_again() {
    let mut tomcat = Tomcat::own("volume", None).await;
    let app = app(&tomcat, &[("UNDERWRITING__BREAKER_OPEN_MS", "100")]).await;
    let mut person = Person::at("lena", &app).await;
    let put = serde_json::json!({ "revision": 0, "answers": { "profession": "bureau" } });
    assert_eq!(person.put(&app, &put).await.status(), 200);
    tomcat.kill();
    tomcat.lose_volume();
    tomcat.start().await;
    let gone = eventually("it is asked again", async || {
        let refused = person.open(&app).await.expect_err("lost");
        (refused.kind != Kind::Unavailable).then_some(refused)
    })
    .await;
    assert_eq!(gone.kind, Kind::Gone, "said, and not hidden");
    assert!(gone.detail.is_some_and(|it| it.contains("n’ont pas pu être retrouvées")));
    person.open(&app).await.expect("a new one is offered");
    assert_eq!(person.questionnaire(&app).await["revision"], 0);
    let states: Vec<(String,)> =
        rows(&app, "SELECT state FROM uw_session ORDER BY created_at, state DESC").await;
    let states: Vec<_> = states.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(states.len(), 2, "{states:?}");
    assert!(states.contains(&"FAILED") && states.contains(&"IN_PROGRESS"), "{states:?}");
}
