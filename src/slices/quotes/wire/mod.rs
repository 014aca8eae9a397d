//! The documents of the quote as programs read and write them: one shape for the API, the command
//! line, the pages and the archive.
//!
//! Names never change within `/v1`; fields may be added. Money is whole cents in fields that end in
//! `_cents`, rates and percentages are decimal strings, dates `YYYY-MM-DD`. Unknown fields are
//! refused on the way in. No rule of the trade is decided here.

pub mod documents;
pub mod list;
pub mod request;
pub mod response;

pub use documents::*;
pub use list::*;
pub use request::*;
pub use response::*;
