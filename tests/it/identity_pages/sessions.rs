//! What somebody sees and does once they are logged in: profile, devices, password, logout.

use std::time::Duration;

use super::{OTHER, PASSWORD, alone, events, letter, log_in, person};
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn a_device_is_ended_from_another_one() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let mut other = Surfer::new(&app);
    log_in(&mut other, "clients", &person.email, PASSWORD).await;
    let list = person.browser.open("/pools/clients/account/sessions").await;
    assert_eq!(list.body.matches("Cet appareil").count(), 1);
    let rows = list.forms().into_iter().filter(|form| form.values.contains_key("session"));
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows.len(), 1, "the other one");
    let done = person.browser.submit(&rows[0].clone().with(&[("action", "une")])).await;
    assert!(done.says("L’appareil est déconnecté."));
    assert_eq!(other.open("/pools/clients/account").await.heading(), "Connectez-vous");
    assert_eq!(events(&app, "session.ended", &person.email).await, 1);
}

#[tokio::test]
async fn nobody_ends_somebody_else_s_session() {
    let app = alone(&[]).await;
    let (mut mine, mut theirs) = (person(&app).await, person(&app).await);
    let session: Vec<u8> = sqlx::query_scalar(
        "SELECT s.id FROM identity_session AS s JOIN identity_user AS u ON u.id = s.user_id \
         WHERE u.email = ?",
    )
    .bind(&theirs.email)
    .fetch_one(app.opened().pool())
    .await
    .expect("one");
    let id = assurly::platform::digest::hex(&session);
    let list = mine.browser.open("/pools/clients/account/sessions").await;
    // Any form of ours carries the word.
    let word = mine.browser.open("/pools/clients/account").await.form("/account");
    let mut form = word.with(&[("session", &id), ("action", "une")]);
    form.action = "/pools/clients/account/sessions".to_owned();
    let done = mine.browser.submit(&form).await;
    assert!(!done.says("déconnecté.") && list.status.is_success());
    assert_eq!(theirs.browser.open("/pools/clients/account").await.heading(), "Votre compte");
}

#[tokio::test]
async fn all_the_others_end_and_this_one_stays() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let mut others = [Surfer::new(&app), Surfer::new(&app)];
    for other in &mut others {
        log_in(other, "clients", &person.email, PASSWORD).await;
    }
    let list = person.browser.open("/pools/clients/account/sessions").await;
    person.browser.send(&list, "/sessions", &[("action", "autres")]).await;
    let all = list.forms().into_iter().find(|form| !form.values.contains_key("session"));
    let done = person.browser.submit(&all.expect("one").with(&[("action", "autres")])).await;
    assert!(done.says("Les autres appareils sont déconnectés."));
    for other in &mut others {
        assert_eq!(other.open("/pools/clients/account").await.heading(), "Connectez-vous");
    }
    assert_eq!(person.browser.open("/pools/clients/account").await.heading(), "Votre compte");
}

#[tokio::test]
async fn after_a_logout_nothing_is_shown_and_nothing_was_kept() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let before = person.browser.clone();
    let page = person.browser.open("/pools/clients/account").await;
    assert_eq!(page.headers["cache-control"], "no-store", "the back button asks again");
    let page = person.browser.open("/pools/clients/account/logout").await;
    assert_eq!(page.heading(), "Se déconnecter");
    let out = person.browser.send(&page, "/logout", &[]).await;
    assert_eq!(out.heading(), "Connectez-vous");
    assert!(!person.browser.jar.contains_key("session-clients"));
    let mut stolen = before;
    assert_eq!(stolen.open("/pools/clients/account").await.heading(), "Connectez-vous");
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_after_twelve_hours() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    for _ in 0..23 {
        app.clock.advance(Duration::from_secs(29 * 60));
        let page = person.browser.open("/pools/clients/account").await;
        assert_eq!(page.heading(), "Votre compte");
    }
    let mut idle = person.browser.clone();
    app.clock.advance(Duration::from_secs(31 * 60));
    assert_eq!(idle.open("/pools/clients/account").await.heading(), "Connectez-vous");
}

#[tokio::test]
async fn another_password_needs_the_current_one_and_ends_the_other_devices() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let mut other = Surfer::new(&app);
    log_in(&mut other, "clients", &person.email, PASSWORD).await;
    let page = person.browser.open("/pools/clients/account/password").await;
    let wrong = [("current", "pas le bon mot 33"), ("password", OTHER)];
    let refused = person.browser.send(&page, "/password", &wrong).await;
    assert!(refused.says("Ce n’est pas votre mot de passe actuel"), "{}", refused.body);
    let before = person.browser.jar["session-clients"].clone();
    app.clock.advance(Duration::from_millis(1));
    let right = [("current", PASSWORD), ("password", OTHER)];
    let done = person.browser.send(&page, "/password", &right).await;
    assert!(done.says("Votre mot de passe a changé."), "{}", done.body);
    assert_ne!(person.browser.jar["session-clients"], before, "a new session");
    assert_eq!(other.open("/pools/clients/account").await.heading(), "Connectez-vous");
    assert_eq!(events(&app, "password.changed", &person.email).await, 1);
    let told = letter(&app, &person.email, 3).await;
    assert!(told["subject"].as_str().expect("text").contains("a changé"));
}

#[tokio::test]
async fn name_and_language_are_the_person_s_own() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let page = person.browser.open("/pools/clients/account").await;
    let answers = [("given_name", "Zoé"), ("family_name", "d’Arc"), ("locale", "en")];
    let done = person.browser.send(&page, "/account", &answers).await;
    assert!(done.says("C’est enregistré.") && done.says("Zoé"), "{}", done.body);
    let long = "x".repeat(81);
    let wrong = person.browser.send(&page, "/account", &[("given_name", &long)]).await;
    assert_eq!(wrong.status, 422);
}
