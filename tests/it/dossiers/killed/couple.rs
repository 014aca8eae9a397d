//! Two people: the second one is invited, comes by the link on a telephone of their own and does their part on the
//! pages, sending again what got no answer; both sign, there is one contract, and each is told once.

use serde_json::json;

use super::house::{House, Way, When};
use super::snare::Moment;
use super::steps::{CODE, EVENT, Journey, Step, sellable};
use crate::dossiers::somebody;
use crate::harness::surfer::{Seen, SeenForm, Surfer};

const LINK: &[&str] = &["INSERT INTO dossier_link"];
const SESSION: &[&str] = &["INSERT INTO dossier_session"];
const PROVEN: &[&str] = &["UPDATE dossier_session SET proven_at"];
const CONTRACT: &[&str] = &["INSERT INTO contract ("];

#[tokio::test]
async fn killed_while_two_subscribe_there_is_one_contract_and_each_is_told_once() {
    subscribe(Way::Program).await;
}

#[tokio::test]
async fn cut_from_the_database_while_two_subscribe_there_is_one_contract_and_each_is_told_once() {
    subscribe(Way::Database).await;
}

/// The first form of a page as a browser sends it, with these answers.
pub(super) fn filled(page: &Seen, answers: &[(&str, &str)]) -> SeenForm {
    let mut form = page.form("");
    form.action.clone_from(&page.at);
    form.values.retain(|name, _| ["jeton", "v", "cle"].contains(&name.as_str()));
    form.with(answers)
}

async fn subscribe(way: Way) {
    let mut house = House::start(way, "couple").await;
    let mut project = sellable();
    let mut two = project["insured"][0].clone();
    two["ref"] = json!("b");
    project["insured"].as_array_mut().expect("a list").push(two);
    let one = Journey::begin(&mut house, "couple", project, None).await;
    let shares = json!({ "shares": [100, 100], "waiting_days": 90 });
    one.describe(&mut house, &[("guarantees", shares)], None).await;
    let sam = somebody("sam");
    invited(&mut house, &one, &sam).await;
    let link = house.link(&sam.0, "/i/").await;
    let (mut second, proof) = joined(&mut house, &sam, &link).await;
    let base = one.at.replace("/v1/dossiers/", "/d/");
    described(&mut house, &mut second, &base).await;
    let told = house.get(&one.at).await;
    assert_eq!(told["state"], "offer", "{told}");
    one.receive(&mut house, None).await;
    one.account(&mut house, None).await;
    let signed = one.sign(&mut house, Some(When::AtCommit)).await;
    assert_eq!(signed["state"], "signed", "{signed}");
    assert_eq!(house.count("SELECT COUNT(*) FROM contract").await, 0, "nobody signs for two");
    signs(&mut house, (&mut second, &sam), &base, &proof).await;
    house.is_whole(1, 1).await;
    house.has_seen(&[("make_offer", 1), ("begin_signature", 1), ("conclude", 1)]).await;
    let signatures = "SELECT COUNT(*) FROM signature_signer WHERE signed_at IS NOT NULL";
    assert_eq!(house.count(signatures).await, 2);
    assert_eq!(house.count("SELECT COUNT(*) FROM contract_premium").await, 240);
    // The invitation by SMS and by e-mail; one call to who has still to sign; a letter to each.
    house.has_told(&[("dossiers/invite", 2), ("contracts/sign", 1), ("contracts/signed", 2)]).await;
}

/// The name is kept first, then the link leaves: who looks before they ask again sends no second one.
async fn invited(house: &mut House, one: &Journey, sam: &(String, String)) {
    let path = format!("{}/invitation", one.at);
    let body = json!({ "given_name": "Sam", "email": sam.0, "mobile": sam.1 });
    let invite = Step::new("PUT", &path, Some(body));
    for (writes, moment, state) in [
        (EVENT, Moment::Before, "none"),
        (EVENT, Moment::After, "none"),
        (LINK, Moment::Before, "none"),
        (LINK, Moment::After, "open"),
    ] {
        house.dies_in(&invite.clone().that_writes(writes), moment).await;
        let told = house.get(&path).await;
        assert_eq!(told["state"], state, "{writes:?} {moment:?}: {told}");
    }
}

/// By the link, the birth date and the code: the browser, and the code.
async fn joined(house: &mut House, sam: &(String, String), link: &str) -> (Surfer, String) {
    let mut second = house.browser();
    let page = second.open(link).await;
    let birth = [("naissance_j", "15"), ("naissance_m", "9"), ("naissance_a", "1990")];
    let page = house.form_through(&mut second, &filled(&page, &birth), SESSION).await;
    let page = followed(&mut second, page).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    let code = house.code(&sam.1, "").await;
    let form = filled(&page, &[("code", &code)]);
    let page = house.form_through(&mut second, &form, PROVEN).await;
    assert_eq!(page.heading(), "Qui êtes-vous ?", "{}", page.body);
    (second, code)
}

/// The page itself; a code that has just left is not sent twice, and the page says when another one may.
async fn followed(second: &mut Surfer, page: Seen) -> Seen {
    let at = page.at.split('?').next().unwrap_or_default().to_owned();
    second.open(&at).await
}

/// Who they are, where they live, what they do.
async fn described(house: &mut House, second: &mut Surfer, base: &str) {
    for (path, answers) in [
        ("identite", [("prenom", "Sam"), ("nom", "Durand"), ("lieu", "Nice, France")]),
        ("adresse", [("voie", "9 quai du Port"), ("cp", "06000"), ("commune", "Nice")]),
        ("travail", [("activite", "fonctionnaire"), ("risque_pro", "non"), ("sport", "non")]),
    ] {
        let page = second.open(&format!("{base}/a2/{path}")).await;
        let sent = house.form_through(second, &filled(&page, &answers), EVENT).await;
        assert!(sent.status.is_success() || sent.status.as_u16() == 409, "{path}: {}", sent.body);
        let page = second.open(&format!("{base}/a2/{path}")).await;
        let kept = answers.iter().filter(|(name, _)| !["lieu", "activite"].contains(name));
        for (_, value) in kept.filter(|(_, value)| *value != "non") {
            assert!(page.body.contains(&format!("value=\"{value}\"")), "{value}: {}", page.body);
        }
    }
}

/// The second signature makes the contract.
async fn signs(
    house: &mut House,
    (second, sam): (&mut Surfer, &(String, String)),
    base: &str,
    proof: &str,
) {
    house.goes_on(second);
    let recap = second.open(&format!("{base}/recapitulatif")).await;
    let page = second.submit(&filled(&recap, &[("lu", "oui")])).await;
    assert!(page.says("Les documents à signer"), "{}", page.body);
    let asks = page.form(&format!("{}/code", page.at));
    house.form_through(second, &asks, CODE).await;
    let code = house.code(&sam.1, proof).await;
    let act = page.form(&page.at).with(&[("code", &code)]);
    let end = house.form_through(second, &act, CONTRACT).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
}
