//! Words that every room uses: money, rates, dates, identifiers, and the shape of a refusal.
//!
//! Architecture invariant: no I/O, no `async`, no clock, no randomness, no logging in here, and no
//! word of insurance. A type of this room would be of use to any company that counts euros.

pub mod access;
pub mod calendar;
pub mod email;
pub mod french;
pub mod holidays;
pub mod iban;
pub mod id;
pub mod locale;
pub mod money;
pub mod problem;
pub mod rate;
