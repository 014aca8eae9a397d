//! E-mails and SMS: written with what they speak of, sent once, and nothing of them left behind.

mod mail;
mod mailbox;
mod operators;
mod outbox;
mod sms;

use assurly::kernel::locale::Locale;
use assurly::slices::messages::{Letter, Message, Posted, Recipient};
use sqlx::Row;

use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::smtp::SmtpSink;

/// A code that stands nowhere else.
const CODE: &str = "482913";

/// A message for this person, about this event.
fn message(event: &str, to: &str) -> Message {
    Message {
        event: event.to_owned(),
        to: Recipient::read(to),
        locale: Locale::Fr,
        letter: Letter {
            subject: "Confirmez votre adresse – étape 1".to_owned(),
            paragraphs: vec!["Vous avez demandé un accès à votre espace.".to_owned()],
            code: Some(CODE.to_owned()),
            action: Some((
                "Confirmer mon adresse".to_owned(),
                "https://assurly.example/confirmer?jeton=abc".to_owned(),
            )),
            short: format!("{CODE} est votre code. Ne le donnez à personne."),
        },
        expires: None,
    }
}

/// Posts in a transaction of its own, commits it, and wakes delivery.
async fn post(app: &App, message: Message) -> Posted {
    let mut transaction = app.opened().pool().begin().await.expect("a transaction");
    let posted = app.messages.post(&mut transaction, message).await.expect("posted");
    transaction.commit().await.expect("committed");
    app.messages.wake();
    posted
}

/// What the outbox says of an event.
#[derive(Debug, PartialEq, Eq)]
struct InOutbox {
    state: String,
    attempts: u32,
    reason: Option<String>,
    has_words: bool,
}

/// The row of an event.
async fn row(app: &App, event: &str) -> Option<InOutbox> {
    let sql = "SELECT state, attempts, reason, recipient IS NOT NULL OR letter IS NOT NULL AS words \
               FROM message_outbox WHERE event = ?";
    let row = sqlx::query(sql).bind(event).fetch_optional(app.opened().pool()).await;
    row.expect("the outbox is there").map(|row| InOutbox {
        state: row.get("state"),
        attempts: row.get("attempts"),
        reason: row.get("reason"),
        has_words: row.get::<i64, _>("words") == 1,
    })
}

/// The row of an event once it is in this state.
async fn once(app: &App, event: &str, state: &str) -> InOutbox {
    eventually(state, async || row(app, event).await.filter(|row| row.state == state)).await
}

/// What has e-mails leave through this server, quickly.
fn through<'a>(url: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut over = vec![
        ("MESSAGES__EMAIL_TRANSPORT", "smtp"),
        ("MESSAGES__SMTP__URL", url),
        ("MESSAGES__SMTP__FROM", "bonjour@assurly.example"),
        ("MESSAGES__POLL_MS", "20"),
        ("MESSAGES__TEND_MS", "20"),
    ];
    over.extend(more);
    over
}

/// The messages that the server has, once there are so many.
async fn arrived(sink: &SmtpSink, count: usize) -> Vec<crate::harness::smtp::Received> {
    let letters = eventually("the messages arrive", async || {
        Some(sink.letters()).filter(|letters| letters.len() >= count)
    });
    letters.await
}
