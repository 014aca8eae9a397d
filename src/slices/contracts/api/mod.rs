//! JSON addresses from the account to the contract, through the use-cases of the pages. Whose a dossier
//! or a contract is, its row says: an identifier of somebody else's names nothing here.

mod contracts;
mod operations;
mod signature;
mod wire;

use super::core::Contracts;
use crate::platform::access::Api;

/// The addresses of this slice.
pub fn api() -> Api<Contracts> {
    contracts::add(signature::add(Api::default()))
}
