//! Accounts by the command line: invited, shut, opened, grouped, and the first administrator.

use assurly::platform::clock::Entropy;
use tokio::process::Command;

use super::{PASSWORD, alone, application, log_in, person, recovery_codes, shown, somebody};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::soon;
use crate::harness::surfer::Surfer;

/// Runs `assurly identity …` on this database; its output, or what it complains of.
async fn identity(database: &TestDatabase, words: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_assurly"))
        .arg("identity")
        .args(words)
        .env("DATABASE_URL", database.url())
        .output();
    let output = soon(output).await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text").trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn path(link: &str) -> String {
    let url: url::Url = link.parse().expect("an address");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

#[tokio::test]
async fn the_first_administrator_sets_up_everything_at_the_first_login() {
    let database = std::sync::Arc::new(TestDatabase::empty().await);
    database.open().migrate().await.expect("migrated");
    let app = App::on_database(&database, &[]).await;
    let email = somebody();
    // The pools are furnished behind the migrations.
    let link = crate::harness::eventually("the pools are there", async || {
        identity(&database, &["bootstrap-admin", "--email", &email]).await.ok()
    })
    .await;
    let second = identity(&database, &["bootstrap-admin", "--email", &somebody()]).await;
    assert!(second.expect_err("one").contains("has an administrator already"));
    let mut browser = Surfer::new(&app);
    let link = path(&link);
    // The command's clock is the machine's, the program's stands in 2026.
    let page = browser.open(&link).await;
    assert_eq!(page.heading(), "Choisissez un mot de passe", "{}", page.body);
    browser.send(&page, "/reset", &[("password", PASSWORD)]).await;
    assert_eq!(browser.open(&link).await.status, 410);
    let page = log_in(&mut browser, "gestion", &email, PASSWORD).await;
    assert_eq!(page.heading(), "Ajoutez une application de codes");
    assert!(page.says("Cet espace demande une deuxième preuve"));
    assert!(!browser.jar.contains_key("session-gestion"));
    let account = browser.clone().open("/pools/gestion/account").await;
    assert_eq!(account.heading(), "Connectez-vous", "nothing is open before");
    let code = shown(&application(&page), &app);
    let page = browser.send(&page, "/setup", &[("code", &code)]).await;
    assert_eq!(recovery_codes(&page).len(), 10, "{}", page.body);
    let account = browser.open("/pools/gestion/account").await;
    assert_eq!(account.heading(), "Votre compte");
    let list = browser.open("/pools/gestion/account/factors").await;
    let row = list.forms().into_iter().find(|form| form.values.contains_key("facteur"));
    let row = row.expect("a factor").with(&[("action", "retirer")]);
    let refused = browser.submit(&row).await;
    assert!(refused.says("ajoutez-en une autre avant"), "{}", refused.body);
    let listed = identity(&database, &["user", "list", "--pool", "gestion"]).await.expect("a list");
    assert!(listed.contains(&email) && listed.contains("administrateurs"), "{listed}");
}

#[tokio::test]
async fn an_account_is_shut_opened_logged_out_and_grouped() {
    let app = alone(&[]).await;
    let mut person = person(&app).await;
    let who = ["--pool", "clients", "--email", &person.email];
    let run = async |work: &[&str]| {
        let words: Vec<&str> = work.iter().chain(&who).copied().collect();
        identity(app.database(), &words).await
    };
    run(&["user", "logout"]).await.expect("done");
    let page = person.browser.open("/pools/clients/account").await;
    assert_eq!(page.heading(), "Connectez-vous");
    run(&["user", "disable"]).await.expect("done");
    let page = log_in(&mut person.browser, "clients", &person.email, PASSWORD).await;
    assert!(page.says("ne correspond pas"), "as if there were none");
    run(&["user", "enable"]).await.expect("done");
    let page = log_in(&mut person.browser, "clients", &person.email, PASSWORD).await;
    assert_eq!(page.heading(), "Votre compte");
    run(&["user", "group", "add", "vip"]).await.expect("done");
    let listed = identity(app.database(), &["user", "list", "--pool", "clients"]).await;
    let listed = listed.expect("a list");
    let line = listed.lines().find(|line| line.contains(&person.email)).expect("listed");
    assert!(line.contains("vip") && line.contains("open") && line.contains("Camille"), "{line}");
    run(&["user", "group", "remove", "vip"]).await.expect("done");
    run(&["user", "reset-factors"]).await.expect("done");
    let taken = run(&["user", "create"]).await.expect_err("taken");
    assert!(taken.contains("has an account"), "{taken}");
    let unknown = ["user", "disable", "--pool", "clients", "--email", "rien@exemple.fr"];
    assert!(identity(app.database(), &unknown).await.expect_err("none").contains("no account"));
    let wrong = ["user", "disable", "--pool", "clients", "--email", "rien"];
    assert!(identity(app.database(), &wrong).await.is_err());
    let nowhere = Entropy::system().hex::<4>();
    let pool = ["user", "list", "--pool", &format!("p{nowhere}")];
    assert!(identity(app.database(), &pool).await.is_err());
}
