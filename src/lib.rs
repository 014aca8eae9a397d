//! Assurly: the information system of a digital loan insurer (*assurance emprunteur*).
//!
//! The floors, from the ground up; each may only look down (checked by `tests/house.rs`):
//!
//! * [`kernel`]: words everybody uses, such as money, rates, dates and refusals;
//! * [`domain`]: the trade, as pure functions on values;
//! * [`platform`]: tools that know nothing of insurance;
//! * [`slices`]: one folder per business capability;
//! * [`gateway`]: what every request goes through first;
//! * [`app`]: puts everything together, starts and stops.

pub mod app;
pub mod domain;
pub mod gateway;
pub mod kernel;
pub mod platform;
pub mod slices;
