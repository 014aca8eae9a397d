//! What time does to an offer before it is signed: cover never begins before the day after the last signature,
//! an offer that is over is not signed, and nothing is signed that nobody has read.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::api::{IBAN, Told, Town, base as at_of, next, pointers};
use super::couple::Couple;
use super::payer::{Pair, mandate};
use super::signing::{
    CONTRACTS, PROGRAM, SIGNED, act, asked_code, at_the_code, base, count, prepared, program, signs,
};
use super::{begin, code, describe, fill, link, protected, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::Surfer;

const RECAP: &str = "Vérifiez avant de signer";

/// The first instalment in December: cover begins tomorrow, the 24th of November.
const DECEMBER: [(&str, &str); 4] = [
    ("banque", "Banque du Nord"),
    ("objet", "residence_principale"),
    ("echeance_m", "12"),
    ("echeance_a", "2026"),
];

const TOMORROW: &str = "ssurance commence maintenant le 25 novembre 2026";

/// A program whose sessions last for as long as they may.
async fn patient() -> App {
    let patient = [("DOSSIERS__SESSION_MINUTES", "240")];
    App::on_database(&TestDatabase::own().await, &[&PROGRAM[..], &patient].concat()).await
}

/// From ten in the morning to one in the night, in Paris: nobody's session ends.
async fn midnight(app: &App, surfers: &mut [&mut Surfer], at: &str) {
    for _ in 0..5 {
        app.clock.advance(Duration::from_secs(3 * 3600));
        for surfer in surfers.iter_mut() {
            assert_eq!(surfer.open(&base(at)).await.status, StatusCode::OK);
        }
    }
}

async fn text(app: &App, sql: &'static str) -> String {
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a row")
}

async fn change(app: &App, sql: &'static str) {
    sqlx::query(sql).execute(app.opened().pool()).await.expect("written");
}

/// Every first day has come.
const BEGUN: &str = "UPDATE quote SET request = JSON_SET(request, '$.effect_date', '2026-11-23')";

/// Every quote has run out.
const RUN_OUT: &str = "UPDATE quote SET expires_at = '2026-11-23 08:00:00'";

/// Every offer is over.
const OVER: &str = "UPDATE dossier SET offered_until = '2026-11-23 08:00:00'";

#[tokio::test]
async fn cover_that_would_have_begun_gets_another_first_day() {
    let app = patient().await;
    let (mut surfer, who) = (Surfer::new(&app), somebody("camille"));
    let page = begin(&app, &mut surfer, &quote(&app, "1990", "150000").await, &who).await;
    let recap = describe(&mut surfer, page).await;
    let loan = surfer.open(&format!("{}/pret/1", base(&recap.at))).await;
    let recap = fill(&mut surfer, &loan, &DECEMBER).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    // Nothing is signed or debited that was not received.
    for page in ["prelevement", "signature"] {
        let seen = surfer.open(&format!("{}/{page}", base(&recap.at))).await;
        assert_eq!(seen.heading(), RECAP, "{page}: {}", seen.body);
    }
    let account = fill(&mut surfer, &recap, &[("lu", "oui")]).await;
    let answers = [("titulaire", "Camille Martin"), ("iban", super::signing::IBAN), ("jour", "10")];
    let page = fill(&mut surfer, &account, &answers).await;
    let page = prepared(&mut surfer, page).await;
    let code = asked_code(&app, &mut surfer, &page, &who.1).await;
    midnight(&app, &mut [&mut surfer], &recap.at).await;
    let recap = act(&mut surfer, &page, &code).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    assert!(recap.says(TOMORROW), "{}", recap.body);
    assert_eq!(count(&app, CONTRACTS, &recap.at).await + count(&app, SIGNED, &recap.at).await, 0);
    let (state, _, acts) = written(&app, &recap.at).await;
    assert_eq!(state, "offer", "{acts:?}");
    let end = signs(&app, &mut surfer, &recap, &who.1).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let effect = "SELECT CAST(effect_on AS CHAR) FROM contract";
    assert_eq!(text(&app, effect).await, "2026-11-25", "the day after the signature");
}

#[tokio::test]
async fn what_one_of_two_signed_is_void_with_the_day_and_a_link_sent_again_voids_nothing() {
    let mut couple = Couple::begin(patient().await).await;
    let (mut second, recap, path) = couple.joined("fonctionnaire").await;
    let at = base(&recap.at);
    let loan = couple.first.open(&format!("{at}/pret/1")).await;
    let page = fill(&mut couple.first, &loan, &DECEMBER).await;
    let recap = protected(&mut couple.first, page).await;
    let mobile = couple.camille.1.clone();
    let signed = signs(&couple.app, &mut couple.first, &recap, &mobile).await;
    assert_eq!(count(&couple.app, SIGNED, &at).await, 1, "{}", signed.body);
    // The same invitation again: another link, and nothing else.
    let before = written(&couple.app, &at).await;
    couple.app.clock.advance(Duration::from_secs(60));
    couple.invite(&path).await;
    assert_eq!(written(&couple.app, &at).await, before);
    let page = second.open(&format!("{at}/signature")).await;
    assert!(page.says("Les documents à signer"), "{}", page.body);
    midnight(&couple.app, &mut [&mut couple.first, &mut second], &at).await;
    let recap = second.open(&page.at).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    assert!(recap.says(TOMORROW) && recap.says("Ce qui était signé ne compte plus"));
    assert_eq!(written(&couple.app, &at).await.0, "offer");
    let to = couple.camille.0.replace('@', "%40");
    eventually("the other is told", async || {
        let text = couple.app.get(&format!("/dev/messages.json?to={to}")).await.text().await;
        text.ok().filter(|text| text.contains("Des documents à signer de nouveau"))
    })
    .await;
    let seen = couple.first.open(&format!("{at}/signature")).await;
    assert_eq!(seen.heading(), RECAP, "{}", seen.body);
    assert_eq!(count(&couple.app, CONTRACTS, &at).await, 0);
}

#[tokio::test]
async fn an_offer_that_is_over_is_not_signed_and_says_so() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (who, page) = at_the_code(&app, &mut surfer).await;
    let code = asked_code(&app, &mut surfer, &page, &who.1).await;
    // A quote that has run out under an offer that has not is made again, before the act.
    change(&app, RUN_OUT).await;
    let recap = act(&mut surfer, &page, &code).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    assert!(recap.says("Votre devis avait expiré"), "{}", recap.body);
    assert_eq!(count(&app, CONTRACTS, &page.at).await, 0);
    change(&app, OVER).await;
    let closed = act(&mut surfer, &page, &code).await;
    assert_eq!(closed.heading(), "Ce dossier est fermé", "{}", closed.body);
    assert!(closed.says("Le délai de cette offre est passé"), "{}", closed.body);
    assert_eq!(written(&app, &page.at).await.0, "expired", "no sweep came by");
    assert_eq!(count(&app, CONTRACTS, &page.at).await, 0);
}

/// Everybody is seventy.
const SEVENTY: &str =
    "UPDATE quote SET request = JSON_SET(request, '$.insured[0].birth_date', '1956-11-01')";

/// Nobody has come by since yesterday.
const YESTERDAY: &str = "UPDATE dossier SET touched_at = '2026-11-22 08:00:00'";

#[tokio::test]
async fn who_has_become_too_old_is_told_so_by_a_closed_dossier() {
    let app = program().await;
    let (mut early, mut late) = (Surfer::new(&app), Surfer::new(&app));
    let who = somebody("camille");
    let named = begin(&app, &mut early, &quote(&app, "1990", "150000").await, &who).await;
    let page = begin(&app, &mut late, &quote(&app, "1990", "150000").await, &somebody("zoe")).await;
    let recap = describe(&mut late, page).await;
    change(&app, SEVENTY).await;
    change(&app, BEGUN).await;
    // Nothing is looked at twice a day, and an answer that is typed is priced anyway.
    let hub = early.open(&base(&named.at)).await;
    assert_eq!(hub.heading(), "Votre dossier", "{}", hub.body);
    change(&app, YESTERDAY).await;
    let hub = early.open(&base(&named.at)).await;
    assert_eq!(hub.heading(), "Ce dossier est fermé", "{}", hub.body);
    assert!(hub.says("Le temps a passé") && hub.says("aeras-infos.fr"), "{}", hub.body);
    let (state, _, acts) = written(&app, &named.at).await;
    assert_eq!(
        (state.as_str(), acts.last().map(String::as_str)),
        ("ineligible", Some("disqualify"))
    );
    // What was offered is taken back first: nothing of it can be signed.
    let closed = late.open(&recap.at).await;
    assert_eq!(closed.heading(), "Ce dossier est fermé", "{}", closed.body);
    let (state, version, acts) = written(&app, &recap.at).await;
    assert_eq!(state, "ineligible");
    assert_eq!(acts[acts.len() - 2..], ["change_facts", "disqualify"]);
    let reason = "SELECT reason FROM dossier_event WHERE act = 'disqualify' LIMIT 1";
    assert_eq!(text(&app, reason).await, "ELIG_AGE");
    late.open(&recap.at).await;
    assert_eq!(written(&app, &recap.at).await.1, version, "once");
}

#[tokio::test]
async fn a_payer_who_comes_too_late_concludes_nothing() {
    let mut pair = Pair::begin().await;
    pair.signs().await;
    let page = pair.typed(&mandate(&[])).await;
    pair.payer.submit(&page.form("/code")).await;
    let code = code(&pair.app, &pair.email).await;
    change(&pair.app, BEGUN).await;
    let form = page.form("/signer").with(&[("code", &code)]);
    pair.payer.submit(&form).await;
    assert_eq!(count(&pair.app, CONTRACTS, &pair.account.at).await, 0);
    let recap = pair.borrower.open(&pair.at("signature")).await;
    assert_eq!(recap.heading(), RECAP, "{}", recap.body);
    assert!(recap.says("Ce qui était signé ne compte plus"), "{}", recap.body);
    // The link opens again, for what it costs now.
    let again = pair.payer.open(&link(&pair.app, &pair.email, "/m/").await).await;
    assert_eq!(again.heading(), "Le mandat de prélèvement", "{}", again.body);
}

/// Says that the documents were received.
async fn receives(town: &Town, who: &str, told: &Told) -> Told {
    let path = format!("{}/documents-received", at_of(told));
    let headers = [("if-match", told.etag.as_str())];
    town.ask(who, ("POST", &path), &headers, None).await
}

#[tokio::test]
async fn a_program_is_told_to_read_again_what_time_has_changed() {
    let town = Town::start().await;
    let (anne, who) = (town.customer("anne"), somebody("anne"));
    let told = town.begin(&anne, &town.quote(&anne, 1992).await, &who).await;
    let told = town.describe(&anne, told).await;
    let at = at_of(&told);
    let account = || json!({ "holder": "Camille Martin", "iban": IBAN, "day": 10 });
    let unread = town.put_at(&anne, &format!("{at}/mandate"), account()).await;
    assert_eq!(unread.status, 409, "{}", unread.body);
    assert!(unread.body["detail"].as_str().is_some_and(|it| it.contains("reçu les documents")));
    let mut told = receives(&town, &anne, &told).await;
    assert_eq!(next(&told), format!("{at}/mandate"), "{}", told.body);
    assert_eq!(town.put_at(&anne, &format!("{at}/mandate"), account()).await.status, 200);
    let signature = format!("{at}/signature");
    for time in [BEGUN, RUN_OUT] {
        town.is(time).await;
        let stopped = town.get(&anne, &signature).await;
        assert_eq!(stopped.status, 409, "{}", stopped.body);
        let again = town.get(&anne, &at).await;
        assert_eq!(again.body["state"], "offer", "{}", again.body);
        assert_ne!(again.body["quote"], told.body["quote"], "a quote that can be signed");
        assert_eq!(again.body["offered_until"], told.body["offered_until"], "and no longer");
        assert_eq!(next(&again), format!("{at}/documents-received"));
        told = receives(&town, &anne, &again).await;
        assert_eq!(told.status, 200, "{}", told.body);
    }
    // What is received is what is true now.
    town.is(BEGUN).await;
    let stale = receives(&town, &anne, &told).await;
    assert_eq!((stale.status.as_u16(), pointers(&stale)), (409, vec!["/version"]));
    town.is(OVER).await;
    let over = town.get(&anne, &signature).await;
    assert_eq!(over.status, 410, "{}", over.body);
    assert_eq!(town.get(&anne, &at).await.body["state"], Value::from("expired"));
}
