//! The hosted pages, as a browser without scripts meets them: real forms, real mail, a real database.

mod applications;
mod factors;
mod guards;
mod login;
mod operators;
mod reset;
mod sessions;
mod signup;

use std::time::Duration;

use assurly::platform::clock::Entropy;
use serde_json::Value;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};

/// Long, and of no list.
const PASSWORD: &str = "fougère tambour lézard 41";

/// Another one.
const OTHER: &str = "nacelle violette quartz 58";

/// The program on a database of its own: a copy with another clock would take this one's letters for
/// stale, or for newer than they are.
async fn alone(over: &[(&str, &str)]) -> App {
    App::on_database(&TestDatabase::own().await, over).await
}

/// Somebody that no other test knows.
fn somebody() -> String {
    format!("camille.{}@exemple.fr", Entropy::system().hex::<6>())
}

/// The messages to somebody, the newest first, once there are so many.
async fn letters(app: &App, to: &str, count: usize) -> Vec<Value> {
    eventually("the messages arrive", async || {
        let list = app.get(&format!("/dev/messages.json?to={}", to.replace('+', "%2B"))).await;
        let list: Value = serde_json::from_str(&list.text().await.ok()?).ok()?;
        let list = list.as_array().or_else(|| list["messages"].as_array())?.clone();
        (list.len() >= count).then_some(list)
    })
    .await
}

/// The newest letter, of `count` to this person. What is sent next is newer than it.
async fn letter(app: &App, to: &str, count: usize) -> Value {
    let mut list = letters(app, to, count).await;
    assert_eq!(list.len(), count, "{list:#?}");
    list.sort_by_key(|letter| letter["id"].to_string());
    app.clock.advance(Duration::from_millis(1));
    list.pop().expect("one")
}

/// The path and the query of a letter's link.
fn link(letter: &Value) -> String {
    let address = letter["action"][1].as_str().expect("a link");
    let url: url::Url = address.parse().expect("an address");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

fn code(letter: &Value) -> String {
    letter["code"].as_str().expect("a code").to_owned()
}

/// Somebody with an open account of the customers' pool, logged in with this browser.
struct Person {
    email: String,
    browser: Surfer,
}

/// Signs up, answers the mail, arrives at the account.
async fn person(app: &App) -> Person {
    let (email, mut browser) = (somebody(), Surfer::new(app));
    let page = sign_up(&mut browser, &email, PASSWORD).await;
    assert_eq!(page.heading(), "Confirmez votre adresse");
    let code = code(&letter(app, &email, 1).await);
    let page = browser.send(&page, "/confirm", &[("code", &code)]).await;
    assert_eq!(page.heading(), "Votre compte", "{}", page.body);
    Person { email, browser }
}

async fn sign_up(browser: &mut Surfer, email: &str, password: &str) -> Seen {
    let page = browser.open("/pools/clients/signup").await;
    let answers = [
        ("email", email),
        ("password", password),
        ("given_name", "Camille"),
        ("family_name", "Durand"),
    ];
    browser.send(&page, "/signup", &answers).await
}

/// Opens the login of a pool and types these.
async fn log_in(browser: &mut Surfer, pool: &str, email: &str, password: &str) -> Seen {
    let page = browser.open(&format!("/pools/{pool}/login")).await;
    browser.send(&page, "/login", &[("email", email), ("password", password)]).await
}

/// The application of codes of somebody who scanned the picture of this page.
fn application(page: &Seen) -> Totp {
    let shown = page.body.split("<code class=\"cle\">").nth(1).expect("a key");
    let letters = shown.split("</code>").next().expect("its end").replace(' ', "");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_secret(Secret::try_from_base32(letters).expect("base32"))
        .with_account_name("x")
        .build()
        .expect("a totp")
}

/// The code that it shows now.
fn shown(application: &Totp, app: &App) -> String {
    let now = u64::try_from(app.clock.now().as_second()).expect("after 1970");
    application.generate(now).to_string()
}

/// The recovery codes of the page that shows them.
fn recovery_codes(page: &Seen) -> Vec<String> {
    let list = page.body.split("<ul class=\"secours\">").nth(1).expect("the codes");
    let list = list.split("</ul>").next().expect("its end");
    list.split("<code>").skip(1).map(|item| item[..19].to_owned()).collect()
}

/// How many events of this kind the journal has about this address's account.
async fn events(app: &App, kind: &str, email: &str) -> usize {
    let sql = "SELECT COUNT(*) FROM identity_event AS event JOIN identity_user AS account \
        ON event.data LIKE CONCAT('%', LOWER(INSERT(INSERT(INSERT(INSERT(HEX(account.id), \
        9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')), '%') \
        WHERE event.kind = ? AND account.email = ?";
    let count: i64 = sqlx::query_scalar(sql)
        .bind(kind)
        .bind(email)
        .fetch_one(app.opened().pool())
        .await
        .expect("counted");
    usize::try_from(count).expect("not negative")
}
