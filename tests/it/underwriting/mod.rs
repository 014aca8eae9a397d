//! The full questionnaire through the proxy, with the real engine in a real Tomcat; a raw server in its
//! place for the faults that the real one cannot be made to have.

mod attacks;
mod declared;
mod desk;
mod faults;
mod figures;
mod journey;
mod outages;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use assurly::domain::guarantee::Guarantee;
use assurly::domain::pathway::Path;
use assurly::kernel::problem::{Kind, Problem};
use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::digest::sha256;
use assurly::slices::underwriting::{Applicant, Applicants, Facts, Insured, Opening, Standing};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::tomcat::Tomcat;
use crate::harness::{PATIENCE, eventually, logs, soon};

/// Keys of medical data, apart from the others.
pub(crate) static MEDICAL: LazyLock<String> = LazyLock::new(|| {
    let path = format!("{}/medical-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let key = "medical:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=\n";
    std::fs::write(&path, key).expect("written");
    path
});

/// A browser is logged in as whom its cookie says: the journey's own login has its own tests.
struct Cookie;

impl Applicants for Cookie {
    fn applicant<'a>(
        &'a self,
        headers: &'a axum::http::HeaderMap,
    ) -> Pin<Box<dyn Future<Output = Result<Option<Applicant>, Problem>> + Send + 'a>> {
        let line = headers.get("cookie").and_then(|line| line.to_str().ok()).unwrap_or("");
        let name = line.split("; ").find_map(|pair| pair.strip_prefix("who="));
        // Whoever keeps the logins does not answer.
        let answer = match name {
            Some("unknowable") => Err(Kind::Unavailable.into()),
            name => Ok(name.map(applicant)),
        };
        Box::pin(async move { answer })
    }
}

fn applicant(name: &str) -> Applicant {
    sha256(&[name.as_bytes()])
}

/// A program in front of this engine.
async fn app(tomcat: &Tomcat, over: &[(&str, &str)]) -> App {
    app_at(&tomcat.settings(), over).await
}

async fn app_at(engine: &[(&'static str, String)], over: &[(&str, &str)]) -> App {
    // Of its own: a poller looks at everybody's sessions.
    app_on(&TestDatabase::own().await, engine, over).await
}

/// The same on this database.
async fn app_on(
    database: &Arc<TestDatabase>,
    engine: &[(&'static str, String)],
    over: &[(&str, &str)],
) -> App {
    let mut all = vec![
        ("UNDERWRITING__MEDICAL_KEYRING_FILE", MEDICAL.as_str()),
        ("SERVER__PUBLIC_URL", "http://127.0.0.1:0"),
        // A test asks faster than a person.
        ("UNDERWRITING__RATE_PER_S", "1000"),
        ("UNDERWRITING__RATE_BURST", "1000"),
    ];
    all.extend(engine.iter().map(|(key, value)| (*key, value.as_str())));
    all.extend(over);
    App::for_applicants(database, &all, Arc::new(Cookie)).await
}

/// A person in front of a browser, with a questionnaire to fill in.
struct Person {
    name: &'static str,
    insured: Insured,
    facts: Facts,
    handle: String,
}

impl Person {
    fn new(name: &'static str) -> Self {
        let dossier = Entropy::system().uuid_v7(Clock::system().now());
        let facts = Facts {
            age: 41,
            capital_euros: 250_000,
            months: 240,
            guarantees: Guarantee::ALL.to_vec(),
        };
        Self { name, insured: Insured { dossier, number: 1 }, facts, handle: String::new() }
    }

    /// One who has opened the questionnaire.
    async fn at(name: &'static str, app: &App) -> Self {
        let mut person = Self::new(name);
        person.open(app).await.expect("opened");
        person
    }

    fn opening(&self) -> Opening {
        Opening {
            insured: self.insured,
            applicant: applicant(self.name),
            path: Path::P3,
            facts: self.facts.clone(),
            declared: None,
        }
    }

    async fn open(&mut self, app: &App) -> Result<(), Problem> {
        let entrance = soon(app.underwriting.open(&self.opening())).await?;
        assert_eq!(entrance.address, "/continue/");
        let cookie = entrance.cookie.to_str().expect("a header").to_owned();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
        cookie.split(';').next().expect("a pair").clone_into(&mut self.handle);
        Ok(())
    }

    /// A request of this person's browser.
    fn asks(&self, app: &App, method: &Method, path: &str) -> RequestBuilder {
        let cookies = format!("who={}; {}", self.name, self.handle);
        let request = app.client.request(method.clone(), app.url(path)).header("cookie", cookies);
        if *method == Method::GET {
            request
        } else {
            request.header("sec-fetch-site", "same-origin")
        }
    }

    async fn get(&self, app: &App, path: &str) -> Response {
        soon(self.asks(app, &Method::GET, path).send()).await.expect("an answer")
    }

    async fn questionnaire(&self, app: &App) -> Value {
        let answer = self.get(app, "/cep-core/api/v1/questionnaire").await;
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
        answer.json().await.expect("JSON")
    }

    async fn put(&self, app: &App, document: &Value) -> Response {
        let request = self.asks(app, &Method::PUT, "/cep-core/api/v1/answers").json(document);
        soon(request.send()).await.expect("an answer")
    }

    /// Answers every question that shows, from `answers`.
    async fn answers(&self, app: &App, answers: &BTreeMap<String, Value>) {
        let mut view = self.questionnaire(app).await;
        loop {
            let missing = view["missing"].as_array().expect("a list").clone();
            let Some(id) = missing.first().and_then(Value::as_str) else { return };
            let answer = answers.get(id).unwrap_or_else(|| unreachable!("{id} has no answer"));
            let document = json!({ "revision": view["revision"], "answers": { id: answer } });
            let put = self.put(app, &document).await;
            assert_eq!(put.status(), 200, "{id}: {:?}", put.text().await);
            view = put.json().await.expect("JSON");
        }
    }

    async fn submit(&self, app: &App) -> Response {
        let request = self.asks(app, &Method::POST, "/cep-core/api/v1/submit");
        soon(request.send()).await.expect("an answer")
    }

    /// Waits until there is a decision.
    async fn decided(&self, app: &App) -> Standing {
        let since = std::time::Instant::now();
        eventually("a decision", async || {
            let standing = app.underwriting.standing(self.insured).await.expect("a database")?;
            let late = since.elapsed() > PATIENCE / 2;
            assert!(!late, "{:?} {:?}", standing.state, logs::holding("could not be looked at"));
            standing.decision.is_some().then_some(standing)
        })
        .await
    }
}

/// A case of the knowledge base: answers, and what they lead to.
#[derive(serde::Deserialize)]
pub(crate) struct Case {
    name: String,
    source: String,
    #[serde(default)]
    facts: BTreeMap<String, Value>,
    answers: BTreeMap<String, Value>,
    expect: BTreeMap<String, Value>,
}

#[derive(serde::Deserialize)]
pub(crate) struct Cases {
    healthy: BTreeMap<String, Value>,
    cases: Vec<Case>,
}

impl Cases {
    pub(crate) fn read() -> Self {
        let text =
            include_str!("../../../reflex/reflex-config/kb/tests/assurly-emprunteur@2026.1.0.json");
        serde_json::from_str(text).expect("the cases of the knowledge base")
    }

    pub(crate) fn named(&self, name: &str) -> &Case {
        self.cases.iter().find(|case| case.name == name).expect("a case of this name")
    }

    /// The names of those that the reference has: disclosures (§6.2) and personas (§13.5).
    pub(crate) fn of_the_reference(&self) -> impl Iterator<Item = &str> {
        let theirs = self.cases.iter().filter(|it| matches!(it.source.as_str(), "6.2" | "13.5"));
        theirs.map(|it| it.name.as_str())
    }

    /// All the answers of a person like this.
    pub(crate) fn answers(&self, case: &Case) -> BTreeMap<String, Value> {
        let mut all = self.healthy.clone();
        all.extend(case.answers.clone());
        all.into_iter().map(|(id, answer)| (id, dated(answer))).collect()
    }
}

/// `{"months_ago": 4}` as the month that it is.
fn dated(answer: Value) -> Value {
    let Some(ago) = answer.get("months_ago").and_then(Value::as_i64) else { return answer };
    let today = Clock::system().today_in_paris();
    let month = today.checked_sub(jiff::Span::new().months(ago)).expect("a date");
    json!(month.strftime("%Y-%m").to_string())
}

/// Rows of the program's database.
async fn rows<T>(app: &App, sql: &'static str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::mysql::MySqlRow> + Send + Unpin,
{
    sqlx::query_as(sql).fetch_all(app.opened().pool()).await.expect("rows")
}

/// Changes rows of the program's database.
async fn run(app: &App, sql: &'static str) {
    sqlx::query(sql).execute(app.opened().pool()).await.expect("changed");
}
