//! Page 5 and the pages behind it at 360 px: another loan, a deferral, steps, one loan less, none at all; each failed
//! once, without a script and with one.

use serde_json::json;

use super::house::House;
use super::people::{Answers, CAMILLE, LOAN, ON, PROTECTED};
use super::subscription::{look, pictured};

/// An interest-free loan beside the first, whose repayment begins later.
const PTZ: &Answers<'_> = &[
    ("type", "ptz"),
    ("capital", "40 000"),
    ("duree", "20"),
    ("differe", "60"),
    ("echeance_m", "1"),
    ("echeance_a", "2027"),
];

async fn at_the_loan() -> House {
    let house = House::open().await;
    house.width(360).await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    house
}

/// Whether a control is to be seen.
async fn is_seen(house: &House, css: &str) -> bool {
    house.find(css).await.is_displayed().await.expect("shown or not")
}

#[tokio::test]
async fn another_loan_is_added_changed_and_taken_out() {
    let house = at_the_loan().await;
    for (name, value) in LOAN {
        if *name == "objet" {
            house.choose(name, value).await;
        } else {
            house.fill(name, value).await;
        }
    }
    pictured(&house, "pret").await;
    house.press("[name=action][value=autre_pret]").await;
    house.sees("h1", "Ajouter un prêt").await;
    look(&house, "pret-ajouter").await;
    house.choose("type", "ptz").await;
    assert!(is_seen(&house, "#differe").await && !is_seen(&house, "#taux").await);
    assert!(!is_seen(&house, "#palier1").await && !is_seen(&house, "#interets_fin").await);
    for (name, value) in &PTZ[1..] {
        house.fill(name, value).await;
    }
    house.sees("output", "Mensualité hors assurance : 222,22 €").await;
    house.press(ON).await;
    house.sees("h1", "Vos prêts").await;
    house.sees("main", "Prêt à taux zéro").await;
    pictured(&house, "prets").await;
    house.press("section:nth-of-type(2) a[href$='/modifier']").await;
    house.sees("h1", "Modifier le prêt 2").await;
    house.choose("type", "paliers").await;
    assert!(is_seen(&house, "#palier1").await && is_seen(&house, "#taux").await);
    assert!(!is_seen(&house, "#differe").await && !is_seen(&house, "#lisse").await);
    house.fill("taux", "1").await;
    house.fill("palier1_mois", "60").await;
    house.press(ON).await;
    house.sees("#palier1-err", "Indiquez la mensualité du premier palier").await;
    pictured(&house, "pret-paliers-erreurs").await;
    house.fill("palier1", "100,50").await;
    house.press(ON).await;
    house.sees("h1", "Vos prêts").await;
    house.sees("main", "60 mois à 100,50 €").await;
    house.press("section:nth-of-type(2) a[href$='/supprimer']").await;
    house.sees("h1", "Supprimer le prêt 2").await;
    pictured(&house, "pret-supprimer").await;
    house.press(ON).await;
    house.sees("h1", "Votre prêt").await;
    house.press("section a[href$='/supprimer']").await;
    house.sees("main", "Il ne restera aucun prêt").await;
    house.press(ON).await;
    house.sees("main", "Aucun prêt. Ajoutez le prêt à assurer.").await;
    pictured(&house, "prets-aucun").await;
    house.close().await;
}

#[tokio::test]
async fn the_instalment_follows_what_is_typed() {
    let house = at_the_loan().await;
    house.press("a[href$='/modifier#type']").await;
    house.sees("h1", "Modifier votre prêt").await;
    house.choose("differe_type", "interets").await;
    house.fill("differe", "24").await;
    house.sees("output", "Mensualité hors assurance").await;
    let before = house.text("output").await.expect("an instalment");
    house.fill("capital", "120 000").await;
    let now = house
        .eventually("another instalment", async || {
            house.text("output").await.filter(|now| !now.is_empty() && *now != before)
        })
        .await;
    assert!(now.contains("Assurance, premier mois"), "{now}");
    pictured(&house, "pret-differe").await;
    house.press(ON).await;
    house.sees("h1", "Votre prêt").await;
    house.sees("main", "Prêt à différé partiel").await;
    house.borrow(&[("quotite_1", "100")], PROTECTED).await;
    pictured(&house, "sante-aucune").await;
    house.close().await;
}

#[tokio::test]
async fn without_a_script_a_button_says_the_instalment_and_keeps_what_was_typed() {
    let house = at_the_loan().await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    house.press("a[href$='/modifier#type']").await;
    house.sees("h1", "Modifier votre prêt").await;
    house.choose("differe_type", "rien").await;
    house.press("[name=action][value=recalculer]").await;
    house.sees("#differe-err", "Indiquez la durée du différé, en mois").await;
    house.fill("differe", "12").await;
    house.press("[name=action][value=recalculer]").await;
    house.sees("output", "Mensualité hors assurance").await;
    let typed = house.find("#differe").await.prop("value").await.expect("a value");
    assert_eq!(typed.as_deref(), Some("12"));
    house.press(ON).await;
    house.sees("main", "Prêt à différé total").await;
    house.close().await;
}
