//! The keyboard alone, and where the focus is when answers are to be corrected.

use serde_json::json;
use thirtyfour::prelude::Key;

use super::house::House;

const FOCUSED: &str = "const on = document.activeElement; \
    return on.id || on.className || on.textContent.trim()";

#[tokio::test]
async fn errors_take_the_focus_and_lead_to_the_fields() {
    let house = House::open().await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    house.go("/simuler").await;
    house.press("form > .bouton").await;
    house.sees("#bilan-t", "6 réponses").await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": false})).await;
    house.becomes(FOCUSED, "bilan".to_owned()).await;
    let title = house.browser.title().await.expect("a title");
    assert!(title.starts_with("Erreur\u{A0}: "), "{title}");
    tab(&house).await;
    house
        .browser
        .active_element()
        .await
        .expect("a link")
        .send_keys(Key::Enter)
        .await
        .expect("follows");
    house.becomes(FOCUSED, "projet".to_owned()).await;
    house.close().await;
}

#[tokio::test]
async fn tab_follows_the_order_of_the_page_and_shows_where_it_is() {
    let house = House::open().await;
    house.go("/simuler").await;
    let mut order = Vec::new();
    for _ in 0..13 {
        tab(&house).await;
        order.push(house.ask::<String>(FOCUSED).await);
        let ring: bool = house.ask(
            "const on = document.activeElement, shown = one => getComputedStyle(one).outlineStyle === 'solid'; \
             return shown(on) || shown(on.closest('.choix') || on)",
        ).await;
        assert!(ring, "{:?} has no ring", order.last());
    }
    let expected = [
        "saut",
        "marque",
        "projet",
        "capital",
        "duree",
        "taux",
        "naissance_j",
        "naissance_m",
        "naissance_a",
        "fumeur",
        "actuelle",
        "bouton",
        "lien",
    ];
    assert_eq!(order, expected);
    house.close().await;
}

/// Enter presses the first button of a form: it must never be the one that removes a block.
#[tokio::test]
async fn enter_asks_for_the_price_in_every_field() {
    let house = House::open().await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    for name in [
        "capital",
        "duree",
        "taux",
        "capital2",
        "duree2",
        "taux2",
        "naissance_j",
        "naissance_m",
        "naissance_a",
        "part1",
        "naissance2_j",
        "naissance2_m",
        "naissance2_a",
        "part2",
        "actuelle",
    ] {
        house.go("/simuler?deux=1&prets=2").await;
        let field = house.find(&format!("[name={name}]")).await;
        field.send_keys("7" + Key::Enter).await.expect("types");
        house.sees("#bilan-t", "à corriger").await;
        house.sees("main", "Retirer ce prêt").await;
        house.sees("main", "Retirer cette personne").await;
    }
    house.close().await;
}

#[tokio::test]
async fn a_block_that_is_taken_away_comes_back_as_it_was() {
    let house = House::open().await;
    house.go("/simuler?deux=1&prets=2").await;
    house.fill("capital2", "40 000").await;
    house.choose("fumeur2", "oui").await;
    for (button, there) in [
        ("pret", "Ajouter un deuxième prêt"),
        ("seul", "Nous sommes deux"),
        ("prets", "Retirer ce prêt"),
        ("deux", "Retirer cette personne"),
    ] {
        house.press(&format!("[name=action][value={button}]")).await;
        house.sees("main", there).await;
    }
    let capital = house.find("#capital2").await.prop("value").await.expect("a value");
    assert_eq!(capital.as_deref(), Some("40 000"));
    let smoker = house.find("[name=fumeur2][value=oui]").await;
    assert!(smoker.is_selected().await.expect("a radio"));
    house.close().await;
}

async fn tab(house: &House) {
    let on = house.browser.active_element().await.expect("an element");
    on.send_keys(Key::Tab).await.expect("moves on");
}
