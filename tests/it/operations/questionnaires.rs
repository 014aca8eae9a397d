//! Who is erased is erased from the questionnaire too: at the engine, in the storage, in our own rows; a contract
//! keeps what it may be disputed with.

use std::collections::BTreeSet;
use std::time::Duration;

use assurly::platform::clock::Clock;
use base64::Engine as _;

use super::Place;
use super::people::{place, said};
use crate::acceptance::{Traveller, YEAR, app};
use crate::dossiers::{hex, written};
use crate::harness::app::App;
use crate::harness::tomcat::Tomcat;
use crate::harness::{eventually, soon};
use crate::papers::templates::asked as asked_of;
use crate::underwriting::MEDICAL;

const JOBS: [(&str, &str); 3] =
    [("JOBS__RUN", "true"), ("JOBS__POLL_MS", "20"), ("JOBS__TEND_MS", "50")];

pub(super) const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/storage");

/// The command line on this program's database, storage and engine.
fn beside(app: &App, tomcat: &Tomcat) -> Place {
    let mut place = place(app.database());
    place.set("STORAGE__URL", &format!("file:{FOLDER}"));
    place.set("UNDERWRITING__MEDICAL_KEYRING_FILE", &MEDICAL);
    for (key, value) in tomcat.settings() {
        place.set(key, &value);
    }
    place
}

/// Somebody who answered and was decided, with their documents kept.
async fn decided(app: &App, name: &str) -> Traveller {
    let (mut one, gate) = Traveller::at_the_gate(app, name, YEAR, "150 000").await;
    let told = one.answers(app, &gate, "diab2").await;
    assert!(told.says("Le diabète, ses suites"), "{}", told.body);
    eventually("documents", async || (count(app, &one, DOCUMENTS).await > 0).then_some(())).await;
    let mut form = told.form("");
    form.action = format!("{}/a1/decision", one.base);
    form.values.retain(|name, _| ["jeton", "proposition"].contains(&name.as_str()));
    let accepted = form.with(&[("exclusion_ex_diabete", "oui"), ("action", "accepter")]);
    let recap = one.surfer.submit(&accepted).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    one
}

const DOCUMENTS: &str = "SELECT COUNT(*) FROM uw_document d JOIN uw_session s ON s.id = d.session_id \
    WHERE s.dossier_id = ?";
const REASONS: &str = "SELECT COUNT(*) FROM uw_decision d JOIN uw_session s ON s.id = d.session_id \
    WHERE s.dossier_id = ? AND LENGTH(d.medical_sealed) > 0";
const ERASED: &str = "SELECT COUNT(*) FROM uw_session WHERE dossier_id = ? AND state = 'CANCELLED' \
    AND erased_at IS NOT NULL";
const ACKNOWLEDGED: &str = "SELECT COUNT(*) FROM acceptance_proposal p JOIN dossier_insured i \
    ON i.id = p.insured_id WHERE i.dossier_id = ? AND p.acknowledged IS NOT NULL";
const NOTED: &str = "SELECT COUNT(*) FROM uw_audit a JOIN uw_session s ON s.id = a.session_id \
    WHERE s.dossier_id = ? AND a.action = 'answers_erased'";

async fn count(app: &App, one: &Traveller, sql: &'static str) -> i64 {
    let id = hex(one.base.trim_start_matches("/d/dos_"));
    sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a count")
}

/// The files of the storage in which their documents are.
async fn objects(app: &App, one: &Traveller) -> Vec<String> {
    let sql = "SELECT CONCAT(LOWER(HEX(s.id)), '/', LOWER(HEX(d.sha256))) FROM uw_document d \
        JOIN uw_session s ON s.id = d.session_id WHERE s.dossier_id = ?";
    let id = hex(one.base.trim_start_matches("/d/dos_"));
    let names: Vec<String> =
        sqlx::query_scalar(sql).bind(id).fetch_all(app.opened().pool()).await.expect("rows");
    names.iter().map(|name| format!("{FOLDER}/underwriting/{name}")).collect()
}

/// What the engine says when it is asked for what shows answers or reasons in their session, each once. A decision's
/// own document stays, as the decision does: it names nobody and says no reason.
async fn asked(app: &App, tomcat: &Tomcat, one: &Traveller) -> BTreeSet<u16> {
    let id = hex(one.base.trim_start_matches("/d/dos_"));
    let sql = "SELECT engine_id FROM uw_session WHERE dossier_id = ?";
    let engine_id: String =
        sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a session");
    let key = std::fs::read_to_string(tomcat.secret("integration")).expect("a key");
    let url = format!("{}/cep-core/integration/v1/sessions/{engine_id}/documents", tomcat.url());
    let get = async |url: &str| {
        let answer = soon(app.client.get(url).bearer_auth(key.trim()).send()).await;
        answer.expect("an answer")
    };
    // The list stays: names, sizes and hashes.
    let list: serde_json::Value = get(&url).await.json().await.expect("JSON");
    let mut said = BTreeSet::new();
    for line in list["documents"].as_array().expect("a list") {
        let name = line["id"].as_str().expect("a name");
        if line["type"] == "decision" {
            continue;
        }
        said.insert(get(&format!("{url}/{name}")).await.status().as_u16());
    }
    said
}

/// Times that this person's questionnaire was given to them.
const GIVEN: &str = "SELECT COUNT(*) FROM uw_audit a JOIN uw_session s ON s.id = a.session_id \
    WHERE s.dossier_id = ? AND a.action = 'exported_to_person' AND a.actor = 'operator'";

#[tokio::test]
async fn who_asks_is_given_what_they_answered_and_nothing_of_the_medical_service() {
    let tomcat = Tomcat::shared().await;
    let app = app(tomcat, &[]).await;
    let (one, other) = (decided(&app, "asks").await, decided(&app, "silent").await);
    let export = ["person", "export", "--email", &one.who.0];
    let given = said(&beside(&app, tomcat), &export).await;
    let held = given["dossiers"][0]["questionnaires"].as_array().expect("a list");
    let [held] = held.as_slice() else { unreachable!("one questionnaire: {given}") };
    assert_eq!(held["facts"]["age"], 57, "{held}");
    assert_eq!(held["decision"]["outcomes"].as_array().map(Vec::len), Some(5));
    let documents = held["documents"].as_array().expect("a list");
    let kinds: BTreeSet<_> = documents.iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(kinds, ["decision", "questionnaire"].into(), "not the medical service's");
    let answers = documents.iter().find(|it| it["kind"] == "questionnaire").expect("answers");
    let pdf = answers["base64"].as_str().expect("text");
    let pdf = base64::engine::general_purpose::STANDARD.decode(pdf).expect("base64");
    let text = asked_of("pdftotext", &["FILE", "-"], &pdf);
    // What this person answered, and no rule that it led to.
    assert!(text.contains("diabète") && text.contains("HbA1c"), "{text}");
    assert!(!text.contains("DIAB2"), "{text}");
    assert_eq!((count(&app, &one, GIVEN).await, count(&app, &other, GIVEN).await), (1, 0));
    // Erased, there is nothing to give.
    said(&beside(&app, tomcat), &["person", "erase", "--email", &one.who.0]).await;
    let given = said(&beside(&app, tomcat), &export).await;
    assert_eq!(given["dossiers"].as_array().map(Vec::len), Some(0), "{given}");
}

#[tokio::test]
async fn who_is_erased_is_erased_from_the_questionnaire_too() {
    let tomcat = Tomcat::own("erased", None).await;
    let app = app(&tomcat, &[]).await;
    let (one, other) = (decided(&app, "gone").await, decided(&app, "stays").await);
    let (there, gone): (BTreeSet<u16>, BTreeSet<u16>) = ([200].into(), [410].into());
    let kept = objects(&app, &one).await;
    assert!(kept.iter().all(|it| std::fs::exists(it).expect("a folder")), "{kept:?}");
    assert_eq!(asked(&app, &tomcat, &one).await, there);
    assert_eq!(count(&app, &one, ACKNOWLEDGED).await, 1);
    let erased = said(&beside(&app, &tomcat), &["person", "erase", "--email", &one.who.0]).await;
    assert_eq!(erased["questionnaires"], "erased", "{erased}");
    assert_eq!(asked(&app, &tomcat, &one).await, gone, "the engine has no answer of theirs");
    assert!(kept.iter().all(|it| !std::fs::exists(it).expect("a folder")), "{kept:?}");
    for (sql, left) in [(DOCUMENTS, 0), (REASONS, 0), (ACKNOWLEDGED, 0), (ERASED, 1), (NOTED, 1)] {
        assert_eq!(count(&app, &one, sql).await, left, "{sql}");
    }
    // Nobody else's.
    assert_eq!(count(&app, &other, ACKNOWLEDGED).await, 1);
    assert_eq!(asked(&app, &tomcat, &other).await, there);
    assert!(count(&app, &other, DOCUMENTS).await > 0 && count(&app, &other, REASONS).await == 1);
}

#[tokio::test]
async fn an_engine_that_is_away_erases_when_it_is_back() {
    let mut tomcat = Tomcat::own("erased-later", None).await;
    let app = app(&tomcat, &[]).await;
    let one = decided(&app, "later").await;
    tomcat.kill();
    let erased = said(&beside(&app, &tomcat), &["person", "erase", "--email", &one.who.0]).await;
    let questionnaires = erased["questionnaires"].as_str().expect("words");
    assert!(questionnaires.starts_with("asked for"), "{erased}");
    assert_eq!(count(&app, &one, REASONS).await, 0, "what is ours is gone at once");
    assert_eq!(count(&app, &one, ERASED).await, 0);
    tomcat.start().await;
    let settings = tomcat.settings();
    let mut over: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    over.push(("UNDERWRITING__MEDICAL_KEYRING_FILE", MEDICAL.as_str()));
    over.extend(JOBS);
    let service = App::on_database(&app.shared_database(), &over).await;
    // The command was given at the hour that it is.
    service.clock.set(Clock::system().now());
    eventually("a job erases it", async || {
        service.clock.advance(Duration::from_secs(1));
        (count(&app, &one, ERASED).await == 1).then_some(())
    })
    .await;
    assert_eq!(asked(&app, &tomcat, &one).await, [410].into());
    assert_eq!(count(&app, &one, DOCUMENTS).await, 0);
}

#[tokio::test]
async fn a_contract_keeps_what_it_may_be_disputed_with() {
    let tomcat = Tomcat::shared().await;
    let app = app(tomcat, &[]).await;
    let one = decided(&app, "signed").await;
    let signed = "UPDATE dossier SET state = 'contract' WHERE id = ?";
    let id = hex(one.base.trim_start_matches("/d/dos_"));
    sqlx::query(signed).bind(id).execute(app.opened().pool()).await.expect("written");
    let erased = said(&beside(&app, tomcat), &["person", "erase", "--email", &one.who.0]).await;
    assert_eq!(erased["questionnaires"], "none", "{erased}");
    let why = erased["dossiers"]["kept"][0][1].as_str().expect("a reason");
    assert!(why.contains("contract"), "{erased}");
    assert!(count(&app, &one, DOCUMENTS).await > 0 && count(&app, &one, REASONS).await == 1);
    assert_eq!(asked(&app, tomcat, &one).await, [200].into());
}

#[tokio::test]
async fn an_offer_that_is_over_forgets_the_questionnaire() {
    let tomcat = Tomcat::shared().await;
    let app = app(tomcat, &JOBS).await;
    let one = decided(&app, "idle").await;
    // Four months for an offer whose health was studied.
    app.clock.advance(Duration::from_secs(130 * 86_400));
    eventually("its offer is over", async || {
        (written(&app, &one.base).await.0 == "expired").then_some(())
    })
    .await;
    eventually("and its answers are erased", async || {
        app.clock.advance(Duration::from_secs(1));
        (count(&app, &one, ERASED).await == 1).then_some(())
    })
    .await;
    assert_eq!((count(&app, &one, DOCUMENTS).await, count(&app, &one, REASONS).await), (0, 0));
    assert_eq!(asked(&app, tomcat, &one).await, [410].into());
}
