//! The full questionnaire on a telephone: from the price to the signed contract, every question clicked,
//! and documents that are asked for, sent; nothing for axe to report, nothing wider than the screen.

use std::path::Path;

use serde_json::Value;
use thirtyfour::prelude::By;

use super::axe::check;
use super::engine::clamd::Place;
use super::engine::{Tomcat, eventually};
use super::house::{House, keys};
use super::layout::picture;
use super::office;
use super::people::RECAP;

const MOBILE: &str = "0612345678";

/// The engine's settings, and keys of everybody's own.
pub(crate) fn settings(tomcat: &Tomcat) -> Vec<(&'static str, String)> {
    let mut all = tomcat.settings();
    let path = |name: &str| keys(name).display().to_string();
    all.push(("UNDERWRITING__MEDICAL_KEYRING_FILE", path("medical")));
    all.push(("HEALTH__KEYRING_FILE", path("sante")));
    all.push(("UNDERWRITING__RATE_BURST", "1000".to_owned()));
    all
}

/// The newest code by SMS.
async fn code(house: &House) -> String {
    let address = format!("{}/dev/messages.json?to=%2B33612345678", house.origin);
    eventually("a code arrives", async || {
        let json: Value = reqwest::get(&address).await.ok()?.json().await.ok()?;
        let newest = json["messages"].as_array()?.iter().find(|one| one["code"].is_string())?;
        newest["code"].as_str().map(str::to_owned)
    })
    .await
}

/// The newest code by SMS that is another one than this.
async fn another_code(house: &House, old: &str) -> String {
    eventually("another code arrives", async || {
        let newest = code(house).await;
        (newest != old).then_some(newest)
    })
    .await
}

/// From the price to the page before the questionnaire.
async fn to_the_gate(house: &House, capital: &str) {
    house.go(&format!("/simuler?capital={capital}&duree=20&taux=3,45")).await;
    house.choose("projet", "nouveau").await;
    for (name, text) in [("naissance_j", "27"), ("naissance_m", "3"), ("naissance_a", "1969")] {
        house.fill(name, text).await;
    }
    house.choose("fumeur", "non").await;
    house.press("form > .bouton").await;
    house.sees("h1", "Votre prix").await;
    house.press(".prix .bouton").await;
    house.sees("h1", "Où vous joindre").await;
    house.fill("email", "camille@exemple.fr").await;
    house.fill("mobile", MOBILE).await;
    house.press("form.formulaire .boutons .bouton, form.formulaire > .bouton").await;
    house.sees("h1", "Le code reçu par SMS").await;
    house.fill("code", &code(house).await).await;
    house.press("form.formulaire .boutons .bouton, form.formulaire > .bouton").await;
    for (heading, fields, radios) in [
        (
            "Qui êtes-vous",
            &[("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")][..],
            &[][..],
        ),
        (
            "Où habitez-vous",
            &[("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")],
            &[],
        ),
        (
            "Votre travail",
            &[],
            &[("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")],
        ),
        (
            "Votre prêt",
            &[("banque", "Banque du Nord"), ("echeance_m", "1"), ("echeance_a", "2027")],
            &[("objet", "residence_principale")],
        ),
        ("Vos garanties", &[], &[("quotite_1", "100"), ("franchise", "90")]),
    ] {
        house.sees("h1", heading).await;
        for (name, text) in fields {
            house.fill(name, text).await;
        }
        for (name, value) in radios {
            choose(house, name, value).await;
        }
        house.press("form.formulaire .boutons .bouton").await;
    }
    house.sees("h1", "Quelques questions sur votre santé").await;
}

/// A radio, or an option of a list, as the page has it.
async fn choose(house: &House, name: &str, value: &str) {
    let script = format!(
        "const one = document.querySelector('[name={name}]'); \
         if (one.tagName === 'SELECT') {{ one.value = '{value}' }} \
         else {{ document.querySelector('[name={name}][value=\"{value}\"]').click() }}; return 0"
    );
    let _: u8 = house.ask(&script).await;
}

/// Answers the question that shows: what this person has to say, or the first thing that says no.
async fn answer(house: &House, weight: &str) {
    house.is_whole().await;
    let question = house.find("[name=question]").await.prop("value").await.expect("a value");
    let question = question.expect("a question");
    let typed = [("taille", "175"), ("poids", weight)];
    if let Some((_, text)) = typed.iter().find(|(id, _)| *id == question) {
        house.fill("reponse", text).await;
    } else {
        for value in ["non", "bureau", "aucun", "aucune", "false"] {
            let css = format!("[name=reponse][value='{value}']");
            if let Ok(choice) = house.browser.find(By::Css(css.as_str())).await {
                choice.click().await.expect("chooses");
                break;
            }
        }
    }
    house.press("[name=action][value=continuer]").await;
}

/// The page that is open fits the screen and has nothing for axe; a picture of it is kept.
async fn looked_at(house: &House, name: &str) {
    let width: u32 = house.ask("return document.documentElement.scrollWidth").await;
    assert!(width <= 360, "{name} is {width} px wide");
    check(house, name).await;
    house.scheme("light").await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("var/screenshots");
    std::fs::create_dir_all(&folder).expect("a folder");
    let height: u32 = house.ask("return document.documentElement.scrollHeight").await;
    house.window(360, height.min(4000)).await;
    let picture = folder.join(format!("questionnaire-{name}.png"));
    house.browser.screenshot(&picture).await.expect("a picture");
    house.width(360).await;
}

/// Consents, answers every question, and sends it.
async fn answers_everything(house: &House, weight: &str, is_looked_at: bool) {
    house.press("[name=action][value=accepter]").await;
    // The engine opens a session first.
    house.becomes("return location.pathname.startsWith('/continue/question/')", true).await;
    for number in 1..60 {
        let address = house.browser.current_url().await.expect("an address");
        if !address.path().starts_with("/continue/question/") {
            break;
        }
        if is_looked_at && (number == 1 || number == 8) {
            looked_at(house, &format!("question-{number}")).await;
        }
        let before = address.path().to_owned();
        answer(house, weight).await;
        let moved = format!("return location.pathname !== '{before}'");
        house.becomes(&moved, true).await;
    }
    house.is_whole().await;
    house.press("form[action='/continue/envoi'] button.bouton").await;
}

#[tokio::test]
async fn every_question_is_clicked_and_the_contract_is_signed() {
    let tomcat = Tomcat::own("browser", None).await;
    let house = House::with(&settings(&tomcat)).await;
    house.width(360).await;
    to_the_gate(&house, "150000").await;
    looked_at(&house, "gate").await;
    answers_everything(&house, "98", true).await;
    // The decision may be on its way: the page asks for itself again.
    house.sees("h1", "Nous pouvons vous assurer, à ces conditions").await;
    looked_at(&house, "conditions").await;
    house.press("[name=action][value=refuser]").await;
    house.sees("main", "Vous avez refusé ces conditions").await;
    house.press("[name=action][value=accepter]").await;
    house.sees("h1", RECAP).await;
    let first = code(&house).await;
    house.press("#lu").await;
    house.press("form.formulaire .bouton").await;
    house.sees("h1", "Le compte à prélever").await;
    house.fill("titulaire", "Camille Martin").await;
    house.fill("iban", "FR76 3000 6000 0112 3456 7890 189").await;
    choose(&house, "jour", "10").await;
    house.press("form.formulaire .bouton").await;
    house.sees("h1", "Signer").await;
    // The documents are made meanwhile: the page opens itself again when they are there.
    house.sees("main", "Les documents à signer").await;
    house.press("form[action$='/signature/code'] button").await;
    house.sees("main", "Le code est parti").await;
    let signing = another_code(&house, &first).await;
    house.fill("code", &signing).await;
    house.press("form.formulaire .bouton").await;
    house.sees("h1", "C’est signé").await;
    looked_at(&house, "signed").await;
    house.close().await;
}

#[tokio::test]
async fn a_document_is_sent_from_a_telephone() {
    let tomcat = Tomcat::own("browser-evidence", None).await;
    let place = Place::new("browser");
    let _daemon = place.daemon().await;
    let mut settings = settings(&tomcat);
    settings.push(("SCANNER__CLAMD", place.address()));
    let house = House::with(&settings).await;
    house.width(360).await;
    to_the_gate(&house, "600000").await;
    answers_everything(&house, "70", false).await;
    house.sees("h1", "Il nous faut un document").await;
    looked_at(&house, "documents-asked").await;
    house.press("main a.bouton").await;
    house.sees("h1", "Envoyer vos documents").await;
    let folder = std::env::temp_dir();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("written");
        path.display().to_string()
    };
    let wrong = file("l'analyse.pdf", b"MZ a program");
    let right = file("analyse.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n");
    house.choose_file("main input[type=file]", &wrong).await;
    house.press("[name=action][value=envoyer]").await;
    house.sees("#bilan-t", "corriger").await;
    looked_at(&house, "documents-refused").await;
    house.choose_file("main input[type=file]", &right).await;
    house.press("[name=action][value=envoyer]").await;
    house.sees("main .recu", "reçu le").await;
    eventually("it was looked at", async || {
        house.go_again().await;
        let text = house.text("main .recu").await?;
        text.contains("chez le service médical").then_some(())
    })
    .await;
    looked_at(&house, "documents-received").await;
    house.press("[name=action][value=terminer]").await;
    house.sees("h1", "Votre demande est à l’étude").await;
    looked_at(&house, "documents-sent").await;
    at_the_desk(&house).await;
    house.close().await;
}

/// The medical desk: what waits, the reason that is asked for first, and the case.
async fn at_the_desk(house: &House) {
    office::log_in(house, &["medical"], "Service médical").await;
    office::looked_at(house, "/gestion/medical", "cases").await;
    let link = house.find("main th a").await.attr("href").await.expect("a page");
    office::looked_at(house, &link.expect("an address"), "case-reason").await;
    house.fill("motif", "Pièce reçue").await;
    house.press("main form .bouton").await;
    house.sees("main", "Pièces envoyées").await;
    check(house, "a case at the desk").await;
    house.width(360).await;
    let wide: u32 = house.ask("return document.documentElement.scrollWidth").await;
    assert!(wide <= 360, "the case is {wide} px wide");
    house.scheme("light").await;
    picture(house, 360, "office-case-360").await;
}
