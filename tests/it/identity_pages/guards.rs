//! Forms of other sites, headers and cookies, and what happens when too many come at once.

use super::{PASSWORD, alone, log_in, person};
use crate::harness::app::App;
use crate::harness::surfer::Surfer;

#[tokio::test]
async fn a_form_of_another_site_or_without_the_word_does_nothing() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let paths = ["", "/password", "/factors", "/sessions", "/links", "/logout"]
        .map(|it| format!("account{it}"));
    for path in paths {
        let page = person.browser.open("/pools/clients/account").await;
        let mut form = page.form("/account");
        form.action = format!("/pools/clients/{path}");
        for (header, value, word) in [
            ("sec-fetch-site", "cross-site", true),
            ("sec-fetch-site", "same-site", true),
            ("origin", "https://evil.example", true),
            ("origin", "null", true),
            ("sec-fetch-site", "same-origin", false),
        ] {
            let mut browser = person.browser.clone();
            browser.says.push((header, value.to_owned()));
            let mut form = form.clone();
            if !word {
                form.values.insert("jeton".to_owned(), "0".repeat(64));
            }
            let refused = browser.submit_once(&form).await;
            assert_eq!(refused.status, 403, "{path} {header} {value}");
            assert!(refused.says("Rien n’a été fait."));
        }
    }
    assert_eq!(person.browser.open("/pools/clients/account").await.heading(), "Votre compte");
}

/// Nobody is logged in to somebody else's account by a form that they did not send.
#[tokio::test]
async fn the_forms_of_a_login_are_its_browser_s() {
    let app = alone(&[]).await;
    let person = person(&app).await;
    let (mut thief, mut victim) = (Surfer::new(&app), Surfer::new(&app));
    let page = thief.open("/pools/clients/login").await;
    victim.open("/pools/clients/login").await;
    let form = page.form("/login").with(&[("email", &person.email), ("password", PASSWORD)]);
    let refused = victim.submit_once(&form).await;
    assert_eq!(refused.status, 410, "another browser's login");
    let mut own = victim.open("/pools/clients/login").await.form("/login");
    own.values.insert("jeton".to_owned(), page.form("/login").values["jeton"].clone());
    assert_eq!(victim.submit_once(&own).await.status, 403, "another browser's word");
    for action in ["forgot", "signup", "confirm", "mfa", "setup"] {
        let mut form = victim.open("/pools/clients/login").await.form("/login");
        form.action = format!("/pools/clients/{action}");
        form.values.insert("jeton".to_owned(), "0".repeat(64));
        assert_eq!(victim.submit_once(&form).await.status, 403, "{action}");
    }
}

#[tokio::test]
async fn pages_are_kept_by_nobody_and_say_nothing_to_others() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let mut stranger = Surfer::new(&app);
    let mut seen = Vec::new();
    for path in ["login", "signup", "forgot", "reset?lien=x"] {
        seen.push(stranger.open(&format!("/pools/clients/{path}")).await);
    }
    for path in ["account", "account/password", "account/factors", "account/links"] {
        seen.push(person.browser.open(&format!("/pools/clients/{path}")).await);
    }
    for page in seen {
        assert_eq!(page.headers["cache-control"], "no-store", "{}", page.at);
        assert_eq!(page.headers["referrer-policy"], "no-referrer", "{}", page.at);
        let policy = page.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self';"));
        assert!(!page.body.contains(" style=") && !page.body.contains("<script>"), "{}", page.at);
    }
}

#[tokio::test]
async fn over_tls_cookies_are_bound_to_their_host() {
    let app = alone(&[("SERVER__PUBLIC_URL", "https://assurly.example")]).await;
    let answer = app.get("/pools/clients/login").await;
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("__Host-login-clients="), "{cookie}");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
}

#[tokio::test]
async fn a_network_has_so_many_tries() {
    let over = [("IDENTITY__ATTEMPTS_BURST", "3"), ("IDENTITY__ATTEMPTS_REFILL_S", "3600")];
    let app = alone(&over).await;
    let mut browser = Surfer::new(&app);
    for n in 0..3 {
        let page = log_in(&mut browser, "clients", &format!("a{n}@b.fr"), "pas le bon").await;
        assert_eq!(page.status, 422);
    }
    let page = log_in(&mut browser, "clients", "a@b.fr", "pas le bon").await;
    assert_eq!(page.status, 429);
    assert!(page.headers.contains_key("retry-after"));
    assert_eq!(browser.open("/pools/clients/login").await.status, 200, "reading is free");
}

#[tokio::test]
async fn two_hundred_logins_at_once_are_bounded_and_the_rest_answers() {
    let over = [
        ("IDENTITY__HASH_PARALLEL", "1"),
        ("IDENTITY__HASH_QUEUE", "4"),
        ("SERVER__CONNECTIONS_PER_IP_MAX", "1000"),
    ];
    let app = alone(&over).await;
    let mut browser = Surfer::new(&app);
    let page = browser.open("/pools/clients/login").await;
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..200 {
        let name = format!("foule{n}@exemple.fr");
        let form = page.form("/login").with(&[("email", &name), ("password", "pas le bon mot")]);
        let mut browser = browser.clone();
        tries.spawn(async move {
            let seen = browser.submit_once(&form).await;
            (seen.status.as_u16(), seen.headers.contains_key("retry-after"))
        });
    }
    for _ in 0..10 {
        assert_eq!(app.get("/simuler").await.status(), 200, "other pages answer meanwhile");
    }
    let answers = tries.join_all().await;
    assert!(answers.contains(&(503, true)), "{answers:?}");
    assert!(answers.iter().any(|answer| answer.0 == 422), "{answers:?}");
    assert!(answers.iter().all(|(status, _)| [422, 503].contains(status)), "{answers:?}");
    let after = log_in(&mut browser, "clients", "apres@exemple.fr", "pas le bon mot").await;
    assert_eq!(after.status, 422, "and then it is over");
}

#[tokio::test]
async fn without_a_database_the_pages_say_so() {
    let app = App::without_database(&[("DATABASE__ACQUIRE_TIMEOUT_MS", "200")]).await;
    let answer = app.get("/pools/clients/login").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
}
