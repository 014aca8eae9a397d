//! Each person of the reference from the price to what they are told, and what the dossier becomes.

use reqwest::Method;

use super::{Traveller, YEAR, app};
use crate::dossiers::{fill, written};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::surfer::Seen;
use crate::harness::tomcat::Tomcat;

/// One person up to the page that tells them what was decided.
async fn told(app: &App, persona: &str, capital: &str) -> (Traveller, Seen) {
    let (mut one, gate) = Traveller::at_the_gate(app, "persona", YEAR, capital).await;
    let seen = one.answers(app, &gate, persona).await;
    (one, seen)
}

/// The quote that the dossier stands on.
async fn request(app: &App, one: &Traveller) -> serde_json::Value {
    let id = crate::dossiers::hex(one.base.trim_start_matches("/d/dos_"));
    let sql = "SELECT CAST(q.request AS CHAR) FROM quote q JOIN dossier d ON d.quote_id = q.id \
        WHERE d.id = ?";
    let text: String =
        sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a quote");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn who_is_well_goes_straight_to_the_offer() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, seen) = told(&app, "perfect", "150 000").await;
    assert_eq!(seen.heading(), "Nous pouvons vous assurer", "{}", seen.body);
    assert_eq!(seen.headers["cache-control"], "no-store");
    let (state, version, acts) = written(&app, &one.base).await;
    assert_eq!(state, "offer");
    assert_eq!(usize::try_from(version).expect("small"), acts.len(), "one event for each version");
    let decided = acts.iter().filter(|act| *act == "decided").count();
    assert_eq!(decided, 1, "looked at again, it is decided once: {acts:?}");
    let recap = one.surfer.open(&format!("{}/recapitulatif", one.base)).await;
    assert!(recap.says("Questionnaire rempli, réponse donnée le "), "{}", recap.body);
    let account = fill(&mut one.surfer, &recap, &[("lu", "oui")]).await;
    assert_eq!(account.heading(), "Le compte à prélever", "{}", account.body);
}

#[tokio::test]
async fn a_supplement_is_accepted_at_its_price() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, seen) = told(&app, "bmi32", "150 000").await;
    assert_eq!(seen.heading(), "Nous pouvons vous assurer, à ces conditions", "{}", seen.body);
    assert!(seen.says("25 % de plus") && seen.says("TAEA") && seen.says("AERAS"), "{}", seen.body);
    assert_eq!(written(&app, &one.base).await.0, "medical", "nothing is accepted for anybody");
    // The information sheet with the supplement is there before anything is accepted.
    let sheet = seen.body.split("href=\"").find(|rest| rest.contains("fiche_standardisee_1"));
    let sheet = sheet.and_then(|rest| rest.split('"').next()).expect("a sheet").to_owned();
    assert!(sheet.starts_with("/devis/quo_"), "{sheet}");
    let next = fill_in(&mut one, &seen, &[("action", "accepter")]).await;
    assert_eq!(next.heading(), "Vérifiez avant de signer", "{}", next.body);
    assert_eq!(written(&app, &one.base).await.0, "offer");
    let request = request(&app, &one).await;
    let loadings = request["insured"][0]["conditions"]["loadings"].as_array().expect("a list");
    assert_eq!(loadings.len(), 5, "every guarantee: {loadings:?}");
    // Pressed twice, it is accepted once.
    let again = fill_in(&mut one, &seen, &[("action", "accepter")]).await;
    assert_ne!(again.status, 500, "{}", again.body);
    let (_, _, acts) = written(&app, &one.base).await;
    assert_eq!(acts.iter().filter(|act| *act == "accepted").count(), 1, "{acts:?}");
}

/// Sends the form of the conditions with these answers.
async fn fill_in(one: &mut Traveller, page: &Seen, answers: &[(&str, &str)]) -> Seen {
    let mut form = page.form("");
    form.action = format!("{}/a1/decision", one.base);
    form.values.retain(|name, _| ["jeton", "proposition"].contains(&name.as_str()));
    one.surfer.submit(&form.with(answers)).await
}

#[tokio::test]
async fn an_exclusion_is_acknowledged_or_nothing_is_accepted() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, seen) = told(&app, "diab2", "150 000").await;
    assert_eq!(seen.heading(), "Nous pouvons vous assurer, à ces conditions", "{}", seen.body);
    assert!(seen.says("75 % de plus") && seen.says("Le diabète, ses suites"), "{}", seen.body);
    let refused = fill_in(&mut one, &seen, &[("action", "accepter")]).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.says("Cochez la case pour dire que vous avez lu cette exclusion"));
    assert_eq!(written(&app, &one.base).await.0, "medical");
    // Not wanted, then wanted after all.
    let declined = fill_in(&mut one, &seen, &[("action", "refuser")]).await;
    assert!(declined.says("Vous avez refusé ces conditions"), "{}", declined.body);
    assert_eq!(written(&app, &one.base).await.0, "medical");
    let ticked = [("exclusion_ex_diabete", "oui"), ("action", "accepter")];
    let recap = fill_in(&mut one, &declined, &ticked).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert!(!recap.body.contains("iabète"), "the recap says nothing of health");
    let kept: (String, String) =
        sqlx::query_as("SELECT reply, CAST(acknowledged AS CHAR) FROM acceptance_proposal")
            .fetch_one(app.opened().pool())
            .await
            .expect("one proposal");
    assert_eq!(kept.0, "accepted");
    assert!(kept.1.contains("EX_DIABETE") && kept.1.contains("ses suites"), "{}", kept.1);
    // Another waiting period: what was accepted was accepted for another price.
    let page = one.surfer.open(&format!("{}/garanties", one.base)).await;
    fill(&mut one.surfer, &page, &[("quotite_1", "100"), ("franchise", "30")]).await;
    assert_eq!(written(&app, &one.base).await.0, "medical");
    let again = one.decision().await;
    assert_eq!(again.heading(), "Nous pouvons vous assurer, à ces conditions", "{}", again.body);
    // The other window still shows the old price: nothing is taken from it.
    let stale = fill_in(&mut one, &declined, &ticked).await;
    assert_eq!(stale.status, 409, "{}", stale.body);
    assert_eq!(written(&app, &one.base).await.0, "medical");
    let recap = fill_in(&mut one, &again, &ticked).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
}

#[tokio::test]
async fn who_left_the_page_is_called_back_and_their_dossier_goes_on() {
    let jobs = [("JOBS__RUN", "true"), ("JOBS__POLL_MS", "20"), ("JOBS__TEND_MS", "50")];
    let app = app(Tomcat::shared().await, &jobs).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "left", YEAR, "150 000").await;
    one.enters(&gate).await;
    one.fills_in(&app, "perfect").await;
    let (status, _) = one.asks(&app, &Method::POST, "/cep-core/api/v1/submit", None).await;
    assert_eq!(status, 200);
    eventually("a decision is kept", async || {
        let sql = "SELECT COUNT(*) FROM uw_decision";
        let kept: i64 = sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.ok()?;
        (kept == 1).then_some(())
    })
    .await;
    app.clock.advance(std::time::Duration::from_secs(300));
    eventually("the dossier goes on", async || {
        (written(&app, &one.base).await.0 == "offer").then_some(())
    })
    .await;
    let path = format!("/dev/messages.json?to={}", one.who.0.replace('@', "%40"));
    let told = eventually("a letter", async || {
        let text = app.get(&path).await.text().await.ok()?;
        text.contains("Une réponse vous attend").then_some(text)
    })
    .await;
    assert!(!told.contains("accept") && !told.contains("santé"), "nothing of it: {told}");
}

const OFFICE: [(&str, &str); 3] =
    [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];

/// Who they are to the dossier: the path, how far health is, what was decided.
async fn stands(app: &App, one: &Traveller) -> (String, String, Option<String>) {
    let id = crate::dossiers::hex(one.base.trim_start_matches("/d/dos_"));
    let sql = "SELECT path, health, decision FROM dossier_insured WHERE dossier_id = ?";
    sqlx::query_as(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a person")
}

async fn count(app: &App, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a count")
}

/// The same person with so much insured elsewhere.
async fn elsewhere(one: &mut Traveller, euros: &str) -> Seen {
    let work = one.surfer.open(&format!("{}/a1/travail", one.base)).await;
    let answers = [&OFFICE[..], &[("autres", euros)]].concat();
    fill(&mut one.surfer, &work, if euros.is_empty() { &OFFICE } else { &answers }).await
}

#[tokio::test]
async fn a_study_of_something_else_is_over_and_whom_the_law_protects_is_forgotten() {
    let jobs = [("JOBS__RUN", "true"), ("JOBS__POLL_MS", "20"), ("JOBS__TEND_MS", "50")];
    let app = app(Tomcat::shared().await, &jobs).await;
    let (mut one, recap) = Traveller::at_the_gate(&app, "moved", "1992", "150 000").await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let gate = elsewhere(&mut one, "500 000").await;
    let told = one.answers(&app, &gate, "burnout_now").await;
    assert_eq!(written(&app, &one.base).await.0, "decision", "{}", told.body);
    assert_ne!(stands(&app, &one).await.2, None);
    // More elsewhere: nobody studied that. The questions are asked again, and nothing says that it is under way.
    let gate = elsewhere(&mut one, "600 000").await;
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    let (path, health, decision) = stands(&app, &one).await;
    assert_eq!((path.as_str(), health.as_str(), decision), ("P3", "questionnaire", None));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM uw_session WHERE state <> 'CANCELLED'").await, 0);
    one.answers(&app, &gate, "burnout_now").await;
    assert_eq!(written(&app, &one.base).await.0, "decision");
    // Nothing elsewhere: the law protects them, at once, whatever was being studied; and nobody opens a page.
    let recap = elsewhere(&mut one, "").await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert_eq!(written(&app, &one.base).await.0, "offer");
    let (path, health, decision) = stands(&app, &one).await;
    assert_eq!((path.as_str(), health.as_str()), ("P1", "none"));
    assert_eq!(decision.as_deref(), Some("accept_standard"));
    eventually("their answers are erased", async || {
        let left = "SELECT COUNT(*) FROM uw_session WHERE erased_at IS NULL";
        (count(&app, left).await == 0).then_some(())
    })
    .await;
}

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

#[tokio::test]
async fn whoever_is_put_off_is_told_when_they_may_ask_again() {
    const TOLD: &str = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'dossiers/recall/%'";
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, seen) = told(&app, "infarct_recent", "150 000").await;
    assert_eq!(seen.heading(), "Votre demande doit attendre", "{}", seen.body);
    let (other, _) = told(&app, "infarct_recent", "150 000").await;
    let sweep = async || app.dossiers.sweep().await.expect("the database answers");
    app.clock.advance(120 * DAY);
    assert_eq!((sweep().await.abandoned, count(&app, TOLD).await), (0, 0), "a delay is no neglect");
    assert_eq!(written(&app, &one.base).await.0, "postponed");
    app.clock.advance(250 * DAY);
    assert_eq!(sweep().await.recalled, 2);
    assert_eq!((sweep().await.recalled, count(&app, TOLD).await), (0, 4), "both ways, once");
    // They come back, and are asked again: nothing says that somebody still studies it.
    let old = crate::dossiers::code(&app, &one.who.1).await;
    let back = crate::dossiers::link(&app, &one.who.0, "/r/").await;
    let page = one.surfer.open(&back).await;
    let page = one.surfer.submit(&page.form(&back)).await;
    let code = crate::dossiers::another_code(&app, &one.who.1, &old).await;
    fill(&mut one.surfer, &page, &[("code", &code)]).await;
    let gate = one.surfer.open(&format!("{}/a1/questionnaire", one.base)).await;
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    assert_eq!(stands(&app, &one).await.2, None);
    assert_ne!(written(&app, &one.base).await.0, "postponed");
    // Two years after it was put off, nobody has come back to the other.
    app.clock.advance(361 * DAY);
    sweep().await;
    assert_eq!(written(&app, &other.base).await.0, "abandoned");
}
