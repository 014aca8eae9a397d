//! The subscription as a program makes it for its customer, and what it is not shown.

use std::collections::BTreeMap;

use assurly::kernel::access::PoolKind;
use assurly::platform::clock::Entropy;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{code, somebody};
use crate::access::issuer::Issuer;
use crate::harness::app::{Access, App};
use crate::harness::database::TestDatabase;
use crate::harness::surfer::Surfer;
use crate::harness::{soon, typeset};
use crate::quotes::project;

/// The program with its jobs, customers and staff of issuers of their own.
pub(super) struct Town {
    pub(super) app: App,
    customers: Issuer,
    staff: Issuer,
}

/// An answer as a program sees it.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) etag: String,
    pub(super) body: Value,
}

impl Town {
    pub(super) async fn start() -> Self {
        let (customers, staff) = (Issuer::start("/c").await, Issuer::start("/g").await);
        let mut of_staff = staff.settings(PoolKind::Gestion);
        of_staff.groups.insert("Médecins".to_owned(), "medical".to_owned());
        let issuers = vec![customers.settings(PoolKind::Clients), of_staff];
        let access = Access { issuers, ..Access::default() };
        let over = [
            ("JOBS__RUN", "true"),
            ("JOBS__POLL_MS", "20"),
            ("JOBS__TIMEOUT_S", "600"),
            ("JOBS__CLAIM_S", "3600"),
        ];
        let app = App::guarded_on(&TestDatabase::own().await, access, &over).await;
        Self { app, customers, staff }
    }

    pub(super) fn customer(&self, name: &str) -> String {
        format!("Bearer {}", self.customers.token(name))
    }

    /// A token of the same customer's, good for a few minutes from now on.
    pub(super) fn customer_now(&self, name: &str) -> String {
        let now = self.app.clock.now().as_second();
        Self::with(&self.customers, name, &[("iat", json!(now)), ("exp", json!(now + 300))])
    }

    /// A token with these claims over a good one's.
    fn with(issuer: &Issuer, name: &str, over: &[(&str, Value)]) -> String {
        let mut claims = issuer.claims(name);
        for (claim, value) in over {
            claims[*claim] = value.clone();
        }
        format!("Bearer {}", issuer.sign(&issuer.header(), &claims))
    }

    pub(super) async fn ask(
        &self,
        who: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Told {
        let method: Method = method.parse().expect("a method");
        let mut request = self.app.client.request(method, self.app.url(path));
        request = request.header("authorization", who);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = soon(request.send()).await.expect("an answer");
        let etag = answer.headers().get("etag").map(|tag| tag.to_str().expect("text").to_owned());
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Told { status, etag: etag.unwrap_or_default(), body }
    }

    pub(super) async fn get(&self, who: &str, path: &str) -> Told {
        self.ask(who, ("GET", path), &[], None).await
    }

    /// A quote of the caller's, of somebody born in this year.
    pub(super) async fn quote(&self, who: &str, year: u16) -> String {
        let mut document = project();
        document["insured"][0]["birth_date"] = json!(format!("{year}-09-15"));
        self.quote_of(who, document).await
    }

    /// A quote of the caller's, of this project.
    pub(super) async fn quote_of(&self, who: &str, document: Value) -> String {
        let key = Entropy::system().key();
        let headers = [("idempotency-key", key.as_str())];
        let told = self.ask(who, ("POST", "/v1/quotes"), &headers, Some(document)).await;
        assert_eq!(told.status, 201, "{}", told.body);
        told.body["id"].as_str().expect("an id").to_owned()
    }

    pub(super) async fn begin(
        &self,
        who: &str,
        quote: &str,
        (email, mobile): &(String, String),
    ) -> Told {
        let key = Entropy::system().key();
        let headers = [("idempotency-key", key.as_str())];
        let body = json!({ "quote": quote, "email": email, "mobile": mobile });
        let told = self.ask(who, ("POST", "/v1/dossiers"), &headers, Some(body)).await;
        assert_eq!(told.status, 201, "{}", told.body);
        told
    }

    /// Writes an answer for the version that was told last, and has it taken.
    pub(super) async fn put(&self, who: &str, told: &Told, path: &str, body: Value) -> Told {
        let path = format!("{}/{path}", base(told));
        let headers = [("if-match", told.etag.as_str())];
        let told = self.ask(who, ("PUT", &path), &headers, Some(body)).await;
        assert_eq!(told.status, 200, "{path}: {}", told.body);
        told
    }

    /// All answers of one person in an office.
    pub(super) async fn describe(&self, who: &str, mut told: Told) -> Told {
        for (path, body) in answers() {
            assert_eq!(next(&told), format!("{}/{path}", base(&told)), "the way is shown");
            told = self.put(who, &told, path, body).await;
        }
        told
    }
}

pub(super) fn answers() -> [(&'static str, Value); 5] {
    let identity = json!({
        "given_name": "Camille", "family_name": "Martin", "birth_place": "Lille, France"
    });
    let address = json!({
        "street": "3 rue des Lilas", "postcode": "59000", "city": "Lille", "country": "FR"
    });
    let work = json!({
        "occupation": "salarie_cadre", "hazards": [], "heavy_loads": false, "on_the_road": false,
        "sports": [], "other_insured_cents": 0
    });
    let loan = json!({
        "lender": "Banque du Nord", "purpose": "residence_principale", "first_instalment": "2027-01"
    });
    [
        ("insured/1/identity", identity),
        ("insured/1/address", address),
        ("insured/1/work", work),
        ("loan", loan),
        ("guarantees", json!({ "shares": [100], "waiting_days": 90 })),
    ]
}

pub(super) fn base(told: &Told) -> String {
    format!("/v1/dossiers/{}", told.body["id"].as_str().expect("an id"))
}

pub(super) fn next(told: &Told) -> String {
    let links = told.body["links"].as_array().expect("links").iter();
    let mut found = links.filter(|link| link["rel"] == "next");
    found.next().and_then(|link| link["href"].as_str()).unwrap_or_default().to_owned()
}

pub(super) fn pointers(told: &Told) -> Vec<&str> {
    let errors = told.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
}

pub(super) const IBAN: &str = "FR76 3000 6000 0112 3456 7890 189";

#[tokio::test]
async fn a_program_goes_from_the_quote_to_the_contract() {
    let town = Town::start().await;
    let (anne, who) = (town.customer("anne"), somebody("anne"));
    let quote = town.quote(&anne, 1992).await;
    let told = town.begin(&anne, &quote, &who).await;
    assert_eq!((told.etag.as_str(), &told.body["state"]), ("\"1\"", &json!("quote")));
    let told = town.describe(&anne, told).await;
    assert_eq!(told.body["state"], "offer", "the law protects: nothing is asked");
    assert_eq!(told.body["insured"][0]["health"], "none");
    let at = base(&told);
    let decided = town.get(&anne, &format!("{at}/decision")).await;
    assert_eq!(decided.body["decision"], "accept_standard");
    assert_eq!(next(&told), format!("{at}/documents-received"));
    let headers = [("if-match", told.etag.as_str())];
    let path = format!("{at}/documents-received");
    let told = town.ask(&anne, ("POST", &path), &headers, None).await;
    assert_eq!(next(&told), format!("{at}/mandate"), "{}", told.body);
    // The signature wants an account first; the account is shown masked.
    let early = town.get(&anne, &format!("{at}/signature")).await;
    assert_eq!(early.status, 409, "{}", early.body);
    let body = json!({ "holder": "Camille Martin", "iban": IBAN, "day": 10 });
    let kept = town.ask(&anne, ("PUT", &format!("{at}/mandate")), &[], Some(body)).await;
    assert_eq!(kept.body["account"], "FR•• •••• 189", "{}", kept.body);
    let path = format!("{at}/signature");
    let ready = typeset("documents", async || {
        let told = town.get(&anne, &path).await;
        (told.body["state"] == "ready").then_some(told)
    })
    .await;
    assert_eq!(ready.body["documents"].as_array().map(Vec::len), Some(5));
    let href = ready.body["documents"][0]["href"].as_str().expect("an address");
    assert_eq!(town.get(&anne, href).await.status, 200);
    let sent = town.ask(&anne, ("POST", &format!("{path}/code")), &[], None).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    let again = town.ask(&anne, ("POST", &format!("{path}/code")), &[], None).await;
    assert_eq!(again.status, 429, "{}", again.body);
    let code = code(&town.app, &who.1).await;
    let act = |ceremony: &Value, code: &str| json!({ "ceremony": ceremony, "code": code, "documents_received": true });
    let other = act(&json!("0".repeat(32)), &code);
    assert_eq!(town.ask(&anne, ("POST", &path), &[], Some(other)).await.status, 409);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let wrong = act(&ready.body["ceremony"], wrong);
    let refused = town.ask(&anne, ("POST", &path), &[], Some(wrong)).await;
    assert_eq!((refused.status.as_u16(), pointers(&refused)), (422, vec!["/code"]));
    let right = act(&ready.body["ceremony"], &code);
    for _ in 0..2 {
        let signed = town.ask(&anne, ("POST", &path), &[], Some(right.clone())).await;
        assert_eq!(signed.body["state"], "concluded", "{}", signed.body);
    }
    is_a_contract(&town, &anne, &at).await;
}

/// What is signed is there, with its schedule and its documents, and does not change.
async fn is_a_contract(town: &Town, anne: &str, at: &str) {
    let list = town.get(anne, "/v1/contracts").await;
    assert_eq!(list.body["contracts"].as_array().map(Vec::len), Some(1), "{}", list.body);
    let contract =
        format!("/v1/contracts/{}", list.body["contracts"][0]["id"].as_str().expect("id"));
    let schedule = town.get(anne, &format!("{contract}/schedule")).await;
    assert_eq!(schedule.body["premiums"].as_array().map(Vec::len), Some(240));
    let papers = town.get(anne, &format!("{contract}/documents")).await;
    for paper in papers.body["documents"].as_array().expect("a list") {
        let href = paper["href"].as_str().expect("an address");
        assert_eq!(town.get(anne, href).await.status, 200, "{href}");
    }
    // What is signed does not change, and says so.
    let told = town.get(anne, at).await;
    let headers = [("if-match", told.etag.as_str())];
    let late = town
        .ask(anne, ("PUT", &format!("{at}/guarantees")), &headers, Some(answers()[4].1.clone()))
        .await;
    assert_eq!(late.status, 409, "{}", late.body);
}

#[tokio::test]
async fn an_answer_says_which_version_it_saw_and_a_refusal_what_may_be_done() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let quote = town.quote(&anne, 1992).await;
    let first = town.begin(&anne, &quote, &somebody("anne")).await;
    let (at, [(path, identity), ..]) = (base(&first), answers());
    let path = format!("{at}/{path}");
    let put = async |headers: &[(&str, &str)], body: &Value| {
        town.ask(&anne, ("PUT", &path), headers, Some(body.clone())).await
    };
    assert_eq!(put(&[], &identity).await.status, 428);
    assert_eq!(put(&[("if-match", "*")], &identity).await.status, 400);
    assert_eq!(put(&[("if-match", "\"9\"")], &identity).await.status, 409);
    let wrong = json!({ "given_name": "R2D2", "family_name": "", "birth_place": "Lille" });
    let refused = put(&[("if-match", "\"1\"")], &wrong).await;
    assert_eq!(refused.status, 422);
    assert_eq!(pointers(&refused), ["/given_name", "/family_name"], "{}", refused.body);
    let saved = put(&[("if-match", "\"1\"")], &identity).await;
    assert_eq!((saved.status.as_u16(), saved.etag.as_str()), (200, "\"2\""));
    let stale = put(&[("if-match", "\"1\"")], &identity).await;
    assert_eq!((stale.status.as_u16(), pointers(&stale)), (409, vec!["/version"]));
    // Too early: the refusal names the acts of this state.
    let headers = [("if-match", saved.etag.as_str())];
    let early =
        town.ask(&anne, ("POST", &format!("{at}/documents-received")), &headers, None).await;
    assert_eq!(early.status, 409);
    assert_eq!(pointers(&early), ["/state", "/allowed/apply"], "{}", early.body);
    let nowhere = town.get(&anne, "/v1/dossiers/rien").await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn a_dossier_is_begun_once_per_key_and_listed_page_by_page() {
    let town = Town::start().await;
    let (anne, who) = (town.customer("anne"), somebody("anne"));
    let quote = town.quote(&anne, 1992).await;
    let body = json!({ "quote": quote, "email": who.0, "mobile": who.1 });
    let mut made = Vec::new();
    for key in ["k1", "k1", "k2", "k3"] {
        let headers = [("idempotency-key", key)];
        let told = town.ask(&anne, ("POST", "/v1/dossiers"), &headers, Some(body.clone())).await;
        assert_eq!(told.status, 201, "{}", told.body);
        made.push(told.body["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!(made[0], made[1]);
    let another = json!({ "quote": quote, "email": who.0, "mobile": "+33611111111" });
    let headers = [("idempotency-key", "k1")];
    let reused = town.ask(&anne, ("POST", "/v1/dossiers"), &headers, Some(another)).await;
    assert_eq!(reused.status, 422, "{}", reused.body);
    let mut listed = Vec::new();
    let mut path = "/v1/dossiers?limit=2".to_owned();
    loop {
        let page = town.get(&anne, &path).await;
        let ids = page.body["dossiers"].as_array().expect("a list").iter();
        listed.extend(ids.map(|one| one["id"].as_str().expect("an id").to_owned()));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/v1/dossiers?limit=2&after={next}");
    }
    made.remove(0);
    made.reverse();
    assert_eq!(listed, made);
    for wrong in
        ["limit=0", "limit=101", "after=rien", "after=dos_00000000000070008000000000000000"]
    {
        let told = town.get(&anne, &format!("/v1/dossiers?{wrong}")).await;
        assert_eq!(told.status, 422, "{wrong}");
    }
}

/// Every address below one dossier, with a body that would be taken.
fn crawl(at: &str) -> Vec<(&'static str, String, Option<Value>)> {
    let declaration = json!({
        "consent": "sante-2026-11", "height_cm": 170, "weight_kg": 60, "answers": {}
    });
    let mandate = json!({ "holder": "Camille Martin", "iban": IBAN, "day": 10 });
    let act = json!({ "ceremony": "0", "code": "000000", "documents_received": true });
    let invitation =
        json!({ "given_name": "Sam", "email": "sam@exemple.fr", "mobile": "+33611223344" });
    let mut all: Vec<_> = answers()
        .into_iter()
        .map(|(path, body)| ("PUT", format!("{at}/{path}"), Some(body)))
        .collect();
    all.extend([
        ("GET", at.to_owned(), None),
        ("GET", format!("{at}/decision"), None),
        ("GET", format!("{at}/health"), None),
        ("PUT", format!("{at}/health"), Some(declaration)),
        ("POST", format!("{at}/documents-received"), None),
        ("PUT", format!("{at}/mandate"), Some(mandate)),
        ("GET", format!("{at}/signature"), None),
        ("GET", format!("{at}/documents/notice"), None),
        ("GET", format!("{at}/invitation"), None),
        ("PUT", format!("{at}/invitation"), Some(invitation)),
        ("POST", format!("{at}/signature/code"), None),
        ("POST", format!("{at}/signature"), Some(act)),
    ]);
    all
}

#[tokio::test]
async fn customers_and_agents_find_nothing_of_each_other() {
    let town = Town::start().await;
    let (anne, bob) = (town.customer("anne"), town.customer("bob"));
    let quote = town.quote(&anne, 1985).await;
    let told = town.begin(&anne, &quote, &somebody("anne")).await;
    let told = town.describe(&anne, told).await;
    let at = base(&told);
    let before = town.get(&anne, &at).await.etag;
    for (method, path, body) in crawl(&at) {
        let headers = [("if-match", before.as_str())];
        let seen = town.ask(&bob, (method, &path), &headers, body.clone()).await;
        assert_eq!(seen.status, 404, "{method} {path}: {}", seen.body);
        if path != at {
            let agent = town.agent();
            let seen = town.ask(&agent, (method, &path), &headers, body).await;
            assert_eq!(seen.status, 403, "{method} {path}: {}", seen.body);
        }
    }
    let key = [("idempotency-key", "k")];
    let body = json!({ "quote": quote, "email": "bob@exemple.fr", "mobile": "+33611111111" });
    let stolen = town.ask(&bob, ("POST", "/v1/dossiers"), &key, Some(body)).await;
    assert_eq!(stolen.status, 404, "another's quote: {}", stolen.body);
    let foreign = town.get(&bob, &format!("/v1/dossiers?after={}", &at[13..])).await;
    assert_eq!(foreign.status, 422, "{}", foreign.body);
    assert_eq!(town.get(&anne, &at).await.etag, before, "nothing was written");
    // An agent sees who somebody is, and nothing that tells of their health.
    let seen = town.get(&town.agent(), &at).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    let person = &seen.body["insured"][0];
    assert_eq!(person["person"]["given_name"], "Camille");
    assert!(person["health"].is_null() && person["path"].is_null(), "{person}");
    assert_eq!(seen.body["allowed"], json!([]));
}

impl Town {
    /// One of our staff with two factors and every scope, in no group.
    fn agent(&self) -> String {
        Self::with(&self.staff, "zoe", &[("acr", json!("two"))])
    }
}

#[tokio::test]
async fn health_goes_in_by_its_own_scope_and_comes_out_for_the_medical_officer() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let quote = town.quote(&anne, 1985).await;
    let told = town.begin(&anne, &quote, &somebody("anne")).await;
    let told = town.describe(&anne, told).await;
    let at = base(&told);
    assert_eq!((&told.body["state"], next(&told)), (&json!("medical"), format!("{at}/health")));
    let path = format!("{at}/health");
    let narrow = json!("dossiers:lire dossiers:ecrire");
    let narrow = Town::with(&town.customers, "anne", &[("scope", narrow)]);
    assert_eq!(town.get(&narrow, &path).await.status, 403);
    let asked = town.get(&anne, &path).await;
    assert_eq!((&asked.body["state"], &asked.body["consented"]), (&json!("asked"), &json!(false)));
    let questions = asked.body["questions"].as_array().expect("questions");
    let codes = questions.iter().map(|one| one["code"].as_str().expect("a code").to_owned());
    let mut answers: BTreeMap<String, bool> = codes.map(|code| (code, false)).collect();
    assert_eq!(answers.len(), 8);
    let document = |answers: &BTreeMap<String, bool>, consent: &str| json!({ "consent": consent, "height_cm": 178, "weight_kg": 72, "answers": answers });
    let put = async |body: Value| town.ask(&anne, ("PUT", &path), &[], Some(body)).await;
    let without = put(document(&answers, "autre")).await;
    assert_eq!((without.status.as_u16(), pointers(&without)), (422, vec!["/consent"]));
    let some = answers.iter().skip(1).map(|(code, yes)| (code.clone(), *yes)).collect();
    assert_eq!(put(document(&some, "sante-2026-11")).await.status, 422);
    answers.insert("q_ald".to_owned(), true);
    let sent = put(document(&answers, "sante-2026-11")).await;
    assert_eq!((sent.status.as_u16(), &sent.body["state"]), (200, &json!("medical")));
    assert_eq!(sent.body["insured"][0]["health"], "questionnaire");
    assert!(!sent.body.to_string().contains("q_ald"), "{}", sent.body);
    // Who studies it, with a reason; nobody else of the staff, whatever their scopes.
    let study = format!("{at}/insured/1/health?reason=etude");
    assert_eq!(town.get(&town.agent(), &study).await.status, 403);
    let group = ("groups", json!(["Médecins"]));
    let weak = Town::with(&town.staff, "doc", std::slice::from_ref(&group));
    assert_eq!(town.get(&weak, &study).await.status, 401, "two factors");
    let officer = Town::with(&town.staff, "doc", &[group, ("acr", json!("two"))]);
    let read = town.get(&officer, &study).await;
    assert_eq!(
        (read.status.as_u16(), &read.body["yes"]),
        (200, &json!(["q_ald"])),
        "{}",
        read.body
    );
    let mark = read.body["fingerprint"].as_str().expect("what a proof of signature names it by");
    assert_eq!(mark.len(), 64, "{mark}");
    let idle = town.get(&officer, &study.replace("etude", "curieux")).await;
    assert_ne!(idle.status, 200, "{}", idle.body);
    let read: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM health_access WHERE reader = 'medical' AND act = 'read'",
    )
    .fetch_one(town.app.opened().pool())
    .await
    .expect("a count");
    assert_eq!(read, 1, "written down, once");
    // Whom the law protects is not even heard.
    let quote = town.quote(&anne, 1992).await;
    let told = town.begin(&anne, &quote, &somebody("anne")).await;
    let protected = format!("{}/health", base(&told));
    let refused =
        town.ask(&anne, ("PUT", &protected), &[], Some(document(&answers, "sante-2026-11"))).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert_eq!(refused.body["errors"][0]["code"], "LEMOINE_PROTECTED", "{}", refused.body);
}

/// The share of the loan halves after some years.
fn halves_later(document: &mut Value) {
    let shares = document.pointer_mut("/insured/0/shares").and_then(Value::as_array_mut);
    let shares = shares.expect("a list");
    let mut half = shares[0].clone();
    (half["percent"], half["from"]) = (json!(50), json!("2032-01-01"));
    shares.push(half);
}

/// A deferral, a comparison by rate, and a sport that is said before the loan: none of them is asked about on page 5,
/// and each goes on.
#[tokio::test]
async fn what_the_pages_do_not_ask_about_is_kept_and_goes_on() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let mut document = project();
    document["insured"][0]["birth_date"] = json!("1992-09-15");
    document["loans"][0]["kind"] = json!("differe_partiel");
    document["loans"][0]["deferral_months"] = json!(12);
    document["bank_offer"] = json!({ "basis": "initial", "rate": "0.34" });
    let quote = town.quote_of(&anne, document).await;
    let mut told = town.begin(&anne, &quote, &somebody("anne")).await;
    for (path, mut body) in answers() {
        if path == "insured/1/work" {
            body["sports"] = json!(["dive_deep"]);
        }
        told = town.put(&anne, &told, path, body).await;
    }
    assert_eq!(told.body["state"], "offer", "{}", told.body);
    let quote = told.body["quote"].as_str().expect("a quote");
    let kept = town.get(&anne, &format!("/v1/quotes/{quote}")).await;
    let request = &kept.body["request"];
    assert_eq!(request["loans"][0]["deferral_months"], 12, "{}", kept.body);
    assert_eq!(request["insured"][0]["sports"][0]["code"], "dive_deep");
    assert_eq!(request["bank_offer"]["rate"], "0.34");
}

#[tokio::test]
async fn what_needs_an_advisor_is_not_begun_here() {
    let town = Town::start().await;
    let (anne, who) = (town.customer("anne"), somebody("anne"));
    let change = |change: fn(&mut Value)| {
        let mut document = project();
        document["insured"][0]["birth_date"] = json!("1992-09-15");
        change(&mut document);
        document
    };
    for (document, code, says) in [
        (change(|it| it["insured"][0]["long_stays_abroad"] = json!(true)), "REFERRED", "90 jours"),
        (
            change(|it| it["options"]["fractionation"] = json!("quarterly")),
            "NOT_MONTHLY",
            "chaque mois",
        ),
        (
            change(|it| it["options"]["fractionation"] = json!("yearly")),
            "NOT_MONTHLY",
            "chaque mois",
        ),
        (change(halves_later), "NOT_ONLINE", "parts"),
    ] {
        let quote = town.quote_of(&anne, document).await;
        let key = Entropy::system().key();
        let headers = [("idempotency-key", key.as_str())];
        let body = json!({ "quote": quote, "email": who.0, "mobile": who.1 });
        let told = town.ask(&anne, ("POST", "/v1/dossiers"), &headers, Some(body)).await;
        assert_eq!((told.status.as_u16(), pointers(&told)), (409, vec!["/quote"]), "{}", told.body);
        assert_eq!(told.body["errors"][0]["code"], code);
        let page = Surfer::new(&town.app).open(&format!("/devis/{quote}/suite")).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert_eq!(page.heading(), "Ce devis ne se souscrit pas en ligne");
        assert!(page.says(says) && page.says("conseiller"), "{}", page.body);
    }
}
