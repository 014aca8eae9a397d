//! A script that drives one library. It writes a line of JSON for each scenario and `{"end": true}`
//! after the last one; it ends when its standard input does, so that none outlives this program.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::report::{Report, Verdict};

/// The scenarios of one library.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    /// Below `tests/clients`.
    pub(crate) file: &'static str,
    /// Longer than this is a failure.
    pub(crate) seconds: u64,
}

/// A line that a script writes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Scenario { scenario: String, ok: bool, why: Option<String> },
    Ignored { scenario: String, ignored: String },
    Ready { ready: Value },
    End { end: bool },
}

/// A script that runs.
pub(crate) struct Script {
    name: &'static str,
    seconds: u64,
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

/// Where the libraries are.
pub(crate) fn installed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("var/clients")
}

impl Script {
    pub(crate) fn start(family: &Family, report: &Report) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let programs = installed().join("venv/bin");
        let is_python = Path::new(family.file).extension().is_some_and(|it| it == "py");
        let mut command = if is_python {
            Command::new(programs.join("python"))
        } else {
            let mut node = Command::new(programs.join("node"));
            // The libraries are not beside the scripts.
            node.arg("--import").arg(here.join("lib/libraries.mjs"));
            node
        };
        let mut child = command
            .arg(here.join(family.file))
            .env("CLIENTS_FAMILY", family.name)
            .env("CLIENTS_FILTER", report.filter(family.name))
            .env("CLIENTS_INSTALLED", installed())
            .env("NODE_NO_WARNINGS", "1")
            .env("PYTHONPATH", here.join("lib"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .expect("var/clients is there: `bin/test --only clients` makes it");
        let stdin = child.stdin.take().expect("piped");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { name: family.name, seconds: family.seconds, child, stdin, lines }
    }

    /// What a script says before it is told of the world.
    pub(crate) async fn ready(&mut self) -> Result<Value, String> {
        let first = tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await;
        let line = match first {
            Ok(Ok(Some(line))) => line,
            Ok(_) => return Err("it ended before it was ready".into()),
            Err(_) => return Err("it was not ready within 60 s".into()),
        };
        match serde_json::from_str(&line) {
            Ok(Line::Ready { ready }) => Ok(ready),
            _ => Err(format!("it said: {line}")),
        }
    }

    /// Tells it of the world and reports its scenarios.
    pub(crate) async fn run(mut self, world: &Value, report: &Report) {
        let told = self.stdin.write_all(format!("{world}\n").as_bytes()).await;
        if let Err(error) = told {
            return report.failed(self.name, "starts", &error.to_string());
        }
        let limit = Duration::from_secs(self.seconds);
        match tokio::time::timeout(limit, self.follow(report)).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => report.failed(self.name, "ends", &why),
            Err(_) => report.failed(self.name, "ends", &format!("not within {limit:?}")),
        }
        // With its standard input it loses its reason to live; what does not see that is killed.
        drop(self.stdin);
        drop(tokio::time::timeout(Duration::from_secs(3), self.child.wait()).await);
        drop(self.child.kill().await);
    }

    async fn follow(&mut self, report: &Report) -> Result<(), String> {
        let mut rest = String::new();
        while let Ok(Some(line)) = self.lines.next_line().await {
            match serde_json::from_str(&line) {
                Ok(Line::Scenario { scenario, ok, why }) => {
                    let verdict =
                        if ok { Verdict::Passed } else { Verdict::Failed(why.unwrap_or_default()) };
                    report.add(self.name, &scenario, verdict);
                }
                Ok(Line::Ignored { scenario, ignored }) => {
                    report.add(self.name, &scenario, Verdict::Ignored(ignored));
                }
                Ok(Line::End { end: true }) => return Ok(()),
                _ => {
                    rest.push_str(&line);
                    rest.push('\n');
                }
            }
        }
        Err(format!("it ended before its last scenario\n{rest}"))
    }
}
