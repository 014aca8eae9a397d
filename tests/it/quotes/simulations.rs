//! `POST /v1/simulations`: the figures of the reference, through HTTP.

use serde_json::{Value, json};

use super::{project, read, with};
use crate::harness::app::App;

fn example(name: &str) -> Value {
    let path = format!("{}/docs/examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("an example of the documentation");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn the_couple_of_the_reference() {
    let app = App::without_database(&[]).await;
    let (status, answer) = read(app.simulate(&example("couple-two-loans")).await).await;
    assert_eq!(status, 200, "{answer}");
    let figures = |of: &Value| {
        ["first_month_cents", "min_month_cents", "max_month_cents", "total_8y_cents", "total_cents"]
            .map(|name| of[name].as_i64().expect("cents"))
    };
    assert_eq!(figures(&answer["insured"][0]), [1395, 865, 2023, 157_500, 402_648]);
    assert_eq!(figures(&answer["insured"][1]), [2848, 1771, 4033, 326_364, 813_515]);
    assert_eq!(figures(&answer["project"]), [4243, 2636, 6056, 483_864, 1_216_163]);
    assert_eq!(answer["insured"][0]["taea"], "0.1758");
    assert_eq!(answer["project"]["taeg_without"], "2.5914");
    assert_eq!(answer["insured"][1]["route"]["path"], "P1");
    assert_eq!(answer["insured"][1]["route"]["reasons"], json!(["LEMOINE"]));
    assert_eq!(answer["loans"][1]["ref"], "ptz");
}

#[tokio::test]
async fn tables_come_on_request_and_add_up() {
    let app = App::without_database(&[]).await;
    let (_, plain) = read(app.simulate(&project()).await).await;
    assert_eq!(plain["project"]["schedule"], Value::Null);
    let path = "/v1/simulations?include=schedule";
    let answer = app.post(path, "application/json", project().to_string()).await;
    let (_, answer) = read(answer).await;
    let sum = |rows: &Value, name: &str| -> i64 {
        rows.as_array().expect("rows").iter().map(|row| row[name].as_i64().expect("cents")).sum()
    };
    for part in ["/project", "/loans/0", "/insured/0"] {
        let part = answer.pointer(part).expect("a part");
        assert_eq!(
            sum(&part["schedule"], "premium_cents"),
            part["total_cents"].as_i64().expect("cents")
        );
    }
    assert_eq!(sum(&answer["loans"][0]["schedule"], "principal_cents"), 20_000_000);
    let last = &answer["project"]["schedule"][239];
    assert_eq!((&last["due_date"], &last["outstanding_cents"]), (&json!("2046-12-05"), &json!(0)));
}

#[tokio::test]
async fn every_kind_of_loan_has_a_price() {
    let app = App::without_database(&[]).await;
    let kinds = [
        ("amortissable", json!({})),
        ("in_fine", json!({"months": 120})),
        ("differe_partiel", json!({"deferral_months": 12})),
        ("differe_total", json!({"deferral_months": 24})),
        (
            "paliers",
            json!({"steps": [{"months": 120, "weight": "0.8"}, {"months": 120, "weight": "1.2"}]}),
        ),
        (
            "paliers",
            json!({"steps": [{"months": 60, "instalment_cents": 90_000}, {"months": 180}]}),
        ),
        ("ptz", json!({"nominal_rate": "0", "deferral_months": 120})),
        ("relais", json!({"months": 24})),
        ("relais", json!({"months": 24, "capitalised_interest": true})),
        (
            "amortissable",
            json!({"early_repayments": [{"after_month": 60, "amount_cents": 3_000_000, "keep": "term"}]}),
        ),
    ];
    for (kind, fields) in kinds {
        let mut document = with(project(), "/loans/0/kind", json!(kind));
        for (name, value) in fields.as_object().expect("fields") {
            document = with(document, &format!("/loans/0/{name}"), value.clone());
        }
        let (status, answer) = read(app.simulate(&document).await).await;
        assert_eq!(status, 200, "{kind}: {answer}");
        assert!(answer["project"]["first_month_cents"].as_i64() > Some(0), "{kind}: {answer}");
    }
}

#[tokio::test]
async fn a_lenders_own_schedule_gives_the_same_price() {
    let app = App::without_database(&[]).await;
    let path = "/v1/simulations?include=schedule";
    let (_, computed) = read(app.post(path, "application/json", project().to_string()).await).await;
    let rows: Vec<_> = computed["loans"][0]["schedule"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            json!({
                "due_date": row["due_date"], "interest_cents": row["interest_cents"],
                "principal_cents": row["principal_cents"]
            })
        })
        .collect();
    let document = with(project(), "/loans/0/schedule", json!(rows));
    let (status, imported) = read(app.simulate(&document).await).await;
    assert_eq!(
        (status, &imported["project"]["total_cents"]),
        (200, &computed["project"]["total_cents"])
    );
    let wrong = with(document, "/loans/0/schedule/3/principal_cents", json!(1));
    let (status, problem) = read(app.simulate(&wrong).await).await;
    assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!("SCHEDULE_MISMATCH")));
}

#[tokio::test]
async fn the_bank_is_compared_on_its_own_basis() {
    let app = App::without_database(&[]).await;
    let offers = [
        (json!({"basis": "initial", "rate": "0.34"}), 5667, 1_360_080),
        (json!({"basis": "outstanding", "rate": "0.26"}), 4333, 578_875),
        (json!({"basis": "monthly", "monthly_cents": 5000}), 5000, 1_200_000),
    ];
    for (offer, first, total) in offers {
        let document = with(project(), "/bank_offer", offer);
        let (_, answer) = read(app.simulate(&document).await).await;
        let saving = &answer["saving"];
        assert_eq!(saving["bank"]["first_month_cents"], first, "{saving}");
        assert_eq!(saving["bank"]["total_cents"], total);
        let ours = answer["project"]["total_cents"].as_i64().expect("cents");
        assert_eq!(saving["total_cents"], total - ours);
    }
}

#[tokio::test]
async fn what_is_not_sold_is_said_and_priced_all_the_same() {
    let app = App::without_database(&[]).await;
    let capital = with(project(), "/insured/0/other_insured_cents", json!(299_000_000));
    let (_, answer) = read(app.simulate(&capital).await).await;
    let route = &answer["insured"][0]["route"];
    assert_eq!((&route["eligible"], &route["path"]), (&json!(false), &Value::Null));
    assert_eq!(route["reasons"], json!(["ELIG_CAPITAL"]));
    let half = with(project(), "/insured/0/shares/0/percent", json!(50));
    let (_, answer) = read(app.simulate(&half).await).await;
    assert_eq!(answer["warnings"][0]["code"], "QUOTITE_SUM_LOW");
    let retired = with(project(), "/insured/0/occupation", json!("retraite"));
    let (_, answer) = read(app.simulate(&retired).await).await;
    assert_eq!(answer["warnings"][0]["code"], "PACK_REDUCED");
    assert_eq!(answer["insured"][0]["guarantees"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_lenders_criteria_are_answered_one_by_one() {
    let app = App::without_database(&[]).await;
    let lender = json!({"criteria": [{"number": 4}, {"number": 6, "value": "30"}], "min_share_percent": 100});
    let (_, answer) = read(app.simulate(&with(project(), "/lender", lender)).await).await;
    let equivalence = &answer["insured"][0]["equivalence"];
    assert_eq!(equivalence["equivalent"], false);
    let status = |code: &str| {
        let criteria = equivalence["criteria"].as_array().expect("criteria");
        let found =
            criteria.iter().find(|criterion| criterion["code"] == code).expect("the criterion");
        found["status"].as_str().expect("a status").to_owned()
    };
    assert_eq!(status("CCSF_04"), "ok");
    assert_eq!(status("CCSF_06"), "ko");
    assert_eq!(status("CCSF_01"), "not_required");
    assert_eq!(status("QUOTITE"), "ok");
}

#[tokio::test]
async fn a_running_loan_is_priced_from_the_first_day_of_cover() {
    let app = App::without_database(&[]).await;
    let document = with(project(), "/effect_date", json!("2030-12-05"));
    let (status, answer) = read(app.simulate(&document).await).await;
    assert_eq!(status, 200, "{answer}");
    let path = "/v1/simulations?include=schedule";
    let (_, answer) = read(app.post(path, "application/json", document.to_string()).await).await;
    assert_eq!(answer["insured"][0]["schedule"].as_array().map(Vec::len), Some(192));
    assert_eq!(answer["insured"][0]["route"]["cumulated_cents"], 16_979_738);
}
