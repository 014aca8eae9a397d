//! The subscription from outside: journeys on the pages, and what nobody may see.

mod amended;
mod apart;
mod api;
mod area;
mod bank;
mod called;
mod carried;
mod couple;
mod criteria;
mod deadlines;
mod debits;
mod declared;
mod downloads;
mod journeys;
mod killed;
mod leaving;
mod lender;
mod loans;
mod numbers;
pub(crate) mod offers;
mod parked;
pub(crate) mod payer;
mod renewed;
mod rights;
mod serving;
pub(crate) mod signing;
mod strangers;
mod time;
mod together;
mod told;
mod vigilance;

use serde_json::Value;
use std::collections::BTreeMap;

use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::surfer::{Seen, Surfer};

/// A quote of one person of this year of birth, for this many euros over twenty years.
pub(crate) async fn quote(app: &App, year: &str, capital: &str) -> String {
    quote_over(app, year, capital, &[]).await
}

/// The same with these answers over the usual ones.
pub(crate) async fn quote_over(
    app: &App,
    year: &str,
    capital: &str,
    over: &[(&str, &str)],
) -> String {
    let mut surfer = Surfer::new(app);
    let page = surfer.open("/simuler").await;
    let answers = [
        ("projet", "nouveau"),
        ("capital", capital),
        ("duree", "20"),
        ("taux", "3,45"),
        ("naissance_j", "27"),
        ("naissance_m", "3"),
        ("naissance_a", year),
        ("fumeur", "non"),
    ];
    let mut form = page.form("/simuler");
    // A page's boxes and texts that were left alone are not sent by a browser.
    form.values.retain(|name, _| ["cle", "deux", "prets"].contains(&name.as_str()));
    let seen = surfer.submit(&form.with(&answers).with(over)).await;
    assert_eq!(seen.heading(), "Votre prix", "{}", seen.body);
    seen.at
}

/// Sends the first form of a page back to the page's own address with these answers and no others.
pub(crate) async fn fill(surfer: &mut Surfer, page: &Seen, answers: &[(&str, &str)]) -> Seen {
    let mut form = page.form("");
    form.action = page.at.clone();
    form.values.retain(|name, _| ["jeton", "v", "cle"].contains(&name.as_str()));
    surfer.submit(&form.with(answers)).await
}

/// The code that the newest SMS to this number holds.
pub(crate) async fn code(app: &App, mobile: &str) -> String {
    another_code(app, mobile, "").await
}

/// The same, once it is another one than this.
pub(crate) async fn another_code(app: &App, mobile: &str, old: &str) -> String {
    let path = format!("/dev/messages.json?to={}", mobile.replace('+', "%2B"));
    eventually("a code arrives", async || {
        let json: Value = app.get(&path).await.json().await.ok()?;
        let newest = json["messages"].as_array()?.iter().find(|one| one["code"].is_string())?;
        newest["code"].as_str().filter(|code| *code != old).map(str::to_owned)
    })
    .await
}

/// The link of the newest message to this recipient whose link begins so.
pub(crate) async fn link(app: &App, to: &str, begins: &str) -> String {
    let path = format!("/dev/messages.json?to={}", to.replace('+', "%2B").replace('@', "%40"));
    eventually("a link arrives", async || {
        let text = app.get(&path).await.text().await.ok()?;
        let place = text.find(begins)?;
        let rest = &text[place..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/-_".contains(c)));
        Some(rest[..end.unwrap_or(rest.len())].to_owned())
    })
    .await
}

/// Somebody of their own: a mobile number and an address that no other test has.
pub(crate) fn somebody(name: &str) -> (String, String) {
    let number = assurly::platform::clock::Entropy::system().bytes::<4>();
    let number = u32::from_le_bytes(number) % 100_000_000;
    (format!("{name}{number}@exemple.fr"), format!("+336{number:08}"))
}

/// From «Souscrire» to the first page after the code.
pub(crate) async fn begin(
    app: &App,
    surfer: &mut Surfer,
    quote: &str,
    who: &(String, String),
) -> Seen {
    begin_with(app, surfer, quote, who, &[]).await
}

/// The same, with more answers on the first page.
pub(crate) async fn begin_with(
    app: &App,
    surfer: &mut Surfer,
    quote: &str,
    who: &(String, String),
    more: &[(&str, &str)],
) -> Seen {
    let page = surfer.open(&format!("{quote}/suite")).await;
    assert_eq!(page.heading(), "Où vous joindre ?");
    let contact = [("email", who.0.as_str()), ("mobile", who.1.as_str())];
    let seen = fill(surfer, &page, &[&contact[..], more].concat()).await;
    assert_eq!(seen.heading(), "Le code reçu par SMS", "{}", seen.body);
    let code = code(app, &who.1).await;
    fill(surfer, &seen, &[("code", &code)]).await
}

/// Pages 2 to 6 of one person, office work, on a new loan.
pub(crate) async fn describe(surfer: &mut Surfer, page: Seen) -> Seen {
    describe_since(surfer, page, "2027").await
}

/// The same of a loan whose first instalment is in January of this year.
pub(crate) async fn describe_since(surfer: &mut Surfer, page: Seen, year: &str) -> Seen {
    assert_eq!(page.heading(), "Qui êtes-vous ?", "{}", page.body);
    let names = [("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")];
    let page = fill(surfer, &page, &names).await;
    assert_eq!(page.heading(), "Où habitez-vous ?", "{}", page.body);
    let address = [("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")];
    let page = fill(surfer, &page, &address).await;
    assert_eq!(page.heading(), "Votre travail et vos loisirs", "{}", page.body);
    let work = [("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")];
    let page = fill(surfer, &page, &work).await;
    assert!(["Votre prêt", "Vos prêts"].contains(&page.heading().as_str()), "{}", page.body);
    let loan = [
        ("banque", "Banque du Nord"),
        ("objet", "residence_principale"),
        ("echeance_m", "1"),
        ("echeance_a", year),
    ];
    let page = fill(surfer, &page, &loan).await;
    // Several loans are shown before one goes on.
    let page = match page.at.strip_suffix("/prets") {
        Some(base) => surfer.open(&format!("{base}/garanties")).await,
        None => page,
    };
    assert_eq!(page.heading(), "Vos garanties", "{}", page.body);
    let page = fill(surfer, &page, &[("quotite_1", "100"), ("franchise", "90")]).await;
    protected(surfer, page).await
}

/// Whom the law protects reads so, and goes on.
pub(crate) async fn protected(surfer: &mut Surfer, page: Seen) -> Seen {
    if page.heading() != "Aucune question de santé" {
        return page;
    }
    assert!(page.says("Votre prêt et votre âge vous dispensent du questionnaire de santé."));
    fill(surfer, &page, &[("action", "continuer")]).await
}

/// A sound declaration with these answers over it.
pub(crate) fn health(
    over: &[(&'static str, &'static str)],
) -> BTreeMap<&'static str, &'static str> {
    let questions = [
        "q_arret",
        "q_arrets",
        "q_hopital",
        "q_traitement",
        "q_ald",
        "q_invalidite",
        "q_affection",
        "q_examen",
    ];
    let mut all: BTreeMap<_, _> = questions.map(|name| (name, "non")).into();
    all.extend([("taille", "178"), ("poids", "72")]);
    all.extend(over.iter().copied());
    all
}

/// What is written of a dossier: its state, version and the acts of its events.
pub(crate) async fn written(app: &App, at: &str) -> (String, u32, Vec<String>) {
    let id = at.split('/').nth(2).and_then(|id| id.strip_prefix("dos_")).expect("a dossier");
    let id = hex(id);
    let pool = app.opened().pool();
    let (state, version): (String, u32) =
        sqlx::query_as("SELECT state, version FROM dossier WHERE id = ?")
            .bind(&id)
            .fetch_one(pool)
            .await
            .expect("a dossier");
    let acts =
        sqlx::query_scalar("SELECT act FROM dossier_event WHERE dossier_id = ? ORDER BY version")
            .bind(&id)
            .fetch_all(pool)
            .await
            .expect("events");
    (state, version, acts)
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex digits"))
        .collect()
}
