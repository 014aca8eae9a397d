//! How long the engine takes, in process: a schedule, a TAEA, a couple with two loans.
//!
//! `bin/bench` runs this and the comparison over HTTP; figures and aims are in `docs/performance.md`.

use std::hint::black_box;

use assurly::domain::cost::{CashFlows, taea};
use assurly::domain::loan::{Schedule, Terms};
use assurly::kernel::money::Cents;
use assurly::platform::web::json;
use assurly::slices::quotes::Pricer;
use assurly::slices::quotes::wire::SimulationRequest;
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;

fn terms() -> Terms {
    let rate = "3.30".parse().expect("a rate");
    Terms::amortising(Cents::from_euros(200_000), rate, 360, date(2026, 6, 5))
}

fn credit(schedule: &Schedule) -> CashFlows {
    let mut flows = CashFlows::new(schedule.release());
    flows.add(schedule.release(), schedule.capital());
    for row in schedule.rows() {
        flows.add(row.due, -row.instalment);
    }
    flows
}

fn engine(criterion: &mut Criterion) {
    let terms = terms();
    criterion.bench_function("schedule of 360 lines", |bencher| {
        bencher.iter(|| black_box(&terms).schedule());
    });
    let without = credit(&terms.schedule().expect("a loan"));
    let mut with = without.clone();
    terms
        .schedule()
        .expect("a loan")
        .rows()
        .iter()
        .for_each(|row| with.add(row.due, -Cents::new(4333)));
    criterion.bench_function("TAEA of 360 months (two rates)", |bencher| {
        bencher.iter(|| {
            taea(
                black_box(&without).annual_rate().unwrap_or_default(),
                black_box(&with).annual_rate().unwrap_or_default(),
            )
        });
    });
    let pricer = Pricer::shipped().expect("products/");
    for (name, text) in [
        ("one loan, one person, a bank", include_str!("../docs/examples/one-loan.json")),
        ("couple with two loans", include_str!("../docs/examples/couple-two-loans.json")),
    ] {
        let request: SimulationRequest = serde_json::from_str(text).expect("a document");
        criterion.bench_function(&format!("{name}: from document to answer"), |bencher| {
            bencher.iter(|| pricer.price(black_box(&request), false));
        });
        criterion.bench_function(&format!("{name}: from bytes to bytes"), |bencher| {
            bencher.iter(|| {
                let request: SimulationRequest =
                    json::parse(black_box(text.as_bytes())).expect("a document");
                serde_json::to_vec(&pricer.price(&request, false).expect("a price"))
            });
        });
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);
