//! The public tables agree with themselves: a copying fault would break one of these laws.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::data::{self, Row};

fn ages(rows: &[Row]) -> Vec<u8> {
    rows.iter().map(|row| row.number("age")).collect()
}

fn increases(series: &[Decimal]) -> Vec<usize> {
    let pairs = series.windows(2).enumerate();
    let rising = pairs.filter(|(_, pair)| pair[1] > pair[0]);
    rising.map(|(place, _)| place + 1).collect()
}

#[test]
fn death_probabilities_follow_from_the_survivors() {
    let rows = data::rows("mortality_th_tf_00_02");
    assert_eq!(ages(&rows), (0..=112).collect::<Vec<u8>>());
    for pair in rows.windows(2) {
        for (lx, qx) in [("lx_th00_02", "qx_th00_02"), ("lx_tf00_02", "qx_tf00_02")] {
            let (now, next): (Decimal, Decimal) = (pair[0].number(lx), pair[1].number(lx));
            if now.is_zero() {
                assert_eq!(pair[0].text(qx), "", "{} {qx}", pair[0].place);
                continue;
            }
            let expected = (Decimal::ONE - next / now)
                .round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero);
            assert_eq!(pair[0].number::<Decimal>(qx), expected, "{} {qx}", pair[0].place);
        }
    }
}

#[test]
fn survivors_only_decrease() {
    let rows = data::rows("mortality_th_tf_00_02");
    for title in ["lx_th00_02", "lx_tf00_02", "lx_td88_90", "lx_tv88_90"] {
        let survivors: Vec<Decimal> = rows.iter().map(|row| row.number(title)).collect();
        assert_eq!(survivors[0], Decimal::from(100_000), "{title}");
        assert_eq!(increases(&survivors), Vec::<usize>::new(), "{title}");
    }
}

/// The rows 62 to 66 of the law of incapacity prolong the rows before them in a straight line, so
/// they rise by a few heads at months 20, 27 and 33 (42 ages out of 47 were compared with the annex
/// of the code, `docs/domain/tariff.md`). They are used as they stand, and named here so that nothing
/// else may rise.
#[test]
fn laws_of_staying_start_whole_and_never_rise() {
    let mut rising = Vec::new();
    for name in [
        "bcac2010_itt_maintien",
        "bcac2010_invalidite_maintien",
        "bcac2013_itt_maintien",
        "bcac2013_invalidite_maintien",
    ] {
        for row in data::rows(name) {
            let series = row.series();
            assert_eq!(series[0], Decimal::from(10_000), "{}", row.place);
            let age: u8 = row.number("age");
            rising.extend(increases(&series).into_iter().map(|month| (name, age, month)));
        }
    }
    let known = [
        (62, vec![33]),
        (63, vec![20, 33]),
        (64, vec![20, 33]),
        (65, vec![20, 27, 33]),
        (66, vec![20, 27, 33]),
    ];
    let known: Vec<_> = known
        .into_iter()
        .flat_map(|(age, months)| {
            months.into_iter().map(move |m| ("bcac2010_itt_maintien", age, m))
        })
        .collect();
    assert_eq!(rising, known);
}

#[test]
fn invalidity_ends_at_one_age_for_everybody() {
    for (name, end) in [("bcac2010_invalidite_maintien", 62), ("bcac2013_invalidite_maintien", 65)]
    {
        for row in data::rows(name) {
            let years = row.series().iter().filter(|count| !count.is_zero()).count() - 1;
            assert_eq!(row.number::<usize>("age") + years, end, "{}", row.place);
        }
    }
}

/// Who becomes invalid has left incapacity: over the three years, no more than entered it.
#[test]
fn passages_stay_within_the_entries() {
    for name in ["bcac2010_passage_itt_invalidite", "bcac2013_passage_itt_invalidite"] {
        for row in data::rows(name) {
            let passages = row.series();
            assert_eq!(passages.len(), 36, "{}", row.place);
            assert!(passages.iter().all(|count| *count >= Decimal::ZERO), "{}", row.place);
            let all: Decimal = passages.iter().sum();
            assert!(all > Decimal::ZERO && all < Decimal::from(10_000), "{}", row.place);
        }
    }
}

#[test]
fn bcac_tables_cover_the_ages_they_announce() {
    for (name, first, last) in [
        ("bcac2010_itt_maintien", 20, 66),
        ("bcac2010_passage_itt_invalidite", 20, 61),
        ("bcac2010_invalidite_maintien", 20, 61),
        ("bcac2013_itt_maintien", 21, 65),
        ("bcac2013_passage_itt_invalidite", 21, 62),
        ("bcac2013_invalidite_maintien", 20, 64),
    ] {
        let rows = data::rows(name);
        assert_eq!(ages(&rows), (first..=last).collect::<Vec<u8>>(), "{name}");
    }
}

#[test]
fn projected_mortality_falls_with_the_years_and_rises_with_age() {
    let years: Vec<String> = (2020..=2035).map(|year| year.to_string()).collect();
    let rows = data::rows("insee_projected_qx_2020_2035");
    let by_year =
        |row: &Row| -> Vec<Decimal> { years.iter().map(|year| row.number(year)).collect() };
    for row in &rows {
        assert_eq!(increases(&by_year(row)), Vec::<usize>::new(), "{}", row.place);
    }
    for sex in ["M", "F"] {
        let table: Vec<&Row> = rows.iter().filter(|row| row.text("sex") == sex).collect();
        assert_eq!(table.len(), 66, "{sex}");
        for pair in table.windows(2) {
            assert_eq!(pair[0].number::<u8>("age") + 1, pair[1].number::<u8>("age"));
            let rises = by_year(pair[0]).iter().zip(by_year(pair[1])).all(|(q, next)| *q <= next);
            assert!(rises, "{}", pair[1].place);
        }
    }
}

/// What the product derives from is what the tests check.
#[test]
fn the_tables_of_the_product_are_the_tables_of_the_reference() {
    for name in [
        "mortality_th_tf_00_02",
        "bcac2010_itt_maintien",
        "bcac2010_passage_itt_invalidite",
        "bcac2010_invalidite_maintien",
    ] {
        let product = data::text(&format!("products/tables/{name}.csv"));
        assert_eq!(product, data::text(&format!("tests/data/{name}.csv")), "{name}");
    }
}
