//! The subscription in a browser of a telephone: alone, as a couple on two telephones, with health, on
//! another device, without scripts, by keyboard; each page failed once.

use serde_json::json;
use thirtyfour::Key;

use super::axe;
use super::engine::Tomcat;
use super::house::House;
use super::layout::picture;
use super::people::{Answers, CAMILLE, LOAN, NORA, ON, PROTECTED, RECAP, Somebody};
use super::questionnaire;

/// A telephone.
pub(crate) const TELEPHONE: u32 = 360;

pub(crate) async fn telephone() -> House {
    let house = House::open().await;
    house.width(TELEPHONE).await;
    house
}

/// Goes on with nothing answered: the page comes back and says what is missing.
pub(crate) async fn fail_once(house: &House) {
    house.press(ON).await;
    house.sees("#bilan-t", "corriger").await;
}

#[tokio::test]
async fn alone_without_script_each_page_failed_once_and_back_after_the_signature() {
    let house = telephone().await;
    house.command("Emulation.setScriptExecutionDisabled", json!({"value": true})).await;
    house.price(&[&CAMILLE]).await;
    fail_once(&house).await;
    let contact = [("email", CAMILLE.email), ("mobile", CAMILLE.mobile)];
    house.answer(&contact, "Le code reçu par SMS").await;
    let code = house.code(CAMILLE.mobile, "").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    house.answer(&[("code", wrong)], "Le code reçu par SMS").await;
    house.sees("#bilan-t", "corriger").await;
    house.answer(&[("code", &code)], "Qui êtes-vous").await;
    fail_once(&house).await;
    let names = [("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")];
    house.answer(&names, "Où habitez-vous").await;
    fail_once(&house).await;
    let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
    house.answer(&address, "Votre travail et vos loisirs").await;
    fail_once(&house).await;
    let work = [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];
    house.answer(&work, "Votre prêt").await;
    fail_once(&house).await;
    house.borrow(&[("quotite_1", "100")], PROTECTED).await;
    house.press(ON).await;
    house.sees("h1", RECAP).await;
    fail_once(&house).await;
    house.press("#lu").await;
    house.press(ON).await;
    house.sees("h1", "Le compte à prélever").await;
    // Away and back: the page is asked for again, as nobody keeps it.
    house.go("/").await;
    house.browser.back().await.expect("goes back");
    house.sees("h1", "Le compte à prélever").await;
    house.fill("titulaire", "").await;
    fail_once(&house).await;
    let account = [
        ("titulaire", "Camille Martin"),
        ("iban", "FR76 3000 6000 0112 3456 7890 189"),
        ("jour", "10"),
    ];
    house.answer(&account, "Signer").await;
    house.prepared().await;
    house.press("form[action$='/signature'] .bouton").await;
    house.sees("#bilan-t", "corriger").await;
    house.sign(&CAMILLE, "La suite").await;
    house.sees("h1", "C’est signé").await;
    // Back: what was signed is shown as it was, and its form leads to the first answer.
    house.browser.back().await.expect("goes back");
    let at = house.browser.current_url().await.expect("an address");
    house.go(at.path()).await;
    house.sees("h1", "C’est signé").await;
    house.close().await;
}

#[tokio::test]
async fn a_couple_on_two_telephones_signs_one_contract() {
    let mut house = telephone().await;
    house.price(&[&CAMILLE, &SAM]).await;
    house.reach(&CAMILLE, &[("qui", "lien")]).await;
    house.introduce(&CAMILLE, "Votre prêt").await;
    house.borrow(&[("quotite_1", "100"), ("quotite_2", "100")], "Inviter").await;
    look(&house, "inviter").await;
    let invited = [("prenom", "Sam"), ("email", SAM.email), ("mobile", SAM.mobile)];
    house.answer(&invited, "").await;
    pictured(&house, "invite").await;
    let link = house.link(SAM.email, "/i/").await;
    // Sam's telephone.
    let mut other = house.another_browser().await;
    std::mem::swap(&mut house.browser, &mut other);
    house.width(TELEPHONE).await;
    house.go(&link).await;
    look(&house, "invitation").await;
    let birth = [("naissance_j", "27"), ("naissance_m", "3"), ("naissance_a", SAM.birth_year)];
    house.answer(&birth, "Le code reçu par SMS").await;
    let code = house.code(SAM.mobile, "").await;
    house.answer(&[("code", &code)], "Qui êtes-vous").await;
    let loan = RECAP;
    house.introduce(&SAM, loan).await;
    assert!(!house.page().await.contains("Camille Martin"), "nothing of the other's answers");
    // Camille's: everything is there now.
    std::mem::swap(&mut house.browser, &mut other);
    let at = house.browser.current_url().await.expect("an address");
    let base = at.path().split('/').take(3).collect::<Vec<_>>().join("/");
    house.go(&format!("{base}/recapitulatif")).await;
    house.sees("h1", RECAP).await;
    house.prepare(&CAMILLE).await;
    house.sign(&CAMILLE, "Vous avez signé").await;
    pictured(&house, "signe-en-attente").await;
    std::mem::swap(&mut house.browser, &mut other);
    house.go(&format!("{base}/signature")).await;
    house.prepared().await;
    house.sign(&SAM, "La suite").await;
    std::mem::swap(&mut house.browser, &mut other);
    house.go(&format!("{base}/signature")).await;
    house.sees("h1", "C’est signé").await;
    other.quit().await.expect("the other browser ends");
    house.close().await;
}

/// The other half.
const SAM: Somebody = Somebody {
    email: "sam@exemple.fr",
    mobile: "06 11 22 33 44",
    given_name: "Sam",
    birth_year: "1991",
};

/// A declaration without a yes.
const CLEAN: &Answers<'_> = &[
    ("taille", "172"),
    ("poids", "65"),
    ("q_arret", "non"),
    ("q_arrets", "non"),
    ("q_hopital", "non"),
    ("q_traitement", "non"),
    ("q_ald", "non"),
    ("q_invalidite", "non"),
    ("q_affection", "non"),
    ("q_examen", "non"),
];

/// To the questions about health.
async fn to_the_questions(house: &House) {
    house.price(&[&NORA]).await;
    house.reach(&NORA, &[]).await;
    house.introduce(&NORA, "Votre prêt").await;
    house.borrow(&[("quotite_1", "100")], "Quelques questions sur votre santé").await;
}

#[tokio::test]
async fn health_without_a_yes_leads_on_and_with_one_to_an_honest_page() {
    let house = telephone().await;
    to_the_questions(&house).await;
    let title = house.browser.title().await.expect("a title");
    axe::check(&house, "health, consent").await;
    shot(&house, "sante-accord").await;
    house.answer(&[], "Vos réponses").await;
    fail_once(&house).await;
    axe::check(&house, "health, errors").await;
    shot(&house, "sante-erreurs").await;
    assert!(!title.contains("q_"), "a title says nothing: {title}");
    house.answer(CLEAN, RECAP).await;
    house.sees("main", "Questionnaire rempli").await;
    house.close().await;

    let house = telephone().await;
    to_the_questions(&house).await;
    house.answer(&[], "Vos réponses").await;
    let answers = [CLEAN, &[("q_traitement", "oui")]].concat();
    // No engine is configured: that is said, and the dossier is kept.
    house.answer(&answers, "Il nous faut d’autres réponses").await;
    axe::check(&house, "health, more questions").await;
    shot(&house, "sante-suite").await;
    house.close().await;
}

#[tokio::test]
async fn a_yes_leads_to_the_full_questionnaire() {
    let tomcat = Tomcat::own("subscription", None).await;
    let house = House::with(&questionnaire::settings(&tomcat)).await;
    house.width(TELEPHONE).await;
    to_the_questions(&house).await;
    house.answer(&[], "Vos réponses").await;
    let answers = [CLEAN, &[("q_traitement", "oui")]].concat();
    house.answer(&answers, "Quelques questions sur votre santé").await;
    house.becomes("return location.pathname.endsWith('/questionnaire')", true).await;
    axe::check(&house, "full questionnaire, consent").await;
    shot(&house, "questionnaire-accord").await;
    house.press("[name=action][value=accepter]").await;
    house.becomes("return location.pathname.startsWith('/continue/question/')", true).await;
    axe::check(&house, "full questionnaire, first question").await;
    shot(&house, "questionnaire-premiere").await;
    house.close().await;
}

#[tokio::test]
async fn another_device_goes_on_by_the_link() {
    let mut house = telephone().await;
    house.price(&[&CAMILLE]).await;
    house.reach(&CAMILLE, &[]).await;
    house.fill("prenom", "Camille").await;
    house.press("[name=action][value=plus_tard]").await;
    house.sees("h1", "Votre dossier est enregistré").await;
    axe::check(&house, "later").await;
    shot(&house, "plus-tard").await;
    let link = house.link(CAMILLE.email, "/r/").await;
    let mut other = house.another_browser().await;
    std::mem::swap(&mut house.browser, &mut other);
    house.width(1280).await;
    house.go(&link).await;
    house.sees("h1", "Reprendre votre dossier").await;
    axe::check(&house, "resume").await;
    shot(&house, "reprendre").await;
    assert!(!house.page().await.contains("Camille"), "a link alone shows nothing");
    house.press("form .bouton").await;
    house.sees("h1", "Le code reçu par SMS").await;
    // The first code still serves, unless another one could leave already.
    house
        .eventually("the newest code is taken", async || {
            let code = house.code(CAMILLE.mobile, "").await;
            house.fill("code", &code).await;
            house.press(ON).await;
            // The page of before may stand a moment longer: only an answer tells.
            let answer = house.eventually("an answer", async || {
                let page = house.page().await;
                let is_one = page.contains("Qui êtes-vous") || page.contains("bilan-t");
                is_one.then_some(page)
            });
            answer.await.contains("Qui êtes-vous").then_some(())
        })
        .await;
    let typed = house.find("#prenom").await.prop("value").await.expect("a value");
    assert_eq!(typed.as_deref(), Some("Camille"));
    other.quit().await.expect("the other browser ends");
    house.close().await;
}

/// The page at both widths.
async fn shot(house: &House, name: &str) {
    std::fs::create_dir_all("var/screenshots").expect("a folder");
    for width in [TELEPHONE, 1280] {
        house.width(width).await;
        for scheme in ["light", "dark"] {
            house.scheme(scheme).await;
            picture(house, width, &format!("{name}-{width}-{scheme}")).await;
        }
        let wide: u32 = house.ask("return document.documentElement.scrollWidth").await;
        assert_eq!(wide, width, "{name} scrolls sideways");
    }
    house.width(TELEPHONE).await;
}

/// A page as it is first seen, then with its errors: axe in both schemes, and pictures.
pub(crate) async fn look(house: &House, name: &str) {
    axe::check(house, name).await;
    shot(house, name).await;
    fail_once(house).await;
    let errors = format!("{name}-erreurs");
    axe::check(house, &errors).await;
    shot(house, &errors).await;
}

/// The page as it stands: axe, and its picture.
pub(crate) async fn pictured(house: &House, name: &str) {
    axe::check(house, name).await;
    shot(house, name).await;
}

/// «Changer de numéro», from the page of the signature and back to it: Camille with the new one.
async fn renumbered(house: &House) -> Somebody {
    let camille = Somebody { mobile: "07 11 22 33 44", ..CAMILLE };
    house.press("main a[href$='/numero']").await;
    house.sees("h1", "Changer de numéro").await;
    look(house, "numero").await;
    house.fill("mobile", camille.mobile).await;
    house.press(ON).await;
    house.sees("main", "Les deux codes sont partis").await;
    look(house, "numero-codes").await;
    house.fill("code_sms", &house.code(camille.mobile, "").await).await;
    house.fill("code_email", &house.code_to(CAMILLE.email).await).await;
    house.press(ON).await;
    house.sees("main", "Votre numéro est changé").await;
    camille
}

#[tokio::test]
async fn every_page_of_a_protected_person_is_accessible_and_looked_at() {
    let house = telephone().await;
    house.price(&[&CAMILLE]).await;
    look(&house, "contact").await;
    let contact = [("email", CAMILLE.email), ("mobile", CAMILLE.mobile)];
    house.answer(&contact, "Le code reçu par SMS").await;
    look(&house, "code").await;
    let code = house.code(CAMILLE.mobile, "").await;
    house.answer(&[("code", &code)], "Qui êtes-vous").await;
    look(&house, "identite").await;
    let names = [("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")];
    house.answer(&names, "Où habitez-vous").await;
    look(&house, "adresse").await;
    let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
    house.answer(&address, "Votre travail et vos loisirs").await;
    look(&house, "travail").await;
    let work = [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];
    house.answer(&work, "Votre prêt").await;
    look(&house, "pret").await;
    house.answer(LOAN, "Vos garanties").await;
    pictured(&house, "garanties").await;
    house.press("main details:last-of-type summary").await;
    house.press("a[href$='/garanties/banque']").await;
    pictured(&house, "criteres").await;
    // A bank retains eleven criteria at most.
    let chosen = "[...document.querySelectorAll('main select')].slice(0, 3) \
        .forEach(one => one.selectedIndex = 1); return 0";
    assert_eq!(house.ask::<u8>(chosen).await, 0);
    house.press("main form .bouton").await;
    house.sees("main .carte h2", "Demandé et couvert").await;
    pictured(&house, "criteres-reponse").await;
    house.press("main a[href$='/garanties']").await;
    let cover = [("quotite_1", "100"), ("franchise", "90")];
    house.answer(&cover, RECAP).await;
    let at = house.browser.current_url().await.expect("an address");
    let base = at.path().split('/').take(3).collect::<Vec<_>>().join("/");
    house.go(&base).await;
    pictured(&house, "dossier").await;
    house.go(&format!("{base}/a1/sante")).await;
    pictured(&house, "sante-aucune").await;
    house.go(&format!("{base}/recapitulatif")).await;
    look(&house, "recapitulatif").await;
    house.press("#lu").await;
    house.press(ON).await;
    house.sees("h1", "Le compte à prélever").await;
    look(&house, "prelevement").await;
    let account = [("iban", "FR76 3000 6000 0112 3456 7890 189"), ("jour", "10")];
    house.answer(&account, "Signer").await;
    pictured(&house, "preparation").await;
    house.prepared().await;
    pictured(&house, "signature").await;
    house.press("form[action$='/signature'] .bouton").await;
    house.sees("#bilan-t", "corriger").await;
    pictured(&house, "signature-erreurs").await;
    let camille = renumbered(&house).await;
    house.sign(&camille, "La suite").await;
    for (path, name) in [("fin", "fin"), ("banque", "banque"), ("renoncer", "renoncer")] {
        house.go(&format!("{base}/{path}")).await;
        pictured(&house, name).await;
    }
    house.close().await;
}

#[tokio::test]
async fn by_keyboard_from_the_contact_to_the_recap() {
    let house = telephone().await;
    house.price(&[&CAMILLE]).await;
    let typed = async |name: &str, text: &str| {
        house.tab_to(&format!("[name={name}]")).await;
        house.keys(text).await;
    };
    let chosen = async |name: &str, value: &str| {
        house.tab_to(&format!("[name={name}]")).await;
        let there = format!("return document.activeElement.matches(\"[value='{value}']\")");
        for _ in 0..12 {
            house.keys(" ").await;
            if house.ask::<bool>(&there).await {
                return;
            }
            house.keys(Key::Down + "").await;
        }
        unreachable!("{name}={value} cannot be chosen with the arrows");
    };
    typed("email", CAMILLE.email).await;
    typed("mobile", CAMILLE.mobile).await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Le code reçu par SMS").await;
    let code = house.code(CAMILLE.mobile, "").await;
    typed("code", &code).await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Qui êtes-vous").await;
    typed("prenom", "Camille").await;
    typed("nom", "Martin").await;
    typed("lieu", "Lille, France").await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Où habitez-vous").await;
    typed("voie", "3 rue des Lilas").await;
    typed("cp", "59000").await;
    typed("commune", "Lille").await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Votre travail").await;
    chosen("activite", "salarie_cadre").await;
    chosen("risque_pro", "non").await;
    chosen("sport", "non").await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Votre prêt").await;
    typed("banque", "Banque du Nord").await;
    chosen("objet", "residence_principale").await;
    typed("echeance_m", "1").await;
    typed("echeance_a", "2027").await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Vos garanties").await;
    chosen("quotite_1", "100").await;
    chosen("franchise", "90").await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", PROTECTED).await;
    house.tab_to(ON).await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", RECAP).await;
    house.tab_to("#lu").await;
    house.keys(" ").await;
    house.tab_to(ON).await;
    house.keys(Key::Enter + "").await;
    house.sees("h1", "Le compte à prélever").await;
    house.close().await;
}
