//! A yes on the short declaration: what was declared is not asked again in the questionnaire that follows.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Traveller, app};
use crate::dossiers::{fill, health, hex};
use crate::harness::app::App;
use crate::harness::logs;
use crate::harness::surfer::Seen;
use crate::harness::tomcat::Tomcat;

const TOLD: &str = "Ce que vous avez déjà répondu est repris";

/// Somebody of 41 who declares this on the short page; the page before the questionnaire.
async fn declared(
    app: &App,
    name: &str,
    answers: &[(&'static str, &'static str)],
) -> (Traveller, Seen) {
    let (mut one, gate) = Traveller::at_the_gate(app, name, "1985", "150 000").await;
    let questions = fill(&mut one.surfer, &gate, &[("action", "accepter")]).await;
    assert_eq!(questions.heading(), "Vos réponses", "{}", questions.body);
    let all: Vec<_> = health(answers).into_iter().collect();
    let gate = fill(&mut one.surfer, &questions, &all).await;
    assert!(gate.at.ends_with("/a1/questionnaire"), "{}", gate.at);
    (one, gate)
}

async fn view(app: &App, one: &Traveller) -> Value {
    one.asks(app, &Method::GET, "/cep-core/api/v1/questionnaire", None).await.1
}

/// The answer to a question; null when there is none.
fn answer(view: &Value, id: &str) -> Value {
    let mut all = view["questions"].as_array().expect("a list").iter();
    all.find(|it| it["id"] == id).expect("a question that shows")["answer"].clone()
}

/// Who read what this person declared, and why, but for their own reading of their page.
async fn readings(app: &App, one: &Traveller) -> Vec<(String, String)> {
    let sql = "SELECT h.reader, h.reason FROM health_access h \
        JOIN dossier_insured i ON i.id = h.insured_id \
        WHERE i.dossier_id = ? AND h.act = 'read' AND h.reason <> 'own' ORDER BY h.sequence";
    let id = hex(one.base.trim_start_matches("/d/dos_"));
    sqlx::query_as(sql).bind(id).fetch_all(app.opened().pool()).await.expect("rows")
}

#[tokio::test]
async fn a_declaration_fills_in_the_same_questions_of_the_questionnaire_once() {
    let app = app(Tomcat::shared().await, &[]).await;
    let over = [("q_examen", "oui"), ("q_traitement", "oui"), ("poids", "91"), ("taille", "187")];
    let (mut one, gate) = declared(&app, "carried", &over).await;
    assert!(gate.says(TOLD), "{}", gate.body);
    assert!(readings(&app, &one).await.is_empty(), "nothing is opened before the consent");
    let first = one.enters(&gate).await;
    assert!(first.body.contains("name=\"question\" value=\"profession\""), "{}", first.body);
    let seen = view(&app, &one).await;
    for (id, said) in [
        ("taille", json!(187)),
        ("poids", json!(91)),
        ("arret", json!(false)),
        ("examen", json!(true)),
        ("fumeur", json!(false)),
        // What the short page asks otherwise is nobody's answer here.
        ("profession", Value::Null),
        ("hta", Value::Null),
        ("dos", Value::Null),
    ] {
        assert_eq!(answer(&seen, id), said, "{id}");
    }
    let missing = seen["missing"].as_array().expect("a list");
    assert!(missing.contains(&json!("alcool")) && !missing.contains(&json!("poids")));
    assert_eq!(seen["progress"]["answered"], 5);
    let once = [("system".to_owned(), "questionnaire".to_owned())];
    assert_eq!(readings(&app, &one).await, once);
    // It is theirs to correct, and nothing is put over it when they come back.
    let path = "/cep-core/api/v1/answers";
    let put = json!({ "revision": 1, "answers": { "poids": 90, "profession": "bureau" } });
    assert_eq!(one.asks(&app, &Method::PUT, path, Some(&put)).await.0, 200);
    let again = one.surfer.open(&gate.at).await;
    assert_eq!(again.heading(), "Reprenez vos réponses", "{}", again.body);
    let next = fill(&mut one.surfer, &again, &[("action", "accepter")]).await;
    assert!(next.body.contains("name=\"question\" value=\"sports\""), "{}", next.body);
    assert_eq!(answer(&view(&app, &one).await, "poids"), json!(90));
    assert_eq!(readings(&app, &one).await, once, "it is read once");
    // Nothing of it is in the row of the session, in an address, or in the log.
    let facts: String = sqlx::query_scalar("SELECT CAST(facts AS CHAR) FROM uw_session")
        .fetch_one(app.opened().pool())
        .await
        .expect("one session");
    assert!(!facts.contains("187") && !facts.contains("poids"), "{facts}");
    assert!(logs::holding("taille").is_empty() && logs::holding("187 cm").is_empty());
    // What they leave out is asked: the whole is sent and decided.
    one.fills_in(&app, "perfect").await;
    assert_eq!(one.asks(&app, &Method::POST, "/cep-core/api/v1/submit", None).await.0, 200);
}

#[tokio::test]
async fn nobody_is_given_what_another_declared_and_an_old_declaration_is_not_carried() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, gate) = declared(&app, "smaller", &[("q_ald", "oui"), ("taille", "112")]).await;
    let (mut plain, asked) = Traveller::at_the_gate(&app, "plain", super::YEAR, "150 000").await;
    assert!(!asked.says(TOLD), "{}", asked.body);
    plain.enters(&asked).await;
    assert_eq!(view(&app, &plain).await["progress"]["answered"], 0);
    assert!(readings(&app, &plain).await.is_empty());
    // A height that the questionnaire does not know is asked there; the rest is carried.
    one.enters(&gate).await;
    let seen = view(&app, &one).await;
    assert_eq!((answer(&seen, "taille"), answer(&seen, "poids")), (Value::Null, json!(72)));
    // Six months later it says nothing any more of somebody's health.
    let (mut late, _) = declared(&app, "late", &[("q_arret", "oui")]).await;
    let sql = "UPDATE health_declaration h JOIN dossier_insured i ON i.id = h.insured_id \
        SET h.submitted_at = h.submitted_at - INTERVAL 190 DAY WHERE i.dossier_id = ?";
    let id = hex(late.base.trim_start_matches("/d/dos_"));
    sqlx::query(sql).bind(id).execute(app.opened().pool()).await.expect("a row");
    let gate = late.surfer.open(&format!("{}/a1/questionnaire", late.base)).await;
    assert!(!gate.says(TOLD), "{}", gate.body);
    late.enters(&gate).await;
    assert_eq!(view(&app, &late).await["progress"]["answered"], 0);
    assert!(readings(&app, &late).await.is_empty());
}
