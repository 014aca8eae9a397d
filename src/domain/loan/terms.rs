//! What lender and borrower agreed: capital, rate, dates, and the segments of the repayment.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::kernel::calendar::{add_months, days_between, month_day};
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// What is paid each month of a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Payment {
    /// Nothing; the interest joins the capital (*différé total*).
    Nothing,
    /// The interest of the month (*différé partiel*, *in fine*).
    Interest,
    /// A constant instalment, solved so that the segments from here on repay the balance, in
    /// proportion to the weights. One segment of weight 1 is the ordinary loan.
    Weighted(Decimal),
    /// This instalment.
    Fixed(Cents),
}

/// Months in a row with the same sort of payment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Number of months, at least 1.
    pub months: u32,
    /// What is paid in each.
    pub payment: Payment,
}

/// What an early repayment leaves as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The term: the instalment falls.
    Term,
    /// The instalment: the term shortens.
    Instalment,
}

/// A repayment before term (*remboursement anticipé partiel*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlyRepayment {
    /// Paid together with the instalment of this month, after it.
    pub after_month: u32,
    /// Amount repaid.
    pub amount: Cents,
    /// What stays as it was.
    pub keep: Keep,
}

/// A part of the capital handed over after the first (*appel de fonds* of a home paid as it is
/// built, VEFA).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawdown {
    /// Day, after the first release and before the first due date.
    pub on: Date,
    /// Amount.
    pub amount: Cents,
}

/// The terms of one loan.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Capital lent.
    pub capital: Cents,
    /// Nominal annual rate.
    pub rate: Rate,
    /// Day on which the funds are released, or the first part of them.
    pub release: Date,
    /// Parts released later, in the order of their days.
    pub later_drawdowns: Vec<Drawdown>,
    /// First due date.
    pub first_due: Date,
    /// The repayment, in order.
    pub segments: Vec<Segment>,
    /// Repayments before term, in the order of their months.
    pub early_repayments: Vec<EarlyRepayment>,
}

/// Terms that repay nothing, or not in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The instalment of a segment does not pass the interest of its first month.
    #[error("the instalment of segment {segment} does not repay its interest")]
    NotAmortising {
        /// Place of the segment, from 0.
        segment: usize,
    },
    /// An early repayment of more than is owed, of nothing, or out of order.
    #[error("early repayment {place} cannot be made")]
    EarlyRepayment {
        /// Place of the repayment, from 0.
        place: usize,
    },
    /// No segment, or one without a month.
    #[error("a loan has at least one month in each segment")]
    Empty,
}

impl Terms {
    /// An ordinary loan: constant instalments from the month after the release.
    pub fn amortising(capital: Cents, rate: Rate, months: u32, release: Date) -> Self {
        let segment = Segment { months, payment: Payment::Weighted(Decimal::ONE) };
        Self {
            capital,
            rate,
            release,
            later_drawdowns: Vec::new(),
            first_due: add_months(release, 1),
            segments: vec![segment],
            early_repayments: Vec::new(),
        }
    }

    /// Months agreed, early repayments aside.
    pub fn months(&self) -> u32 {
        self.segments.iter().map(|segment| segment.months).sum()
    }

    /// The due date `months` after the first (before it when negative).
    ///
    /// A due day after the 28th falls on the last day of shorter months and comes back after
    /// (`docs/domain/loans.md`). When the first due date is such a last day, the day of the release says
    /// which day is meant.
    pub fn due(&self, months: i32) -> Date {
        let is_last_day = self.first_due.day() == self.first_due.days_in_month();
        let meant = if is_last_day { self.release.day() } else { 0 };
        month_day(self.first_due, months, self.first_due.day().max(meant))
    }

    /// Days of the first period beyond one month; negative when it is shorter than a month.
    pub fn extra_days(&self) -> i32 {
        days_between(self.release, self.due(-1))
    }

    /// Interest of the days by which the first period differs from a month (*intérêts
    /// intercalaires*, exact days / 365): paid with the first instalment, negative when the period
    /// is short (`docs/domain/loans.md`). Each part of the capital counts from its own release.
    pub fn broken_period_interest(&self) -> Cents {
        let month_before = self.due(-1);
        let cent_days = |amount: Cents, from: Date| {
            i128::from(amount.get()) * i128::from(days_between(from, month_before))
        };
        let later: i128 = self.later_drawdowns.iter().map(|d| cent_days(d.amount, d.on)).sum();
        let first = cent_days(self.capital - self.drawn_later(), self.release);
        let numerator = (first + later) * i128::from(self.rate.micro_percent());
        Cents::of_ratio(numerator, i128::from(Rate::SCALE) * 100 * 365)
    }

    /// What the first release leaves for later ones.
    fn drawn_later(&self) -> Cents {
        self.later_drawdowns.iter().map(|drawdown| drawdown.amount).sum()
    }
}

/// Interest of one month on `balance`: balance × rate / 12, half-up (`docs/domain/loans.md`).
pub(super) fn monthly_interest(balance: Cents, rate: Rate) -> Cents {
    let numerator = i128::from(balance.get()) * i128::from(rate.micro_percent());
    Cents::of_ratio(numerator, i128::from(Rate::SCALE) * 1200)
}
