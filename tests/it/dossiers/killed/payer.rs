//! Somebody else pays: they are asked once, their mandate is one, signed once, and the contract is concluded by
//! whoever signs last.

use serde_json::json;

use super::couple::filled;
use super::house::{House, Way, When};
use super::steps::{CODE, Journey, Step, sellable};
use crate::dossiers::payer::mandate;
use crate::dossiers::somebody;
use crate::harness::surfer::Surfer;

const ASKED: &[&str] = &["INSERT INTO mandate_payer"];
const ANSWERED: &[&str] = &["UPDATE mandate_payer"];

/// The borrower first: the payer's signature makes the contract.
#[tokio::test]
async fn killed_while_somebody_else_pays_the_mandate_is_one() {
    pays(Way::Program).await;
}

/// The payer first: the borrower's does.
#[tokio::test]
async fn cut_from_the_database_while_somebody_else_pays_the_mandate_is_one() {
    pays(Way::Database).await;
}

async fn pays(way: Way) {
    let mut house = House::start(way, "payer").await;
    let one = Journey::begin(&mut house, "payer", sellable(), None).await;
    one.describe(&mut house, &[], None).await;
    one.receive(&mut house, None).await;
    let email = somebody("dominique").0;
    let asked = json!({ "holder": "Dominique Leroi", "email": email, "tie": "parent", "day": 10 });
    let ask = Step::new("PUT", &format!("{}/mandate/holder", one.at), Some(asked));
    let told = house.through(&ask.that_writes(ASKED), When::AtCommit).await;
    assert_eq!(told["state"], "waiting_for_holder", "{told}");
    let link = house.link(&email, "/m/").await;
    let is_borrower_first = way == Way::Program;
    if is_borrower_first {
        let signed = one.sign(&mut house, Some(When::AtCommit)).await;
        assert_eq!(signed["state"], "waiting_for_holder", "{signed}");
    }
    gives(&mut house, &email, &link).await;
    let contracts = house.count("SELECT COUNT(*) FROM contract").await;
    assert_eq!(contracts, i64::from(is_borrower_first));
    if !is_borrower_first {
        let signed = one.sign(&mut house, Some(When::AtCommit)).await;
        assert_eq!(signed["state"], "concluded", "{signed}");
    }
    house.is_whole(1, 1).await;
    let given = "SELECT COUNT(*) FROM mandate_payer WHERE state = 'given'";
    let signed = "SELECT COUNT(*) FROM mandate WHERE state = 'signed'";
    let all = "SELECT COUNT(*) FROM mandate_payer";
    for sql in [given, signed, all] {
        assert_eq!(house.count(sql).await, 1, "{sql}");
    }
    let signatures = "SELECT COUNT(*) FROM signature_signer s JOIN mandate_payer p \
        ON p.id = s.signer_id WHERE s.signed_at IS NOT NULL";
    assert_eq!(house.count(signatures).await, 1);
    let mut told =
        vec![("contracts/payer", 1), ("contracts/payer-kept", 1), ("contracts/signed", 1)];
    if !is_borrower_first {
        told.push(("contracts/payer-given", 1));
    }
    house.has_told(&told).await;
}

/// The payer on a telephone of their own.
async fn gives(house: &mut House, email: &str, link: &str) {
    let mut payer: Surfer = house.browser();
    let page = payer.open(link).await;
    assert_eq!(page.heading(), "Le mandat de prélèvement", "{}", page.body);
    let form = filled(&page, &mandate(&[]));
    let mut page = house.form_through(&mut payer, &form, ANSWERED).await;
    while page.says("Votre mandat se prépare") {
        // Each look waits a moment by itself.
        page = payer.open(&page.at).await;
    }
    assert_eq!(page.heading(), "Signer le mandat", "{}", page.body);
    house.form_through(&mut payer, &page.form("/code"), CODE).await;
    let code = house.code(email, "").await;
    let act = page.form("/signer").with(&[("code", &code)]);
    let done = house.form_through(&mut payer, &act, ANSWERED).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
}
