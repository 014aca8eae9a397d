//! What the pages say of what is covered, of what was answered, and of what somebody may do now.

use std::time::Duration;

use super::signing::{IBAN, at_the_account, program};
use super::{begin, fill, health, link, quote, quote_over, somebody};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn who_is_retired_reads_at_once_what_is_not_covered_and_never_otherwise() {
    let app = App::start().await;
    let mut surfer = Surfer::new(&app);
    let quote = quote_over(&app, "1972", "100000", &[("duree", "10")]).await;
    let page = begin(&app, &mut surfer, &quote, &somebody("rene")).await;
    assert!(page.body.contains("autocapitalize=\"words\""), "a name begins so: {}", page.body);
    let names = [("prenom", "René"), ("nom", "Martin"), ("lieu", "Lille, France")];
    let page = fill(&mut surfer, &page, &names).await;
    let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
    let page = fill(&mut surfer, &page, &address).await;
    assert!(page.says("En euros. Vide : aucun."), "{}", page.body);
    let work = [("activite", "retraite"), ("risque_pro", "non"), ("sport", "non")];
    let page = fill(&mut surfer, &page, &work).await;
    let limited = "à partir de 65 ans ou à la retraite, nous assurons le décès";
    assert!(page.heading() == "Votre prêt" && page.says(limited), "{}", page.body);
    let loan = [
        ("banque", "Banque du Nord"),
        ("objet", "residence_principale"),
        ("echeance_m", "1"),
        ("echeance_a", "2027"),
    ];
    let page = fill(&mut surfer, &page, &loan).await;
    assert!(page.says("À partir de 65 ans ou à la retraite, nous assurons"), "{}", page.body);
    assert!(page.says("Décès et perte totale d’autonomie (PTIA)."), "{}", page.body);
    assert!(page.says("Premier mois") && !page.body.contains("name=\"franchise\""));
    assert!(!page.says("(ITT)") && !page.says("(IPP)"), "{}", page.body);
    let gate = fill(&mut surfer, &page, &[("quotite_1", "100")]).await;
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    let questions = fill(&mut surfer, &gate, &[("action", "accepter")]).await;
    // Asking for more time keeps what was typed.
    let typed = [("taille", "181"), ("action", "prolonger")];
    let same = fill(&mut surfer, &questions, &typed).await;
    assert!(same.status == 200 && same.body.contains("value=\"181\""), "{}", same.body);
    let again = surfer.open(&questions.at).await;
    assert!(again.body.contains("value=\"181\""), "it is there after a pause, too");
    let all: Vec<_> = health(&[]).into_iter().collect();
    let recap = fill(&mut surfer, &again, &all).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert!(recap.says("décès et perte d’autonomie") && recap.says("l’invalidité non plus"));
    for never in ["toutes les garanties", "invalidité totale", "Délai avant", "la banque exige"] {
        assert!(!recap.says(never), "{never}: {}", recap.body);
    }
    // The day is said; another birth date is another price.
    assert!(recap.says("Questionnaire rempli le "), "{}", recap.body);
    let birth = recap.body.split("la naissance").next().unwrap_or_default();
    assert!(birth.contains("href=\"/simuler?devis=quo_"), "{}", recap.body);
}

#[tokio::test]
async fn a_way_back_that_is_over_sends_another() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[]).await;
    let quote = quote(&app, "1992", "150 000").await;
    let who = somebody("tard");
    let mut phone = Surfer::new(&app);
    let page = begin(&app, &mut phone, &quote, &who).await;
    fill(&mut phone, &page, &[("action", "plus_tard")]).await;
    let old = link(&app, &who.0, "/r/").await;
    // As long as the dossier.
    app.clock.advance(Duration::from_secs(89 * 86_400));
    assert_eq!(phone.open(&old).await.heading(), "Reprendre votre dossier");
    app.clock.advance(Duration::from_secs(2 * 86_400));
    for path in [old.as_str(), "/r/nobody-ever-had-this"] {
        let over = phone.open(path).await;
        assert_eq!((over.status.as_u16(), over.heading()), (410, "Ce lien ne s’ouvre plus".into()));
        let sent = phone.submit(&over.form(&format!("{path}/nouveau"))).await;
        assert_eq!(sent.heading(), "Regardez vos e-mails", "{}", sent.body);
        assert!(sent.says("Si ce dossier existe") && sent.says("90 jours"), "{}", sent.body);
    }
    let fresh = eventually("another link", async || {
        let found = link(&app, &who.0, "/r/").await;
        (found != old).then_some(found)
    })
    .await;
    assert_eq!(phone.open(&fresh).await.heading(), "Reprendre votre dossier");
}

#[tokio::test]
async fn page_9_keeps_what_was_typed_for_who_asks_for_time() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (_, page) = at_the_account(&app, &mut surfer).await;
    assert!(page.body.contains("autocapitalize=\"characters\""), "{}", page.body);
    let typed = [("titulaire", "Camille Martin"), ("iban", IBAN), ("action", "prolonger")];
    let same = fill(&mut surfer, &page, &typed).await;
    assert_eq!((same.status.as_u16(), same.heading()), (200, "Le compte à prélever".to_owned()));
    assert!(same.body.contains(IBAN) && !same.says("corriger"), "{}", same.body);
    let payer = surfer.open(&page.at.replace("prelevement", "titulaire")).await;
    let typed = [("titulaire", "Dominique Leroy"), ("action", "prolonger")];
    let same = fill(&mut surfer, &payer, &typed).await;
    assert!(same.status == 200 && same.body.contains("value=\"Dominique Leroy\""));
}

#[tokio::test]
async fn pages_of_the_foot_name_who_answers() {
    let over = [
        ("DOCUMENTS__INSURER__COMPANY", "Assurly (démonstration)"),
        ("DOSSIERS__FORGOTTEN_DAYS", "730"),
    ];
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &over).await;
    let mut surfer = Surfer::new(&app);
    let help = surfer.open("/aide").await;
    let called = "<a href=\"tel:+33199001234\">01 99 00 12 34</a>";
    assert!(help.says("Appelez-nous au") && help.says(called), "{}", help.body);
    assert!(help.says("ce numéro est fictif"), "{}", help.body);
    let privacy = surfer.open("/donnees-personnelles").await;
    for said in ["Assurly (démonstration)", "2 ans", "5 ans", "parcours", "gardees", "mandat"] {
        assert!(privacy.says(said), "{said}: {}", privacy.body);
    }
    assert!(!privacy.says("aucun cookie et"), "{}", privacy.body);
    let quote = quote(&app, "1992", "150 000").await;
    let contact = surfer.open(&format!("{quote}/suite")).await;
    assert!(contact.says("Assurly (démonstration) utilise ces réponses"), "{}", contact.body);
}
