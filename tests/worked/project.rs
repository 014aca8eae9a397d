//! The project of `docs/domain/README.md`, from two loans and two persons to every figure of the table.

use assurly::domain::guarantee::{Guarantee, Pack};
use assurly::domain::loan::{Payment, Segment, Terms, smoothed};
use assurly::domain::pathway::{Path, Rules};
use assurly::domain::person::RiskClass;
use assurly::domain::simulation::{Priced, Project, ProjectInsured, ProjectLoan, Simulation};
use assurly::domain::tariff::collection::{grouped, on_account};
use assurly::domain::tariff::commission::Scheme;
use assurly::domain::tariff::periods::Share;
use assurly::domain::tariff::split::split;
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
        exclusions: vec![],
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

#[test]
fn prices_of_the_first_month_guarantee_by_guarantee() {
    let simulation = simulate(&project());
    let prices = |person: usize, cover: usize| {
        let first = simulation.insured[person].covers[cover].plan.first_month();
        first.map(Cents::get)
    };
    assert_eq!(prices(0, 0), [653, 10, 230, 226, 54]);
    assert_eq!(prices(0, 1), [163, 2, 57, 0, 0]);
    assert_eq!(prices(1, 0), [1198, 23, 553, 502, 128]);
    assert_eq!(prices(1, 1), [300, 6, 138, 0, 0]);
}

#[test]
fn first_collections_tax_and_commission() {
    let simulation = simulate(&project());
    assert_eq!(simulation.first_collection, Cents::new(4243));
    let coefficients = catalog::current().unwrap().coefficients;
    let split = split(simulation.first_collection, coefficients.tax);
    assert_eq!((split.before_tax, split.tax), (Cents::new(3893), Cents::new(350)));
    let commission = coefficients.commission.on(Scheme::Linear, split, 0);
    assert_eq!(commission, Cents::new(584));
    let covers = || simulation.insured.iter().flat_map(|person| &person.covers);
    let collected = |fractionation| {
        let all = covers().flat_map(|cover| grouped(&cover.plan, fractionation));
        on_account(all.collect(), coefficients.collection_min)
    };
    assert_eq!(collected(Fractionation::Quarterly)[0].amount, Cents::new(12_729));
    let years = collected(Fractionation::Yearly);
    assert_eq!((years[0].amount, years[1].amount), (Cents::new(50_916), Cents::new(53_568)));
}

#[test]
fn guarantees_end_on_their_birthday_or_with_the_loan() {
    let project = project();
    let end = |person: usize, guarantee| {
        let person = &project.insured[person];
        person.guarantee_end(guarantee, date(2060, 1, 1))
    };
    assert_eq!(end(0, Guarantee::Itt), date(2055, 9, 15));
    assert_eq!(end(1, Guarantee::Ipt), date(2053, 2, 2));
    assert_eq!(end(1, Guarantee::Ptia), date(2059, 2, 2));
    assert_eq!(project.last_repayment(&project.insured[0]), date(2046, 6, 5));
    assert_eq!(project.shares_at_start(), [110, 110]);
}
