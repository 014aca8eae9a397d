//! What a first visit costs on the wire, and whom the browser speaks to.

use serde_json::Value;

use super::house::House;

/// Bytes of a first visit, everything included.
const FIRST_VISIT: u64 = 30 * 1024;

/// Bytes of a page when the style sheet and the font are there already; the year table included.
const NEXT_PAGE: u64 = 10 * 1024;

#[tokio::test]
async fn a_first_visit_is_light_and_speaks_to_nobody_else() {
    let house = House::open().await;
    house.go("/simuler").await;
    let (bytes, hosts) = traffic(&house).await;
    assert!(bytes > 0 && bytes <= FIRST_VISIT, "{bytes} bytes on the wire");
    house.simulate().await;
    let (next, others) = traffic(&house).await;
    assert!(next <= NEXT_PAGE, "{next} bytes for the quote");
    for address in hosts.iter().chain(&others) {
        assert!(address.starts_with(&house.origin), "{address}");
    }
    let cookies = house.browser.get_all_cookies().await.expect("a list");
    assert!(cookies.is_empty(), "{cookies:?}");
    house.close().await;
}

/// Bytes of the page that is open, as they came, and the addresses they came from.
async fn traffic(house: &House) -> (u64, Vec<String>) {
    // The font is asked for after the style sheet is read, and is the last to come.
    let is_whole = "return document.readyState === 'complete' && \
        performance.getEntriesByType('resource').some(one => one.name.endsWith('.woff2'))";
    house.becomes(is_whole, true).await;
    let script = "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] \
        .map(one => [one.name, one.transferSize])";
    let entries: Vec<(String, Value)> = house.ask(script).await;
    let bytes = entries.iter().filter_map(|(_, size)| size.as_u64()).sum();
    (bytes, entries.into_iter().map(|(address, _)| address).collect())
}

#[tokio::test]
async fn pages_say_how_they_may_be_kept() {
    let house = House::open().await;
    let answer = reqwest::get(format!("{}/simuler", house.origin)).await.expect("an answer");
    assert_eq!(answer.headers()["cache-control"], "private, no-cache");
    assert!(!answer.headers().contains_key("set-cookie"));
    let text = answer.text().await.expect("a text");
    let sheet = text.split('"').find(|part| part.ends_with(".css")).expect("a style sheet");
    let answer = reqwest::get(format!("{}{sheet}", house.origin)).await.expect("an answer");
    assert!(answer.headers()["cache-control"].to_str().expect("text").contains("immutable"));
    house.close().await;
}
