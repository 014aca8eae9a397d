//! What somebody declared before the questionnaire, on its way into it: an engine that goes away in between, that
//! has answers already, or that does not take these.

use assurly::kernel::problem::Kind;
use assurly::slices::underwriting::{Declared, Opening};

use super::Person;
use super::faults::{JSON, Liar};
use crate::harness::{logs, soon};

#[tokio::test]
async fn what_was_declared_is_carried_once_the_engine_is_there() {
    const PROBLEM: &str = "Content-Type: application/problem+json";
    let liar = Liar::start().await;
    let app = liar.app(&[]).await;
    let declared = Declared {
        centimetres: 187,
        kilograms: 91,
        smokes: false,
        is_on_leave: false,
        is_examined: true,
    };
    assert_eq!(format!("{declared:?}"), "…");
    let mut opening = Person::new("kim").opening();
    opening.declared = Some(declared);
    let open = async || soon(app.underwriting.open(&opening)).await;
    let is_untouched =
        async || app.underwriting.is_untouched(opening.insured).await.expect("a database");
    // It went away between the opening and the answers: nobody is let in half-way, and they are asked for again.
    liar.answers(&format!("503 Service Unavailable\r\n{PROBLEM}"), "{}");
    assert_eq!(open().await.expect_err("away").kind, Kind::Unavailable);
    assert_eq!(liar.asked().len(), 1);
    assert!(is_untouched().await);
    liar.answers(JSON, "{}");
    assert_eq!(open().await.expect("open").address, "/continue/");
    let asked = liar.asked();
    assert!(asked[0].starts_with("PUT /cep-core/api/v1/answers ") && asked.len() == 1, "{asked:?}");
    assert!(asked[0].contains("authorization: Bearer aaa.bbb.ccc"), "their session, not our key");
    assert!(asked[0].contains("\"taille\":187") && asked[0].contains("\"examen\":true"));
    assert!(!is_untouched().await);
    // What was answered before counts, and what the engine does not take is asked by it.
    for (name, status, leaves) in
        [("lou", "409 Conflict", false), ("mia", "422 Unprocessable Content", true)]
    {
        let opening = Opening { declared: Some(declared), ..Person::new(name).opening() };
        liar.answers(&format!("{status}\r\n{PROBLEM}"), "{\"code\":\"stale_revision\"}");
        soon(app.underwriting.open(&opening)).await.expect("open");
        let is_untouched = app.underwriting.is_untouched(opening.insured).await;
        assert_eq!(is_untouched.expect("a database"), leaves, "{status}");
    }
    assert!(logs::holding("centimetres").is_empty() && logs::holding("taille").is_empty());
}
