//! From the account to the contract: one signature whatever is sent, documents that are sealed and their
//! owner's alone, and what follows in time.

use std::time::Duration;

use assurly::platform::digest::{hex as hexed, plain_sha256};
use reqwest::StatusCode;

use super::{another_code, begin, code, describe, fill, hex, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::{Seen, SeenForm, Surfer};
use crate::harness::{begun, eventually};
use crate::papers::templates::asked;

/// Looks at a page that prepares documents, a second and a half each, before that is a failure.
const LOOKS: u32 = 120;

pub(crate) const IBAN: &str = "FR76 3000 6000 0112 3456 7890 189";

/// Settings of a program that also does what is due.
pub(crate) const PROGRAM: [(&str, &str); 5] = [
    ("JOBS__RUN", "true"),
    ("JOBS__POLL_MS", "20"),
    ("JOBS__TEND_MS", "50"),
    // Typesetting is slow in a build for tests, on a machine that does much else.
    ("JOBS__TIMEOUT_S", "600"),
    ("JOBS__CLAIM_S", "3600"),
];

/// Such a program, on a database of its own: these tests move the clock.
pub(crate) async fn program() -> App {
    let database = TestDatabase::own().await;
    App::on_database(&database, &PROGRAM).await
}

/// From the recap to the end of the signature.
pub(crate) async fn signs(app: &App, surfer: &mut Surfer, recap: &Seen, mobile: &str) -> Seen {
    let page = fill(surfer, recap, &[("lu", "oui")]).await;
    assert_eq!(page.heading(), "Le compte à prélever", "{}", page.body);
    let account = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    let page = fill(surfer, &page, &account).await;
    let page = prepared(surfer, page).await;
    let code = asked_code(app, surfer, &page, mobile).await;
    act(surfer, &page, &code).await
}

/// A person whom the law protects, before the account (page 9); their address and the page.
pub(super) async fn at_the_account(app: &App, surfer: &mut Surfer) -> ((String, String), Seen) {
    let who = somebody("camille");
    let quote = quote(app, "1990", "150000").await;
    let page = begin(app, surfer, &quote, &who).await;
    let recap = describe(surfer, page).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let page = fill(surfer, &recap, &[("lu", "oui")]).await;
    assert_eq!(page.heading(), "Le compte à prélever", "{}", page.body);
    (who, page)
}

/// The same before the code (page 10).
pub(crate) async fn at_the_code(app: &App, surfer: &mut Surfer) -> ((String, String), Seen) {
    let (who, page) = at_the_account(app, surfer).await;
    let account = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    let page = fill(surfer, &page, &account).await;
    assert_eq!(page.heading(), "Signer", "{}", page.body);
    (who, prepared(surfer, page).await)
}

/// The page of the documents, once a job has made them.
pub(super) async fn prepared(surfer: &mut Surfer, mut page: Seen) -> Seen {
    let mut looks = 0;
    while page.says("Vos documents se préparent") {
        looks += 1;
        assert!(looks < LOOKS, "never prepared: {}", page.body);
        // Each look waits a moment by itself.
        page = surfer.open(&page.at).await;
    }
    assert!(page.says("Les documents à signer"), "{}", page.body);
    page
}

/// Asks for a code and reads it.
pub(super) async fn asked_code(
    app: &App,
    surfer: &mut Surfer,
    page: &Seen,
    mobile: &str,
) -> String {
    let old = newest(app, mobile).await;
    let form = page.form(&format!("{}/code", page.at));
    let seen = surfer.submit(&form).await;
    assert!(seen.says("Le code est parti"), "{}", seen.body);
    eventually("another code", async || {
        let code = code(app, mobile).await;
        (Some(&code) != old.as_ref()).then_some(code)
    })
    .await
}

async fn newest(app: &App, mobile: &str) -> Option<String> {
    Some(code(app, mobile).await)
}

/// The form of the act, filled.
pub(super) async fn act(surfer: &mut Surfer, page: &Seen, code: &str) -> Seen {
    let form = page.form(&page.at);
    surfer.submit(&form.with(&[("code", code)])).await
}

pub(super) async fn sign(app: &App, surfer: &mut Surfer) -> ((String, String), Seen) {
    let (who, page) = at_the_code(app, surfer).await;
    let code = asked_code(app, surfer, &page, &who.1).await;
    let end = act(surfer, &page, &code).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    (who, end)
}

pub(crate) fn base(at: &str) -> String {
    at.split('/').take(3).collect::<Vec<_>>().join("/")
}

pub(crate) async fn count(app: &App, sql: &'static str, at: &str) -> i64 {
    let id = hex(base(at).trim_start_matches("/d/dos_"));
    sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a count")
}

pub(super) const CONTRACTS: &str = "SELECT COUNT(*) FROM contract WHERE dossier_id = ?";
pub(super) const SIGNED: &str = "SELECT COUNT(*) FROM signature_signer s JOIN signature_ceremony c \
    ON c.id = s.ceremony_id WHERE c.subject_id = ? AND s.signed_at IS NOT NULL";

#[tokio::test]
async fn one_code_signs_everything_and_makes_one_contract() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (who, end) = sign(&app, &mut surfer).await;
    assert!(end.says("FR•• •••• 189") && !end.body.contains("3456"), "{}", end.body);
    assert_eq!(count(&app, CONTRACTS, &end.at).await, 1);
    let schedule = "SELECT COUNT(*) FROM contract_premium p JOIN contract c \
        ON c.id = p.contract_id WHERE c.dossier_id = ? AND DAY(due_on) = 10";
    assert_eq!(count(&app, schedule, &end.at).await, 240);
    eventually("the lender can have the certificate", async || {
        (written(&app, &end.at).await.0 == "bank").then_some(())
    })
    .await;
    let (_, _, acts) = written(&app, &end.at).await;
    for act in ["begin_signature", "conclude", "notify_bank"] {
        assert_eq!(acts.iter().filter(|one| *one == act).count(), 1, "{acts:?}");
    }
    // Each document, as it is served: sealed, intact, and those that were signed are the very bytes.
    let hashes: Vec<Vec<u8>> = sqlx::query_scalar("SELECT sha256 FROM signature_document")
        .fetch_all(app.opened().pool())
        .await
        .expect("rows");
    for name in ["conditions_particulieres", "mandat_sepa", "fiche_conseil"] {
        let pdf = surfer.open(&format!("{}/documents/{name}", base(&end.at))).await;
        assert_eq!(pdf.status, StatusCode::OK, "{name}");
        let bytes = file(&app, &surfer, &format!("{}/documents/{name}", base(&end.at))).await;
        assert!(hashes.contains(&plain_sha256(&bytes).to_vec()), "{name} is what was signed");
        let seal = asked("pdfsig", &["-nocert", "FILE"], &bytes);
        assert!(seal.contains("Signature is Valid."), "{name}: {seal}");
    }
    let proof = file(&app, &surfer, &format!("{}/documents/preuve_signature", base(&end.at))).await;
    let said = asked("pdftotext", &["-raw", "FILE", "-"], &proof);
    let squeezed: String = said.split_whitespace().collect();
    for hash in &hashes {
        let hash: [u8; 32] = hash.clone().try_into().expect("a hash");
        assert!(squeezed.contains(&hexed(&hash)), "{said}");
    }
    assert!(
        squeezed.contains("CamilleMartin") && !squeezed.contains(who.1.trim_start_matches('+'))
    );
    for name in ["attestation_preteur", "ipid", "notice"] {
        file(&app, &surfer, &format!("{}/documents/{name}", base(&end.at))).await;
    }
    // Back after the signature, and the form sent again: what is signed is shown, nothing is done.
    let back = surfer.open(&format!("{}/prelevement", base(&end.at))).await;
    assert_eq!(back.heading(), "C’est signé");
    let recap = surfer.open(&format!("{}/recapitulatif", base(&end.at))).await;
    assert_eq!(recap.heading(), "Votre contrat est signé", "{}", recap.body);
    for page in ["banque", "renoncer", "fin"] {
        surfer.open(&format!("{}/{page}", base(&end.at))).await;
    }
    surfer.go_back_everywhere().await;
    assert!(!end.body.contains("class=\"retour\""), "nothing leads back from the end");
    let mails = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'contracts/signed/%'";
    let mails: i64 =
        sqlx::query_scalar(mails).fetch_one(app.opened().pool()).await.expect("a count");
    assert_eq!(mails, 1);
}

/// The bytes of a document for this browser.
pub(crate) async fn file(app: &App, surfer: &Surfer, path: &str) -> Vec<u8> {
    let jar: Vec<_> = surfer.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = app.client.get(app.url(path)).header("cookie", jar.join("; "));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.bytes().await.expect("bytes").to_vec()
}

#[tokio::test]
async fn an_account_is_refused_with_the_reason_and_kept_sealed() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (_, page) = at_the_account(&app, &mut surfer).await;
    // The day is chosen on this page: the first debit is said of each.
    assert!(page.says("5 janvier 2027, 10 janvier 2027, 15 janvier 2027"), "{}", page.body);
    for (iban, reason) in [
        ("", "Indiquez l’IBAN"),
        ("FR76 3000 6000 0112 3456 7890 18", "il manque 1"),
        ("FR76 3000 6000 0112 3456 7890 1899", "il y en a 1 de trop"),
        ("FR77 3000 6000 0112 3456 7890 189", "comporte une erreur"),
        ("bonjour", "deux lettres et deux chiffres"),
        ("US76 3000 6000 0112 3456 7890 189", "zone SEPA"),
        ("FR76 3000 6000 011_", "que des lettres et des chiffres"),
    ] {
        let account = [("titulaire", "Camille Martin"), ("iban", iban), ("jour", "10")];
        let seen = fill(&mut surfer, &page, &account).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{iban}");
        let plain = seen.body.replace('\u{a0}', " ");
        assert!(plain.contains(reason), "{iban}: {plain}");
    }
    let account = [("titulaire", ""), ("iban", IBAN), ("jour", "31")];
    let seen = fill(&mut surfer, &page, &account).await;
    assert!(seen.says("Indiquez le titulaire") && seen.says("Choisissez le jour"));
    let account = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    fill(&mut surfer, &page, &account).await;
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("SELECT account FROM mandate")
        .fetch_all(app.opened().pool())
        .await
        .expect("rows");
    assert!(!String::from_utf8_lossy(&kept[0]).contains("30006000"));
    let again = surfer.open(&page.at).await;
    assert!(again.says("FR•• •••• 189") && !again.body.contains("0112 3456"), "{}", again.body);
    assert!(crate::harness::logs::holding("30006000").is_empty());
}

#[tokio::test]
async fn wrong_late_and_replayed_codes_sign_nothing() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (who, page) = at_the_code(&app, &mut surfer).await;
    assert!(page.says("Je vous charge de remettre à ma banque"), "{}", page.body);
    assert!(page.says("<dt>Début de l’assurance</dt>"), "{}", page.body);
    let early = act(&mut surfer, &page, "123456").await;
    assert!(early.says("Demandez d’abord un code"), "{}", early.body);
    let right = asked_code(&app, &mut surfer, &page, &who.1).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for (typed, says) in [
        ("", "Saisissez le code"),
        ("12", "6 chiffres"),
        (wrong, "Il reste 4 essais"),
        (wrong, "Il reste 3 essais"),
    ] {
        let seen = act(&mut surfer, &page, typed).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(seen.body.replace('\u{a0}', " ").contains(says), "{typed}: {}", seen.body);
    }
    app.clock.advance(Duration::from_secs(601));
    let late = act(&mut surfer, &page, &right).await;
    assert!(late.says("Ce code a expiré"), "{}", late.body);
    assert_eq!(count(&app, SIGNED, &page.at).await, 0);
    let fresh = asked_code(&app, &mut surfer, &page, &who.1).await;
    let wrong = if fresh == "000000" { "000001" } else { "000000" };
    let mut seen = act(&mut surfer, &page, wrong).await;
    while !seen.says("Signature bloquée") {
        assert!(seen.says("Il reste"), "{}", seen.body);
        seen = act(&mut surfer, &page, wrong).await;
    }
    let blocked = act(&mut surfer, &page, &fresh).await;
    assert_eq!(blocked.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(blocked.heading(), "Signature bloquée pendant 15 minutes", "{}", blocked.body);
    assert!(blocked.says("Vous pourrez recommencer à ") && blocked.says("Votre dossier est gardé"));
    assert!(blocked.says("Appelez-nous au 01 99 00 12 34"), "{}", blocked.body);
    let asks = surfer.submit(&page.form(&format!("{}/code", page.at))).await;
    assert_eq!(asks.status, StatusCode::TOO_MANY_REQUESTS, "{}", asks.body);
    app.clock.advance(Duration::from_secs(901));
    let last = asked_code(&app, &mut surfer, &page, &who.1).await;
    let old = act(&mut surfer, &page, &fresh).await;
    assert!(old.says("Il reste") || fresh == last, "{}", old.body);
    assert_eq!(act(&mut surfer, &page, &last).await.heading(), "C’est signé");
    // Replayed: the first answer, no second signature.
    assert_eq!(act(&mut surfer, &page, &last).await.heading(), "C’est signé");
    assert_eq!(count(&app, SIGNED, &page.at).await, 1);
}

#[tokio::test]
async fn a_code_by_email_signs_as_well_and_the_proof_says_so() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (who, page) = at_the_code(&app, &mut surfer).await;
    let by_email = page.form(&format!("{}/code", page.at)).with(&[("par", "email")]);
    let sent = surfer.submit(&by_email).await;
    assert!(sent.says("Le code est parti par e-mail") && sent.says("Code reçu par e-mail"));
    let code = code(&app, &who.0).await;
    // Tries are counted together, whichever way the code went.
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let seen = act(&mut surfer, &page, wrong).await;
    assert!(seen.says("Il reste 4 essais"), "{}", seen.body);
    app.clock.advance(Duration::from_secs(31));
    let sms = asked_code(&app, &mut surfer, &page, &who.1).await;
    let wrong = if sms == "000000" { "000001" } else { "000000" };
    assert!(act(&mut surfer, &page, wrong).await.says("Il reste 3 essais"));
    app.clock.advance(Duration::from_secs(31));
    surfer.submit(&by_email).await;
    let code = another_code(&app, &who.0, &code).await;
    let end = act(&mut surfer, &page, &code).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let path = format!("{}/documents/preuve_signature", base(&end.at));
    let said = asked("pdftotext", &["-raw", "FILE", "-"], &file(&app, &surfer, &path).await);
    assert!(said.contains("e-mail") && said.contains("•••@exemple.fr"), "{said}");
    assert!(!said.contains(&who.0), "the address itself is in nobody's proof: {said}");
}

#[tokio::test]
async fn sixty_four_at_once_are_one_signature_and_one_contract() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (who, page) = at_the_code(&app, &mut surfer).await;
    let code = asked_code(&app, &mut surfer, &page, &who.1).await;
    let jar: Vec<_> = surfer.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let form = page.form(&page.at).with(&[("code", &code)]);
    let send = || {
        app.client
            .post(app.url(&page.at))
            .header("cookie", jar.join("; "))
            .form(&form.values)
            .send()
    };
    let all: Vec<_> = (0..64).map(|_| begun(send())).collect();
    for one in all {
        let answer = one.await.expect("no panic").expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(answer.headers()["location"].to_str().expect("text").ends_with("/fin"));
    }
    assert_eq!(count(&app, CONTRACTS, &page.at).await, 1);
    assert_eq!(count(&app, SIGNED, &page.at).await, 1);
    let (_, _, acts) = written(&app, &page.at).await;
    assert_eq!(acts.iter().filter(|act| *act == "conclude").count(), 1);
}

#[tokio::test]
async fn nobody_else_sees_a_document_or_signs() {
    let app = program().await;
    let (mut owner, mut stranger) = (Surfer::new(&app), Surfer::new(&app));
    let (_, end) = sign(&app, &mut owner).await;
    let (_, other) = at_the_code(&app, &mut stranger).await;
    let pages = ["prelevement", "signature", "banque", "fin", "renoncer"];
    let papers = ["conditions_particulieres", "mandat_sepa", "preuve_signature", "notice"];
    let papers = papers.map(|name| format!("documents/{name}"));
    let all = pages.map(str::to_owned).into_iter().chain(papers);
    let mut nobody = Surfer::new(&app);
    for path in all {
        let path = format!("{}/{path}", base(&end.at));
        let seen = stranger.open(&path).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(nobody.open(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    // A way out of the folder does not get past the firewall; a name that is none is not there.
    let odd = format!("{}/documents/..%2Fcontract", base(&end.at));
    assert_eq!(owner.open(&odd).await.status, StatusCode::FORBIDDEN);
    let none = format!("{}/documents/contrat", base(&end.at));
    assert_eq!(owner.open(&none).await.status, StatusCode::NOT_FOUND);
    // A form without the session's word.
    let action = format!("{}/renoncer", base(&end.at));
    let values = [("jeton".to_owned(), "x".to_owned())].into();
    let sent = owner.submit(&SeenForm { action, values }).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN, "{}", sent.body);
    assert_eq!(count(&app, SIGNED, &other.at).await, 0);
    // The customer's area asks who is there.
    let area = nobody.open("/espace").await;
    assert!(area.at.starts_with("/pools/clients/"), "{}", area.at);
}

#[tokio::test]
async fn cover_begins_on_its_day_once_the_lender_has_accepted() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (_, end) = sign(&app, &mut surfer).await;
    let state = async |wanted: &str| {
        eventually(wanted, async || (written(&app, &end.at).await.0 == wanted).then_some(())).await;
    };
    state("bank").await;
    let bank = surfer.open(&format!("{}/banque", base(&end.at))).await;
    assert_eq!(bank.heading(), "Prévenir votre banque", "{}", bank.body);
    let mut form = bank.form(&format!("{}/reponse", bank.at));
    // Nothing is checked before somebody does.
    form.values.retain(|name, _| name == "jeton" || name.starts_with("quand"));
    let none = surfer.submit(&form.clone()).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = surfer.submit(&form.with(&[("reponse", "acceptee")])).await;
    assert!(said.says("Acceptée le"), "{}", said.body);
    assert_eq!(written(&app, &end.at).await.0, "bank");
    app.clock.advance(Duration::from_secs(70 * 86_400));
    state("in_force").await;
    let (_, _, acts) = written(&app, &end.at).await;
    assert_eq!(acts.iter().filter(|act| *act == "enter_into_force").count(), 1, "{acts:?}");
}

#[tokio::test]
async fn somebody_renounces_for_thirty_days_and_not_after() {
    let app = program().await;
    let (mut early, mut late) = (Surfer::new(&app), Surfer::new(&app));
    let (_, one) = sign(&app, &mut early).await;
    let (_, two) = sign(&app, &mut late).await;
    let page = early.open(&format!("{}/renoncer", base(&one.at))).await;
    let over = fill(&mut early, &page, &[]).await;
    assert_eq!(over.heading(), "Vous avez renoncé à ce contrat", "{}", over.body);
    assert_eq!(written(&app, &one.at).await.0, "withdrawn");
    let page = late.open(&format!("{}/renoncer", base(&two.at))).await;
    let past = "UPDATE contract SET withdraw_until = '2026-11-22'";
    sqlx::query(past).execute(app.opened().pool()).await.expect("written");
    let sent = fill(&mut late, &page, &[]).await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "{}", sent.body);
    assert_ne!(written(&app, &two.at).await.0, "withdrawn");
    let page = late.open(&format!("{}/renoncer", base(&two.at))).await;
    assert!(page.says("Le délai pour renoncer") && !page.says("Confirmer ma renonciation"));
}
