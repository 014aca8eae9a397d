//! What the program does by itself when nobody comes back: offers and quotes that expire, dossiers that are given up,
//! reminders, and who was put off and may ask again. It dies before and after each of them; none is forgotten, and
//! nothing is done or told twice.

use serde_json::json;

use super::house::{House, Way};
use super::snare::Moment;
use super::steps::{Journey, sellable};

/// Dossiers of each sort.
const EACH: i64 = 2;

const SWEEP: &str = "dossiers.sweep";
const WRITES: &[&str] = &["INSERT INTO dossier_event", "INSERT INTO message_outbox"];

#[tokio::test]
async fn killed_while_it_sweeps_every_dossier_ends_once() {
    sweeps(Way::Program).await;
}

#[tokio::test]
async fn cut_from_the_database_while_it_sweeps_every_dossier_ends_once() {
    sweeps(Way::Database).await;
}

/// How far a dossier goes before nobody comes back to it.
#[derive(Clone, Copy)]
enum Sort {
    Quote,
    Offer,
    /// With questions about health that nobody has answered.
    Medical,
}

/// So many of this sort, as a list of identifiers for SQL.
async fn begun(house: &mut House, name: &str, sort: Sort) -> String {
    let mut ids = Vec::new();
    for count in 0..EACH {
        let key = format!("{name}-{count}");
        let one = Journey::begin(house, &key, sellable(), None).await;
        let work = json!({
            "occupation": "salarie_cadre", "hazards": [], "heavy_loads": false, "on_the_road": false,
            "sports": [], "other_insured_cents": 10_000_000
        });
        match sort {
            Sort::Quote => {}
            Sort::Offer => one.describe(house, &[], None).await,
            Sort::Medical => one.describe(house, &[("insured/1/work", work)], None).await,
        }
        let id = one.at.rsplit("dos_").next().unwrap_or_default();
        ids.push(format!("UNHEX('{id}')"));
    }
    ids.join(", ")
}

impl House {
    /// Writes this of these dossiers.
    async fn is(&self, ids: &str, what: &str) {
        self.write(&format!("UPDATE dossier SET {what} WHERE id IN ({ids})")).await;
    }

    /// How many of them are in this state.
    async fn are(&self, ids: &str, state: &str) -> i64 {
        let sql = "SELECT COUNT(*) FROM dossier WHERE state =";
        self.count(&format!("{sql} '{state}' AND id IN ({ids})")).await
    }

    /// The studies of these dossiers end with a delay.
    async fn are_put_off(&self, ids: &str) {
        self.write(&format!(
            "INSERT INTO dossier_event (dossier_id, version, act, state_from, state_to, role, at, \
            reason) SELECT id, version + 1, 'postpone', state, 'postponed', 'system', \
            UTC_TIMESTAMP(6), 'test' FROM dossier WHERE id IN ({ids})"
        ))
        .await;
        self.is(ids, "version = version + 1, state = 'postponed'").await;
        self.write(&format!(
            "UPDATE dossier_insured SET path = 'P3', health = 'questionnaire', \
            decision = 'postponed' WHERE dossier_id IN ({ids})"
        ))
        .await;
    }
}

/// What is left to be done.
const LEFT: &str = "SELECT COUNT(*) FROM dossier WHERE state IN ('quote', 'medical') \
    OR (state = 'offer' AND (offered_until <= UTC_TIMESTAMP(6) OR reminded_at IS NULL)) \
    OR (state = 'postponed' AND (recall_at IS NOT NULL \
        OR touched_at <= UTC_TIMESTAMP(6) - INTERVAL 730 DAY))";

async fn sweeps(way: Way) {
    let mut house = House::start(way, "sweeps").await;
    let quotes = begun(&mut house, "quotes", Sort::Quote).await;
    let offers = begun(&mut house, "offers", Sort::Offer).await;
    let reminded = begun(&mut house, "reminded", Sort::Offer).await;
    let asked = begun(&mut house, "asked", Sort::Medical).await;
    let recalled = begun(&mut house, "recalled", Sort::Medical).await;
    let put_off = begun(&mut house, "put-off", Sort::Medical).await;
    for ids in [&recalled, &put_off] {
        house.are_put_off(ids).await;
    }
    let ago = |days: u16| format!("touched_at = UTC_TIMESTAMP(6) - INTERVAL {days} DAY");
    house
        .write(&format!(
            "UPDATE quote SET expires_at = '2026-01-01' WHERE id IN \
            (SELECT quote_id FROM dossier WHERE id IN ({quotes}))"
        ))
        .await;
    house.is(&quotes, &ago(31)).await;
    house.is(&offers, "offered_until = '2026-01-01'").await;
    house.is(&asked, &ago(91)).await;
    house.is(&recalled, "recall_at = '2026-01-01'").await;
    house.is(&put_off, &ago(731)).await;
    house.is(&reminded, &ago(4)).await;
    house
        .write(&format!(
            "UPDATE dossier_insured SET mobile_proven_at = UTC_TIMESTAMP(6) \
            WHERE dossier_id IN ({reminded})"
        ))
        .await;
    let deaths = dies_until_nothing_is_left(&mut house).await;
    assert!(deaths >= 6 * EACH, "{deaths}");
    for (ids, state) in [
        (&quotes, "expired"),
        (&offers, "expired"),
        (&asked, "abandoned"),
        (&put_off, "abandoned"),
        (&recalled, "postponed"),
        (&reminded, "offer"),
    ] {
        assert_eq!(house.are(ids, state).await, EACH, "{state}");
    }
    house.is_whole(6 * EACH, 0).await;
    house.has_seen(&[("expire", 2 * EACH), ("abandon", 2 * EACH)]).await;
    // A reminder by e-mail; that they may ask again by both ways.
    house.has_told(&[("dossiers/reminder", EACH), ("dossiers/recall", 2 * EACH)]).await;
}

/// Sweeps and dies, before and after each thing that it does: how often.
async fn dies_until_nothing_is_left(house: &mut House) -> i64 {
    let mut deaths = 0;
    for moment in Moment::BOTH.into_iter().cycle() {
        let is_over = async |house: &House| house.count(LEFT).await == 0;
        if !house.dies_alone((SWEEP, WRITES, moment), is_over).await {
            break;
        }
        deaths += 1;
    }
    deaths
}
