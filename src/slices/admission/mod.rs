//! Admission: which keys, plans and rules the gateway applies, and the count of their quotas.
//!
//! Operators change them through the command line and the private API, each act with its event; every
//! copy reads them every few seconds into the picture that the gateway asks. This slice decides nothing
//! about one request: the gateway does, by the picture.

mod api;
mod error;
mod keys;
mod leasing;
mod operations;
mod pages;
mod reading;
mod refusals;
mod rules;
mod service;
mod settings;
mod shown;
mod store;

pub use api::{administration, api};
pub use error::{AdmissionError, CODES};
pub use keys::{KeyId, KeyOwner, NewKey, NewSecret};
pub use leasing::Ledger;
pub use pages::{Gateway, routes as pages};
pub use refusals::RefusalLine;
pub use rules::{Applied, EventLine, VersionLine};
pub use service::Admissions;
pub use settings::AdmissionSettings;
pub use shown::{KeyLine, SecretLine, UsageLine};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::STATEMENTS;
