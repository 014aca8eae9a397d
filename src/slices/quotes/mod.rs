//! Quotes (*devis*): simulation, comparison with the bank, quotes kept under a number.
//!
//! A simulation is a pure function of its document and writes nothing. A quote freezes the document,
//! the tariff's version and the result; it is shown as it was made and never computed again.

pub mod form;
pub mod pages;
mod reading;
pub mod service;
pub mod wire;
mod writing;
