//! The back office, as a browser without scripts meets it: who gets in, and what is shown to whom.

mod campaigns;

use std::time::Duration;

use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::staff::Staffer;
use crate::harness::surfer::Surfer;

async fn alone() -> App {
    App::on_database(&TestDatabase::own().await, &[]).await
}

#[tokio::test]
async fn nobody_enters_without_a_login_of_staff_and_two_factors() {
    let app = alone().await;
    let mut stranger = Surfer::new(&app);
    for path in ["/gestion", "/gestion/nulle-part", "/gestion?x=1"] {
        let seen = stranger.open(path).await;
        if path != "/gestion/nulle-part" {
            assert_eq!(seen.heading(), "Connectez-vous", "{path}: {}", seen.body);
            assert!(seen.at.starts_with("/pools/gestion/login"), "{}", seen.at);
        }
    }
    let (mut staffer, seen) = Staffer::at(&app, &[], "/gestion").await;
    assert_eq!(seen.heading(), "Gestion", "the login leads back: {}", seen.body);
    assert!(seen.says("Nadia Petit") && seen.says("Aucune rubrique"), "{}", seen.body);
    assert_eq!(seen.headers["cache-control"], "no-store");
    // Who is logged in goes through the login without stopping.
    let again = staffer.browser.open("/pools/gestion/login?vers=%2Fgestion").await;
    assert_eq!(again.heading(), "Gestion");
    for elsewhere in ["//evil.example", "https://evil.example", "/gestion//evil.example"] {
        let path = format!("/pools/gestion/login?vers={elsewhere}");
        let seen = staffer.browser.open(&path).await;
        assert_eq!(seen.heading(), "Votre compte", "{elsewhere}");
    }
    // A session that nobody uses ends by itself.
    app.clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(staffer.browser.open("/gestion").await.heading(), "Connectez-vous");
}

#[tokio::test]
async fn one_factor_is_no_entry_even_where_the_pool_asks_for_one_only() {
    let app = alone().await;
    let mut staffer = Staffer::invited(&app, &[]).await;
    let pool = app.opened();
    let sql = "UPDATE identity_pool SET second_factor = 'off' WHERE slug = 'gestion'";
    sqlx::query(sql).execute(pool.pool()).await.expect("written");
    let login = staffer.browser.open("/gestion").await;
    // Set up on the way, as where the pool asks for it.
    let seen = staffer.log_in(&app, &login).await;
    assert_eq!(seen.heading(), "Gestion", "{}", seen.body);
    let sql = "UPDATE identity_session SET amr = 'pwd'";
    sqlx::query(sql).execute(pool.pool()).await.expect("written");
    let weak = staffer.browser.open("/gestion").await;
    assert_eq!(weak.heading(), "Connectez-vous", "{}", weak.body);
}

#[tokio::test]
async fn a_customer_is_not_staff() {
    let app = alone().await;
    let (staffer, _) = Staffer::at(&app, &[], "/gestion").await;
    let cookie = staffer.browser.jar.get("session-gestion").expect("a session").clone();
    let mut customer = Surfer::new(&app);
    customer.jar.insert("session-clients".into(), cookie);
    assert_eq!(customer.open("/gestion").await.heading(), "Connectez-vous");
}
