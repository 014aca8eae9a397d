//! «Prévenir votre banque»: an insurance is replaced, the demand leaves for the bank, which reads it and says that
//! it has received it; with axe and pictures.

use super::people::{CAMILLE, LOAN, RECAP};
use super::subscription::{look, pictured, telephone};

const BANK: &str = "assurances@banque-du-nord.example";

#[tokio::test]
async fn the_demand_is_sent_to_the_bank_which_has_received_it() {
    let house = telephone().await;
    house.go("/simuler").await;
    house.choose("projet", "encours").await;
    for (name, text) in [
        ("capital", "150 000"),
        ("duree", "15"),
        ("taux", "3,45"),
        ("restant", "120 000"),
        ("naissance_j", "27"),
        ("naissance_m", "3"),
        ("naissance_a", CAMILLE.birth_year),
    ] {
        house.fill(name, text).await;
    }
    house.choose("fumeur", "non").await;
    house.press("form > .bouton").await;
    house.sees("h1", "Votre prix").await;
    house.press(".prix .bouton").await;
    house.sees("h1", "Où vous joindre").await;
    house.reach(&CAMILLE, &[]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    // A loan that has been repaid for four years.
    let since = [("echeance_m", "12"), ("echeance_a", "2022")];
    house.answer(&[&LOAN[..2], &since].concat(), "Vos garanties").await;
    let cover = [("quotite_1", "100"), ("franchise", "90")];
    house.answer(&cover, RECAP).await;
    house.prepare(&CAMILLE).await;
    house.sign(&CAMILLE, "est conclu depuis le").await;
    house.press("a[href$='/banque']").await;
    house.sees("h1", "Prévenir votre banque").await;
    look(&house, "banque-demande").await;
    let demand = [
        ("agence", BANK),
        ("n_pret", "P-42"),
        ("effet_j", "1"),
        ("effet_m", "3"),
        ("effet_a", "2027"),
    ];
    for (name, text) in demand {
        house.fill(name, text).await;
    }
    house.press("form[action$='/banque'] .bouton").await;
    house.sees("h1", "Vérifiez la lettre").await;
    pictured(&house, "banque-lettre").await;
    house.press(".bouton[value='dater']").await;
    house.sees("main", "Envoyer pour moi").await;
    pictured(&house, "banque-envoyer").await;
    house.press("form[action$='/envoi'] .bouton").await;
    house.sees("main", "Demande envoyée à").await;
    pictured(&house, "banque-envoyee").await;
    let link = house.link(BANK, "/b/").await;
    // The bank's own screen.
    house.browser.delete_all_cookies().await.expect("no cookies");
    house.go(&link).await;
    house.sees("h1", "Demande de changement d’assurance").await;
    pictured(&house, "preteur").await;
    house.press("form[action$='/recu'] .bouton").await;
    house.sees("main", "Demande reçue le").await;
    pictured(&house, "preteur-recu").await;
    house.close().await;
}
