//! Path P3 in the journey, with the real engine in a real Tomcat: from the price to the decision and what
//! the person answers to it.

mod carried;
mod desk;
mod evidence;
mod outages;
mod outcomes;
mod scenarios;
mod signed;
mod troubles;

use reqwest::Method;
use serde_json::{Value, json};

use crate::dossiers::{begin, describe, fill, quote, somebody};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::{Seen, Surfer};
use crate::harness::tomcat::Tomcat;
use crate::harness::{eventually, soon};
use crate::underwriting::{Cases, MEDICAL};

/// A year of birth whose full questionnaire is asked for at 150 000 €: nobody of 57 is on another path.
pub(crate) const YEAR: &str = "1969";

/// A program in front of this engine, on a database of its own: a poller looks at everybody's sessions.
pub(crate) async fn app(tomcat: &Tomcat, over: &[(&str, &str)]) -> App {
    let engine = tomcat.settings();
    let mut all = vec![
        ("UNDERWRITING__MEDICAL_KEYRING_FILE", MEDICAL.as_str()),
        ("UNDERWRITING__RATE_PER_S", "1000"),
        ("UNDERWRITING__RATE_BURST", "1000"),
    ];
    all.extend(engine.iter().map(|(key, value)| (*key, value.as_str())));
    all.extend(over);
    App::on_database(&TestDatabase::own().await, &all).await
}

/// Somebody on the journey, with a browser.
pub(crate) struct Traveller {
    pub(crate) surfer: Surfer,
    pub(crate) who: (String, String),
    /// `/d/dos_…`.
    pub(crate) base: String,
}

impl Traveller {
    /// From the price to the page before the questionnaire.
    pub(crate) async fn at_the_gate(
        app: &App,
        name: &str,
        year: &str,
        capital: &str,
    ) -> (Self, Seen) {
        let quote = quote(app, year, capital).await;
        Self::with_quote(app, name, &quote).await
    }

    /// The same from a quote that is there.
    async fn with_quote(app: &App, name: &str, quote: &str) -> (Self, Seen) {
        let (who, mut surfer) = (somebody(name), Surfer::new(app));
        let page = begin(app, &mut surfer, quote, &who).await;
        let gate = describe(&mut surfer, page).await;
        let base = gate.at.split('/').take(3).collect::<Vec<_>>().join("/");
        (Self { surfer, who, base }, gate)
    }

    /// Consents, answers everything as this person of the knowledge base would, and sends it.
    pub(crate) async fn answers(&mut self, app: &App, gate: &Seen, persona: &str) -> Seen {
        self.enters(gate).await;
        self.fills_in(app, persona).await;
        let sent = self.asks(app, &Method::POST, "/cep-core/api/v1/submit", None).await;
        assert_eq!(sent.0, 200, "{persona}: {:?}", sent.1);
        // What could not be fetched at once is due a little later, by the program's own clock.
        let mut looks = 0_u32;
        eventually("the page says what was decided", async || {
            let seen = self.surfer.open("/questionnaire/suite").await;
            looks += 1;
            if looks.is_multiple_of(20) {
                app.clock.advance(std::time::Duration::from_secs(2));
            }
            (!seen.body.contains("data-attente")).then_some(seen)
        })
        .await
    }

    /// The page at this address, once it does not wait any more.
    async fn told(&self, path: &str) -> Seen {
        eventually("the page says what was decided", async || {
            let seen = self.surfer.clone().open(path).await;
            (!seen.body.contains("data-attente")).then_some(seen)
        })
        .await
    }

    /// Consents; the first question is shown.
    async fn enters(&mut self, gate: &Seen) -> Seen {
        assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
        let first = fill(&mut self.surfer, gate, &[("action", "accepter")]).await;
        assert_eq!(first.at, "/continue/question/1", "{}", first.body);
        first
    }

    /// Answers every question that shows, as the questionnaire's own page would by its API.
    async fn fills_in(&mut self, app: &App, persona: &str) {
        let cases = Cases::read();
        let answers = cases.answers(cases.named(persona));
        let (_, mut view) =
            self.asks(app, &Method::GET, "/cep-core/api/v1/questionnaire", None).await;
        loop {
            let missing = view["missing"].as_array().expect("a list").clone();
            let Some(id) = missing.first().and_then(Value::as_str) else { return };
            let answer = answers.get(id).unwrap_or_else(|| unreachable!("{id} has no answer"));
            let put = json!({ "revision": view["revision"], "answers": { id: answer } });
            let path = "/cep-core/api/v1/answers";
            let (status, next) = self.asks(app, &Method::PUT, path, Some(&put)).await;
            assert_eq!(status, 200, "{id}: {next}");
            view = next;
        }
    }

    /// A request of the questionnaire's own page in this browser.
    async fn asks(
        &self,
        app: &App,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let cookies: Vec<_> =
            self.surfer.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = app.client.request(method.clone(), app.url(path));
        let request = request.header("cookie", cookies.join("; "));
        let request = request.header("sec-fetch-site", "same-origin");
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = soon(request.send()).await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Page D.
    async fn decision(&mut self) -> Seen {
        self.told(&format!("{}/a1/decision", self.base)).await
    }
}
