//! «Le compte est à quelqu’un d’autre»: the payer on a telephone of their own, who sees nothing of the
//! borrower; the borrower, who sees nothing of the account; one mandate and one contract, whoever is last.

use std::time::Duration;

use assurly::platform::digest::plain_sha256;
use reqwest::StatusCode;
use serde_json::json;

use super::api::{Town, base as at_of, pointers};
use super::signing::{
    CONTRACTS, IBAN, PROGRAM, SIGNED, act, asked_code, at_the_account, base, count, file, prepared,
};
use super::{another_code, code, fill, hex, link, somebody};
use crate::harness::app::App;
use crate::harness::begun;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::{Seen, Surfer};
use crate::harness::{eventually, typeset};
use crate::papers::templates::asked;

/// Our identifier as a creditor.
const CREDITOR: &str = "FR72ZZZ123456";

/// A program that does what is due and knows its identifier, on a database of its own: these tests move the
/// clock.
async fn program() -> App {
    let database = TestDatabase::own().await;
    let creditor = [("DOCUMENTS__INSURER__CREDITOR", CREDITOR)];
    App::on_database(&database, &[&PROGRAM[..], &creditor].concat()).await
}

/// A borrower before the code, a payer with a link.
pub(crate) struct Pair {
    pub(crate) app: App,
    pub(crate) borrower: Surfer,
    /// Contact of the borrower.
    pub(crate) camille: (String, String),
    pub(crate) payer: Surfer,
    pub(crate) email: String,
    /// Page 9.
    pub(crate) account: Seen,
    /// `/m/…`.
    pub(crate) link: String,
}

/// What the payer types, with these answers over it.
pub(crate) fn mandate<'a>(over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let sound = [
        ("titulaire", "Dominique Leroy"),
        ("voie", "8 quai du Port"),
        ("cp", "06000"),
        ("commune", "Nice"),
        ("pays", "France"),
        ("iban", IBAN),
        ("jour", "10"),
    ];
    [&sound[..], over].concat()
}

impl Pair {
    /// The borrower has asked, the link has arrived.
    pub(crate) async fn begin() -> Self {
        let app = program().await;
        let mut borrower = Surfer::new(&app);
        let (camille, account) = at_the_account(&app, &mut borrower).await;
        let email = somebody("dominique").0;
        let mut pair = Self {
            payer: Surfer::new(&app),
            link: String::new(),
            app,
            borrower,
            camille,
            email,
            account,
        };
        let seen = pair.ask().await;
        assert_eq!(seen.heading(), "Signer", "{}", seen.body);
        pair.link = link(&pair.app, &pair.email, "/m/").await;
        pair
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/{path}", base(&self.account.at))
    }

    /// The borrower sends the form of the payer.
    async fn ask(&mut self) -> Seen {
        let page = self.borrower.open(&self.at("titulaire")).await;
        assert_eq!(page.heading(), "Le titulaire du compte", "{}", page.body);
        let answers = [
            ("titulaire", "Dominique Leroi"),
            ("email", self.email.as_str()),
            ("lien", "parent"),
            ("jour", "10"),
        ];
        let form = page.form("/titulaire").with(&answers);
        self.borrower.submit(&form).await
    }

    /// The newest link, another one than the last.
    async fn another_link(&self) -> String {
        eventually("another link", async || {
            let found = link(&self.app, &self.email, "/m/").await;
            (found != self.link).then_some(found)
        })
        .await
    }

    /// The payer's page of the act, once their document is made.
    pub(crate) async fn typed(&mut self, answers: &[(&str, &str)]) -> Seen {
        let page = self.payer.open(&self.link.clone()).await;
        assert_eq!(page.heading(), "Le mandat de prélèvement", "{}", page.body);
        let mut seen = fill(&mut self.payer, &page, answers).await;
        assert_eq!(seen.heading(), "Signer le mandat", "{}", seen.body);
        while seen.says("Votre mandat se prépare") {
            // Each look waits a moment by itself.
            seen = self.payer.open(&seen.at).await;
        }
        seen
    }

    /// A code for the payer, another one than this.
    async fn payer_code(&mut self, page: &Seen, old: &str) -> String {
        let sent = self.payer.submit(&page.form("/code")).await;
        assert!(sent.says("Le code est parti par e-mail"), "{}", sent.body);
        another_code(&self.app, &self.email, old).await
    }

    pub(crate) async fn gives(&mut self, answers: &[(&str, &str)]) -> Seen {
        let page = self.typed(answers).await;
        let code = self.payer_code(&page, "").await;
        let form = page.form("/signer").with(&[("code", &code)]);
        self.payer.submit(&form).await
    }

    /// The borrower signs what is theirs.
    pub(crate) async fn signs(&mut self) -> Seen {
        let page = self.borrower.open(&self.at("signature")).await;
        let page = prepared(&mut self.borrower, page).await;
        let mobile = self.camille.1.clone();
        let code = asked_code(&self.app, &mut self.borrower, &page, &mobile).await;
        act(&mut self.borrower, &page, &code).await
    }

    pub(crate) async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::MySql> + sqlx::Type<sqlx::MySql>,
    {
        let id = hex(base(&self.account.at).trim_start_matches("/d/dos_"));
        let query = sqlx::query_scalar(sql).bind(id);
        query.fetch_one(self.app.opened().pool()).await.expect("a row")
    }

    pub(crate) async fn letters(&self, event: &'static str) -> i64 {
        let sql = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE ?";
        let query = sqlx::query_scalar(sql).bind(format!("{event}%"));
        query.fetch_one(self.app.opened().pool()).await.expect("a count")
    }
}

#[tokio::test]
async fn the_mandate_is_known_with_its_references_before_anything_is_typed() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (_, page) = at_the_account(&app, &mut surfer).await;
    let rum = |page: &Seen| {
        let place = page.body.find("ASL-").expect("a reference");
        page.body[place..].chars().take_while(|c| *c != '<').collect::<String>()
    };
    assert!(page.says("Identifiant du créancier") && page.body.contains(CREDITOR), "{}", page.body);
    let first = rum(&page);
    assert!(first.len() <= 35 && first.ends_with("-1"), "{first}");
    assert_eq!(rum(&surfer.open(&page.at).await), first, "drawn once");
    assert!(page.says("Le compte est à quelqu’un d’autre"), "{}", page.body);
}

#[tokio::test]
async fn the_borrower_first_then_the_payer_concludes_the_contract() {
    let mut pair = Pair::begin().await;
    let waiting = pair.signs().await;
    assert!(waiting.says("lien envoyé à Dominique Leroi, en attente"), "{}", waiting.body);
    assert!(waiting.says("le titulaire du compte son mandat"), "{}", waiting.body);
    assert!(!waiting.says("Mandat de prélèvement SEPA"), "the mandate is not theirs to sign");
    assert_eq!(count(&pair.app, CONTRACTS, &pair.account.at).await, 0);
    // What the payer is shown: who asks and what is debited, and no more of the borrower.
    let page = pair.payer.open(&pair.link.clone()).await;
    for words in ["Camille Martin vous demande", "Premier prélèvement", "huit semaines", CREDITOR]
    {
        assert!(page.says(words), "{words}: {}", page.body);
    }
    for hidden in ["Lilas", "59000", "Banque du Nord", "150\u{202f}000", &pair.camille.0, "dos_"] {
        assert!(!page.body.contains(hidden), "{hidden}: {}", page.body);
    }
    assert_eq!(page.headers["cache-control"], "no-store");
    let done = pair.gives(&mandate(&[])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    assert!(done.says("FR•• •••• 189") && !done.body.contains("0112"), "{}", done.body);
    assert_eq!(count(&pair.app, CONTRACTS, &pair.account.at).await, 1);
    let identity: String = pair.one("SELECT identity FROM contract WHERE dossier_id = ?").await;
    assert_eq!(identity, "pending", "who pays and is not insured is looked at by somebody");
    let row = "SELECT CONCAT(state, ' ', rum) FROM mandate WHERE dossier_id = ?";
    let row: String = pair.one(row).await;
    assert!(row.starts_with("signed ASL-") && row.ends_with("-2"), "{row}");
    let rum = row.trim_start_matches("signed ").to_owned();
    shows_the_borrower_a_name_and_no_account(&mut pair).await;
    is_the_payers_own(&mut pair, &rum).await;
}

/// The pages, the documents and the proof of the borrower.
async fn shows_the_borrower_a_name_and_no_account(pair: &mut Pair) {
    let end = pair.borrower.open(&pair.at("fin")).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    assert!(
        end.says("compte de Dominique Leroy") && !end.body.contains("•••• 189"),
        "{}",
        end.body
    );
    let theirs = pair.borrower.open(&pair.at("documents/mandat_sepa")).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let path = pair.at("documents/preuve_signature");
    let proof =
        asked("pdftotext", &["-raw", "FILE", "-"], &file(&pair.app, &pair.borrower, &path).await);
    assert!(proof.contains("Dominique Leroy") && proof.contains("e-mail"), "{proof}");
    assert!(!proof.contains("•••@") && !proof.contains("FR76"), "{proof}");
    let mandate = "SELECT HEX(d.sha256) FROM signature_document d JOIN signature_ceremony c \
        ON c.id = d.ceremony_id JOIN mandate_payer p ON p.id = c.subject_id \
        WHERE p.dossier_id = ? AND c.completed_at IS NOT NULL";
    let mandate: String = pair.one(mandate).await;
    let squeezed: String = proof.split_whitespace().collect();
    assert!(squeezed.contains(&mandate.to_lowercase()), "{proof}");
    assert_eq!(pair.letters("contracts/signed/").await, 1);
}

/// The document is in the payer's name, sealed, and what they signed.
async fn is_the_payers_own(pair: &mut Pair, rum: &str) {
    let bytes = file(&pair.app, &pair.payer, &format!("{}/mandat", pair.link)).await;
    let said = asked("pdftotext", &["-raw", "FILE", "-"], &bytes);
    for words in ["Dominique Leroy", "8 quai du Port", "FR76 3000", rum, "Récurrent"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("Lille") && !said.contains("Camille"), "{said}");
    assert!(asked("pdfsig", &["-nocert", "FILE"], &bytes).contains("Signature is Valid."));
    let hash = "SELECT d.sha256 FROM signature_document d JOIN signature_ceremony c \
        ON c.id = d.ceremony_id JOIN mandate_payer p ON p.id = c.subject_id WHERE p.dossier_id = ?";
    let hash: Vec<u8> = pair.one(hash).await;
    assert_eq!(plain_sha256(&bytes).to_vec(), hash);
    // For anybody else with the link there is nothing but that.
    let mut other = Surfer::new(&pair.app);
    let seen = other.open(&pair.link).await;
    assert_eq!(
        (seen.status, seen.heading()),
        (StatusCode::GONE, "Ce mandat est déjà signé".into())
    );
    assert!(!seen.body.contains("Leroy") && !seen.body.contains(rum), "{}", seen.body);
    let pdf = other.open(&format!("{}/mandat", pair.link)).await;
    assert_eq!(pdf.status, StatusCode::GONE);
    assert_eq!(pair.letters("contracts/payer-kept/").await, 1);
    // A day later not even for their own browser.
    pair.app.clock.advance(Duration::from_secs(86_401));
    assert_eq!(pair.payer.open(&pair.link.clone()).await.status, StatusCode::GONE);
    // Sealed wherever it is kept, and in no log.
    let kept: Vec<u8> = pair.one("SELECT person FROM mandate_payer WHERE dossier_id = ?").await;
    let kept = String::from_utf8_lossy(&kept).into_owned();
    assert!(!kept.contains("30006000") && !kept.contains("Leroy"));
    assert!(crate::harness::logs::holding("30006000").is_empty());
    assert!(crate::harness::logs::holding(pair.link.trim_start_matches("/m/")).is_empty());
}

#[tokio::test]
async fn the_payer_first_on_another_day_then_the_borrower_signs_that_day() {
    let mut pair = Pair::begin().await;
    let page = pair.borrower.open(&pair.at("signature")).await;
    let before = prepared(&mut pair.borrower, page).await;
    let mobile = pair.camille.1.clone();
    let code = asked_code(&pair.app, &mut pair.borrower, &before, &mobile).await;
    let done = pair.gives(&mandate(&[("jour", "15")])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    assert_eq!(count(&pair.app, CONTRACTS, &pair.account.at).await, 0);
    assert_eq!(pair.letters("contracts/payer-given/").await, 1);
    // What was read before is not signed.
    let page = act(&mut pair.borrower, &before, &code).await;
    assert_eq!(count(&pair.app, SIGNED, &pair.account.at).await, 0, "{}", page.body);
    let page = pair.borrower.open(&pair.at("signature")).await;
    let page = prepared(&mut pair.borrower, page).await;
    assert!(page.says("signé par Dominique Leroy, compte enregistré"), "{}", page.body);
    assert!(page.says("Une autre personne paie"), "{}", page.body);
    let end = act(&mut pair.borrower, &page, &code).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let days = "SELECT COUNT(*) FROM contract_premium p JOIN contract c ON c.id = p.contract_id \
        WHERE c.dossier_id = ? AND DAY(due_on) = 15";
    assert_eq!(count(&pair.app, days, &pair.account.at).await, 240);
    // Renouncing ends the mandate, and who gave it is told.
    let leave = pair.borrower.open(&pair.at("renoncer")).await;
    let form = leave.form("/renoncer");
    pair.borrower.submit(&form.with(&[("confirme", "oui")])).await;
    let state: String = pair.one("SELECT state FROM mandate WHERE dossier_id = ?").await;
    assert_eq!(state, "revoked");
    assert_eq!(pair.letters("contracts/payer-released/").await, 1);
}

#[tokio::test]
async fn what_the_payer_types_is_refused_with_the_reason_and_wrong_codes_give_nothing() {
    let mut pair = Pair::begin().await;
    let page = pair.payer.open(&pair.link.clone()).await;
    for (field, value, says) in [
        ("iban", "", "Indiquez l’IBAN"),
        ("iban", "FR76 3000 6000 0112 3456 7890 198", "comporte une erreur"),
        ("iban", "US76 3000", "zone SEPA"),
        ("titulaire", "", "Indiquez le titulaire"),
        ("voie", "", "Indiquez le numéro et la rue"),
        ("jour", "31", "Choisissez le jour"),
    ] {
        let seen = fill(&mut pair.payer, &page, &mandate(&[(field, value)])).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {value}");
        assert!(seen.says(says), "{field}: {}", seen.body);
    }
    let page = pair.typed(&mandate(&[])).await;
    let right = pair.payer_code(&page, "").await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for (typed, says) in
        [("", "Saisissez le code"), ("12", "6 chiffres"), (wrong, "Il reste 4 essais")]
    {
        let seen = pair.payer.submit(&page.form("/signer").with(&[("code", typed)])).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(seen.says(says), "{typed}: {}", seen.body);
    }
    // Another account was typed since: what was read is not signed, its code is still good.
    let newer = pair.typed(&mandate(&[("commune", "Antibes")])).await;
    let seen = pair.payer.submit(&page.form("/signer").with(&[("code", &right)])).await;
    assert!(seen.says("Le mandat a changé entre-temps"), "{}", seen.body);
    pair.app.clock.advance(Duration::from_secs(601));
    let late = pair.payer.submit(&newer.form("/signer").with(&[("code", &right)])).await;
    assert!(late.says("Ce code a expiré"), "{}", late.body);
    let fresh = pair.payer_code(&newer, &right).await;
    // Sent many times at once: one signature.
    let form = newer.form("/signer").with(&[("code", &fresh)]);
    let jar: Vec<_> =
        pair.payer.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let send = || {
        let request = pair.app.client.post(pair.app.url(&form.action));
        request.header("cookie", jar.join("; ")).form(&form.values).send()
    };
    let all: Vec<_> = (0..16).map(|_| begun(send())).collect();
    for one in all {
        let answer = one.await.expect("no panic").expect("an answer");
        let is_done = answer.status() == StatusCode::SEE_OTHER || answer.status() == StatusCode::OK;
        assert!(is_done, "{}", answer.status());
    }
    let signed = "SELECT COUNT(*) FROM signature_signer s JOIN mandate_payer p \
        ON p.id = s.signer_id WHERE p.dossier_id = ? AND s.signed_at IS NOT NULL";
    assert_eq!(pair.one::<i64>(signed).await, 1);
    assert_eq!(pair.letters("contracts/payer-kept/").await, 1);
}

#[tokio::test]
async fn a_link_is_for_one_person_once_and_for_fourteen_days() {
    let mut pair = Pair::begin().await;
    let gone = |seen: &Seen| {
        assert_eq!(seen.status, StatusCode::GONE, "{}", seen.body);
        assert!(seen.says("Ce lien a déjà servi ou a expiré"), "{}", seen.body);
    };
    gone(&pair.payer.open("/m/nothing").await);
    // Typed on one telephone; another one with the same link begins again and reads nothing of it.
    pair.typed(&mandate(&[])).await;
    let mut thief = Surfer::new(&pair.app);
    let seen = thief.open(&format!("{}/signer", pair.link)).await;
    assert_eq!(seen.heading(), "Le mandat de prélèvement", "{}", seen.body);
    assert!(!seen.body.contains("quai du Port"), "{}", seen.body);
    gone(&thief.open(&format!("{}/mandat", pair.link)).await);
    // The link of another dossier, with this one's cookie.
    let mut other = Pair::begin().await;
    other.payer.jar.clone_from(&pair.payer.jar);
    gone(&other.payer.open(&pair.link).await);
    let seen = other.payer.open(&format!("{}/signer", other.link)).await;
    assert_eq!(seen.heading(), "Le mandat de prélèvement", "{}", seen.body);
    // Only who began the dossier asks; a form of another site does nothing.
    let stranger = other.borrower.open(&pair.at("titulaire")).await;
    assert_ne!(stranger.status, StatusCode::OK);
    pair.payer.says.push(("sec-fetch-site", "cross-site".to_owned()));
    let page = pair.payer.open(&pair.link.clone()).await;
    let seen = pair.payer.submit(&page.form("/pas-moi")).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN, "{}", seen.body);
    pair.payer.says.pop();
    // The same demand sends nothing; another link takes the place of the first.
    pair.ask().await;
    assert_eq!(pair.letters("contracts/payer/").await, 1);
    pair.app.clock.advance(Duration::from_secs(1));
    let page = pair.borrower.open(&pair.at("titulaire")).await;
    let seen = pair.borrower.submit(&page.form("/titulaire/lien")).await;
    assert!(seen.says("Un nouveau lien est parti"), "{}", seen.body);
    let newer = pair.another_link().await;
    gone(&pair.payer.open(&pair.link.clone()).await);
    assert_eq!(pair.payer.open(&newer).await.status, StatusCode::OK);
    pair.app.clock.advance(Duration::from_secs(14 * 86_400 + 1));
    gone(&pair.payer.open(&newer).await);
}

#[tokio::test]
async fn not_me_closes_the_link_and_ones_own_account_withdraws_it() {
    let mut pair = Pair::begin().await;
    let page = pair.payer.open(&pair.link.clone()).await;
    let seen = pair.payer.submit(&page.form("/pas-moi")).await;
    assert_eq!(seen.heading(), "Merci de nous l’avoir dit", "{}", seen.body);
    assert_eq!(pair.letters("contracts/payer-declined/").await, 1);
    // Told again: nobody is written to twice.
    pair.payer.submit(&page.form("/pas-moi")).await;
    assert_eq!(pair.letters("contracts/payer-declined/").await, 1);
    assert_eq!(pair.payer.open(&pair.link.clone()).await.status, StatusCode::GONE);
    let seen = pair.borrower.open(&pair.at("signature")).await;
    assert_eq!(seen.heading(), "Le titulaire du compte", "{}", seen.body);
    assert!(seen.says("Dominique Leroi ne le donne pas"), "{}", seen.body);
    // Asked again, given, then withdrawn: who gave it is told, and is known no more.
    pair.app.clock.advance(Duration::from_secs(1));
    pair.ask().await;
    pair.link = pair.another_link().await;
    let done = pair.gives(&mandate(&[])).await;
    assert_eq!(done.heading(), "Votre mandat est signé", "{}", done.body);
    let page = pair.borrower.open(&pair.at("titulaire")).await;
    let seen = pair.borrower.submit(&page.form("/titulaire/retirer")).await;
    assert_eq!(seen.heading(), "Le compte à prélever", "{}", seen.body);
    assert!(!seen.body.contains("Leroy") && !seen.body.contains("•••• 189"), "{}", seen.body);
    assert_eq!(pair.letters("contracts/payer-released/").await, 1);
    assert_eq!(pair.payer.open(&pair.link.clone()).await.status, StatusCode::GONE);
    // Their own account, without an IBAN to be taken over from anybody.
    let bare = [("titulaire", "Camille Martin"), ("iban", ""), ("jour", "10")];
    let refused = fill(&mut pair.borrower, &seen, &bare).await;
    assert!(refused.says("Indiquez l’IBAN"), "{}", refused.body);
    let own = [("titulaire", "Camille Martin"), ("iban", IBAN), ("jour", "10")];
    let page = fill(&mut pair.borrower, &seen, &own).await;
    assert_eq!(page.heading(), "Signer", "{}", page.body);
    let end = pair.signs().await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let identity: String = pair.one("SELECT identity FROM contract WHERE dossier_id = ?").await;
    assert_eq!(identity, "ok");
    let pdf = file(&pair.app, &pair.borrower, &pair.at("documents/mandat_sepa")).await;
    assert!(asked("pdftotext", &["-raw", "FILE", "-"], &pdf).contains("Camille Martin"));
}

#[tokio::test]
async fn the_borrower_says_who_pays_and_it_is_not_themselves() {
    let app = program().await;
    let mut surfer = Surfer::new(&app);
    let (camille, account) = at_the_account(&app, &mut surfer).await;
    let page = surfer.open(&format!("{}/titulaire", base(&account.at))).await;
    let sound = [
        ("titulaire", "Dominique Leroy"),
        ("email", "dominique@exemple.fr"),
        ("lien", "parent"),
        ("jour", "10"),
    ];
    for (field, value, says) in [
        ("titulaire", "", "Indiquez le titulaire"),
        ("email", "dominique", "doit contenir un @"),
        ("email", camille.0.as_str(), "pas celle d’une personne assurée"),
        ("lien", "", "qui est cette personne"),
        ("jour", "", "Choisissez le jour"),
    ] {
        let form = page.form("/titulaire").with(&sound).with(&[(field, value)]);
        let seen = surfer.submit(&form).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {value}");
        assert!(seen.says(says), "{field}: {}", seen.body);
    }
    // So many links in an hour, and no more.
    let mut sent = 0;
    loop {
        let name = format!("Dominique {}", "Leroy".repeat(sent + 1));
        let form = page.form("/titulaire").with(&sound).with(&[("titulaire", &name)]);
        if surfer.submit(&form).await.says("Beaucoup de liens") {
            break;
        }
        sent += 1;
        assert!(sent <= 6, "no end to the links");
    }
    assert_eq!(sent, 6);
    // What was asked for is forgotten a month after its link.
    app.clock.advance(Duration::from_secs(45 * 86_400));
    eventually("nobody is known any more", async || {
        let sql = "SELECT COUNT(*) FROM mandate_payer";
        let left: i64 = sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.ok()?;
        (left == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_program_asks_another_holder_and_is_told_how_far_they_are() {
    let town = Town::start().await;
    let (anne, who) = (town.customer("anne"), somebody("anne"));
    let told = town.begin(&anne, &town.quote(&anne, 1992).await, &who).await;
    let told = town.describe(&anne, told).await;
    let at = at_of(&told);
    let received = format!("{at}/documents-received");
    let headers = [("if-match", told.etag.as_str())];
    town.ask(&anne, ("POST", &received), &headers, None).await;
    let path = format!("{at}/mandate/holder");
    let mandate = format!("{at}/mandate");
    assert_eq!(town.get(&anne, &mandate).await.status, 404);
    let email = somebody("dominique").0;
    let ask = |email: &str, tie: &str| json!({ "holder": "Dominique Leroy", "email": email, "tie": tie, "day": 10 });
    let put = async |body| town.ask(&anne, ("PUT", &path), &[], Some(body)).await;
    let refused = put(ask(&who.0, "voisin")).await;
    assert_eq!((refused.status.as_u16(), pointers(&refused)), (422, vec!["/email", "/tie"]));
    for _ in 0..2 {
        let asked = put(ask(&email, "parent")).await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        assert_eq!(asked.body["state"], "waiting_for_holder", "{}", asked.body);
        assert!(asked.body.get("account").is_none(), "{}", asked.body);
    }
    // Anne signs; what is left is the mandate.
    let signature = format!("{at}/signature");
    let ready = typeset("documents", async || {
        let told = town.get(&anne, &signature).await;
        (told.body["state"] == "ready").then_some(told)
    })
    .await;
    assert_eq!(ready.body["documents"].as_array().map(Vec::len), Some(4), "{}", ready.body);
    town.ask(&anne, ("POST", &format!("{signature}/code")), &[], None).await;
    let sms = code(&town.app, &who.1).await;
    let act =
        json!({ "ceremony": ready.body["ceremony"], "code": sms, "documents_received": true });
    for _ in 0..2 {
        let signed = town.ask(&anne, ("POST", &signature), &[], Some(act.clone())).await;
        assert_eq!(signed.body["state"], "waiting_for_holder", "{}", signed.body);
    }
    goes_on_without_them(&town, (&anne, &email), &at).await;
}

/// Another link, «Ce n’est pas moi», and the customer's own account; of a stranger, nothing.
async fn goes_on_without_them(town: &Town, (anne, email): (&str, &str), at: &str) {
    let (mandate, path) = (format!("{at}/mandate"), format!("{at}/mandate/holder"));
    let mut payer = Surfer::new(&town.app);
    let found = link(&town.app, email, "/m/").await;
    let bob = town.customer("bob");
    for (method, path) in
        [("GET", mandate.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/link"))]
    {
        assert_eq!(town.ask(&bob, (method, &path), &[], None).await.status, 404, "{path}");
    }
    town.app.clock.advance(Duration::from_secs(1));
    let again = town.ask(anne, ("POST", &format!("{path}/link")), &[], None).await;
    assert_eq!(again.body["state"], "waiting_for_holder", "{}", again.body);
    assert_eq!(payer.open(&found).await.status, StatusCode::GONE);
    let newer = eventually("another link", async || {
        let newer = link(&town.app, email, "/m/").await;
        (newer != found).then_some(newer)
    })
    .await;
    let page = payer.open(&newer).await;
    payer.submit(&page.form("/pas-moi")).await;
    assert_eq!(town.get(anne, &mandate).await.body["state"], "declined");
    for _ in 0..2 {
        assert_eq!(town.ask(anne, ("DELETE", &path), &[], None).await.status, 204);
    }
    assert_eq!(town.get(anne, &mandate).await.status, 404);
    let own = json!({ "holder": "Camille Martin", "iban": IBAN, "day": 10 });
    let kept = town.ask(anne, ("PUT", &mandate), &[], Some(own)).await;
    assert_eq!(
        (&kept.body["state"], &kept.body["account"]),
        (&json!("draft"), &json!("FR•• •••• 189"))
    );
}
