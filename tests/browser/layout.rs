//! Small windows, paper, and pictures for whoever wants to look.

use std::fs;

use serde_json::{Value, json};

use super::house::House;

#[tokio::test]
async fn nothing_scrolls_sideways_at_320_pixels() {
    let house = House::open().await;
    house.width(320).await;
    house.go("/simuler?deux=1&prets=2").await;
    narrow(&house, "simulator").await;
    house.submit_too_early().await;
    narrow(&house, "errors").await;
    house.simulate().await;
    house
        .ask::<Value>("document.querySelectorAll('details').forEach(one => one.open = true)")
        .await;
    narrow(&house, "quote").await;
    house.go("/problemes").await;
    narrow(&house, "registry").await;
    house.close().await;
}

async fn narrow(house: &House, page: &str) {
    let width: u32 = house.ask("return document.documentElement.scrollWidth").await;
    assert_eq!(width, 320, "{page}");
}

#[tokio::test]
async fn paper_shows_what_is_folded() {
    let house = House::open().await;
    house.simulate().await;
    let shown = "return document.querySelector('section[aria-labelledby=garanties] details p').checkVisibility()";
    assert!(!house.ask::<bool>(shown).await);
    house.command("Emulation.setEmulatedMedia", json!({"media": "print"})).await;
    assert!(house.ask::<bool>(shown).await);
    let hidden: bool = house
        .ask("return getComputedStyle(document.querySelector('.prix .bouton')).display === 'none'")
        .await;
    assert!(hidden);
    house.close().await;
}

#[tokio::test]
async fn pictures() {
    let house = House::open().await;
    fs::create_dir_all("var/screenshots").expect("a folder");
    for width in [360, 768, 1280] {
        house.width(width).await;
        for scheme in ["light", "dark"] {
            house.scheme(scheme).await;
            house.go("/simuler").await;
            picture(&house, width, &format!("simulator-{width}-{scheme}")).await;
            house.submit_too_early().await;
            picture(&house, width, &format!("errors-{width}-{scheme}")).await;
            house.simulate().await;
            picture(&house, width, &format!("quote-{width}-{scheme}")).await;
        }
    }
    house.close().await;
}

/// The whole page: the window is made as high as it.
pub(crate) async fn picture(house: &House, width: u32, name: &str) {
    let height: u32 = house.ask("return document.documentElement.scrollHeight").await;
    house.window(width, height).await;
    let taken = house.browser.screenshot_as_png().await.expect("a picture");
    fs::write(format!("var/screenshots/{name}.png"), taken).expect("written");
    house.window(width, 800).await;
}
