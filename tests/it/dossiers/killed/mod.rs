//! The program is killed at every step of the subscription, by the kernel and without a word, then started again; or
//! its database dies: no dossier is lost, no contract made twice, no letter sent twice. Here the way of one person
//! from the quote to the contract and its end; in the rooms below the steps that only others take, and what the
//! program does by itself.
//!
//! It dies at two kinds of moments: some time after something was asked, and exactly where it hurts most, just
//! before what was written is committed and just after, before the program knows ([`snare`]).

mod again;
mod amended;
mod bank;
mod copy;
mod counts;
mod couple;
mod declared;
mod house;
mod payer;
mod snare;
mod steps;
mod sweeps;

use house::{House, Way, When};
use serde_json::json;
use steps::{EVENT, Journey, Step, sellable};

/// When death comes to each of the journeys: at once, in the middle, and at every commit.
const DEATHS: [When; 3] = [When::Within(0), When::Within(40), When::AtCommit];

const BANK: &[&str] = &["UPDATE bank_request"];

#[tokio::test]
async fn killed_at_every_step_nothing_is_lost_and_nothing_done_twice() {
    dies_at_every_step(Way::Program).await;
}

/// The same when every connection to the database dies in the middle of each step.
#[tokio::test]
async fn cut_from_the_database_at_every_step_nothing_is_lost_and_nothing_done_twice() {
    dies_at_every_step(Way::Database).await;
}

async fn dies_at_every_step(way: Way) {
    let mut house = House::start(way, "one").await;
    for (at, when) in DEATHS.into_iter().enumerate() {
        journey(&mut house, &at.to_string(), Some(when)).await;
    }
    // Everything that was begun is there, once.
    let wanted = i64::try_from(DEATHS.len()).expect("few");
    for (path, name) in [("/v1/contracts", "contracts"), ("/v1/dossiers", "dossiers")] {
        let list = house.get(path).await;
        assert_eq!(list[name].as_array().map(Vec::len), Some(DEATHS.len()), "{list}");
    }
    house.is_whole(wanted, wanted).await;
    let acts = ["apply", "skip_health", "make_offer", "begin_signature", "conclude", "withdraw"];
    house.has_seen(&acts.map(|act| (act, wanted))).await;
    house.has_told(&[("contracts/signed", wanted), ("contracts/withdrawn", wanted)]).await;
    let whole = "SELECT COUNT(*) FROM contract_premium";
    assert_eq!(house.count(whole).await, 240 * wanted, "each has its whole schedule");
}

/// From the quote to the contract and its end: the lender accepts, and the customer renounces.
async fn journey(house: &mut House, key: &str, when: Option<When>) {
    let one = Journey::begin(house, key, sellable(), when).await;
    one.describe(house, &[], when).await;
    one.receive(house, when).await;
    one.account(house, when).await;
    let signed = one.sign(house, when).await;
    assert_eq!(signed["state"], "concluded", "{signed}");
    let contract = signed["next"].as_str().expect("a contract");
    for (path, body, writes) in [
        ("lender/answer", Some(json!({ "answer": "accepted" })), BANK),
        ("withdrawal", None, EVENT),
    ] {
        let step = Step::new("POST", &format!("{contract}/{path}"), body).that_writes(writes);
        steps::go(house, &step, when).await;
    }
    let told = house.get(contract).await;
    assert_eq!(told["state"], "withdrawn", "{told}");
}
