//! Dated flows, from the borrower's side: what is received is positive, what is paid negative.

use jiff::civil::Date;

use crate::kernel::calendar::{MonthsAndDays, months_and_days};
use crate::kernel::money::Cents;

/// Months that a column has room for from the start: most loans are no longer.
const USUAL_MONTHS: usize = 25 * 12 + 1;

/// Flows of one or several loans and their insurance, by the time since the first release.
///
/// Flows on the same day are added up in whole cents. Times are kept as the law counts them, in
/// whole months and remaining days (art. R314-3 C. conso. and its annex), one column for each
/// number of remaining days: most projects have one or two.
#[derive(Clone, Debug, PartialEq)]
pub struct CashFlows {
    origin: Date,
    pub(super) columns: Vec<Column>,
}

/// The flows at 0, 1, 2… months plus the same number of days.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    pub(super) days: u16,
    pub(super) by_month: Vec<Cents>,
}

impl CashFlows {
    /// No flow yet; `origin` is the day of the first release.
    pub const fn new(origin: Date) -> Self {
        Self { origin, columns: Vec::new() }
    }

    /// Day of the first release.
    pub const fn origin(&self) -> Date {
        self.origin
    }

    /// The span from the origin to `day`, to be reused for several flows of that day.
    pub fn span(&self, day: Date) -> MonthsAndDays {
        months_and_days(self.origin, day)
    }

    /// Adds a flow on `day`; a day before the origin counts as the origin.
    pub fn add(&mut self, day: Date, amount: Cents) {
        self.add_at(self.span(day), amount);
    }

    /// Adds a flow after `span`.
    pub fn add_at(&mut self, span: MonthsAndDays, amount: Cents) {
        let by_month = self.column(span.days);
        let month = usize::from(span.months);
        if by_month.len() <= month {
            by_month.resize(month + 1, Cents::ZERO);
        }
        by_month[month] += amount;
    }

    fn column(&mut self, days: u16) -> &mut Vec<Cents> {
        let place = self.columns.iter().position(|column| column.days == days);
        let place = place.unwrap_or_else(|| {
            self.columns.push(Column { days, by_month: Vec::with_capacity(USUAL_MONTHS) });
            self.columns.len() - 1
        });
        &mut self.columns[place].by_month
    }

    /// The sum of all flows: what the borrower keeps, negative when credit costs something.
    pub fn sum(&self) -> Cents {
        self.columns.iter().flat_map(|column| &column.by_month).copied().sum()
    }

    /// Everything received and everything paid, both positive.
    pub fn received_and_paid(&self) -> (Cents, Cents) {
        let amounts = self.columns.iter().flat_map(|column| &column.by_month);
        amounts.fold((Cents::ZERO, Cents::ZERO), |(received, paid), amount| {
            if amount.is_positive() {
                (received + *amount, paid)
            } else {
                (received, paid - *amount)
            }
        })
    }
}
