//! `demo_tariff_vectors.csv`: premiums of one person on the loan L1 (`docs/domain/tariff.md`).

use assurly::domain::guarantee::{Guarantee, Pack};
use assurly::domain::loan::Terms;
use assurly::domain::person::RiskClass;
use assurly::domain::tariff::periods::Share;
use assurly::domain::tariff::{
    Basis, Choices, Franchise, Life, Loading, LoadingKind, PremiumPlan, catalog,
};
use assurly::kernel::calendar::anniversary;
use assurly::kernel::money::Cents;
use assurly::kernel::rate::Percent;
use jiff::civil::date;
use rust_decimal::Decimal;

#[test]
fn vectors() {
    let tariff = catalog::current().expect("products/");
    let text = include_str!("../data/demo_tariff_vectors.csv");
    let mut lines = text.lines();
    let names: Vec<_> = lines.next().unwrap().split(',').collect();
    let mut rows = 0;
    for line in lines {
        rows += 1;
        let values: Vec<_> = line.split(',').collect();
        let get = |name: &str| values[names.iter().position(|n| *n == name).unwrap()];
        let effect = date(2026, 6, 5);
        let capital = Cents::from_euros(get("capital").parse().unwrap());
        let months = get("months").parse().unwrap();
        let terms =
            Terms::amortising(capital, get("nominal_rate").parse().unwrap(), months, effect);
        let schedule = terms.schedule().unwrap();
        let class = RiskClass::ALL[get("class")[1..].parse::<usize>().unwrap() - 1];
        let loadings = get("surcharges").split(';').filter(|s| !s.is_empty()).map(|s| {
            let (name, fraction) = s.split_once('=').unwrap();
            let guarantee =
                Guarantee::ALL.into_iter().find(|g| g.code() == name.to_lowercase()).unwrap();
            let percent = fraction.parse::<Decimal>().unwrap() * Decimal::ONE_HUNDRED;
            Loading { guarantee, kind: LoadingKind::Percent(percent), until: None }
        });
        let life = Life {
            birth: anniversary(effect, -get("age").parse::<i32>().unwrap()),
            smoker: get("smoker") == "True",
            class,
            pack: Pack::Full,
            loadings: loadings.collect(),
        };
        let choices = Choices {
            effect,
            franchise: Franchise::from_days(get("franchise").parse().unwrap()).unwrap(),
            mno: get("mno") == "True",
            basis: Basis::CrdAnnual,
        };
        let share =
            Share { from: None, percent: Percent::new(get("quotite").parse().unwrap()).unwrap() };
        let plan = PremiumPlan::new(&tariff, &life, &choices, &[share], &schedule);
        for (guarantee, name) in
            Guarantee::ALL.into_iter().zip(["m1_deces", "m1_ptia", "m1_ipt", "m1_itt", "m1_ipp"])
        {
            let price = plan.first_month()[guarantee.index()];
            assert_eq!(price.to_string(), get(name), "{} {name}", get("id"));
        }
        let costs = plan.series().costs();
        let month = |m: usize| plan.months[m - 1].total().to_string();
        assert_eq!(month(1), get("m1_total"), "{}", get("id"));
        assert_eq!(month(121), get("m121_total"), "{}", get("id"));
        assert_eq!(month(240), get("m240_total"), "{}", get("id"));
        assert_eq!(costs.total.to_string(), get("total"), "{}", get("id"));
        assert_eq!(costs.total_8y.to_string(), get("total_8y"), "{}", get("id"));
    }
    assert_eq!(rows, 16);
}
