//! What is too small to be debited alone is debited with the next premium: the contract says so, and its schedule, and
//! the word before the debit. The premiums stay as they were signed.

use serde_json::{Value, json};

use super::api::{Told, Town, answers};
use super::area::{logged_in, prove_address};
use super::bank::replaced;
use super::lender::words_of;
use super::signing::program;
use super::somebody;
use crate::harness::eventually;
use crate::harness::surfer::Surfer;
use crate::quotes::project;

const SMALLEST: i64 = 500;

/// A contract that insures a tenth of the loan, and the address of who signed it.
async fn small(town: &Town, anne: &str) -> (String, String) {
    let contact = somebody("anne");
    let quote = town.quote_of(anne, project()).await;
    let mut told: Told = town.begin(anne, &quote, &contact).await;
    for (path, mut body) in answers() {
        if path == "guarantees" {
            body["shares"] = json!([10]);
        }
        told = town.put(anne, &told, path, body).await;
    }
    (town.concluded(anne, told, &contact.0).await, contact.0)
}

fn cents(rows: &[Value], name: &str) -> Vec<i64> {
    rows.iter().map(|row| row[name].as_i64().expect("cents")).collect()
}

/// What was announced: days, cents.
async fn announced(town: &Town) -> Vec<(String, i64)> {
    town.app.contracts.announce_debits().await.expect("the database answers");
    let sql = "SELECT CAST(debit_on AS CHAR), amount_cents FROM contract_debit_notice ORDER BY 1";
    sqlx::query_as(sql).fetch_all(town.app.opened().pool()).await.expect("rows")
}

#[tokio::test]
async fn premiums_too_small_to_be_debited_are_carried_and_announced_together() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let (contract, email) = small(&town, &anne).await;
    let schedule = town.get(&anne, &format!("{contract}/schedule")).await.body;
    let rows = |name: &str| schedule[name].as_array().expect("rows").clone();
    let (premiums, debits) = (rows("premiums"), rows("debits"));
    let (due, debited) = (cents(&premiums, "premium_cents"), cents(&debits, "amount_cents"));
    assert_eq!(due.len(), 240);
    assert!(due[0] > 0 && due[0] < SMALLEST, "the case of this test: {}", due[0]);
    assert_eq!(due.iter().sum::<i64>(), debited.iter().sum::<i64>(), "not a cent more or less");
    let (last, others) = debited.split_last().expect("debits");
    assert!(others.iter().all(|one| *one >= SMALLEST) && *last > 0, "{debited:?}");
    let count = usize::try_from(debits[0]["month"].as_u64().expect("a month")).expect("few");
    assert!(count > 1 && due[..count].iter().sum::<i64>() == debited[0], "{debits:?}");
    assert_eq!(debits[0]["due_on"], premiums[count - 1]["due_on"]);
    // What is signed says it.
    let conditions = words_of(&town, &anne, &contract, "conditions_particulieres").await;
    assert!(conditions.contains("Unprélèvementdemoinsde5,00€n’estpasfait"), "{conditions}");
    let day = debits[0]["due_on"].as_str().expect("a day").parse().expect("a day");
    let day: String = assurly::kernel::french::day(day).split_whitespace().collect();
    assert!(
        conditions.contains(&format!("Lepremierprélèvementalieule{day}")),
        "{day}: {conditions}"
    );
    // In force: nothing is announced before the first debit, which is then announced whole.
    town.is("UPDATE bank_request SET state = 'accepted'").await;
    town.is("UPDATE dossier SET state = 'in_force'").await;
    for row in &premiums[..count] {
        let due_on = row["due_on"].as_str().expect("a day");
        assert_eq!(announced(&town).await, [], "before {due_on}");
        town.app.clock.set(format!("{}T07:00:00Z", eve(due_on)).parse().expect("an instant"));
    }
    let told = announced(&town).await;
    assert_eq!((told.len(), told[0].1), (1, debited[0]), "{told:?}");
    let letter = eventually("the letter", async || {
        let path = format!("/dev/messages.json?to={}", email.replace('@', "%40"));
        let json: Value = town.app.get(&path).await.json().await.ok()?;
        let mut all = json["messages"].as_array()?.iter();
        all.find(|one| one["subject"] == "Votre premier prélèvement").map(ToString::to_string)
    })
    .await;
    assert!(letter.contains(&format!("réunit {count} échéances")), "{letter}");
}

/// The day before.
fn eve(day: &str) -> String {
    let day: jiff::civil::Date = day.parse().expect("a day");
    day.yesterday().expect("a day").to_string()
}

#[tokio::test]
async fn the_area_says_what_is_debited_beside_the_premiums() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, at) = replaced(&app, &mut phone).await;
    prove_address(&app, &who).await;
    let mut owner = logged_in(&app, &who.0).await;
    let home = owner.open("/espace").await;
    let place = home.body.split("href=\"").find(|it| it.starts_with("/espace/contrats/"));
    let path = place.and_then(|it| it.split('"').next()).expect("its page");
    let path = path.trim_end_matches("/banque").to_owned();
    let whole = owner.open(&path).await;
    assert!(!whole.says("Prélevé") && !whole.says("Avec le suivant"), "{}", whole.body);
    let small = "UPDATE contract_premium SET premium_cents = 200 WHERE month <= 3";
    sqlx::query(small).execute(app.opened().pool()).await.expect("written");
    let page = owner.open(&path).await;
    assert_eq!(page.body.matches("Avec le suivant").count(), 2, "{}", page.body);
    for words in ["Prélevé", "6,00", "Un prélèvement de moins de 5,00", "prélèvements, de 6,00"]
    {
        assert!(page.says(words), "{words}: {}", page.body);
    }
    let csv = owner.open(&format!("{path}/echeancier.csv")).await;
    let ends: Vec<_> =
        csv.body.lines().take(4).filter_map(|line| line.rsplit(';').next()).collect();
    assert_eq!(ends, ["prélèvement", "0,00", "0,00", "6,00"], "{}", csv.body);
    let home = owner.open("/espace").await;
    assert!(home.says("6,00") && !home.says("2,00"), "{}", home.body);
    let end = phone.open(&format!("{at}/fin")).await;
    assert!(end.says("6,00") && end.says("Il réunit 3 échéances"), "{}", end.body);
}
