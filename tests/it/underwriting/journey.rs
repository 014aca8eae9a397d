//! From the first question to the decision: the people of the knowledge base's cases, resumption, two
//! windows, callback and poll.

use assurly::domain::pathway::Path;
use assurly::domain::underwriting::Outcome;
use assurly::kernel::problem::Kind;
use assurly::platform::clock::Clock;
use assurly::slices::underwriting::SessionState;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Case, Cases, Person, app, rows, run};
use crate::harness::surfer::SeenForm;
use crate::harness::tomcat::{Tomcat, free_port};
use crate::harness::{eventually, logs, soon};

const CODES: [(&str, &str); 5] =
    [("DC", "deces"), ("PTIA", "ptia"), ("IPT", "ipt"), ("ITT", "itt"), ("IPP", "ipp")];

/// One person through the proxy, and the decision that we keep of them.
async fn goes_through(app: &crate::harness::app::App, cases: &Cases, case: &Case) {
    let mut person = Person::new("somebody");
    let number = |name: &str| case.facts.get(name).and_then(Value::as_u64);
    if let Some(age) = number("age") {
        person.facts.age = u8::try_from(age).expect("an age");
    }
    if let Some(capital) = number("capital") {
        person.facts.capital_euros = u32::try_from(capital).expect("a capital");
    }
    person.open(app).await.expect("opened");
    person.answers(app, &cases.answers(case)).await;
    assert_eq!(person.submit(app).await.status(), 200, "{}", case.name);
    let standing = person.decided(app).await;
    let decided = standing.decision.expect("a decision");
    for (code, guarantee) in CODES {
        let Some(expected) = case.expect.get(code) else { continue };
        let outcome = decided.outcomes.iter().find(|it| it.guarantee.code() == guarantee);
        let outcome = outcome.expect("every guarantee");
        let said = outcome.outcome.code().to_uppercase();
        assert_eq!(said, expected["outcome"], "{}: {code}", case.name);
        if let Some(loading) = expected.get("loadingPct") {
            assert_eq!(u64::from(outcome.loading_percent), loading.as_u64().expect("a number"));
        }
        if let Some(exclusions) = expected.get("exclusions") {
            assert_eq!(&json!(outcome.exclusions), exclusions, "{}: {code}", case.name);
        }
    }
    let is_referred = case.expect.get("status").is_some_and(|it| it == "REFERRED");
    if is_referred {
        assert_eq!(standing.state, SessionState::Referred, "{}", case.name);
    }
}

#[tokio::test]
async fn every_person_of_the_reference_gets_their_decision_through_the_proxy() {
    let app = app(Tomcat::shared().await, &[]).await;
    let cases = Cases::read();
    let known = |case: &&Case| {
        matches!(case.source.as_str(), "6.2" | "13.5") && case.name != "no question of health"
    };
    let mut count = 0;
    for case in cases.cases.iter().filter(known) {
        goes_through(&app, &cases, case).await;
        count += 1;
    }
    assert!(count >= 20, "{count} persons");
}

#[tokio::test]
async fn a_person_is_decided_and_their_documents_are_kept_sealed() {
    let app = app(Tomcat::shared().await, &[]).await;
    let cases = Cases::read();
    let person = Person::at("camille", &app).await;
    person.answers(&app, &cases.answers(cases.named("diab2"))).await;
    assert_eq!(person.submit(&app).await.status(), 200);
    let decided = person.decided(&app).await.decision.expect("a decision");
    assert_eq!(decided.decision.code(), "ACCEPT_MODIFIED");
    assert!(decided.is_automatic);
    let kept = eventually("documents", async || {
        let kept = app.underwriting.documents(person.insured).await.expect("a database");
        (kept.len() == 2).then_some(kept)
    })
    .await;
    for document in kept {
        let bytes = soon(app.underwriting.document(person.insured, &document.name)).await;
        let bytes = bytes.expect("kept");
        assert!(bytes.starts_with(b"%PDF-") && bytes.len() == document.bytes as usize);
    }
    // The medical service's own is not the person's.
    let kept: Vec<(Vec<u8>,)> = rows(&app, "SELECT medical_sealed FROM uw_decision").await;
    let [(sealed,)] = kept.as_slice() else { unreachable!("one decision") };
    let shown = String::from_utf8_lossy(sealed);
    assert!(!shown.contains("DIAB") && !shown.contains("rules"), "sealed");
    let open: Vec<(String,)> = rows(&app, "SELECT CAST(commercial AS CHAR) FROM uw_decision").await;
    assert!(!open[0].0.contains("rules") && !open[0].0.contains("hba1c"));
}

#[tokio::test]
async fn sending_twice_is_one_decision_and_two_windows_do_not_mix() {
    let app = app(Tomcat::shared().await, &[]).await;
    let cases = Cases::read();
    let mut person = Person::at("alex", &app).await;
    let first = person.questionnaire(&app).await;
    let put = |answer: &str| json!({ "revision": first["revision"], "answers": { "profession": answer } });
    assert_eq!(person.put(&app, &put("bureau")).await.status(), 200);
    let stale = person.put(&app, &put("pompier")).await;
    assert_eq!(stale.status(), 409);
    let body: Value = stale.json().await.expect("JSON");
    assert_eq!(body["code"], "stale_revision");

    person.answers(&app, &cases.answers(cases.named("healthy"))).await;
    let sends = (0..4).map(|_| person.submit(&app));
    for answer in futures_util::future::join_all(sends).await {
        assert_eq!(answer.status(), 200);
    }
    let decided = person.decided(&app).await;
    assert_eq!(decided.state, SessionState::Decided);
    assert_eq!(decided.decision.expect("a decision").decision.code(), "ACCEPT_STANDARD");
    let count: Vec<(i64,)> = rows(&app, "SELECT COUNT(*) FROM uw_decision").await;
    assert_eq!(count, [(1,)]);
    let refused = person.open(&app).await.expect_err("answered already");
    assert_eq!(refused.kind, Kind::Conflict);
}

#[tokio::test]
async fn two_openings_at_once_are_one_session() {
    let tomcat = Tomcat::shared().await;
    let app = app(tomcat, &[]).await;
    let person = Person::new("sam");
    let openings = (0..6).map(|_| async { app.underwriting.open(&person.opening()).await });
    let opened = futures_util::future::join_all(openings).await;
    assert!(opened.iter().any(Result::is_ok));
    let before: Vec<(String,)> = rows(&app, "SELECT state FROM uw_session").await;
    assert_eq!(before, [("IN_PROGRESS".to_owned(),)]);
    // Whoever opened last has the browser.
    let mut again = Person { handle: String::new(), ..person };
    again.open(&app).await.expect("resumed");
    assert_eq!(again.questionnaire(&app).await["revision"], 0);
}

#[tokio::test]
async fn whom_the_law_protects_is_never_sent_there() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::new("jo");
    for path in [Path::P1, Path::P2, Path::Reused] {
        let opening = assurly::slices::underwriting::Opening { path, ..person.opening() };
        let refused = app.underwriting.open(&opening).await.expect_err("not asked");
        assert_eq!(refused.kind, Kind::Forbidden);
    }
    assert!(app.underwriting.standing(person.insured).await.expect("a database").is_none());
}

#[tokio::test]
async fn two_people_never_see_each_others_questionnaire() {
    let app = app(Tomcat::shared().await, &[]).await;
    let one = Person::at("one", &app).await;
    let two = Person::at("two", &app).await;
    let thief = Person { name: "two", handle: one.handle.clone(), ..Person::new("two") };
    for path in ["/continue/", "/cep-core/api/v1/questionnaire", "/questionnaire/suite"] {
        assert_eq!(thief.get(&app, path).await.status(), 404, "{path}");
        assert_ne!(one.get(&app, path).await.status(), 404, "{path}");
    }
    let put = json!({ "revision": 0, "answers": { "profession": "pompier" } });
    assert_eq!(thief.put(&app, &put).await.status(), 404);
    assert_eq!(one.questionnaire(&app).await["revision"], 0);
    // The same dossier, another person: not theirs to open either.
    let foreign = assurly::slices::underwriting::Opening {
        applicant: super::applicant("two"),
        ..one.opening()
    };
    assert_eq!(app.underwriting.open(&foreign).await.expect_err("not theirs").kind, Kind::NotFound);
    let acts: Vec<(String,)> =
        rows(&app, "SELECT action FROM uw_audit WHERE action = 'foreign_handle'").await;
    assert!(acts.len() >= 4, "{acts:?}");
    assert_eq!(two.questionnaire(&app).await["revision"], 0);
}

#[tokio::test]
async fn the_pages_lead_from_question_to_question_and_back_to_the_dossier() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("lou", &app).await;
    let start = person.get(&app, "/continue/").await;
    assert_eq!(start.status(), 303);
    assert_eq!(start.headers()["location"], "/continue/question/1");
    let page = person.get(&app, "/continue/question/1").await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.headers().get("set-cookie").is_none());
    let text = page.text().await.expect("text");
    let form = SeenForm::first(&text);
    let form = form.with(&[("reponse", "bureau"), ("action", "continuer")]);
    let post = person.asks(&app, &Method::POST, &form.action).form(&form.values);
    let next = soon(post.send()).await.expect("an answer");
    assert_eq!(next.status(), 303, "{:?}", next.text().await);
    assert_eq!(next.headers()["location"], "/continue/question/2");
    let left = person.get(&app, "/questionnaire/suite").await;
    assert_eq!(left.status(), 303);
    let dossier = person.insured.dossier.simple();
    assert_eq!(left.headers()["location"], format!("/d/dos_{dossier}/a1/decision"));
}

#[tokio::test]
async fn a_killed_engine_loses_nothing_that_was_confirmed() {
    let mut tomcat = Tomcat::own("killed", None).await;
    let app = app(&tomcat, &[("UNDERWRITING__BREAKER_OPEN_MS", "100")]).await;
    let cases = Cases::read();
    let mut person = Person::at("charlie", &app).await;
    let put = json!({ "revision": 0, "answers": { "profession": "enseignement" } });
    let before: Value = person.put(&app, &put).await.json().await.expect("JSON");
    tomcat.kill();
    let away = person.get(&app, "/continue/question/2").await;
    assert_eq!(away.status(), 503);
    assert_eq!(away.headers()["retry-after"], "5");
    assert_eq!(person.put(&app, &put).await.status(), 503);
    // Nobody new gets in, and nobody is decided upon.
    let mut other = Person::new("dominique");
    assert_eq!(other.open(&app).await.expect_err("away").kind, Kind::Unavailable);
    let standing = app.underwriting.standing(other.insured).await.expect("a database");
    assert_eq!(standing.expect("begun").state, SessionState::Created);
    assert_eq!(app.get("/simuler").await.status(), 200);
    assert_eq!(app.get("/readyz").await.status(), 200);

    tomcat.start().await;
    eventually("the breaker closes", async || {
        let answer = person.get(&app, "/cep-core/api/v1/questionnaire").await;
        (answer.status() == 200).then_some(())
    })
    .await;
    assert_eq!(person.questionnaire(&app).await["revision"], before["revision"]);
    other.open(&app).await.expect("the opening that was begun is gone on with");
    person.open(&app).await.expect("resumed with a new handle");
    person.answers(&app, &cases.answers(cases.named("healthy"))).await;
    assert_eq!(person.submit(&app).await.status(), 200);
    let decided = person.decided(&app).await;
    assert_eq!(decided.decision.expect("one").outcomes[0].outcome, Outcome::Accept);
}

#[tokio::test]
async fn a_callback_alone_brings_the_decision() {
    let at = format!("127.0.0.1:{}", free_port());
    let tomcat = Tomcat::own("callback", Some(at.parse().expect("an address"))).await;
    // Behind the proxy's back nothing is submitted: this program only hears of it by the callback.
    let app = app(&tomcat, &[("UNDERWRITING__CALLBACK_LISTEN", &at)]).await;
    // The engine signs with its own clock, and a callback is good for five minutes.
    app.clock.set(Clock::system().now());
    let cases = Cases::read();
    let person = Person::at("claude", &app).await;
    person.answers(&app, &cases.answers(cases.named("healthy"))).await;
    let tokens: Vec<(String,)> = rows(&app, "SELECT engine_id FROM uw_session").await;
    let key = std::fs::read_to_string(tomcat.secret("integration")).expect("a key");
    let url = format!("{}/cep-core/integration/v1/sessions/{}/tokens", tomcat.url(), tokens[0].0);
    let token: Value = soon(app.client.post(url).bearer_auth(key.trim()).send())
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let url = format!("{}/cep-core/api/v1/submit", tomcat.url());
    let sent = app.client.post(url).bearer_auth(token["token"].as_str().expect("a token"));
    assert_eq!(soon(sent.send()).await.expect("an answer").status(), 200);
    let decided = person.decided(&app).await;
    assert_eq!(decided.state, SessionState::Decided);
    let metrics = app.metrics().await;
    let noted = |line: &String| line.starts_with("reflex_callbacks_total{result=\"noted\"}");
    assert!(metrics.iter().any(noted), "no callback was taken");
}

#[tokio::test]
async fn a_session_that_the_engine_lost_is_offered_anew() {
    let tomcat = Tomcat::own("lost", None).await;
    let app = app(&tomcat, &[]).await;
    let mut person = Person::at("maxime", &app).await;
    let before: Vec<(String,)> = rows(&app, "SELECT engine_id FROM uw_session").await;
    run(&app, "UPDATE uw_session SET engine_id = 'a0000000-0000-4000-8000-000000000000'").await;
    let gone = person.open(&app).await.expect_err("lost");
    assert_eq!(gone.kind, Kind::Gone);
    person.open(&app).await.expect("a new one");
    let standing = app.underwriting.standing(person.insured).await.expect("a database");
    assert_eq!(standing.expect("one").state, SessionState::InProgress);
    let now: Vec<(String,)> =
        rows(&app, "SELECT engine_id FROM uw_session WHERE state = 'IN_PROGRESS'").await;
    assert_ne!(before, now);
}

#[tokio::test]
async fn giving_up_ends_the_session_on_both_sides() {
    let app = app(Tomcat::shared().await, &[]).await;
    let person = Person::at("noa", &app).await;
    app.underwriting.cancel(person.insured).await.expect("given up");
    app.underwriting.cancel(person.insured).await.expect("twice is once");
    let standing = app.underwriting.standing(person.insured).await.expect("a database");
    assert_eq!(standing.expect("one").state, SessionState::Cancelled);
    let answer = person.get(&app, "/cep-core/api/v1/questionnaire").await;
    assert!(matches!(answer.status().as_u16(), 401 | 410), "{}", answer.status());
}

#[tokio::test]
async fn no_token_key_or_answer_is_in_the_logs() {
    let app = app(Tomcat::shared().await, &[]).await;
    let cases = Cases::read();
    let person = Person::at("eden", &app).await;
    person.answers(&app, &cases.answers(cases.named("diab2"))).await;
    person.submit(&app).await;
    person.decided(&app).await;
    let handle = person.handle.trim_start_matches("uw=");
    for secret in [handle, "diab_hba1c", "type2", "eyJ", "Bearer ey"] {
        assert!(logs::holding(secret).is_empty(), "{secret} is in the log");
    }
    assert!(!logs::holding("\"decided\"").is_empty(), "the decision is told");
}
