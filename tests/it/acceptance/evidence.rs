//! Documents asked for: sent from a telephone, held in quarantine until a real scanner has looked at them,
//! opened by the medical service alone, awaited for ninety days.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::desk::{decides, opened};
use super::{Traveller, YEAR, app};
use crate::dossiers::written;
use crate::harness::app::App;
use crate::harness::clamd::{Impostor, Place, eicar};
use crate::harness::staff::Staffer;
use crate::harness::surfer::{Seen, SeenForm};
use crate::harness::tomcat::Tomcat;
use crate::harness::{eventually, soon};

const DAY: Duration = Duration::from_secs(86_400);

/// A document that says what no other one does.
const RESULT: &[u8] = b"%PDF-1.7\n% cholesterol 1,94 g/l\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

fn jobs(place: &Place) -> Vec<(&'static str, String)> {
    let jobs = [("JOBS__RUN", "true"), ("JOBS__POLL_MS", "20"), ("JOBS__TEND_MS", "50")];
    let mut all: Vec<_> = jobs.map(|(key, value)| (key, value.to_owned())).into();
    all.push(("SCANNER__CLAMD", place.address()));
    all
}

/// A program with this scanner, and somebody of whom a blood test is asked.
async fn asked(place: &Place, over: &[(&str, &str)]) -> (App, Traveller, Seen) {
    let own = jobs(place);
    let mut all: Vec<_> = own.iter().map(|(key, value)| (*key, value.as_str())).collect();
    all.extend(over);
    let app = app(Tomcat::shared().await, &all).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "asked", YEAR, "600 000").await;
    let seen = one.answers(&app, &gate, "perfect").await;
    assert_eq!(seen.heading(), "Il nous faut un document", "{}", seen.body);
    let page = one.surfer.open(&format!("{}/a1/pieces", one.base)).await;
    assert_eq!(page.heading(), "Envoyer vos documents", "{}", page.body);
    (app, one, page)
}

/// The form of the page, and the name of each control for files.
fn form(page: &Seen, action: &str) -> (SeenForm, Vec<String>) {
    let mut form = page.form("");
    form.action.clone_from(&page.at);
    let controls: Vec<_> =
        form.values.keys().filter(|name| name.starts_with("piece_")).cloned().collect();
    assert!(!controls.is_empty(), "{}", page.body);
    form.values.retain(|name, _| name == "jeton");
    (form.with(&[("action", action)]), controls)
}

/// Sends this file for each document, and says that it is all.
async fn sends(one: &mut Traveller, page: &Seen, bytes: &[u8]) -> Seen {
    let (form, controls) = form(page, "terminer");
    let files: Vec<_> =
        controls.iter().map(|name| (name.as_str(), "l'analyse.pdf", bytes)).collect();
    let sent = one.surfer.upload(&form, &files).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    one.surfer.open(&sent.location()).await
}

/// How many files stand so.
async fn count(app: &App, state: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM uw_evidence WHERE state = ?";
    let query = sqlx::query_scalar(sql).bind(state);
    query.fetch_one(app.opened().pool()).await.expect("a count")
}

async fn all_are(app: &App, state: &str) {
    eventually(state, async || {
        let all: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM uw_evidence")
            .fetch_one(app.opened().pool())
            .await
            .ok()?;
        (all > 0 && count(app, state).await == all).then_some(())
    })
    .await;
}

/// The identifiers of the files.
async fn files(app: &App) -> Vec<String> {
    let sql = "SELECT LOWER(HEX(id)) FROM uw_evidence ORDER BY id";
    sqlx::query_scalar(sql).fetch_all(app.opened().pool()).await.expect("rows")
}

/// The officer asks for a file by its address, with the word of this page.
async fn asks_for(officer: &mut Staffer, case: &Seen, file: &str) -> Seen {
    let mut form = case.form("/decision");
    form.action = form.action.replace("/decision", &format!("/pieces/{file}"));
    form.values.retain(|name, _| name == "jeton");
    officer.browser.submit(&form.with(&[("motif", "Lecture de la pièce")])).await
}

#[tokio::test]
async fn documents_are_sent_looked_at_and_read_at_the_desk() {
    let place = Place::new("whole");
    let _daemon = place.daemon().await;
    let (app, mut one, page) = asked(&place, &[]).await;
    let (send, controls) = form(&page, "envoyer");
    let nothing = one.surfer.upload(&send, &[(controls[0].as_str(), "", b"")]).await;
    assert_eq!(nothing.status, 422, "{}", nothing.body);
    assert!(nothing.says("Choisissez au moins un fichier"), "{}", nothing.body);
    let mixed = [
        (controls[0].as_str(), "facture.pdf", &b"MZ\x90\0 a program"[..]),
        (controls[0].as_str(), "l'analyse de sang.pdf", RESULT),
    ];
    let mixed = one.surfer.upload(&send, &mixed).await;
    assert_eq!(mixed.status, 422, "{}", mixed.body);
    assert!(mixed.says("« facture.pdf » n’est ni un PDF ni une photo"), "{}", mixed.body);
    assert!(mixed.says("1 fichier a bien été reçu"), "{}", mixed.body);
    // The same file again is the same file; a large one is no more trouble than a small one.
    let large = [RESULT, &vec![b' '; 2 << 20], b"%%EOF\n"].concat();
    let told = sends(&mut one, &mixed, &large).await;
    let again = one.surfer.upload(&send, &[(controls[0].as_str(), "x.pdf", RESULT)]).await;
    assert_eq!(again.status, 303, "nothing is asked for any more: {}", again.body);
    assert_eq!(told.heading(), "Votre demande est à l’étude", "{}", told.body);
    assert!(told.says("Vos documents sont chez le service médical"), "{}", told.body);
    all_are(&app, "CLEAN").await;
    let sent = files(&app).await;
    assert_eq!(sent.len(), controls.len() + 1);
    at_the_desk(&app, &sent[0]).await;
    assert_eq!(one.decision().await.heading(), "Nous pouvons vous assurer");
    assert_eq!(written(&app, &one.base).await.0, "offer");
}

/// What the medical service sees of it, and nobody else.
async fn at_the_desk(app: &App, file: &str) {
    let (mut officer, queue) = Staffer::at(app, &["medical"], "/gestion/medical").await;
    assert!(queue.says("reçues") && !queue.body.contains("Camille"), "{}", queue.body);
    let case = opened(&mut officer, &queue, "Étude du dossier").await;
    assert!(case.says("Pièces envoyées") && case.says("Un bilan sanguin"), "{}", case.body);
    let mut without = case.form(&format!("/pieces/{file}"));
    without.values.retain(|name, _| name == "jeton");
    let refused = officer.browser.submit(&without.clone().with(&[("motif", "x")])).await;
    assert_eq!(refused.status, 422, "no file without a reason");
    let (mut clerk, _) = Staffer::at(app, &["administrateurs"], "/gestion").await;
    assert_eq!(clerk.browser.submit(&without).await.status, 403);
    let read = asks_for(&mut officer, &case, file).await;
    assert_eq!(read.status, 200, "{}", read.body);
    assert_eq!(read.headers["content-type"], "application/pdf");
    assert_eq!(read.headers["x-content-type-options"], "nosniff");
    assert_eq!(read.headers["cache-control"], "no-store");
    assert!(read.body.contains("cholesterol"), "these very bytes");
    let acts: Vec<String> = sqlx::query_scalar("SELECT action FROM uw_audit ORDER BY id")
        .fetch_all(app.opened().pool())
        .await
        .expect("rows");
    for act in ["evidence_received", "evidence_complete", "evidence_clean", "evidence_opened"] {
        assert!(acts.iter().any(|one| one == act), "{act}: {acts:?}");
    }
    // Sealed where they are kept: nothing of it is in the clear on the disk.
    for object in objects(app).await {
        let kept = std::fs::read(&object).expect("kept");
        assert!(memchr::memmem::find(&kept, b"cholesterol").is_none(), "{object}");
    }
    decides(&mut officer, &case, "accept", "0").await;
}

/// The files of the storage in which documents that were sent are.
async fn objects(app: &App) -> Vec<String> {
    let sql =
        "SELECT CONCAT(LOWER(HEX(session_id)), '/evidence/', LOWER(HEX(id))) FROM uw_evidence";
    let names: Vec<String> =
        sqlx::query_scalar(sql).fetch_all(app.opened().pool()).await.expect("rows");
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/storage/underwriting");
    names.iter().map(|name| format!("{folder}/{name}")).collect()
}

#[tokio::test]
async fn a_virus_is_destroyed_and_the_document_is_asked_for_again() {
    let place = Place::new("virus");
    let _daemon = place.daemon().await;
    let (app, mut one, page) = asked(&place, &[]).await;
    let virus = format!("%PDF-1.7\n{}\n%%EOF\n", eicar());
    sends(&mut one, &page, virus.as_bytes()).await;
    all_are(&app, "INFECTED").await;
    let told = one.decision().await;
    assert_eq!(told.heading(), "Il nous faut un document", "asked for again: {}", told.body);
    let page = one.surfer.open(&page.at).await;
    assert!(page.says("un virus a été trouvé"), "{}", page.body);
    for object in objects(&app).await {
        eventually("its bytes are gone", async || {
            (!std::fs::exists(&object).expect("a folder")).then_some(())
        })
        .await;
    }
    let (mut officer, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
    assert!(queue.says("attendues"), "{}", queue.body);
    let case = opened(&mut officer, &queue, "Étude du dossier").await;
    assert!(case.says("un virus a été trouvé"), "{}", case.body);
    for file in files(&app).await {
        assert_eq!(asks_for(&mut officer, &case, &file).await.status, 404);
    }
    let told = sends(&mut one, &page, RESULT).await;
    assert_eq!(told.heading(), "Votre demande est à l’étude", "{}", told.body);
}

#[tokio::test]
async fn without_a_verdict_nothing_leaves_the_quarantine() {
    for does in [
        Impostor::FindsNothing,
        Impostor::Silent,
        Impostor::BreaksOff,
        Impostor::Babbles,
        Impostor::Declines,
    ] {
        let place = Place::new("none");
        let fake = place.impostor(does);
        let (app, mut one, page) = asked(&place, &[("SCANNER__TIMEOUT_MS", "300")]).await;
        let told = sends(&mut one, &page, RESULT).await;
        assert_eq!(told.heading(), "Votre demande est à l’étude", "nothing is lost: {}", told.body);
        // The hour of the next look is after this one's: it ended without a verdict.
        eventually("it was asked", async || {
            let sql = "SELECT COUNT(*) FROM job WHERE kind = 'underwriting.scan' AND state = 'waiting' \
                AND due_at > created_at";
            let later: i64 = sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.ok()?;
            (later > 0).then_some(())
        })
        .await;
        assert!(fake.asked.load(Ordering::SeqCst) > 0, "{does:?}");
        assert_eq!(count(&app, "CLEAN").await, 0, "{does:?}");
        let (mut officer, queue) = Staffer::at(&app, &["medical"], "/gestion/medical").await;
        let case = opened(&mut officer, &queue, "Étude du dossier").await;
        assert!(case.says("en quarantaine"), "{does:?}: {}", case.body);
        for file in files(&app).await {
            assert_eq!(asks_for(&mut officer, &case, &file).await.status, 404, "{does:?}");
        }
    }
}

#[tokio::test]
async fn a_scanner_that_was_away_is_asked_again() {
    let place = Place::new("away");
    let (app, mut one, page) = asked(&place, &[("SCANNER__TIMEOUT_MS", "20000")]).await;
    sends(&mut one, &page, RESULT).await;
    eventually("nobody answered", async || {
        let sql =
            "SELECT COUNT(*) FROM job WHERE kind = 'underwriting.scan' AND due_at > created_at";
        let later: i64 = sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.ok()?;
        (later > 0).then_some(())
    })
    .await;
    assert_eq!(count(&app, "CLEAN").await, 0);
    let _daemon = place.daemon().await;
    app.clock.advance(Duration::from_secs(60));
    all_are(&app, "CLEAN").await;
}

/// The letters to this person with this subject.
pub(super) async fn letters(app: &App, one: &Traveller, subject: &str) -> usize {
    let path = format!("/dev/messages.json?to={}", one.who.0.replace('@', "%40"));
    let kept: serde_json::Value = app.get(&path).await.json().await.expect("JSON");
    let all = kept["messages"].as_array().expect("a list");
    all.iter().filter(|one| one["subject"] == subject).count()
}

#[tokio::test]
async fn whoever_sends_nothing_is_reminded_three_times_and_then_it_is_over() {
    let place = Place::new("late");
    let _daemon = place.daemon().await;
    let (app, one, _) = asked(&place, &[]).await;
    let subject = "Il manque des documents";
    for (days, told) in [(8, 1), (8, 2), (15, 3)] {
        app.clock.advance(DAY * days);
        // Who looks after dossiers may be at this one at the same moment: then it is another turn's.
        let mut looks = 0_u32;
        eventually("a reminder", async || {
            looks += 1;
            if looks.is_multiple_of(100) {
                app.clock.advance(Duration::from_secs(600));
            }
            (letters(&app, &one, subject).await >= told).then_some(())
        })
        .await;
        // Looked at again the same day, it is told once.
        app.clock.advance(Duration::from_secs(3600));
        let looked = "SELECT COUNT(*) FROM uw_evidence_request WHERE reminders = ? AND next_at > ?";
        let now = app.clock.now().strftime("%Y-%m-%d %H:%M:%S").to_string();
        let count: i64 = sqlx::query_scalar(looked)
            .bind(u8::try_from(told).expect("small"))
            .bind(now)
            .fetch_one(app.opened().pool())
            .await
            .expect("a count");
        assert_eq!(count, 1, "the next one is another day's");
        assert_eq!(letters(&app, &one, subject).await, told);
    }
    app.clock.advance(DAY * 60);
    // Who looks after dossiers may be at this one at the same moment: then it is another turn's.
    let mut looks = 0_u32;
    eventually("it is over", async || {
        looks += 1;
        if looks.is_multiple_of(50) {
            app.clock.advance(Duration::from_secs(600));
        }
        let state: String = sqlx::query_scalar("SELECT state FROM uw_session")
            .fetch_one(app.opened().pool())
            .await
            .ok()?;
        let is_over = state == "CANCELLED" && written(&app, &one.base).await.0 == "abandoned";
        is_over.then_some(())
    })
    .await;
    assert_eq!(letters(&app, &one, subject).await, 3);
}

#[tokio::test]
async fn what_was_sent_is_gone_when_the_dossier_led_to_nothing() {
    let place = Place::new("gone");
    let _daemon = place.daemon().await;
    let (app, mut one, page) = asked(&place, &[]).await;
    sends(&mut one, &page, RESULT).await;
    all_are(&app, "CLEAN").await;
    let sent = objects(&app).await;
    let there = |it: &String| std::fs::exists(it).expect("a folder");
    assert!(!sent.is_empty() && sent.iter().all(there), "{sent:?}");
    app.clock.advance(DAY * 130);
    // Who looks after dossiers may be at this one at the same moment: then it is another turn's.
    let mut looks = 0_u32;
    eventually("its bytes are gone", async || {
        looks += 1;
        if looks.is_multiple_of(50) {
            app.clock.advance(Duration::from_secs(3600));
        }
        (!sent.iter().any(there)).then_some(())
    })
    .await;
    all_are(&app, "ERASED").await;
}

#[tokio::test]
async fn a_file_is_ones_own_and_of_its_size() {
    let place = Place::new("limits");
    let _daemon = place.daemon().await;
    let small = [
        ("UNDERWRITING__EVIDENCE__FILE_BYTES_MAX", "4096"),
        ("UNDERWRITING__EVIDENCE__KEPT_FILES_MAX", "3"),
    ];
    let (app, mut one, page) = asked(&place, &small).await;
    let (send, controls) = form(&page, "envoyer");
    let control = controls[0].as_str();
    let large = [RESULT, &[b' '; 5000], b"%%EOF\n"].concat();
    let seen = one.surfer.upload(&send, &[(control, "grand.pdf", &large)]).await;
    assert_eq!(seen.status, 422, "{}", seen.body);
    assert!(seen.says("« grand.pdf » dépasse"), "{}", seen.body);
    let foreign = SeenForm { values: [("action".into(), "envoyer".into())].into(), ..send.clone() };
    let seen = one.surfer.upload(&foreign, &[(control, "a.pdf", RESULT)]).await;
    assert_eq!(seen.status, 403, "a form that is not ours: {}", seen.body);
    // Another person, nobody, and another form.
    let (mut two, _) = Traveller::at_the_gate(&app, "other", YEAR, "150 000").await;
    assert_eq!(two.surfer.upload(&send, &[(control, "a.pdf", RESULT)]).await.status, 404);
    assert_eq!(two.surfer.open(&page.at).await.status, 404);
    let own = two.surfer.open(&format!("{}/a1/pieces", two.base)).await;
    assert_ne!(own.heading(), "Envoyer vos documents", "nothing is asked of them");
    two.surfer.jar.clear();
    assert_eq!(two.surfer.upload(&send, &[(control, "a.pdf", RESULT)]).await.status, 403);
    let plain = one.surfer.submit_once(&send).await;
    assert_eq!(plain.status, 415, "{}", plain.body);
    assert_eq!(count(&app, "QUARANTINE").await + count(&app, "CLEAN").await, 0);
    // The fourth file of a case of three.
    let files: Vec<_> = (0..4).map(|n| [RESULT, &[b'0' + n], b"%%EOF\n"].concat()).collect();
    for (place, file) in files.iter().enumerate() {
        let seen = one.surfer.upload(&send, &[(control, "a.pdf", file)]).await;
        let expected = if place < 3 { 303 } else { 422 };
        assert_eq!(seen.status, expected, "{place}: {}", seen.body);
    }
    // A body that does not say how long it is has the size of everybody's.
    let request = app.client.post(app.url(&page.at));
    let stream = futures_util::stream::iter(
        (0..100).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'x'; 8192]))),
    );
    let request = request.header("content-type", "multipart/form-data; boundary=x");
    let answer = soon(request.body(reqwest::Body::wrap_stream(stream)).send()).await;
    let is_large = answer.as_ref().is_ok_and(|answer| answer.status() == 413);
    // Who is refused while they send may not hear why.
    assert!(answer.is_err_and(|it| !it.is_timeout()) || is_large, "taken");
}
