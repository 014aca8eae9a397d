//! After a lender's refusal: it was said by mistake and is taken back; it refuses, and other guarantees are chosen and
//! signed in the place of what it refused.

use serde_json::json;

use super::house::{House, Way, When};
use super::steps::{Journey, Step, sellable};
use crate::dossiers::api::answers;

const REQUEST: &[&str] = &["UPDATE bank_request"];
const BEGUN: &[&str] = &["INSERT INTO dossier "];

#[tokio::test]
async fn killed_while_a_refused_contract_is_replaced_there_is_one_that_lives() {
    replaced(Way::Program).await;
}

#[tokio::test]
async fn cut_from_the_database_while_a_refused_contract_is_replaced_there_is_one_that_lives() {
    replaced(Way::Database).await;
}

async fn replaced(way: Way) {
    let mut house = House::start(way, "amended").await;
    let first = Journey::begin(&mut house, "first", sellable(), None).await;
    first.describe(&mut house, &[], None).await;
    let refused = first.contract(&mut house).await;
    let said = |body| {
        Step::new("POST", &format!("{refused}/lender/answer"), Some(body)).that_writes(REQUEST)
    };
    let no = said(json!({ "answer": "refused", "reason_code": "QUOTITE" }));
    house.done(&no).await;
    let told = house.through(&said(json!({ "answer": "not_refused" })), When::AtCommit).await;
    assert_eq!(told["state"], "draft", "a new loan, of which nothing is asked: {told}");
    assert_eq!(house.get(&refused).await["state"], "bank");
    house.done(&no).await;
    let amend = Step::new("POST", &format!("{refused}/lender/amendment"), None);
    let begun = house.through(&amend.that_writes(BEGUN), When::AtCommit).await;
    let at = begun["href"].as_str().expect("an address").to_owned();
    let second = Journey { who: first.who.clone(), at };
    let [.., (path, guarantees)] = answers();
    house.through(&Step::put(&second.at, path, guarantees), When::AtCommit).await;
    second.receive(&mut house, None).await;
    second.account(&mut house, None).await;
    let old = house.code(&second.who.1, "").await;
    let signed = second.sign_after(&mut house, &old, Some(When::AtCommit)).await;
    assert_eq!(signed["state"], "concluded", "{signed}");
    let ended = house.get(&refused).await;
    assert_eq!(ended["end_reason"], "remplacement", "{ended}");
    house.is_whole(2, 2).await;
    let acts = [("record_bank_refusal", 2), ("resume_bank", 1), ("amend_for_bank", 1)];
    house.has_seen(&[&acts[..], &[("conclude", 2)]].concat()).await;
    let living = "SELECT COUNT(*) FROM contract c JOIN mandate m ON m.dossier_id = c.dossier_id \
        WHERE c.ended_at IS NULL AND m.state = 'signed'";
    assert_eq!(house.count(living).await, 1, "one contract, one mandate");
    let all = [("contracts/signed", 2), ("contracts/replaced", 1), ("dossiers/amends", 1)];
    house.has_told(&all).await;
}
