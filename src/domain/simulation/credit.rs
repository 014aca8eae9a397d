//! A loan as a credit to be measured: its flows from the release, or from the first day of cover
//! when it is already running (substitution): then what is owed on that day is what is measured.

use jiff::civil::Date;

use super::project::ProjectLoan;
use crate::domain::cost::CashFlows;
use crate::domain::tariff::collection::Collection;

/// The credit behind one loan.
pub(super) struct Credit<'a> {
    loan: &'a ProjectLoan,
    /// Day on which the borrower has the money in hand.
    start: Date,
    /// Instalments already paid by then.
    paid: usize,
}

impl<'a> Credit<'a> {
    /// The credit of `loan` for a cover that begins on `effect`.
    pub(super) fn new(loan: &'a ProjectLoan, effect: Date) -> Self {
        let paid = loan.schedule.due_by(effect);
        let start = if paid == 0 { loan.schedule.release() } else { effect };
        Self { loan, start, paid }
    }

    pub(super) const fn start(&self) -> Date {
        self.start
    }

    /// The flows of this credit alone.
    pub(super) fn flows(&self) -> CashFlows {
        let mut flows = CashFlows::new(self.start);
        self.add_to(&mut flows);
        flows
    }

    /// Adds the flows of this credit: what is released less the fees kept at the first release, or
    /// the balance of a running loan, whose fees are long paid; then instalments and account fees.
    pub(super) fn add_to(&self, flows: &mut CashFlows) {
        let schedule = &self.loan.schedule;
        if self.paid == 0 {
            flows.add(self.start, -self.loan.lender_fees);
            schedule.drawdowns().for_each(|drawdown| flows.add(drawdown.on, drawdown.amount));
        } else {
            flows.add(self.start, schedule.owed_at(self.start));
        }
        for row in &self.loan.schedule.rows()[self.paid..] {
            let paid = row.instalment + row.early_repayment + self.loan.account_fee;
            flows.add(row.due, -paid);
        }
    }
}

/// Adds premiums to the flows of a credit.
pub(super) fn add_premiums<'a>(
    flows: &mut CashFlows,
    premiums: impl IntoIterator<Item = &'a Collection>,
) {
    for premium in premiums {
        flows.add(premium.on, -premium.amount);
    }
}
