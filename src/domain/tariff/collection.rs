//! What is collected and when: fractionation, and the smallest amount worth collecting
//! (`docs/domain/tariff.md`).

use jiff::civil::Date;

use super::basis::Fractionation;
use super::plan::PremiumPlan;
use crate::kernel::money::Cents;

/// One amount and the day it is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Day.
    pub on: Date,
    /// Amount, tax included.
    pub amount: Cents,
}

/// The premiums of a plan, grouped by periods and collected in advance on the date of the first
/// month of each; the broken start goes with the first instalment after it. No fee.
pub fn grouped(plan: &PremiumPlan, fractionation: Fractionation) -> Vec<Collection> {
    let broken = plan
        .broken_start
        .map(|broken| Collection { on: broken.days.collected, amount: broken.total() });
    let periods = plan.months.chunks(fractionation.months()).map(|months| Collection {
        on: months[0].due,
        amount: months.iter().map(super::plan::MonthPremium::total).sum(),
    });
    broken.into_iter().chain(periods).collect()
}

/// Collections of several plans on one account: amounts of one day are added, and an amount under
/// `smallest` waits for the next; the last is collected whatever it is.
pub fn on_account(mut collections: Vec<Collection>, smallest: Cents) -> Vec<Collection> {
    collections.sort_by_key(|collection| collection.on);
    let mut days: Vec<Collection> = Vec::new();
    for collection in collections {
        match days.last_mut() {
            Some(last) if last.on == collection.on || last.amount < smallest => {
                last.on = collection.on;
                last.amount += collection.amount;
            }
            _ => days.push(collection),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn small_amounts_wait_for_the_next_date() {
        let collection =
            |month, cents| Collection { on: date(2026, month, 5), amount: Cents::new(cents) };
        let collected = on_account(
            vec![
                collection(1, 300),
                collection(1, 100),
                collection(2, 150),
                collection(3, 900),
                collection(4, 20),
            ],
            Cents::from_euros(5),
        );
        assert_eq!(collected, [collection(2, 550), collection(3, 900), collection(4, 20)]);
    }
}
