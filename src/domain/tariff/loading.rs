//! Loadings (*surprimes*), `docs/domain/tariff.md`.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::domain::guarantee::Guarantee;

/// How a loading is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadingKind {
    /// A percentage of the premium, before rounding: 75 makes 1.75 times.
    Percent(Decimal),
    /// Thousandths of the capital a year, tax included.
    PerMille(Decimal),
}

/// A loading on one guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loading {
    /// Guarantee loaded.
    pub guarantee: Guarantee,
    /// How much.
    pub kind: LoadingKind,
    /// First day without it; a temporary loading drops by itself.
    pub until: Option<Date>,
}

/// The loadings of one guarantee, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Loaded {
    /// Fraction of the premium: 0.75 for 75 %.
    pub(super) fraction: Decimal,
    /// Fraction of the capital a year.
    pub(super) of_capital: Decimal,
}

/// The loadings of `guarantee` in force on `day`. Loadings add up.
pub(super) fn in_force(loadings: &[Loading], guarantee: Guarantee, day: Date) -> Loaded {
    let mut loaded = Loaded::default();
    let running = |loading: &&Loading| {
        loading.guarantee == guarantee && loading.until.is_none_or(|until| day < until)
    };
    for loading in loadings.iter().filter(running) {
        match loading.kind {
            LoadingKind::Percent(percent) => loaded.fraction += percent / Decimal::ONE_HUNDRED,
            LoadingKind::PerMille(per_mille) => {
                loaded.of_capital += per_mille / Decimal::ONE_THOUSAND;
            }
        }
    }
    loaded
}
