//! What goes wrong on the way: the engine that is away, other people, whom the law protects.

use super::{Traveller, YEAR, app};
use crate::dossiers::{fill, written};
use crate::harness::eventually;
use crate::harness::tomcat::Tomcat;
use reqwest::Method;

#[tokio::test]
async fn an_engine_that_is_away_decides_nothing_and_loses_nothing() {
    let mut tomcat = Tomcat::own("journey", None).await;
    let app = app(&tomcat, &[("UNDERWRITING__BREAKER_OPEN_MS", "100")]).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "away", YEAR, "150 000").await;
    tomcat.kill();
    let away = fill(&mut one.surfer, &gate, &[("action", "accepter")]).await;
    assert_eq!(away.status, 503, "{}", away.body);
    assert_eq!(away.heading(), "Le questionnaire est momentanément indisponible");
    assert_eq!(away.headers["retry-after"], "5");
    assert_eq!(written(&app, &one.base).await.0, "medical");
    tomcat.start().await;
    let gate = one.surfer.open(&gate.at).await;
    one.enters(&gate).await;
    // In the middle of it, once more.
    let put = serde_json::json!({ "revision": 0, "answers": { "profession": "bureau" } });
    let (status, _) = one.asks(&app, &Method::PUT, "/cep-core/api/v1/answers", Some(&put)).await;
    assert_eq!(status, 200);
    tomcat.kill();
    let middle = one.decision().await;
    assert_eq!(middle.heading(), "Reprenez vos réponses", "{}", middle.body);
    assert_eq!(written(&app, &one.base).await.0, "medical");
    tomcat.start().await;
    let next = eventually("the engine is there again", async || {
        let page = one.surfer.clone().open(&middle.at).await;
        let next = fill(&mut one.surfer, &page, &[("action", "accepter")]).await;
        (next.status == 200).then_some(next)
    })
    .await;
    assert!(next.at.starts_with("/continue/question/"), "{}", next.at);
    one.fills_in(&app, "perfect").await;
    let (status, _) = one.asks(&app, &Method::POST, "/cep-core/api/v1/submit", None).await;
    assert_eq!(status, 200);
    assert_eq!(one.decision().await.heading(), "Nous pouvons vous assurer");
}

#[tokio::test]
async fn nobody_reads_another_persons_questionnaire_or_decision() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "one", YEAR, "150 000").await;
    let (mut two, other) = Traveller::at_the_gate(&app, "two", YEAR, "150 000").await;
    one.enters(&gate).await;
    two.enters(&other).await;
    // The other's handle with one's own login, and the other way round.
    let mut thief =
        Traveller { surfer: two.surfer.clone(), who: two.who.clone(), base: two.base.clone() };
    let handle = one.surfer.jar.get("uw").expect("a handle").clone();
    thief.surfer.jar.insert("uw".to_owned(), handle);
    for path in ["/continue/question/1", "/questionnaire/suite"] {
        assert_eq!(thief.surfer.open(path).await.status, 404, "{path}");
    }
    let put = serde_json::json!({ "revision": 0, "answers": { "profession": "pompier" } });
    let (status, _) = thief.asks(&app, &Method::PUT, "/cep-core/api/v1/answers", Some(&put)).await;
    assert_eq!(status, 404);
    for page in ["decision", "questionnaire", "decision/documents/decision-1"] {
        let seen = two.surfer.open(&format!("{}/a1/{page}", one.base)).await;
        assert_eq!(seen.status, 404, "{page}");
        let seen = two.surfer.open(&format!("{}/a2/{page}", two.base)).await;
        assert_eq!(seen.status, 404, "{page}: nobody is a2");
    }
    // Without a login the handle opens nothing.
    thief.surfer.jar.remove("parcours");
    assert_eq!(thief.surfer.open("/continue/question/1").await.status, 401);
    let (_, view) = one.asks(&app, &Method::GET, "/cep-core/api/v1/questionnaire", None).await;
    assert_eq!(view["revision"], 0, "nothing was written by anybody");
}

#[tokio::test]
async fn whom_the_law_protects_is_never_sent_to_the_questionnaire() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, recap) = Traveller::at_the_gate(&app, "jo", "1992", "150 000").await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let at = format!("{}/a1/questionnaire", one.base);
    assert_eq!(one.surfer.open(&at).await.heading(), "Aucune question de santé");
    assert_eq!(one.decision().await.heading(), "Aucune question de santé");
    let mut form = recap.form("");
    form.action = at;
    form.values.retain(|name, _| name == "jeton");
    let forced = one.surfer.submit(&form.with(&[("action", "accepter")])).await;
    assert_eq!(forced.heading(), "Aucune question de santé", "{}", forced.body);
    let sessions: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM uw_session")
        .fetch_one(app.opened().pool())
        .await
        .expect("a count");
    assert_eq!(sessions, 0);
}

#[tokio::test]
async fn a_program_cannot_say_that_somebody_was_accepted_on_conditions() {
    let app = app(Tomcat::shared().await, &[]).await;
    let text = include_str!("../../../docs/examples/one-loan.json");
    let mut document: serde_json::Value = serde_json::from_str(text).expect("JSON");
    document["insured"][0]["conditions"] = serde_json::json!({ "pack": "dc_ptia" });
    for path in ["/v1/simulations", "/v1/quotes"] {
        let request = app.client.post(app.url(path)).header("idempotency-key", "conditions-1");
        let answer = request.json(&document).send().await.expect("an answer");
        assert_eq!(answer.status(), 422, "{path}");
        let problem: serde_json::Value = answer.json().await.expect("JSON");
        assert_eq!(problem["errors"][0]["pointer"], "/insured/0/conditions", "{problem}");
    }
}
