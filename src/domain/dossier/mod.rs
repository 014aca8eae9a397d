//! The life of a dossier, from the first price to the end of the contract: one table of transitions
//! that code, checks, API and documentation are made from (`docs/domain/dossier.md`).
//!
//! Pure: the guards of a transition (documents given, everybody signed, the day reached) are checked by
//! the use-case that asks for the act; this room says which act exists in which state, for whom.

mod act;
mod machine;
mod role;
mod state;

pub use act::Act;
pub use machine::{Illegal, TRANSITIONS, Transition, acts, apply};
pub use role::Role;
pub use state::State;
