//! «Le compte est à quelqu’un d’autre», on two telephones: who asks, who gives the mandate, who signs first;
//! every page of it with axe and pictures.

use super::axe::check;
use super::house::House;
use super::office;
use super::people::{CAMILLE, ON, RECAP};
use super::subscription::{TELEPHONE, look, pictured, telephone};

/// Who pays.
const PAYER: &str = "dominique@exemple.fr";

#[tokio::test]
async fn somebody_else_pays_from_their_own_telephone() {
    let mut house = telephone().await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    house.borrow(&[("quotite_1", "100")], RECAP).await;
    house.press("#lu").await;
    house.press(ON).await;
    house.sees("h1", "Le compte à prélever").await;
    house.sees("main", "Identifiant du créancier").await;
    house.press("a[href$='/titulaire']").await;
    house.sees("h1", "Le titulaire du compte").await;
    look(&house, "titulaire").await;
    let asked = [("titulaire", "Dominique Leroy"), ("email", PAYER), ("lien", "parent")];
    house.answer(&asked, "Signer").await;
    house.prepared().await;
    house.sees("main", "lien envoyé à Dominique Leroy").await;
    pictured(&house, "signature-titulaire").await;
    house.sign(&CAMILLE, "Vous avez signé").await;
    let link = house.link(PAYER, "/m/").await;
    // Dominique's telephone.
    let mut other = house.another_browser().await;
    std::mem::swap(&mut house.browser, &mut other);
    house.width(TELEPHONE).await;
    gives(&house, &link).await;
    // Another browser with the link reads nothing more.
    house.browser.delete_all_cookies().await.expect("no cookies");
    for (path, heading, name) in [
        (link.as_str(), "Ce mandat est déjà signé", "mandat-deja"),
        ("/m/nothing", "Ce lien a déjà servi ou a expiré", "mandat-expire"),
    ] {
        house.go(path).await;
        house.sees("h1", heading).await;
        pictured(&house, name).await;
    }
    // Camille's: the contract is there, with a name and no account.
    std::mem::swap(&mut house.browser, &mut other);
    let at = house.browser.current_url().await.expect("an address");
    let base = at.path().split('/').take(3).collect::<Vec<_>>().join("/");
    house.go(&format!("{base}/signature")).await;
    house.sees("h1", "C’est signé").await;
    house.sees("main", "compte de Dominique Leroy").await;
    pictured(&house, "fin-titulaire").await;
    other.quit().await.expect("the other browser ends");
    vouches(&house).await;
    house.close().await;
}

/// The compliance desk looks at who pays: what waits, one contract, a look without a word, and nothing left.
async fn vouches(house: &House) {
    const DESK: &str = "/gestion/identites";
    office::log_in(house, &["conformite"], "Vérification des identités").await;
    office::looked_at(house, DESK, "identities").await;
    let link = house.find("main th a").await.attr("href").await.expect("a page");
    let link = link.expect("an address");
    office::looked_at(house, &link, "identity").await;
    house.press("main form .bouton").await;
    house.sees("#bilan-t", "corriger").await;
    check(house, "a look without a word").await;
    for what in ["#document", "#account"] {
        house.press(what).await;
    }
    house.choose("avis", "verified").await;
    house.press("main form .bouton").await;
    house.sees("main", "Aucun contrat n’attend").await;
    office::looked_at(house, &link, "identity-verified").await;
    office::looked_at(house, DESK, "identities-none").await;
}

/// The payer reads, types, and signs.
async fn gives(house: &House, link: &str) {
    house.go(link).await;
    house.sees("h1", "Le mandat de prélèvement").await;
    pictured(house, "mandat").await;
    house.press("#reponses .bouton").await;
    house.sees("#bilan-t", "corriger").await;
    pictured(house, "mandat-erreurs").await;
    for (name, typed) in [
        ("voie", "8 quai du Port"),
        ("cp", "06000"),
        ("commune", "Nice"),
        ("iban", "FR76 3000 6000 0112 3456 7890 189"),
    ] {
        house.fill(name, typed).await;
    }
    house.press("#reponses .bouton").await;
    house.sees("h1", "Signer le mandat").await;
    house
        .eventually("the mandate is written", async || {
            house.go(&format!("{link}/signer")).await;
            house.page().await.contains("Le mandat à signer").then_some(())
        })
        .await;
    house.press("form[action$='/code'] .bouton").await;
    house.sees("main", "Le code est parti par e-mail").await;
    pictured(house, "mandat-signer").await;
    let code = house.code_to(PAYER).await;
    house.fill("code", &code).await;
    house.press("form[action$='/signer'] .bouton").await;
    house.sees("h1", "Votre mandat est signé").await;
    pictured(house, "mandat-signe").await;
}
