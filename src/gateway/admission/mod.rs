//! Admission: the layers that hold a request of the API against the picture of keys, plans and rules
//! (`platform::admission`). Each answers one question; `stack::operations` puts them in order.
//!
//! Nothing here reads the database but the lease of a quota, once for many calls.

mod answer;
mod asker;
mod cors;
mod key;
mod operation;
mod policy;

pub use answer::{in_its_time, revalidated};
pub(super) use asker::Asker;
pub use cors::{Pages, cross_origin};
pub use key::with_key;
pub use operation::{Operations, named};
pub use policy::{by_the_table, not_denied};
