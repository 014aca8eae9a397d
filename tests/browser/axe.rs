//! Accessibility as axe-core sees it: nothing to report, in light and in dark, on every page and in
//! every state of it.

use serde_json::Value;

use super::house::House;

const AXE: &str = include_str!("vendor/axe.min.js");

const RUN: &str = "const done = arguments[arguments.length - 1]; \
    axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}) \
    .then(found => done(found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' | '))))";

/// Checks the page that is open, in both schemes.
pub(crate) async fn check(house: &House, page: &str) {
    check_but(house, page, &[]).await;
}

/// The same, but for these rules.
pub(crate) async fn check_but(house: &House, page: &str, rules: &[&str]) {
    for scheme in ["light", "dark"] {
        house.scheme(scheme).await;
        house.browser.execute(AXE, Vec::new()).await.expect("axe is read");
        let found = house.browser.execute_async(RUN, Vec::new()).await.expect("axe runs");
        let found: Vec<Value> = found.convert().expect("a list");
        let is_told = |one: &&Value| {
            let text = one.as_str().unwrap_or_default();
            !rules.iter().any(|rule| text.starts_with(&format!("{rule}:")))
        };
        let found: Vec<_> = found.iter().filter(is_told).collect();
        assert!(found.is_empty(), "{page}, {scheme}: {found:#?}");
    }
}

#[tokio::test]
async fn the_simulator_in_every_state() {
    let house = House::open().await;
    house.go("/simuler").await;
    check(&house, "empty").await;
    house.submit_too_early().await;
    check(&house, "with errors").await;
    house.go("/simuler?deux=1&prets=2&capital=220000&duree=20&taux=3,45&projet=encours").await;
    check(&house, "filled in by a link, two persons and two loans").await;
    house.close().await;
}

#[tokio::test]
async fn the_quote_and_its_corrections() {
    let house = House::open().await;
    house.simulate().await;
    house
        .ask::<Value>("document.querySelectorAll('details').forEach(one => one.open = true)")
        .await;
    check(&house, "quote").await;
    house.fill("actuelle", "beaucoup").await;
    house.press("section[aria-labelledby=economie] button").await;
    house.sees("#bilan-t", "corriger").await;
    check(&house, "quote with errors").await;
    house.fill("actuelle", "62,50").await;
    house.press("section[aria-labelledby=economie] button").await;
    house.sees(".avis.bien", "d’économie").await;
    check(&house, "quote with a comparison").await;
    house.press(".prix .bouton").await;
    house.sees("h1", "Où vous joindre").await;
    check(&house, "next").await;
    house.close().await;
}

#[tokio::test]
async fn the_pages_around() {
    let house = House::open().await;
    for page in [
        "/aide",
        "/plan-du-site",
        "/resiliation",
        "/reclamation",
        "/donnees-personnelles",
        "/mentions-legales",
        "/accessibilite",
        "/problemes",
        "/problemes/invalid",
        "/nulle-part",
        "/devis/quo_0",
        "/devis/quo_01900000000070008000000000000001",
    ] {
        house.go(page).await;
        check(&house, page).await;
    }
    house.close().await;
}
