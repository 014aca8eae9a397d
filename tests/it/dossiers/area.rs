//! The customer's area: what was signed on a telephone, without an account, is there once its holder has
//! proven their address; and the ways out of it.

use std::time::Duration;

use reqwest::StatusCode;

use super::downloads::is_what_is_listed;
use super::signing::{base, program, sign};
use super::{another_code, code, fill, link, somebody, written};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::logs::holding;
use crate::harness::surfer::{Seen, SeenForm, Surfer};

/// Long, and of no list.
pub(super) const PASSWORD: &str = "fougère tambour lézard 41";

/// Sets a password for this address by the letter that «mot de passe oublié» sends, and logs in.
pub(super) async fn logged_in(app: &App, email: &str) -> Surfer {
    let mut surfer = Surfer::new(app);
    let page = surfer.open("/pools/clients/forgot").await;
    surfer.send(&page, "/forgot", &[("email", email)]).await;
    let link = link_of_pool(app, email, "/pools/clients/reset?").await;
    let page = surfer.open(&link).await;
    surfer.send(&page, "/reset", &[("password", PASSWORD)]).await;
    let mut surfer = Surfer::new(app);
    let login = surfer.open("/pools/clients/account").await;
    let seen = surfer.send(&login, "/login", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}: {}", seen.at, seen.body);
    surfer
}

/// The link of a letter of the pool that begins so.
async fn link_of_pool(app: &App, email: &str, begins: &str) -> String {
    let path = format!("/dev/messages.json?to={}", email.replace('@', "%40"));
    eventually("a link of the pool", async || {
        let text = app.get(&path).await.text().await.ok()?;
        let rest = &text[text.find(begins)?..];
        Some(rest[..rest.find(['"', '\\', ' '])?].replace("&amp;", "&"))
    })
    .await
}

/// The link of the letter that says that it is signed, and its code.
pub(super) async fn prove_address(app: &App, who: &(String, String)) -> Seen {
    let mut laptop = Surfer::new(app);
    let old = code(app, &who.1).await;
    let path = link(app, &who.0, "/r/").await;
    app.clock.advance(Duration::from_secs(31));
    let page = laptop.open(&path).await;
    let page = laptop.submit(&page.form(&path)).await;
    assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
    let sms = another_code(app, &who.1, &old).await;
    fill(&mut laptop, &page, &[("code", &sms)]).await
}

#[tokio::test]
async fn what_was_signed_without_an_account_is_found_in_it_and_left_by_it() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, end) = sign(&app, &mut phone).await;
    // No account has this address: one is made. Then there is one without a password.
    let first = |href: &str| format!("<a class=\"bouton\" href=\"{href}\">");
    assert!(end.body.contains(&first("/pools/clients/signup")), "{}", end.body);
    // What is signed is not corrected any more.
    let contact = phone.open(&format!("{}/contact", base(&end.at))).await;
    assert_eq!(contact.heading(), "C’est signé", "{}", contact.body);
    let shown = prove_address(&app, &who).await;
    assert_eq!(shown.heading(), "C’est signé", "{}", shown.body);
    let owned = phone.open(&end.at).await;
    assert!(owned.body.contains("href=\"/pools/clients/forgot\""), "{}", owned.body);
    assert!(owned.body.contains(&first("/espace")), "{}", owned.body);
    let mut customer = logged_in(&app, &who.0).await;
    let home = customer.open("/espace").await;
    assert_eq!(home.heading(), "Mon espace", "{}", home.body);
    assert!(home.says("Prochain prélèvement"), "{}", home.body);
    let at = home.body.split("href=\"/espace/contrats/").nth(1).expect("a contract");
    let at = format!("/espace/contrats/{}", at.split('"').next().expect("its end"));
    let contract = customer.open(&at).await;
    assert!(contract.heading().contains("<span class=\"ref\">CT-2026-"), "it is not broken");
    assert!(contract.says("240 prélèvements") && contract.says("Compte prélevé"));
    for covered in ["Camille Martin, 100", "Arrêt de travail (ITT)", "150 000", "3,45"] {
        assert!(contract.says(covered), "{covered}: {}", contract.body);
    }
    let csv = customer.open(&format!("{at}/echeancier.csv")).await;
    assert_eq!(csv.body.lines().count(), 241, "a line for each month, and their names");
    let pdf = customer.open(&format!("{at}/documents/conditions_particulieres")).await;
    assert_eq!(
        (pdf.status, &pdf.headers["content-type"] == "application/pdf"),
        (StatusCode::OK, true)
    );
    assert!(contract.says("PDF, "), "sizes: {}", contract.body);
    let all = customer.open(&format!("{at}/documents.zip")).await;
    assert_eq!(
        (all.status, &all.headers["content-type"] == "application/zip"),
        (StatusCode::OK, true)
    );
    is_what_is_listed(&app, &mut customer, &contract, &format!("{at}/documents.zip")).await;
    is_kept_in_the_vault(&app, &mut customer, &at).await;
    let data = customer.open("/espace/donnees.json").await;
    assert!(data.body.contains("\"premiums\"") && !data.body.contains("30006000"));
    is_not_for_others(&app, &at).await;
    leaves(&mut customer, &at).await;
    // Thirty days to renounce, by the area as by the dossier.
    let page = customer.open(&format!("{at}/renoncer")).await;
    let over = customer.submit(&page.form("/renoncer")).await;
    assert_eq!(over.at, at, "{}", over.body);
    assert!(!over.says("Renoncer à mon contrat"), "{}", over.body);
    assert_eq!(written(&app, &base(&end.at)).await.0, "withdrawn");
    let again = customer.open(&format!("{at}/renoncer")).await;
    assert!(!again.says("Confirmer ma renonciation"), "{}", again.body);
}

/// Each document with its day, format and size, by contract; each opening leaves a line that says by whom.
async fn is_kept_in_the_vault(app: &App, customer: &mut Surfer, at: &str) {
    let home = customer.open("/espace").await;
    assert!(home.body.contains("href=\"/espace/documents\""), "{}", home.body);
    let vault = customer.open("/espace/documents").await;
    assert_eq!(vault.heading(), "Mes documents", "{}", vault.body);
    assert_eq!(vault.body.matches("<tr><th scope=\"row\">").count(), 7, "{}", vault.body);
    let (day, size) = ("<td>23\u{a0}novembre 2026</td>", "<td>PDF, ");
    assert_eq!(vault.body.matches(size).count(), 7, "all were opened: {}", vault.body);
    assert_eq!(vault.body.matches(day).count(), 7, "{}", vault.body);
    assert!(!vault.body.contains("<select"), "one contract is no choice");
    is_what_is_listed(app, customer, &vault, &format!("{at}/documents.zip")).await;
    let id = at.trim_start_matches("/espace/contrats/");
    let said = |words: &str| {
        let lines = holding(words).into_iter().filter(|line| line.to_string().contains(id));
        lines.filter(|line| line.to_string().contains("\"by\":\"")).collect::<Vec<_>>()
    };
    let opened = said("a document was opened by its owner");
    assert!(opened.iter().any(|line| line.to_string().contains("mandat_sepa")), "{opened:?}");
    assert_eq!(said("all documents were taken by their owner").len(), 3);
    // Another contract of theirs: both are shown, or the one that is chosen.
    for row in [
        "INSERT INTO contract (id, dossier_id, number, ceremony_id, quote_id, owner, content, \
            effect_on, concluded_at, withdraw_until, identity) SELECT UNHEX(REPEAT('2', 32)), \
            UNHEX(REPEAT('3', 32)), 'CT-2026-7654321-0', UNHEX(REPEAT('4', 32)), quote_id, owner, \
            content, effect_on, concluded_at, withdraw_until, identity FROM contract",
        "INSERT INTO signature_ceremony (id, subject_id, round, version, opened_at, completed_at) \
            SELECT UNHEX(REPEAT('4', 32)), UNHEX(REPEAT('3', 32)), 1, version, opened_at, \
            completed_at FROM signature_ceremony LIMIT 1",
        "INSERT INTO bank_request (contract_id, version, state, agency, loan_number, \
            old_contract, effect_on, reason) SELECT UNHEX(REPEAT('2', 32)), version, state, \
            agency, loan_number, old_contract, effect_on, reason FROM bank_request",
    ] {
        sqlx::query(row).execute(app.opened().pool()).await.expect("a row");
    }
    let both = customer.open("/espace/documents").await;
    assert_eq!(both.body.matches("<h2>Contrat ").count(), 2, "{}", both.body);
    let one = customer.open(&format!("/espace/documents?contrat={id}")).await;
    assert_eq!(one.body.matches("<h2>Contrat ").count(), 1, "{}", one.body);
    assert!(one.body.contains(&format!("value=\"{id}\" selected")), "{}", one.body);
    for row in [
        "DELETE FROM contract WHERE number = 'CT-2026-7654321-0'",
        "DELETE FROM bank_request WHERE contract_id = UNHEX(REPEAT('2', 32))",
    ] {
        sqlx::query(row).execute(app.opened().pool()).await.expect("a row");
    }
}

/// Somebody who signed without an account, and opens one later with the same address: the contract waits
/// there for a code by SMS, is nobody's before it, and is not there for another address.
#[tokio::test]
async fn a_contract_is_found_by_the_account_of_its_address_and_a_code() {
    let app = program().await;
    let mut phone = Surfer::new(&app);
    let (who, _) = sign(&app, &mut phone).await;
    let old = code(&app, &who.1).await;
    let mut customer = registered(&app, &who.0).await;
    let own = customer.open("/pools/clients/account").await;
    assert!(own.body.contains("<a class=\"bouton\" href=\"/espace\">"), "{}", own.body);
    let home = customer.open("/espace").await;
    assert!(home.says("Contrat à retrouver") && !home.says("Aucun contrat"), "{}", home.body);
    assert!(!home.body.contains("/espace/contrats/"), "not before the code");
    let found = waiting(&home);
    is_not_found_by(&app, &found).await;
    app.clock.advance(Duration::from_secs(31));
    let asked = customer.submit(&found).await;
    assert_eq!(asked.heading(), "Le code reçu par SMS", "{}", asked.body);
    assert!(!asked.says("Étape 1 sur 6"), "nothing is a step any more: {}", asked.body);
    assert!(!customer.open("/espace").await.body.contains("/espace/contrats/"));
    let sms = another_code(&app, &who.1, &old).await;
    let shown = fill(&mut customer, &asked, &[("code", &sms)]).await;
    assert_eq!(shown.heading(), "C’est signé", "{}", shown.body);
    let home = customer.open("/espace").await;
    assert!(home.body.contains("/espace/contrats/"), "{}", home.body);
    assert!(!home.says("Contrat à retrouver"), "{}", home.body);
}

/// What was begun and not signed is gone on with from the account.
#[tokio::test]
async fn a_dossier_is_gone_on_with_from_the_account() {
    let app = program().await;
    let (mut phone, who) = (Surfer::new(&app), somebody("brouillon"));
    let quote = super::quote(&app, "1992", "150000").await;
    super::begin(&app, &mut phone, &quote, &who).await;
    let old = code(&app, &who.1).await;
    let mut customer = registered(&app, &who.0).await;
    let home = customer.open("/espace").await;
    assert!(home.says("Dossier à terminer"), "{}", home.body);
    app.clock.advance(Duration::from_secs(31));
    let asked = customer.submit(&waiting(&home)).await;
    let sms = another_code(&app, &who.1, &old).await;
    let hub = fill(&mut customer, &asked, &[("code", &sms)]).await;
    assert!(hub.at.starts_with("/d/"), "{}: {}", hub.at, hub.body);
    // It is theirs now, and still waits there.
    assert!(customer.open("/espace").await.says("Dossier à terminer"));
}

/// The form of the dossier that waits in the area.
pub(super) fn waiting(home: &Seen) -> SeenForm {
    let found = home.forms().into_iter().find(|one| one.action.starts_with("/espace/dossiers/"));
    found.expect("a dossier that waits")
}

/// Signs up by the form, and confirms the address by the code of its letter.
pub(super) async fn registered(app: &App, email: &str) -> Surfer {
    let mut surfer = Surfer::new(app);
    let page = surfer.open("/pools/clients/signup").await;
    surfer.send(&page, "/signup", &[("email", email), ("password", PASSWORD)]).await;
    let letter = link_of_pool(app, email, "/pools/clients/confirm?").await;
    let page = surfer.open(&letter).await;
    let seen = surfer.send(&page, "/confirm", &[]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}: {}", seen.at, seen.body);
    surfer
}

/// Another account, and nobody, with the form of somebody else's page.
async fn is_not_found_by(app: &App, found: &SeenForm) {
    let other = somebody("autre");
    let mut stranger = registered(app, &other.0).await;
    let home = stranger.open("/espace").await;
    assert!(home.says("Aucun contrat pour l’instant"), "{}", home.body);
    let refused = stranger.submit(found).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "another session's word: {}", refused.body);
    // With a word of their own, it is not there.
    let account = stranger.open("/pools/clients/account").await;
    let word = account.forms()[0].values["jeton"].clone();
    let forged = found.clone().with(&[("jeton", &word)]);
    let seen = stranger.submit(&forged).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.body);
}

/// The demand to end it: refused with the reason, shown again before it is asked, acknowledged.
async fn leaves(customer: &mut Surfer, at: &str) {
    let page = customer.open(&format!("{at}/resilier")).await;
    assert_eq!(page.heading(), "Résilier votre contrat", "{}", page.body);
    let empty = fill(customer, &page, &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.says("Indiquez pourquoi vous résiliez"), "{}", empty.body);
    let past = [("motif", "autre"), ("fin_j", "1"), ("fin_m", "3"), ("fin_a", "2020")];
    let late = fill(customer, &page, &past).await;
    assert!(late.says("La date de fin ne peut pas être passée"), "{}", late.body);
    let wanted = [("motif", "autre"), ("fin_j", "1"), ("fin_m", "mars"), ("fin_a", "2027")];
    let recap = fill(customer, &page, &wanted).await;
    assert!(recap.says("Une autre raison") && recap.says("1er mars 2027"), "{}", recap.body);
    let mut form = recap.form("");
    form.action = recap.at.clone();
    let asked = customer.submit(&form).await;
    assert!(asked.says("Vous avez demandé la fin du contrat au 1er mars 2027"), "{}", asked.body);
    assert!(asked.says("l’accord de votre banque") && asked.says("Écrivez-nous"), "{}", asked.body);
    let page = customer.open("/resiliation").await;
    assert!(page.says("en trois étapes") && !page.says("vendu sur ce site"), "{}", page.body);
    assert!(page.body.contains("<a href=\"/espace\">"), "{}", page.body);
}

/// Somebody else with an account of their own finds nothing there.
async fn is_not_for_others(app: &App, at: &str) {
    let other = somebody("autre");
    let mut nobody = Surfer::new(app);
    let seen = nobody.open(at).await;
    assert!(seen.at.starts_with("/pools/clients/"), "{}", seen.at);
    let mut phone = Surfer::new(app);
    let quote = super::quote(app, "1992", "150000").await;
    super::begin(app, &mut phone, &quote, &other).await;
    prove_address(app, &other).await;
    let mut stranger = logged_in(app, &other.0).await;
    for path in
        ["", "/echeancier.csv", "/documents.zip", "/documents/notice", "/renoncer", "/resilier"]
    {
        let seen = stranger.open(&format!("{at}{path}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}: {}", seen.body);
    }
    let filtered = at.replace("/espace/contrats/", "/espace/documents?contrat=");
    assert_eq!(stranger.open(&filtered).await.status, StatusCode::NOT_FOUND);
    let vault = stranger.open("/espace/documents").await;
    assert!(vault.says("Aucun document pour l’instant"), "{}", vault.body);
    let home = stranger.open("/espace").await;
    assert!(home.says("Dossier à terminer") && !home.body.contains("/espace/contrats/"));
}
