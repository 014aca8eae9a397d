//! What is asked of the program on the way from a quote to a contract, each step with what it writes.

use assurly::platform::clock::Clock;
use jiff::ToSpan as _;
use serde_json::{Value, json};

use super::house::{House, When};
use super::snare::Moment;
use crate::dossiers::{api, somebody};
use crate::harness::typeset;
use crate::quotes::project;

/// What happened to a dossier.
pub(super) const EVENT: &[&str] = &["INSERT INTO dossier_event"];
const QUOTE: &[&str] = &["INSERT INTO quote ("];
const MANDATE: &[&str] = &["INSERT INTO mandate ("];
/// A code leaves.
pub(super) const CODE: &[&str] = &["INSERT INTO dossier_code"];
/// Documents are ready to be signed.
const CEREMONY: &[&str] = &["INSERT INTO signature_ceremony"];
/// Somebody signs.
pub(super) const SIGNED: &[&str] = &["UPDATE signature_signer"];

/// One step: what is asked, and what it writes.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) key: String,
    pub(super) says_version: bool,
    pub(super) writes: &'static [&'static str],
}

impl Step {
    pub(super) fn new(method: &'static str, path: &str, body: Option<Value>) -> Self {
        let (path, key) = (path.to_owned(), String::new());
        Self { method, path, body, key, says_version: false, writes: EVENT }
    }

    /// An answer for the version that is there.
    pub(super) fn put(at: &str, path: &str, body: Value) -> Self {
        let step = Self::new("PUT", &format!("{at}/{path}"), Some(body));
        Self { says_version: true, ..step }
    }

    /// The same, which writes this.
    pub(super) fn that_writes(self, writes: &'static [&'static str]) -> Self {
        Self { writes, ..self }
    }
}

/// Whether what dies does in this part of the way.
pub(super) async fn go(house: &mut House, step: &Step, when: Option<When>) -> Value {
    match when {
        Some(when) => house.through(step, when).await,
        None => house.done(step).await,
    }
}

/// Somebody's way to their contract.
pub(super) struct Journey {
    /// Address and number.
    pub(super) who: (String, String),
    /// `/v1/dossiers/…`.
    pub(super) at: String,
}

impl Journey {
    /// A dossier from this project; another key makes another one.
    pub(super) async fn begin(
        house: &mut House,
        key: &str,
        project: Value,
        when: Option<When>,
    ) -> Self {
        let key = format!("key-{key}");
        let step = Step::new("POST", "/v1/quotes", Some(project));
        let step = Step { key: key.clone(), ..step.that_writes(QUOTE) };
        let quote = go(house, &step, when).await;
        let who = somebody("anne");
        let body = json!({ "quote": quote["id"], "email": who.0, "mobile": who.1 });
        let step = Step::new("POST", "/v1/dossiers", Some(body));
        let dossier = go(house, &Step { key, ..step }, when).await;
        let at = format!("/v1/dossiers/{}", dossier["id"].as_str().expect("an id"));
        Self { who, at }
    }

    /// Identity, address, work, loan and guarantees, with these in the place of the usual ones.
    pub(super) async fn describe(
        &self,
        house: &mut House,
        over: &[(&str, Value)],
        when: Option<When>,
    ) {
        for (path, body) in api::answers() {
            let own = over.iter().find(|(name, _)| *name == path);
            let body = own.map_or_else(
                || if path == "loan" { this_loan(body) } else { body },
                |(_, body)| body.clone(),
            );
            go(house, &Step::put(&self.at, path, body), when).await;
        }
    }

    /// The documents are received and the account is known.
    pub(super) async fn receive(&self, house: &mut House, when: Option<When>) {
        let step = Step::new("POST", &format!("{}/documents-received", self.at), None);
        go(house, &Step { says_version: true, ..step }, when).await;
    }

    pub(super) async fn account(&self, house: &mut House, when: Option<When>) {
        let account = json!({ "holder": "Camille Martin", "iban": api::IBAN, "day": 10 });
        let step = Step::put(&self.at, "mandate", account).that_writes(MANDATE);
        go(house, &Step { says_version: false, ..step }, when).await;
    }

    /// From the documents to the act: what it answers.
    pub(super) async fn sign(&self, house: &mut House, when: Option<When>) -> Value {
        self.sign_after(house, "", when).await
    }

    /// The same of who was sent this code before.
    pub(super) async fn sign_after(
        &self,
        house: &mut House,
        old: &str,
        when: Option<When>,
    ) -> Value {
        let path = format!("{}/signature", self.at);
        let seen = Step::new("GET", &path, None).that_writes(CEREMONY);
        let ready = opened(house, &seen, when).await;
        let send = Step::new("POST", &format!("{path}/code"), None).that_writes(CODE);
        go(house, &send, when).await;
        let code = house.code(&self.who.1, old).await;
        let act =
            json!({ "ceremony": ready["ceremony"], "code": code, "documents_received": true });
        go(house, &Step::new("POST", &path, Some(act)).that_writes(SIGNED), when).await
    }

    /// All of it in peace: the address of the contract.
    pub(super) async fn contract(&self, house: &mut House) -> String {
        self.receive(house, None).await;
        self.account(house, None).await;
        let signed = self.sign(house, None).await;
        assert_eq!(signed["state"], "concluded", "{signed}");
        signed["next"].as_str().expect("a contract").to_owned()
    }
}

/// The ceremony, once its documents are made; whoever sees them first opens it.
async fn opened(house: &mut House, seen: &Step, when: Option<When>) -> Value {
    const MADE: &str =
        "SELECT COUNT(*) FROM job WHERE kind = 'contracts.prepare' AND state <> 'done'";
    typeset("documents", async || (house.count(MADE).await == 0).then_some(())).await;
    if let Some(When::AtCommit) = when {
        for moment in Moment::BOTH {
            house.dies_in(seen, moment).await;
        }
    }
    typeset("a ceremony", async || {
        let told = house.get(&seen.path).await;
        (told["state"] == "ready").then_some(told)
    })
    .await
}

/// A project that can be sold today, whenever that is.
pub(super) fn sellable() -> Value {
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

/// The usual loan, as late as [`sellable`].
fn this_loan(mut loan: Value) -> Value {
    let first = Clock::system().today_in_paris().first_of_month();
    let due = first.saturating_add(3.months()).to_string();
    loan["first_instalment"] = json!(due[..7].to_owned());
    loan
}
