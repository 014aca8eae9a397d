//! The medical desk's pages: who gets in, a reason at each opening, a decision that reaches the person,
//! four eyes, and the levels of AERAS.

use super::signed::keeps_two;
use super::{Traveller, YEAR, app};
use crate::dossiers::written;
use crate::harness::app::App;
use crate::harness::staff::Staffer;
use crate::harness::surfer::Seen;
use crate::harness::tomcat::Tomcat;

/// Somebody whose case waits, told so.
async fn waiting(app: &App) -> Traveller {
    let (mut one, gate) = Traveller::at_the_gate(app, "waits", YEAR, "150 000").await;
    let seen = one.answers(app, &gate, "burnout_now").await;
    assert_eq!(seen.heading(), "Votre demande est à l’étude", "{}", seen.body);
    one
}

/// The case at the top of the queue, opened.
pub(super) async fn opened(officer: &mut Staffer, queue: &Seen, reason: &str) -> Seen {
    let link = queue.body.split("href=\"/gestion/medical/").nth(1).expect("a case");
    let id = link.split('"').next().expect("its end").to_owned();
    let ask = officer.browser.open(&format!("/gestion/medical/{id}")).await;
    assert_eq!(ask.heading(), "Ouvrir un dossier", "{}", ask.body);
    assert!(!ask.body.contains("Décision en vigueur"), "nothing without a reason");
    officer.browser.send(&ask, &id, &[("motif", reason)]).await
}

/// The form of the decision with the same choice for every guarantee.
pub(super) async fn decides(
    officer: &mut Staffer,
    case: &Seen,
    choice: &str,
    loading: &str,
) -> Seen {
    let mut form = case.form("/decision");
    for guarantee in ["deces", "ptia", "ipt", "itt", "ipp"] {
        form.values.insert(format!("decision_{guarantee}"), choice.to_owned());
        form.values.insert(format!("surprime_{guarantee}"), loading.to_owned());
        for empty in ["exclusion", "piece", "mois"] {
            form.values.insert(format!("{empty}_{guarantee}"), String::new());
        }
    }
    officer.browser.submit(&form.with(&[("motif", "Dossier relu")])).await
}

async fn acts(app: &App) -> Vec<String> {
    let sql = "SELECT action FROM uw_audit WHERE reason IS NOT NULL ORDER BY id";
    sqlx::query_scalar(sql).fetch_all(app.opened().pool()).await.expect("rows")
}

#[tokio::test]
async fn an_officer_reads_for_a_reason_decides_and_the_person_answers() {
    let app = app(Tomcat::shared().await, &[]).await;
    let mut one = waiting(&app).await;
    let (_, refused) = Staffer::at(&app, &["administrateurs"], "/gestion/medical").await;
    assert_eq!(refused.status, 403, "an administrator reads nobody's health: {}", refused.body);
    let (mut officer, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    assert_eq!(queue.heading(), "Service médical", "{}", queue.body);
    assert!(!queue.body.contains("Camille"), "no name in the queue");
    let without = opened(&mut officer, &queue, "ab").await;
    assert_eq!(without.status, 422, "{}", without.body);
    assert!(acts(&app).await.is_empty(), "nothing was opened");
    let case = opened(&mut officer, &queue, "Étude du dossier").await;
    assert!(case.says("Décision en vigueur") && case.says("à étudier"), "{}", case.body);
    assert_eq!(acts(&app).await, ["case_opened"]);
    let wrong = decides(&mut officer, &case, "accept", "beaucoup").await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    let done = decides(&mut officer, &case, "accept", "50").await;
    assert_eq!(done.heading(), "Service médical", "{}", done.body);
    assert!(done.says("Aucun dossier n’attend"), "{}", done.body);
    let told = one.decision().await;
    assert_eq!(told.heading(), "Nous pouvons vous assurer, à ces conditions", "{}", told.body);
    assert!(told.says("50 % de plus"), "{}", told.body);
}

#[tokio::test]
async fn above_the_threshold_another_officer_approves() {
    let few = [("UNDERWRITING__FOUR_EYES_ABOVE_EUROS", "100000")];
    let app = app(Tomcat::shared().await, &few).await;
    let mut one = waiting(&app).await;
    let (mut first, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut first, &queue, "Étude du dossier").await;
    let queue = decides(&mut first, &case, "accept", "0").await;
    assert_eq!(one.decision().await.heading(), "Votre demande est à l’étude");
    let own = opened(&mut first, &queue, "Étude du dossier").await;
    assert!(own.says("une autre personne doit la valider"), "{}", own.body);
    assert!(own.forms().iter().all(|form| !form.action.ends_with("/validation")));
    let (mut second, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut second, &queue, "Second avis").await;
    assert!(case.says("Dossier relu"), "the first one's reasons: {}", case.body);
    second.browser.send(&case, "/validation", &[("motif", "D’accord")]).await;
    assert_eq!(one.decision().await.heading(), "Nous pouvons vous assurer");
    assert_eq!(written(&app, &one.base).await.0, "offer");
}

#[tokio::test]
async fn a_refusal_is_studied_again_level_after_level() {
    let app = app(Tomcat::shared().await, &[]).await;
    let mut one = waiting(&app).await;
    let (mut officer, mut queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    // 57 years and 20 years of cover: past the 71st birthday, so level 2 is the last.
    for (heading, words, state) in [
        ("Votre demande est étudiée de nouveau", "Niveau 2", "decision"),
        ("Nous ne pouvons pas vous assurer pour ce prêt", "médiation AERAS", "declined"),
    ] {
        let case = opened(&mut officer, &queue, "Étude du dossier").await;
        queue = decides(&mut officer, &case, "decline", "0").await;
        let told = one.decision().await;
        assert_eq!(told.heading(), heading, "{}", told.body);
        assert!(told.says(words), "{}", told.body);
        assert_eq!(written(&app, &one.base).await.0, state);
    }
    assert!(queue.says("Aucun dossier n’attend"), "{}", queue.body);
    // Who comes back by their dossier is led to their rights.
    let closed = one.surfer.open(&one.base).await;
    assert_eq!(closed.heading(), "Ce dossier est fermé", "{}", closed.body);
    let answer = format!("{}/a1/decision", one.base);
    assert!(closed.body.contains(&format!("href=\"{answer}\"")), "{}", closed.body);
    let told = one.surfer.open(&answer).await;
    assert!(told.says("médiation AERAS") && told.says("Vos droits"), "{}", told.body);
}

#[tokio::test]
async fn what_a_program_decided_is_studied_by_a_person_who_is_asked_to() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "again", YEAR, "150 000").await;
    let seen = one.answers(&app, &gate, "bmi32").await;
    let mut form = seen.form("");
    form.action = format!("{}/a1/decision", one.base);
    form.values.retain(|name, _| ["jeton", "proposition"].contains(&name.as_str()));
    let told = one.surfer.submit(&form.with(&[("action", "reexamen")])).await;
    assert_eq!(told.heading(), "Votre demande est à l’étude", "{}", told.body);
    let (mut officer, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut officer, &queue, "Demande de la personne").await;
    decides(&mut officer, &case, "accept", "0").await;
    assert_eq!(one.decision().await.heading(), "Nous pouvons vous assurer");
}

#[tokio::test]
async fn whoever_is_not_sold_invalidity_has_another_cover_studied() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "gis", YEAR, "150 000").await;
    one.answers(&app, &gate, "heart_old").await;
    keeps_two(&app).await;
    let told = one.decision().await;
    let mut form = told.form("");
    form.action = format!("{}/a1/decision", one.base);
    form.values.retain(|name, _| ["jeton", "proposition"].contains(&name.as_str()));
    let told = one.surfer.submit(&form.with(&[("action", "gis")])).await;
    assert_eq!(told.heading(), "Votre demande est à l’étude", "{}", told.body);
    let (mut officer, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut officer, &queue, "Demande de la personne").await;
    assert!(case.says("garantie invalidité spécifique"), "{}", case.body);
}
