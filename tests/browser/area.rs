//! What comes after the signature, on a telephone: an account opened with the address of the contract, the
//! contract found by it, its documents and the ways out; and the offer of a loan, sent as a file.

use super::axe::check;
use super::engine::clamd::Place;
use super::house::House;
use super::identity::sign_up;
use super::office;
use super::people::{CAMILLE, ON, RECAP};
use super::subscription::{TELEPHONE, look, pictured, telephone};

#[tokio::test]
async fn a_contract_is_found_and_left_from_the_account() {
    let house = telephone().await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    house.borrow(&[("quotite_1", "100")], RECAP).await;
    house.prepare(&CAMILLE).await;
    house.sign(&CAMILLE, "est conclu depuis le").await;
    pictured(&house, "fin-documents").await;
    house.browser.delete_all_cookies().await.expect("no cookies");
    sign_up(&house, CAMILLE.email).await;
    house.go("/espace").await;
    house.sees("main", "Contrat à retrouver").await;
    pictured(&house, "espace-attente").await;
    returns(&house).await;
    house.go("/espace").await;
    house.sees("main", "Prochain prélèvement").await;
    pictured(&house, "espace").await;
    house.press("a[href='/espace/documents']").await;
    house.sees("h1", "Mes documents").await;
    pictured(&house, "espace-documents").await;
    house.go("/espace").await;
    house.press("a[href^='/espace/contrats/']").await;
    house.sees("h1", "Contrat").await;
    let lines = "return document.querySelector('h1 .ref').getClientRects().length";
    let lines = house.browser.execute(lines, Vec::new()).await.expect("counted");
    assert_eq!(lines.json(), 1, "the number stands on one line");
    pictured(&house, "espace-contrat").await;
    let at = house.browser.current_url().await.expect("an address").path().to_owned();
    house.go(&format!("{at}/resilier")).await;
    look(&house, "resilier").await;
    let wanted = [("motif", "autre"), ("fin_j", "1"), ("fin_m", "3"), ("fin_a", "2027")];
    house.answer(&wanted, "Résilier").await;
    house.sees("main", "1er mars 2027").await;
    pictured(&house, "resilier-recap").await;
    house.go(&format!("{at}/renoncer")).await;
    pictured(&house, "renoncer").await;
    house.close().await;
}

/// «Retrouver ce contrat»: the code that leaves, as soon as another one may.
async fn returns(house: &House) {
    let old = house.newest_code(CAMILLE.mobile).await.unwrap_or_default();
    house.press("form[action^='/espace/dossiers/'] .bouton").await;
    house.sees("h1", "Le code reçu par SMS").await;
    let code = house
        .eventually("a code", async || {
            let newest = house.newest_code(CAMILLE.mobile).await?;
            if newest == old {
                // The last one has just left: asked for again until it may.
                house.press("form[action$='/code/nouveau'] button").await;
                house.sees("h1", "Le code reçu par SMS").await;
                return None;
            }
            Some(newest)
        })
        .await;
    house.answer(&[("code", &code)], "C’est signé").await;
}

#[tokio::test]
async fn an_offer_is_sent_as_a_file() {
    let place = Place::new("browser-offer");
    let _daemon = place.daemon().await;
    let house = House::with(&[("SCANNER__CLAMD", place.address())]).await;
    house.width(TELEPHONE).await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    house.press("a[href$='/offre']").await;
    house.sees("h1", "Votre offre de prêt").await;
    pictured(&house, "offre").await;
    let send = "form[enctype] .bouton";
    house.press(send).await;
    house.sees("#bilan-t", "corriger").await;
    pictured(&house, "offre-erreurs").await;
    let path = std::env::temp_dir().join(format!("{}-offre.pdf", std::process::id()));
    std::fs::write(&path, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n").expect("written");
    house.choose_file("#fichier", &path.display().to_string()).await;
    house.press(send).await;
    // The page of the errors answered a form: only the one that comes next can be opened again.
    house.sees("main .carte", "PDF").await;
    house
        .eventually("it was looked at", async || {
            house.go_again().await;
            house.page().await.contains("reçu et vérifié").then_some(())
        })
        .await;
    pictured(&house, "offre-recue").await;
    house.press("a[href$='/pret/1'].bouton").await;
    house.sees("h1", "Votre prêt").await;
    std::fs::remove_file(&path).expect("removed");
    assert!(house.find(ON).await.is_displayed().await.expect("shown"));
    compared(&house).await;
    house.close().await;
}

/// The desk of those who compare offers: what waits, one offer, a word that was forgotten, and nothing left.
async fn compared(house: &House) {
    office::log_in(house, &["conseil"], "Offres de prêt").await;
    office::looked_at(house, "/gestion/offres", "offers").await;
    let link = house.find("main td a, main th a").await.attr("href").await.expect("a page");
    let link = link.expect("an address");
    office::looked_at(house, &link, "offer").await;
    house.press("main form .bouton").await;
    house.sees("#bilan-t", "corriger").await;
    check(house, "an offer without a word").await;
    house.choose("avis", "same").await;
    house.press("main form .bouton").await;
    house.sees("main", "Aucune offre n’attend").await;
    office::looked_at(house, "/gestion/offres", "offers-none").await;
}
