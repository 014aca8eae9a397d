//! A forgotten password: one answer for all addresses, one use per link, and nothing opened by it alone.

use std::time::Duration;

use super::signup::neutral;
use super::{OTHER, PASSWORD, alone, events, letter, link, log_in, person, somebody};
use crate::harness::surfer::{Seen, Surfer};

async fn forgot(browser: &mut Surfer, email: &str) -> Seen {
    let page = browser.open("/pools/clients/forgot").await;
    browser.send(&page, "/forgot", &[("email", email)]).await
}

#[tokio::test]
async fn the_answer_is_the_same_for_every_address() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let (mut one, mut other) = (Surfer::new(&app), Surfer::new(&app));
    let known = forgot(&mut one, &person.email).await;
    let never = forgot(&mut other, &somebody()).await;
    assert_eq!(known.status, never.status);
    assert_eq!(neutral(&known.body, "-"), neutral(&never.body, "-"));
    assert!(known.says("Si cette adresse a un compte ici"));
}

#[tokio::test]
async fn an_address_without_an_account_is_told_so_by_letter_alone() {
    let app = alone(&[]).await;
    let (mut browser, nobody) = (Surfer::new(&app), somebody());
    for _ in 0..10 {
        assert_eq!(forgot(&mut browser, &nobody).await.status, 200);
    }
    // Five are free, as to an address that has one.
    let told = letter(&app, &nobody, 5).await;
    assert!(told.to_string().contains("n’a cette adresse"), "{told}");
    let page = Surfer::new(&app).open(&link(&told)).await;
    assert_eq!(page.heading(), "Créez votre compte", "{}", page.body);
    // Where nobody opens an account alone, nothing leaves.
    let (page, other) = (browser.open("/pools/partenaires/forgot").await, somebody());
    let sent = browser.send(&page, "/forgot", &[("email", &other)]).await;
    assert!(sent.says("Si cette adresse a un compte ici") && !sent.says("Sinon"), "{}", sent.body);
    let path = format!("/dev/messages.json?to={}", other.replace('@', "%40"));
    let none = app.get(&path).await.text().await.expect("a mailbox");
    assert!(!none.contains("adresse"), "{none}");
}

#[tokio::test]
async fn another_password_ends_the_sessions_and_the_link_is_used() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let mut other = Surfer::new(&app);
    forgot(&mut other, &person.email).await;
    let link = link(&letter(&app, &person.email, 2).await);
    let page = other.open(&link).await;
    assert_eq!(page.heading(), "Choisissez un mot de passe");
    let weak = other.send(&page, "/reset", &[("password", "motdepasse1234")]).await;
    assert!(weak.status == 422 && weak.says("trop courant"));
    let done = other.send(&page, "/reset", &[("password", OTHER)]).await;
    assert_eq!(done.heading(), "Connectez-vous", "a link is no login");
    let mine = person.browser.open("/pools/clients/account").await;
    assert_eq!(mine.heading(), "Connectez-vous", "the session has ended");
    assert_eq!(other.open(&link).await.status, 410);
    let old = log_in(&mut Surfer::new(&app), "clients", &person.email, PASSWORD).await;
    assert_eq!(old.status, 422);
    let new = log_in(&mut other, "clients", &person.email, OTHER).await;
    assert_eq!(new.heading(), "Votre compte");
    assert_eq!(events(&app, "password.reset", &person.email).await, 1);
}

#[tokio::test]
async fn thirty_two_uses_of_one_link_at_once_are_one() {
    let app = alone(&[("IDENTITY__HASH_QUEUE", "100")]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    forgot(&mut browser, &person.email).await;
    let page = browser.open(&link(&letter(&app, &person.email, 2).await)).await;
    let form = page.form("/reset").with(&[("password", OTHER)]);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (mut browser, form) = (browser.clone(), form.clone());
        tries.spawn(async move { browser.submit_once(&form).await.status.as_u16() });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [303, 410].contains(status)), "{answers:?}");
    assert_eq!(events(&app, "password.reset", &person.email).await, 1);
}

#[tokio::test]
async fn a_link_is_of_one_pool_and_of_half_an_hour() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    forgot(&mut browser, &person.email).await;
    let link = link(&letter(&app, &person.email, 2).await);
    let elsewhere = browser.open(&link.replace("/clients/", "/partenaires/")).await;
    assert_eq!(elsewhere.status, 410);
    let confirm = browser.open(&link.replace("/reset", "/confirm")).await;
    assert_eq!(confirm.status, 410, "of one purpose");
    assert_eq!(browser.open(&link).await.status, 200);
    app.clock.advance(Duration::from_secs(30 * 60));
    assert_eq!(browser.open(&link).await.status, 410);
    assert_eq!(browser.open("/pools/clients/reset?lien=").await.status, 410);
}

#[tokio::test]
async fn an_old_link_is_void_once_the_password_has_changed() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    forgot(&mut browser, &person.email).await;
    let first = link(&letter(&app, &person.email, 2).await);
    forgot(&mut browser, &person.email).await;
    let second = link(&letter(&app, &person.email, 3).await);
    let page = browser.open(&second).await;
    browser.send(&page, "/reset", &[("password", OTHER)]).await;
    assert_eq!(browser.open(&first).await.status, 410);
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    for _ in 0..10 {
        assert_eq!(forgot(&mut browser, &person.email).await.status, 200);
    }
    // The one of the sign-up, then four: five are free in all.
    letter(&app, &person.email, 5).await;
}
