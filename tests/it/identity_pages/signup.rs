//! A new account: by code, by link, from another browser; wrong, late and repeated answers.

use std::time::Duration;

use super::{PASSWORD, alone, code, events, letter, link, log_in, person, sign_up, somebody};
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn a_code_opens_the_account_and_the_journal_tells() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let again = person.browser.open("/pools/clients/account").await;
    assert!(again.says("Camille") && again.says(&person.email));
    for kind in ["user.created", "user.confirmed", "login"] {
        assert_eq!(events(&app, kind, &person.email).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn a_link_in_the_same_browser_needs_one_button() {
    let app = alone(&[]).await;
    let (email, mut browser) = (somebody(), Surfer::new(&app));
    sign_up(&mut browser, &email, PASSWORD).await;
    let link = link(&letter(&app, &email, 1).await);
    let page = browser.open(&link).await;
    assert_eq!(page.heading(), "Confirmez votre adresse");
    let done = browser.send(&page, "/confirm", &[]).await;
    assert_eq!(done.heading(), "Votre compte");
    let again = Surfer::new(&app).open(&link).await;
    assert_eq!((again.status.as_u16(), again.heading().as_str()), (410, "Ce lien ne sert plus"));
    assert!(again.says("Ce lien a déjà servi ou a expiré : demandez-en un nouveau"));
}

/// What was typed elsewhere may be somebody else's: who owns the mailbox chooses the password.
#[tokio::test]
async fn a_link_in_another_browser_chooses_a_password_and_not_the_one_typed_before() {
    let app = alone(&[]).await;
    let (email, mut thief) = (somebody(), Surfer::new(&app));
    sign_up(&mut thief, &email, "mot du voleur 2026 kiwi").await;
    let link = link(&letter(&app, &email, 1).await);
    let mut owner = Surfer::new(&app);
    let page = owner.open(&link).await;
    assert_eq!(page.heading(), "Choisissez un mot de passe");
    let page = owner.send(&page, "/reset", &[("password", PASSWORD)]).await;
    assert_eq!(page.heading(), "Connectez-vous");
    let page = log_in(&mut owner, "clients", &email, PASSWORD).await;
    assert_eq!(page.heading(), "Votre compte");
    let page = log_in(&mut thief, "clients", &email, "mot du voleur 2026 kiwi").await;
    assert!(page.says("ne correspond pas"));
}

/// Two sign-ups for one address: each code opens the account with its own browser's answers.
#[tokio::test]
async fn the_password_is_that_of_the_browser_whose_code_was_typed() {
    let app = alone(&[]).await;
    let (email, mut owner, mut thief) = (somebody(), Surfer::new(&app), Surfer::new(&app));
    let mine = sign_up(&mut owner, &email, PASSWORD).await;
    let my_code = code(&letter(&app, &email, 1).await);
    let theirs = sign_up(&mut thief, &email, "mot du voleur 2026 kiwi").await;
    letter(&app, &email, 2).await;
    let refused = thief.send(&theirs, "/confirm", &[("code", &my_code)]).await;
    assert!(refused.says("Essais restants : 4"), "{}", refused.body);
    let page = owner.send(&mine, "/confirm", &[("code", &my_code)]).await;
    assert_eq!(page.heading(), "Votre compte");
    let page = log_in(&mut Surfer::new(&app), "clients", &email, PASSWORD).await;
    assert_eq!(page.heading(), "Votre compte");
}

#[tokio::test]
async fn a_code_has_five_tries_and_half_an_hour() {
    let app = alone(&[]).await;
    let (email, mut browser) = (somebody(), Surfer::new(&app));
    let page = sign_up(&mut browser, &email, PASSWORD).await;
    let right = code(&letter(&app, &email, 1).await);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for left in (1..5).rev() {
        let page = browser.send(&page, "/confirm", &[("code", wrong)]).await;
        assert!(page.says(&format!("Essais restants : {left}")), "{}", page.body);
    }
    for typed in [wrong, right.as_str()] {
        let page = browser.send(&page, "/confirm", &[("code", typed)]).await;
        assert!(page.says("demandez-en un nouveau"), "{}", page.body);
    }
    let page = browser.send(&page, "/confirm", &[("action", "renvoyer")]).await;
    assert!(page.says("Un nouveau code est parti."));
    let second = code(&letter(&app, &email, 2).await);
    app.clock.advance(Duration::from_secs(30 * 60));
    let late = browser.send(&page, "/confirm", &[("code", &second)]).await;
    assert!(late.says("a expiré"), "{}", late.body);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_told_by_mail_alone() {
    let app = alone(&[]).await;
    let known = person(&app).await;
    let (mut one, mut other) = (Surfer::new(&app), Surfer::new(&app));
    let unknown = somebody();
    let seen = sign_up(&mut one, &known.email, PASSWORD).await;
    let never = sign_up(&mut other, &unknown, PASSWORD).await;
    assert_eq!(seen.status, never.status);
    let (seen, never) = (neutral(&seen.body, &known.email), neutral(&never.body, &unknown));
    assert_eq!(seen, never, "the pages are the same but for the address and the secrets");
    let told = letter(&app, &known.email, 2).await;
    assert!(told["subject"].as_str().expect("text").contains("déjà un compte"));
    assert!(told["code"].is_null());
}

/// A page without what differs between any two.
pub(super) fn neutral(body: &str, email: &str) -> String {
    let body = body.replace(email, "…");
    body.split('"')
        .map(|part| if is_secret(part) { "…" } else { part })
        .collect::<Vec<_>>()
        .join("\"")
        .split("login=")
        .map(|part| {
            part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c))
        })
        .collect()
}

fn is_secret(part: &str) -> bool {
    part.len() >= 43 && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_once_for_all() {
    let app = alone(&[]).await;
    let mut browser = Surfer::new(&app);
    for (email, password, says) in [
        ("", PASSWORD, "Indiquez votre adresse e-mail"),
        ("camille", PASSWORD, "doit contenir un @ et un nom de domaine"),
        ("camille@exemple.fr", "", "Choisissez un mot de passe"),
        ("camille@exemple.fr", "court", "12 caractères ou plus"),
        ("camille@exemple.fr", "motdepasse1234", "trop courant : choisissez-en un autre"),
        ("camille@exemple.fr", "camille-exemple", "trop courant : choisissez-en un autre"),
    ] {
        let page = sign_up(&mut browser, email, password).await;
        assert_eq!(page.status, 422, "{email} {password}");
        assert!(page.says(says), "{says}: {}", page.body);
        assert!(page.body.contains("<title>Erreur"), "the title says so");
        assert!(password.len() < 6 || !page.body.contains(password), "a password came back");
    }
}

#[tokio::test]
async fn other_pools_are_by_invitation() {
    let app = alone(&[]).await;
    for pool in ["partenaires", "gestion"] {
        let page = Surfer::new(&app).open(&format!("/pools/{pool}/signup")).await;
        assert_eq!(page.status, 404);
        assert!(page.says("sur invitation"));
    }
    let nowhere = Surfer::new(&app).open("/pools/inconnu/login").await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn a_code_sent_twice_opens_one_account() {
    let app = alone(&[]).await;
    let (email, mut browser) = (somebody(), Surfer::new(&app));
    let page = sign_up(&mut browser, &email, PASSWORD).await;
    let code = code(&letter(&app, &email, 1).await);
    let form = page.form("/confirm").with(&[("code", &code)]);
    let (mut left, mut right) = (browser.clone(), browser);
    let (one, two) = tokio::join!(left.submit(&form), right.submit(&form));
    assert!([&one, &two].iter().any(|page| page.heading() == "Votre compte"));
    assert_eq!(events(&app, "user.confirmed", &email).await, 1);
}
