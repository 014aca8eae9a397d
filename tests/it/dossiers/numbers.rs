//! Another number before the signature: by two codes and never by a session alone, and what went to the old number
//! signs nothing any more.

use std::time::Duration;

use reqwest::StatusCode;

use super::signing::{act, asked_code, at_the_code, base, count, file, program};
use super::{another_code, code, fill, link, quote, somebody, written};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};
use crate::papers::templates::asked;

/// After which another code may be asked for.
const SOON: Duration = Duration::from_secs(31);

/// Somebody before the signature, who wants another number.
struct Moving {
    surfer: Surfer,
    who: (String, String),
    base: String,
    new: String,
}

async fn moving(app: &App) -> Moving {
    let mut surfer = Surfer::new(app);
    let (who, page) = at_the_code(app, &mut surfer).await;
    Moving { surfer, who, base: base(&page.at), new: somebody("new").1 }
}

impl Moving {
    async fn page(&mut self) -> Seen {
        self.surfer.open(&format!("{}/numero", self.base)).await
    }

    async fn signature(&mut self) -> Seen {
        self.surfer.open(&format!("{}/signature", self.base)).await
    }

    /// «Recevoir les deux codes», to this number.
    async fn asks(&mut self, mobile: &str) -> Seen {
        let page = self.page().await;
        let form = page.form("/numero/codes");
        self.surfer.submit(&form.with(&[("mobile", mobile)])).await
    }

    /// Both codes on the page that waits for them.
    async fn types(&mut self, page: &Seen, (email, sms): (&str, &str)) -> Seen {
        let form = page.form(&format!("{}/numero", self.base));
        self.surfer.submit(&form.with(&[("code_email", email), ("code_sms", sms)])).await
    }
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn numbers(app: &App, base: &str) -> Vec<String> {
    let id = super::hex(base.trim_start_matches("/d/dos_"));
    let sql = "SELECT mobile FROM dossier_insured WHERE dossier_id = ? ORDER BY place";
    sqlx::query_scalar(sql).bind(id).fetch_all(app.opened().pool()).await.expect("numbers")
}

/// Another browser of the same person, by the link of their letter and a code.
async fn second_browser(app: &App, one: &Moving) -> Surfer {
    let old = code(app, &one.who.1).await;
    let mut browser = Surfer::new(app);
    let page = browser.open(&link(app, &one.who.0, "/r/").await).await;
    let page = browser.submit(&page.form("")).await;
    let code = another_code(app, &one.who.1, &old).await;
    let seen = fill(&mut browser, &page, &[("code", &code)]).await;
    assert_eq!(seen.heading(), "Votre dossier", "{}", seen.body);
    browser
}

/// Whether somebody is told that the number is another one.
async fn is_told(app: &App, to: &str) {
    let path = format!("/dev/messages.json?to={}", to.replace('+', "%2B").replace('@', "%40"));
    eventually("they are told", async || {
        let text = app.get(&path).await.text().await.ok()?;
        text.contains("Le mobile de votre dossier").then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_codes_change_the_number_and_the_new_one_signs() {
    let app = program().await;
    let mut one = moving(&app).await;
    app.clock.advance(SOON);
    let mut elsewhere = second_browser(&app, &one).await;
    let page = one.signature().await;
    let old = asked_code(&app, &mut one.surfer, &page, &one.who.1).await;
    let new = one.new.clone();
    let codes = one.asks(&new).await;
    assert!(codes.says("Les deux codes sont partis"), "{}", codes.body);
    assert!(!codes.body.contains(&one.who.0), "the address is masked: {}", codes.body);
    let (by_email, by_sms) = (code(&app, &one.who.0).await, code(&app, &new).await);

    // One of the two changes nothing, and the right one still serves.
    let seen = one.types(&codes, (&by_email, wrong(&by_sms))).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.says("Il reste 4 essais"), "{}", seen.body);
    assert_eq!(numbers(&app, &one.base).await, [one.who.1.clone()]);
    let seen = one.types(&seen, (&by_email, &by_sms)).await;
    assert!(seen.at.ends_with("/signature?numero=change"), "{}", seen.at);
    assert!(seen.says("Votre numéro est changé"), "{}", seen.body);
    assert_eq!(numbers(&app, &one.base).await, [new.as_str()]);
    is_told(&app, &one.who.0).await;
    is_told(&app, &one.who.1).await;
    let over = elsewhere.open(&one.base).await;
    assert_eq!(over.heading(), "Votre session est terminée", "{}", over.body);
    // Sent twice: the first answer, and one event.
    let again = one.types(&codes, (&by_email, &by_sms)).await;
    assert!(again.at.ends_with("/signature?numero=change"), "{}", again.at);
    let (_, _, acts) = written(&app, &one.base).await;
    assert_eq!(acts.iter().filter(|act| *act == "number").count(), 1);

    // What went to the old number signs nothing.
    let page = one.signature().await;
    let refused = act(&mut one.surfer, &page, &old).await;
    assert!(refused.says("Il reste 4 essais"), "{}", refused.body);
    app.clock.advance(SOON);
    let fresh = asked_code(&app, &mut one.surfer, &page, &new).await;
    let end = act(&mut one.surfer, &page, &fresh).await;
    assert_eq!(end.heading(), "C’est signé", "{}", end.body);
    let path = format!("{}/documents/preuve_signature", one.base);
    let said = asked("pdftotext", &["-raw", "FILE", "-"], &file(&app, &one.surfer, &path).await);
    let shown = format!("•• {}", &new[new.len() - 2..]);
    assert!(said.replace('\u{a0}', " ").contains(&shown), "{said}");
    // Evidence names the number that signed: it does not change any more.
    assert_eq!(one.page().await.heading(), "Votre contrat est signé");
}

#[tokio::test]
async fn a_code_proves_the_number_that_it_went_to_and_no_other() {
    let app = program().await;
    let mut one = moving(&app).await;
    let (mine, theirs) = (one.new.clone(), somebody("theirs").1);
    let codes = one.asks(&mine).await;
    let typed = (code(&app, &one.who.0).await, code(&app, &mine).await);
    let form = codes.form(&format!("{}/numero", one.base));
    let form = form.with(&[("code_email", &typed.0), ("code_sms", &typed.1)]);
    let refused = one.surfer.submit(&form.clone().with(&[("mobile", &theirs)])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("Il reste 4 essais"), "{}", refused.body);
    assert_eq!(numbers(&app, &one.base).await, [one.who.1.clone()]);

    // Nor does anybody else, nor a form of another page.
    let mut stranger = Surfer::new(&app);
    let (_, _) = at_the_code(&app, &mut stranger).await;
    for path in ["numero", "numero/codes"] {
        let mut foreign = form.clone();
        foreign.action = format!("{}/{path}", one.base);
        assert_eq!(stranger.submit(&foreign).await.status, StatusCode::NOT_FOUND, "{path}");
        foreign.values.insert("jeton".to_owned(), "autre".to_owned());
        assert_eq!(one.surfer.submit(&foreign).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    app.clock.advance(Duration::from_secs(601));
    let late = one.types(&codes, (&typed.0, &typed.1)).await;
    assert!(late.says("Ce code a expiré"), "{}", late.body);
    assert_eq!(numbers(&app, &one.base).await, [one.who.1.clone()]);
}

#[tokio::test]
async fn what_is_no_number_of_their_own_is_refused_and_codes_are_counted() {
    let app = program().await;
    let mut one = moving(&app).await;
    let own = one.who.1.clone();
    for (typed, says) in [
        ("", "Indiquez votre numéro de mobile"),
        ("0612", "comporter tous ses chiffres"),
        ("03 20 12 34 56", "téléphone fixe"),
        (own.as_str(), "le numéro que nous avons déjà"),
    ] {
        let seen = one.asks(typed).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(seen.says(says), "{typed}: {}", seen.body);
    }
    let soon = one.asks(&somebody("a").1).await;
    assert!(soon.says("Les deux codes sont partis"), "{}", soon.body);
    let soon = one.asks(&somebody("b").1).await;
    assert!(soon.says("Des codes viennent de partir"), "{}", soon.body);
    for _ in 0..4 {
        app.clock.advance(SOON);
        let sent = one.asks(&somebody("c").1).await;
        assert!(sent.says("Les deux codes sont partis"), "{}", sent.body);
    }
    app.clock.advance(SOON);
    let refused = one.asks(&somebody("d").1).await;
    assert!(refused.says("Beaucoup de codes sont partis"), "{}", refused.body);
}

/// On the first page a number may be mistyped: the code that went there proves nothing of the next one.
#[tokio::test]
async fn the_first_code_does_not_prove_a_number_that_was_corrected() {
    let app = program().await;
    let (mut surfer, who) = (Surfer::new(&app), somebody("first"));
    let page = surfer.open(&format!("{}/suite", quote(&app, "1990", "150000").await)).await;
    let page = fill(&mut surfer, &page, &[("email", &who.0), ("mobile", &who.1)]).await;
    let first = code(&app, &who.1).await;
    let (at, right) = (base(&page.at), somebody("right").1);
    app.clock.advance(SOON);
    let page = surfer.open(&format!("{at}/contact")).await;
    let page = fill(&mut surfer, &page, &[("email", &who.0), ("mobile", &right)]).await;
    let second = code(&app, &right).await;
    let refused = fill(&mut surfer, &page, &[("code", &first)]).await;
    assert!(first == second || refused.says("Il reste 4 essais"), "{}", refused.body);
    let next = fill(&mut surfer, &page, &[("code", &second)]).await;
    assert_eq!(next.heading(), "Qui êtes-vous ?", "{}", next.body);
}

/// Whoever reads a mistyped first address proves nothing of the next one by the link that they were sent.
#[tokio::test]
async fn the_first_link_does_not_prove_an_address_that_was_corrected() {
    const LINKS: &str = "SELECT COUNT(*) FROM dossier_link WHERE dossier_id = ?";
    let app = program().await;
    let (mut surfer, who) = (Surfer::new(&app), somebody("stranger"));
    let page = surfer.open(&format!("{}/suite", quote(&app, "1990", "150000").await)).await;
    let page = fill(&mut surfer, &page, &[("email", &who.0), ("mobile", &who.1)]).await;
    let first = link(&app, &who.0, "/r/").await;
    let (at, right) = (base(&page.at), somebody("right").0);
    app.clock.advance(SOON);
    let page = surfer.open(&format!("{at}/contact")).await;
    fill(&mut surfer, &page, &[("email", &right), ("mobile", &who.1)]).await;
    let second = link(&app, &right, "/r/").await;
    let opened = Surfer::new(&app).open(&second).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
    let mut stranger = Surfer::new(&app);
    let over = stranger.open(&first).await;
    assert_eq!(over.status, StatusCode::GONE, "{}", over.body);
    // Nor does it send another one.
    stranger.submit(&over.form("/nouveau")).await;
    assert_eq!(count(&app, LINKS, &at).await, 2);
}
