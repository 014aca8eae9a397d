//! The contract's numbers for benefits, `docs/domain/product.md`.

use crate::kernel::{money::Cents, rate::Percent};

/// Ceilings, durations and thresholds of a version of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Most that death, PTIA and IPT pay for one insured, all loans together (`cap.capital`).
    pub capital_ceiling: Cents,
    /// Most that monthly benefits pay for one insured and a whole month, all loans and all
    /// contracts together (`cap.monthly`).
    pub monthly_ceiling: Cents,
    /// Longest indemnified incapacity of one claim, in days (`itt.max_days`).
    pub incapacity_max_days: u16,
    /// A stop at most this many days after the return to work is a relapse (`itt.relapse_days`).
    pub relapse_days: u16,
    /// Part of the instalment paid during therapeutic part-time work (*mi-temps thérapeutique*).
    pub part_time: Percent,
    /// Longest therapeutic part-time of one claim, in days (`itt.mi_temps`).
    pub part_time_max_days: u16,
    /// Part of the instalment that IPP pays (`ipp.rate_pct`).
    pub partial_invalidity: Percent,
    /// Lowest rate of invalidity of IPP (`invalidity.ipp_min`, CCSF criterion 16).
    pub ipp_from: Percent,
    /// Lowest rate of invalidity of IPT (`invalidity.ipt_min`).
    pub ipt_from: Percent,
}

impl Rules {
    /// The contract as it is sold.
    pub const V1: Self = Self {
        capital_ceiling: Cents::from_euros(3_000_000),
        monthly_ceiling: Cents::from_euros(7_500),
        incapacity_max_days: 1_095,
        relapse_days: 60,
        part_time: percent(50),
        part_time_max_days: 180,
        partial_invalidity: percent(50),
        ipp_from: percent(33),
        ipt_from: percent(66),
    };
}

const fn percent(value: u8) -> Percent {
    Percent::new(value).expect("a constant under 100")
}
