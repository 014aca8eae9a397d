//! What every request goes through before anybody knows what it is for: the listener with its
//! limits, and the layers that give each request a name, an end, and one line in the log.
//!
//! Architecture invariant: no business rule, and nothing of a slice but its door. Start with
//! [`stack`], which reads from the outermost layer to the handler.

pub mod admission;
pub mod authorizer;
mod forwarded;
mod framing;
mod limits;
mod listener;
mod name;
mod rate;
mod seats;
pub mod security_headers;
pub mod settings;
mod shared;
mod speak;
pub mod stack;
mod stall;
mod stop;
mod syntax;
pub mod tls;
mod trace;
pub mod waf;
mod witness;

pub use listener::{Door, Drained, serve};
pub use stop::Stop;
