//! What the product takes: limits of amounts, terms, rates and lists (`docs/domain/product.md`,
//! confirmed by the decisions of the product).

use crate::domain::guarantee::Pack;
use crate::domain::loan::{LoanKind, Purpose};
use crate::domain::person::Occupation;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// Smallest capital of a loan.
pub const LOAN_CAPITAL_MIN: Cents = Cents::from_euros(10_000);
/// Largest capital of a loan.
pub const LOAN_CAPITAL_MAX: Cents = Cents::from_euros(3_000_000);
/// Shortest term, in months.
pub const LOAN_MONTHS_MIN: u32 = 12;
/// Longest term, in months.
pub const LOAN_MONTHS_MAX: u32 = 420;
/// Highest nominal rate.
pub const NOMINAL_RATE_MAX: Rate = Rate::from_micro_percent(15 * Rate::SCALE);
/// Most decimals of a nominal rate.
pub const NOMINAL_RATE_DECIMALS_MAX: u32 = 3;
/// Longest deferral, in months, free loans of the State aside.
pub const DEFERRAL_MONTHS_MAX: u32 = 60;
/// Latest first due date, in months after the release: a home paid as it is built takes its time.
pub const FIRST_DUE_MONTHS_MAX: i32 = 36;
/// Highest account fee of a month.
pub const ACCOUNT_FEE_MAX: Cents = Cents::from_euros(100);
/// Most loans of one project.
pub const LOANS_MAX: usize = 6;
/// Most persons of one project.
pub const INSURED_MAX: usize = 4;
/// Youngest age on the first day of cover.
pub const ENTRY_AGE_MIN: i32 = 18;
/// Oldest age on the first day of cover.
pub const ENTRY_AGE_MAX: i32 = 69;
/// Business days that a lender has to answer a request of substitution (art. L313-31 C. conso.).
pub const LENDER_ANSWER_DAYS: u16 = 10;
/// From this age on the first day of cover, death and PTIA only.
pub const DC_PTIA_AGE: i32 = 65;
/// Highest rate of a bank's insurance.
pub const BANK_RATE_MAX: Rate = Rate::from_micro_percent(5 * Rate::SCALE);
/// Highest amount a month of a bank's insurance.
pub const BANK_MONTHLY_MAX: Cents = Cents::from_euros(5_000);
/// Highest loading in percent.
pub const LOADING_PERCENT_MAX: i64 = 300;
/// Highest loading per mille of the outstanding.
pub const LOADING_PER_MILLE_MAX: i64 = 30;
/// Most other insured capital that a person may declare.
pub const OTHER_INSURED_MAX: Cents = Cents::from_euros(100_000_000);
/// Most rows of a list inside a loan or a person: steps, early repayments, shares, loadings.
pub const LIST_MAX: usize = 24;
/// Most rows of a lender's schedule.
pub const SCHEDULE_ROWS_MAX: usize = 480;

/// Longest term of a kind of loan, in months.
pub const fn months_max(kind: LoanKind) -> u32 {
    match kind {
        LoanKind::InFine => 120,
        LoanKind::Relais => 36,
        _ => LOAN_MONTHS_MAX,
    }
}

/// Whether a person of this age and occupation can be insured for death and PTIA only
/// (`docs/domain/product.md`).
pub const fn is_limited_to_dc_ptia(age_at_effect: i32, occupation: Occupation) -> bool {
    age_at_effect >= DC_PTIA_AGE || matches!(occupation, Occupation::Retraite)
}

/// Whether `pack` is sold for this purpose: for a home that is lived in, all guarantees are the only
/// pack, unless the person is limited.
pub const fn is_sold(pack: Pack, purpose: Purpose, is_limited: bool) -> bool {
    let lived_in = matches!(purpose, Purpose::ResidencePrincipale | Purpose::ResidenceSecondaire);
    matches!(pack, Pack::Full) || is_limited || !lived_in
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn death_and_ptia_alone_are_for_a_home_to_let_or_a_limited_person() {
        assert!(is_sold(Pack::Full, Purpose::ResidencePrincipale, false));
        assert!(is_sold(Pack::DcPtia, Purpose::Locatif, false));
        assert!(!is_sold(Pack::DcPtia, Purpose::ResidenceSecondaire, false));
        assert!(is_sold(Pack::DcPtia, Purpose::ResidenceSecondaire, true));
        assert!(!is_limited_to_dc_ptia(64, Occupation::SalarieCadre));
        assert!(is_limited_to_dc_ptia(65, Occupation::SalarieCadre));
        assert!(is_limited_to_dc_ptia(60, Occupation::Retraite));
    }
}
