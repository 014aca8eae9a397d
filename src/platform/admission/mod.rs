//! What may come in, as a picture in memory: keys, plans, policies, origins. The slice that owns the
//! tables renews it every few seconds; the gateway asks it at each request, without I/O and without a
//! lock. Only a lease of a quota goes to the database, for many calls at once.
//!
//! A key is never an identity: it says which plan a call is counted on, and nothing of who asks.

mod findings;
mod key;
mod lease;
mod meter;
mod network;
mod period;
mod picture;
mod plan;
mod policy;
mod refusals;
mod rules;

pub use findings::{Finding, Findings, FoundBy};
pub use key::{KEY_PREFIX, KnownKey, Owner, Secret, Unfit, prefix_of};
pub use lease::{Ask, Grant, Leases};
pub use meter::{Meter, Remaining, Spent, Usage};
pub use network::Networks;
pub use period::{Period, Window};
pub use picture::{Admission, Picture};
pub use plan::{Plan, Quotas};
pub use policy::{Asked, Effect, Pattern, Policy, Said, Verdict, decide};
pub use refusals::{Refusals, Refused, Times};
pub use rules::{Certificate, Origin, Private, Rules};
