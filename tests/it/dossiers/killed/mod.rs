//! The program is killed at every step of the subscription, by the kernel and without a word, then
//! started again; or its database dies: no dossier is lost, no contract made twice, no letter sent twice.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use assurly::kernel::access::PoolKind;
use assurly::platform::clock::Clock;
use jiff::ToSpan as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::somebody;
use crate::access::issuer::Issuer;
use crate::harness::app::{HEALTH_KEYRING, KEYRING, SEAL};
use crate::harness::database::TestDatabase;
use crate::harness::wire::Wire;
use crate::harness::{eventually, soon, typeset};
use crate::quotes::project;

/// How long an answer is waited for before the kill: at once, and in the middle.
const PATIENCE: [u64; 2] = [0, 40];

/// A copy of the program, and whoever asks it.
struct Copy {
    child: Child,
    origin: String,
}

impl Copy {
    async fn start(database: &str, config: &PathBuf) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_assurly"))
            .arg("serve")
            .env("ASSURLY_CONFIG", config)
            .env("ASSURLY__SERVER__LISTEN", "127.0.0.1:0")
            .env("ASSURLY__SERVER__ADMIN_LISTEN", "127.0.0.1:0")
            .env("ASSURLY__ENVIRONMENT", "development")
            .env("ASSURLY__CRYPTO__KEYRING_FILE", KEYRING.as_str())
            .env("ASSURLY__HEALTH__KEYRING_FILE", HEALTH_KEYRING.as_str())
            .env("ASSURLY__SEAL__CERTIFICATE_FILE", SEAL.0.as_str())
            .env("ASSURLY__SEAL__KEY_FILE", SEAL.1.as_str())
            .env("ASSURLY__STORAGE__URL", concat!("file:", env!("CARGO_TARGET_TMPDIR"), "/storage"))
            .env("ASSURLY__PDF__TIMEOUT_MS", "60000")
            .env("ASSURLY__JOBS__POLL_MS", "20")
            // What a killed copy held is free again soon.
            .env("ASSURLY__JOBS__TIMEOUT_S", "60")
            .env("ASSURLY__JOBS__CLAIM_S", "61")
            .env("ASSURLY__JOBS__ATTEMPTS_MAX", "1000")
            .env("ASSURLY__JOBS__RETRY_LONGEST_S", "5")
            .env("ASSURLY__JOBS__TEND_MS", "200")
            .env("ASSURLY__DATABASE__ACQUIRE_TIMEOUT_MS", "20000")
            .env("ASSURLY__DATABASE__URL", database)
            .env("ASSURLY__TELEMETRY__FORMAT", "json")
            .env("ASSURLY__TELEMETRY__FILTER", "warn,assurly::app::boot=info")
            .env_remove("DATABASE_URL")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let origin = soon(async {
            loop {
                let line = lines.next_line().await.expect("readable").expect("it goes on");
                let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
                if line["message"] == "serving" {
                    return format!("http://{}", line["public"].as_str().expect("an address"));
                }
            }
        })
        .await;
        let ready = format!("{origin}/readyz");
        eventually("ready", async || {
            reqwest::get(&ready).await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        Self { child, origin }
    }

    /// No goodbye.
    async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }
}

/// One step: what is asked, and how the next one knows that it was done.
struct Step {
    method: &'static str,
    path: String,
    body: Option<Value>,
    says_version: bool,
}

struct Person<'a> {
    client: Client,
    bearer: String,
    database: &'a str,
    config: &'a PathBuf,
    /// The wire to the database, when that dies and not the program.
    wire: Option<&'a Wire>,
}

impl Person<'_> {
    async fn ask(&self, copy: &Copy, step: &Step, key: &str) -> reqwest::Result<(u16, Value)> {
        let method: Method = step.method.parse().expect("a method");
        let url = format!("{}{}", copy.origin, step.path);
        let mut request = self.client.request(method, url).header("authorization", &self.bearer);
        request = request.header("idempotency-key", key);
        if step.says_version {
            let at: String = step.path.split('/').take(4).collect::<Vec<_>>().join("/");
            let seen = self.client.get(format!("{}{at}", copy.origin));
            let seen = seen.header("authorization", &self.bearer).send().await?;
            let Some(version) = seen.headers().get("etag").cloned() else {
                return Ok((seen.status().as_u16(), Value::Null));
            };
            request = request.header("if-match", version);
        }
        if let Some(body) = &step.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok((status, serde_json::from_str(&answer.text().await?).unwrap_or(Value::Null)))
    }

    /// Asks, kills the program in the middle, starts it again and asks again.
    async fn through(&self, copy: Copy, step: &Step, key: &str, millis: u64) -> (Copy, Value) {
        let asked = self.ask(&copy, step, key);
        let _whatever = tokio::time::timeout(Duration::from_millis(millis), asked).await;
        if let Some(wire) = self.wire {
            wire.cut();
            // Whatever is asked meanwhile finds no database; it is there again for the next.
            let refused = self.ask(&copy, step, key);
            let _whatever = tokio::time::timeout(Duration::from_millis(100), refused).await;
            wire.mend();
            let told = self.until_done(&copy, step, key).await;
            return (copy, told);
        }
        copy.kill().await;
        let copy = Copy::start(self.database, self.config).await;
        let (status, told) = soon(self.ask(&copy, step, key)).await.expect("an answer");
        // A code that left a moment ago is not sent again.
        let is_code = status == 429 && step.path.ends_with("/code");
        assert!(status < 300 || is_code, "{} {}: {status} {told}", step.method, step.path);
        (copy, told)
    }

    /// Asks again until the database is there and the answer is one.
    async fn until_done(&self, copy: &Copy, step: &Step, key: &str) -> Value {
        eventually("an answer after the cut", async || {
            let (status, told) = self.ask(copy, step, key).await.ok()?;
            let is_code = status == 429 && step.path.ends_with("/code");
            (status < 300 || is_code).then_some(told)
        })
        .await
    }

    async fn get(&self, copy: &Copy, path: &str) -> Value {
        let step = Step { method: "GET", path: path.to_owned(), body: None, says_version: false };
        soon(self.ask(copy, &step, "")).await.expect("an answer").1
    }
}

fn put(at: &str, path: &str, body: Value) -> Step {
    Step { method: "PUT", path: format!("{at}/{path}"), body: Some(body), says_version: true }
}

/// The settings that trust this issuer.
fn config(issuer: &Issuer, name: &str) -> PathBuf {
    let settings = issuer.settings(PoolKind::Clients);
    let text = format!(
        "[[access.issuers]]\nissuer = \"{}\"\npool = \"clients\"\nprofile = \"rfc9068\"\n\
         jwks_uri = \"{}/jwks\"\naudiences = [\"assurly\"]\nalgs = [\"ES256\", \"EdDSA\", \"RS256\"]\n\
         max_token_age_s = 7200\nallow_private = true\n",
        settings.issuer, settings.issuer
    );
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{name}-{}.toml", std::process::id()));
    std::fs::write(&path, text).expect("written");
    path
}

/// A project that can be sold today, whenever that is.
fn sellable() -> Value {
    let first = Clock::system().today_in_paris().first_of_month();
    let start = first.saturating_add(2.months()).saturating_add(4.days()).to_string();
    let due = first.saturating_add(3.months());
    let mut document = project();
    for pointer in ["/effect_date", "/loans/0/release_date"] {
        *document.pointer_mut(pointer).expect("there") = json!(start);
    }
    document["loans"][0]["first_due_date"] = json!(due.saturating_add(4.days()).to_string());
    document
}

#[tokio::test]
async fn killed_at_every_step_nothing_is_lost_and_nothing_done_twice() {
    dies_at_every_step(false).await;
}

/// The same when every connection to the database dies in the middle of each step.
#[tokio::test]
async fn cut_from_the_database_at_every_step_nothing_is_lost_and_nothing_done_twice() {
    dies_at_every_step(true).await;
}

async fn dies_at_every_step(is_database: bool) {
    let issuer = Issuer::start("/c").await;
    let name = if is_database { "cut" } else { "killed" };
    let (config, database) = (config(&issuer, name), TestDatabase::own().await);
    let wire = if is_database { Some(Wire::to(&database.url()).await) } else { None };
    let url = wire.as_ref().map_or_else(|| database.url(), |wire| wire.url(&database.url()));
    let now = Clock::system().now().as_second();
    let mut claims = issuer.claims("anne");
    (claims["iat"], claims["exp"]) = (json!(now), json!(now + 7200));
    let bearer = format!("Bearer {}", issuer.sign(&issuer.header(), &claims));
    let client = Client::builder().no_proxy().build().expect("a client");
    let person = Person { client, bearer, database: &url, config: &config, wire: wire.as_ref() };
    let mut copy = Copy::start(&url, &config).await;
    for millis in PATIENCE {
        copy = journey(&person, copy, millis).await;
    }
    // Everything that was begun is there, once.
    let contracts = person.get(&copy, "/v1/contracts").await;
    assert_eq!(contracts["contracts"].as_array().map(Vec::len), Some(PATIENCE.len()));
    let dossiers = person.get(&copy, "/v1/dossiers").await;
    assert_eq!(dossiers["dossiers"].as_array().map(Vec::len), Some(PATIENCE.len()));
    let pool = database.open();
    let count = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(pool.pool()).await.expect("a count")
    };
    let wanted = i64::try_from(PATIENCE.len()).expect("few");
    let signed = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'contracts/signed/%'";
    assert_eq!(count(signed).await, wanted, "one letter for each contract");
    let over = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'contracts/withdrawn/%'";
    assert_eq!(count(over).await, wanted, "one letter for each that was renounced");
    let twice = "SELECT COUNT(*) FROM (SELECT dossier_id, act FROM dossier_event \
        WHERE act IN ('begin_signature', 'conclude', 'notify_bank', 'withdraw') \
        GROUP BY dossier_id, act HAVING COUNT(*) > 1) AS found";
    assert_eq!(count(twice).await, 0, "no act twice");
    let lost = "SELECT COUNT(*) FROM contract c WHERE (SELECT COUNT(*) FROM contract_premium p \
        WHERE p.contract_id = c.id) <> 240";
    assert_eq!(count(lost).await, 0, "each contract has its whole schedule");
    copy.kill().await;
}

/// From the quote to the contract and its end, killed once in each step.
async fn journey(person: &Person<'_>, copy: Copy, millis: u64) -> Copy {
    let key = format!("key-{millis}");
    let who = somebody("anne");
    let quote = Step {
        method: "POST",
        path: "/v1/quotes".to_owned(),
        body: Some(sellable()),
        says_version: false,
    };
    let (copy, quote) = person.through(copy, &quote, &key, millis).await;
    let body = json!({ "quote": quote["id"], "email": who.0, "mobile": who.1 });
    let begin = Step {
        method: "POST",
        path: "/v1/dossiers".to_owned(),
        body: Some(body),
        says_version: false,
    };
    let (mut copy, dossier) = person.through(copy, &begin, &key, millis).await;
    let at = format!("/v1/dossiers/{}", dossier["id"].as_str().expect("an id"));
    for (path, body) in super::api::answers() {
        let body = if path == "loan" { this_loan(body) } else { body };
        (copy, _) = person.through(copy, &put(&at, path, body), &key, millis).await;
    }
    let received = Step {
        method: "POST",
        path: format!("{at}/documents-received"),
        body: None,
        says_version: true,
    };
    (copy, _) = person.through(copy, &received, &key, millis).await;
    let account = json!({
        "holder": "Camille Martin", "iban": "FR76 3000 6000 0112 3456 7890 189", "day": 10
    });
    let mandate = Step { says_version: false, ..put(&at, "mandate", account) };
    (copy, _) = person.through(copy, &mandate, &key, millis).await;
    let path = format!("{at}/signature");
    let ready = typeset("documents", async || {
        let told = person.get(&copy, &path).await;
        (told["state"] == "ready").then_some(told)
    })
    .await;
    let send =
        Step { method: "POST", path: format!("{path}/code"), body: None, says_version: false };
    (copy, _) = person.through(copy, &send, &key, millis).await;
    let mailbox = format!("/dev/messages.json?to={}", who.1.replace('+', "%2B"));
    let code = eventually("a code", async || {
        let found = person.get(&copy, &mailbox).await;
        let newest = found["messages"].as_array()?.iter().find_map(|one| one["code"].as_str());
        if newest.is_none() {
            // It may have died with the copy that sent it: asked for again, once that may be.
            let _too_soon = person.ask(&copy, &send, &key).await;
        }
        newest.map(str::to_owned)
    })
    .await;
    let act = json!({ "ceremony": ready["ceremony"], "code": code, "documents_received": true });
    let sign = Step { method: "POST", path, body: Some(act), says_version: false };
    let (copy, signed) = person.through(copy, &sign, &key, millis).await;
    assert_eq!(signed["state"], "concluded", "{signed}");
    after(person, copy, signed["next"].as_str().expect("a contract"), (&key, millis)).await
}

/// What comes after the contract: the lender accepts, and the customer renounces.
async fn after(
    person: &Person<'_>,
    mut copy: Copy,
    contract: &str,
    (key, millis): (&str, u64),
) -> Copy {
    for (path, body) in
        [("lender/answer", Some(json!({ "answer": "accepted" }))), ("withdrawal", None)]
    {
        let path = format!("{contract}/{path}");
        let step = Step { method: "POST", path, body, says_version: false };
        (copy, _) = person.through(copy, &step, key, millis).await;
    }
    let told = person.get(&copy, contract).await;
    assert_eq!(told["state"], "withdrawn", "{told}");
    copy
}

fn this_loan(mut loan: Value) -> Value {
    let first = Clock::system().today_in_paris().first_of_month();
    let due = first.saturating_add(3.months()).to_string();
    loan["first_instalment"] = json!(due[..7].to_owned());
    loan
}
