//! The composition root: the only room that sees every other one. It builds what runs, connects the
//! slices to their addresses, starts and stops. No business rule, no SQL.

mod background;
pub mod boot;
pub mod commands;
mod ops;
mod readiness;
mod rights;
pub mod router;
pub mod settings;
mod shutdown;
pub mod state;
pub mod statements;
mod tools;
