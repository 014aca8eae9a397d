//! What time does to a dossier, with several copies of the program at it; what is erased, and when; and how
//! many codes leave.

use std::time::Duration;

use assurly::slices::dossiers::Swept;

use super::{another_code, begin, code, describe, fill, health, hex, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::begun;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::{Seen, Surfer};

const DAY: Duration = Duration::from_secs(86_400);

/// Dossiers of each sort.
const EACH: u32 = 3;

/// Both copies look at the deadlines, at once, and what they did in all.
async fn both(one: &App, two: &App) -> Swept {
    let sweeping = [one, two].map(|app| {
        let dossiers = app.dossiers.clone();
        begun(async move { dossiers.sweep().await })
    });
    let mut sum = Swept::default();
    for swept in sweeping {
        let swept = swept.await.expect("no panic").expect("the database answers");
        sum.reminded += swept.reminded;
        sum.expired += swept.expired;
        sum.abandoned += swept.abandoned;
    }
    sum
}

async fn count(app: &App, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a count")
}

#[tokio::test]
async fn two_copies_at_once_remind_expire_and_abandon_once() {
    const REMINDERS: &str =
        "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'dossiers/reminder/%'";
    const LINKS: &str = "SELECT COUNT(*) FROM dossier_link";
    let database = TestDatabase::own().await;
    let (one, two) =
        (App::on_database(&database, &[]).await, App::on_database(&database, &[]).await);
    let (mut begun_only, mut offered, mut asked) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..EACH {
        let quote = quote(&one, "1992", "150000").await;
        let mut surfer = Surfer::new(&one);
        begun_only.push(begin(&one, &mut surfer, &quote, &somebody("ines")).await.at);
        let mut surfer = Surfer::new(&one);
        let page = begin(&one, &mut surfer, &quote, &somebody("olga")).await;
        offered.push(describe(&mut surfer, page).await.at);
        asked.push(at_the_declaration(&one, &mut Surfer::new(&one)).await.at);
    }
    for app in [&one, &two] {
        app.clock.advance(3 * DAY);
    }
    let links = count(&one, LINKS).await;
    assert_eq!(both(&one, &two).await, Swept { reminded: 2 * EACH, ..Swept::default() });
    assert_eq!(count(&one, REMINDERS).await, i64::from(2 * EACH));
    assert_eq!(count(&one, LINKS).await, links + i64::from(2 * EACH), "one link for each letter");
    assert_eq!(both(&one, &two).await, Swept::default(), "once in the life of a dossier");
    for app in [&one, &two] {
        app.clock.advance(28 * DAY);
    }
    assert_eq!(both(&one, &two).await, Swept { expired: 2 * EACH, ..Swept::default() });
    for app in [&one, &two] {
        app.clock.advance(60 * DAY);
    }
    assert_eq!(both(&one, &two).await, Swept { abandoned: EACH, ..Swept::default() });
    for (all, state, act) in [
        (&offered, "expired", "expire"),
        (&begun_only, "expired", "expire"),
        (&asked, "abandoned", "abandon"),
    ] {
        for at in all {
            let (is, version, acts) = written(&one, at).await;
            assert_eq!(is, state, "{acts:?}");
            assert_eq!(acts.iter().filter(|one| *one == act).count(), 1, "{acts:?}");
            assert_eq!(usize::try_from(version), Ok(acts.len()), "one event for each version");
        }
    }
    assert_eq!(count(&one, REMINDERS).await, i64::from(2 * EACH));
}

#[tokio::test]
async fn a_dossier_goes_with_its_quote_unless_somebody_came_back() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[]).await;
    let quote = quote(&app, "1992", "150000").await;
    let mut surfer = Surfer::new(&app);
    let page = begin(&app, &mut surfer, &quote, &somebody("ines")).await;
    app.clock.advance(29 * DAY);
    // A page that prices makes another quote.
    let renewed = "UPDATE dossier d SET touched_at = '2026-12-22 09:00:00'";
    sqlx::query(renewed).execute(app.opened().pool()).await.expect("written");
    app.clock.advance(2 * DAY);
    assert_eq!(app.dossiers.sweep().await.expect("swept").expired, 0);
    assert_eq!(written(&app, &page.at).await.0, "quote", "kept for thirty days after the last act");
    app.clock.advance(28 * DAY);
    let longer = "UPDATE quote SET expires_at = '2027-02-01 09:00:00'";
    sqlx::query(longer).execute(app.opened().pool()).await.expect("written");
    assert_eq!(app.dossiers.sweep().await.expect("swept").expired, 0, "its quote may be signed");
    app.clock.advance(12 * DAY);
    assert_eq!(app.dossiers.sweep().await.expect("swept").expired, 1);
    assert_eq!(written(&app, &page.at).await.0, "expired");
}

/// Somebody whom the law does not protect for want of room: 150 000 € here, 100 000 € elsewhere.
async fn at_the_declaration(app: &App, surfer: &mut Surfer) -> Seen {
    let quote = quote(app, "1992", "150000").await;
    let page = begin(app, surfer, &quote, &somebody("rose")).await;
    let recap = describe(surfer, page).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let work = surfer.open(&recap.at.replace("recapitulatif", "a1/travail")).await;
    let gate = fill(surfer, &work, &[&OFFICE[..], &[("autres", "100 000")]].concat()).await;
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    let questions = fill(surfer, &gate, &[("action", "accepter")]).await;
    assert_eq!(questions.heading(), "Vos réponses", "{}", questions.body);
    questions
}

const OFFICE: [(&str, &str); 3] =
    [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];

/// Declarations kept of this dossier, and erasures written down.
async fn kept(app: &App, at: &str) -> (i64, i64) {
    let id = hex(at.split('/').nth(2).and_then(|id| id.strip_prefix("dos_")).expect("a dossier"));
    let declarations = "SELECT COUNT(*) FROM health_declaration d JOIN dossier_insured i \
        ON i.id = d.insured_id WHERE i.dossier_id = ?";
    let erasures = "SELECT COUNT(*) FROM health_access a JOIN dossier_insured i \
        ON i.id = a.insured_id WHERE i.dossier_id = ? AND a.act = 'erased'";
    let one = async |sql: &'static str| {
        let query = sqlx::query_scalar(sql).bind(&id);
        query.fetch_one(app.opened().pool()).await.expect("a count")
    };
    (one(declarations).await, one(erasures).await)
}

#[tokio::test]
async fn answers_are_erased_when_the_law_comes_to_protect() {
    let app = App::start().await;
    let mut surfer = Surfer::new(&app);
    let questions = at_the_declaration(&app, &mut surfer).await;
    let all: Vec<_> = health(&[]).into_iter().collect();
    let recap = fill(&mut surfer, &questions, &all).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    assert_eq!(kept(&app, &recap.at).await, (1, 0));
    // The other loan was a mistake: nothing more may be known of their health.
    let work = surfer.open(&recap.at.replace("recapitulatif", "a1/travail")).await;
    let recap = fill(&mut surfer, &work, &OFFICE).await;
    assert!(recap.says("Aucune question"), "{}", recap.body);
    assert_eq!(kept(&app, &recap.at).await, (0, 1));
    let questions = surfer.open(&questions.at).await;
    assert_eq!(questions.heading(), "Aucune question de santé", "{}", questions.body);
}

#[tokio::test]
async fn answers_are_erased_when_nobody_comes_back() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[]).await;
    let mut surfer = Surfer::new(&app);
    let questions = at_the_declaration(&app, &mut surfer).await;
    // Half of the page: what is typed and not taken is about health as well.
    let mut some = health(&[("taille", "171")]);
    some.remove("q_ald");
    let some: Vec<_> = some.into_iter().collect();
    assert_eq!(fill(&mut surfer, &questions, &some).await.status, 422);
    assert_eq!(kept(&app, &questions.at).await.0, 1);
    app.clock.advance(89 * DAY);
    app.dossiers.sweep().await.expect("the database answers");
    assert_eq!(kept(&app, &questions.at).await, (1, 0), "not a day before");
    app.clock.advance(2 * DAY);
    app.dossiers.sweep().await.expect("the database answers");
    assert_eq!(written(&app, &questions.at).await.0, "abandoned");
    assert_eq!(kept(&app, &questions.at).await, (0, 1));
}

#[tokio::test]
async fn so_many_codes_leave_for_one_number_in_an_hour() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("DOSSIERS__CODES_PER_NUMBER", "2")]).await;
    let (quote, who) = (quote(&app, "1992", "150000").await, somebody("theo"));
    let mut surfer = Surfer::new(&app);
    let page = surfer.open(&format!("{quote}/suite")).await;
    let page = fill(&mut surfer, &page, &[("email", &who.0), ("mobile", &who.1)]).await;
    let first = code(&app, &who.1).await;
    let again = page.form("/code/nouveau");
    let soon = surfer.submit(&again).await;
    assert!(soon.says("Un code vient de partir"), "{}", soon.body);
    app.clock.advance(Duration::from_secs(31));
    let sent = surfer.submit(&again).await;
    assert!(sent.says("Un nouveau code est parti"), "{}", sent.body);
    let second = another_code(&app, &who.1, &first).await;
    app.clock.advance(Duration::from_secs(31));
    let refused = surfer.submit(&again).await;
    assert!(refused.says("Trop de codes ont été demandés"), "{}", refused.body);
    // Another dossier asks for the same number: the dossier begins, and no code leaves.
    let mut other = Surfer::new(&app);
    let page = other.open(&format!("{quote}/suite")).await;
    let page = fill(&mut other, &page, &[("email", "autre@exemple.fr"), ("mobile", &who.1)]).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    assert!(page.says("Trop de codes ont été demandés"), "{}", page.body);
    let sent = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'dossiers/code/%'";
    assert_eq!(count(&app, sent).await, 2);
    // What left before still opens; the next hour begins again.
    let page = fill(&mut surfer, &refused, &[("code", &second)]).await;
    assert_eq!(page.heading(), "Qui êtes-vous ?", "{}", page.body);
    app.clock.advance(Duration::from_secs(3600));
    let form = page_again(&mut other, &quote, &who).await;
    let page = other.submit(&form).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    assert_eq!(count(&app, sent).await, 3);
}

/// The form of the contact, filled in for this number by somebody new.
async fn page_again(
    surfer: &mut Surfer,
    quote: &str,
    who: &(String, String),
) -> crate::harness::surfer::SeenForm {
    let page = surfer.open(&format!("{quote}/suite")).await;
    page.form("/suite").with(&[("email", "encore@exemple.fr"), ("mobile", &who.1)])
}

#[tokio::test]
async fn one_household_asks_for_so_many_codes_whatever_the_numbers() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("DOSSIERS__CODES_PER_NETWORK", "3")]).await;
    let quote = quote(&app, "1992", "150000").await;
    for asked in 1..=5 {
        let (who, mut surfer) = (somebody("foule"), Surfer::new(&app));
        let page = surfer.open(&format!("{quote}/suite")).await;
        let page = fill(&mut surfer, &page, &[("email", &who.0), ("mobile", &who.1)]).await;
        assert_eq!(
            page.says("Trop de codes ont été demandés"),
            asked > 3,
            "{asked}: {}",
            page.body
        );
    }
    // What the network was refused is not taken from the others: all are counted once for what left.
    let budgets = "SELECT CAST(MAX(spent) AS SIGNED) FROM message_budget";
    assert_eq!(count(&app, budgets).await, 3);
}
