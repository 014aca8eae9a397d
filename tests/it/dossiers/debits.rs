//! The word before a debit: once for each instalment of a contract in force, five days before, to whoever is
//! debited; whatever runs at the same time, and whatever was missed.

use std::sync::Arc;

use assurly::slices::contracts::Announced;
use serde_json::Value;

use super::payer::{Pair, mandate};
use super::signing::{PROGRAM, base, sign};
use super::vigilance::vouched;
use super::{fill, hex, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::Surfer;
use crate::harness::{begun, eventually};

/// Our identifier as a creditor.
const CREDITOR: (&str, &str) = ("DOCUMENTS__INSURER__CREDITOR", "FR72ZZZ123456");

const NOTICES: &str = "SELECT COUNT(*) FROM contract_debit_notice";

const MESSAGES: &str = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'contracts/debit/%'";

/// A contract that was signed.
struct Signed {
    /// `/d/dos_…`.
    base: String,
    /// Address of who gave the mandate.
    email: String,
}

/// A program that does no job by itself, on a database where another one did.
async fn copy(database: &Arc<TestDatabase>, over: &[(&str, &str)]) -> App {
    App::on_database(database, &[&[CREDITOR][..], over].concat()).await
}

/// Has all of these programs stand at this day's morning.
pub(super) fn stand(apps: &[&App], day: &str) {
    for app in apps {
        app.clock.set(format!("{day}T07:00:00Z").parse().expect("an instant"));
    }
}

/// Somebody signs; the lender has the certificate.
async fn signs(app: &App, surfer: &mut Surfer) -> Signed {
    let (who, end) = sign(app, surfer).await;
    let base = base(&end.at);
    stands(app, &base, "bank").await;
    Signed { base, email: who.0 }
}

/// The clock stands so many days after the first day of cover, and cover has begun.
async fn begins(app: &App, base: &str, after: i64) {
    let sql = "SELECT CAST(DATE_ADD(effect_on, INTERVAL ? DAY) AS CHAR) FROM contract \
        WHERE dossier_id = ?";
    let query = sqlx::query_scalar(sql).bind(after).bind(hex(base.trim_start_matches("/d/dos_")));
    let day: String = query.fetch_one(app.opened().pool()).await.expect("a contract");
    assert!(day.as_str() < "2027-01-05", "before the first debit is announced: {day}");
    stand(&[app], &day);
    stands(app, base, "in_force").await;
}

pub(super) async fn stands(app: &App, at: &str, wanted: &str) {
    eventually(wanted, async || (written(app, at).await.0 == wanted).then_some(())).await;
}

/// The lender accepts: cover begins on the day of the contract.
pub(super) async fn accepted(surfer: &mut Surfer, base: &str) {
    let bank = surfer.open(&format!("{base}/banque")).await;
    let mut form = bank.form("/reponse");
    form.values.retain(|name, _| name == "jeton" || name.starts_with("quand"));
    let said = surfer.submit(&form.with(&[("reponse", "acceptee")])).await;
    assert!(said.says("Acceptée le"), "{}", said.body);
}

/// Of the schedule of a dossier: the cents that are due on this day.
async fn due(app: &App, base: &str, day: &str) -> i64 {
    let sql = "SELECT p.premium_cents FROM contract_premium p JOIN contract c ON c.id = p.contract_id \
        WHERE c.dossier_id = ? AND p.due_on = ?";
    let id = hex(base.trim_start_matches("/d/dos_"));
    let query = sqlx::query_scalar(sql).bind(id).bind(day);
    query.fetch_one(app.opened().pool()).await.expect("an instalment")
}

async fn count(app: &App, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a count")
}

async fn looks(app: &App) -> Announced {
    app.contracts.announce_debits().await.expect("the database answers")
}

const fn posted(posted: u32) -> Announced {
    Announced { posted, failed: 0, is_full: false }
}

/// The words of the newest letter before a debit to this address, once there are so many.
async fn letter(app: &App, email: &str, count: usize) -> (String, String) {
    let path = format!("/dev/messages.json?to={}", email.replace('@', "%40"));
    eventually("a letter before a debit", async || {
        // Time goes on: a job that was under way when the clock was set is tried again a little later.
        app.clock.advance(std::time::Duration::from_secs(1));
        let json: Value = app.get(&path).await.json().await.ok()?;
        let all = json["messages"].as_array()?.iter();
        let subject = |one: &Value| one["subject"].as_str().unwrap_or_default().to_owned();
        let all: Vec<_> = all.filter(|one| subject(one).ends_with("prélèvement")).collect();
        let newest = all.first().filter(|_| all.len() == count)?;
        let plain = newest.to_string().replace(['\u{a0}', '\u{202f}'], " ");
        Some((subject(newest), plain))
    })
    .await
}

/// `12345` as `123,45 €`.
fn euros(cents: i64) -> String {
    format!("{},{:02} €", cents / 100, cents % 100)
}

#[tokio::test]
async fn each_debit_is_announced_once_five_days_before_and_what_was_missed_is_made_up_for() {
    let database = TestDatabase::own().await;
    let first = copy(&database, &PROGRAM).await;
    let mut surfer = Surfer::new(&first);
    let camille = signs(&first, &mut surfer).await;
    accepted(&mut surfer, &camille.base).await;
    begins(&first, &camille.base, 0).await;
    let day: String = sqlx::query_scalar("SELECT CAST(MIN(due_on) AS CHAR) FROM contract_premium")
        .fetch_one(first.opened().pool())
        .await
        .expect("a schedule");
    assert_eq!(day, "2027-01-10", "a Sunday: it is debited on Monday");
    drop(first);
    let copies = [copy(&database, &[]).await, copy(&database, &[]).await];
    let (one, both) = (&copies[0], [&copies[0], &copies[1]]);
    stand(&both, "2027-01-05");
    assert_eq!(looks(one).await, posted(0), "six days before");
    stand(&both, "2027-01-06");
    let looking = both.map(|app| {
        let contracts = app.contracts.clone();
        begun(async move { contracts.announce_debits().await })
    });
    let mut sum = 0;
    for look in looking {
        sum += look.await.expect("no panic").expect("the database answers").posted;
    }
    assert_eq!(sum, 1, "two copies at once announce it once");
    assert_eq!(looks(one).await, posted(0));
    assert_eq!((count(one, NOTICES).await, count(one, MESSAGES).await), (1, 1));
    let (subject, text) = letter(one, &camille.email, 1).await;
    assert_eq!(subject, "Votre premier prélèvement");
    let amount = due(one, &camille.base, "2027-01-10").await;
    let (amount, day) = (euros(amount), "le 11 janvier 2027");
    for words in [amount.as_str(), day, "10 janvier", "ASL-", CREDITOR.1, "CT-", "/espace"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("FR76") && !text.contains("••••"), "{text}");
    let kept = "SELECT CONCAT(n.debit_on, ' ', n.amount_cents - p.premium_cents, ' ', \
        LEFT(n.rum, 4)) FROM contract_debit_notice n JOIN contract_premium p \
        ON p.contract_id = n.contract_id AND p.month = n.month";
    let kept: String =
        sqlx::query_scalar(kept).fetch_one(one.opened().pool()).await.expect("a row");
    assert_eq!(kept, "2027-01-11 0 ASL-");
    goes_on(&copies, &camille).await;
}

/// The months after: late, missed, on the eve, never on the day.
async fn goes_on(copies: &[App; 2], camille: &Signed) {
    let (one, both) = (&copies[0], [&copies[0], &copies[1]]);
    // Nobody ran for three days: Wednesday 10 February is announced on the eve, as any other.
    stand(&both, "2027-02-09");
    assert_eq!(looks(one).await, posted(1));
    let (subject, text) = letter(one, &camille.email, 2).await;
    assert_eq!(subject, "Votre prochain prélèvement");
    assert!(text.contains("le 10 février 2027") && !text.contains("échéance est"), "{text}");
    // The day itself is too late, and so is the month after it.
    stand(&both, "2027-03-10");
    assert_eq!(looks(one).await, posted(0));
    stand(&both, "2027-03-11");
    assert_eq!(looks(one).await, posted(0));
    // Saturday 10 April is debited on Monday 12: between them it is still to come.
    stand(&both, "2027-04-06");
    assert_eq!(looks(one).await, posted(0));
    stand(&both, "2027-04-11");
    assert_eq!(looks(one).await, posted(1));
    // It must have left before the day comes: then it would say nothing any more.
    let (_, text) = letter(one, &camille.email, 3).await;
    assert!(text.contains("le 12 avril 2027"), "{text}");
    stand(&both, "2027-04-12");
    assert_eq!(looks(one).await, posted(0));
    assert_eq!((count(one, NOTICES).await, count(one, MESSAGES).await), (3, 3));
    // What costs nothing is not announced; nor is what a person must decide of.
    let sql = "UPDATE contract_premium SET premium_cents = 0 WHERE due_on = '2027-05-10'";
    sqlx::query(sql).execute(one.opened().pool()).await.expect("written");
    stand(&both, "2027-05-07");
    assert_eq!(looks(one).await, posted(0));
    let sql = "UPDATE dossier SET state = 'suspended' WHERE state = 'in_force'";
    sqlx::query(sql).execute(one.opened().pool()).await.expect("written");
    stand(&both, "2027-06-07");
    assert_eq!(looks(one).await, posted(0));
}

#[tokio::test]
async fn what_waits_or_was_renounced_is_not_announced_and_a_run_has_its_limit() {
    let database = TestDatabase::own().await;
    let first = copy(&database, &PROGRAM).await;
    let mut surfers = [Surfer::new(&first), Surfer::new(&first), Surfer::new(&first)];
    let mut signed = Vec::new();
    for surfer in &mut surfers {
        signed.push(signs(&first, surfer).await);
    }
    let [_, second, last] = &mut surfers;
    accepted(second, &signed[1].base).await;
    accepted(last, &signed[2].base).await;
    let page = second.open(&format!("{}/renoncer", signed[1].base)).await;
    fill(second, &page, &[]).await;
    assert_eq!(written(&first, &signed[1].base).await.0, "withdrawn");
    begins(&first, &signed[2].base, 0).await;
    let limited = copy(&database, &[("CONTRACTS__DEBIT_NOTICES_PER_RUN", "1")]).await;
    stand(&[&limited], "2027-01-07");
    let full = Announced { is_full: true, ..posted(1) };
    assert_eq!(looks(&limited).await, full);
    assert_eq!(looks(&limited).await, posted(0), "the others wait for the lender, or are over");
    letter(&limited, &signed[2].email, 1).await;
    // The first one's lender accepts: the first debit that is still to come is announced late.
    let sql = "UPDATE bank_request SET state = 'accepted' WHERE state <> 'accepted'";
    sqlx::query(sql).execute(limited.opened().pool()).await.expect("written");
    assert_eq!(looks(&limited).await, posted(0), "not before its cover has begun");
    begins(&first, &signed[0].base, 2).await;
    assert_eq!(looks(&limited).await, full);
    assert_eq!(looks(&limited).await, posted(0));
    let (subject, _) = letter(&limited, &signed[0].email, 1).await;
    assert_eq!(subject, "Votre premier prélèvement");
    // Two of them the month after: one in each run.
    stand(&[&limited], "2027-02-06");
    assert_eq!([looks(&limited).await, looks(&limited).await], [full, full]);
    assert_eq!(looks(&limited).await, posted(0));
    for one in [&signed[0], &signed[2]] {
        // A letter that has not left by its day does not leave.
        letter(&limited, &one.email, 2).await;
    }
    // A row that nobody can read keeps no other one's word back.
    let sql = "UPDATE contract SET content = JSON_SET(content, '$.persons', JSON_ARRAY()) \
        WHERE dossier_id = ?";
    let broken = hex(signed[0].base.trim_start_matches("/d/dos_"));
    sqlx::query(sql).bind(broken).execute(limited.opened().pool()).await.expect("written");
    stand(&[&limited], "2027-03-06");
    let seen = [looks(&limited).await, looks(&limited).await];
    assert_eq!(seen.map(|done| done.posted).iter().sum::<u32>(), 1, "{seen:?}");
    assert!(seen.iter().any(|done| done.failed == 1), "{seen:?}");
    letter(&limited, &signed[2].email, 3).await;
}

#[tokio::test]
async fn another_payer_is_told_by_the_job_and_learns_nothing_of_the_loan() {
    let mut pair = Pair::begin().await;
    let done = pair.gives(&mandate(&[])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    let end = pair.signs().await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let base = base(&end.at);
    stands(&pair.app, &base, "bank").await;
    accepted(&mut pair.borrower, &base).await;
    // Who pays and is not insured is looked at by somebody.
    vouched(&pair.app).await;
    begins(&pair.app, &base, 0).await;
    stand(&[&pair.app], "2027-01-06");
    let (subject, text) = letter(&pair.app, &pair.email, 1).await;
    assert_eq!(subject, "Votre premier prélèvement");
    let amount = euros(due(&pair.app, &base, "2027-01-10").await);
    for words in [amount.as_str(), "le 11 janvier 2027", "ASL-", CREDITOR.1, "huit semaines"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let text = text.to_lowercase();
    for hidden in
        ["contrat", "assurance", "prêt", "ct-", "camille", "martin", "banque du nord", "/espace"]
    {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    // Nobody else is told.
    assert_eq!((count(&pair.app, NOTICES).await, count(&pair.app, MESSAGES).await), (1, 1));
}
