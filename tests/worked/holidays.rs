//! Holidays and delays of `docs/domain/calendar.md`.

use assurly::kernel::holidays::{add_business_days, easter_sunday, legal_holidays};
use jiff::civil::date;

#[test]
fn easter_of_the_reference() {
    for easter in [
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2028, 4, 16),
        date(2029, 4, 1),
        date(2030, 4, 21),
        date(2031, 4, 13),
    ] {
        assert_eq!(easter_sunday(easter.year()), easter);
    }
}

#[test]
fn the_eleven_holidays_of_2026() {
    let expected = [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ];
    assert_eq!(legal_holidays(2026), expected);
}

/// The lender answers a substitution within ten *jours ouvrés* (art. L313-31 C. conso.).
#[test]
fn the_answer_of_the_bank_is_due_when_the_reference_says() {
    for (received, due) in [
        (date(2026, 4, 30), date(2026, 5, 19)),
        (date(2026, 6, 5), date(2026, 6, 19)),
        (date(2026, 12, 18), date(2027, 1, 5)),
    ] {
        assert_eq!(add_business_days(received, 10), due, "received {received}");
    }
}
