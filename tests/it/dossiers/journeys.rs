//! Whole journeys on the pages, as the person's browser makes them.

use super::{
    another_code, begin, code, describe, fill, health, link, protected, quote, quote_over,
    somebody, written,
};
use crate::harness::app::App;
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn whom_the_law_protects_is_asked_nothing_about_health() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let who = somebody("camille");
    let page = begin(&app, &mut surfer, &quote, &who).await;
    let page = describe(&mut surfer, page).await;
    assert_eq!(page.heading(), "Vérifiez avant de signer", "{}", page.body);
    assert!(page.says("Camille Martin") && page.says("Prix fixé"), "{}", page.body);
    assert!(page.says("Aucune question de santé : la loi vous protège"), "{}", page.body);
    let (state, version, acts) = written(&app, &page.at).await;
    assert_eq!(state, "offer");
    assert_eq!(usize::try_from(version).expect("small"), acts.len(), "one event for each version");
    let last: Vec<&str> = acts.iter().rev().take(5).rev().map(String::as_str).collect();
    assert_eq!(last, ["edit", "apply", "skip_health", "make_offer", "edit"]);
    // They read so once, and no page leads there again; what asks for more is refused.
    let back = page.at.replace("recapitulatif", "garanties");
    let back = surfer.open(&back).await;
    let again = fill(&mut surfer, &back, &[("quotite_1", "100"), ("franchise", "90")]).await;
    assert_eq!(again.heading(), "Vérifiez avant de signer", "{}", again.body);
    let at = page.at.replace("recapitulatif", "a1/sante");
    let none = surfer.open(&at).await;
    assert_eq!(none.heading(), "Aucune question de santé");
    assert_eq!(none.headers["cache-control"], "no-store");
    let asked = fill(&mut surfer, &none, &[("action", "accepter")]).await;
    assert_eq!(asked.heading(), "Aucune question de santé", "{}", asked.body);
    let version = written(&app, &page.at).await.1;
    let read = fill(&mut surfer, &none, &[("action", "continuer")]).await;
    assert_eq!(read.heading(), "Vérifiez avant de signer", "{}", read.body);
    assert_eq!(written(&app, &page.at).await.1, version, "said twice, noted once");
    // Without the box, the recap says what is missing; with it, the signature comes next.
    let page = surfer.open(&page.at).await;
    let refused = fill(&mut surfer, &page, &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.says("Cochez la case pour confirmer que vous avez reçu les documents"));
    surfer.go_back_everywhere().await;
}

/// A loan that runs: what moves the price is said as it is, and the recap shows what was answered.
#[tokio::test]
async fn what_moved_and_what_was_answered_is_said_as_it_is() {
    let app = App::start().await;
    let running = [("projet", "encours"), ("duree", "15"), ("restant", "120 000")];
    let quote = quote_over(&app, "1992", "150 000", &running).await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("vraie")).await;
    let names = [("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")];
    let page = fill(&mut surfer, &page, &names).await;
    let abroad = fill(&mut surfer, &page, &[("action", "etranger")]).await;
    assert!(abroad.body.contains("<option value=\"BE\">Belgique</option>"), "{}", abroad.body);
    let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
    let page = fill(&mut surfer, &page, &address).await;
    let work = [("activite", "artisan"), ("risque_pro", "non"), ("sport", "non")];
    let page = fill(&mut surfer, &page, &work).await;
    assert!(page.says("il tient compte du travail et des loisirs"), "{}", page.body);
    assert!(!page.says("comportent un risque"), "{}", page.body);
    let loan = [("banque", "Banque du Nord"), ("objet", "residence_principale")];
    let since = [("echeance_m", "1"), ("echeance_a", "2020")];
    let page = fill(&mut surfer, &page, &[loan, since].concat()).await;
    let told = "ce qu’il reste à rembourser au début de l’assurance passe de 1";
    assert!(page.says(told), "{}", page.body);
    assert!(page.body.contains("Autre part, en\u{a0}%</label>"), "it is not optional");
    let page = fill(&mut surfer, &page, &[("quotite_1", "100"), ("franchise", "90")]).await;
    let recap = protected(&mut surfer, page).await;
    for said in [
        "Artisan ou commerçant, aucun risque au travail, aucune activité à risque",
        "Reste à rembourser au début de l’assurance",
        "<dt>Début de l’assurance</dt>",
        "un nouveau devis commence un nouveau dossier",
    ] {
        assert!(recap.says(said), "{said}: {}", recap.body);
    }
    // What the price was made of is corrected where it was typed, with the answers of before.
    let anew = recap.body.split("href=\"/simuler?devis=").nth(1).expect("a way to another quote");
    let anew = format!("/simuler?devis={}", anew.split('"').next().expect("its end"));
    let simulator = surfer.open(&anew).await;
    assert_eq!(simulator.form("/simuler").values["naissance_a"], "1992", "{}", simulator.body);
    assert_eq!(recap.body.matches(&format!("href=\"{anew}\"")).count(), 1, "birth");
}

#[tokio::test]
async fn a_fact_that_changes_voids_the_acceptance_and_the_law_erases_health() {
    let app = App::start().await;
    // 41 years old, 20 years: beyond the 60th birthday, so the short declaration.
    let quote = quote(&app, "1985", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let who = somebody("nora");
    let page = begin(&app, &mut surfer, &quote, &who).await;
    let gate = describe(&mut surfer, page).await;
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    assert_eq!(written(&app, &gate.at).await.0, "medical");
    let early = surfer.open(&gate.at.replace("a1/sante", "recapitulatif")).await;
    assert!(early.says("Prix indicatif") && !early.says("Prix fixé"), "{}", early.body);
    let questions = fill(&mut surfer, &gate, &[("action", "accepter")]).await;
    assert_eq!(questions.heading(), "Vos réponses");
    assert_eq!(questions.headers["cache-control"], "no-store");
    // One answer left out: said by its subject, and kept for a return.
    let mut some = health(&[]);
    some.remove("q_arrets");
    let some: Vec<_> = some.into_iter().collect();
    let refused = fill(&mut surfer, &questions, &some).await;
    assert_eq!(refused.status, 422);
    assert!(refused.says("Répondez à la question sur les arrêts de travail"));
    let again = surfer.open(&questions.at).await;
    assert!(again.body.contains("value=\"178\""), "the draft comes back");
    let all: Vec<_> = health(&[]).into_iter().collect();
    let recap = fill(&mut surfer, &again, &all).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert!(recap.says("Questionnaire rempli") && !recap.body.contains("q_arret"));
    assert_eq!(written(&app, &recap.at).await.0, "offer");
    // Nothing readable is at rest.
    let sealed: Vec<Vec<u8>> = sqlx::query_scalar("SELECT sealed FROM health_declaration")
        .fetch_all(app.opened().pool())
        .await
        .expect("rows");
    assert!(sealed.iter().all(|row| !String::from_utf8_lossy(row).contains("q_")));
    // Another delay: the acceptance is void, given again by the same answers, and all of it is written.
    let page = surfer.open(&recap.at.replace("recapitulatif", "garanties")).await;
    let recap = fill(&mut surfer, &page, &[("quotite_1", "100"), ("franchise", "30")]).await;
    assert!(recap.says("Le prix du premier mois passe de"), "{}", recap.body);
    let (state, _, acts) = written(&app, &recap.at).await;
    assert_eq!(state, "offer");
    let last: Vec<&str> = acts.iter().rev().take(4).rev().map(String::as_str).collect();
    assert_eq!(last, ["change_facts", "ask_health", "complete_health", "make_offer"]);
}

#[tokio::test]
async fn a_yes_leads_to_an_honest_page_and_the_dossier_stays() {
    let app = App::start().await;
    let quote = quote(&app, "1985", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("paul")).await;
    let gate = describe(&mut surfer, page).await;
    // Who would rather not answer online is told how, and finds the way back.
    let hub = gate.at.split("/a1").next().expect("an address").to_owned();
    let otherwise = fill(&mut surfer, &gate, &[("action", "refuser")]).await;
    assert_eq!(otherwise.heading(), "Vous pouvez répondre autrement", "{}", otherwise.body);
    assert!(otherwise.body.contains(&format!("href=\"{hub}\"")), "{}", otherwise.body);
    let questions = fill(&mut surfer, &gate, &[("action", "accepter")]).await;
    let answers: Vec<_> = health(&[("q_traitement", "oui")]).into_iter().collect();
    let page = fill(&mut surfer, &questions, &answers).await;
    assert_eq!(page.heading(), "Il nous faut d’autres réponses", "{}", page.body);
    assert!(page.says("Ce n’est pas un refus"));
    assert_eq!(written(&app, &page.at).await.0, "medical");
    assert!(surfer.open(&hub).await.says("À faire"));
}

#[tokio::test]
async fn another_device_goes_on_by_link_and_code() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let who = somebody("lea");
    let mut phone = Surfer::new(&app);
    let page = begin(&app, &mut phone, &quote, &who).await;
    // Half of a page, saved for later: what was typed comes back elsewhere.
    let later = fill(&mut phone, &page, &[("prenom", "Léa"), ("action", "plus_tard")]).await;
    assert_eq!(later.heading(), "Votre dossier est enregistré", "{}", later.body);
    let path = link(&app, &who.0, "/r/").await;
    let mut laptop = Surfer::new(&app);
    let seen = laptop.open(&path).await;
    assert_eq!(seen.heading(), "Reprendre votre dossier");
    assert!(!seen.body.contains("Léa") && !seen.body.contains(&who.1));
    let old = code(&app, &who.1).await;
    app.clock.advance(std::time::Duration::from_secs(31));
    let seen = laptop.submit(&seen.form(&path)).await;
    assert_eq!(seen.heading(), "Le code reçu par SMS", "{}", seen.body);
    let wrong = fill(&mut laptop, &seen, &[("code", "000000")]).await;
    assert!(wrong.says("Il reste 4 essais"), "{}", wrong.body);
    let code = another_code(&app, &who.1, &old).await;
    let seen = fill(&mut laptop, &wrong, &[("code", &code)]).await;
    assert_eq!(seen.heading(), "Qui êtes-vous ?", "{}", seen.body);
    assert!(seen.body.contains("value=\"Léa\""));
}

#[tokio::test]
async fn who_prolongs_the_session_stays_on_the_page_with_what_was_typed() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("longue")).await;
    let typed = [("prenom", "Camille"), ("nom", ""), ("action", "prolonger")];
    let same = fill(&mut surfer, &page, &typed).await;
    assert_eq!((same.status.as_u16(), same.heading()), (200, "Qui êtes-vous ?".to_owned()));
    assert!(same.body.contains("value=\"Camille\"") && !same.says("corriger"), "{}", same.body);
    let again = surfer.open(&page.at).await;
    assert!(again.body.contains("value=\"Camille\""), "it is there after a pause, too");
}

#[tokio::test]
async fn the_address_of_a_form_leads_to_its_page() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("adresse")).await;
    let base = page.at.split("/a1/").next().expect("a dossier").to_owned();
    let hub = surfer.open(&format!("{base}/prolonger")).await;
    assert_eq!((hub.status.as_u16(), hub.at.as_str()), (200, base.as_str()));
}
