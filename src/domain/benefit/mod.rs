//! What an event pays (*prestations*), `docs/domain/benefits.md`.
//!
//! Two families. A capital ([`capital`]) repays the insured part of what is owed on the day of a
//! death, a PTIA or an IPT, once. Monthly benefits pay the insured part of the instalments: first
//! *when* ([`spell`]: waiting period, relapse, longest duration, ages), then *how much*
//! ([`monthly`]: proration by days, ceiling of the month, several loans). Whether the event is
//! covered at all, excluded, or proved is the claims file's business and never decided here.
//!
//! The contract's own numbers are in [`Rules`]; benefits are lump sums (*forfaitaires*) that never
//! look at the loss of income.

pub mod apportion;
pub mod capital;
pub mod invalidity;
pub mod loan;
pub mod monthly;
pub mod rules;
pub mod spell;
pub mod waiver;

pub use apportion::limited_to_instalment;
pub use capital::{CapitalBenefit, capital_benefits};
pub use invalidity::{invalidity_guarantee, invalidity_rate};
pub use loan::{Due, InsuredLoan, Owed, Release, without_recent_rise};
pub use monthly::{Indemnity, Monthly, indemnities};
pub use rules::Rules;
pub use spell::{Insured, Spell, incapacity_spells, part_time_spell, partial_invalidity_spell};
pub use waiver::{Premium, waived_premiums};
