//! The medical desk: each opening with its reason, the decision back to the engine, four eyes above the
//! threshold.

use assurly::domain::guarantee::Guarantee;
use assurly::domain::underwriting::{GuaranteeOutcome, Outcome};
use assurly::kernel::problem::Kind;
use assurly::slices::underwriting::{Proposed, SessionState};

use super::{Cases, Person, app, rows};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::tomcat::Tomcat;

/// Somebody whose case waits for the medical service.
async fn referred(app: &App, capital_euros: u32) -> (Person, uuid::Uuid) {
    let cases = Cases::read();
    let mut person = Person::new("referred");
    person.facts.capital_euros = capital_euros;
    person.open(app).await.expect("opened");
    person.answers(app, &cases.answers(cases.named("burnout_now"))).await;
    assert_eq!(person.submit(app).await.status(), 200);
    let standing = person.decided(app).await;
    assert_eq!(standing.state, SessionState::Referred);
    let queue = app.underwriting.medical_queue().await.expect("a database");
    let waiting = queue.iter().find(|it| it.insured == person.insured).expect("in the queue");
    // The decision comes first, its documents when the engine has made them.
    eventually("its documents are kept", async || {
        let kept: Vec<(String,)> = rows(app, "SELECT engine_id FROM uw_document").await;
        kept.iter().any(|(name,)| name.starts_with("medical-")).then_some(())
    })
    .await;
    (person, waiting.session)
}

fn accepted(loading: u16) -> Vec<GuaranteeOutcome> {
    let of = |guarantee| {
        let outcome = if loading > 0 { Outcome::Loading } else { Outcome::Accept };
        GuaranteeOutcome {
            outcome,
            loading_percent: loading,
            ..GuaranteeOutcome::accepted(guarantee)
        }
    };
    Guarantee::ALL.into_iter().map(of).collect()
}

#[tokio::test]
async fn a_case_is_opened_for_a_reason_and_decided_by_a_person() {
    let app = app(Tomcat::shared().await, &[]).await;
    let (person, session) = referred(&app, 250_000).await;
    let desk = &app.underwriting;
    for reason in ["", "  ", "ab"] {
        let refused = desk.medical_case("dr a", session, reason).await.expect_err("no reason");
        assert_eq!(refused.kind, Kind::Invalid);
    }
    let case = desk.medical_case("dr a", session, "Étude").await.expect("opened");
    assert!(case.medical.contains("rules"), "{}", case.medical);
    assert!(case.documents.iter().any(|it| it.starts_with("medical-")), "{:?}", case.documents);
    let reasons = case.documents.iter().find(|it| it.starts_with("medical-")).expect("one");
    let bytes = desk.medical_document("dr a", session, reasons, "Étude").await.expect("kept");
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(
        desk.document(person.insured, reasons).await.expect_err("not the person's").kind,
        Kind::NotFound
    );
    let proposed = desk.propose("dr a", session, &accepted(50), "Stabilisé depuis").await;
    assert_eq!(proposed.expect("taken"), Proposed::Decided);
    let standing = desk.standing(person.insured).await.expect("a database").expect("one");
    assert_eq!(standing.state, SessionState::Decided);
    let decided = standing.decision.expect("a decision");
    assert!(!decided.is_automatic);
    assert_eq!(decided.decision.code(), "ACCEPT_MODIFIED");
    let again = desk.propose("dr a", session, &accepted(0), "Encore").await.expect_err("decided");
    assert_eq!(again.kind, Kind::Conflict);
    let kept: Vec<(u16, Option<String>)> =
        rows(&app, "SELECT sequence, supersedes FROM uw_decision ORDER BY sequence").await;
    assert!(kept.len() == 2 && kept[1].1.is_some(), "the first decision stays: {kept:?}");
    let acts: Vec<(String, String)> =
        rows(&app, "SELECT action, reason FROM uw_audit WHERE actor = 'dr a' ORDER BY id").await;
    let acts: Vec<_> =
        acts.iter().map(|(action, reason)| (action.as_str(), reason.as_str())).collect();
    let expected = [
        ("case_opened", "Étude"),
        ("document_opened", "Étude"),
        ("review_proposed", "Stabilisé depuis"),
        ("review_proposed", "Encore"),
    ];
    assert_eq!(acts, expected);
}

#[tokio::test]
async fn above_the_threshold_two_people_decide() {
    let few = [("UNDERWRITING__FOUR_EYES_ABOVE_EUROS", "200000")];
    let app = app(Tomcat::shared().await, &few).await;
    let (person, session) = referred(&app, 250_000).await;
    let desk = &app.underwriting;
    let proposed = desk.propose("dr a", session, &accepted(0), "Rien à signaler").await;
    assert_eq!(proposed.expect("noted"), Proposed::AwaitsApproval);
    let standing = desk.standing(person.insured).await.expect("a database").expect("one");
    assert_eq!(standing.state, SessionState::Referred, "nothing is decided yet");
    let own = desk.approve("dr a", session, "Je valide").await.expect_err("the same person");
    assert_eq!(own.kind, Kind::Forbidden);
    let twice = desk.propose("dr b", session, &accepted(25), "Autre avis").await;
    assert_eq!(twice.expect_err("one is under way").kind, Kind::Conflict);
    desk.approve("dr b", session, "Relu").await.expect("approved");
    let standing = desk.standing(person.insured).await.expect("a database").expect("one");
    assert_eq!(standing.state, SessionState::Decided);
    assert_eq!(standing.decision.expect("one").decision.code(), "ACCEPT_STANDARD");
}
