//! The trade: pure functions on values.
//!
//! Architecture invariant: no I/O, no `async`, no clock, no randomness, no logging. Everything that
//! a computation needs is a parameter, so the same input gives the same cent for ever. Article,
//! rule or table is cited where it is applied.

pub mod benefit;
pub mod cost;
pub mod direct_debit;
pub mod dossier;
pub mod equivalence;
pub mod guarantee;
pub mod health;
pub mod loan;
pub mod pathway;
pub mod person;
pub mod product;
pub mod rule;
pub mod simulation;
pub mod tariff;
pub mod underwriting;
