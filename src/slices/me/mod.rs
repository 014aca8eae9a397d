//! Who the caller is, in the eyes of the API: what a program asks first when something is refused.
//!
//! What the verified token says and nothing else; no database, no other slice.

mod api;

pub use api::api;
