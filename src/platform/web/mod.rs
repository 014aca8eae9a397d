//! The web, for any product: pages, forms and static files; documents and queries read with care;
//! refusals as pages and as `application/problem+json`. No word of insurance, and no decision about
//! who may do what.

pub mod archive;
pub mod assets;
pub mod body;
#[cfg(test)]
mod contrast;
pub mod cookies;
pub mod cors;
pub mod csrf;
pub mod facts;
pub mod file;
pub mod form;
pub mod idempotency;
pub mod input;
pub mod insurer;
pub mod json;
#[cfg(test)]
pub mod lint;
pub mod live;
pub mod media;
pub mod page;
pub mod policy;
pub mod problem;
pub mod query;
pub mod registry;
pub mod upload;
