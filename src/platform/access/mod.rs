//! Who may do what, told by types: an operation is declared once, its handler takes a proof that it
//! was authorized, and a handler without one does not compile.
//!
//! This room reads no token and knows no insurance. `gateway::authorizer` verifies tokens and leaves a
//! [`Caller`] in the request; here a caller is held against an operation. `docs/access.md` says how an
//! operation is added.

mod actor;
mod api;
mod caller;
mod inventory;
mod key;
mod local;
mod operation;
mod proof;
mod refusal;
mod revocation;

pub use actor::{Actor, Bearer, Customer, Employee, Partner, Party};
pub use api::{Api, Assembled, Documented, FirstArgument};
pub use caller::Caller;
pub use inventory::{Access, Declared};
pub use key::{Algorithm, KeyError, VerifyingKey};
pub use local::{Boxed, Link, LocalIssuers, LocalPool, NoLocalIssuers, Verifier};
pub use operation::{Cache, Operation, PublicOperation, Reach};
pub use proof::{Anyone, Authorized};
pub use refusal::Denied;
pub use revocation::{Revocations, Snapshot, TokenNames};
