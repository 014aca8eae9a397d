//! Second factors: set up, asked, used once, lost, removed.

use std::time::Duration;

use super::{
    OTHER, PASSWORD, Person, alone, application, events, letter, link, log_in, person,
    recovery_codes, shown,
};
use crate::harness::app::App;
use crate::harness::surfer::{Seen, Surfer};
use totp_rs::Totp;

/// Somebody with an application of codes, and their recovery codes.
async fn protected(app: &App) -> (Person, Totp, Vec<String>) {
    let mut person = person(app).await;
    let list = person.browser.open("/pools/clients/account/factors").await;
    let page = person.browser.send(&list, "/account/factors", &[("action", "application")]).await;
    assert_eq!(page.heading(), "Ajoutez une application de codes", "{}", page.body);
    let application = application(&page);
    let wrong = person.browser.send(&page, "/application", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let code = shown(&application, app);
    let page = person.browser.send(&page, "/application", &[("code", &code)]).await;
    assert_eq!(page.heading(), "Gardez ces codes de secours", "{}", page.body);
    let codes = recovery_codes(&page);
    assert_eq!(codes.len(), 10);
    (person, application, codes)
}

async fn to_second(app: &App, person: &Person) -> (Surfer, Seen) {
    let mut browser = Surfer::new(app);
    let page = log_in(&mut browser, "clients", &person.email, PASSWORD).await;
    assert_eq!(page.heading(), "Prouvez que c’est vous");
    (browser, page)
}

#[tokio::test]
async fn a_code_is_asked_and_works_once() {
    let app = alone(&[]).await;
    let (person, application, _) = protected(&app).await;
    assert_eq!(events(&app, "factor.added", &person.email).await, 1);
    // The code that confirmed the factor is used by that.
    let (mut browser, page) = to_second(&app, &person).await;
    assert!(!browser.jar.contains_key("session-clients"), "half a proof is no session");
    let used = shown(&application, &app);
    let again = browser.send(&page, "/mfa", &[("code", &used)]).await;
    assert!(again.status == 422 && again.says("attendez le suivant"), "{}", again.body);
    app.clock.advance(Duration::from_secs(30));
    let code = shown(&application, &app);
    let done = browser.send(&page, "/mfa", &[("code", &code)]).await;
    assert_eq!(done.heading(), "Votre compte");
    let (mut other, page) = to_second(&app, &person).await;
    let replayed = other.send(&page, "/mfa", &[("code", &code)]).await;
    assert_eq!(replayed.status, 422, "a code works once");
}

/// Sixteen logins that wait for their second proof, four windows each. The throttle, which alone would stop
/// all but five, is lifted: what is shown is that a code works once.
#[tokio::test]
async fn sixty_four_uses_of_one_code_at_once_are_one() {
    let app = alone(&[]).await;
    let (person, application, _) = protected(&app).await;
    app.clock.advance(Duration::from_secs(60));
    let code = shown(&application, &app);
    let mut windows = Vec::new();
    for _ in 0..16 {
        let (browser, page) = to_second(&app, &person).await;
        let form = page.form("/mfa").with(&[("code", &code)]);
        windows.extend(std::iter::repeat_n((browser, form), 4));
    }
    let mut uses = tokio::task::JoinSet::new();
    for (mut browser, form) in windows {
        let pool = app.opened().pool().clone();
        uses.spawn(async move {
            loop {
                let seen = browser.submit_once(&form).await;
                if seen.status != 429 {
                    return (seen.status.as_u16(), browser.jar.contains_key("session-clients"));
                }
                // Who meets another one that lifts it has nothing left to lift.
                let lift = sqlx::query("DELETE FROM identity_throttle");
                let _ = lift.execute(&pool).await;
            }
        });
    }
    let answers = uses.join_all().await;
    assert_eq!(answers.len(), 64);
    let opened: Vec<_> = answers.iter().filter(|(_, session)| *session).collect();
    assert_eq!(opened, [&(303, true)], "{answers:?}");
    assert!(answers.iter().all(|(status, _)| *status < 500), "{answers:?}");
    assert_eq!(events(&app, "login", &person.email).await, 2, "the sign-up's, and one");
}

#[tokio::test]
async fn thirty_two_uses_of_one_recovery_code_at_once_are_one() {
    let app = alone(&[("IDENTITY__HASH_QUEUE", "100")]).await;
    let (person, _, codes) = protected(&app).await;
    let (mut browser, page) = to_second(&app, &person).await;
    let page = browser.open(&format!("{}&par=secours", page.at)).await;
    let form = page.form("/mfa").with(&[("code", &codes[3].to_lowercase().replace('-', " "))]);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (mut browser, form) = (browser.clone(), form.clone());
        tries.spawn(async move {
            let seen = browser.submit_once(&form).await;
            browser.jar.contains_key("session-clients").then_some(seen.status.as_u16())
        });
    }
    let answers: Vec<u16> = tries.join_all().await.into_iter().flatten().collect();
    assert_eq!(answers, [303]);
    assert_eq!(events(&app, "recovery.used", &person.email).await, 1);
    let told = letter(&app, &person.email, 4).await;
    assert!(told["subject"].as_str().is_some());
    app.clock.advance(Duration::from_secs(900));
    let (mut other, page) = to_second(&app, &person).await;
    let page = other.open(&format!("{}&par=secours", page.at)).await;
    let again = other.send(&page, "/mfa", &[("code", &codes[3])]).await;
    assert!(again.says("n’existe pas ou a déjà servi"), "{}", again.body);
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let app = alone(&[]).await;
    let (person, application, _) = protected(&app).await;
    app.clock.advance(Duration::from_secs(60));
    let (mut browser, page) = to_second(&app, &person).await;
    for _ in 0..5 {
        let wrong = browser.send(&page, "/mfa", &[("code", "000000")]).await;
        assert_eq!(wrong.status, 422);
    }
    let code = shown(&application, &app);
    let early = browser.send(&page, "/mfa", &[("code", &code)]).await;
    assert_eq!(early.status, 429, "another browser would not help: the person is counted");
}

#[tokio::test]
async fn another_password_does_not_bypass_the_second_proof() {
    let app = alone(&[]).await;
    let (person, _, _) = protected(&app).await;
    app.clock.advance(Duration::from_millis(1));
    let mut browser = Surfer::new(&app);
    let page = browser.open("/pools/clients/forgot").await;
    browser.send(&page, "/forgot", &[("email", &person.email)]).await;
    let page = browser.open(&link(&letter(&app, &person.email, 3).await)).await;
    browser.send(&page, "/reset", &[("password", OTHER)]).await;
    let page = log_in(&mut browser, "clients", &person.email, OTHER).await;
    assert_eq!(page.heading(), "Prouvez que c’est vous");
}

#[tokio::test]
async fn changes_ask_for_a_fresh_login_by_the_strongest_proof() {
    let app = alone(&[]).await;
    let (mut person, application, _) = protected(&app).await;
    // This session is by password alone: from the sign-up.
    let list = person.browser.open("/pools/clients/account/factors").await;
    let asked = person.browser.send(&list, "/account/factors", &[("action", "retirer")]).await;
    assert_eq!(asked.heading(), "Connectez-vous");
    let answers = [("email", person.email.as_str()), ("password", PASSWORD)];
    let page = person.browser.send(&asked, "/login", &answers).await;
    app.clock.advance(Duration::from_secs(60));
    let code = shown(&application, &app);
    let list = person.browser.send(&page, "/mfa", &[("code", &code)]).await;
    assert_eq!(list.heading(), "Sécurité", "back where it was asked");
    let row = list.forms().into_iter().find(|form| form.values.contains_key("facteur"));
    let row = row.expect("a factor").with(&[("action", "retirer")]);
    let mut late = person.browser.clone();
    app.clock.advance(Duration::from_secs(601));
    assert_eq!(late.submit(&row).await.heading(), "Connectez-vous", "ten minutes");
    // Again, in time.
    let page = log_in_again(&app, &mut person, &application).await;
    let row = page.forms().into_iter().find(|form| form.values.contains_key("facteur"));
    let done = person.browser.submit(&row.expect("a factor").with(&[("action", "retirer")])).await;
    assert!(done.says("C’est retiré."), "{}", done.body);
    assert_eq!(events(&app, "factor.removed", &person.email).await, 1);
    let page = log_in(&mut Surfer::new(&app), "clients", &person.email, PASSWORD).await;
    assert_eq!(page.heading(), "Votre compte", "one proof is enough again");
}

async fn log_in_again(app: &App, person: &mut Person, application: &Totp) -> Seen {
    let list = person.browser.open("/pools/clients/account/factors").await;
    let asked = person.browser.send(&list, "/account/factors", &[("action", "retirer")]).await;
    let answers = [("email", person.email.as_str()), ("password", PASSWORD)];
    let page = person.browser.send(&asked, "/login", &answers).await;
    let code = shown(application, app);
    person.browser.send(&page, "/mfa", &[("code", &code)]).await
}

#[tokio::test]
async fn codes_can_be_replaced_and_the_old_ones_are_void() {
    let app = alone(&[]).await;
    let (mut person, application, old) = protected(&app).await;
    app.clock.advance(Duration::from_secs(60));
    log_in_again(&app, &mut person, &application).await;
    let list = person.browser.open("/pools/clients/account/factors").await;
    let page = person.browser.send(&list, "/account/factors", &[("action", "codes")]).await;
    let new = recovery_codes(&page);
    assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
    for (code, status) in [(&old[0], 422), (&new[0], 303)] {
        let (mut browser, page) = to_second(&app, &person).await;
        let page = browser.open(&format!("{}&par=secours", page.at)).await;
        let form = page.form("/mfa").with(&[("code", code.as_str())]);
        assert_eq!(browser.submit_once(&form).await.status, status, "{code}");
    }
}
