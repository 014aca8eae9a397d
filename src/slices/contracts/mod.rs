//! Contracts: the account that is debited, the documents that are signed, the act of signing, and what
//! follows: the lender, the first day of cover, the customer's area, leaving.
//!
//! A contract is made once, from what was signed, in the transaction of the last signature; nothing of
//! it is ever computed again. Its state is its dossier's, moved through the dossiers' door. Who sees a
//! contract is who has the dossier's session or owns it by their account; nothing is selected by what
//! a request claims. See `docs/contracts.md`.

mod amending;
mod announcing;
mod api;
mod banking;
mod beginning;
mod certificate;
mod core;
mod course;
mod declared;
mod error;
mod forgetting;
mod form;
mod holding;
mod keeping;
mod leaving;
mod letters;
mod mandates;
mod model;
mod notices;
pub mod pages;
mod papers;
mod payers;
mod preparing;
mod refusals;
mod sending;
mod settings;
mod signing;
mod store;
mod tasks;
mod vouching;

pub use self::core::{Contracts, Tools};
pub use announcing::Announced;
pub use api::api;
pub use error::ContractError;
pub use holding::{HeldContract, HeldInContracts, HeldMandate, Shown};
pub use keeping::Listed;
pub use model::{BankRequest, Contract, ContractId, Identified, Premium};
pub use payers::{ErasedPayers, HeldPayer};
pub use settings::ContractsSettings;
pub use vouching::{Payment, UnderCheck, Unvouched};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::ALL;
