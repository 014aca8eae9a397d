//! How many instalments of a running loan are paid, from what is left to repay.

use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use rust_decimal::{Decimal, MathematicalOps as _};

/// The number of instalments after which the balance is nearest to `outstanding`, with the
/// roundings of the schedule (`domain.md` §2.1). The last instalment is never counted as paid.
pub(super) fn months(capital: Cents, rate: Rate, months: u32, outstanding: Cents) -> u32 {
    let instalment = instalment(capital, rate, months);
    let mut balance = capital;
    for month in 1..months {
        let interest = Cents::rounded(balance.to_decimal() * rate.monthly());
        let next = balance - (instalment - interest);
        if next <= outstanding {
            let nearer_before = balance - outstanding < outstanding - next;
            return if nearer_before { month - 1 } else { month };
        }
        balance = next;
    }
    months.saturating_sub(1)
}

fn instalment(capital: Cents, rate: Rate, months: u32) -> Cents {
    let monthly = rate.monthly();
    if monthly.is_zero() {
        return Cents::of_ratio(capital.get().into(), months.max(1).into());
    }
    let growth = (Decimal::ONE + monthly).powi(i64::from(months));
    Cents::rounded(capital.to_decimal() * monthly * growth / (growth - Decimal::ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_tells_how_many_instalments_are_paid() {
        // Loan L1 of domain.md §2.3: 200 000, 3.30 %, 240 months.
        let capital = Cents::from_euros(200_000);
        let rate = "3.30".parse().expect("a rate");
        for (outstanding, paid) in [
            (20_000_000, 0),
            (19_941_053, 1),
            (19_281_839, 12),
            (19_280_000, 12),
            (13_533_913, 96),
            (113_657, 239),
            (1, 239),
        ] {
            assert_eq!(months(capital, rate, 240, Cents::new(outstanding)), paid, "{outstanding}");
        }
        assert_eq!(months(capital, Rate::ZERO, 200, Cents::from_euros(150_000)), 50);
    }
}
