//! An application sends somebody to log in: its name, its language, consent, what was agreed to, and the
//! strength that it asks for.

use assurly::app::state::{self, Platform};
use assurly::platform::clock::Entropy;
use assurly::slices::identity::NewClient;
use assurly::slices::identity::model::{ClientKind, Grant};

use super::{PASSWORD, alone, application, events, person, recovery_codes, shown};
use crate::harness::app::{App, settings};
use crate::harness::surfer::{Seen, Surfer};

const CALLBACK: &str = "https://app.example/retour";

/// RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An application of the customers' pool; its `client_id`.
async fn registered(app: &App, first_party: bool) -> String {
    let url = app.database().url();
    let settings = settings(&[("DATABASE__URL", &url)]);
    let platform = Platform::with(settings, app.clock.clone(), Entropy::system());
    let identity = state::identity(&platform.expect("the tools")).expect("identity");
    let new = NewClient {
        name: "Simulateur Dupont".into(),
        kind: ClientKind::Public,
        grants: vec![Grant::AuthorizationCode],
        redirect_uris: vec![CALLBACK.into()],
        logout_uris: Vec::new(),
        scopes: "openid devis:lire".into(),
        first_party,
        access_ttl: None,
    };
    let (client, _) = identity.add_client("clients", &new).await.expect("a client");
    client.public_id()
}

fn request(client: &str, more: &str) -> String {
    format!(
        "/pools/clients/oauth2/authorize?response_type=code&client_id={client}&state=s1\
         &redirect_uri=https%3A%2F%2Fapp.example%2Fretour&scope=openid%20devis%3Alire\
         &code_challenge={CHALLENGE}&code_challenge_method=S256{more}"
    )
}

async fn answer(browser: &mut Surfer, page: &Seen, email: &str) -> Seen {
    browser.send(page, "/login", &[("email", email), ("password", PASSWORD)]).await
}

#[tokio::test]
async fn a_login_names_the_application_asks_for_consent_and_goes_back() {
    let app = alone(&[]).await;
    let (mut person, client) = (person(&app).await, registered(&app, false).await);
    let mut browser = Surfer::new(&app);
    let page = browser.open(&request(&client, "")).await;
    assert!(page.heading() == "Connectez-vous" && page.says("Simulateur Dupont"), "{}", page.body);
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    let page = answer(&mut browser, &page, &person.email).await;
    assert_eq!(page.heading(), "Donnez votre accord", "{} {}", page.at, page.body);
    assert!(page.says("Lire vos devis") && page.says("Savoir que c’est vous"));
    let form = page.form("/consent").with(&[("action", "autoriser")]);
    let mut foreign = form.clone();
    foreign.values.insert("jeton".to_owned(), "0".repeat(64));
    assert_eq!(browser.submit_once(&foreign).await.status, 403);
    let back = browser.submit(&form).await;
    let to = back.location();
    assert!(to.starts_with(CALLBACK) && to.contains("code=") && to.contains("state=s1"), "{to}");
    // Agreed to: the next time nothing is asked.
    let again = browser.open(&request(&client, "")).await;
    assert!(again.location().contains("code="), "{}", again.body);
    // The account's page shows it, and takes it back.
    let list = person.browser.open("/pools/clients/account/consents").await;
    assert!(list.says("Simulateur Dupont"), "{}", list.body);
    let done = person.browser.send(&list, "/consents", &[("action", "retirer")]).await;
    assert!(done.says("C’est retiré.") && done.says("Aucune application"), "{}", done.body);
    assert_eq!(events(&app, "consent.given", &person.email).await, 1);
    assert_eq!(events(&app, "consent.withdrawn", &person.email).await, 1);
    let asked = browser.open(&request(&client, "")).await;
    assert_eq!(asked.heading(), "Donnez votre accord");
}

#[tokio::test]
async fn a_refusal_is_told_to_the_application() {
    let app = alone(&[]).await;
    let (mut person, client) = (person(&app).await, registered(&app, false).await);
    let page = person.browser.open(&request(&client, "")).await;
    assert_eq!(page.heading(), "Donnez votre accord", "who is logged in is not asked twice");
    let form = page.form("/consent").with(&[("action", "refuser")]);
    let to = person.browser.submit(&form).await.location();
    assert!(to.starts_with(CALLBACK) && to.contains("error=access_denied"), "{to}");
}

#[tokio::test]
async fn our_own_applications_ask_for_no_consent_and_choose_the_language() {
    let app = alone(&[]).await;
    let (person, client) = (person(&app).await, registered(&app, true).await);
    let mut browser = Surfer::new(&app);
    let page = browser.open(&request(&client, "&ui_locales=en&login_hint=a%40b.fr")).await;
    assert_eq!(page.heading(), "Log in");
    assert!(page.body.contains("value=\"a@b.fr\""));
    let back = answer(&mut browser, &page, &person.email).await;
    assert!(back.location().contains("code="), "{}", back.body);
}

#[tokio::test]
async fn a_fresh_proof_and_a_second_one_are_asked_for_although_somebody_is_logged_in() {
    let app = alone(&[]).await;
    let (mut person, client) = (person(&app).await, registered(&app, true).await);
    app.clock.advance(std::time::Duration::from_secs(1));
    let page = person.browser.open(&request(&client, "&prompt=login")).await;
    assert_eq!(page.heading(), "Connectez-vous");
    let email = person.email.clone();
    let back = answer(&mut person.browser, &page, &email).await;
    assert!(back.location().contains("code="), "{}", back.body);
    app.clock.advance(std::time::Duration::from_secs(1));
    // Strength: who has no second factor sets one up on the way.
    let page = person.browser.open(&request(&client, "&acr_values=mfa")).await;
    assert_eq!(page.heading(), "Connectez-vous", "{}", page.body);
    let page = answer(&mut person.browser, &page, &email).await;
    assert_eq!(page.heading(), "Ajoutez une application de codes", "{}", page.body);
    let code = shown(&application(&page), &app);
    let page = person.browser.send(&page, "/setup", &[("code", &code)]).await;
    assert_eq!(recovery_codes(&page).len(), 10);
    let way = page.body.split("href=\"").find(|part| part.starts_with("/pools/clients/oauth2"));
    let way = way.and_then(|part| part.split('"').next()).expect("the way on");
    let back = person.browser.open(way).await;
    assert!(back.location().contains("code="), "{}", back.body);
}
