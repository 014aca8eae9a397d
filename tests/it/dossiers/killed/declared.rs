//! Somebody who has to answer questions about their health: their declaration is there once and can be read, they are
//! decided once; and when the law comes to protect them, either nothing has changed or everything is erased.

use std::path::Path;

use assurly::platform::crypto::Keyring;
use serde_json::{Value, json};

use super::house::{House, Way, When};
use super::snare::Moment;
use super::steps::{EVENT, Journey, Step, go, sellable};
use crate::harness::app::HEALTH_KEYRING;

const CONSENT: &[&str] = &["INSERT INTO health_consent"];
const DECLARATION: &[&str] = &["INSERT INTO health_declaration"];

#[tokio::test]
async fn killed_while_somebody_declares_their_health_it_is_there_once() {
    declares(Way::Program).await;
}

#[tokio::test]
async fn cut_from_the_database_while_somebody_declares_their_health_it_is_there_once() {
    declares(Way::Database).await;
}

/// Work in an office, with so much insured elsewhere.
fn work(other_cents: i64) -> Value {
    json!({
        "occupation": "salarie_cadre", "hazards": [], "heavy_loads": false, "on_the_road": false,
        "sports": [], "other_insured_cents": other_cents
    })
}

/// 200 000 € here and half of it elsewhere: the law does not protect them.
const ELSEWHERE: i64 = 10_000_000;

async fn declares(way: Way) {
    let mut house = House::start(way, "declared").await;
    let at_commit = Some(When::AtCommit);
    let one = Journey::begin(&mut house, "declared", sellable(), None).await;
    one.describe(&mut house, &[("insured/1/work", work(ELSEWHERE))], None).await;
    assert_eq!(stands(&house).await, ("medical".into(), "P2".into(), "asked".into(), None));
    // The last page, whose saving asks the questions, dies too.
    for more in [ELSEWHERE + 100, ELSEWHERE] {
        go(&mut house, &Step::put(&one.at, "insured/1/work", work(more)), at_commit).await;
        assert_eq!(stands(&house).await, ("medical".into(), "P2".into(), "asked".into(), None));
    }
    let path = format!("{}/health", one.at);
    let asked = house.get(&path).await;
    let codes = asked["questions"].as_array().expect("questions").iter();
    let answers = codes.map(|one| (one["code"].as_str().expect("a code").to_owned(), json!(false)));
    let answers: serde_json::Map<_, _> = answers.collect();
    let declaration = json!({
        "consent": asked["consent"], "height_cm": 178, "weight_kg": 72, "answers": answers
    });
    let declare = Step::new("PUT", &path, Some(declaration));
    for writes in [CONSENT, DECLARATION] {
        for moment in Moment::BOTH {
            house.dies_in(&declare.clone().that_writes(writes), moment).await;
            let is_declared = writes == DECLARATION && moment == Moment::After;
            assert_eq!(house.count(SUBMITTED).await, i64::from(is_declared), "{moment:?}");
        }
    }
    let told = house.done(&declare).await;
    assert_eq!(
        (&told["state"], &told["insured"][0]["health"]),
        (&json!("offer"), &json!("answered"))
    );
    let accepted = Some("accept_standard".to_owned());
    assert_eq!(
        stands(&house).await,
        ("offer".into(), "P2".into(), "answered".into(), accepted.clone())
    );
    is_readable(&house).await;
    house.has_seen(&[("declared", 1), ("complete_health", 1), ("make_offer", 1)]).await;
    assert_eq!(house.count(ACCESSES).await, 1, "sent once");
    is_protected(&mut house, &one).await;
    let contract = one.contract(&mut house).await;
    assert!(contract.starts_with("/v1/contracts/"));
    house.is_whole(1, 1).await;
    house.has_told(&[("contracts/signed", 1)]).await;
}

/// A declaration that was sent.
const SUBMITTED: &str = "SELECT COUNT(*) FROM health_declaration WHERE state = 'submitted'";
const ACCESSES: &str = "SELECT COUNT(*) FROM health_access WHERE act = 'submitted'";
const ERASED: &str = "SELECT COUNT(*) FROM health_access WHERE act = 'erased'";

/// State, path, health and decision.
async fn stands(house: &House) -> (String, String, String, Option<String>) {
    const SQL: &str = "SELECT d.state, i.path, i.health, i.decision FROM dossier d \
        JOIN dossier_insured i ON i.dossier_id = d.id";
    let mut all = house.rows(SQL).await;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// What was declared opens under the keys of health, and says what was sent.
async fn is_readable(house: &House) {
    const SQL: &str = "SELECT insured_id, sealed FROM health_declaration";
    let rows: Vec<(Vec<u8>, Vec<u8>)> = house.rows(SQL).await;
    let [(insured, sealed)] = rows.as_slice() else { unreachable!("one declaration") };
    let keyring = Keyring::read(Path::new(HEALTH_KEYRING.as_str())).expect("keys");
    let place: [&[u8]; 2] = [b"health_declaration", insured];
    let clear = keyring.open(&place, sealed).expect("it opens");
    let answers: Value = serde_json::from_slice(&clear).expect("JSON");
    assert_eq!((&answers["centimetres"], &answers["kilograms"]), (&json!(178), &json!(72)));
    assert_eq!((&answers["yes"], &answers["more"]), (&json!([]), &json!(false)));
}

/// Nothing is insured elsewhere after all: all of the old is there, or all of the new.
async fn is_protected(house: &mut House, one: &Journey) {
    let change = Step::put(&one.at, "insured/1/work", work(0)).that_writes(EVENT);
    house.dies_in(&change, Moment::Before).await;
    let accepted = Some("accept_standard".to_owned());
    assert_eq!(
        stands(house).await,
        ("offer".into(), "P2".into(), "answered".into(), accepted.clone())
    );
    assert_eq!((house.count(SUBMITTED).await, house.count(ERASED).await), (1, 0));
    is_readable(house).await;
    house.dies_in(&change, Moment::After).await;
    for _ in 0..2 {
        assert_eq!(
            stands(house).await,
            ("offer".into(), "P1".into(), "none".into(), accepted.clone())
        );
        let left = house.count("SELECT COUNT(*) FROM health_declaration").await;
        assert_eq!((left, house.count(ERASED).await), (0, 1));
        house
            .has_seen(&[("change_facts", CHANGES), ("complete_health", 1), ("skip_health", 1)])
            .await;
        house.done(&change).await;
    }
}

/// Twice while the questions were open, once when they were answered.
const CHANGES: i64 = 3;
