//! Engines: how each is spoken to.

mod cep;
mod wire;

pub(super) use cep::Cep;
