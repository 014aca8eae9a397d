//! One program on one database, and how either of them dies in the middle of what is asked and comes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assurly::platform::clock::Clock;
use assurly::platform::db::Database;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::time::timeout;

use super::copy::{Copy, config};
use super::snare::{Moment, Snare};
use super::steps::Step;
use crate::access::issuer::Issuer;
use crate::harness::app::client;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::{Seen, SeenForm, Surfer};
use crate::harness::{begun, eventually, soon, typeset};

/// What dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The program, by the kernel.
    Program,
    /// Every conversation with the database.
    Database,
}

/// When it dies.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// So many milliseconds after something was asked.
    Within(u64),
    /// Twice: before what was asked is committed, and after, before the program knows.
    AtCommit,
}

/// How long it is waited for an answer that may never come.
const MEANWHILE: Duration = Duration::from_millis(100);

/// A moment that is over for every program.
const LONG_AGO: &str = "2020-01-01 00:00:00";

/// A program, its database, and the customer Anne.
pub(super) struct House {
    pub(super) way: Way,
    wire: Snare,
    url: String,
    config: PathBuf,
    client: Client,
    bearer: String,
    copy: Option<Copy>,
    /// Past the wire, for who looks at what is written.
    opened: Database,
    _issuer: Issuer,
    // Dropped last.
    _database: Arc<TestDatabase>,
}

impl House {
    pub(super) async fn start(way: Way, name: &str) -> Self {
        let issuer = Issuer::start("/c").await;
        let database = TestDatabase::own().await;
        let wire = Snare::to(&database.url()).await;
        let (url, config) =
            (wire.url(&database.url()), config(&issuer, &format!("{name}-{way:?}")));
        let now = Clock::system().now().as_second();
        let mut claims = issuer.claims("anne");
        (claims["iat"], claims["exp"]) = (json!(now), json!(now + 7200));
        let bearer = format!("Bearer {}", issuer.sign(&issuer.header(), &claims));
        let copy = Some(Copy::start(&url, &config).await);
        let (client, opened) = (client(), database.open());
        let (_issuer, _database) = (issuer, database);
        Self { way, wire, url, config, client, bearer, copy, opened, _issuer, _database }
    }

    /// Where the program is now.
    fn origin(&self) -> &str {
        self.copy.as_ref().map(|copy| copy.origin.as_str()).expect("it runs")
    }

    async fn die(&mut self) {
        match self.way {
            Way::Program => self.copy.take().expect("it runs").kill().await,
            Way::Database => self.wire.cut(),
        }
    }

    /// It comes back. What a program that is dead had begun to send or to do would be free after its minute: it is
    /// at once, which is nothing but time.
    async fn rise(&mut self) {
        self.wire.let_be();
        if self.way == Way::Program {
            self.write(&format!(
                "UPDATE job SET claimed_until = '{LONG_AGO}' WHERE state = 'running'"
            ))
            .await;
        }
        self.write(
            "UPDATE message_outbox SET state = 'pending', claim = NULL, claimed_until = NULL \
            WHERE state = 'sending'",
        )
        .await;
        match self.way {
            Way::Program => self.copy = Some(Copy::start(&self.url, &self.config).await),
            Way::Database => self.wire.mend(),
        }
    }

    /// Asks, whatever becomes of it.
    fn ask(&self, step: &Step) -> impl Future<Output = reqwest::Result<(u16, Value)>> + use<> {
        let (client, bearer, step) = (self.client.clone(), self.bearer.clone(), step.clone());
        let origin = self.origin().to_owned();
        async move {
            let method: Method = step.method.parse().expect("a method");
            let mut request = client.request(method, format!("{origin}{}", step.path));
            request = request.header("authorization", &bearer);
            request = request.header("idempotency-key", step.key);
            if step.says_version {
                let at: String = step.path.split('/').take(4).collect::<Vec<_>>().join("/");
                let seen = client.get(format!("{origin}{at}"));
                let seen = seen.header("authorization", &bearer).send().await?;
                let Some(version) = seen.headers().get("etag").cloned() else {
                    return Ok((seen.status().as_u16(), Value::Null));
                };
                request = request.header("if-match", version);
            }
            if let Some(body) = &step.body {
                let request_of = request.header("content-type", "application/json");
                request = request_of.body(body.to_string());
            }
            let answer = request.send().await?;
            let status = answer.status().as_u16();
            Ok((status, serde_json::from_str(&answer.text().await?).unwrap_or(Value::Null)))
        }
    }

    /// Asks in peace.
    pub(super) async fn done(&self, step: &Step) -> Value {
        eventually("an answer", async || {
            let (status, told) = self.ask(step).await.ok()?;
            // A code that left a moment ago is not sent again.
            let is_code = status == 429 && step.path.ends_with("/code");
            // What broke may be at its end still.
            let is_busy = self.way == Way::Database && (status >= 500 || status == 409);
            assert!(
                status < 300 || is_code || is_busy,
                "{} {}: {status} {told}",
                step.method,
                step.path
            );
            (status < 300 || is_code).then_some(told)
        })
        .await
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        self.done(&Step::new("GET", path, None)).await
    }

    /// Asks, dies in the middle of it, and asks again.
    pub(super) async fn through(&mut self, step: &Step, when: When) -> Value {
        match when {
            When::Within(millis) => {
                let mut asked = begun(self.ask(step));
                let _whatever = timeout(Duration::from_millis(millis), &mut asked).await;
                self.die().await;
                if self.way == Way::Database {
                    // Whatever is asked meanwhile finds no database; it is there again for the next.
                    let _whatever = timeout(MEANWHILE, self.ask(step)).await;
                }
                self.rise().await;
            }
            When::AtCommit => {
                for moment in Moment::BOTH {
                    self.dies_in(step, moment).await;
                }
            }
        }
        self.done(step).await
    }

    /// Asks, and dies at this moment of it; who asked is not told that it was done.
    pub(super) async fn dies_in(&mut self, step: &Step, moment: Moment) {
        let asked = self.ask(step);
        if let Ok((status, told)) = self.dies(step.writes, moment, asked).await {
            assert!(status >= 500, "{} {}: {status} {told}", step.method, step.path);
        }
    }

    async fn dies<T: Send + 'static>(
        &mut self,
        writes: &'static [&'static str],
        moment: Moment,
        asked: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let sprung = self.wire.wait_for(writes, moment);
        let mut asked = begun(asked);
        let is_there = soon(async {
            tokio::select! {
                sprung = sprung => sprung.is_ok(),
                _answer = &mut asked => false,
            }
        })
        .await;
        assert!(is_there, "it has never written any of {writes:?}");
        self.die().await;
        let early = timeout(MEANWHILE, &mut asked).await;
        self.rise().await;
        let answer = match early {
            Ok(answer) => answer,
            Err(_) => soon(asked).await,
        };
        answer.expect("no panic")
    }

    /// Dies at this moment of a job of this kind, which is due now; false when `is_over` comes first.
    pub(super) async fn dies_alone(
        &mut self,
        (kind, writes, moment): (&str, &'static [&'static str], Moment),
        is_over: impl AsyncFn(&Self) -> bool,
    ) -> bool {
        let mut sprung = self.wire.wait_for(writes, moment);
        let done = typeset("it is dead or done", async || {
            self.is_due(kind).await;
            // What was committed a moment ago was waited for first.
            (is_over(self).await && self.wire.let_be()).then_some(())
        });
        let is_sprung = tokio::select! {
            biased;
            // At once: what is about to die holds rows.
            sprung = &mut sprung => sprung.is_ok(),
            () = done => false,
        };
        if is_sprung {
            self.die().await;
            // Not before it is waited for again.
            let later = "UPDATE job SET due_at = '2100-01-01' WHERE state <> 'done' AND kind =";
            self.write(&format!("{later} '{kind}'")).await;
            self.rise().await;
        }
        is_sprung
    }

    /// The browser of somebody new.
    pub(super) fn browser(&self) -> Surfer {
        Surfer::at(self.client.clone(), self.origin().to_owned())
    }

    /// This browser goes on where the program is now.
    pub(super) fn goes_on(&self, surfer: &mut Surfer) {
        surfer.go_to(self.origin());
    }

    /// Sends a form, dies before and after it is taken, and sends it again as somebody does who saw no answer.
    pub(super) async fn form_through(
        &mut self,
        surfer: &mut Surfer,
        form: &SeenForm,
        writes: &'static [&'static str],
    ) -> Seen {
        for moment in Moment::BOTH {
            // Whatever answer comes is lost on the way, and its cookies.
            let (mut lost, sent) = (surfer.clone(), form.clone());
            let asked = async move { lost.try_submit(&sent).await };
            if let Ok(seen) = self.dies(writes, moment, asked).await {
                let status = seen.status;
                assert!(status.is_server_error(), "{}: {status} {}", form.action, seen.body);
            }
            self.goes_on(surfer);
        }
        eventually("a page", async || {
            let seen = surfer.submit(form).await;
            (!seen.status.is_server_error()).then_some(seen)
        })
        .await
    }

    /// The newest code in the mailbox of this number or address, another one than `old`; asked for again when it
    /// was lost with a program that had begun to send it.
    pub(super) async fn code(&self, to: &str, old: &str) -> String {
        let path = format!("/dev/messages.json?to={}", to.replace('+', "%2B").replace('@', "%40"));
        eventually("a code", async || {
            let found = self.get(&path).await;
            let newest = found["messages"].as_array()?.iter().find_map(|it| it["code"].as_str())?;
            (newest != old).then(|| newest.to_owned())
        })
        .await
    }

    /// The path of the newest link in the mailbox of this address that begins so.
    pub(super) async fn link(&self, to: &str, begins: &str) -> String {
        let path = format!("/dev/messages.json?to={}", to.replace('@', "%40"));
        eventually("a link", async || {
            let text = self.get(&path).await.to_string();
            let rest = &text[text.find(begins)?..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/-_".contains(c)));
            Some(rest[..end.unwrap_or(rest.len())].to_owned())
        })
        .await
    }

    /// Jobs of this kind are due, and those that failed wait no longer.
    pub(super) async fn is_due(&self, kind: &str) {
        let text = format!(
            "UPDATE job SET due_at = '{LONG_AGO}' WHERE kind = '{kind}' AND state = 'waiting'"
        );
        self.write(&text).await;
    }

    /// Writes past the program: time that has passed, mostly.
    pub(super) async fn write(&self, sql: &str) {
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        query.execute(self.opened.pool()).await.expect("written");
    }

    pub(super) async fn count(&self, sql: &str) -> i64 {
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        query.fetch_one(self.opened.pool()).await.expect("a count")
    }

    pub(super) async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::mysql::MySqlRow>,
    {
        sqlx::query_as(sql).fetch_all(self.opened.pool()).await.expect("rows")
    }
}
