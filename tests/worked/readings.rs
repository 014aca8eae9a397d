//! Readings of the reference that an actuary or a lawyer could contest, each fixed by a test
//! (`docs/domain` says which reading was taken and why).

use assurly::slices::quotes::Pricer;
use assurly::slices::quotes::wire::{SimulationRequest, SimulationResponse};
use serde_json::{Value, json};

/// One loan of 200 000 € over 240 months, one person; the fields of `loan`, `person` and `rest` over
/// it.
fn document(loan: Value, person: Value, rest: Value) -> Value {
    let text = include_str!("../../docs/examples/one-loan.json");
    let mut document: Value = serde_json::from_str(text).unwrap();
    let over = |target: &mut Value, fields: Value| {
        for (name, value) in fields.as_object().unwrap() {
            target[name] = value.clone();
        }
    };
    over(&mut document["loans"][0], loan);
    over(&mut document["insured"][0], person);
    over(&mut document, rest);
    document
}

fn price(document: Value) -> SimulationResponse {
    let request: SimulationRequest = serde_json::from_value(document).unwrap();
    Pricer::shipped().unwrap().price(&request, true).unwrap()
}

fn shares(rows: &[(u32, Option<&str>)]) -> Value {
    let row = |(percent, from): &(u32, Option<&str>)| json!({"loan": "main", "percent": percent, "from": from});
    json!({"shares": rows.iter().map(row).collect::<Vec<_>>()})
}

#[test]
fn a_share_that_has_ended_protects_nobody_less() {
    let loan = json!({"capital_cents": 30_000_000});
    let person = shares(&[(100, Some("2026-06-05")), (50, Some("2028-06-05"))]);
    let answer = price(document(loan, person, json!({"effect_date": "2030-06-05"})));
    let route = &answer.insured[0].route;
    assert_eq!((route.cumulated_cents, route.path.as_deref()), (12_734_789, Some("P1")));
    assert_eq!(answer.insured[0].loans[0].percent, 50);
}

#[test]
fn a_share_that_rises_counts_with_the_balance_of_its_day() {
    let loan = json!({"capital_cents": 30_000_000});
    let person = shares(&[(50, None), (100, Some("2040-01-01"))]);
    let route = price(document(loan, person, json!({}))).insured.remove(0).route;
    assert_eq!((route.cumulated_cents, route.path.as_deref()), (15_000_000, Some("P1")));
}

#[test]
fn shares_of_several_loans_are_added_before_any_rounding() {
    let mut two = document(json!({"capital_cents": 20_000_001}), json!({}), json!({}));
    let mut second = two["loans"][0].clone();
    second["ref"] = json!("second");
    second["capital_cents"] = json!(19_999_999);
    two["loans"] = json!([two["loans"][0], second]);
    two["insured"][0]["shares"] =
        json!([{"loan": "main", "percent": 50}, {"loan": "second", "percent": 50}]);
    let route = price(two).insured.remove(0).route;
    assert_eq!((route.cumulated_cents, route.path.as_deref()), (20_000_000, Some("P1")));
    // 666 666.68 × 30 % is 200 000.004: above the limit by less than a cent, but above.
    let loan = json!({"capital_cents": 66_666_668});
    let route = price(document(loan, shares(&[(30, None)]), json!({}))).insured.remove(0).route;
    assert_eq!(route.path.as_deref(), Some("P2"));
}

#[test]
fn a_loan_released_on_the_31st_falls_due_at_the_end_of_each_month() {
    let loan = json!({"release_date": "2026-01-31", "first_due_date": null});
    let answer = price(document(loan, json!({}), json!({"effect_date": "2026-01-31"})));
    let rows = answer.loans[0].schedule.as_ref().unwrap();
    let dues: Vec<_> = rows[..3].iter().map(|row| row.due_date.to_string()).collect();
    assert_eq!(dues, ["2026-02-28", "2026-03-31", "2026-04-30"]);
    assert_eq!(rows[0].instalment_cents, 113_947);
    assert_eq!(answer.project.costs.total_cents, 692_964);
}

#[test]
fn an_early_repayment_lowers_the_premium_from_the_next_month_and_leaves_the_past() {
    let repayment = json!([{"after_month": 63, "amount_cents": 10_000_000, "keep": "term"}]);
    let repaid = json!({"early_repayments": repayment});
    let premiums = |basis: &str, loan: &Value| -> Vec<i64> {
        let rest = json!({"options": {"basis": basis}});
        let answer = price(document(loan.clone(), json!({}), rest));
        let rows = answer.insured[0].schedule.as_ref().unwrap();
        rows.iter().map(|row| row.premium_cents).collect()
    };
    for basis in ["crd_annual", "crd_monthly", "ci"] {
        let (before, after) = (premiums(basis, &json!({})), premiums(basis, &repaid));
        assert_eq!(before[..63], after[..63], "{basis}: the past is untouched");
        assert!(after[63] < before[63] * 6 / 10, "{basis}: {} then {}", before[63], after[63]);
    }
}

#[test]
fn broken_days_are_in_every_breakdown() {
    let answer = price(document(json!({"first_due_date": "2026-07-24"}), json!({}), json!({})));
    let person = &answer.insured[0];
    let total = person.costs.total_cents;
    let guarantees: i64 = person.guarantees.iter().map(|guarantee| guarantee.total_cents).sum();
    assert_eq!(guarantees, total);
    let rows = person.schedule.as_ref().unwrap();
    assert_eq!(rows.iter().map(|row| row.premium_cents).sum::<i64>(), total);
    let rows = answer.loans[0].schedule.as_ref().unwrap();
    assert_eq!(rows.iter().map(|row| row.premium_cents).sum::<i64>(), total);
    let rows = answer.project.schedule.as_ref().unwrap();
    assert_eq!(rows.iter().map(|row| row.premium_cents).sum::<i64>(), total);
}

fn two_loans_three_months_apart(bank: Value) -> SimulationResponse {
    let mut two = document(json!({"capital_cents": 10_000_000}), json!({}), json!({}));
    let mut second = two["loans"][0].clone();
    second["ref"] = json!("second");
    second["release_date"] = json!("2026-09-05");
    second["first_due_date"] = json!("2026-10-05");
    two["loans"] = json!([two["loans"][0], second]);
    two["insured"][0]["shares"] =
        json!([{"loan": "main", "percent": 100}, {"loan": "second", "percent": 100}]);
    two["bank_offer"] = bank;
    price(two)
}

#[test]
fn the_first_month_means_the_same_in_every_part() {
    let answer = two_loans_three_months_apart(Value::Null);
    let person = &answer.insured[0];
    let guarantees: i64 =
        person.guarantees.iter().map(|guarantee| guarantee.first_month_cents).sum();
    assert_eq!((person.costs.first_month_cents, guarantees), (1179, 1179));
}

#[test]
fn a_bank_is_paid_in_every_month_of_the_project() {
    let offer = json!({"basis": "monthly", "monthly_cents": 10_000});
    let saving = two_loans_three_months_apart(offer).saving.unwrap();
    assert_eq!(saving.bank.total_cents, 243 * 10_000);
}

#[test]
fn a_running_loan_is_measured_on_what_would_settle_it() {
    let taeg = |effect: &str| {
        let answer = price(document(json!({}), json!({}), json!({"effect_date": effect})));
        answer.loans[0].costs.taeg_without.clone()
    };
    assert_eq!(taeg("2044-07-04"), "3.3545");
    assert_eq!(taeg("2029-02-04"), "3.3497");
}

#[test]
fn a_month_without_any_cover_is_not_the_lowest() {
    let mut two = document(json!({"months": 24, "capital_cents": 5_000_000}), json!({}), json!({}));
    let mut second = two["loans"][0].clone();
    second["ref"] = json!("second");
    second["release_date"] = json!("2028-12-05");
    second["first_due_date"] = json!("2029-01-05");
    two["loans"] = json!([two["loans"][0], second]);
    two["insured"][0]["shares"] =
        json!([{"loan": "main", "percent": 100}, {"loan": "second", "percent": 100}]);
    two["bank_offer"] = Value::Null;
    assert!(price(two).project.costs.min_month_cents > 0);
}
