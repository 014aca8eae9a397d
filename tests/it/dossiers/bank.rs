//! «Prévenir votre banque», from the dossier and from the area: the letter is read before it is dated and corrected
//! until it leaves; the lender's answer has a day and a refusal a reason; who began the dossier speaks, the other
//! person reads; and a lender that is late is said to be.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::api::Town;
use super::area::{logged_in, prove_address};
use super::couple::Couple;
use super::serving::running;
use super::signing::{PROGRAM, act, asked_code, base, file, prepared, program, signs};
use super::{begin, describe_since, fill, quote_over, somebody, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};
use crate::papers::templates::asked;

pub(super) const DEMAND: [(&str, &str); 5] = [
    ("agence", "1 place de la Mairie, 35000 Rennes"),
    ("n_pret", "P-42"),
    ("effet_j", "1"),
    ("effet_m", "2"),
    ("effet_a", "2027"),
];

/// A contract that replaces an insurance: who signed it, and its dossier.
pub(super) async fn replaced(app: &App, phone: &mut Surfer) -> ((String, String), String) {
    let over = [("projet", "encours"), ("duree", "15"), ("restant", "120 000")];
    let (who, quote) = (somebody("camille"), quote_over(app, "1990", "150000", &over).await);
    let page = begin(app, phone, &quote, &who).await;
    let recap = describe_since(phone, page, "2023").await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let end = signs(app, phone, &recap, &who.1).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    (who, base(&end.at))
}

/// The form whose address ends so, with these answers and no others.
pub(super) async fn answer(
    surfer: &mut Surfer,
    page: &Seen,
    action: &str,
    over: &[(&str, &str)],
) -> Seen {
    let mut form = page.form(action);
    form.values.retain(|name, _| name == "jeton");
    surfer.submit(&form.with(over)).await
}

/// What is said on this day of November.
pub(super) fn on<'a>(said: &'a str, day: &'a str) -> [(&'a str, &'a str); 4] {
    [("reponse", said), ("quand_j", day), ("quand_m", "11"), ("quand_a", "2026")]
}

/// The words of the letter, without spaces.
async fn letter(app: &App, surfer: &Surfer, at: &str) -> String {
    let pdf = file(app, surfer, &format!("{at}/documents/lettre_banque")).await;
    squeezed(&asked("pdftotext", &["-raw", "FILE", "-"], &pdf))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[tokio::test]
async fn the_letter_is_read_then_dated_and_corrected_until_the_bank_has_it() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (_, at) = replaced(&app, &mut phone).await;
    let page = phone.open(&format!("{at}/banque")).await;
    assert!(!page.says("Où en est votre banque"), "nothing was asked: {}", page.body);
    let read = answer(&mut phone, &page, "/banque", &DEMAND).await;
    assert_eq!(read.heading(), "Vérifiez la lettre", "{}", read.body);
    assert!(read.says("P-42") && read.says("1er février 2027"), "{}", read.body);
    let again = phone.open(&page.at).await;
    assert!(again.says("Préparer la demande"), "it is not dated: {}", again.body);
    let typed = phone.submit(&read.form("/banque").with(&[("action", "corriger")])).await;
    assert!(typed.body.contains("value=\"P-42\""), "{}", typed.body);
    let dated = phone.submit(&read.form("/banque").with(&[("action", "dater")])).await;
    assert!(dated.says("datée du 23 novembre 2026"), "{}", dated.body);
    let first = letter(&app, &phone, &at).await;
    // The page has the words of the paper.
    let shown: Vec<_> = read.body.split("<p>").filter(|one| one.contains("L313-32")).collect();
    assert_eq!(shown.len(), 1, "{}", read.body);
    for words in [
        "vousdisposezdedixjoursouvrés",
        "Jevousdemanded’accepter,enremplacement",
        "Jevouspriedemepréciserceuxquevousexigez",
    ] {
        assert!(first.contains(words) && squeezed(&read.body).contains(words), "{words}: {first}");
    }
    // A number was wrong.
    let page = phone.open(&format!("{at}/banque?corriger=oui")).await;
    assert!(page.body.contains("value=\"P-42\""), "{}", page.body);
    let read = answer(
        &mut phone,
        &page,
        "/banque",
        &[&DEMAND[..1], &[("n_pret", "P-43")], &DEMAND[2..]].concat(),
    )
    .await;
    let dated = phone.submit(&read.form("/banque").with(&[("action", "dater")])).await;
    let second = letter(&app, &phone, &at).await;
    assert!(first.contains("P-42") && second.contains("P-43") && !second.contains("P-42"));
    // The bank has it: another form that was left open changes nothing.
    let had = answer(&mut phone, &dated, "/reponse", &on("recue", "23")).await;
    assert!(had.says("au plus tard le 7 décembre 2026"), "{}", had.body);
    assert!(!had.says("Corriger la demande"), "{}", had.body);
    let late = read.form("/banque").with(&[("action", "dater"), ("n_pret", "P-44")]);
    let late = phone.submit(&late).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    assert!(letter(&app, &phone, &at).await.contains("P-43"));
}

#[tokio::test]
async fn the_owner_follows_the_bank_from_the_area_to_its_refusal() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, at) = replaced(&app, &mut phone).await;
    prove_address(&app, &who).await;
    let mut owner = logged_in(&app, &who.0).await;
    let home = owner.open("/espace").await;
    assert!(home.says("Demande à préparer"), "{}", home.body);
    let place = home
        .body
        .split("href=\"")
        .find(|one| one.starts_with("/espace/contrats/") && one.contains("/banque"));
    let path = place.and_then(|one| one.split('"').next()).expect("a way to the bank").to_owned();
    let page = owner.open(&path).await;
    assert_eq!(page.heading(), "Prévenir votre banque", "{}", page.body);
    let read = answer(&mut owner, &page, "/banque", &DEMAND).await;
    let dated = owner.submit(&read.form("/banque").with(&[("action", "dater")])).await;
    assert_eq!(dated.at, path, "{}", dated.body);
    // A day or two later.
    app.clock.advance(Duration::from_secs(600));
    for (said, words) in [
        (&on("recue", "24"), "Le jour ne peut pas être après aujourd’hui"),
        (&on("recue", "22"), "Le jour doit être le 23 novembre 2026 ou après"),
        (&on("refusee", "23"), "Indiquez pourquoi la banque refuse"),
        (&on("", "23"), "Indiquez ce que la banque a fait"),
    ] {
        let seen = answer(&mut owner, &dated, "/reponse", said).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(seen.says(words), "{words}: {}", seen.body);
    }
    let had = answer(&mut owner, &dated, "/reponse", &on("recue", "23")).await;
    assert!(had.says("Reçue par la banque le 23 novembre 2026"), "{}", had.body);
    let told = format!("/dev/messages.json?to={}", who.0.replace('@', "%40"));
    eventually("the letter leads back to the page", async || {
        app.get(&told).await.text().await.ok()?.contains(&path).then_some(())
    })
    .await;
    // It wants another paper: no refusal, and its days do not run.
    let back =
        [&on("refusee", "23")[..], &[("raison", "DOSSIER_INCOMPLET"), ("motif", "La notice")]];
    let back = answer(&mut owner, &had, "/reponse", &back.concat()).await;
    assert!(back.says("Il manque une pièce") && back.says("La notice"), "{}", back.body);
    assert!(!back.says("7 décembre 2026"), "{}", back.body);
    assert_eq!(written(&app, &at).await.0, "bank");
    let no = [&on("refusee", "23")[..], &[("raison", "CCSF_11"), ("motif", "Dos non couvert")]];
    let no = answer(&mut owner, &back, "/reponse", &no.concat()).await;
    for words in [
        "Votre banque refuse",
        "affections dorsales",
        "Dos non couvert",
        "Nous répondons pour vous",
        "renoncer à ce contrat",
    ] {
        assert!(no.says(words), "{words}: {}", no.body);
    }
    assert_eq!(written(&app, &at).await.0, "bank_refused");
    let home = owner.open("/espace").await;
    assert!(home.says("Refus du 23 novembre 2026") && !home.says("Prochain prélèvement"));
    never_begins(&app, &phone, &mut owner, (&at, &path)).await;
    changes_its_mind(&app, &mut owner, no, &at).await;
    let mut nobody = Surfer::new(&app);
    assert!(nobody.open(&path).await.at.starts_with("/pools/clients/"));
}

/// It was a mistake; then it was not; then the lender accepts after all.
async fn changes_its_mind(app: &App, owner: &mut Surfer, no: Seen, at: &str) {
    let back = answer(owner, &no, "/reponse", &[("reponse", "pas_refusee")]).await;
    assert!(back.says("Demande préparée et datée") && !back.says("Votre banque refuse"));
    assert_eq!(written(app, at).await.0, "bank");
    let had = answer(owner, &back, "/reponse", &on("recue", "23")).await;
    assert!(had.says("au plus tard le 7 décembre 2026"), "{}", had.body);
    let refusal = [&on("refusee", "23")[..], &[("raison", "CCSF_11")]].concat();
    let no = answer(owner, &had, "/reponse", &refusal).await;
    assert!(no.says("Votre banque change d’avis"), "{}", no.body);
    let yes = answer(owner, &no, "/reponse", &on("acceptee", "23")).await;
    assert!(yes.says("Acceptée le 23 novembre 2026") && !yes.says("Votre banque refuse"));
    assert_eq!(written(app, at).await.0, "bank");
    assert!(owner.open("/espace").await.says("Prochain prélèvement"));
}

/// No page says of a refused contract that it begins or that anything is debited.
async fn never_begins(app: &App, phone: &Surfer, owner: &mut Surfer, (at, bank): (&str, &str)) {
    let end = file(app, phone, &format!("{at}/fin")).await;
    let end = String::from_utf8(end).expect("a page");
    assert!(end.contains("Elle ne commence pas") && !end.contains("Premier prélèvement"), "{end}");
    let page = owner.open(bank.trim_end_matches("/banque")).await;
    assert!(page.says("Rien n’est prélevé pour ce contrat"), "{}", page.body);
    assert!(!page.says("Télécharger l’échéancier"), "{}", page.body);
}

/// Both sign; the second person's browser with the word of its forms, and the dossier.
pub(super) async fn both_sign(couple: &mut Couple) -> (Surfer, String, String) {
    let (mut second, page, _) = couple.joined("fonctionnaire").await;
    let at = base(&page.at);
    let recap = couple.first.open(&format!("{at}/recapitulatif")).await;
    let waits = signs(&couple.app, &mut couple.first, &recap, &couple.camille.1).await;
    assert_ne!(waits.heading(), "C’est signé", "the other person has not: {}", waits.body);
    let read = second.open(&page.at).await;
    let word = read.forms().into_iter().find_map(|one| one.values.get("jeton").cloned());
    let word = word.expect("the word of their session");
    let page = fill(&mut second, &read, &[("lu", "oui")]).await;
    let page = prepared(&mut second, page).await;
    let sms = asked_code(&couple.app, &mut second, &page, &couple.sam.1).await;
    let end = act(&mut second, &page, &sms).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    (second, word, at)
}

#[tokio::test]
async fn only_who_began_speaks_for_the_bank_and_renounces() {
    let database = TestDatabase::own().await;
    let mut couple = Couple::begin(App::on_database(&database, &PROGRAM).await).await;
    let (mut second, word, at) = both_sign(&mut couple).await;
    eventually("the bank's turn", async || {
        (written(&couple.app, &at).await.0 == "bank").then_some(())
    })
    .await;
    let mine = couple.first.open(&format!("{at}/banque")).await;
    let theirs = second.open(&format!("{at}/banque")).await;
    assert!(theirs.says("Camille Martin a ouvert le dossier"), "{}", theirs.body);
    assert!(theirs.forms().is_empty(), "there is nothing to send: {}", theirs.body);
    let end = second.open(&format!("{at}/fin")).await;
    assert!(!end.says("Renoncer à mon contrat") && end.says("Camille Martin peut renoncer"));
    let page = second.open(&format!("{at}/renoncer")).await;
    assert!(!page.says("Confirmer ma renonciation"), "{}", page.body);
    assert!(page.says("Appelez-nous au"), "what they can do: {}", page.body);
    // Forms of the other person with the word of their own session, made by hand.
    let own = couple.first.open(&format!("{at}/renoncer")).await.form("/renoncer");
    let answers = mine.form("/reponse");
    for (form, refusal) in
        [(own, "Vous ne pouvez pas renoncer ici"), (answers, "Vous ne pouvez pas répondre ici")]
    {
        let said = [&on("refusee", "23")[..], &[("raison", "OTHER"), ("motif", "x")]].concat();
        let mut form = form.with(&said);
        form.values.insert("jeton".to_owned(), word.clone());
        let sent = second.submit(&form).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{}", sent.body);
        assert_eq!(sent.heading(), refusal, "{}", sent.body);
    }
    assert_eq!(written(&couple.app, &at).await.0, "bank");
    let said = answer(&mut couple.first, &mine, "/reponse", &on("acceptee", "23")).await;
    assert!(said.says("Acceptée le 23 novembre 2026"), "{}", said.body);
}

/// How many messages have an event that begins so.
async fn told(town: &Town, event: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE ?";
    let query = sqlx::query_scalar(sql).bind(format!("contracts/{event}/%"));
    query.fetch_one(town.app.opened().pool()).await.expect("a count")
}

#[tokio::test]
async fn a_demand_that_comes_back_is_corrected_and_sent_and_told_again() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let path = format!("{}/lender", town.signed(&anne, running()).await);
    let (delivery, answer) = (format!("{path}/delivery"), format!("{path}/answer"));
    let demand = |number: &str| json!({ "agency": "prets@banque-du-nord.example", "loan_number": number, "effect_on": "2027-02-01" });
    assert_eq!(town.put_at(&anne, &path, demand("P-42")).await.status, 200);
    assert_eq!(town.ask(&anne, ("POST", &delivery), &[], None).await.status, 200);
    let other = town.put_at(&anne, &path, demand("P-43")).await;
    assert_eq!(other.status, 409, "it has left: {}", other.body);
    let had = json!({ "answer": "received", "on": "2026-11-23" });
    let had = town.ask(&anne, ("POST", &answer), &[], Some(had)).await;
    assert_eq!(had.body["state"], "received", "{}", had.body);
    // Two days later it wants something else.
    town.app.clock.set("2026-11-25T09:00:00Z".parse().expect("an instant"));
    let anne = town.customer_now("anne");
    let back = json!({ "answer": "refused", "on": "2026-11-25", "reason_code": "DOSSIER_INCOMPLET", "reason": "Le bon numéro" });
    let back = town.ask(&anne, ("POST", &answer), &[], Some(back)).await;
    assert_eq!(
        (&back.body["state"], &back.body["reason_code"]),
        (&json!("sent"), &json!("DOSSIER_INCOMPLET")),
        "{}",
        back.body
    );
    assert!(back.body["answered_on"].is_null(), "that is no answer: {}", back.body);
    let early = json!({ "answer": "received", "on": "2026-11-24" });
    let early = town.ask(&anne, ("POST", &answer), &[], Some(early)).await;
    assert_eq!(early.status, 422, "before it came back: {}", early.body);
    let other = town.put_at(&anne, &path, demand("P-43")).await;
    assert_eq!(other.status, 200, "{}", other.body);
    for gone in ["reason_code", "reason", "delivered_at"] {
        assert!(other.body[gone].is_null(), "{gone}: {}", other.body);
    }
    for _ in 0..2 {
        let sent = town.ask(&anne, ("POST", &delivery), &[], None).await;
        assert!(sent.body["delivered_at"].is_string(), "{}", sent.body);
    }
    assert_eq!(told(&town, "bank-demand").await, 2, "once for each demand");
    let late = town.put_at(&anne, &path, demand("P-44")).await;
    assert_eq!(late.status, 409, "it has left again: {}", late.body);
    let had = json!({ "answer": "received", "on": "2026-11-25" });
    let had = town.ask(&anne, ("POST", &answer), &[], Some(had)).await;
    assert_eq!(had.body["answer_due"], "2026-12-09", "{}", had.body);
    assert_eq!(told(&town, "bank-received").await, 2, "once for each day");
}

#[tokio::test]
async fn a_lender_is_late_after_ten_business_days_with_holidays_among_them() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = town.signed(&anne, running()).await;
    let path = format!("{contract}/lender");
    let demand = json!({ "agency": "1 place de la Mairie", "loan_number": "P-42", "effect_on": "2027-02-01" });
    assert_eq!(town.put_at(&anne, &path, demand).await.status, 200);
    // Said on the Tuesday after a Friday: Christmas and the first of January are no business days.
    town.app.clock.set("2026-12-22T09:00:00Z".parse().expect("an instant"));
    let anne = town.customer_now("anne");
    let said = json!({ "answer": "received", "on": "2026-12-18" });
    let said = town.ask(&anne, ("POST", &format!("{path}/answer")), &[], Some(said)).await;
    assert_eq!(
        (&said.body["received_on"], &said.body["answer_due"]),
        (&json!("2026-12-18"), &json!("2027-01-05")),
        "{}",
        said.body
    );
    let due = "SELECT CAST(due_at AS CHAR) FROM job WHERE kind = 'contracts.bank'";
    let due: String =
        sqlx::query_scalar(due).fetch_one(town.app.opened().pool()).await.expect("a job");
    // The first moment of the next day in Paris.
    assert!(due.starts_with("2027-01-05 23:00:00"), "{due}");
    town.app.clock.set("2027-01-05T22:59:50Z".parse().expect("an instant"));
    let anne = town.customer_now("anne");
    assert_eq!(town.get(&anne, &path).await.body["state"], "received");
    town.app.clock.set("2027-01-05T23:00:01Z".parse().expect("an instant"));
    let anne = town.customer_now("anne");
    eventually("the lender is late", async || {
        (town.get(&anne, &path).await.body["state"] == "late").then_some(())
    })
    .await;
    let told = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'contracts/bank-late/%'";
    let told: i64 =
        sqlx::query_scalar(told).fetch_one(town.app.opened().pool()).await.expect("a count");
    assert_eq!(told, 1, "once");
    // Late, it may still accept.
    let said = json!({ "answer": "accepted", "on": "2027-01-05" });
    let said = town.ask(&anne, ("POST", &format!("{path}/answer")), &[], Some(said)).await;
    assert_eq!(said.body["state"], "accepted", "{}", said.body);
}

/// The schedule that is signed is the quote's, month by month, and the paper says the same total.
#[tokio::test]
async fn the_schedule_of_a_contract_is_that_of_its_quote() {
    let town = Town::start().await;
    let anne = town.customer("anne");
    let contract = town.signed(&anne, crate::quotes::project()).await;
    let result: Value = {
        let sql = "SELECT CAST(q.result AS CHAR) FROM quote q JOIN contract c ON c.quote_id = q.id";
        let text: String =
            sqlx::query_scalar(sql).fetch_one(town.app.opened().pool()).await.expect("a quote");
        serde_json::from_str(&text).expect("JSON")
    };
    let id: String = sqlx::query_scalar("SELECT LOWER(HEX(quote_id)) FROM contract")
        .fetch_one(town.app.opened().pool())
        .await
        .expect("a contract");
    let quote = town.get(&anne, &format!("/v1/quotes/quo_{id}?include=schedule")).await;
    let rows = quote.body["project"]["schedule"]
        .as_array()
        .or_else(|| quote.body["result"]["project"]["schedule"].as_array());
    let rows = rows.expect("a table").clone();
    let kept: Vec<(u32, i64, i64)> = sqlx::query_as(
        "SELECT month, premium_cents, outstanding_cents FROM contract_premium ORDER BY month",
    )
    .fetch_all(town.app.opened().pool())
    .await
    .expect("rows");
    assert_eq!(kept.len(), 240);
    let quoted: Vec<_> = rows
        .iter()
        .map(|row| {
            let cents = |name: &str| row[name].as_i64().expect("cents");
            let month = u32::try_from(cents("month")).expect("a month");
            (month, cents("premium_cents"), cents("outstanding_cents"))
        })
        .collect();
    assert_eq!(kept, quoted);
    let total: i64 = kept.iter().map(|row| row.1).sum();
    assert_eq!(Some(total), result["project"]["total_cents"].as_i64(), "{result}");
    let path = format!("{contract}/documents/conditions_particulieres");
    let pdf = town.app.client.get(town.app.url(&path)).header("authorization", &anne);
    let pdf = pdf.send().await.expect("an answer").bytes().await.expect("bytes");
    let text = squeezed(&asked("pdftotext", &["-raw", "FILE", "-"], &pdf));
    let written =
        squeezed(&assurly::kernel::french::euros(assurly::kernel::money::Cents::new(total)));
    assert!(text.contains(&format!("Coûttotal{written}")), "{written}: {text}");
}
