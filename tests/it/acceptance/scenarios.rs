//! Every disclosure of the reference (`reflex.md` §6.2) and every persona of `domain.md` §13.5, one list and
//! one way through: from the first click to the signed contract, with the right supplements and exclusions in
//! its price and on its paper, or to the page that says who studies it and until when, or from when to ask
//! again. The pages, the engine in its Tomcat and the signature are the real ones.

use serde_json::Value;

use super::desk::opened;
use super::signed::{contract, program};
use super::{Traveller, YEAR};
use crate::dossiers::{begin, describe, hex, quote_over, somebody, written};
use crate::harness::app::App;
use crate::harness::staff::Staffer;
use crate::harness::surfer::{Seen, Surfer};
use crate::underwriting::Cases;

/// Somebody, and what they are told.
struct Scenario {
    /// The case of the knowledge base whose answers they give.
    case: &'static str,
    year: &'static str,
    /// Years of the loan.
    term: &'static str,
    capital: &'static str,
    smoker: &'static str,
    ends: End,
}

/// Where a scenario ends.
enum End {
    /// Signed, at once.
    Signed(Terms),
    /// Studied by a person of the medical service, who decides so; then signed.
    Studied(Verdict, Terms),
    /// A document first: its name on the page. Nothing is signed.
    Evidence(&'static str),
    /// Not before so many months. Nothing is signed.
    PutOff(i64),
    /// The law protects them: no question is asked, and they sign.
    Protected,
}

/// What they sign.
struct Terms {
    /// Supplements in percent: on death and loss of autonomy, on the three others.
    death: u32,
    work: u32,
    /// A part of the words of each exclusion.
    excluded: &'static [&'static str],
    /// Whether the three others are sold at all.
    is_whole: bool,
}

/// What the medical service decides: a supplement and an exclusion on death and loss of autonomy, and whether the
/// three others are sold.
struct Verdict {
    loading: &'static str,
    exclusion: &'static str,
    is_whole: bool,
}

const STANDARD: Terms = loaded(0, 0);

const fn loaded(death: u32, work: u32) -> Terms {
    Terms { death, work, excluded: &[], is_whole: true }
}

const fn scenario(case: &'static str, ends: End) -> Scenario {
    Scenario { case, year: YEAR, term: "20", capital: "150 000", smoker: "non", ends }
}

const fn two_only(loading: &'static str, death: u32) -> End {
    let verdict = Verdict { loading, exclusion: "", is_whole: false };
    End::Studied(verdict, Terms { death, work: 0, excluded: &[], is_whole: false })
}

const ACCEPTED: Verdict = Verdict { loading: "0", exclusion: "", is_whole: true };

const DIABETES: &[&str] = &["Le diabète, ses suites et ses complications"];

/// The list. The first column is the case's name in the knowledge base's own file of cases.
const SCENARIOS: [Scenario; 23] = [
    scenario("healthy", End::Signed(STANDARD)),
    scenario("hypertension 150/85", End::Signed(loaded(50, 25))),
    Scenario { smoker: "oui", ..scenario("25 cigarettes, BMI 31", End::Signed(loaded(100, 50))) },
    scenario(
        "type 2, HbA1c 6.9, hypertension 130/80, BMI 31",
        End::Signed(Terms { excluded: DIABETES, ..loaded(140, 75) }),
    ),
    scenario("asthma, 6 attacks", End::Signed(loaded(0, 25))),
    scenario("back, 30 days", End::Signed(loaded(0, 50))),
    scenario("past depression, 10 days", End::Signed(loaded(0, 25))),
    scenario("cancer ended 92 months ago, no relapse: forgotten", End::Signed(STANDARD)),
    scenario("cancer ended 32 months ago", two_only("50", 50)),
    scenario("cancer in treatment", End::PutOff(12)),
    // §6.2 has death accepted and the three others referred: the officer leaves it at that.
    scenario("HIV inside the grid", two_only("0", 0)),
    scenario("HIV outside the grid", two_only("100", 100)),
    scenario(
        "firefighter, diving to 50 m",
        End::Studied(
            Verdict { loading: "50", exclusion: "EX_PLONGEE_40M", is_whole: true },
            Terms { excluded: &["plongée sous-marine à plus de 40 mètres"], ..loaded(50, 0) },
        ),
    ),
    Scenario { year: "1992", ..scenario("no question of health", End::Protected) },
    // Past 65 the tariff sells death and loss of autonomy alone: a limit of age, not of health.
    Scenario {
        year: "1959",
        term: "10",
        ..scenario("age 67", End::Signed(Terms { is_whole: false, ..STANDARD }))
    },
    scenario("perfect", End::Signed(STANDARD)),
    scenario("bmi32", End::Signed(loaded(25, 25))),
    scenario("diab2", End::Signed(Terms { excluded: DIABETES, ..loaded(75, 0) })),
    scenario("burnout_now", End::Studied(ACCEPTED, STANDARD)),
    scenario("infarct_recent", End::PutOff(12)),
    scenario("diab1", two_only("150", 150)),
    scenario("heart_old", two_only("150", 150)),
    Scenario { capital: "600 000", ..scenario("capital600", End::Evidence("Un bilan sanguin")) },
];

#[test]
fn the_list_holds_every_case_of_the_reference() {
    let cases = Cases::read();
    let mut named: Vec<_> = cases.of_the_reference().collect();
    let mut listed: Vec<_> = SCENARIOS.iter().map(|it| it.case).collect();
    named.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, named);
}

#[tokio::test]
async fn whoever_is_accepted_as_they_are_signs_at_the_price_of_the_tariff() {
    go(|ends| matches!(ends, End::Protected) || is_signed(ends, |it| it.death + it.work == 0))
        .await;
}

#[tokio::test]
async fn a_supplement_stands_in_the_price_and_in_the_contract() {
    go(|ends| is_signed(ends, |it| it.death + it.work > 0 && it.excluded.is_empty())).await;
}

#[tokio::test]
async fn an_exclusion_stands_in_the_contract_as_it_was_acknowledged() {
    go(|ends| is_signed(ends, |it| !it.excluded.is_empty())).await;
}

#[tokio::test]
async fn whoever_was_studied_by_a_person_signs_what_that_person_decided() {
    go(|ends| matches!(ends, End::Studied(..))).await;
}

#[tokio::test]
async fn whoever_is_not_decided_now_is_told_what_is_missing_or_from_when() {
    go(|ends| matches!(ends, End::Evidence(_) | End::PutOff(_))).await;
}

fn is_signed(ends: &End, terms: impl Fn(&Terms) -> bool) -> bool {
    matches!(ends, End::Signed(it) if terms(it))
}

/// Takes these scenarios through one program, one after the other.
async fn go(which: impl Fn(&End) -> bool) {
    let app = program().await;
    let chosen: Vec<_> = SCENARIOS.iter().filter(|it| which(&it.ends)).collect();
    assert!(!chosen.is_empty());
    for scenario in chosen {
        goes_through(&app, scenario).await;
    }
}

async fn goes_through(app: &App, it: &Scenario) {
    let name = it.case;
    let over = [("duree", it.term), ("fumeur", it.smoker)];
    let quote = quote_over(app, it.year, it.capital, &over).await;
    let (who, mut surfer) = (somebody("scenario"), Surfer::new(app));
    let page = begin(app, &mut surfer, &quote, &who).await;
    let gate = describe(&mut surfer, page).await;
    let base = gate.at.split('/').take(3).collect::<Vec<_>>().join("/");
    let mut one = Traveller { surfer, who, base };
    match &it.ends {
        End::Protected => {
            assert_eq!(gate.heading(), "Vérifiez avant de signer", "{name}: {}", gate.body);
            assert_eq!(sessions(app, &one).await, 0, "{name}: nobody was asked anything");
            signs_on(app, &mut one, &gate, &STANDARD, name).await;
        }
        End::Signed(terms) => {
            let told = one.answers(app, &gate, name).await;
            signs_on(app, &mut one, &told, terms, name).await;
        }
        End::Studied(verdict, terms) => {
            let told = one.answers(app, &gate, name).await;
            is_studied(app, &one, &told, name).await;
            judges(app, verdict).await;
            let told = one.decision().await;
            signs_on(app, &mut one, &told, terms, name).await;
        }
        End::Evidence(document) => {
            let told = one.answers(app, &gate, name).await;
            assert_eq!(told.heading(), "Il nous faut un document", "{name}: {}", told.body);
            assert!(told.says(document) && told.says("ni un accord ni un refus"), "{}", told.body);
            assert_eq!(written(app, &one.base).await.0, "decision", "{name}");
            assert_eq!(one.decision().await.heading(), told.heading(), "{name}: said again");
        }
        End::PutOff(months) => {
            let told = one.answers(app, &gate, name).await;
            is_put_off(app, &one, &told, *months, name).await;
            assert_eq!(one.decision().await.heading(), told.heading(), "{name}: said again");
        }
    }
}

/// The honest page of a referral: who studies it, until when, and that nothing is decided.
async fn is_studied(app: &App, one: &Traveller, told: &Seen, name: &str) {
    assert_eq!(told.heading(), "Votre demande est à l’étude", "{name}: {}", told.body);
    for words in ["médecin-conseil, tenu au secret", "Réponse avant le", "ni un accord ni un refus"]
    {
        assert!(told.says(words), "{name}: {words}: {}", told.body);
    }
    assert_eq!(written(app, &one.base).await.0, "decision", "{name}");
}

/// The honest page of an adjournment: from which day, which rights; and the dossier waits.
async fn is_put_off(app: &App, one: &Traveller, told: &Seen, months: i64, name: &str) {
    assert_eq!(told.heading(), "Votre demande doit attendre", "{name}: {}", told.body);
    let sql = "SELECT CAST(CAST(d.decided_at AS DATE) AS CHAR) FROM uw_decision d \
        JOIN uw_session s ON s.id = d.session_id WHERE s.dossier_id = ?";
    let decided: jiff::civil::Date = text(app, one, sql).await.parse().expect("a date");
    let until = decided.checked_add(jiff::Span::new().months(months)).expect("a date");
    let day = assurly::kernel::french::day(until);
    assert!(told.says(&format!("à partir du {}", day.replace('\u{a0}', " "))), "{}", told.body);
    for words in ["trois niveaux d’examen", "médecin de votre choix", "commission de médiation"]
    {
        assert!(told.says(words), "{name}: {words}: {}", told.body);
    }
    assert_eq!(written(app, &one.base).await.0, "postponed", "{name}");
}

/// Signs; then price and paper say what was decided, and nothing of why.
async fn signs_on(app: &App, one: &mut Traveller, told: &Seen, terms: &Terms, name: &str) {
    // Somebody whose conditions are those of the tariff has nothing to accept.
    let is_proposed = told.heading() == "Nous pouvons vous assurer, à ces conditions";
    if is_proposed && !terms.is_whole {
        assert!(told.says("garantie invalidité spécifique (GIS)"), "{name}: {}", told.body);
    }
    let said = contract(app, one, told).await;
    let is_loaded = terms.death + terms.work > 0;
    assert_eq!(said.contains("Surprime"), is_loaded, "{name}: {said}");
    for percent in [terms.death, terms.work].into_iter().filter(|percent| *percent > 0) {
        assert!(said.contains(&format!("{percent} % de plus")), "{name}: {said}");
    }
    let are_excluded = !terms.excluded.is_empty();
    assert_eq!(said.contains("Exclusions propres à"), are_excluded, "{name}: {said}");
    for words in terms.excluded {
        assert!(said.contains(words), "{name}: {words}: {said}");
    }
    assert_eq!(said.contains("Arrêt de travail"), terms.is_whole, "{name}: {said}");
    assert!(!said.contains("Raison de l’officier"), "{name}: no reason in the contract");
    let priced = priced(app, one, (terms, is_proposed), name).await;
    let (euros, cents) = (priced / 100, priced % 100);
    assert!(said.contains(&format!("{euros},{cents:02} €")), "{name}: {priced}: {said}");
}

/// The first month of each guarantee is that of the tariff with its supplement; the whole of it, in cents.
async fn priced(
    app: &App,
    one: &Traveller,
    (terms, is_proposed): (&Terms, bool),
    name: &str,
) -> i64 {
    let sql = "SELECT CAST(q.result AS CHAR) FROM quote q JOIN dossier d ON d.quote_id = q.id \
        WHERE d.id = ?";
    let after: Value = serde_json::from_str(&text(app, one, sql).await).expect("JSON");
    let all = |quote: &Value| quote["insured"][0]["guarantees"].as_array().expect("a list").clone();
    let sold = all(&after);
    assert_eq!(sold.len(), if terms.is_whole { 5 } else { 2 }, "{name}: {sold:?}");
    if is_proposed {
        let sql = "SELECT CAST(q.result AS CHAR) FROM acceptance_proposal p \
            JOIN quote q ON q.id = p.base_quote_id JOIN dossier_insured i ON i.id = p.insured_id \
            WHERE i.dossier_id = ? AND p.reply = 'accepted'";
        let base: Value = serde_json::from_str(&text(app, one, sql).await).expect("JSON");
        for guarantee in all(&base) {
            let month = |it: &Value| it["first_month_cents"].as_i64().expect("cents");
            let Some(now) = sold.iter().find(|it| it["code"] == guarantee["code"]) else {
                continue;
            };
            let is_death = guarantee["code"] == "deces" || guarantee["code"] == "ptia";
            let percent = i64::from(if is_death { terms.death } else { terms.work });
            let expected = month(&guarantee) * (100 + percent);
            // Each is rounded to the cent once: the tariff's cent is multiplied with it.
            let is_near = (month(now) * 100 - expected).abs() <= 100 + percent;
            assert!(is_near, "{name}: {guarantee} with {percent} % is {now}");
        }
    }
    after["project"]["first_month_cents"].as_i64().expect("cents")
}

/// The officer of the medical service at the one case that waits.
async fn judges(app: &App, verdict: &Verdict) {
    let (mut officer, queue) = Staffer::at(app, &["medical"], "/gestion/medical").await;
    let case = opened(&mut officer, &queue, "Étude du dossier").await;
    let mut form = case.form("/decision");
    for guarantee in ["deces", "ptia", "ipt", "itt", "ipp"] {
        let is_death = matches!(guarantee, "deces" | "ptia");
        let is_kept = is_death || verdict.is_whole;
        let choice = if is_kept { "accept" } else { "decline" };
        let loading = if is_death { verdict.loading } else { "0" };
        let exclusion = if is_kept { verdict.exclusion } else { "" };
        for (field, value) in [
            ("decision", choice),
            ("surprime", loading),
            ("exclusion", exclusion),
            ("piece", ""),
            ("mois", ""),
        ] {
            form.values.insert(format!("{field}_{guarantee}"), value.to_owned());
        }
    }
    let done = officer.browser.submit(&form.with(&[("motif", "Raison de l’officier")])).await;
    assert!(done.says("Aucun dossier n’attend"), "{}", done.body);
}

/// Sessions of the questionnaire of this dossier.
async fn sessions(app: &App, one: &Traveller) -> usize {
    let sql = "SELECT CAST(COUNT(*) AS CHAR) FROM uw_session WHERE dossier_id = ?";
    text(app, one, sql).await.parse().expect("a count")
}

/// One text of the database about this dossier.
async fn text(app: &App, one: &Traveller, sql: &'static str) -> String {
    let id = hex(one.base.trim_start_matches("/d/dos_"));
    sqlx::query_scalar(sql).bind(id).fetch_one(app.opened().pool()).await.expect("a text")
}
