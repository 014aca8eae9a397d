//! A whole project priced at once: several persons on several loans, what each pays, what it costs
//! per loan, per person and in all, the medical path, and the bank's contract beside it.
//!
//! A simulation is a pure function of its [`Project`] (and of the tariff's version).

mod credit;
mod project;
mod result;
mod run;

pub use project::{BankOffer, Project, ProjectInsured, ProjectLoan};
pub use result::{Cover, InsuredResult, Priced, Saving, Simulation, SimulationError};
