//! Names and passwords: right, wrong, too many, unknown; languages; what a login leaves behind.

use std::time::Duration;

use super::signup::neutral;
use super::{PASSWORD, alone, letter, log_in, person, somebody};
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn a_login_begins_a_new_session_and_planted_cookies_open_nothing() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    let planted = "A".repeat(43);
    browser.jar.insert("session-clients".to_owned(), planted.clone());
    let page = log_in(&mut browser, "clients", &person.email, PASSWORD).await;
    assert_eq!(page.heading(), "Votre compte");
    let session = browser.jar["session-clients"].clone();
    assert_ne!(session, planted);
    let mut other = Surfer::new(&app);
    other.jar.insert("session-clients".to_owned(), planted);
    assert_eq!(other.open("/pools/clients/account").await.heading(), "Connectez-vous");
    // Again, in the same browser: the session of before ends.
    let form = browser.clone().open("/pools/clients/login").await;
    assert_eq!(form.heading(), "Votre compte", "who is logged in has nothing to type");
}

#[tokio::test]
async fn known_and_unknown_names_get_one_answer() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let unknown = somebody();
    let (mut one, mut other) = (Surfer::new(&app), Surfer::new(&app));
    let known = log_in(&mut one, "clients", &person.email, "pas le bon mot 77").await;
    let never = log_in(&mut other, "clients", &unknown, "pas le bon mot 77").await;
    assert_eq!((known.status.as_u16(), never.status.as_u16()), (422, 422));
    assert!(known.says("L’adresse e-mail ou le mot de passe ne correspond pas"));
    assert_eq!(neutral(&known.body, &person.email), neutral(&never.body, &unknown));
    let names = |seen: &crate::harness::surfer::Seen| {
        let mut names: Vec<String> = seen.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&known), names(&never));
    let cookies = |browser: &Surfer| browser.jar.keys().cloned().collect::<Vec<_>>();
    assert_eq!(cookies(&one), cookies(&other));
}

#[tokio::test]
async fn a_name_is_tried_five_times_then_slowly_whether_or_not_it_exists() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    for name in [person.email.clone(), somebody()] {
        let mut thief = Surfer::new(&app);
        for _ in 0..5 {
            assert_eq!(log_in(&mut thief, "clients", &name, "pas le bon mot").await.status, 422);
        }
        let early = log_in(&mut thief, "clients", &name, PASSWORD).await;
        assert_eq!(early.status, 429, "even the right one");
        assert_eq!(early.headers["retry-after"], "1");
        assert!(early.says("Trop d’essais : recommencez dans 1 seconde"), "{}", early.body);
        for wait in [1, 2, 4, 8] {
            app.clock.advance(Duration::from_secs(wait));
            assert_eq!(log_in(&mut thief, "clients", &name, "pas le bon mot").await.status, 422);
            assert_eq!(log_in(&mut thief, "clients", &name, "pas le bon mot").await.status, 429);
        }
    }
    // Another pool has its own count.
    let other = log_in(&mut Surfer::new(&app), "gestion", &person.email, "pas le bon").await;
    assert_eq!(other.status, 422);
}

#[tokio::test]
async fn who_attacks_a_name_does_not_lock_its_owner_out() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let mut thief = Surfer::new(&app);
    for _ in 0..6 {
        log_in(&mut thief, "clients", &person.email, "pas le bon mot").await;
    }
    assert_eq!(log_in(&mut thief, "clients", &person.email, PASSWORD).await.status, 429);
    person.browser.jar.remove("session-clients");
    let page = log_in(&mut person.browser, "clients", &person.email, PASSWORD).await;
    assert_eq!(page.heading(), "Votre compte", "this browser is known");
}

#[tokio::test]
async fn a_right_password_forgives_the_wrong_ones() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    for _ in 0..2 {
        for _ in 0..4 {
            log_in(&mut browser, "clients", &person.email, "pas le bon mot").await;
        }
        let page = log_in(&mut browser, "clients", &person.email, PASSWORD).await;
        assert_eq!(page.heading(), "Votre compte");
        browser.jar.clear();
    }
}

#[tokio::test]
async fn another_browser_is_told_to_its_owner_and_the_same_one_is_not() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    person.browser.jar.remove("session-clients");
    log_in(&mut person.browser, "clients", &person.email, PASSWORD).await;
    let mut other = Surfer::new(&app);
    let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1";
    other.says.push(("user-agent", agent.to_owned()));
    log_in(&mut other, "clients", &person.email, PASSWORD).await;
    let told = letter(&app, &person.email, 2).await;
    assert!(told["subject"].as_str().expect("text").contains("Nouvelle connexion"));
    assert!(told["paragraphs"][0].as_str().expect("text").contains("Safari sur iPhone"));
}

#[tokio::test]
async fn one_login_is_one_browser_s() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let (mut one, mut other) = (Surfer::new(&app), Surfer::new(&app));
    let page = one.open("/pools/clients/login").await;
    let elsewhere = other.open(&page.at).await;
    assert_eq!(
        (elsewhere.status.as_u16(), elsewhere.heading().as_str()),
        (410, "Cette page a expiré")
    );
    app.clock.advance(Duration::from_secs(3600));
    let answers = [("email", person.email.as_str()), ("password", PASSWORD)];
    let late = one.send(&page, "/login", &answers).await;
    assert_eq!(late.status, 410);
}

#[tokio::test]
async fn the_same_form_twice_logs_in_once_more_and_nothing_breaks() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let mut browser = Surfer::new(&app);
    let page = browser.open("/pools/clients/login").await;
    let form = page.form("/login").with(&[("email", &person.email), ("password", PASSWORD)]);
    let (mut left, mut right) = (browser.clone(), browser);
    let (one, two) = tokio::join!(left.submit(&form), right.submit(&form));
    for seen in [&one, &two] {
        assert!(seen.status.is_success() || seen.status == 410, "{} {}", seen.status, seen.at);
    }
    assert!([&one, &two].iter().any(|seen| seen.heading() == "Votre compte"));
}

#[tokio::test]
async fn english_is_spoken_by_header_by_choice_and_in_the_mail() {
    let app = alone(&[]).await;
    let mut browser = Surfer::new(&app);
    browser.says = vec![("accept-language", "en-GB,en;q=0.8".to_owned())];
    let page = browser.open("/pools/clients/login").await;
    assert!(page.body.contains("<html lang=\"en\">") && page.heading() == "Log in");
    assert!(page.says("Customer area") && page.says("Skip to content"));
    let email = somebody();
    let page = super::sign_up(&mut browser, &email, PASSWORD).await;
    assert_eq!(page.heading(), "Confirm your address");
    let told = letter(&app, &email, 1).await;
    assert!(told["subject"].as_str().expect("text").ends_with("code"), "{told}");
    let page = browser.open("/pools/clients/forgot?lang=fr").await;
    assert_eq!(page.heading(), "Mot de passe oublié");
    let page = browser.open("/pools/clients/login").await;
    assert_eq!(page.heading(), "Connectez-vous", "the choice is remembered");
}
