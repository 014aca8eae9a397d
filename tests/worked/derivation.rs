//! The demonstration tariff follows from the public tables, cell for cell.

use assurly::domain::tariff::derivation::{
    DerivationError, HEADER, Parameters, Tables, derive, derive_csv,
};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::data;

#[derive(Deserialize)]
struct TariffFile {
    derivation: Parameters,
}

fn public_tables() -> [String; 4] {
    [
        "mortality_th_tf_00_02",
        "bcac2010_itt_maintien",
        "bcac2010_passage_itt_invalidite",
        "bcac2010_invalidite_maintien",
    ]
    .map(|name| data::text(&format!("products/tables/{name}.csv")))
}

fn derived() -> Result<String, DerivationError> {
    let [mortality, itt, passage, invalidity] = public_tables();
    derive_csv(&mortality, &itt, &passage, &invalidity)
}

#[test]
fn every_cell_of_the_reference_comes_out_at_eight_decimals() {
    let derived = derived().expect("the tables are good");
    let reference = data::rows("demo_tariff_v1");
    let mut lines = derived.lines();
    assert_eq!(lines.next(), Some(HEADER));
    for (row, line) in reference.iter().zip(lines.by_ref()) {
        for (title, cell) in HEADER.split(',').zip(line.split(',')) {
            assert_eq!(row.text(title), cell, "{} {title}", row.place);
        }
    }
    assert_eq!(reference.len(), 67);
    assert_eq!(lines.next(), None);
}

#[test]
fn the_frozen_rates_are_the_derived_ones() {
    let frozen = data::text("products/demo-v1/rates.csv");
    assert_eq!(derived().as_ref(), Ok(&frozen));
    assert_eq!(frozen, data::text("tests/data/demo_tariff_v1.csv"));
}

#[test]
fn the_file_of_the_product_holds_the_parameters_of_the_code() {
    let text = data::text("products/demo-v1/tariff.toml");
    let file: TariffFile = toml::from_str(&text).expect("the tariff reads");
    assert_eq!(file.derivation, Parameters::DEMO_V1);
}

/// Incidences of `docs/domain/tariff.md`, which the entries and the law of passage give together.
#[test]
fn entries_into_invalidity_by_age_give_the_incidence_of_the_reference() {
    let [mortality, itt, passage, invalidity] = public_tables();
    let tables = Tables::parse(&mortality, &itt, &passage, &invalidity).expect("good tables");
    for (age, percent) in [(30, "7.8"), (40, "8.3"), (50, "5.9"), (60, "8.1")] {
        let passages: Decimal = tables.passage.at(age).iter().sum();
        let entries = Parameters::DEMO_V1.invalidity_entries(age);
        let incidence = entries / passages * Decimal::from(1_000_000);
        let expected: Decimal = percent.parse().expect("a number");
        assert_eq!(incidence.round_dp(1), expected, "at {age}");
    }
}

#[test]
fn the_recognised_entries_are_shared_out_whole() {
    let p = Parameters::DEMO_V1;
    assert_eq!(p.ptia_part + p.ipt_part + p.ipp_part, Decimal::ONE);
}

#[test]
fn a_table_that_cannot_serve_is_named() {
    let [mortality, itt, passage, invalidity] = public_tables();
    let short = "age,0,1\n20,10000,5000\n";
    let error = derive_csv(&mortality, short, &passage, &invalidity).expect_err("too short");
    assert_eq!(error.to_string(), "incapacity: 37 columns are needed after the age");
    let error = derive_csv("age,lx\n0,1\n", &itt, &passage, &invalidity).expect_err("not it");
    assert_eq!(error.to_string(), "mortality: the header has no column qx_th00_02");
    let young = "age,qx_th00_02,qx_tf00_02\n18,0.1,0.1\n";
    let error = derive_csv(young, &itt, &passage, &invalidity).expect_err("ages are missing");
    assert_eq!(error, DerivationError::AgeMissing(19));
    let nobody = passage.lines().map(|line| match line.split_once(',') {
        Some(("age", _)) | None => line.to_owned(),
        Some((age, cells)) => format!("{age}{}", ",0".repeat(cells.split(',').count())),
    });
    let nobody = nobody.collect::<Vec<_>>().join("\n");
    let tables = Tables::parse(&mortality, &itt, &nobody, &invalidity).expect("it reads");
    let error = derive(&tables, &Parameters::DEMO_V1).expect_err("no incidence");
    assert_eq!(error, DerivationError::NoPassage(18));
}
