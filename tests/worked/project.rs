//! The project of `domain.md` §12, from two loans and two persons to every figure of the table.

use assurly::domain::guarantee::Pack;
use assurly::domain::loan::{Payment, Segment, Terms, smoothed};
use assurly::domain::pathway::{Path, Rules};
use assurly::domain::person::RiskClass;
use assurly::domain::simulation::{Priced, Project, ProjectInsured, ProjectLoan, Simulation};
use assurly::domain::tariff::periods::Share;
use assurly::domain::tariff::{Basis, Choices, Fractionation, Franchise, Life, catalog};
use assurly::kernel::money::Cents;
use assurly::kernel::rate::Percent;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

const EFFECT: Date = date(2026, 6, 5);

fn project() -> Project {
    let one = Payment::Weighted(Decimal::ONE);
    let ptz = Terms {
        segments: vec![
            Segment { months: 120, payment: Payment::Nothing },
            Segment { months: 120, payment: one },
        ],
        ..Terms::amortising(Cents::from_euros(40_000), "0".parse().unwrap(), 1, EFFECT)
    };
    let ptz = ptz.schedule().unwrap();
    let main = Terms::amortising(Cents::from_euros(160_000), "3.50".parse().unwrap(), 240, EFFECT);
    let main = smoothed(main, std::slice::from_ref(&ptz)).schedule().unwrap();
    let loan =
        |schedule| ProjectLoan { schedule, lender_fees: Cents::ZERO, account_fee: Cents::ZERO };
    let person = |birth, smoker, class, percent| ProjectInsured {
        life: Life { birth, smoker, class, pack: Pack::Full, loadings: vec![] },
        country: "FR".into(),
        other_insured: Cents::ZERO,
        shares: vec![vec![Share { from: None, percent: Percent::new(percent).unwrap() }]; 2],
    };
    Project {
        housing: true,
        loans: vec![loan(main), loan(ptz)],
        insured: vec![
            person(date(1990, 9, 15), false, RiskClass::C1, 60),
            person(date(1988, 2, 2), true, RiskClass::C2, 50),
        ],
        choices: Choices {
            effect: EFFECT,
            franchise: Franchise::Days90,
            mno: true,
            basis: Basis::CrdAnnual,
        },
        fractionation: Fractionation::Monthly,
        bank: None,
    }
}

fn simulate(project: &Project) -> Simulation {
    let rules = Rules::shipped().unwrap().remove(0);
    project.simulate(&catalog::current().unwrap(), &rules).unwrap()
}

/// First month, eight years, total, TAEA.
fn row(priced: &Priced) -> [String; 4] {
    let costs = &priced.costs;
    [costs.first_month, costs.total_8y, costs.total]
        .map(|cents| cents.to_string())
        .into_iter()
        .chain([priced.taea().to_string()])
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

#[test]
fn every_figure_of_the_table() {
    let simulation = simulate(&project());
    let [a, b] = simulation.insured.as_slice() else { panic!("two persons") };
    assert_eq!(row(&a.covers[0].priced), ["11.73", "1277.88", "2960.87", "0.1747"]);
    assert_eq!(row(&a.covers[1].priced), ["2.22", "297.12", "1065.61", "0.1763"]);
    assert_eq!(row(&a.priced), ["13.95", "1575.00", "4026.48", "0.1758"]);
    assert_eq!(row(&b.covers[0].priced), ["24.04", "2660.04", "6011.87", "0.3549"]);
    assert_eq!(row(&b.covers[1].priced), ["4.44", "603.60", "2123.28", "0.3496"]);
    assert_eq!(row(&b.priced), ["28.48", "3263.64", "8135.15", "0.3547"]);
    assert_eq!(row(&simulation.project), ["42.43", "4838.64", "12161.63", "0.5279"]);
    let bounds =
        |priced: &Priced| (priced.costs.min_month.to_string(), priced.costs.max_month.to_string());
    assert_eq!(bounds(&a.priced), ("8.65".into(), "20.23".into()));
    assert_eq!(bounds(&b.priced), ("17.71".into(), "40.33".into()));
    assert_eq!(bounds(&simulation.project), ("26.36".into(), "60.56".into()));
    let month_121 = |cover: usize| a.covers[cover].plan.months[120].total().to_string();
    assert_eq!((month_121(0), month_121(1)), ("13.30".into(), "6.93".into()));
    let rates = [&simulation.project, &a.priced, &b.priced].map(|p| p.taeg_with.to_string());
    assert_eq!(rates, ["3.1193", "2.7672", "2.9461"]);
    assert_eq!(simulation.project.taeg_without.to_string(), "2.5914");
    assert_eq!(a.route.path, Some(Path::P1));
    assert_eq!(b.route.path, Some(Path::P1));
}
