//! Tools that know nothing of insurance: time, randomness, the database, documents, logs, and the
//! web’s forms.
//!
//! Architecture invariant: this floor sees the kernel only. A tool of this room would serve another
//! company's product unchanged.

pub mod access;
pub mod admission;
pub mod backoff;
pub mod backoffice;
pub mod backup;
pub mod clock;
pub mod crypto;
pub mod db;
pub mod digest;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod pdf;
pub mod scan;
pub mod seal;
pub mod storage;
pub mod telemetry;
pub mod web;
