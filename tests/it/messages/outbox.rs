//! The outbox: with its caller's transaction or not at all, once for an event, sealed, and erased.

use std::collections::BTreeSet;
use std::time::Duration;

use assurly::kernel::problem::{Kind, Problem};
use assurly::slices::messages::{Message, PostError, Posted};

use super::{CODE, arrived, message, once, post, row, through};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::smtp::{Mood, SmtpSink};
use crate::harness::{eventually, logs, soon};

#[tokio::test]
async fn a_message_leaves_if_and_only_if_its_transaction_commits() {
    let sink = SmtpSink::start(Mood::Takes).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    let mut transaction = app.opened().pool().begin().await.expect("a transaction");
    let undone = message("test/undone", "a@exemple.fr");
    let posted = app.messages.post(&mut transaction, undone).await.expect("posted");
    assert_eq!(posted, Posted::Queued);
    transaction.rollback().await.expect("undone");
    app.messages.wake();
    post(&app, message("test/done", "b@exemple.fr")).await;
    let letters = arrived(&sink, 1).await;
    once(&app, "test/done", "sent").await;
    assert_eq!(letters[0].to, "b@exemple.fr");
    assert_eq!((sink.letters().len(), row(&app, "test/undone").await), (1, None));
}

#[tokio::test]
async fn an_event_has_one_message_whoever_posts_it_again() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("MESSAGES__EMAIL_TRANSPORT", "none")]).await;
    let first = post(&app, message("test/once", "a@exemple.fr")).await;
    let again = post(&app, message("test/once", "b@exemple.fr")).await;
    assert_eq!((first, again), (Posted::Queued, Posted::AlreadyPosted));
    // Two letters of one word are two events.
    assert_eq!(post(&app, message("test/ONCE", "a@exemple.fr")).await, Posted::Queued);
    // In one transaction too, of which the rest goes on.
    let mut transaction = app.opened().pool().begin().await.expect("a transaction");
    for wanted in [Posted::Queued, Posted::AlreadyPosted] {
        let twice = message("test/twice", "a@exemple.fr");
        let posted = app.messages.post(&mut transaction, twice).await;
        assert_eq!(posted.expect("posted"), wanted);
    }
    transaction.commit().await.expect("committed");
    assert!(row(&app, "test/twice").await.is_some_and(|row| row.state == "pending"));
}

#[tokio::test]
async fn two_copies_send_each_message_once() {
    let sink = SmtpSink::start(Mood::Takes).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let over = through(&url, &[("MESSAGES__BATCH", "5")]);
    let waits = [("MESSAGES__EMAIL_TRANSPORT", "none")];
    let writer = App::on_database(&database, &waits).await;
    let mut transaction = writer.opened().pool().begin().await.expect("a transaction");
    for number in 0..200 {
        let one = message(&format!("test/many/{number}"), &format!("p{number}@exemple.fr"));
        writer.messages.post(&mut transaction, one).await.expect("posted");
    }
    transaction.commit().await.expect("committed");
    let copies =
        [App::on_database(&database, &over).await, App::on_database(&database, &over).await];
    let sent = "SELECT COUNT(*) FROM message_outbox WHERE state = 'sent'";
    eventually("all of them are sent", async || {
        let count: i64 = sqlx::query_scalar(sent).fetch_one(writer.opened().pool()).await.ok()?;
        (count == 200).then_some(())
    })
    .await;
    let letters = sink.letters();
    let people: BTreeSet<_> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!((letters.len(), people.len()), (200, 200));
    assert!(sink.connections() <= 20, "connections are used again: {}", sink.connections());
    drop(copies);
}

#[tokio::test]
async fn what_is_kept_is_sealed_and_then_erased() {
    let sink = SmtpSink::start(Mood::Takes).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let waits = App::on_database(&database, &[("MESSAGES__EMAIL_TRANSPORT", "none")]).await;
    post(&waits, message("test/sealed", "camille@exemple.fr")).await;
    let dump = "SELECT CONCAT_WS('|', HEX(id), event, channel, state, HEX(recipient_mark), \
                CONVERT(recipient USING latin1), CONVERT(letter USING latin1), locale) \
                FROM message_outbox";
    let kept: String =
        sqlx::query_scalar(dump).fetch_one(waits.opened().pool()).await.expect("a row");
    assert!(kept.contains("test/sealed") && kept.len() > 300, "{kept}");
    for secret in [CODE, "camille", "exemple.fr", "jeton", "demand"] {
        assert!(!kept.contains(secret), "{secret} in {kept}");
    }
    let app = App::on_database(&database, &through(&url, &[])).await;
    let sent = once(&app, "test/sealed", "sent").await;
    assert!(!sent.has_words, "{sent:?}");
    assert_eq!(arrived(&sink, 1).await[0].to, "camille@exemple.fr");
    let named = logs::holding("camille");
    assert!(named.is_empty(), "{named:?}");
    // Six digits stand by chance in one identifier of some ten thousand requests, and one line of a million is
    // written at the microsecond that they are: all tests of the process write here, tens of thousands of lines.
    let mut said = logs::holding(CODE);
    said.retain(|line| is_said(&line.to_string()));
    assert!(said.is_empty(), "{said:?}");
}

/// Whether the code stands there by itself, and not within an identifier or a fraction of a second.
fn is_said(line: &str) -> bool {
    let is_part = |sign: char| sign.is_ascii_hexdigit() || sign == '.';
    line.match_indices(CODE).any(|(at, code)| {
        let after = &line[at + code.len()..];
        !line[..at].ends_with(is_part) && !after.starts_with(|c: char| c.is_ascii_hexdigit())
    })
}

#[tokio::test]
async fn a_stale_message_is_not_sent() {
    let sink = SmtpSink::start(Mood::NotNow).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    let expires = Some(app.clock.now() + Duration::from_secs(300));
    post(&app, Message { expires, ..message("test/stale", "a@exemple.fr") }).await;
    // Tried and put back: a try that is still under way would find the server in a better mood.
    let put_back = async || {
        row(&app, "test/stale").await.filter(|row| row.attempts > 0 && row.state == "pending")
    };
    eventually("it was tried", put_back).await;
    app.clock.advance(Duration::from_secs(301));
    sink.becomes(Mood::Takes);
    let dead = once(&app, "test/stale", "dead").await;
    assert_eq!((dead.reason.as_deref(), dead.has_words), (Some("expired"), false));
    assert!(sink.letters().is_empty());
}

#[tokio::test]
async fn old_rows_go() {
    let sink = SmtpSink::start(Mood::Takes).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    post(&app, message("test/old", "a@exemple.fr")).await;
    once(&app, "test/old", "sent").await;
    app.clock.advance(Duration::from_secs(31 * 86_400));
    eventually("it is gone", async || row(&app, "test/old").await.is_none().then_some(())).await;
}

#[tokio::test]
async fn without_a_key_nothing_is_posted_and_that_is_an_outage() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("CRYPTO__KEYRING_FILE", "")]).await;
    let mut transaction = app.opened().pool().begin().await.expect("a transaction");
    let refused = app.messages.post(&mut transaction, message("test/x", "a@exemple.fr")).await;
    let problem = Problem::from(refused.expect_err("no key"));
    assert_eq!(problem.kind, Kind::Unavailable);
    let wrong = app.messages.post(&mut transaction, message("test/x", "nobody")).await;
    assert!(matches!(wrong, Err(PostError::NoMessage(_))));
}

#[tokio::test]
async fn it_stops_gently_even_without_a_database() {
    let mut app = App::without_database(&[]).await;
    app.stop.ask();
    soon(app.ended()).await;
    let sink = SmtpSink::start(Mood::Takes).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let mut app = App::on_database(&database, &through(&url, &[])).await;
    post(&app, message("test/before", "a@exemple.fr")).await;
    once(&app, "test/before", "sent").await;
    // A database that goes away is waited for.
    app.opened().close().await;
    assert_eq!(app.get("/healthz").await.status(), 200);
    eventually("it is said", async || {
        logs::holding("the outbox cannot be reached").pop().filter(|line| line["level"] == "ERROR")
    })
    .await;
    app.stop.ask();
    soon(app.ended()).await;
}

#[tokio::test]
async fn the_figures_say_what_left_and_what_waits() {
    let sink = SmtpSink::start(Mood::Takes).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    post(&app, message("test/counted", "a@exemple.fr")).await;
    once(&app, "test/counted", "sent").await;
    let metrics = app.metrics().await;
    let found = |start: &str| metrics.iter().any(|line| line.starts_with(start));
    assert!(found("messages_total{channel=\"email\",outcome=\"sent\"}"), "{metrics:?}");
    assert!(found("messages_total{channel=\"sms\",outcome=\"dead\"}"));
    assert!(found("messages_outbox{channel=\"email\",state=\"pending\"}"));
    assert!(found("messages_oldest_seconds{channel=\"email\"}"));
}
