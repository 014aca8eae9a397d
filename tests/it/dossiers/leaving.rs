//! Thirty days to renounce, to the last minute of the last one in Paris; and what a proof says of its hour.

use jiff::Timestamp;
use reqwest::StatusCode;

use super::area::{logged_in, prove_address};
use super::signing::{base, file, program, sign};
use super::written;
use crate::harness::surfer::Surfer;
use crate::papers::templates::asked;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[tokio::test]
async fn the_last_minute_of_the_thirtieth_day_is_in_time() {
    let app = program().await;
    let (mut early, mut late) = (Surfer::new(&app), Surfer::new(&app));
    let (one, first) = sign(&app, &mut early).await;
    let (two, second) = sign(&app, &mut late).await;
    let until = "SELECT DISTINCT CAST(withdraw_until AS CHAR) FROM contract";
    let until: Vec<String> =
        sqlx::query_scalar(until).fetch_all(app.opened().pool()).await.expect("rows");
    assert_eq!(until, ["2026-12-23"], "thirty days after 23 November");
    prove_address(&app, &one).await;
    prove_address(&app, &two).await;
    app.clock.set(at("2026-12-23T22:40:00Z"));
    let mut browsers = Vec::new();
    for who in [&one, &two] {
        let mut owner = logged_in(&app, &who.0).await;
        let home = owner.open("/espace").await;
        let path = home.body.split("href=\"/espace/contrats/").nth(1).expect("a contract");
        let path = path.split(['"', '/']).next().expect("its end");
        let page = owner.open(&format!("/espace/contrats/{path}/renoncer")).await;
        browsers.push((owner, page));
    }
    // 23:59 in Paris.
    app.clock.set(at("2026-12-23T22:59:30Z"));
    let (owner, page) = &mut browsers[0];
    let over = owner.submit(&page.form("/renoncer")).await;
    assert_eq!(over.status, StatusCode::OK, "{}", over.body);
    assert_eq!(written(&app, &base(&first.at)).await.0, "withdrawn");
    // The first minute of the day after.
    app.clock.set(at("2026-12-23T23:00:30Z"));
    let (owner, page) = &mut browsers[1];
    let refused = owner.submit(&page.form("/renoncer")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert_ne!(written(&app, &base(&second.at)).await.0, "withdrawn");
}

/// Half past midnight in Paris is the day before in universal time.
#[tokio::test]
async fn a_proof_is_of_the_day_in_paris() {
    let app = program().await;
    app.clock.set(at("2026-11-24T23:30:00Z"));
    let mut phone = Surfer::new(&app);
    let (_, end) = sign(&app, &mut phone).await;
    for paper in ["preuve_signature", "attestation_preteur"] {
        let path = format!("{}/documents/{paper}", base(&end.at));
        let text = asked("pdftotext", &["-raw", "FILE", "-"], &file(&app, &phone, &path).await);
        let text = text.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(text.contains("25 novembre 2026"), "{paper}: {text}");
        assert!(!text.contains("24 novembre 2026"), "{paper}: {text}");
        if paper == "preuve_signature" {
            assert!(text.contains("heure de Paris") && text.contains("(2026-11-24T23:3"), "{text}");
        }
    }
}
