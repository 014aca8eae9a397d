//! After the signature: a lender that refuses, one that lets its ten days pass, and the first day of cover. The
//! program has the clock of the machine, so that the rows say that the day has come.

use serde_json::{Value, json};

use super::house::{House, Way, When};
use super::snare::Moment;
use super::steps::{EVENT, Journey, Step, sellable};
use crate::harness::{eventually, typeset};

const REQUEST: &[&str] = &["UPDATE bank_request"];

#[tokio::test]
async fn killed_while_lenders_answer_and_cover_begins_each_is_done_and_told_once() {
    answers(Way::Program).await;
}

#[tokio::test]
async fn cut_from_the_database_while_lenders_answer_and_cover_begins_each_is_done_and_told_once() {
    answers(Way::Database).await;
}

async fn answers(way: Way) {
    let mut house = House::start(way, "bank").await;
    refuses(&mut house).await;
    is_late(&mut house).await;
    begins(&mut house).await;
    house.is_whole(3, 3).await;
    let acts = [("notify_bank", 3), ("record_bank_refusal", 1), ("enter_into_force", 1)];
    house.has_seen(&acts).await;
    house
        .has_told(&[
            ("contracts/signed", 3),
            ("contracts/bank-received", 1),
            ("contracts/bank-late", 1),
            ("contracts/in-force", 1),
        ])
        .await;
}

/// Certificates that are not made.
const UNMADE: &str = "SELECT COUNT(*) FROM job WHERE kind = 'contracts.papers' AND state <> 'done'";

/// A contract of this project with its certificate, whose loan is repaid from this month on if it is no new one.
async fn contract(house: &mut House, key: &str, project: Value, since: Option<&str>) -> String {
    let one = Journey::begin(house, key, project, None).await;
    let loan = since.map(|month| {
        let loan = json!({
            "lender": "Banque du Nord", "purpose": "residence_principale", "first_instalment": month
        });
        ("loan", loan)
    });
    one.describe(house, loan.as_slice(), None).await;
    let contract = one.contract(house).await;
    // Of a new loan, whoever makes the certificate says that the lender can have it; it may be made by now.
    for moment in Moment::BOTH {
        let is_made = async |house: &House| house.count(UNMADE).await == 0;
        house.dies_alone(("contracts.papers", EVENT, moment), is_made).await;
    }
    typeset("a certificate", async || {
        house.is_due("contracts.papers").await;
        (house.count(UNMADE).await == 0).then_some(())
    })
    .await;
    contract
}

/// What is said of the lender.
fn said(contract: &str, body: Value) -> Step {
    Step::new("POST", &format!("{contract}/lender/answer"), Some(body)).that_writes(REQUEST)
}

async fn refuses(house: &mut House) {
    let contract = contract(house, "refused", sellable(), None).await;
    let no = json!({ "answer": "refused", "reason_code": "CCSF_11", "reason": "Dos non couvert" });
    let told = house.through(&said(&contract, no), When::AtCommit).await;
    assert_eq!((&told["state"], &told["reason_code"]), (&json!("refused"), &json!("CCSF_11")));
    assert_eq!(house.get(&contract).await["state"], "bank_refused");
}

/// The insurance of a loan that is being repaid is replaced; the lender has the demand and says nothing.
async fn is_late(house: &mut House) {
    const LATE: &str = "SELECT COUNT(*) FROM bank_request WHERE state = 'late'";
    let mut project = sellable();
    let begins = project["effect_date"].clone();
    project["loans"][0]["release_date"] = json!("2024-12-05");
    project["loans"][0]["first_due_date"] = json!("2025-01-05");
    let contract = contract(house, "late", project, Some("2025-01")).await;
    let demand = json!({
        "agency": "1 place de la Mairie", "loan_number": "P-42", "effect_on": begins
    });
    let ask = Step::new("PUT", &format!("{contract}/lender"), Some(demand)).that_writes(REQUEST);
    let told = house.through(&ask, When::AtCommit).await;
    assert_eq!(told["state"], "sent", "{told}");
    let had = said(&contract, json!({ "answer": "received" }));
    let told = house.through(&had, When::AtCommit).await;
    assert_eq!(told["state"], "received", "{told}");
    for moment in Moment::BOTH {
        let job = ("contracts.bank", REQUEST, moment);
        assert!(house.dies_alone(job, async |_| false).await);
        assert_eq!(house.count(LATE).await, i64::from(moment == Moment::After), "{moment:?}");
    }
    house.ends("contracts.bank").await;
}

/// The lender has accepted, and the day has come.
async fn begins(house: &mut House) {
    const FORCE: &str = "SELECT COUNT(*) FROM dossier WHERE state = 'in_force'";
    let contract = contract(house, "begins", sellable(), None).await;
    let told = house.done(&said(&contract, json!({ "answer": "accepted" }))).await;
    assert_eq!(told["state"], "accepted", "{told}");
    house
        .write(
            "UPDATE contract c JOIN bank_request b ON b.contract_id = c.id \
            SET c.effect_on = '2026-01-01', b.effect_on = '2026-01-01' WHERE b.state = 'accepted'",
        )
        .await;
    for moment in Moment::BOTH {
        let job = ("contracts.begin", EVENT, moment);
        assert!(house.dies_alone(job, async |_| false).await);
        assert_eq!(house.count(FORCE).await, i64::from(moment == Moment::After), "{moment:?}");
    }
    // Once more: it is begun, and nothing happens.
    house.ends("contracts.begin").await;
    assert_eq!(house.get(&contract).await["state"], "in_force");
    // Who saw no answer says it again, whatever has come of it meanwhile.
    let told = house.done(&said(&contract, json!({ "answer": "accepted" }))).await;
    assert_eq!(told["state"], "accepted", "{told}");
}

impl House {
    /// Every job of this kind that is due now is done, or waits for another day.
    async fn ends(&self, kind: &str) {
        let sql = format!(
            "SELECT COUNT(*) FROM job WHERE kind = '{kind}' AND state <> 'done' \
                AND (state <> 'waiting' OR due_at <= UTC_TIMESTAMP(6) + INTERVAL 10 SECOND)"
        );
        self.is_due(kind).await;
        eventually("jobs", async || (self.count(&sql).await == 0).then_some(())).await;
    }
}
