//! Documents taken together: the recap's list with its sizes, and everything of it in one file that holds the
//! very bytes that are served one by one, for who may open each of them and for nobody else.

use std::io::{Cursor, Read as _};

use reqwest::StatusCode;

use super::couple::{BIRTH, Couple};
use super::signing::{base, file};
use super::{begin, code, describe, fill, quote, somebody};
use crate::harness::app::App;
use crate::harness::logs;
use crate::harness::surfer::{Seen, Surfer};
use crate::harness::typeset;
use crate::papers::templates::asked;

/// Each file of an archive, by its name, in its order; another reader has found nothing wrong with it.
pub(super) fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let said = asked("python3", &["-m", "zipfile", "-t", "FILE"], bytes);
    assert!(said.contains("Done testing"), "{said}");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut files = Vec::new();
    for place in 0..archive.len() {
        let mut one = archive.by_index(place).expect("a file");
        let mut bytes = Vec::new();
        one.read_to_end(&mut bytes).expect("its bytes");
        files.push((one.name().expect("a name").into_owned(), bytes));
    }
    files
}

/// The addresses of the documents of a page, as they are listed.
pub(super) fn listed(page: &Seen) -> Vec<String> {
    let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|href| href.contains("/documents/")).map(str::to_owned).collect()
}

/// The name under which a document is served.
async fn served_name(surfer: &mut Surfer, path: &str) -> String {
    let seen = surfer.open(path).await;
    assert_eq!(seen.status, StatusCode::OK, "{path}");
    let told = seen.headers["content-disposition"].to_str().expect("text").to_owned();
    told.split('"').nth(1).expect("a name").to_owned()
}

/// What is taken together is what is listed and served one by one.
pub(super) async fn is_what_is_listed(app: &App, surfer: &mut Surfer, page: &Seen, all: &str) {
    let files = unpacked(&file(app, surfer, all).await);
    let listed = listed(page);
    assert_eq!(files.len(), listed.len(), "{listed:?}");
    for (path, (name, bytes)) in listed.iter().zip(&files) {
        assert_eq!(&served_name(surfer, path).await, name);
        assert!(file(app, surfer, path).await == *bytes, "{name} is the very document");
    }
}

#[tokio::test]
async fn the_recap_says_sizes_and_gives_everything_at_once() {
    let app = App::start().await;
    let (mut surfer, who) = (Surfer::new(&app), somebody("recap"));
    let quote = quote(&app, "1992", "150000").await;
    let page = begin(&app, &mut surfer, &quote, &who).await;
    let recap = describe(&mut surfer, page).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    let at = recap.at.clone();
    let recap = typeset("the sizes", async || {
        let page = surfer.clone().open(&at).await;
        (!page.says("PDF, en préparation")).then_some(page)
    })
    .await;
    for path in listed(&recap) {
        let size = file(&app, &surfer, &path).await.len();
        let said = format!("PDF, {} Ko", size.div_ceil(1000));
        assert!(recap.says(&said), "{path}: {said}: {}", recap.body);
    }
    let names: Vec<_> = listed(&recap)
        .iter()
        .filter_map(|path| path.rsplit('/').next())
        .map(str::to_owned)
        .collect();
    let expected = ["fiche_conseil", "ipid", "notice", "devis", "fiche_standardisee_1"];
    assert_eq!(names, expected, "what is read before signing: {}", recap.body);
    let all = format!("{at}/documents.zip");
    assert!(recap.body.contains(&format!("href=\"{all}\"")), "{}", recap.body);
    is_what_is_listed(&app, &mut surfer, &recap, &all).await;
    let answer = surfer.open(&all).await;
    let header = |name: &str| answer.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/zip");
    assert_eq!(header("cache-control"), "private, no-store");
    let number = recap.body.split("Dossier DO-").nth(1).and_then(|rest| rest.split('<').next());
    let name = format!("attachment; filename=\"dossier-DO-{}.zip\"", number.expect("a number"));
    assert_eq!(header("content-disposition"), name);
    assert!(file(&app, &surfer, &all).await == file(&app, &surfer, &all).await, "the same bytes");
    // Nobody, and somebody on another dossier.
    let nobody = Surfer::new(&app).open(&all).await;
    assert_eq!(nobody.status, StatusCode::FORBIDDEN, "{}", nobody.body);
    let mut stranger = Surfer::new(&app);
    begin(&app, &mut stranger, &quote, &somebody("autre")).await;
    assert_eq!(stranger.open(&all).await.status, StatusCode::NOT_FOUND);
    let id = base(&at).trim_start_matches("/d/").to_owned();
    let lines = logs::holding("the documents of an offer were taken").into_iter();
    let ours: Vec<_> = lines.filter(|line| line.to_string().contains(&id)).collect();
    assert_eq!(ours.len(), 4, "each taking, and no refusal: {ours:?}");
}

#[tokio::test]
async fn each_of_a_couple_takes_their_own_sheet() {
    let mut couple = Couple::begin(App::start().await).await;
    let path = couple.invite("").await;
    let mut second = Surfer::new(&couple.app);
    let page = second.open(&path).await;
    let page = fill(&mut second, &page, &BIRTH).await;
    let sms = code(&couple.app, &couple.sam.1).await;
    let page = fill(&mut second, &page, &[("code", &sms)]).await;
    let recap = format!("{}/recapitulatif", base(&page.at));
    let all = format!("{recap}/documents.zip");
    for (surfer, own, other) in [(&mut couple.first, 1, 2), (&mut second, 2, 1)] {
        let page = surfer.open(&recap).await;
        assert!(page.body.contains(&format!("/fiche_standardisee_{own}\"")), "{}", page.body);
        assert!(!page.body.contains(&format!("/fiche_standardisee_{other}\"")), "{}", page.body);
        is_what_is_listed(&couple.app, surfer, &page, &all).await;
        let files = unpacked(&file(&couple.app, surfer, &all).await);
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        let own = format!("fiche-standardisee-{own}-");
        let begins = ["fiche-conseil-", "ipid-", "notice-", "devis-", own.as_str()];
        assert_eq!(names.len(), begins.len(), "{names:?}");
        assert!(names.iter().zip(begins).all(|(name, begin)| name.starts_with(begin)), "{names:?}");
    }
}
