//! The hosted pages in a real browser: journeys on a telephone without scripts, passkeys with them,
//! accessibility in every state, and pictures.

use serde_json::json;

use super::axe::check;
use super::house::House;
use super::layout::picture;

const PASSWORD: &str = "fougère tambour lézard 41";

async fn scripts(house: &House, on: bool) {
    house.command("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await;
}

/// From the form to the account.
pub(crate) async fn sign_up(house: &House, email: &str) {
    house.go("/pools/clients/signup").await;
    house.fill("given_name", "Camille").await;
    house.fill("family_name", "Durand").await;
    house.fill("email", email).await;
    house.fill("password", PASSWORD).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Confirmez votre adresse").await;
    // The newest letter may be another one, of a contract that was just signed.
    let code = house.code_to(email).await;
    house.fill("code", &code).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Votre compte").await;
}

async fn log_out(house: &House) {
    house.go("/pools/clients/account/logout").await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Connectez-vous").await;
}

#[tokio::test]
async fn a_telephone_without_scripts_signs_up_and_logs_in() {
    let house = House::open().await;
    house.width(360).await;
    scripts(&house, false).await;
    sign_up(&house, "journey@exemple.fr").await;
    log_out(&house).await;
    house.browser.back().await.expect("goes back");
    house.sees("h1", "Connectez-vous").await;
    house.go("/pools/clients/login").await;
    house.fill("email", "journey@exemple.fr").await;
    house.fill("password", PASSWORD).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Votre compte").await;
    house.go("/pools/clients/account/sessions").await;
    house.sees("main", "Cet appareil").await;
    scripts(&house, true).await;
    house.close().await;
}

#[tokio::test]
async fn a_passkey_is_made_and_logs_in_without_a_password() {
    let house = House::open().await;
    house.command("WebAuthn.enable", json!({})).await;
    let options = json!({"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true,
    }});
    house.command("WebAuthn.addVirtualAuthenticator", options).await;
    sign_up(&house, "passkey@exemple.fr").await;
    house.go("/pools/clients/account/factors").await;
    house.press("[name=action][value=cle]").await;
    house.sees("h1", "clé d’accès").await;
    check(&house, "a new passkey").await;
    house.fill("nom", "ordinateur").await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Gardez ces codes de secours").await;
    check(&house, "recovery codes").await;
    house.press("main a.bouton").await;
    house.sees(".fiches", "Clé d’accès (ordinateur)").await;
    check(&house, "factors").await;
    log_out(&house).await;
    house.press("a.bouton.second").await;
    house.sees("h1", "Utilisez votre clé d’accès").await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Votre compte").await;
    // As the second proof, after the password.
    log_out(&house).await;
    house.fill("email", "passkey@exemple.fr").await;
    house.fill("password", PASSWORD).await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Utilisez votre clé d’accès").await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Votre compte").await;
    house.close().await;
}

#[tokio::test]
async fn the_pages_of_a_login_in_every_state() {
    let house = House::open().await;
    for (page, heading) in [
        ("login", "Connectez-vous"),
        ("signup", "Créez votre compte"),
        ("forgot", "Mot de passe oublié"),
    ] {
        house.go(&format!("/pools/clients/{page}")).await;
        check(&house, page).await;
        house.press("form.carte .bouton").await;
        house.sees("#bilan-t", "à corriger").await;
        house.sees("h1", heading).await;
        check(&house, &format!("{page} with errors")).await;
    }
    house.fill("email", "personne@exemple.fr").await;
    house.press("form.carte .bouton").await;
    house.sees("h1", "Regardez vos e-mails").await;
    check(&house, "a link was sent").await;
    house.go("/pools/clients/reset?lien=rien").await;
    check(&house, "a used link").await;
    house.go("/pools/gestion/login?lang=en").await;
    house.sees("h1", "Log in").await;
    check(&house, "English").await;
    house.go("/pools/gestion/signup").await;
    check(&house, "by invitation").await;
    house.close().await;
}

#[tokio::test]
async fn the_pages_of_an_account_in_every_state() {
    let house = House::open().await;
    sign_up(&house, "axe@exemple.fr").await;
    for page in ["", "/password", "/factors", "/sessions", "/consents", "/links", "/logout"] {
        house.go(&format!("/pools/clients/account{page}")).await;
        check(&house, page).await;
    }
    house.go("/pools/clients/account/password").await;
    house.press("form.carte .bouton").await;
    house.sees("#bilan-t", "à corriger").await;
    check(&house, "password with errors").await;
    house.go("/pools/clients/account/factors").await;
    house.press("[name=action][value=application]").await;
    house.sees("h1", "Ajoutez une application de codes").await;
    check(&house, "an application of codes").await;
    house.width(320).await;
    let width: u32 = house.ask("return document.documentElement.scrollWidth").await;
    assert_eq!(width, 320, "nothing scrolls sideways");
    house.close().await;
}

#[tokio::test]
async fn pictures_of_the_hosted_pages() {
    let house = House::open().await;
    std::fs::create_dir_all("var/screenshots").expect("a folder");
    sign_up(&house, "images@exemple.fr").await;
    house.go("/pools/clients/account/factors").await;
    house.press("[name=action][value=application]").await;
    house.sees("h1", "Ajoutez une application de codes").await;
    let setup = house.browser.current_url().await.expect("an address");
    for (width, scheme) in [(360, "light"), (1280, "light"), (360, "dark")] {
        house.width(width).await;
        house.scheme(scheme).await;
        let taken = async |name: &str| {
            picture(&house, width, &format!("id-{name}-{width}-{scheme}")).await;
        };
        house.browser.goto(setup.as_str()).await.expect("opens");
        taken("setup").await;
        for page in ["account", "account/factors", "account/links", "account/sessions"] {
            house.go(&format!("/pools/clients/{page}")).await;
            taken(&page.replace('/', "-")).await;
        }
        house.go("/pools/partenaires/login").await;
        taken("login").await;
        house.press("form.carte .bouton").await;
        house.sees("#bilan-t", "à corriger").await;
        taken("login-errors").await;
        house.go("/pools/clients/signup").await;
        taken("signup").await;
        house.go("/pools/clients/reset?lien=rien").await;
        taken("used-link").await;
    }
    house.close().await;
}
