//! Every way a document can be wrong: a clear refusal with the place, never a 500.

use serde_json::{Value, json};

use super::{project, read, with};
use crate::harness::app::App;

/// The document is refused with exactly this code at this place.
async fn refused(app: &App, document: &Value, pointer: &str, code: &str) {
    let (status, problem) = read(app.simulate(document).await).await;
    assert_eq!(status, 422, "{code}: {problem}");
    let errors = problem["errors"].as_array().expect("errors");
    let found = errors.iter().any(|error| error["code"] == code && error["pointer"] == pointer);
    assert!(found, "{code} at {pointer}: {problem}");
    assert!(errors.iter().all(|error| !error["detail"].as_str().unwrap_or_default().is_empty()));
    assert!(problem["trace_id"].as_str().is_some_and(|id| id.len() == 32));
}

/// A place, the value put there, the code.
type Case = (&'static str, Value, &'static str);

/// Every case, each in the project with that one value.
async fn each_refused(cases: impl IntoIterator<Item = Case>) {
    let app = App::without_database(&[]).await;
    for (pointer, value, code) in cases {
        refused(&app, &with(project(), pointer, value), pointer, code).await;
    }
}

#[tokio::test]
async fn values_of_a_loan() {
    each_refused([
        ("/loans/0/capital_cents", json!(999_999), "LOAN_AMOUNT_RANGE"),
        ("/loans/0/capital_cents", json!(300_000_001), "LOAN_AMOUNT_RANGE"),
        ("/loans/0/months", json!(11), "LOAN_TERM_RANGE"),
        ("/loans/0/months", json!(421), "LOAN_TERM_RANGE"),
        ("/loans/0/nominal_rate", json!("15.001"), "RATE_RANGE"),
        ("/loans/0/nominal_rate", json!("3.3001"), "RATE_RANGE"),
        ("/loans/0/nominal_rate", json!("-1"), "RATE_RANGE"),
        ("/loans/0/nominal_rate", json!("3,30"), "RATE_RANGE"),
        ("/loans/0/ref", json!(""), "REF_FORMAT"),
        ("/loans/0/release_date", json!("1912-12-05"), "DATE_RANGE"),
        ("/loans/0/first_due_date", json!("2026-12-05"), "DATE_RANGE"),
        ("/loans/0/first_due_date", json!("2999-01-01"), "DATE_RANGE"),
        ("/loans/0/lender_fees_cents", json!(-1), "AMOUNT_RANGE"),
        ("/loans/0/lender_fees_cents", json!(20_000_000), "AMOUNT_RANGE"),
        ("/loans/0/account_fee_cents", json!(10_001), "AMOUNT_RANGE"),
        ("/loans/0/deferral_months", json!(12), "FIELD_NOT_APPLICABLE"),
        ("/effect_date", json!("2046-12-05"), "DATE_RANGE"),
        ("/effect_date", json!("2200-01-01"), "DATE_RANGE"),
    ])
    .await;
}

#[tokio::test]
async fn values_of_a_person() {
    each_refused([
        ("/insured/0/ref", json!("a b"), "REF_FORMAT"),
        ("/insured/0/birth_date", json!("2008-12-06"), "BIRTHDATE"),
        ("/insured/0/birth_date", json!("1956-12-05"), "BIRTHDATE"),
        ("/insured/0/birth_date", json!("0001-01-01"), "BIRTHDATE"),
        ("/insured/0/birth_date", json!("9999-12-31"), "BIRTHDATE"),
        ("/insured/0/other_insured_cents", json!(-1), "AMOUNT_RANGE"),
        ("/insured/0/residence_country", json!("France"), "COUNTRY_FORMAT"),
        ("/insured/0/shares", json!([]), "QUOTITE_RANGE"),
        ("/insured/0/shares/0/percent", json!(0), "QUOTITE_RANGE"),
        ("/insured/0/shares/0/percent", json!(101), "QUOTITE_RANGE"),
        ("/insured/0/shares/0/loan", json!("other"), "REF_UNKNOWN"),
        ("/insured/0/shares/1", json!({"loan": "main", "percent": 50}), "QUOTITE_SUM_HIGH"),
    ])
    .await;
    let app = App::without_database(&[]).await;
    // The path is computed: whom the law protects, no document sends to questions of health.
    let forced = with(project(), "/insured/0/path", json!("P3"));
    refused(&app, &forced, "/insured/0/path", "JSON_UNKNOWN_FIELD").await;
    for loading in [json!({"guarantee": "itt"}), json!({"guarantee": "itt", "percent": "301"})] {
        let document = with(project(), "/insured/0/loadings", json!([loading]));
        refused(&app, &document, "/insured/0/loadings/0", "LOADING_RANGE").await;
    }
    let twice = with(project(), "/insured/1", project()["insured"][0].clone());
    refused(&app, &twice, "/insured/1/ref", "SAME_PERSON_TWICE").await;
}

#[tokio::test]
async fn steps_of_a_loan() {
    let app = App::without_database(&[]).await;
    let steps = |steps: Value| {
        with(with(project(), "/loans/0/kind", json!("paliers")), "/loans/0/steps", steps)
    };
    let sum = json!([{"months": 120, "weight": "0.8"}, {"months": 119, "weight": "1"}]);
    refused(&app, &steps(sum), "/loans/0/steps", "STEP_SUM").await;
    let low = json!([{"months": 120, "instalment_cents": 54_000}, {"months": 120}]);
    refused(&app, &steps(low), "/loans/0/steps/0", "STEP_NOT_AMORTISING").await;
    let mixed = json!([{"months": 120, "weight": "1"}, {"months": 120, "instalment_cents": 1}]);
    refused(&app, &steps(mixed), "/loans/0/steps/1", "STEP_SHAPE").await;
    refused(&app, &steps(json!([])), "/loans/0/steps", "FIELD_MISSING").await;
}

#[tokio::test]
async fn kinds_of_loan_and_their_fields() {
    let app = App::without_database(&[]).await;
    let smoothed = with(project(), "/loans/0/kind", json!("lisse"));
    refused(&app, &smoothed, "/loans/0/kind", "FIELD_NOT_APPLICABLE").await;
    let same_name = with(project(), "/loans/1", project()["loans"][0].clone());
    refused(&app, &same_name, "/loans/1/ref", "REF_FORMAT").await;
    let deferred = with(project(), "/loans/0/kind", json!("differe_total"));
    refused(&app, &deferred, "/loans/0/deferral_months", "FIELD_MISSING").await;
    let long = with(deferred, "/loans/0/deferral_months", json!(61));
    refused(&app, &long, "/loans/0/deferral_months", "DEFERRAL_TOO_LONG").await;
    let repayment = json!([{"after_month": 60, "amount_cents": 17_000_000, "keep": "term"}]);
    let repaid = with(project(), "/loans/0/early_repayments", repayment);
    refused(&app, &repaid, "/loans/0/early_repayments/0", "EARLY_REPAYMENT").await;
    let fees = with(project(), "/loans/0/kind", json!("ptz"));
    let fees = with(fees, "/loans/0/nominal_rate", json!("3"));
    refused(&app, &fees, "/loans/0/nominal_rate", "RATE_RANGE").await;
}

#[tokio::test]
async fn parts_released_later() {
    let app = App::without_database(&[]).await;
    let later = |date: &str, cents: i64| {
        let document = with(project(), "/loans/0/first_due_date", json!("2027-12-05"));
        let part = json!([{"date": date, "amount_cents": cents}]);
        with(document, "/loans/0/later_drawdowns", part)
    };
    assert_eq!(app.simulate(&later("2027-06-05", 10_000_000)).await.status(), 200);
    let place = "/loans/0/later_drawdowns/0";
    for date in ["2026-12-05", "2027-12-05"] {
        refused(&app, &later(date, 1), &format!("{place}/date"), "DATE_RANGE").await;
    }
    for cents in [0, 20_000_000] {
        let pointer = format!("{place}/amount_cents");
        refused(&app, &later("2027-06-05", cents), &pointer, "AMOUNT_RANGE").await;
    }
}

#[tokio::test]
async fn choices_the_bank_and_the_lender() {
    let app = App::without_database(&[]).await;
    let franchise = with(project(), "/options", json!({"franchise_days": 45}));
    refused(&app, &franchise, "/options/franchise_days", "FRANCHISE_OPTION").await;
    for offer in [
        json!({"basis": "initial"}),
        json!({"basis": "initial", "rate": "5.01"}),
        json!({"basis": "outstanding", "rate": "x"}),
    ] {
        let document = with(project(), "/bank_offer", offer);
        refused(&app, &document, "/bank_offer/rate", "BANK_OFFER").await;
    }
    let monthly = with(project(), "/bank_offer", json!({"basis": "monthly", "monthly_cents": 0}));
    refused(&app, &monthly, "/bank_offer/monthly_cents", "BANK_OFFER").await;
    let lender = with(project(), "/lender", json!({"criteria": [{"number": 19}]}));
    refused(&app, &lender, "/lender/criteria/0", "CRITERION_UNKNOWN").await;
    let short = with(project(), "/loans/0/months", json!(12));
    let fees = with(short, "/loans/0/lender_fees_cents", json!(19_999_999));
    refused(&app, &fees, "/loans/0", "TAEG_NOT_DEFINED").await;
}

#[tokio::test]
async fn limits_of_the_lists() {
    let app = App::without_database(&[]).await;
    let loan = |n: usize| {
        with(json!([project()["loans"][0]]), "/0/ref", json!(format!("l{n}")))[0].clone()
    };
    let loans = |count: usize| {
        let loans: Vec<_> = (0..count).map(loan).collect();
        with(project(), "/loans", json!(loans))
    };
    refused(&app, &loans(0), "/loans", "LOAN_COUNT").await;
    refused(&app, &loans(7), "/loans", "LOAN_COUNT").await;
    refused(&app, &with(project(), "/insured", json!([])), "/insured", "INSURED_COUNT").await;
    let steps: Vec<_> = (0..25).map(|_| json!({"months": 1, "weight": "1"})).collect();
    let steps =
        with(with(project(), "/loans/0/kind", json!("paliers")), "/loans/0/steps", json!(steps));
    refused(&app, &steps, "/loans/0/steps", "LIST_TOO_LONG").await;
    let answer = app.simulate(&loans(10_000)).await;
    assert_eq!(answer.status(), 413);
}

#[tokio::test]
async fn all_faults_are_said_at_once() {
    let app = App::without_database(&[]).await;
    let document = with(project(), "/loans/0/months", json!(1));
    let document = with(document, "/loans/0/capital_cents", json!(1));
    let document = with(document, "/insured/0/shares/0/percent", json!(0));
    let (_, problem) = read(app.simulate(&document).await).await;
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(3), "{problem}");
}

#[tokio::test]
async fn shapes_that_are_not_the_document() {
    let app = App::without_database(&[]).await;
    let cases = [
        (with(project(), "/loans/0/capital_cents", json!("20000000")), "/loans/0/capital_cents"),
        (with(project(), "/loans/0/capital_cents", json!(2.5)), "/loans/0/capital_cents"),
        (with(project(), "/loans/0/nominal_rate", json!(3.3)), "/loans/0/nominal_rate"),
        (with(project(), "/loans/0/release_date", json!("05/12/2026")), "/loans/0/release_date"),
        (with(project(), "/loans/0/release_date", json!("2026-02-30")), "/loans/0/release_date"),
        (with(project(), "/loans/0/kind", json!("AMORTISSABLE")), "/loans/0/kind"),
        (with(project(), "/loans/0/surprise", json!(1)), "/loans/0/surprise"),
        (with(project(), "/insured/0/smoker", Value::Null), "/insured/0/smoker"),
        (with(project(), "/loans", json!({})), "/loans"),
        (with(project(), "/options", json!({"basis": "crd"})), "/options/basis"),
    ];
    for (document, pointer) in cases {
        let (status, problem) = read(app.simulate(&document).await).await;
        assert_eq!(
            (status, problem["errors"][0]["pointer"].as_str()),
            (422, Some(pointer)),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn bytes_that_are_not_a_document() {
    let app = App::without_database(&[]).await;
    let forty = "1234567890123456789012345678901234567890";
    let huge = project().to_string().replace("20000000", forty);
    let twice = project().to_string().replacen('{', "{\"purpose\":\"locatif\",", 1);
    let deep = "[".repeat(100_000);
    let cases: [(Vec<u8>, u16); 8] = [
        (Vec::new(), 400),
        (b"null".to_vec(), 422),
        (b"[]".to_vec(), 422),
        (b"{\"effect_date\": \"\xff\"}".to_vec(), 400),
        (huge.into_bytes(), 422),
        (twice.into_bytes(), 422),
        (deep.into_bytes(), 400),
        (vec![b' '; 300_000], 413),
    ];
    for (body, expected) in cases {
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let (status, problem) =
            read(app.post("/v1/simulations", "application/json", body).await).await;
        assert_eq!(status, expected, "{start}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    }
}

#[tokio::test]
async fn parameters_of_the_address_are_read_with_care() {
    let app = App::without_database(&[]).await;
    for (query, expected) in
        [("include=all", 422), ("include=schedule&include=schedule", 400), ("surprise=1", 422)]
    {
        let path = format!("/v1/simulations?{query}");
        let (status, problem) =
            read(app.post(&path, "application/json", project().to_string()).await).await;
        assert_eq!(status, expected, "{query}: {problem}");
    }
}
