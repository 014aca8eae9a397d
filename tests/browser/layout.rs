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
    house.press("form > .bouton").await;
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
    let width: u32 = house
        .ask("return document.documentElement.scrollWidth")
        .await;
    assert_eq!(width, 320, "{page}");
}

#[tokio::test]
async fn paper_shows_what_is_folded() {
    let house = House::open().await;
    house.simulate().await;
    let height = "return document.querySelector('section[aria-labelledby=garanties] details p').getBoundingClientRect().height";
    assert!(house.ask::<f64>(height).await < 1.0);
    house
        .command("Emulation.setEmulatedMedia", json!({"media": "print"}))
        .await;
    assert!(house.ask::<f64>(height).await > 1.0);
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
            picture(&house, &format!("simulator-{width}-{scheme}")).await;
            house.press("form > .bouton").await;
            picture(&house, &format!("errors-{width}-{scheme}")).await;
            house.simulate().await;
            picture(&house, &format!("quote-{width}-{scheme}")).await;
        }
    }
    house.close().await;
}

async fn picture(house: &House, name: &str) {
    let wanted = json!({"captureBeyondViewport": true, "format": "png"});
    let taken = house.command("Page.captureScreenshot", wanted).await;
    let data = taken["data"].as_str().expect("a picture");
    fs::write(format!("var/screenshots/{name}.png"), decoded(data)).expect("written");
}

/// Base 64, as the browser sends pictures.
fn decoded(text: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut buffer, mut bits) = (0_u32, 0);
    for value in text.chars().filter_map(|letter| LETTERS.find(letter)) {
        buffer = buffer << 6 | u32::try_from(value).expect("six bits");
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xFF).expect("eight bits"));
        }
    }
    bytes
}
