//! The customer's area: found by who signed without an account and opens one later; every page looked at.

use super::house::House;
use super::people::Somebody;
use super::subscription::{fail_once, pictured};

/// Opens an account with the address of the contract, and looks at each page of the area.
pub(crate) async fn looked_at(house: &House, who: &Somebody) {
    house.go("/pools/clients/signup").await;
    house.fill("given_name", who.given_name).await;
    house.fill("family_name", "Martin").await;
    house.fill("email", who.email).await;
    house.fill("password", "une longue phrase de passe").await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Confirmez votre adresse").await;
    let code = house.code_by_email(who.email).await;
    house.fill("code", &code).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Votre compte").await;
    house.go("/espace").await;
    house.sees("main", "Contrat").await;
    pictured(house, "espace").await;
    house.press("section.carte h2 a").await;
    house.sees("main", "Résilier").await;
    pictured(house, "espace-contrat").await;
    let at = house.browser.current_url().await.expect("an address").path().to_owned();
    house.go(&format!("{at}/renoncer")).await;
    pictured(house, "espace-renoncer").await;
    house.go(&format!("{at}/resilier")).await;
    pictured(house, "espace-resilier").await;
    fail_once(house).await;
    pictured(house, "espace-resilier-erreurs").await;
    house.press("[name=motif]").await;
    for (name, text) in [("fin_j", "1"), ("fin_m", "3"), ("fin_a", "2028")] {
        house.fill(name, text).await;
    }
    house.press("form.formulaire .bouton").await;
    house.sees("main", "Confirmer ma demande").await;
    pictured(house, "espace-resilier-recapitulatif").await;
}
