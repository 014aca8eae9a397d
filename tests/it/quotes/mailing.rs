//! The quote by e-mail: once, to the address that was typed, and so many at most.

use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::{project, read};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::{begun, eventually};

const TO: &str = "camille@exemple.fr";

async fn quote(app: &App) -> Value {
    let (status, quote) = read(app.keep("/v1/quotes", "mailing", &project()).await).await;
    assert_eq!(status, 201, "{quote}");
    quote
}

fn page(quote: &Value) -> &str {
    quote["page"].as_str().expect("a page")
}

/// Asks for the quote at this address, with this key of the page.
async fn ask(app: &App, quote: &Value, to: &str, act: &str) -> Response {
    let body = serde_urlencoded::to_string([("cle", act), ("email", to)]).expect("a form");
    let path = format!("{}/email", page(quote));
    app.post(&path, "application/x-www-form-urlencoded", body).await
}

async fn messages(app: &App) -> i64 {
    let sql = "SELECT COUNT(*) FROM message_outbox";
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a count")
}

#[tokio::test]
async fn a_quote_is_sent_once_and_says_its_price_and_its_address() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("MESSAGES__POLL_MS", "20")]).await;
    let quote = quote(&app).await;
    for _ in 0..2 {
        let answer = ask(&app, &quote, TO, "k1").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], format!("{}/envoye", page(&quote)));
    }
    let sent = app.get(&format!("{}/envoye", page(&quote))).await.text().await.expect("text");
    assert!(sent.contains("<h1>C’est envoyé</h1>") && !sent.contains(TO), "{sent}");
    let letter = eventually("it has left", async || {
        let answer = app.get("/dev/messages.json?to=camille%40exemple.fr").await;
        let list = answer.json::<Value>().await.expect("JSON")["messages"].clone();
        list.get(0).cloned()
    })
    .await;
    assert_eq!(messages(&app).await, 1);
    let text = letter.to_string().replace('\u{a0}', " ");
    let costs = &quote["result"]["project"];
    let cents = costs["first_month_cents"].as_i64().expect("cents");
    for part in [
        "Votre devis d’assurance de prêt".to_owned(),
        quote["number"].as_str().expect("a number").to_owned(),
        page(&quote).to_owned(),
        format!("{},{:02} €", cents / 100, cents % 100),
        "23 décembre 2026".to_owned(),
    ] {
        assert!(text.contains(&part), "{part} in {text}");
    }
    assert!(!text.contains("1990"), "a stranger may read it: {text}");
}

#[tokio::test]
async fn one_address_is_not_flooded_even_at_once() {
    let database = TestDatabase::own().await;
    let over = [("QUOTES__MAILS_TO_ADDRESS_MAX", "3"), ("QUOTES__MAILS_FROM_NETWORK_MAX", "1000")];
    let app = std::sync::Arc::new(App::on_database(&database, &over).await);
    let quote = quote(&app).await;
    let asked: Vec<_> = (0..24)
        .map(|place| {
            let (app, quote) = (std::sync::Arc::clone(&app), quote.clone());
            // However the address is written.
            let to = if place % 2 == 0 { TO.to_owned() } else { TO.to_uppercase() };
            begun(async move { ask(&app, &quote, &to, &format!("k{place}")).await.status() })
        })
        .collect();
    let mut taken = 0;
    for answer in asked {
        match answer.await.expect("no panic").as_u16() {
            303 => taken += 1,
            other => assert_eq!(other, 429),
        }
    }
    assert_eq!((taken, messages(&app).await), (3, 3));
    let refused = ask(&app, &quote, TO, "again").await;
    let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("s");
    // 9 h UTC: the day's window ends at midnight.
    assert_eq!(wait, 15 * 3600);
    let text = refused.text().await.expect("text");
    assert!(text.contains("Trop d’envois ont été demandés") && text.contains("demain"), "{text}");
    assert_eq!(ask(&app, &quote, "louis@exemple.fr", "k1").await.status(), 303, "another one");
    app.clock.advance(std::time::Duration::from_secs(wait));
    assert_eq!(ask(&app, &quote, TO, "again").await.status(), 303, "the next day");
}

#[tokio::test]
async fn one_network_and_all_together_have_an_end() {
    for (key, window) in [("QUOTES__MAILS_FROM_NETWORK_MAX", 3600), ("QUOTES__MAILS_MAX", 3600)] {
        let database = TestDatabase::own().await;
        let app = App::on_database(&database, &[(key, "2")]).await;
        let quote = quote(&app).await;
        let to = |place: usize| format!("personne{place}@exemple.fr");
        for place in 0..2 {
            assert_eq!(ask(&app, &quote, &to(place), "k").await.status(), 303, "{key}");
        }
        let refused = ask(&app, &quote, &to(2), "k").await;
        assert_eq!(refused.status(), 429, "{key}");
        assert!(refused.text().await.expect("text").contains("dans une heure"));
        // The same act again costs nothing.
        assert_eq!(ask(&app, &quote, &to(1), "k").await.status(), 303, "{key}");
        assert_eq!(messages(&app).await, 2);
        app.clock.advance(std::time::Duration::from_secs(window));
        assert_eq!(ask(&app, &quote, &to(2), "k").await.status(), 303, "{key}");
    }
}

#[tokio::test]
async fn what_is_no_address_is_said_beside_it() {
    let app = App::start().await;
    let quote = quote(&app).await;
    for (to, message) in [
        ("", "Indiquez votre adresse e-mail"),
        ("camille", "L’adresse e-mail doit contenir un @ et un nom de domaine"),
        ("a@b", "L’adresse e-mail doit contenir un @ et un nom de domaine"),
    ] {
        let answer = ask(&app, &quote, to, "k").await;
        assert_eq!(answer.status(), 422, "{to:?}");
        let text = answer.text().await.expect("text");
        assert!(text.contains(message) && text.contains("id=\"email-err\""), "{to:?}: {text}");
    }
    // What would be another header of the letter does not even reach the page.
    let split = ask(&app, &quote, "a@exemple.fr\nBcc: tous@exemple.fr", "k").await;
    assert_eq!(split.status(), 403);
    let unknown = "/devis/quo_01900000000070008000000000000001";
    let answer =
        app.post(&format!("{unknown}/email"), "application/x-www-form-urlencoded", "").await;
    assert_eq!(answer.status(), 404);
    assert_eq!(app.get(&format!("{unknown}/envoye")).await.status(), 404);
}

#[tokio::test]
async fn without_a_key_for_what_is_sealed_it_is_an_outage_and_nothing_is_written() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("CRYPTO__KEYRING_FILE", "")]).await;
    let quote = quote(&app).await;
    assert_eq!(ask(&app, &quote, TO, "k").await.status(), 503);
    assert_eq!(messages(&app).await, 0);
}
