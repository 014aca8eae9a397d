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
    assert_eq!(house.ask::<String>(FOCUSED).await, "bilan");
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
    assert_eq!(house.ask::<String>(FOCUSED).await, "projet");
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

async fn tab(house: &House) {
    let on = house.browser.active_element().await.expect("an element");
    on.send_keys(Key::Tab).await.expect("moves on");
}
