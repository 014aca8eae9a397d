//! What operators do, by the real command line.

use std::process::Stdio;

use tokio::process::Command;

use super::{message, once, post, row};
use crate::harness::app::{App, KEYRING};
use crate::harness::database::TestDatabase;
use crate::harness::soon;

async fn assurly(database: &TestDatabase, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
    command.args(arguments).env_clear().kill_on_drop(true).stdin(Stdio::null());
    command.env("DATABASE_URL", database.url());
    command.env("ASSURLY__CRYPTO__KEYRING_FILE", KEYRING.as_str());
    let output = soon(command.output()).await.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn operators_find_a_message_and_decide() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("MESSAGES__EMAIL_TRANSPORT", "none")]).await;
    post(&app, message("test/one", "Camille@exemple.fr")).await;
    post(&app, message("test/two", "autre@exemple.fr")).await;
    let (code, out, _) = assurly(&database, &["messages", "list"]).await;
    assert_eq!(code, Some(0));
    assert!(out.contains("test/one") && out.contains("test/two"), "{out}");
    assert!(out.contains("2026-11-23T09:00:00Z") && !out.contains("exemple.fr"), "{out}");
    let mine = ["messages", "list", "--to", "camille@exemple.fr", "--state", "pending"];
    let (_, out, _) = assurly(&database, &mine).await;
    assert!(out.contains("test/one") && !out.contains("test/two"), "{out}");
    let id = out.split_whitespace().find(|word| word.starts_with("msg_")).expect("its id");

    let (code, out, _) = assurly(&database, &["messages", "drop", id]).await;
    assert!(code == Some(0) && out.contains("is given up"), "{out}");
    let dead = once(&app, "test/one", "dead").await;
    assert_eq!((dead.reason.as_deref(), dead.has_words), (Some("dropped"), false));
    let (code, _, err) = assurly(&database, &["messages", "retry", id]).await;
    assert!(code == Some(1) && err.contains("this message is `dead`"), "{err}");
    assert_eq!(row(&app, "test/two").await.expect("a row").state, "pending");
}

#[tokio::test]
async fn the_help_helps_and_a_wrong_word_is_usage() {
    let database = TestDatabase::shared().await;
    let (code, out, _) = assurly(&database, &["messages", "list", "--help"]).await;
    assert!(code == Some(0) && out.contains("in_doubt") && out.contains("Examples:"), "{out}");
    let (code, _, err) = assurly(&database, &["messages", "retry", "7"]).await;
    assert!(code == Some(2) && err.contains("not the identifier of a message"), "{err}");
    let (code, _, err) = assurly(&database, &["messages", "list", "--state", "lost"]).await;
    assert!(code == Some(2) && err.contains("pending, sending"), "{err}");
    let none = format!("msg_{}", "0".repeat(32));
    let (code, _, err) = assurly(&database, &["messages", "drop", &none]).await;
    assert!(code == Some(1) && err.contains("no message has this identifier"), "{err}");
}
