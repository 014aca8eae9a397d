//! Somebody who was put off comes back when the delay is over: the database dies before the dossier is open again,
//! and after; it is opened once, and the next look goes on where the last one stopped. The program runs in here, on
//! a clock that can be a year later, with the real questionnaire.

use std::time::Duration;

use super::snare::{Moment, Snare};
use super::steps::EVENT;
use crate::acceptance::{Traveller, YEAR, app};
use crate::dossiers::{another_code, code, link, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::tomcat::Tomcat;
use crate::harness::{begun, soon};

const YEAR_AND_MORE: Duration = Duration::from_secs(370 * 86_400);

#[tokio::test]
async fn cut_from_the_database_while_somebody_asks_again_their_dossier_is_open_once() {
    let database = TestDatabase::own().await;
    let wire = Snare::to(&database.url()).await;
    let url = wire.url(&database.url());
    let app = app(Tomcat::shared().await, &[("DATABASE__URL", &url)]).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "again", YEAR, "150 000").await;
    let seen = one.answers(&app, &gate, "infarct_recent").await;
    assert_eq!(seen.heading(), "Votre demande doit attendre", "{}", seen.body);
    app.clock.advance(YEAR_AND_MORE);
    assert_eq!(app.dossiers.sweep().await.expect("swept").recalled, 1);
    comes_back(&app, &mut one).await;
    assert_eq!(written(&app, &one.base).await.0, "postponed");
    let path = format!("{}/a1/questionnaire", one.base);
    for moment in Moment::BOTH {
        let sprung = wire.wait_for(EVENT, moment);
        let (mut lost, asked) = (one.surfer.clone(), path.clone());
        let asked = begun(async move { lost.try_open(&asked).await });
        soon(sprung).await.expect("it is written");
        wire.cut();
        wire.mend();
        if let Ok(seen) = soon(asked).await.expect("no panic") {
            assert!(seen.status.is_server_error(), "{}: {}", seen.status, seen.body);
        }
        let (state, version, acts) = written(&app, &one.base).await;
        let times = acts.iter().filter(|act| *act == "apply_again").count();
        let is_done = moment == Moment::After;
        assert_eq!((state != "postponed", times), (is_done, usize::from(is_done)), "{acts:?}");
        assert_eq!(usize::try_from(version), Ok(acts.len()), "one event for each version");
    }
    // Nobody studies anything any more, and the questions are asked again.
    let gate = one.surfer.open(&path).await;
    assert_eq!(gate.heading(), "Quelques questions sur votre santé", "{}", gate.body);
    let (_, _, acts) = written(&app, &one.base).await;
    let since = acts.iter().position(|act| act == "postpone").expect("put off");
    assert_eq!(acts[since + 1..], ["apply_again", "ask_health", "complete_health", "reopened"]);
    let left = "SELECT COUNT(*) FROM dossier_insured WHERE decision IS NOT NULL";
    let left: i64 = sqlx::query_scalar(left).fetch_one(app.opened().pool()).await.expect("a count");
    assert_eq!(left, 0, "what was decided is void");
}

/// By the link of the letter and another code.
async fn comes_back(app: &App, one: &mut Traveller) {
    let old = code(app, &one.who.1).await;
    let back = link(app, &one.who.0, "/r/").await;
    let page = one.surfer.open(&back).await;
    let page = one.surfer.submit(&page.form(&back)).await;
    let code = another_code(app, &one.who.1, &old).await;
    let form = super::couple::filled(&page, &[("code", &code)]);
    one.surfer.submit_once(&form).await;
}
