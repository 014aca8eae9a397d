//! What identity speaks of: pools, applications, people, sessions. Values and their rules, no I/O.

mod client;
mod factor;
mod oauth;
mod password;
mod pool;
mod session;
mod user;

pub use client::{Client, ClientId, ClientKind, Grant};
pub use factor::{Factor, FactorKind};
pub use oauth::{ErrorCode, Mode, Prompt, ResponseType};
pub use password::{LONGEST, SHORTEST, Weak, weakness};
pub use pool::{Algorithm, FactorPolicy, NotASlug, Pool, PoolSeed, Slug};
pub use session::{Amr, Method, Session};
pub use user::{User, email_hash};

pub use crate::kernel::email::{Email, NotAnEmail};
