//! E-mails through a real conversation with a mail server, in each of its moods.

use std::time::Duration;

use super::{CODE, arrived, message, once, post, row, through};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::smtp::{Mood, SmtpSink};
use crate::harness::{eventually, soon};

#[tokio::test]
async fn an_e_mail_is_whole() {
    let sink = SmtpSink::start(Mood::Takes).await;
    let file = format!("{}/smtp-credentials", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, "assurly:hunter2:x\n").expect("written");
    let (database, url) = (TestDatabase::own().await, sink.url());
    let over = [("MESSAGES__SMTP__CREDENTIALS_FILE", file.as_str()), ("BRAND__NAME", "Assurly é")];
    let app = App::on_database(&database, &through(&url, &over)).await;
    post(&app, message("test/whole", "camille@exemple.fr")).await;
    let text = arrived(&sink, 1).await[0].text.clone();
    for part in [
        "From: =?utf-8?b?QXNzdXJseSDDqQ==?= <bonjour@assurly.example>",
        "To: camille@exemple.fr",
        "Subject: Confirmez votre adresse =?utf-8?",
        "Date: Mon, 23 Nov 2026 09:00:00 +0000",
        "Message-ID: <msg_",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(text.matches(CODE).count() >= 2, "in both forms: {text}");
    assert!(text.is_ascii(), "fit for any server: {text}");
    assert_eq!(sink.logins(), ["assurly:hunter2:x"]);
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_later_and_later() {
    let sink = SmtpSink::start(Mood::NotNow).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    post(&app, message("test/later", "a@exemple.fr")).await;
    let tried = async |attempts: u32| {
        eventually("another try", async || {
            row(&app, "test/later")
                .await
                .filter(|row| row.state == "pending" && row.attempts == attempts)
        })
        .await
    };
    assert_eq!(tried(1).await.reason.as_deref(), Some("smtp_not_now"));
    app.clock.advance(Duration::from_secs(5));
    tried(2).await;
    // The second wait is of 5 to 10 seconds.
    sink.becomes(Mood::HangsUpBefore);
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(tried(3).await.reason.as_deref(), Some("smtp_not_now"));
    sink.becomes(Mood::Takes);
    app.clock.advance(Duration::from_secs(20));
    assert_eq!(once(&app, "test/later", "sent").await.attempts, 4);
    assert_eq!(sink.letters().len(), 1);
}

#[tokio::test]
async fn a_message_tried_too_often_is_dead() {
    let sink = SmtpSink::start(Mood::NotNow).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let over = [("MESSAGES__ATTEMPTS_MAX", "2")];
    let app = App::on_database(&database, &through(&url, &over)).await;
    post(&app, message("test/dead", "a@exemple.fr")).await;
    eventually("the first try", async || {
        row(&app, "test/dead").await.filter(|row| row.state == "pending" && row.attempts == 1)
    })
    .await;
    app.clock.advance(Duration::from_secs(5));
    let dead = once(&app, "test/dead", "dead").await;
    assert_eq!((dead.attempts, dead.has_words), (2, false));
}

#[tokio::test]
async fn a_refusal_for_good_is_dead_at_once_and_one_of_ourselves_is_not() {
    let sink = SmtpSink::start(Mood::Refuses).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    post(&app, message("test/refused", "nobody@exemple.fr")).await;
    let dead = once(&app, "test/refused", "dead").await;
    assert_eq!((dead.attempts, dead.reason.as_deref()), (1, Some("smtp_refused")));

    let sink = SmtpSink::start(Mood::RefusesUs).await;
    let file = format!("{}/smtp-credentials-wrong", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, "assurly:wrong").expect("written");
    let (database, url) = (TestDatabase::own().await, sink.url());
    let over = [("MESSAGES__SMTP__CREDENTIALS_FILE", file.as_str())];
    let app = App::on_database(&database, &through(&url, &over)).await;
    post(&app, message("test/ours", "a@exemple.fr")).await;
    let waits = eventually("it was tried", async || {
        row(&app, "test/ours").await.filter(|row| row.state == "pending" && row.attempts == 1)
    })
    .await;
    assert_eq!((waits.reason.as_deref(), waits.has_words), (Some("smtp_refuses_us"), true));
}

#[tokio::test]
async fn a_server_that_goes_away_with_the_message_leaves_it_in_doubt() {
    let sink = SmtpSink::start(Mood::HangsUpAfter).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let app = App::on_database(&database, &through(&url, &[])).await;
    post(&app, message("test/gone", "a@exemple.fr")).await;
    let doubt = once(&app, "test/gone", "in_doubt").await;
    assert_eq!((doubt.reason.as_deref(), doubt.has_words), (Some("smtp_silent"), true));

    let over = [("MESSAGES__SEND_TIMEOUT_MS", "200")];
    let other = App::on_database(&database, &through(&url, &over)).await;
    app.stop.force();
    sink.becomes(Mood::SilentAfter);
    post(&other, message("test/silent", "a@exemple.fr")).await;
    let doubt = once(&other, "test/silent", "in_doubt").await;
    assert!(matches!(doubt.reason.as_deref(), Some("no_answer" | "smtp_silent")), "{doubt:?}");
}

#[tokio::test]
async fn what_a_dead_copy_was_sending_is_in_doubt_and_not_sent_again() {
    let sink = SmtpSink::start(Mood::SilentAfter).await;
    let (database, url) = (TestDatabase::own().await, sink.url());
    let mut dies = App::on_database(&database, &through(&url, &[])).await;
    post(&dies, message("test/crash", "a@exemple.fr")).await;
    arrived(&sink, 1).await;
    assert_eq!(once(&dies, "test/crash", "sending").await.attempts, 1);
    dies.stop.force();
    soon(dies.ended()).await;

    sink.becomes(Mood::Takes);
    let lives = App::on_database(&database, &through(&url, &[])).await;
    post(&lives, message("test/fence/1", "b@exemple.fr")).await;
    once(&lives, "test/fence/1", "sent").await;
    assert_eq!(row(&lives, "test/crash").await.expect("a row").state, "sending", "not ours yet");
    lives.clock.advance(Duration::from_secs(61));
    let doubt = once(&lives, "test/crash", "in_doubt").await;
    assert_eq!((doubt.reason.as_deref(), doubt.has_words), (Some("abandoned"), true));
    post(&lives, message("test/fence/2", "b@exemple.fr")).await;
    once(&lives, "test/fence/2", "sent").await;
    let to_a = || sink.letters().iter().filter(|letter| letter.to == "a@exemple.fr").count();
    assert_eq!(to_a(), 1, "nothing is sent twice by itself");

    let sought = assurly::slices::messages::Sought {
        state: Some(assurly::slices::messages::State::InDoubt),
        most: 10,
        ..Default::default()
    };
    let found = lives.messages.list(&sought).await.expect("listed");
    assert_eq!(found.len(), 1);
    lives.messages.retry(found[0].id).await.expect("in doubt may be retried");
    once(&lives, "test/crash", "sent").await;
    assert_eq!(to_a(), 2, "an operator decided");
    let letters = sink.letters();
    let names = letters.iter().filter(|letter| letter.to == "a@exemple.fr").map(|letter| {
        letter.text.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned)
    });
    let names: std::collections::BTreeSet<_> = names.collect();
    assert_eq!(names.len(), 1, "both are one message to whoever reads them");
}
