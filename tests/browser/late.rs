//! A page that was left open until its session was over: its button loses nothing, without scripts, in a browser that
//! keeps cookies as browsers do.

use serde_json::json;
use sqlx::{Connection as _, MySqlConnection};

use super::axe;
use super::house::House;
use super::layout::picture;
use super::people::CAMILLE;
use super::subscription::{TELEPHONE, telephone};

/// Forty minutes go by for whoever is on a dossier.
async fn later(house: &House) {
    let mut eyes = MySqlConnection::connect(house.database()).await.expect("the database");
    for sql in [
        "UPDATE dossier_session SET seen_at = seen_at - INTERVAL 40 MINUTE",
        "UPDATE dossier_code SET sent_at = sent_at - INTERVAL 40 MINUTE",
    ] {
        sqlx::query(sql).execute(&mut eyes).await.expect("written");
    }
}

#[tokio::test]
async fn a_page_that_was_left_open_is_answered_once() {
    let house = telephone().await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    let first = house.code(CAMILLE.mobile, "").await;
    later(&house).await;
    let names = [("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")];
    house.answer(&names, "Votre session est terminée").await;
    house.sees("main", "gardées 20 minutes").await;
    shown(&house, "session-terminee").await;
    house.press("form .bouton").await;
    house.sees("h1", "Regardez vos e-mails").await;
    let link = house.link(CAMILLE.email, "/r/").await;
    house.go(&link).await;
    house.press("form .bouton").await;
    house.sees("h1", "Le code reçu par SMS").await;
    let code = house.code(CAMILLE.mobile, &first).await;
    house.answer(&[("code", &code)], "Vos réponses sont gardées").await;
    shown(&house, "reponses-gardees").await;
    house.go_again().await;
    house.press("form[action$='/a1/identite'] .bouton").await;
    house.sees("h1", "Où habitez-vous").await;
    house.browser.back().await.expect("goes back");
    house.sees("h1", "Votre dossier").await;
    house.close().await;
}

/// axe finds nothing, and a picture is taken.
async fn shown(house: &House, name: &str) {
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": false})).await;
    axe::check(house, name).await;
    std::fs::create_dir_all("var/screenshots").expect("a folder");
    picture(house, TELEPHONE, &format!("{name}-{TELEPHONE}")).await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
}
