//! What a document says, and how it is answered.

use serde_json::{Value, json};

use super::templates::asked;
use super::{bytes, couple, href, keep, list};
use crate::harness::app::App;
use crate::quotes::{project, read, with};

/// The words of a PDF, each space plain and single.
fn words(pdf: &[u8]) -> String {
    let said = asked("pdftotext", &["-raw", "FILE", "-"], pdf);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `1395` as a document writes it: `13,95 €`.
fn euros(cents: &Value) -> String {
    let cents = cents.as_i64().expect("cents");
    let (whole, rest) = (cents / 100, cents % 100);
    match whole / 1000 {
        0 => format!("{whole},{rest:02} €"),
        thousands => format!("{thousands} {:03},{rest:02} €", whole % 1000),
    }
}

#[tokio::test]
async fn a_couple_has_a_quote_and_two_sheets_with_the_figures_of_the_answer() {
    let app = App::start().await;
    let quote = keep(&app, &couple()).await;
    let documents = list(&app, &quote).await;
    let names: Vec<_> = documents.iter().map(|one| one["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["devis", "fiche_standardisee_1", "fiche_standardisee_2"]);
    assert_eq!(documents[0].get("insured"), None);
    assert_eq!(documents[2]["insured"], "b");
    for (place, document) in documents[1..].iter().enumerate() {
        let said = words(&bytes(&app, href(document)).await);
        let priced = &quote["result"]["insured"][place];
        for field in ["first_month_cents", "total_8y_cents", "total_cents"] {
            assert!(said.contains(&euros(&priced[field])), "{field}: {said}");
        }
        for part in 1..=8 {
            assert!(said.contains(&format!(" {part}. L")) || said.contains(&format!(" {part}. C")));
        }
        assert!(said.contains(quote["number"].as_str().expect("a number")));
        assert!(said.contains("Fiche établie en ligne le 23 novembre 2026"), "{said}");
    }
    let said = words(&bytes(&app, href(&documents[0])).await);
    for field in ["first_month_cents", "total_8y_cents", "total_cents"] {
        assert!(said.contains(&euros(&quote["result"]["project"][field])), "{field}: {said}");
    }
}

#[tokio::test]
async fn a_document_is_answered_as_a_file_that_nobody_keeps() {
    let app = App::start().await;
    let quote = keep(&app, &project()).await;
    let document = list(&app, &quote).await.remove(1);
    let answer = app.get(href(&document)).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("cache-control"), "private, no-store");
    assert_eq!(header("x-content-type-options"), "nosniff");
    let number = quote["number"].as_str().expect("a number");
    let file = format!("inline; filename=\"fiche-standardisee-1-{number}.pdf\"");
    assert_eq!(header("content-disposition"), file);
    let etag = format!("\"{}\"", document["sha256"].as_str().expect("a hash"));
    assert_eq!(header("etag"), etag);
    assert_eq!(header("content-length"), document["size"].to_string());
    let asked = app.client.get(app.url(href(&document)));
    let again = asked.header("if-none-match", etag).send().await.expect("an answer");
    assert_eq!(again.status(), 304);
    assert_eq!(again.bytes().await.expect("none").len(), 0);
    for wrong in ["nothing", "fiche_standardisee", "fiche_standardisee_2", "mandat_sepa"] {
        let address = href(&document).replace("fiche_standardisee_1", wrong);
        assert_eq!(read(app.get(&address).await).await.0, 404, "{wrong}");
    }
    let outside = href(&document).replace("fiche_standardisee_1", "..%2Fdevis");
    assert_eq!(read(app.get(&outside).await).await.0, 403, "a step up the tree");
    let id = "quo_01900000000070008000000000000001";
    assert_eq!(app.get(&format!("/v1/quotes/{id}/documents")).await.status(), 404);
    assert_eq!(app.get(&format!("/devis/{id}/documents/devis")).await.status(), 404);
}

#[tokio::test]
async fn the_page_offers_its_documents_with_their_sizes() {
    let app = App::start().await;
    let quote = keep(&app, &couple()).await;
    let path = quote["page"].as_str().expect("a page");
    // At the first look they begin to be made, and the page does not wait for them.
    let page = app.get(path).await.text().await.expect("text");
    assert!(page.contains("documents/devis\">Devis d’assurance de prêt (PDF)</a>"), "{page}");
    let documents = list(&app, &quote).await;
    let page = app.get(path).await.text().await.expect("text");
    for document in documents {
        let (name, title) = (document["name"].as_str(), document["title"].as_str());
        let kilo = document["size"].as_u64().expect("bytes").div_ceil(1000);
        let link = format!(
            "<a href=\"{path}/documents/{}\">{} (PDF, {kilo}\u{A0}Ko)</a>",
            name.expect("a name"),
            title.expect("a title"),
        );
        assert!(page.contains(&link), "{link}\n{page}");
        let address = format!("{path}/documents/{}", name.expect("a name"));
        assert_eq!(bytes(&app, &address).await, bytes(&app, href(&document)).await);
    }
}

/// The one text of a quote that a program chooses is the name of a loan or a person; what could be
/// code is refused there already, and the templates are tried with the worst of it elsewhere.
#[tokio::test]
async fn a_name_that_a_program_gave_is_on_paper() {
    let app = App::start().await;
    let name = "Pret-3.30";
    let mut document = with(project(), "/insured/0/ref", json!(name));
    document = with(document, "/loans/0/ref", json!(name));
    document = with(document, "/insured/0/shares/0/loan", json!(name));
    let quote = keep(&app, &document).await;
    for document in list(&app, &quote).await {
        assert!(words(&bytes(&app, href(&document)).await).contains(&format!("({name})")));
    }
}
