//! What a credit costs: dated flows, the annual effective rate of the credit (*TAEG*) and of its
//! insurance (*TAEA*).
//!
//! The flows are whole cents on exact spans; binary floats begin and end in [`rate`].

mod flows;
mod rate;

pub use flows::CashFlows;
pub use rate::{AnnualRate, NotDefined, taea};
