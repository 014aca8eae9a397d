//! The real program: its help, its exit codes, its signals.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::harness::database::TestDatabase;
use crate::harness::soon;

fn assurly(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
    command.args(arguments).env_clear().kill_on_drop(true).stdin(Stdio::null());
    command
}

async fn run(mut command: Command) -> (Option<i32>, String, String) {
    let output = soon(command.output()).await.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn help_shows_examples_and_a_wrong_command_is_usage() {
    let (code, out, _) = run(assurly(&["--help"])).await;
    assert_eq!(code, Some(0));
    assert!(out.contains("Examples:") && out.contains("simulate"), "{out}");
    let (code, out, _) = run(assurly(&["simulate", "--help"])).await;
    assert!(code == Some(0) && out.contains("--include schedule"), "{out}");
    let (code, _, err) = run(assurly(&["sell"])).await;
    assert!(code == Some(2) && err.contains("sell"), "{err}");
}

#[tokio::test]
async fn a_wrong_configuration_is_named_and_ends_with_2() {
    let mut command = assurly(&["serve"]);
    command.env("ASSURLY__SERVER__LISTN", "x");
    let (code, _, err) = run(command).await;
    assert!(code == Some(2) && err.contains("`server.listn`"), "{err}");
    let (code, _, err) = run(assurly(&["--config", "/nowhere.toml", "config"])).await;
    assert!(code == Some(2) && err.contains("/nowhere.toml"), "{err}");
}

/// As the container `ready` does: `docker compose up --wait` takes one that has ended for a failure.
#[tokio::test]
async fn where_to_go_is_said_and_it_stays_until_it_is_told_to_end() {
    let (code, out, _) = run(assurly(&["where"])).await;
    assert!(code == Some(0) && out.contains("is ready: http"), "{out}");
    let mut command = assurly(&["where", "--stay"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines();
    let line = soon(lines.next_line()).await.expect("a line").expect("a line");
    assert!(line.contains("is ready: http"), "{line}");
    assert!(child.try_wait().expect("asked").is_none(), "it stays");
    let id = child.id().expect("a process").to_string();
    let signal = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(signal.expect("kill runs").success());
    let ended = soon(child.wait()).await.expect("it ends");
    assert_eq!(ended.code(), Some(0));
}

#[tokio::test]
async fn the_configuration_is_shown_without_its_secrets() {
    let mut command = assurly(&["config"]);
    command.env("DATABASE_URL", "mysql://a:hunter2@h/assurly");
    let (code, out, _) = run(command).await;
    assert_eq!(code, Some(0));
    assert!(out.contains("mysql://a:***@h/assurly") && !out.contains("hunter2"), "{out}");
}

#[tokio::test]
async fn a_failure_ends_with_1() {
    let mut command = assurly(&["migrate"]);
    command.env("DATABASE_URL", "mysql://nobody@127.0.0.1:1/nothing");
    let (code, _, err) = run(command).await;
    assert!(code == Some(1) && err.contains("the tables are not up to date"), "{err}");
    let mut command = assurly(&["healthcheck"]);
    command.env("ASSURLY__SERVER__LISTEN", "127.0.0.1:1");
    let (code, _, err) = run(command).await;
    assert!(code == Some(1) && err.contains("nothing answers"), "{err}");
}

#[tokio::test]
async fn a_password_file_that_is_missing_is_a_wrong_configuration_said_once() {
    let mut command = assurly(&["migrate"]);
    command.env("ASSURLY__DATABASE__PASSWORD_FILE", "/nowhere/password");
    let (code, _, err) = run(command).await;
    assert!(code == Some(2) && err.contains("`database.password_file`"), "{err}");
    assert_eq!(err.matches("No such file").count(), 1, "{err}");
}

#[tokio::test]
async fn a_project_that_cannot_be_read_is_told_by_place() {
    let mut command = assurly(&["simulate", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(b"{\"loans\": [],\n}").await.expect("sent");
    drop(stdin);
    let output = soon(child.wait_with_output()).await.expect("it ends");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.code() == Some(1) && err.contains("JSON_SYNTAX"), "{err}");
}

#[tokio::test]
async fn it_serves_answers_the_probe_and_ends_well_on_a_signal() {
    let database = TestDatabase::shared().await;
    let mut command = assurly(&["serve"]);
    command
        .env("DATABASE_URL", database.url())
        .env("ASSURLY__SERVER__LISTEN", "127.0.0.1:0")
        .env("ASSURLY__SERVER__ADMIN_LISTEN", "127.0.0.1:0")
        .env("ASSURLY__SERVER__DRAIN_DELAY_MS", "0")
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let serving = loop {
        let line = soon(lines.next_line()).await.expect("readable").expect("a line");
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON lines");
        if line["message"] == "serving" {
            break line;
        }
    };
    let public = serving["public"].as_str().expect("an address").to_owned();
    let mut probe = assurly(&["healthcheck"]);
    probe.env("ASSURLY__SERVER__LISTEN", &public);
    assert_eq!(run(probe).await.0, Some(0));
    let id = child.id().expect("running").to_string();
    let signal = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(signal.expect("kill runs").success());
    // Read to the end, so that it never waits for us to make room.
    while soon(lines.next_line()).await.expect("readable").is_some() {}
    assert_eq!(soon(child.wait()).await.expect("it ends").code(), Some(0));
}
