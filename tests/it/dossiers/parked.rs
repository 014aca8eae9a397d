//! A form that arrives after the session's end: nothing is retyped, and nobody else ever sees it.

use std::path::Path;
use std::time::Duration;

use assurly::platform::crypto::Keyring;

use super::couple::{BIRTH, Couple};
use super::{another_code, begin, code, describe, fill, health, hex, link, quote, somebody};
use crate::harness::app::{App, HEALTH_KEYRING, KEYRING};
use crate::harness::database::TestDatabase;
use crate::harness::logs;
use crate::harness::surfer::{Seen, Surfer};

const MINUTE: Duration = Duration::from_secs(60);

const OVER: &str = "Votre session est terminée";

const KEPT: &str = "Vos réponses sont gardées";

const NAMES: [(&str, &str); 3] =
    [("prenom", "Philomène"), ("nom", "Quatrebarbes"), ("lieu", "Lille, France")];

async fn app() -> App {
    App::on_database(&TestDatabase::own().await, &[]).await
}

/// Somebody on the page of their names, with a browser and the SMS that they had.
struct Late {
    surfer: Surfer,
    who: (String, String),
    sms: String,
    page: Seen,
}

async fn late(app: &App, name: &str, year: &str) -> Late {
    let (mut surfer, who) = (Surfer::new(app), somebody(name));
    let page = begin(app, &mut surfer, &quote(app, year, "150 000").await, &who).await;
    let sms = code(app, &who.1).await;
    Late { surfer, who, sms, page }
}

impl Late {
    fn base(&self) -> String {
        self.page.at.split('/').take(3).collect::<Vec<_>>().join("/")
    }

    /// They answer the page when their session is over.
    async fn answer_too_late(&mut self, app: &App, answers: &[(&str, &str)]) -> Seen {
        app.clock.advance(31 * MINUTE);
        fill(&mut self.surfer, &self.page, answers).await
    }

    /// By the link and the code, in this browser: where they are led.
    async fn come_back(&mut self, app: &App, mut browser: Surfer) -> (Surfer, Seen) {
        let over = browser.open(&self.base()).await;
        assert_eq!(over.heading(), OVER, "{}", over.body);
        browser.submit(&over.form("/lien")).await;
        let page = browser.open(&link(app, &self.who.0, "/r/").await).await;
        let page = browser.submit(&page.form("")).await;
        assert_eq!(page.heading(), "Le code reçu par SMS", "{}", page.body);
        self.sms = another_code(app, &self.who.1, &self.sms).await;
        let seen = fill(&mut browser, &page, &[("code", &self.sms)]).await;
        (browser, seen)
    }
}

/// What is kept: of whom, for which page, and the sealed form.
async fn kept(app: &App) -> Vec<(Vec<u8>, String, Vec<u8>)> {
    let query = sqlx::query_as("SELECT insured_id, page, sealed FROM dossier_parked");
    query.fetch_all(app.opened().pool()).await.expect("rows")
}

async fn named(app: &App, base: &str) -> i64 {
    let id = hex(base.split("dos_").nth(1).expect("a dossier"));
    let sql = "SELECT COUNT(*) FROM dossier_insured WHERE dossier_id = ? \
        AND CAST(person AS CHAR) LIKE '%Quatrebarbes%'";
    sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a count")
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn what_arrives_after_the_end_of_the_session_is_sent_again_by_one_button() {
    let app = app().await;
    let mut late = late(&app, "philo", "1992").await;
    let base = late.base();
    let over = late.answer_too_late(&app, &NAMES).await;
    assert_eq!((over.status.as_u16(), over.heading().as_str()), (403, OVER));
    assert!(over.says("gardées 20 minutes"), "{}", over.body);
    let cookie = over.headers["set-cookie"].to_str().expect("text");
    assert!(cookie.starts_with("gardees=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("Max-Age=1200"), "{cookie}");
    let rows = kept(&app).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].1, "a1/identite");
    assert!(!holds(&rows[0].2, "Quatrebarbes"), "it is sealed");
    assert_eq!(named(&app, &base).await, 0, "nothing is saved of who is not there");

    let sent = late.surfer.submit(&over.form("/lien")).await;
    assert_eq!(sent.heading(), "Regardez vos e-mails", "{}", sent.body);
    let browser = late.surfer.clone();
    let (mut surfer, page) = late.come_back(&app, browser).await;
    assert_eq!((page.at.as_str(), page.heading().as_str()), (&*format!("{base}/reprise"), KEPT));
    assert_eq!(page.headers["cache-control"], "no-store");
    // Nothing is lost by opening it again.
    let page = surfer.open(&format!("{base}/reprise")).await;
    let form = page.form("/a1/identite");
    assert_eq!(form.values["nom"], "Quatrebarbes");
    assert_ne!(form.values["jeton"], late.page.form("").values["jeton"]);
    let next = surfer.submit(&form).await;
    assert_eq!(next.heading(), "Où habitez-vous ?", "{}", next.body);
    assert_eq!(named(&app, &base).await, 1);
    assert!(kept(&app).await.is_empty() && !surfer.jar.contains_key("gardees"));
    assert_eq!(surfer.open(&format!("{base}/reprise")).await.heading(), "Votre dossier");
    assert!(logs::holding("Quatrebarbes").is_empty());
}

#[tokio::test]
async fn answers_about_health_are_kept_under_the_key_of_health_alone() {
    let app = app().await;
    let mut late = late(&app, "sante", "1985").await;
    let gate = describe(&mut late.surfer, late.page.clone()).await;
    late.page = fill(&mut late.surfer, &gate, &[("action", "accepter")]).await;
    assert_eq!(late.page.heading(), "Vos réponses", "{}", late.page.body);
    let answers: Vec<_> = health(&[("poids", "72,0000"), ("q_ald", "oui")]).into_iter().collect();
    let over = late.answer_too_late(&app, &answers).await;
    assert!(over.says("gardées 20 minutes"), "{}", over.body);
    let rows = kept(&app).await;
    let (insured, page, sealed) = &rows[0];
    assert_eq!(page, "a1/sante/questions");
    assert!(!holds(sealed, "q_ald") && !holds(sealed, "0000"), "it is sealed");
    let open = |keys: &str, place: &[&[u8]]| {
        Keyring::read(Path::new(keys)).expect("keys").open(place, sealed)
    };
    let ours: [&[u8]; 3] = [b"dossier_parked", insured, page.as_bytes()];
    let theirs: [&[u8]; 2] = [b"health_aside", insured];
    for place in [&ours[..], &theirs[..]] {
        assert!(open(&KEYRING, place).is_err(), "dossiers cannot open it");
    }
    let clear = open(&HEALTH_KEYRING, &theirs).expect("health can");
    assert!(holds(&clear, "q_ald=oui"));

    let browser = late.surfer.clone();
    let (mut surfer, page) = late.come_back(&app, browser).await;
    assert_eq!((page.heading().as_str(), page.status.as_u16()), (KEPT, 200), "{}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    // The page of the questions judges what comes back, and shows it.
    let again = surfer.submit(&page.form("/a1/sante/questions")).await;
    assert_eq!(again.status.as_u16(), 422, "{}", again.body);
    assert_eq!(again.form("").values["poids"], "72,0000");
    assert!(kept(&app).await.is_empty());
    assert!(logs::holding("72,0000").is_empty() && logs::holding("q_ald").is_empty());
}

#[tokio::test]
async fn an_account_that_was_typed_is_kept_too() {
    let app = app().await;
    let mut late = late(&app, "iban", "1992").await;
    let recap = describe(&mut late.surfer, late.page.clone()).await;
    late.page = fill(&mut late.surfer, &recap, &[("lu", "oui")]).await;
    assert_eq!(late.page.heading(), "Le compte à prélever", "{}", late.page.body);
    let account =
        [("titulaire", "Philomène"), ("iban", "FR7630006000011234567890189"), ("jour", "10")];
    let over = late.answer_too_late(&app, &account).await;
    assert!(over.says("gardées 20 minutes"), "{}", over.body);
    let rows = kept(&app).await;
    assert!(rows[0].1 == "prelevement" && !holds(&rows[0].2, "30006000"));
    let browser = late.surfer.clone();
    let (mut surfer, page) = late.come_back(&app, browser).await;
    assert_eq!(page.heading(), KEPT, "{}", page.body);
    let saved = surfer.submit_once(&page.form("/prelevement")).await;
    assert_eq!(saved.location(), format!("{}/signature", late.base()), "{}", saved.body);
    assert!(kept(&app).await.is_empty());
    assert!(logs::holding("30006000").is_empty());
}

#[tokio::test]
async fn a_form_that_is_not_ours_or_not_of_this_session_is_not_kept() {
    let app = app().await;
    let mut late = late(&app, "rita", "1992").await;
    let other = self::late(&app, "olaf", "1992").await;
    let base = late.base();
    app.clock.advance(31 * MINUTE);
    let mut form = late.page.form("").with(&NAMES);
    form.action.clone_from(&late.page.at);
    // Another site's, another session's word, another dossier, a page that binds, no session at all.
    let mut foreign = late.surfer.clone();
    foreign.says.push(("sec-fetch-site", "cross-site".to_owned()));
    assert!(foreign.submit_once(&form).await.status.is_client_error());
    let word = other.page.form("").values["jeton"].clone();
    let seen = late.surfer.submit_once(&form.clone().with(&[("jeton", &word)])).await;
    assert_eq!((seen.heading().as_str(), seen.says("gardées")), (OVER, false));
    let mut elsewhere = form.clone();
    elsewhere.action = format!("{}/a1/identite", other.base());
    assert!(!late.surfer.submit_once(&elsewhere).await.says("gardées"));
    for page in ["recapitulatif", "signature", "a1/sante"] {
        let mut act = form.clone();
        act.action = format!("{base}/{page}");
        let seen = late.surfer.submit_once(&act).await;
        assert_eq!((seen.heading().as_str(), seen.says("gardées")), (OVER, false), "{page}");
    }
    assert!(!Surfer::new(&app).submit_once(&form).await.says("gardées"));
    assert!(kept(&app).await.is_empty());
    // After a night it is still theirs; after more than a day nobody knows whose it was.
    app.clock.advance(10 * 60 * MINUTE);
    app.dossiers.sweep().await.expect("looked");
    assert!(late.surfer.submit_once(&form).await.says("gardées"));
    app.clock.advance(24 * 60 * MINUTE);
    assert!(!late.surfer.submit_once(&form).await.says("gardées"));
}

#[tokio::test]
async fn another_browser_another_dossier_and_the_other_borrower_see_nothing() {
    let mut couple = Couple::begin(app().await).await;
    let invitation = couple.invite("").await;
    let app = &couple.app;
    let mut second = Surfer::new(app);
    let page = second.open(&invitation).await;
    let page = fill(&mut second, &page, &BIRTH).await;
    let sms = code(app, &couple.sam.1).await;
    let page = fill(&mut second, &page, &[("code", &sms)]).await;
    assert_eq!(page.heading(), "Qui êtes-vous ?", "{}", page.body);
    let base: String = page.at.split('/').take(3).collect::<Vec<_>>().join("/");
    let first = couple.first.open(&format!("{base}/a1/identite")).await;
    let mut late = Late {
        sms: code(app, &couple.camille.1).await,
        surfer: couple.first,
        who: couple.camille,
        page: first,
    };
    let mut stranger = self::late(app, "eve", "1992").await;
    late.answer_too_late(app, &NAMES).await;
    assert_eq!(kept(app).await.len(), 1);
    let secret = late.surfer.jar["gardees"].clone();

    // The other borrower and a stranger, even with the secret of the browser.
    let mut sam = Late { surfer: second, who: couple.sam, sms, page };
    for (one, base) in [(&mut sam, base.clone()), (&mut stranger, base.clone())] {
        let own = one.base();
        let mut browser = one.surfer.clone();
        browser.jar.insert("gardees".to_owned(), secret.clone());
        let (mut browser, seen) = one.come_back(app, browser).await;
        assert_ne!(seen.heading(), KEPT, "{}", seen.body);
        browser.jar.insert("gardees".to_owned(), secret.clone());
        for path in [own, base] {
            let seen = browser.open(&format!("{path}/reprise")).await;
            assert!(seen.heading() != KEPT && !seen.body.contains("Quatrebarbes"), "{path}");
        }
    }
    // The same person in another browser; then in their own, where they leave it.
    let (mut elsewhere, seen) = late.come_back(app, Surfer::new(app)).await;
    assert_ne!(seen.heading(), KEPT, "{}", seen.body);
    assert_ne!(elsewhere.open(&format!("{base}/reprise")).await.heading(), KEPT);
    assert_eq!(kept(app).await.len(), 1);
    app.clock.advance(MINUTE);
    let browser = late.surfer.clone();
    let (mut surfer, page) = late.come_back(app, browser).await;
    assert_eq!(page.heading(), KEPT, "{}", page.body);
    let hub = surfer.submit(&page.form("/reprise")).await;
    assert_eq!(hub.heading(), "Votre dossier", "{}", hub.body);
    assert!(kept(app).await.is_empty() && !surfer.jar.contains_key("gardees"));
}

#[tokio::test]
async fn after_twenty_minutes_it_is_gone() {
    let app = app().await;
    let mut late = late(&app, "tard", "1992").await;
    late.answer_too_late(&app, &NAMES).await;
    app.clock.advance(19 * MINUTE);
    app.dossiers.forget_parked().await.expect("forgotten");
    assert_eq!(kept(&app).await.len(), 1);
    app.clock.advance(2 * MINUTE);
    let browser = late.surfer.clone();
    let (mut surfer, seen) = late.come_back(&app, browser).await;
    assert_eq!(seen.heading(), "Qui êtes-vous ?", "where the dossier stands: {}", seen.body);
    let reprise = format!("{}/reprise", late.base());
    assert_eq!(surfer.open(&reprise).await.heading(), "Votre dossier");
    app.dossiers.forget_parked().await.expect("forgotten");
    assert!(kept(&app).await.is_empty());
}

#[tokio::test]
async fn erasing_somebody_erases_what_waits_for_them() {
    let app = app().await;
    let mut late = late(&app, "nina", "1992").await;
    late.answer_too_late(&app, &NAMES).await;
    assert_eq!(kept(&app).await.len(), 1);
    app.dossiers.erase_person(&late.who.0).await.expect("erased");
    assert!(kept(&app).await.is_empty());
    // And the cookie of before keeps nothing any more.
    let mut form = late.page.form("").with(&NAMES);
    form.action.clone_from(&late.page.at);
    late.surfer.submit_once(&form).await;
    assert!(kept(&app).await.is_empty());
}
