//! What nobody sees who should not: other customers, no session, forms of other sites.

use super::{begin, fill, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn a_dossier_is_there_for_its_own_session_alone() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let (mut one, mut two) = (Surfer::new(&app), Surfer::new(&app));
    let first = begin(&app, &mut one, &quote, &somebody("anne")).await;
    let other = begin(&app, &mut two, &quote, &somebody("bruno")).await;
    let base = first.at.split("/a1").next().expect("an address").to_owned();
    for page in [
        "",
        "/a1/identite",
        "/a1/adresse",
        "/a1/travail",
        "/pret/1",
        "/garanties",
        "/a1/sante",
        "/a1/sante/questions",
        "/a1/decision",
        "/recapitulatif",
        "/invitation",
        "/plus-tard",
    ] {
        let seen = two.open(&format!("{base}{page}")).await;
        assert_eq!(seen.status, 404, "{page}: {}", seen.body);
    }
    // Their own form, sent to the other's address.
    let mut form = other.form("");
    form.action = first.at.clone();
    assert_eq!(two.submit(&form).await.status, 404);
    // No session at all: the same words whether the dossier exists or not.
    let mut nobody = Surfer::new(&app);
    let real = nobody.open(&base).await;
    let unreal = nobody.open("/d/dos_00000000000070008000000000000000").await;
    assert_eq!((real.status, real.heading()), (unreal.status, unreal.heading()));
    assert_eq!(real.heading(), "Votre session est terminée");
    // The pages of the second person are not there for a single borrower.
    assert_eq!(one.open(&format!("{base}/a2/identite")).await.status, 404);
}

#[tokio::test]
async fn a_form_of_another_site_or_sent_twice_does_nothing_more() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("carla")).await;
    let names = [("prenom", "Carla"), ("nom", "Petit"), ("lieu", "Nice, France")];
    let mut foreign = page.form("").with(&names).with(&[("jeton", "autre")]);
    foreign.action = page.at.clone();
    assert_eq!(surfer.submit_once(&foreign).await.status, 403);
    let before = written(&app, &page.at).await.1;
    let mut form = page.form("").with(&names);
    form.action = page.at.clone();
    form.values.remove("usage");
    assert_eq!(surfer.submit_once(&form).await.status, 303);
    assert_eq!(written(&app, &page.at).await.1, before + 1);
    // The same page from an older window: both answers, and the choice.
    let stale = surfer.submit_once(&form.clone().with(&[("prenom", "Carole")])).await;
    assert!(stale.says("Ce dossier a été modifié dans une autre fenêtre."), "{}", stale.body);
    assert!(stale.says("Carla") && stale.says("Carole"));
    assert_eq!(written(&app, &page.at).await.1, before + 1);
    let kept =
        fill(&mut surfer, &stale, &[("prenom", "Carole"), ("nom", "Petit"), ("lieu", "Nice")])
            .await;
    assert_eq!(kept.heading(), "Où habitez-vous ?", "{}", kept.body);
}

#[tokio::test]
async fn the_session_ends_after_half_an_hour_without_a_request() {
    let database = crate::harness::database::TestDatabase::own().await;
    let app = App::on_database(&database, &[]).await;
    let quote = quote(&app, "1992", "150 000").await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("denis")).await;
    app.clock.advance(std::time::Duration::from_secs(29 * 60));
    assert_eq!(surfer.open(&page.at).await.status, 200);
    app.clock.advance(std::time::Duration::from_secs(31 * 60));
    assert_eq!(surfer.open(&page.at).await.heading(), "Votre session est terminée");
}

#[tokio::test]
async fn one_act_makes_one_dossier() {
    let app = App::start().await;
    let quote = quote(&app, "1992", "150 000").await;
    let who = somebody("elsa");
    let mut surfer = Surfer::new(&app);
    let page = surfer.open(&format!("{quote}/suite")).await;
    let form = page.form("/suite").with(&[("email", &who.0), ("mobile", &who.1)]);
    let first = surfer.submit_once(&form).await.location();
    let again = surfer.submit_once(&form).await.location();
    let id = |at: &str| at.split('/').nth(2).unwrap_or_default().to_owned();
    assert_eq!(id(&first), id(&again));
    assert_eq!(surfer.open(&first).await.heading(), "Le code reçu par SMS");
}
