//! The web's forms, for any product: refusals as `application/problem+json`, documents and queries
//! read with care. No word of insurance, and no decision about who may do what.

pub mod body;
pub mod facts;
pub mod input;
pub mod json;
pub mod problem;
pub mod query;
