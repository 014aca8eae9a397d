//! The offer of a loan, sent as a PDF or photographs: held until a real scanner has looked at it, replaced
//! and taken back, compared by an advisor and by nobody else, gone with the person.

use reqwest::StatusCode;

use super::{begin, fill, quote, somebody};
use crate::harness::app::App;
use crate::harness::clamd::{Place, eicar};
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::staff::Staffer;
use crate::harness::surfer::{Seen, SeenForm, Surfer};

/// An offer that says what no other file does.
pub(crate) const OFFER: &[u8] =
    b"%PDF-1.7\n% offre de pret 150 000\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

/// A program that takes files, and looks at them with this scanner.
pub(crate) async fn program(place: &Place, over: &[(&str, &str)]) -> App {
    let address = place.address();
    let own = [
        ("JOBS__RUN", "true"),
        ("JOBS__POLL_MS", "20"),
        ("JOBS__TEND_MS", "50"),
        ("SCANNER__CLAMD", address.as_str()),
    ];
    App::on_database(&TestDatabase::own().await, &[&own, over].concat()).await
}

/// Somebody on the page of their loan.
pub(crate) async fn at_the_loan(app: &App) -> (Surfer, Seen) {
    let (mut phone, who) = (Surfer::new(app), somebody("offre"));
    let quote = quote(app, "1992", "150000").await;
    let mut page = begin(app, &mut phone, &quote, &who).await;
    for answers in [
        &[("prenom", "Camille"), ("nom", "Martin"), ("lieu", "Lille, France")][..],
        &[("voie", "3 rue des Lilas"), ("cp", "59000"), ("commune", "Lille")],
        &[("activite", "salarie_cadre"), ("risque_pro", "non"), ("sport", "non")],
    ] {
        page = fill(&mut phone, &page, answers).await;
    }
    assert_eq!(page.heading(), "Votre prêt", "{}", page.body);
    (phone, page)
}

/// The form for files, and what it is sent with.
fn files(page: &Seen) -> SeenForm {
    let mut form = page.forms().into_iter().find(|it| it.action.ends_with("/offre"));
    let form = form.as_mut().expect("a form for files");
    form.values.retain(|name, _| ["jeton", "remplace"].contains(&name.as_str()));
    form.clone()
}

pub(crate) async fn sends(phone: &mut Surfer, page: &Seen, name: &str, bytes: &[u8]) -> Seen {
    let sent = phone.upload(&files(page), &[("fichier", name, bytes)]).await;
    if sent.status == StatusCode::SEE_OTHER { phone.open(&sent.location()).await } else { sent }
}

/// The page, once the file of it stands so.
pub(crate) async fn standing(phone: &Surfer, at: &str, words: &str) -> Seen {
    eventually(words, async || {
        let page = phone.clone().open(at).await;
        page.says(words).then_some(page)
    })
    .await
}

async fn rows(app: &App, state: &str) -> i64 {
    let query = sqlx::query_scalar("SELECT COUNT(*) FROM loan_offer WHERE state = ?").bind(state);
    query.fetch_one(app.opened().pool()).await.expect("counted")
}

#[tokio::test]
async fn an_offer_is_sent_replaced_taken_back_and_compared() {
    let place = Place::new("offer");
    let _daemon = place.daemon().await;
    let app = program(&place, &[]).await;
    let (mut phone, loan) = at_the_loan(&app).await;
    assert!(loan.says("J’ai mon offre en PDF ou en photo"), "{}", loan.body);
    let at = format!("{}/offre", loan.at);
    let page = phone.open(&at).await;
    assert_eq!(page.heading(), "Votre offre de prêt", "{}", page.body);
    assert!(page.says("Aucun fichier pour l’instant"), "{}", page.body);
    let odd = sends(&mut phone, &page, "offre.doc", b"MZ\x90\0 a program").await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.says("« offre.doc » n’est ni un PDF ni une photo"), "{}", odd.body);
    let nothing = sends(&mut phone, &page, "", b"").await;
    assert!(nothing.says("Choisissez au moins un fichier"), "{}", nothing.body);
    let page = sends(&mut phone, &page, "mon offre.pdf", OFFER).await;
    assert!(page.says("mon offre.pdf") && page.says("PDF"), "{}", page.body);
    let page = standing(&phone, &at, "reçu et vérifié").await;
    // The same file again is the same file.
    let page = sends(&mut phone, &page, "encore.pdf", OFFER).await;
    assert!(!page.says("encore.pdf"), "{}", page.body);
    let (_, rest) = page.body.split_once("?remplacer=").expect("a way to replace it");
    let instead = phone.open(&format!("{at}?remplacer={}", &rest[..32])).await;
    assert!(instead.says("Fichier à la place de mon offre.pdf"), "{}", instead.body);
    let better = [OFFER, b"% second\n%%EOF\n"].concat();
    let page = sends(&mut phone, &instead, "meilleure.pdf", &better).await;
    assert!(page.says("meilleure.pdf") && !page.says("mon offre.pdf"), "{}", page.body);
    let page = standing(&phone, &at, "reçu et vérifié").await;
    compared(&app, &mut phone, &better).await;
    let page = phone.submit(&page.form("/supprimer")).await;
    assert!(page.says("Aucun fichier pour l’instant"), "{}", page.body);
    eventually("their bytes go", async || {
        (rows(&app, "REMOVED").await + rows(&app, "CLEAN").await == 0).then_some(())
    })
    .await;
}

/// An advisor reads it beside what was typed; the medical service has no business there.
async fn compared(app: &App, phone: &mut Surfer, bytes: &[u8]) {
    let (mut advisor, queue) = Staffer::at(app, &["conseil"], "/gestion/offres").await;
    let (_, rest) = queue.body.split_once("href=\"/gestion/offres/").expect("an offer that waits");
    let at = format!("/gestion/offres/{}", rest.split('"').next().expect("its end"));
    assert!(queue.says(&format!("{at}\">DO-2026-")), "the dossier's number: {}", queue.body);
    let case = advisor.browser.open(&at).await;
    assert!(case.says("150 000,00 €") && case.says("meilleure.pdf"), "{}", case.body);
    let (_, rest) = case.body.split_once(&format!("href=\"{at}/")).expect("a file");
    let file = format!("{at}/{}", rest.split('"').next().expect("its end"));
    let read = advisor.browser.open(&file).await;
    assert_eq!((read.status, read.body.as_bytes()), (StatusCode::OK, bytes));
    let (mut officer, _) = Staffer::at(app, &["medical"], "/gestion/medical").await;
    assert_eq!(officer.browser.open(&file).await.status, StatusCode::FORBIDDEN);
    assert!(phone.open(&file).await.at.starts_with("/pools/gestion/"), "the door of our staff");
    let silent = advisor.browser.submit(&case.form(&at).with(&[("avis", "different")])).await;
    assert!(silent.says("Indiquez ce qui diffère"), "{}", silent.body);
    let said = [("avis", "different"), ("note", "Le taux est de 3,40 %")];
    let queue = advisor.browser.submit(&case.form(&at).with(&said)).await;
    assert!(queue.says("Aucune offre n’attend"), "{}", queue.body);
    assert!(advisor.browser.open(&at).await.says("Le taux est de 3,40 %"));
}

#[tokio::test]
async fn an_offer_is_ones_own_of_its_size_and_without_a_virus() {
    let place = Place::new("offer-odd");
    let _daemon = place.daemon().await;
    let small = [("OFFERS__FILE_BYTES_MAX", "4096"), ("OFFERS__FILES_MAX", "2")];
    let app = program(&place, &small).await;
    let (mut phone, loan) = at_the_loan(&app).await;
    let at = format!("{}/offre", loan.at);
    let page = phone.open(&at).await;
    let large = [OFFER, &[b' '; 5000], b"%%EOF\n"].concat();
    let seen = sends(&mut phone, &page, "grand.pdf", &large).await;
    assert!(seen.says("« grand.pdf » dépasse"), "{}", seen.body);
    let (mut other, _) = at_the_loan(&app).await;
    assert_eq!(other.open(&at).await.status, StatusCode::NOT_FOUND);
    let theirs = other.upload(&files(&page), &[("fichier", "a.pdf", OFFER)]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let mut foreign = files(&page);
    foreign.values.clear();
    let foreign = phone.upload(&foreign, &[("fichier", "a.pdf", OFFER)]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(phone.open(&at.replace("/pret/1/", "/pret/2/")).await.status, StatusCode::NOT_FOUND);
    let virus = [b"%PDF-1.7\n", eicar().as_bytes(), b"\n%%EOF\n"].concat();
    sends(&mut phone, &page, "offre.pdf", &virus).await;
    let page = standing(&phone, &at, "un virus a été trouvé").await;
    let full = sends(&mut phone, &page, "une.pdf", OFFER).await;
    assert!(full.says("C’est le nombre de fichiers le plus grand"), "{}", full.body);
    let third = [OFFER, b"% third\n%%EOF\n"].concat();
    let late = phone.upload(&files(&page), &[("fichier", "deux.pdf", &third)]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.says("2 fichiers au plus pour un prêt"), "{}", late.body);
}

/// The files of a loan go with it, and those of the others stay where they are.
#[tokio::test]
async fn a_loan_that_is_taken_out_takes_its_files_and_no_others() {
    let place = Place::new("offer-out");
    let _daemon = place.daemon().await;
    let app = program(&place, &[]).await;
    let (mut phone, loan) = at_the_loan(&app).await;
    let base = loan.at.trim_end_matches("/pret/1").to_owned();
    let ptz = [
        ("type", "ptz"),
        ("capital", "40000"),
        ("duree", "20"),
        ("echeance_m", "1"),
        ("echeance_a", "2027"),
    ];
    let new = phone.open(&format!("{base}/pret/nouveau")).await;
    fill(&mut phone, &new, &ptz).await;
    let other = [OFFER, b"% of the second\n%%EOF\n"].concat();
    let sent = [("pret/1", "premier.pdf", OFFER), ("pret/2", "second.pdf", &other[..])];
    let mut open = Vec::new();
    for (number, name, bytes) in sent {
        let at = format!("{base}/{number}/offre");
        let page = phone.open(&at).await;
        let page = sends(&mut phone, &page, name, bytes).await;
        assert!(page.says(name), "{}", page.body);
        open.push(standing(&phone, &at, "reçu et vérifié").await);
    }
    let ask = phone.open(&format!("{base}/pret/1/supprimer")).await;
    assert!(ask.says("L’offre envoyée pour ce prêt est supprimée aussi"), "{}", ask.body);
    fill(&mut phone, &ask, &[]).await;
    eventually("its file goes", async || {
        (rows(&app, "REMOVED").await == 0 && rows(&app, "CLEAN").await == 1).then_some(())
    })
    .await;
    let kept = phone.open(&format!("{base}/pret/2/offre")).await;
    assert_eq!(kept.heading(), "Votre offre de prêt", "{}", kept.body);
    assert!(kept.says("second.pdf") && !kept.says("premier.pdf"), "{}", kept.body);
    // A page that was open before puts nothing under a loan that is gone.
    let late = phone.upload(&files(&open[0]), &[("fichier", "tard.pdf", OFFER)]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    // The last one takes its file too.
    let ask = phone.open(&format!("{base}/pret/2/supprimer")).await;
    fill(&mut phone, &ask, &[]).await;
    eventually("the other goes", async || (rows(&app, "CLEAN").await == 0).then_some(())).await;
    let late = phone.upload(&files(&open[1]), &[("fichier", "tard.pdf", OFFER)]).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
}

/// Without a scanner no file is taken, and no page offers to send one.
#[tokio::test]
async fn without_a_scanner_nobody_is_asked_for_an_offer() {
    let app = App::on_database(&TestDatabase::own().await, &[("JOBS__RUN", "true")]).await;
    let (mut phone, loan) = at_the_loan(&app).await;
    assert!(!loan.says("J’ai mon offre"), "{}", loan.body);
    assert_eq!(phone.open(&format!("{}/offre", loan.at)).await.status, StatusCode::NOT_FOUND);
}
