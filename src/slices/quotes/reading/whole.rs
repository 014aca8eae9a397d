//! What only the whole document can tell, once its loans and persons are read.

use super::faults::Faults;
use crate::domain::benefit::Rules;
use crate::domain::guarantee::Guarantee;
use crate::domain::rule::Rule;
use crate::domain::simulation::{ProjectInsured, ProjectLoan};
use crate::domain::tariff::periods::Share;

/// A share that begins once the loan is repaid covers nothing.
pub(super) fn shares_begin_in_time(
    loans: &[ProjectLoan],
    insured: &[ProjectInsured],
    faults: &mut Faults,
) {
    for (place, person) in insured.iter().enumerate() {
        let covers = loans.iter().zip(&person.shares);
        let late = |(loan, shares): (&ProjectLoan, &Vec<Share>)| {
            shares.iter().any(|share| share.from.is_some_and(|from| from >= loan.schedule.end()))
        };
        let detail = "Une part assurée commence avant la dernière échéance de son prêt.";
        let holds = !covers.into_iter().any(late);
        faults.check(holds, format_args!("/insured/{place}/shares"), Rule::DateRange, detail);
    }
}

/// ITT pays 7 500 € a month at most, all loans together: who pays more a month is told.
pub(super) fn warn_of_caps(loans: &[ProjectLoan], insured: &[ProjectInsured], faults: &mut Faults) {
    let cap = Rules::V1.monthly_ceiling;
    for (place, person) in insured.iter().enumerate() {
        let of_loan = |(loan, shares): (&ProjectLoan, &Vec<Share>)| {
            let percent = shares.iter().map(|share| share.percent.get()).max().unwrap_or(0);
            let highest = loan.schedule.rows().iter().map(|row| row.insurable).max();
            highest.unwrap_or_default().get() * i64::from(percent)
        };
        let highest: i64 = loans.iter().zip(&person.shares).map(of_loan).sum();
        if person.life.pack.covers(Guarantee::Itt) && highest > cap.get() * 100 {
            let rule = Rule::BenefitCapped;
            faults.warn(format_args!("/insured/{place}"), rule, rule.sentence());
        }
    }
}
